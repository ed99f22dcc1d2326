//! `conciliar sweep`, as a person runs it every day: what the clock made due is written once, and what needs a person is
//! told, as long as it does.

use std::fmt::Write;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::bin::{Desk, Ran, keys, list, text};
use crate::clerk::counter::Counter;
use crate::schema::Schema;

const NOW: &str = "2026-10-10T12:00:00Z";
/// The day after the first one of a counter.
const MORNING: &str = "2026-10-02T09:00:00Z";
const NOON: &str = "2026-10-02T12:00:00Z";
/// A payment of this day closes its refund window four days after the clock.
const CLOSING: &str = "2026-04-17T08:00:00.000-04:00";

fn payment(id: u32, status: &str, at: &str, reference: &str) -> Value {
    json!({
        "id": id, "collector_id": 7, "currency_id": "ARS", "status": status, "status_detail": "",
        "operation_type": "regular_payment", "payment_method_id": "visa", "payment_type_id": "credit_card",
        "transaction_amount": 100, "transaction_details": {"net_received_amount": 100}, "charges_details": [],
        "external_reference": reference, "date_created": at, "date_approved": at, "date_last_updated": at,
    })
}

/// One of everything that a sweep looks at, by topic.
fn bodies() -> Vec<(&'static str, Value)> {
    let disputed = payment(12, "in_mediation", CLOSING, "order-12");
    let mut settled = payment(12, "approved", CLOSING, "order-12");
    settled["date_last_updated"] = json!("2026-05-01T08:00:00.000-04:00");
    let mut voucher = payment(16, "pending", "2026-10-01T08:00:00.000-04:00", "order-16");
    voucher["date_of_expiration"] = json!("2026-10-09T08:00:00.000-04:00");
    let case = json!({
        "id": "217000061307271001", "payments": [12], "currency": "ARS", "amount": 150.5, "reason": "general",
        "coverage_applied": null, "coverage_elegible": true, "documentation_required": true,
        "documentation_status": "pending", "documentation": [],
        "date_documentation_deadline": "2026-10-13T23:59:59.000-04:00",
        "date_created": "2026-10-03T23:00:00.000-04:00", "date_last_updated": "2026-10-03T23:00:00.000-04:00",
    });
    let order = json!({
        "id": "ORD1", "type": "point", "user_id": "7", "status": "created", "status_detail": "created",
        "currency": "ARS", "total_amount": "10.00", "created_date": "2026-10-10T11:00:00Z",
        "last_updated_date": "2026-10-10T11:00:00Z", "transactions": {"payments": []},
    });
    vec![
        ("payment", payment(11, "approved", CLOSING, "order-11")),
        ("payment", disputed),
        ("payment", settled),
        ("payment", payment(13, "approved", CLOSING, "order-13")),
        // Somebody paid one thing twice, and once more a year before.
        ("payment", payment(14, "approved", CLOSING, "order-14")),
        ("payment", payment(15, "approved", "2026-04-18T08:00:00.000-04:00", "order-14")),
        ("payment", payment(21, "approved", "2025-04-17T08:00:00.000-04:00", "order-21")),
        ("payment", payment(22, "approved", "2025-04-17T08:00:01.000-04:00", "order-21")),
        ("payment", voucher),
        ("payment", payment(17, "authorized", "2026-10-08T08:00:00.000-04:00", "order-17")),
        ("chargeback", case),
        ("order", order),
    ]
}

/// A store where all of it was taken in, a token that a person brought, and a refund that waits for a second person.
fn told(desk: &Desk, db: &str) {
    let mut lines = String::new();
    for (topic, body) in bodies() {
        let line = json!({
            "kind": "resource", "topic": topic, "channel": "response", "received_at": "2026-10-10T11:59:00Z",
            "seller": "7", "site": "MLA", "body": body,
        });
        writeln!(lines, "{line}").expect("text can be written to memory");
    }
    desk.write("told.ndjson", lines);
    desk.write("shop.toml", "[auth]\nkeys = \"file:vault.keys\"\n[approval]\nabove = { ARS = \"10.00\" }\n");
    desk.done(&["migrate", "--db", db]);
    desk.done(&["ingest", "told.ndjson", "--strict", "--db", db, "--at", NOW]);
    if !desk.path("vault.keys").exists() {
        desk.done(&["auth", "key", "--file", "vault.keys", "--config", "shop.toml"]);
    }
    let import =
        ["auth", "import", "--seller", "9", "--token", "env:TOKEN", "--expires", "2026-10-16T00:00:00Z"];
    let args = [&import[..], &["--db", db, "--config", "shop.toml", "--at", NOW]].concat();
    let imported = desk.run_with(&args, &[("TOKEN", "SECRET-9")], "");
    assert_eq!(imported.code, 0, "{}", imported.err);
    let refund = ["refund", "13", "--seller", "7", "--actor", "ana", "--reason", "broken", "--yes"];
    let args = [&refund[..], &["--db", db, "--config", "shop.toml", "--at", NOW]].concat();
    let held = desk.run(&args);
    assert!(held.code == 0 && held.err.contains("a second person must approve it"), "{}", held.err);
}

