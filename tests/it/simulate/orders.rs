//! `conciliar poll` on an account for which nobody makes report files: it orders them, once, and takes them when they are there.

use serde::Deserialize;

use super::Month;
use crate::bin::{Desk, list, text};
use crate::process::Process;
use crate::queue::{done, until};

/// An hour after the month; the clock of the simulator stands before it.
const AT: &str = "2026-10-31T04:00:00Z";
const NEXT_DAY: &str = "2026-11-01T04:00:00Z";
const PATHS: [&str; 2] = ["/v1/account/settlement_report", "/v1/account/release_report"];

#[derive(Deserialize)]
struct Found {
    results: Vec<Task>,
}

#[derive(Deserialize)]
struct Task {
    created_from: String,
    begin_date: String,
    end_date: String,
}

/// Periods of all files of both reports, the oldest first, and by whom they were asked for.
async fn tasks(month: &Month) -> [Vec<(String, String, String)>; 2] {
    let mut all = [vec![], vec![]];
    for (path, tasks) in PATHS.iter().zip(&mut all) {
        let found: Found =
            serde_json::from_str(&month.get(&format!("{path}/search?limit=500")).await).expect("a page");
        tasks.extend(
            found.results.into_iter().rev().map(|task| (task.created_from, task.begin_date, task.end_date)),
        );
    }
    all
}

fn manual(begin: &str, end: &str) -> (String, String, String) {
    ("manual".to_owned(), begin.to_owned(), end.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_nobody_makes_are_ordered_once_and_taken() {
    let month = Month::of(12, 60).await;
    let (desk, base) = (Desk::new(), month.running.base());
    desk.done(&["migrate"]);
    let variables = [("CONCILIAR_TOKEN", &*month.credentials.token), ("CONCILIAR__CLIENT__BASE", &*base)];
    let poll = ["poll", "--seller", "1122334455", "--only", "reports"];
    let once =
        |at: &str| done(desk.run_with(&[&["--at", at], &poll[..], &["--once"]].concat(), &variables, ""));

    month.post("/admin/advance", r#"{"by_seconds":3600}"#).await;
    let two = ["one", "two"].map(|name| {
        let args = [&["--at", AT], &poll[..], &["--listen", "127.0.0.1:0"]].concat();
        Process::start(&desk, name, &args, &variables)
    });
    let [mut one, mut two] = two;
    until("both have looked", || {
        let has_looked = |told: String| told.contains(r#"conciliar_polled_total{crawl="reports"}"#);
        (has_looked(one.get("/metrics")) && has_looked(two.get("/metrics"))).then_some(())
    });
    one.stop();
    two.stop();
    once(AT);
    let first = manual("2026-10-24T03:00:00Z", "2026-10-31T02:59:59Z");
    assert_eq!(tasks(&month).await, [vec![first.clone()], vec![first.clone()]]);

    month.post("/admin/advance", r#"{"by_seconds":900}"#).await;
    let taken = once(AT);
    assert!(!taken.err.contains("reports: 0 read"), "what was ordered is taken: {}", taken.err);
    let kinds = || {
        let rows = desk.json(&["inbox", "list"]);
        let of =
            |kind: &str| list(&rows, "deliveries").iter().filter(|row| text(row, "kind") == kind).count();
        (of("file"), of("row") > 0)
    };
    assert_eq!(kinds(), (1, true));

    month.post("/admin/advance", r#"{"by_seconds":86400}"#).await;
    once(NEXT_DAY);
    let second = manual("2026-10-25T03:00:00Z", "2026-11-01T02:59:59Z");
    assert_eq!(tasks(&month).await, [vec![first.clone(), second.clone()], vec![first, second]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_a_schedule_are_not_ordered() {
    let month = Month::of(13, 20).await;
    let (desk, base) = (Desk::new(), month.running.base());
    let variables = [("CONCILIAR_TOKEN", &*month.credentials.token), ("CONCILIAR__CLIENT__BASE", &*base)];
    let config = r#"{"file_name_prefix":"mine","columns":[{"key":"SOURCE_ID"}],"frequency":{"hour":4,"type":"daily","value":1}}"#;
    for path in PATHS {
        month.post(&format!("{path}/config"), config).await;
    }
    month.post(&format!("{}/schedule", PATHS[0]), "").await;
    month.post("/admin/advance", r#"{"by_seconds":3600}"#).await;
    let args = ["--at", AT, "poll", "--seller", "1122334455", "--only", "reports", "--once"];
    done(desk.run_with(&args, &variables, ""));
    let [settlements, releases] = tasks(&month).await;
    assert_eq!(releases, [manual("2026-10-24T03:00:00Z", "2026-10-31T02:59:59Z")]);
    let by: Vec<&str> = settlements.iter().map(|(by, ..)| by.as_str()).collect();
    assert_eq!(by, ["schedule"]);
}
