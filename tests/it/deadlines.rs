//! `conciliar report deadlines`, as a person asks: what falls due within some days, of everything that has an end.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::bin::{Desk, list};
use crate::schema::Schema;

const NOW: &str = "2026-10-10T12:00:00Z";

/// Payments with one end each, by its place: inside, at and after the next seven days, and before them.
fn payments() -> Vec<Value> {
    let payment = |id: u32, status: &str, created: &str| {
        json!({
            "id": id, "collector_id": 7, "currency_id": "ARS", "status": status, "status_detail": "",
            "operation_type": "regular_payment", "payment_method_id": "visa", "payment_type_id": "credit_card",
            "transaction_amount": 100, "transaction_details": {"net_received_amount": 100}, "charges_details": [],
            "external_reference": format!("order-{id}"), "date_created": created, "date_last_updated": created,
        })
    };
    let with = |mut payment: Value, key: &str, value: Value| {
        payment[key] = value;
        payment
    };
    let approved = |id, at: &str| with(payment(id, "approved", at), "date_approved", json!(at));
    let partly =
        with(approved(11, "2026-04-17T08:00:00.000-04:00"), "transaction_amount_refunded", json!(40));
    let pending =
        |id, at: &str| with(payment(id, "pending", at), "status_detail", json!("pending_waiting_payment"));
    let voucher = with(
        pending(16, "2026-10-01T08:00:00.000-04:00"),
        "date_of_expiration",
        json!("2026-10-09T08:00:00.000-04:00"),
    );
    let refunded = with(approved(19, "2026-04-17T08:00:00.000-04:00"), "status", json!("refunded"));
    // For a moment the provider still says approved when everything is given back.
    let given_back =
        with(approved(20, "2026-04-17T08:00:00.000-04:00"), "transaction_amount_refunded", json!(100));
    vec![
        given_back,
        partly,
        approved(12, "2026-04-20T08:00:00.000-04:00"),
        approved(13, "2026-04-20T08:00:01.000-04:00"),
        approved(14, "2026-01-02T08:00:00.000-04:00"),
        pending(15, "2026-09-12T08:00:00.000-04:00"),
        voucher,
        payment(17, "authorized", "2026-10-08T08:00:00.000-04:00"),
        payment(18, "authorized", "2026-10-10T08:00:01.000-04:00"),
        with(refunded, "transaction_amount_refunded", json!(100)),
    ]
}

