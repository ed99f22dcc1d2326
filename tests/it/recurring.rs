//! What the reports say of four months with three subscriptions, as a person asks.

use std::fmt::Write;

use serde_json::Value;

use crate::bin::{Desk, list, text};

/// The instant of every question that names none.
const NOW: &str = "2026-04-15T12:00:00-03:00";

/// The three: `aa` brings 10.00 a month and 15.00 from March on; `bb` brings 20.00 from February until it is
/// cancelled in March, and never pays; `cc` pays 120.00 for the year that begins in March.
fn months() -> String {
    let mut told = String::new();
    let mut tell = |topic: &str, at: &str, body: &str| {
        let body: Value = serde_json::from_str(body).expect("a body is JSON");
        writeln!(
            told,
            r#"{{"kind":"resource","topic":"{topic}","channel":"response","received_at":"{at}","seller":"7","site":"MLA","body":{body}}}"#
        )
        .expect("a text can be written");
    };
    for (id, version, status, months, amount, created, at) in [
        ("aa", 0, "authorized", 1, "10", "2026-01-05", "2026-01-05"),
        ("aa", 1, "authorized", 1, "15", "2026-01-05", "2026-03-01"),
        ("bb", 0, "authorized", 1, "20", "2026-02-10", "2026-02-10"),
        ("bb", 1, "cancelled", 1, "20", "2026-02-10", "2026-03-20"),
        ("cc", 0, "authorized", 12, "120", "2026-03-02", "2026-03-02"),
    ] {
        let body = format!(
            r#"{{"id":"{id}","version":{version},"collector_id":7,"reason":"Club <b>","status":"{status}",
            "external_reference":"ref-{id}","auto_recurring":{{"frequency":{months},"frequency_type":"months",
            "transaction_amount":{amount},"currency_id":"ARS"}},"date_created":"{created}T12:00:00.000-03:00",
            "last_modified":"{at}T12:00:00.000-03:00"}}"#
        );
        tell("preapproval", &format!("{at}T12:00:00-03:00"), &body);
    }
    for (id, of, day, amount, detail) in [
        (1, "aa", "2026-01-05", "10", "accredited"),
        (2, "aa", "2026-02-05", "10", "accredited"),
        (3, "aa", "2026-03-05", "15", "accredited"),
        (4, "aa", "2026-04-05", "15", "cc_rejected_insufficient_amount"),
        (5, "bb", "2026-02-10", "20", "cc_rejected_high_risk"),
        (6, "cc", "2026-03-02", "120", "accredited"),
    ] {
        let status = if detail == "accredited" { "approved" } else { "rejected" };
        let body = format!(
            r#"{{"id":{id},"type":"scheduled","date_created":"{day}T12:30:00.000-03:00",
            "last_modified":"{day}T13:00:00.000-03:00","preapproval_id":"{of}","currency_id":"ARS",
            "transaction_amount":{amount},"debit_date":"{day}T12:00:00.000-03:00","retry_attempt":1,
            "status":"processed","summarized":"done","rejection_code":{code},
            "payment":{{"id":{payment},"status":"{status}","status_detail":"{detail}"}}}}"#,
            code = if status == "approved" { "null".to_owned() } else { format!("\"{detail}\"") },
            payment = 1000 + id,
        );
        tell("authorized_payment", &format!("{day}T13:00:00-03:00"), &body);
    }
    // The money of the year.
    let body = r#"{"id":1006,"collector_id":7,"currency_id":"ARS","status":"approved","status_detail":"accredited",
        "operation_type":"recurring_payment","transaction_amount":120,
        "transaction_details":{"net_received_amount":120},"charges_details":[],
        "date_created":"2026-03-02T12:30:00.000-03:00","date_approved":"2026-03-02T12:30:00.000-03:00",
        "date_last_updated":"2026-03-02T12:30:00.000-03:00"}"#;
    tell("payment", "2026-03-02T13:00:00-03:00", body);
    told
}

/// A desk where all of it was taken in.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("months/told.ndjson", months());
    desk.done(&["--at", NOW, "ingest", "--strict", "months/told.ndjson"]);
    desk
}

/// The rows of a report, with the named columns.
#[track_caller]
fn rows(desk: &Desk, report: &[&str], columns: &[&str]) -> Vec<String> {
    let printed = desk.json(&[&["--at", NOW, "report"], report].concat());
    let cell = |row: &Value, column: &str| match &row[column] {
        Value::String(words) => words.clone(),
        other => other.to_string(),
    };
    let row = |row: &Value| columns.iter().map(|column| cell(row, column)).collect::<Vec<_>>().join(" ");
    list(&printed, report[0]).iter().map(row).collect()
}