fn sweep(desk: &Desk, db: &str, args: &[&str]) -> Ran {
    let common = ["sweep", "--db", db, "--config", "shop.toml", "--at", NOW];
    desk.run(&[&common[..], args].concat())
}

fn json_of(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// What falls due, as `kind id`.
fn due(told: &Value) -> Vec<String> {
    list(told, "deadlines").iter().map(|row| format!("{} {}", text(row, "kind"), text(row, "id"))).collect()
}

#[test]
fn what_needs_a_person_is_told_the_same_on_both_databases_as_long_as_it_does() {
    let (desk, schema) = (Desk::new(), Schema::new());
    let (sqlite, postgres) = ("sqlite:conciliar.db", schema.url());
    told(&desk, sqlite);
    told(&desk, &postgres);
    for db in [sqlite, &postgres] {
        let first = sweep(&desk, db, &["--strict", "--format", "json"]);
        assert_eq!(first.code, 3, "{}", first.err);
        let told = json_of(&first);
        let shape = [
            "deadlines",
            "deferred",
            "double_charges",
            "ended",
            "findings",
            "messages",
            "presumed_ended",
            "presumed_expired",
            "proposals",
            "recognised",
            "unreadable",
        ];
        assert_eq!(keys(&told), shape);
        assert_eq!((&told["presumed_expired"], &told["presumed_ended"]), (&json!(1), &json!(1)));
        let expected = [
            "chargeback_documents 217000061307271001",
            "refund_window 12",
            "refund_window 13",
            "refund_window 15",
            "capture_window 17",
            "token ",
        ];
        assert_eq!(due(&told), expected, "{db}");
        let again = json_of(&sweep(&desk, db, &["--format", "json"]));
        assert_eq!((&again["presumed_expired"], &again["presumed_ended"]), (&json!(0), &json!(0)));
        for key in ["deadlines", "double_charges", "proposals", "findings"] {
            assert_eq!(again[key], told[key], "{key}: the same store at the same instant");
        }
    }
    for args in [&["--format", "json"][..], &["--format", "csv"], &["--lang", "es"], &["--ahead", "0"]] {
        let [one, other] = [sqlite, &postgres].map(|db| sweep(&desk, db, args));
        // An order for a shell names the store that it is for, where that is not the usual one.
        let option = format!(" --key paid-twice-15 --db '{postgres}'");
        assert_eq!(other.out.contains(&option), !args.contains(&"csv"), "{args:?}: {}", other.out);
        let other_out = other.out.replace(&format!(" --db '{postgres}'"), "");
        assert_eq!((one.code, one.out), (0, other_out), "{args:?}");
    }
}

#[test]
fn a_shorter_look_tells_less_and_csv_keeps_to_subscriptions() {
    let desk = Desk::new();
    let db = "sqlite:conciliar.db";
    told(&desk, db);
    let near = json_of(&sweep(&desk, db, &["--ahead", "4", "--format", "json"]));
    let expected = ["chargeback_documents 217000061307271001", "refund_window 12", "refund_window 13"];
    assert_eq!(due(&near), expected, "the last instant of the fourth day is one of them");
    let near = json_of(&sweep(&desk, db, &["--ahead", "3", "--format", "json"]));
    assert_eq!(due(&near), [] as [&str; 0]);
    assert_eq!(list(&near, "double_charges").len(), 2, "what was paid twice has no days");
    let csv = sweep(&desk, db, &["--format", "csv"]);
    let head = "seller,subscription,kind,due_at,slot,invoice,subject,expected,actual,currency\r\n";
    assert_eq!((csv.code, csv.out.as_str()), (0, head));
    assert!(csv.err.contains("deadlines need a person\n"), "{}", csv.err);
    let strict = sweep(&desk, db, &["--strict", "--ahead", "0"]);
    assert_eq!(strict.code, 3, "a double charge is a finding by itself: {}", strict.err);
}

#[test]
fn what_was_paid_twice_is_told_with_an_order_that_the_program_takes() {
    let desk = Desk::new();
    let db = "sqlite:conciliar.db";
    told(&desk, db);
    let told = json_of(&sweep(&desk, db, &["--format", "json"]));
    let rows: Vec<_> = list(&told, "double_charges")
        .iter()
        .map(|row| (text(row, "payment"), text(row, "proposal")))
        .collect();
    assert_eq!(rows, [("14", "keep"), ("15", "refund")], "what can no more be given back is no alarm");
    let [order] = list(&told, "proposals") else { panic!("one order: {told}") };
    let expected = "conciliar refund 15 --seller 7 --amount 100.00 --actor NAME --reason 'paid twice' --key paid-twice-15";
    assert_eq!(order, expected);
    let shown = sweep(&desk, db, &[]);
    assert!(shown.out.lines().any(|line| line == expected), "{}", shown.out);
    let words: Vec<_> =
        expected.replace("'paid twice'", "twice").split(' ').skip(1).map(str::to_owned).collect();
    let mut words: Vec<_> = words.iter().map(String::as_str).collect();
    words.extend(["--dry-run", "--config", "shop.toml", "--at", NOW, "--format", "json"]);
    let rehearsed = desk.run(&words);
    assert_eq!(rehearsed.code, 0, "{}", rehearsed.err);
    assert_eq!(text(&json_of(&rehearsed), "amount"), "100.00");
}

/// Two payments of one reference and amount in the books, and the order that the sweep proposes.
struct Twice {
    counter: Counter,
    kept: String,
    other: String,
}

impl Twice {
    fn paid() -> Self {
        let counter = Counter::open();
        let pay = || {
            let more = r#","payment_method_id":"account_money","external_reference":"order-1""#;
            counter.learned(counter.charge("100.00", more))
        };
        let (kept, other) = (pay(), pay());
        counter.ask("POST", "/admin/advance", &format!(r#"{{"to":"{NOON}"}}"#));
        Self { counter, kept, other }
    }

    /// The orders that a sweep proposes at an instant, each as the words after the program's name.
    fn proposals(&self, at: &str) -> Vec<String> {
        let swept = self.counter.run_at(at, "sweep --format json", "");
        assert_eq!(swept.code, 0, "{}", swept.err);
        let words = |order: &Value| {
            let order =
                order.as_str().expect("a line").replace("NAME --reason 'paid twice'", "ana --reason twice");
            order.strip_prefix("conciliar ").expect("the program").to_owned()
        };
        list(&json_of(&swept), "proposals").iter().map(words).collect()
    }

    fn proposal(&self, more: &str) -> String {
        let (id, seller) = (&self.other, &self.counter.seller);
        format!("refund {id} --seller {seller} --amount {more}")
    }

    /// Gives an order at noon, and answers how it ended.
    fn give(&self, order: &str) -> Ran {
        self.counter.run_at(NOON, &format!("{order} --yes --send"), "")
    }
}

#[test]
fn a_proposed_refund_that_is_given_twice_is_given_once_and_proposed_no_more() {
    let twice = Twice::paid();
    let [order] = &twice.proposals(MORNING)[..] else { panic!("one order") };
    let name = format!("paid-twice-{}", twice.other);
    assert_eq!(*order, twice.proposal(&format!("100.00 --actor ana --reason twice --key {name}")));
    for _ in 0..2 {
        let given = twice.give(order);
        assert_eq!(given.code, 0, "{}", given.err);
    }
    assert_eq!(twice.counter.refunds(&twice.other), ["100"]);
    assert_eq!(twice.counter.refunds(&twice.kept), [] as [&str; 0]);
    assert_eq!(twice.proposals(NOON), [] as [&str; 0]);
    // Also for a clock at which nothing had been given back.
    assert_eq!(twice.proposals(MORNING), [] as [&str; 0]);
    twice.counter.verify();
}

#[test]
fn what_was_given_back_by_hand_meanwhile_is_not_given_back_again() {
    let twice = Twice::paid();
    let [order] = &twice.proposals(MORNING)[..] else { panic!("one order") };
    let hand = |id: &str, amount: &str| {
        let given = twice.give(&format!("refund {id} --amount {amount} --actor ana --reason broken"));
        assert_eq!(given.code, 0, "{}", given.err);
    };
    hand(&twice.other, "30.00");
    let refused = twice.give(order);
    assert!(refused.code == 1 && refused.err.contains("70.00"), "{}{}", refused.out, refused.err);
    assert_eq!(twice.counter.refunds(&twice.other), ["30"]);
    let name = format!("paid-twice-{}", twice.other);
    let rest = twice.proposal(&format!("70.00 --actor ana --reason twice --key {name}"));
    for at in [NOON, MORNING] {
        assert_eq!(twice.proposals(at), std::slice::from_ref(&rest), "{at}: by all that is known by now");
    }
    hand(&twice.kept, "100.00");
    for at in [NOON, MORNING] {
        assert_eq!(twice.proposals(at), [] as [&str; 0], "{at}: one of the two is left");
    }
}

#[test]
fn a_proposed_refund_that_came_to_nothing_is_proposed_under_another_name() {
    let twice = Twice::paid();
    let [order] = &twice.proposals(MORNING)[..] else { panic!("one order") };
    let refuses = r#"{"call":"POST /v1/payments/{id}/refunds","meets":{"refusal":{"code":2031}}}"#;
    twice.counter.ask("POST", "/admin/obstacles", refuses);
    let refused = twice.give(order);
    assert!(refused.code == 1 && refused.err.contains("the provider refused it"), "{}", refused.err);
    let [again] = &twice.proposals(NOON)[..] else { panic!("one order") };
    assert_eq!(*again, format!("{order}-2"));
    let given = twice.give(again);
    assert_eq!(given.code, 0, "{}", given.err);
    assert_eq!(twice.counter.refunds(&twice.other), ["100"]);
}

#[tokio::test]
async fn a_history_that_cannot_be_read_is_told_and_all_others_are_swept() {
    let desk = Desk::new();
    let db = "sqlite:conciliar.db";
    told(&desk, db);
    let options = SqliteConnectOptions::new().filename(desk.path("conciliar.db"));
    let mut file = options.connect().await.expect("the store is a database file");
    for statement in [
        "DROP TRIGGER events_are_not_edited",
        "UPDATE events SET payload = '{}' WHERE event_type = 'payment.opened' AND aggregate_id = '7/11'",
    ] {
        sqlx::query(statement).execute(&mut file).await.expect("a hand in the file");
    }
    file.close().await.expect("the file closes");
    let ran = sweep(&desk, db, &["--strict", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = json_of(&ran);
    assert_eq!((&told["presumed_expired"], &told["presumed_ended"]), (&json!(1), &json!(1)));
    assert_eq!(due(&told).len(), 6);
    let [fault] = list(&told, "unreadable") else { panic!("one fault: {told}") };
    let fault = fault.as_str().expect("text");
    assert!(fault.starts_with("event 1 of payment/7/11 (position "), "{fault}");
    assert!(ran.err.contains(fault), "{}", ran.err);
    assert!(
        ran.err.contains("error: 1 histories cannot be read and were passed over; all others were swept")
    );
    assert_eq!(json_of(&sweep(&desk, db, &["--format", "json"]))["presumed_expired"], 0);
}

#[test]
fn a_presumption_meets_what_is_so_when_the_provider_is_asked_again() {
    let counter = Counter::open();
    let id = counter.pending("100.00");
    let standing = |at: &str| {
        let report = counter.run_at(at, "report payments --format json", "");
        let report: Value = serde_json::from_str(&report.out).expect("JSON");
        text(&list(&report, "payments")[0], "status").to_owned()
    };
    let month = "2026-11-02T15:00:00Z";
    counter.ask("POST", "/admin/advance", &format!(r#"{{"to":"{month}"}}"#));
    let early = counter.run_at(month, "poll --once --only overdue", "");
    assert!(early.err.contains("overdue: 0 read, 0 handed on"), "nobody presumed anything: {}", early.err);
    let swept = counter.run_at(month, "sweep", "");
    assert_eq!(swept.err, "1 unconfirmed payments are presumed expired\n");
    assert_eq!(standing(month), "pending", "a presumption is none of the provider's words");
    let soon = counter.run_at(month, "poll --once --only overdue", "");
    assert!(soon.err.contains("overdue: 0 read, 0 handed on"), "the next round is not due: {}", soon.err);
    let later = "2026-11-02T21:00:00Z";
    let polled = counter.run_at(later, "poll --once --only overdue", "");
    assert!(polled.err.contains("overdue: 1 read, 1 handed on"), "{}", polled.err);
    assert_eq!(standing(later), "cancelled");
    let history = counter.run_at(later, &format!("replay --stream payment/{}/{id}", counter.seller), "");
    assert!(history.out.contains("payment.presumed_expired"), "{}", history.out);
    assert!(history.out.contains("payment.expired"), "{}", history.out);
}