/// A case that asks for documents, and a request to charge that nobody took.
fn others() -> [(&'static str, Value); 2] {
    let case = json!({
        "id": "217000061307271001", "payments": [14], "currency": "ARS", "amount": 150.5, "reason": "general",
        "coverage_applied": null, "coverage_elegible": true, "documentation_required": true,
        "documentation_status": "pending", "documentation": [],
        "date_documentation_deadline": "2026-10-13T23:59:59.000-04:00",
        "date_created": "2026-10-03T23:00:00.000-04:00", "date_last_updated": "2026-10-03T23:00:00.000-04:00",
    });
    let event = json!({
        "payment_intent_id": "7f25f9aa-eea6-4f9c-bf16-a341f71ba2f1", "status": "OPEN",
        "created_on": "2026-10-10T11:30:00.000Z",
    });
    [("chargeback", case), ("payment_intent", event)]
}

fn deliveries() -> String {
    let mut lines = String::new();
    let payments = payments().into_iter().map(|body| ("payment", body));
    for (topic, body) in payments.chain(others()) {
        let line = json!({
            "kind": "resource", "topic": topic, "channel": "response", "received_at": "2026-10-10T11:59:00Z",
            "seller": "7", "site": "MLA", "body": body,
        });
        writeln!(lines, "{line}").expect("text can be written to memory");
    }
    lines
}

/// A store where all of it was taken in, with a token that a person brought.
fn told(desk: &Desk, db: &str) {
    desk.write("told.ndjson", deliveries());
    desk.write("shop.toml", "[auth]\nkeys = \"file:vault.keys\"\n");
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
}

fn report(desk: &Desk, db: &str, args: &[&str]) -> String {
    let common = ["report", "deadlines", "--db", db, "--config", "shop.toml", "--at", NOW];
    desk.done(&[&common[..], args].concat())
}

const CSV: &str = "due_at,kind,seller,id,standing,amount,currency,reference,overdue\r
2026-10-09T12:00:00Z,confirmation,7,16,awaiting_payer,100.00,ARS,order-16,true\r
2026-10-10T12:30:00Z,intent,7,b:7f25f9aa-eea6-4f9c-bf16-a341f71ba2f1,open,,,,false\r
2026-10-12T12:00:00Z,confirmation,7,15,awaiting_payer,100.00,ARS,order-15,false\r
2026-10-14T03:59:59Z,chargeback_documents,7,217000061307271001,documentation_requested,150.50,ARS,,false\r
2026-10-14T12:00:00Z,refund_window,7,11,approved,60.00,ARS,order-11,false\r
2026-10-15T12:00:00Z,capture_window,7,17,authorized,100.00,ARS,order-17,false\r
2026-10-16T00:00:00Z,token,9,,valid,,,,false\r
2026-10-17T12:00:00Z,refund_window,7,12,approved,100.00,ARS,order-12,false\r
";

#[test]
fn what_falls_due_is_listed_by_time_on_both_databases() {
    let (desk, schema) = (Desk::new(), Schema::new());
    let (sqlite, postgres) = ("sqlite:conciliar.db", schema.url());
    told(&desk, sqlite);
    told(&desk, &postgres);
    for db in [sqlite, &postgres] {
        assert_eq!(report(&desk, db, &["--format", "csv"]), CSV, "{db}");
    }
    for args in [&["--format", "json"][..], &["--lang", "es"], &["--lang", "pt"], &["--days", "30"]] {
        assert_eq!(report(&desk, sqlite, args), report(&desk, &postgres, args), "{args:?}");
    }
}

#[test]
fn a_longer_look_shows_more_and_a_shorter_one_less() {
    let desk = Desk::new();
    told(&desk, "sqlite:conciliar.db");
    let ids = |args: &[&str]| {
        let json = report(&desk, "sqlite:conciliar.db", &[args, &["--format", "json"]].concat());
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let ids =
            list(&json, "deadlines").iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned());
        ids.filter(|id| id.len() == 2).collect::<Vec<_>>()
    };
    assert_eq!(ids(&["--days", "2"]), ["16", "15"]);
    assert_eq!(ids(&["--days", "8"]), ["16", "15", "11", "17", "12", "13", "18"]);
    // As of the day before, nothing was told of those that were made later.
    assert_eq!(ids(&["--as-of", "2026-10-08T11:00:00Z", "--days", "5"]), ["16", "15"]);
    // What the sweep has presumed is no deadline any more.
    desk.done(&["sweep", "--at", NOW]);
    assert_eq!(ids(&["--days", "2"]), ["15"]);
}

#[test]
fn headings_are_in_three_languages_and_a_token_is_never_shown() {
    let desk = Desk::new();
    told(&desk, "sqlite:conciliar.db");
    for (lang, heading) in [("en", "Overdue"), ("es", "Vencido"), ("pt", "Vencido")] {
        let table = report(&desk, "sqlite:conciliar.db", &["--lang", lang]);
        assert!(table.contains(heading) && table.contains("refund_window"), "{table}");
        assert!(!table.contains("SECRET"), "{table}");
    }
    let without = ["report", "deadlines", "--at", NOW, "--format", "csv"];
    let ran = desk.run(&without);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out, CSV.replace("2026-10-16T00:00:00Z,token,9,,valid,,,,false\r\n", ""));
    assert!(ran.err.contains("CONCILIAR_VAULT_KEYS"), "a link that cannot be opened is told: {}", ran.err);
}