#[test]
fn subscriptions_are_listed_with_their_next_charge_and_what_was_collected() {
    let columns =
        ["id", "standing", "amount", "every", "ended_at", "next_charge_at", "collected", "collected_amount"];
    assert_eq!(
        rows(&desk(), &["subscriptions"], &[&columns[..], &["uncollected", "reference"]].concat()),
        [
            "aa authorized 15.00 1 month null 2026-05-05T15:00:00Z 3 35.00 1 ref-aa",
            "bb cancelled 20.00 1 month 2026-03-20T15:00:00Z null 0 0.00 1 ref-bb",
            "cc authorized 120.00 12 months null 2027-03-02T15:00:00Z 1 120.00 0 ref-cc",
        ]
    );
    let columns = ["id", "standing", "amount", "next_charge_at", "collected"];
    assert_eq!(
        rows(&desk(), &["subscriptions", "--as-of", "2026-02-20"], &columns),
        ["aa authorized 10.00 2026-03-05T15:00:00Z 2", "bb authorized 20.00 2026-03-10T15:00:00Z 0"]
    );
}

#[test]
fn movements_make_the_closing_of_every_month() {
    let columns = ["month", "opening", "new", "expansion", "contraction", "churn", "reactivation", "closing"];
    let columns = [&columns[..], &["closing_subscriptions"]].concat();
    assert_eq!(
        rows(&desk(), &["mrr"], &columns),
        [
            "2026-01 0.00 10.00 0.00 0.00 0.00 0.00 10.00 1",
            "2026-02 10.00 20.00 0.00 0.00 0.00 0.00 30.00 2",
            "2026-03 30.00 10.00 5.00 0.00 -20.00 0.00 25.00 2",
            "2026-04 25.00 0.00 0.00 0.00 0.00 0.00 25.00 2",
        ]
    );
    let asked = ["mrr", "--from", "2026-03-31", "--to", "2026-03-01"];
    assert_eq!(desk().run(&[&["report"], &asked[..]].concat()).code, 2);
    let march = rows(&desk(), &["mrr", "--from", "2026-03-31", "--to", "2026-03-31"], &["month", "opening"]);
    assert_eq!(march, ["2026-03 30.00"]);
}

#[test]
fn churn_is_a_share_of_what_the_month_began_with() {
    let columns = [
        "month",
        "opening_subscriptions",
        "churned",
        "churn_rate",
        "churn",
        "revenue_churn",
        "net_retention",
    ];
    assert_eq!(
        rows(&desk(), &["churn", "--from", "2026-01-01"], &columns),
        [
            "2026-01 0 0 null 0.00 null null",
            "2026-02 1 0 0.00 0.00 0.00 100.00",
            "2026-03 2 1 50.00 -20.00 66.67 50.00",
            "2026-04 2 0 0.00 0.00 0.00 100.00",
        ]
    );
}

#[test]
fn collection_tells_what_was_decided_and_why_it_failed() {
    let columns = ["month", "class", "charges", "collected_amount", "uncollected_amount", "rate"];
    assert_eq!(
        rows(&desk(), &["collection"], &columns),
        [
            "2026-01 null 1 10.00 0.00 100.00",
            "2026-02 null 1 10.00 0.00 100.00",
            "2026-02 fraud 1 0.00 20.00 0.00",
            "2026-03 null 2 135.00 0.00 100.00",
            "2026-04 issuer 1 0.00 15.00 0.00",
        ]
    );
}

#[test]
fn cohorts_age_month_by_month() {
    assert_eq!(
        rows(
            &desk(),
            &["cohorts"],
            &["cohort", "age", "began", "retained", "retention", "revenue_retention"]
        ),
        [
            "2026-01 0 1 1 100.00 100.00",
            "2026-01 1 1 1 100.00 100.00",
            "2026-01 2 1 1 100.00 150.00",
            "2026-01 3 1 1 100.00 150.00",
            "2026-02 0 1 1 100.00 100.00",
            "2026-02 1 1 0 0.00 0.00",
            "2026-02 2 1 0 0.00 0.00",
            "2026-03 0 1 1 100.00 100.00",
            "2026-03 1 1 1 100.00 100.00",
        ]
    );
}

