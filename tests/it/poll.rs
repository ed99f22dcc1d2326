//! `conciliar poll` and `conciliar report coverage`, as a person runs them, against a provider on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use tokio::net::TcpListener;

use crate::bin::{Desk, Ran, keys, list, text};
use crate::process::Process;
use crate::queue::{Queues, done, until, wait_for};

/// Noon of the day: the clock of every run.
const AT: &str = "2026-10-20T12:00:00Z";
/// A webhook that tells of payment 101.
const WEBHOOK: &str = r#"{"kind":"notification","topic":"payment","channel":"webhook","received_at":"2026-10-20T09:00:02Z","seller":"7","site":"MLA","body":{"type":"payment","user_id":7,"data":{"id":"101"}}}"#;

type Bodies = Arc<Mutex<BTreeMap<&'static str, String>>>;

async fn answer(State(bodies): State<Bodies>, uri: Uri) -> (StatusCode, String) {
    let bodies = bodies.lock().expect("no handler panics");
    match bodies.get(uri.path()) {
        Some(body) => (StatusCode::OK, body.clone()),
        None => (
            StatusCode::NOT_FOUND,
            r#"{"message":"no such thing","error":"not_found","status":404}"#.to_owned(),
        ),
    }
}

/// A provider that answers from a map of paths, and where it is.
async fn provider() -> (Bodies, String) {
    let bodies = Bodies::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let router = Router::new().fallback(answer).with_state(Arc::clone(&bodies));
    tokio::spawn(async move { axum::serve(listener, router).await.expect("the listener stays") });
    (bodies, format!("http://{address}"))
}

fn payment(id: u64) -> String {
    format!(
        r#"{{"id":{id},"collector_id":7,"currency_id":"ARS","status":"approved","status_detail":"accredited",
        "transaction_amount":10.50,"transaction_details":{{"net_received_amount":10.50}},"charges_details":[],
        "date_created":"2026-10-20T09:00:00Z","date_approved":"2026-10-20T09:00:01Z",
        "date_last_updated":"2026-10-20T10:00:00Z"}}"#
    )
}

