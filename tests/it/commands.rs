//! The verbs one by one, as a clerk types them.

use serde_json::Value;

use crate::bin::{Desk, list, text};

mod postgres;
mod secrets;
mod work;

const PAYMENT: &str = include_str!("../fixtures/payment/simple_fee.json");
const VOUCHER: &str = include_str!("../fixtures/payment/voucher_unpaid.json");
const REFUNDED: &str = include_str!("../fixtures/payment/refunded_by_partials.json");

/// A delivery line with a key, and more members if any.
fn line(kind: &str, key: &str, more: &str, body: &str) -> String {
    let body = body.replace('\n', "");
    let head =
        format!(r#""kind":"{kind}","topic":"payment","channel":"webhook","key":"{key}","seller":"20359978""#);
    format!("{{{head},\"received_at\":\"2026-03-02T15:00:00Z\"{more},\"body\":{body}}}\n")
}

fn hint() -> String {
    line("notification", "hint-1", "", r#"{"type":"payment","user_id":20359978,"data":{"id":"91000000103"}}"#)
}

/// The verdicts of the inbox by key.
fn verdicts(desk: &Desk) -> Vec<(String, String)> {
    let report = desk.json(&["inbox", "list"]);
    let row = |row: &Value| (text(row, "key").to_owned(), text(row, "verdict").to_owned());
    list(&report, "deliveries").iter().map(row).collect()
}

#[test]
fn the_program_says_its_own_name() {
    assert_eq!(Desk::new().done(&["--version"]), concat!("conciliar ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn lines_on_standard_input_are_ingested() {
    let desk = Desk::new();
    let ran = desk.run_with(&["ingest", "-"], &[], &line("resource", "a", "", PAYMENT));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let told =
        "1 deliveries: 1 applied, 0 unchanged, 0 need a fetch, 0 refused, 0 undecodable, 0 duplicates; ";
    assert!(ran.err.starts_with(told), "{}", ran.err);
    assert_eq!(ran.out, "", "remarks are for standard error");
    let listed = desk.json(&["inbox", "list"]);
    assert_eq!(text(&listed["deliveries"][0], "origin"), "-:1");
}

#[test]
fn a_bare_json_of_the_provider_is_recognised_by_its_shape() {
    let desk = Desk::new();
    desk.write("deep/payment.json", PAYMENT);
    desk.write("hint.json", include_str!("../fixtures/notification/payment.json"));
    desk.done(&["ingest", "deep/payment.json", "hint.json"]);
    let listed = desk.json(&["inbox", "list"]);
    let rows = list(&listed, "deliveries");
    let seen: Vec<_> = rows.iter().map(|r| (text(r, "kind"), text(r, "topic"), text(r, "verdict"))).collect();
    assert_eq!(seen, [("resource", "payment", "applied"), ("notification", "payment", "needs_fetch")]);
}

#[test]
fn a_known_key_with_another_body_is_refused_and_kept() {
    let desk = Desk::new();
    desk.write("first.ndjson", line("resource", "a", "", PAYMENT));
    desk.write("second.ndjson", line("resource", "a", "", VOUCHER));
    desk.done(&["ingest", "first.ndjson", "first.ndjson"]);
    let ran = desk.run(&["ingest", "second.ndjson", "--strict"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let listed = desk.json(&["inbox", "list", "--verdict", "refused"]);
    let [refused] = list(&listed, "deliveries") else { panic!("one is refused: {listed}") };
    let why = "key_reused: key `a` is known with another body; send it under a key of its own";
    assert_eq!((text(refused, "detail"), text(refused, "origin")), (why, "second.ndjson:1"));
    let payments = desk.json(&["report", "payments"]);
    assert_eq!(list(&payments, "payments").len(), 1, "the other body wrote nothing");
    let again = desk.run(&["ingest", "second.ndjson"]);
    assert_eq!(again.err, "1 deliveries: every one is a duplicate, nothing was written\n");
}

#[test]
fn a_notification_is_closed_by_the_resource_it_caused() {
    let desk = Desk::new();
    desk.run_with(&["ingest", "-"], &[], &hint());
    assert_eq!(verdicts(&desk), [("hint-1".to_owned(), "needs_fetch".to_owned())]);
    let fetched = line("resource", "fetch-1", r#","caused_by":"hint-1""#, PAYMENT);
    assert_eq!(desk.run_with(&["ingest", "-"], &[], &fetched).code, 0);
    let applied = |key: &str| (key.to_owned(), "applied".to_owned());
    assert_eq!(verdicts(&desk), [applied("hint-1"), applied("fetch-1")]);
    let counts = desk.json(&["report", "inbox"]);
    assert_eq!((&counts["applied"], &counts["needs_fetch"]), (&2.into(), &0.into()));
    let shown = desk.done(&["inbox", "show", "hint-1"]);
    assert!(shown.contains("\"attempts\": 2"), "{shown}");
    let history: Vec<_> =
        shown.lines().filter(|l| l.contains("  needs_fetch") || l.contains("  applied")).collect();
    assert_eq!(history.len(), 2, "{shown}");
}

#[test]
fn a_refused_seller_is_applied_by_a_retry_once_configured() {
    let desk = Desk::new();
    desk.write("other.toml", "[sellers]\n\"999\" = { site = \"MLA\" }\n");
    desk.write("both.toml", "[sellers]\n\"999\" = { site = \"MLA\" }\n\"20359978\" = { site = \"MLA\" }\n");
    desk.write("in.ndjson", line("resource", "a", "", PAYMENT));
    let ran = desk.run(&["--config", "other.toml", "ingest", "in.ndjson", "--strict"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let still = desk.done(&["--config", "other.toml", "inbox", "retry", "a"]);
    let why = "unknown_seller: seller 20359978 is not configured; add it under [sellers] and retry";
    assert_eq!(still, format!("refused\n{why}\n"));
    assert_eq!(desk.done(&["--config", "both.toml", "inbox", "retry", "a"]), "applied\n");
    let payments = desk.json(&["report", "payments"]);
    assert_eq!(text(&payments["payments"][0], "net"), "57540.00");
    let shown = desk.done(&["inbox", "show", "a"]);
    assert!(shown.contains("\"attempts\": 3"), "{shown}");
    let body = shown.lines().last().expect("the body is printed last");
    assert_eq!(body, PAYMENT.replace('\n', ""), "to the byte");
    assert_eq!(desk.run(&["replay", "--verify"]).code, 0);
}

#[test]
fn every_key_can_be_configured_by_a_variable() {
    let desk = Desk::new();
    let zone =
        [("CONCILIAR__REPORTING__TIME_ZONE", "America/Sao_Paulo"), ("CONCILIAR_DB", "sqlite:other.db")];
    assert_eq!(desk.run_with(&["migrate"], &zone, "").code, 0);
    let ran = desk.run_with(&["doctor"], &zone, "");
    assert_eq!(ran.code, 0, "{}", ran.out);
    let said = "ok    configuration: time zone America/Sao_Paulo\nok    store sqlite:other.db: 0 events\nok    inbox: nothing refused or undecodable\n";
    assert_eq!(ran.out, said);
    assert!(!desk.path("conciliar.db").exists());
}

#[test]
fn what_cannot_be_meant_ends_with_the_code_of_usage() {
    let desk = Desk::new();
    desk.done(&["migrate"]);
    for args in [
        &["--at", "yesterday", "migrate"][..],
        &["report", "balances", "--as-of", "soon"],
        &["report", "balances", "--format", "html"],
        &["subscription", "search", "--format", "csv"],
        &["subscription", "pause", "1", "--actor", " "],
    ] {
        let ran = desk.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
    }
}

#[test]
fn the_doctor_names_the_next_step() {
    let desk = Desk::new();
    let ran = desk.run(&["doctor", "--db", "sqlite:books.db"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("try: conciliar migrate --db sqlite:books.db"), "{}", ran.out);
    assert!(!desk.path("books.db").exists(), "looking creates nothing");
    desk.done(&["migrate", "--db", "sqlite:books.db"]);
    desk.done(&["doctor", "--db", "sqlite:books.db"]);
}

#[test]
fn options_may_stand_before_or_after_the_verb() {
    let desk = Desk::new();
    desk.write("in.ndjson", line("resource", "a", "", PAYMENT));
    desk.done(&["--db", "sqlite:books.db", "--quiet", "ingest", "in.ndjson"]);
    let before = desk.done(&["--db", "sqlite:books.db", "--format", "json", "report", "balances"]);
    let after = desk.done(&["report", "balances", "--format", "json", "--db", "sqlite:books.db"]);
    assert_eq!(before, after);
    assert!(before.contains("57540.00"), "{before}");
}

#[test]
fn completions_are_a_script() {
    let script = Desk::new().done(&["completions", "bash"]);
    assert!(script.contains("_conciliar()") && script.contains("reconcile"), "{script}");
}

#[test]
fn a_date_means_the_end_of_the_local_day() {
    let desk = Desk::new();
    // Approved on 3 March at 01:30 in London, which is still the evening of 2 March in Buenos Aires.
    let late = PAYMENT.replace("2026-03-02T10:15:32.000-04:00", "2026-03-02T22:30:00.000-03:00");
    desk.write("payment.json", late);
    desk.done(&["ingest", "payment.json"]);
    let pending = |as_of: &str| {
        let report = desk.json(&["report", "balances", "--as-of", as_of]);
        let row = list(&report, "balances").iter().find(|row| row["account"] == "1121").cloned();
        row.map_or_else(|| "none".to_owned(), |row| text(&row, "balance").to_owned())
    };
    assert_eq!(pending("2026-03-01"), "none");
    assert_eq!(pending("2026-03-02"), "57540.00");
    assert_eq!(pending("2026-03-02T00:00:00Z"), "none");
    assert_eq!(pending("2026-03-03T01:29:59.999Z"), "none");
    assert_eq!(pending("2026-03-03T01:30:00Z"), "57540.00");
}

#[test]
fn a_report_as_of_a_day_before_a_refund_does_not_know_it() {
    let desk = Desk::new();
    desk.write("payment.json", REFUNDED);
    desk.done(&["ingest", "payment.json"]);
    // Refunds of 40, 35 and 25 on the 5th, 6th and 7th.
    for (day, returned) in [("04", 0_i64), ("05", 4000), ("06", 7500), ("07", 10000)] {
        let as_of = format!("2026-03-{day}");
        let report = desk.json(&["report", "refunds", "--as-of", &as_of]);
        let sum: i64 = list(&report, "refunds").iter().map(|r| crate::bin::cents(text(r, "amount"))).sum();
        assert_eq!(sum, returned, "{as_of}: {report}");
    }
    let before = desk.json(&["report", "payments", "--as-of", "2026-03-04"]);
    let after = desk.json(&["report", "payments"]);
    assert_eq!(text(&before["payments"][0], "refunded"), "0.00", "{before}");
    assert_eq!(text(&after["payments"][0], "refunded"), "100.00");
}

#[test]
fn a_report_known_at_an_instant_before_the_ingest_is_empty() {
    let desk = Desk::new();
    desk.write("payment.json", PAYMENT);
    desk.done(&["ingest", "payment.json", "--at", "2026-03-10T12:00:00Z"]);
    let known = |at: &str| list(&desk.json(&["report", "balances", "--known-at", at]), "balances").len();
    assert_eq!(known("2026-03-10T11:59:59Z"), 0);
    assert_eq!(known("2026-03-10T12:00:00Z"), 3);
}

#[test]
fn a_voucher_past_its_life_is_presumed_expired_once() {
    let desk = Desk::new();
    desk.write("voucher.json", VOUCHER);
    desk.done(&["ingest", "voucher.json"]);
    let sweep = |at: &str| desk.run(&["sweep", "--at", at]).err;
    // It lives until 2026-03-10T02:59:59Z.
    assert_eq!(sweep("2026-03-10T02:59:58Z"), "0 unconfirmed payments are presumed expired\n");
    assert_eq!(sweep("2026-03-10T02:59:59Z"), "1 unconfirmed payments are presumed expired\n");
    assert_eq!(sweep("2026-03-11"), "0 unconfirmed payments are presumed expired\n");
    let history = desk.done(&["replay", "--stream", "payment/20359978/91000000112"]);
    let presumed = history.lines().filter(|line| line.contains("payment.presumed_expired")).count();
    assert_eq!(presumed, 1, "{history}");
    assert_eq!(desk.run(&["replay", "--verify"]).code, 0);
}

#[test]
fn reconciling_one_report_finds_only_its_own_breaks() {
    let desk = Desk::new();
    desk.done(&["close", crate::bin::OCTOBER]);
    let file = format!("{}/settlement-report-1122334455-2026-11-01.csv", crate::bin::OCTOBER);
    let ran = desk.run(&["reconcile", "settlement", &file, "--as-of", "2026-10-31", "--format", "json"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let outcome: Value = serde_json::from_str(&ran.out).expect("JSON");
    let mut codes: Vec<_> = list(&outcome, "breaks").iter().map(|found| text(found, "code")).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["amount_mismatch", "fee_mismatch", "missing_external", "missing_internal"]);
    let again = desk.run(&["reconcile", "settlement", &file, "--as-of", "2026-10-31", "--format", "json"]);
    assert_eq!(ran.out, again.out, "the same inputs print the same bytes");
}

#[test]
fn a_wrong_word_is_a_usage_error() {
    let desk = Desk::new();
    for args in [
        &["frobnicate"][..],
        &["close"],
        &["ingest"],
        &["report", "weather"],
        &["report", "balances", "--format", "xml"],
        &["close", ".", "--from", "yesterday"],
        &["inbox", "list", "--verdict", "lost"],
    ] {
        let ran = desk.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
    }
}