#[test]
fn what_is_owed_is_told_by_age_and_what_is_to_come_by_day() {
    let desk = desk();
    let columns = ["bucket", "uncollected", "uncollected_amount"];
    let owed = ["0-30 1 15.00", "31-60 0 0.00", "61-90 1 20.00", "90+ 0 0.00"];
    assert_eq!(rows(&desk, &["ageing"], &columns), owed);
    let columns = ["day", "seller", "charges", "amount"];
    let to_come = ["2026-05-05 7 1 15.00", "2026-06-05 7 1 15.00", "2026-07-05 7 1 15.00"];
    assert_eq!(rows(&desk, &["forecast"], &columns), to_come);
    assert_eq!(rows(&desk, &["forecast", "--days", "20"], &columns), Vec::<String>::new());
    assert_eq!(rows(&desk, &["forecast", "--days", "21"], &columns), to_come[..1]);
}

#[test]
fn deferred_revenue_rolls_to_the_balance_of_its_account() {
    let desk = desk();
    let columns = ["month", "opening", "billed", "recognised", "returned", "closing"];
    assert_eq!(
        rows(&desk, &["deferred"], &columns),
        Vec::<String>::new(),
        "nothing is deferred before a sweep"
    );
    desk.done(&["--at", NOW, "sweep"]);
    assert_eq!(
        rows(&desk, &["deferred"], &columns),
        ["2026-03 0.00 120.00 0.00 0.00 120.00", "2026-04 120.00 0.00 -10.00 0.00 110.00"]
    );
    let balances = desk.json(&["report", "balances"]);
    let held = list(&balances, "balances").iter().find(|row| row["account"] == "2120");
    assert_eq!(held.map(|row| text(row, "balance")), Some("-110.00"));
}

#[test]
fn every_format_and_language_has_them() {
    let desk = desk();
    let churn = desk.done(&["report", "churn", "--format", "csv", "--at", NOW]);
    assert!(
        churn.starts_with("month,seller,currency,opening_subscriptions,churned,churn_rate,opening,"),
        "{churn}"
    );
    let table = desk.done(&["report", "mrr", "--lang", "pt", "--at", NOW]);
    assert!(table.contains("Cancelamentos") && table.contains("2026-03"), "{table}");
    let empty = Desk::new();
    empty.done(&["migrate"]);
    for report in ["subscriptions", "mrr", "churn", "collection", "cohorts", "ageing", "forecast", "deferred"]
    {
        let printed = empty.json(&["report", report]);
        assert_eq!(list(&printed, report), &[] as &[Value], "{report}");
    }
}

#[test]
fn closing_writes_their_lists_and_draws_them() {
    let desk = Desk::new();
    desk.write("months/told.ndjson", months());
    desk.done(&["close", "months", "--from", "2026-01-01", "--to", "2026-03-31", "--lang", "es"]);
    for list in ["subscriptions", "mrr", "churn", "collection", "cohorts", "ageing", "forecast", "deferred"] {
        for format in ["csv", "json"] {
            let path = desk.path(&format!("conciliar-out/{list}.{format}"));
            assert!(path.is_file(), "{list}.{format} is missing");
        }
    }
    let page = std::fs::read_to_string(desk.path("conciliar-out/report.html")).expect("the page");
    for section in ["mrr", "movements", "cohorts", "collection", "ageing", "forecast"] {
        let (start, id) =
            (format!("<h2 id=\"{section}-ARS\">"), format!("aria-labelledby=\"{section}-ARS-t "));
        assert!(page.contains(&start), "{section} has no section");
        assert!(page.contains(&id), "{section} has no picture");
    }
    assert!(page.contains("Ingreso recurrente mensual (ARS)") && !page.contains("Club <b>"));
    let mrr = std::fs::read(desk.path("conciliar-out/mrr.json")).expect("the list");
    let mrr: Value = serde_json::from_slice(&mrr).expect("JSON");
    let closing: Vec<_> = list(&mrr, "mrr").iter().map(|row| text(row, "closing")).collect();
    assert_eq!(closing, ["10.00", "30.00", "25.00"], "April is not closed");
}

#[test]
fn without_subscriptions_the_page_does_not_speak_of_them() {
    let desk = Desk::new();
    desk.write(
        "day/told.ndjson",
        r#"{"kind":"notification","topic":"payment","channel":"webhook","received_at":"2026-03-02T14:00:00Z","seller":"7","body":{"type":"payment","data":{"id":"1"}}}"#,
    );
    desk.done(&["close", "day", "--from", "2026-03-01", "--to", "2026-03-31"]);
    let page = std::fs::read_to_string(desk.path("conciliar-out/report.html")).expect("the page");
    assert!(!page.contains("id=\"subscriptions\"") && page.contains("id=\"payments\""));
}
