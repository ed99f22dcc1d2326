//! Attempts to pay, as a person asks: how many are rejected, what other rules would say, and what was paid twice.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::bin::{Desk, keys, list};

/// The instant of every question that names none.
const NOW: &str = "2026-04-15T12:00:00-03:00";

/// A payment of seller 7: id, reference, day of March, amount, status and detail.
struct Paid(u32, &'static str, u32, &'static str, &'static str);

/// One delivery on a line. Only a charge request has no other time than that of its delivery.
fn tell(told: &mut String, topic: &str, body: &Value) {
    let line = json!({
        "kind": "resource", "topic": topic, "channel": "response", "received_at": "2026-03-03T23:31:00-03:00",
        "seller": "7", "site": "MLA", "body": body,
    });
    writeln!(told, "{line}").expect("a text can be written");
}

fn payment(paid: &Paid, change: impl FnOnce(&mut Value)) -> Value {
    let Paid(id, reference, day, amount, detail) = *paid;
    let status = if detail == "accredited" { "approved" } else { "rejected" };
    let at = format!("2026-03-{day:02}T23:30:00.000-03:00");
    let amount: Value = serde_json::from_str(amount).expect("an amount is a number");
    let mut body = json!({
        "id": id, "collector_id": 7, "currency_id": "ARS", "status": status, "status_detail": detail,
        "operation_type": "regular_payment", "payment_method_id": "visa", "payment_type_id": "credit_card",
        "external_reference": reference, "transaction_amount": amount, "charges_details": [],
        "transaction_details": {"net_received_amount": if status == "approved" { amount.clone() } else { json!(0) }},
        "date_created": at, "date_last_updated": at,
        "date_approved": if status == "approved" { json!(at) } else { Value::Null },
    });
    change(&mut body);
    body
}

fn same(_: &mut Value) {}

/// `order-1` is rejected, paid by link, and paid again by a QR code whose payment bears no reference. `order-2` is
/// rejected at a terminal. `order-3` is paid twice, and one was given back. `club-1` is a subscription: March was
/// collected and paid by a link too, April was collected. `gift` is the same reference a month apart.
fn told() -> String {
    let mut told = String::new();
    for paid in [
        Paid(1, "order-1", 2, "100", "cc_rejected_other_reason"),
        Paid(2, "order-1", 2, "100", "accredited"),
        Paid(6, "order-3", 4, "30", "accredited"),
        Paid(11, "club-1", 6, "20", "accredited"),
        Paid(12, "gift", 1, "10", "accredited"),
        Paid(13, "gift", 28, "10", "accredited"),
    ] {
        tell(&mut told, "payment", &payment(&paid, same));
    }
    let by_qr = Paid(3, "", 3, "100", "accredited");
    tell(&mut told, "payment", &payment(&by_qr, |body| body["external_reference"] = Value::Null));
    let request = json!({
        "id": "q-1", "external_reference": "order-1", "status": "CLOSED",
        "operations": [{"type": "PURCHASE", "amount": "100.00", "results": [{"id": 3, "source": "PAYMENT"}]}],
        "enabler_configuration": {"qr_payment_mode": ["STATIC"]},
    });
    tell(&mut told, "instore_intent", &request);
    let at_till = Paid(4, "order-2", 3, "99.99", "cc_rejected_insufficient_amount");
    let terminal = json!({"type": "POINT", "device": {"serial_number": "PAX_1"}});
    tell(&mut told, "payment", &payment(&at_till, |body| body["point_of_interaction"] = terminal));
    let returned = Paid(5, "order-3", 4, "30", "accredited");
    let refunded = |body: &mut Value| {
        body["status"] = json!("refunded");
        body["status_detail"] = json!("refunded");
        body["transaction_amount_refunded"] = json!(30);
    };
    tell(&mut told, "payment", &payment(&returned, refunded));
    subscription(&mut told);
    told
}

fn subscription(told: &mut String) {
    let body = json!({
        "id": "aa", "version": 0, "collector_id": 7, "reason": "Club", "status": "authorized",
        "external_reference": "club-1", "date_created": "2026-03-05T12:00:00.000-03:00",
        "last_modified": "2026-03-05T12:00:00.000-03:00",
        "auto_recurring": {"frequency": 1, "frequency_type": "months", "transaction_amount": 20, "currency_id": "ARS"},
    });
    tell(told, "preapproval", &body);
    for (invoice, id, day) in [(71, 1001, "2026-03-05"), (72, 1002, "2026-04-05")] {
        let at = format!("{day}T12:30:00.000-03:00");
        let body = json!({
            "id": invoice, "type": "scheduled", "date_created": at, "last_modified": at, "preapproval_id": "aa",
            "currency_id": "ARS", "transaction_amount": 20, "debit_date": format!("{day}T12:00:00.000-03:00"),
            "retry_attempt": 1, "status": "processed", "summarized": "done", "rejection_code": null,
            "payment": {"id": id, "status": "approved", "status_detail": "accredited"},
        });
        tell(told, "authorized_payment", &body);
        let charged = |body: &mut Value| {
            body["operation_type"] = json!("recurring_payment");
            body["metadata"] = json!({"preapproval_id": "aa"});
            for key in ["date_created", "date_approved", "date_last_updated"] {
                body[key] = json!(at);
            }
        };
        tell(told, "payment", &payment(&Paid(id, "club-1", 1, "20", "accredited"), charged));
    }
}

/// A desk where all of it was taken in.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("told.ndjson", told());
    desk.done(&["--at", NOW, "ingest", "--strict", "told.ndjson"]);
    desk
}