fn page(payments: &[u64]) -> String {
    let rows: Vec<String> = payments.iter().map(|id| payment(*id)).collect();
    format!(r#"{{"paging":{{"total":{},"limit":50,"offset":0}},"results":[{}]}}"#, rows.len(), rows.join(","))
}

/// What the program must be told to reach this provider.
fn variables(base: &str) -> [(&str, &str); 5] {
    [
        ("CONCILIAR_TOKEN", "APP_USR-token"),
        ("CONCILIAR__CLIENT__BASE", base),
        ("CONCILIAR__CLIENT__RETRIES", "0"),
        // One window, so that every payment is shown once.
        ("CONCILIAR__POLL__HISTORY_DAYS", "1"),
        ("CONCILIAR__POLL__REPORTS_ORDER_DAYS", "0"),
    ]
}

/// Runs the program at noon of the day with a token.
async fn run(desk: &Arc<Desk>, base: &str, args: &[&str]) -> Ran {
    let (desk, base) = (Arc::clone(desk), base.to_owned());
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let run = move || {
        let args: Vec<&str> = args.iter().map(String::as_str).chain(["--at", AT]).collect();
        desk.run_with(&args, &variables(&base), "")
    };
    tokio::task::spawn_blocking(run).await.expect("the program ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_once_brings_what_changed_and_coverage_says_what_was_missed() {
    let (bodies, base) = provider().await;
    bodies.lock().expect("no handler panics").extend([
        ("/v1/payments/search", page(&[101, 102])),
        ("/point/integration-api/payment-intents/events", r#"{"events":[]}"#.to_owned()),
        ("/v1/account/release_report/list", "[]".to_owned()),
        ("/v1/account/settlement_report/list", "[]".to_owned()),
    ]);
    let desk = Arc::new(Desk::new());
    let unread = WEBHOOK.replace("101", "103");
    desk.write("hooks.ndjson", format!("{WEBHOOK}\n{unread}\n"));
    assert_eq!(run(&desk, &base, &["ingest", "hooks.ndjson"]).await.code, 0);

    let polled = run(&desk, &base, &["poll", "--once", "--seller", "7"]).await;
    assert_eq!(polled.code, 0, "{}", polled.err);
    assert!(polled.err.contains("seller 7: payments: 2 read, 2 handed on\n"), "{}", polled.err);
    assert!(!polled.err.contains("token"), "{}", polled.err);
    let again = run(&desk, &base, &["poll", "--once", "--seller", "7", "--only", "payments"]).await;
    assert!(again.err.contains("seller 7: payments: 0 read, 0 handed on\n"), "{}", again.err);

    let report = run(&desk, &base, &["report", "coverage", "--format", "json"]).await;
    assert_eq!(report.code, 0, "{}", report.err);
    let report: serde_json::Value = serde_json::from_str(&report.out).expect("the report is JSON");
    assert_eq!(keys(&report), ["coverage", "files_not_read", "gaps", "types"]);
    let found: Vec<(&str, Option<&str>)> =
        list(&report, "coverage").iter().map(|row| (text(row, "id"), row["finding"].as_str())).collect();
    assert_eq!(found, [("101", None), ("102", Some("lost_webhook")), ("103", Some("unread"))]);
    assert_eq!(report["gaps"], 1);
    let strict = run(&desk, &base, &["report", "coverage", "--strict"]).await;
    assert_eq!(strict.code, 3, "{}", strict.err);
    assert!(strict.out.contains("lost_webhook") && strict.out.contains("103"), "{}", strict.out);
    let other_days = run(&desk, &base, &["report", "coverage", "--strict", "--from", "2026-10-21"]).await;
    assert_eq!(other_days.code, 0, "{}", other_days.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poller_hands_on_over_the_broker_and_tells_how_it_is_until_it_is_told_to_end() {
    let (bodies, base) = provider().await;
    bodies.lock().expect("no handler panics").extend([("/v1/payments/search", page(&[101, 102]))]);
    let (desk, queues) = (Desk::new(), Queues::new());
    // Told of and never read: the one gap.
    desk.write("hooks.ndjson", WEBHOOK.replace("101", "103"));
    desk.done(&["--at", AT, "ingest", "hooks.ndjson"]);
    let often = [("CONCILIAR__POLL__COVERAGE_EVERY_SECONDS", "1")];
    let variables = [&queues.variables()[..], &variables(&base), &often].concat();
    let args = ["--at", AT, "poll", "--seller", "7", "--only", "payments", "--listen", "127.0.0.1:0"];
    let mut poller = Process::start(&desk, "poll", &args, &variables);
    until("it is ready", || poller.get("/readyz").starts_with("HTTP/1.1 200").then_some(()));
    assert!(poller.get("/healthz").starts_with("HTTP/1.1 200"), "{}", poller.told());
    let metrics = [
        r#"conciliar_polled_total{crawl="payments"} 2"#,
        r#"conciliar_poll_accepted_total{crawl="payments"} 2"#,
        r#"conciliar_poll_behind_seconds{seller="7"} 120"#,
        r#"conciliar_coverage_gaps{seller="7"} 1"#,
    ];
    until("all is measured", || {
        let told = poller.get("/metrics");
        metrics.iter().all(|line| told.lines().any(|told| told == *line)).then_some(())
    });
    until("both are on the queues", || (wait_for(queues.standing()).0 == 2).then_some(()));
    assert_eq!(desk.json(&["report", "inbox"])["applied"], 0, "nothing goes around the queues");
    poller.stop();
    done(desk.run_with(&["--at", AT, "work", "--until-idle"], &variables, ""));
    let payments = desk.json(&["report", "payments"]);
    let ids: Vec<&str> = list(&payments, "payments").iter().map(|row| text(row, "id")).collect();
    assert_eq!(ids, ["101", "102"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_that_fails_keeps_no_other_from_being_made() {
    let (bodies, base) = provider().await;
    let list = "/v1/account/release_report/list";
    bodies
        .lock()
        .expect("no handler panics")
        .extend([(list, "[]".to_owned()), ("/v1/payments/search", page(&[101]))]);
    let desk = Arc::new(Desk::new());
    let polled = run(&desk, &base, &["poll", "--once", "--seller", "7"]).await;
    assert_eq!(polled.code, 1);
    assert!(polled.err.contains("seller 7: payments: 1 read, 1 handed on\n"), "{}", polled.err);
    assert!(polled.err.contains("seller 7: intents: 0 read, 0 handed on\n"), "{}", polled.err);
    assert!(polled.err.contains("seller 7: events: 0 read, 0 handed on\n"), "{}", polled.err);
    assert!(polled.err.contains("seller 7: reports: seller 7 cannot be polled"), "{}", polled.err);
    assert!(polled.err.contains("not everything could be polled"), "{}", polled.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn polling_needs_to_know_whom_to_ask_for() {
    let (_bodies, base) = provider().await;
    let desk = Arc::new(Desk::new());
    let nobody = run(&desk, &base, &["poll", "--once"]).await;
    assert_eq!(nobody.code, 2);
    assert!(nobody.err.contains("write --seller ID or add it under [sellers]"), "{}", nobody.err);
    desk.write("shop.toml", "[sellers]\n\"8\" = { site = \"MLA\" }\n");
    let stranger = run(&desk, &base, &["poll", "--once", "--seller", "7", "--config", "shop.toml"]).await;
    assert_eq!(stranger.code, 2);
    assert!(stranger.err.contains("seller 7 is not configured"), "{}", stranger.err);
    let misplaced = run(&desk, &base, &["report", "balances", "--strict"]).await;
    assert_eq!(misplaced.code, 2);
    assert!(misplaced.err.contains("--strict is of `report coverage`"), "{}", misplaced.err);
}