/// The rows of a report, with the named columns.
#[track_caller]
fn rows(desk: &Desk, report: &[&str], name: &str, columns: &[&str]) -> Vec<String> {
    let printed = desk.json(&[&["--at", NOW, "report"], report].concat());
    let cell = |row: &Value, column: &str| match &row[column] {
        Value::String(words) => words.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" ");
    list(&printed, name).iter().map(row).collect()
}

#[test]
fn what_was_paid_twice_is_named_with_one_refund() {
    let desk = desk();
    let columns =
        ["reference", "subscription", "invoice", "payment", "channel", "held", "proposal", "refund"];
    let found = [
        "club-1 aa 71 1001 subscription 20.00 keep 0.00",
        "club-1 aa 71 11 online 20.00 refund 20.00",
        "order-1 null null 2 online 100.00 keep 0.00",
        "order-1 null null 3 qr 100.00 refund 100.00",
    ];
    assert_eq!(rows(&desk, &["double-charges"], "double_charges", &columns), found);
    let printed = desk.json(&["--at", NOW, "report", "double-charges"]);
    assert_eq!(
        keys(&list(&printed, "double_charges")[0]),
        [
            "approved_at",
            "channel",
            "currency",
            "held",
            "invoice",
            "method",
            "payment",
            "proposal",
            "reference",
            "refund",
            "seller",
            "subscription"
        ]
    );
    // Who wants an alarm asks for it.
    let ran = desk.run(&["--at", NOW, "report", "double-charges", "--strict", "--format", "csv"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert_eq!(ran.out.lines().count(), 5, "{}", ran.out);
}

#[test]
fn a_reference_may_come_back_after_a_while() {
    let desk = desk();
    let gift = |days: &str| {
        let report = ["double-charges", "--within", days];
        let rows = rows(&desk, &report, "double_charges", &["reference", "payment", "proposal", "refund"]);
        rows.into_iter().filter(|row| row.starts_with("gift")).collect::<Vec<_>>()
    };
    assert_eq!(gift("26"), Vec::<String>::new());
    assert_eq!(gift("27"), ["gift 12 keep 0.00", "gift 13 refund 10.00"]);
}

#[test]
fn before_the_second_payment_and_after_its_refund_nothing_is_found() {
    let desk = desk();
    let order = |as_of: &str| {
        let report = ["double-charges", "--as-of", as_of];
        rows(&desk, &report, "double_charges", &["reference", "payment", "proposal"])
            .into_iter()
            .filter(|row| row.starts_with("order-1"))
            .collect::<Vec<_>>()
    };
    assert_eq!(order("2026-03-02"), Vec::<String>::new());
    assert_eq!(order("2026-03-03"), ["order-1 2 keep", "order-1 3 refund"]);
    // What cannot be given back is kept; at last neither can.
    assert_eq!(order("2026-08-29T23:29:59-03:00"), ["order-1 2 keep", "order-1 3 refund"]);
    assert_eq!(order("2026-08-29T23:30:01-03:00"), ["order-1 2 keep", "order-1 3 refund"]);
    assert_eq!(order("2026-08-30T23:30:01-03:00"), ["order-1 2 keep", "order-1 3 too_late"]);
    let refunded = |body: &mut Value| {
        body["status"] = json!("refunded");
        body["status_detail"] = json!("refunded");
        body["transaction_amount_refunded"] = json!(100);
        body["external_reference"] = Value::Null;
        body["date_last_updated"] = json!("2026-03-09T23:30:00.000-03:00");
    };
    let mut later = String::new();
    tell(&mut later, "payment", &payment(&Paid(3, "", 3, "100", "accredited"), refunded));
    desk.write("later.ndjson", later);
    desk.done(&["--at", NOW, "ingest", "--strict", "later.ndjson"]);
    assert_eq!(order("2026-03-10"), Vec::<String>::new());
    let ran = desk.run(&["--at", NOW, "report", "double-charges", "--strict"]);
    assert_eq!(ran.code, 3, "the subscription is paid twice still: {}", ran.out);
}

#[test]
fn rates_are_by_what_one_asks_for() {
    let desk = desk();
    let by = |what: &str, columns: &[&str]| {
        let columns = [&["group", "rejected", "attempts", "rate"], columns].concat();
        rows(&desk, &["rejections", "--by", what], "rejection_rates", &columns)
    };
    assert_eq!(
        by("class", &["recovered", "recovered_rate"]),
        ["fraud 1 11 9.09 1 100.00", "issuer 1 11 9.09 0 0.00"]
    );
    assert_eq!(
        by("code", &["action", "message"]),
        [
            "cc_rejected_insufficient_amount 1 11 9.09 add_funds The funds do not suffice: use another method or try again later.",
            "cc_rejected_other_reason 1 11 9.09 use_other_method Use another payment method.",
        ]
    );
    assert_eq!(by("method", &["recovered"]), ["visa 2 11 18.18 1"]);
    assert_eq!(by("hour", &["amount"]), ["12 0 2 0.00 0.00", "23 2 9 22.22 199.99"]);
    assert_eq!(by("band", &[]), ["10.00-99.99 1 8 12.50", "100.00-999.99 1 3 33.33"]);
    assert_eq!(by("device", &[]), ["null 1 10 10.00", "PAX_1 1 1 100.00"]);
    assert_eq!(
        by("channel", &[]),
        ["online 1 7 14.29", "point 1 1 100.00", "qr 0 1 0.00", "subscription 0 2 0.00"]
    );
    let told = |lang: &str| desk.done(&["--lang", lang, "report", "rejections", "--by", "code"]);
    assert!(told("es").contains("Usá otro medio de pago."), "{}", told("es"));
    assert!(told("pt").contains("Use outro meio de pagamento."), "{}", told("pt"));
}

#[test]
fn without_a_question_the_report_is_what_it_was() {
    let printed = desk().json(&["report", "rejections"]);
    assert_eq!(keys(&printed), ["rejections"]);
    assert_eq!(
        keys(&list(&printed, "rejections")[0]),
        ["action", "amount", "class", "count", "currency", "message", "retry", "status_detail"]
    );
}

#[test]
fn another_table_is_asked_about_the_same_history_and_nothing_is_written() {
    let desk = desk();
    let table = include_str!("../../config/rejections.toml");
    let row = r#"detail = "cc_rejected_other_reason", class = "fraud", action = "use_other_method", retry = "never""#;
    let other = r#"detail = "cc_rejected_other_reason", class = "issuer", action = "try_later", retry = "later", hours = 2"#;
    assert!(table.contains(row));
    desk.write("other.toml", table.replace(row, other).replace("version = 1", "version = 2"));
    let columns = [
        "status_detail",
        "count",
        "recovered",
        "differs",
        "class",
        "rules_class",
        "action",
        "rules_action",
        "retry",
        "rules_retry",
    ];
    let before = desk.json(&["replay", "--verify"]);
    assert_eq!(
        rows(&desk, &["rejections", "--rules", "other.toml"], "rejection_rules", &columns),
        [
            "cc_rejected_insufficient_amount 1 0 false issuer issuer add_funds add_funds later(24 h) later(24 h)",
            "cc_rejected_other_reason 1 1 true fraud issuer use_other_method try_later never later(2 h)",
        ]
    );
    assert_eq!(desk.json(&["replay", "--verify"]), before);
}
