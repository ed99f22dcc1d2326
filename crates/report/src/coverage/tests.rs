//! What counts as missed, thing by thing, and how it is printed.

use chrono::DateTime;
use ledger::account::Lang;

use super::*;
use crate::samples::written;

fn at(minutes: i64) -> Instant {
    DateTime::from_timestamp(1_790_000_000 + minutes * 60, 0).expect("a date in range")
}

const LAG: TimeDelta = TimeDelta::hours(2);

fn seen(subject: &str, by: &[(Source, i64)], told: bool) -> Seen {
    let mut seen = Seen::new("446566691".into(), subject.into());
    for (source, minutes) in by {
        seen.see(*source, at(*minutes));
    }
    seen.is_told = told;
    seen
}

fn finding(seen: Seen, now: i64) -> (Option<Finding>, bool) {
    let row = seen.judge(Period::default(), at(now), LAG).expect("no period leaves anything out");
    (row.finding, row.is_overdue)
}

#[test]
fn what_a_webhook_announced_and_an_answer_told_is_complete() {
    let told = seen("payment/1", &[(Source::Webhook, 0), (Source::Response, 1), (Source::Report, 90)], true);
    assert_eq!(finding(told, 9_000), (None, false));
}

#[test]
fn a_search_without_a_webhook_lost_one_and_leaves_no_gap() {
    for kind in ANNOUNCED {
        let polled = seen(&format!("{kind}/1"), &[(Source::Poll, 0)], true);
        assert_eq!(finding(polled.clone(), 9_000), (Some(Finding::LostWebhook), true), "{kind}");
        let row = polled.judge(Period::default(), at(9_000), LAG).expect("no period");
        assert!(!row.is_gap());
    }
    let refund = seen("refund/1", &[(Source::Poll, 0)], true);
    assert_eq!(finding(refund, 9_000), (None, false), "refunds have no webhook of their own");
    let own = seen("payment/1", &[(Source::Response, 0)], true);
    assert_eq!(finding(own, 9_000), (None, false), "what answers our own call needs no webhook");
}

#[test]
fn a_sale_that_only_a_report_names_is_missing() {
    let reported = seen("payment/1", &[(Source::Report, 0)], false);
    assert_eq!(
        finding(reported.clone(), 0),
        (Some(Finding::MissingSale), true),
        "a release row is of an old sale"
    );
    let mut settled = reported;
    settled.sold_at = Some(at(-30));
    assert_eq!(finding(settled.clone(), 0), (Some(Finding::MissingSale), false), "it may still come");
    assert_eq!(finding(settled, 90), (Some(Finding::MissingSale), true), "two hours after the sale");
    let announced = seen("payment/1", &[(Source::Webhook, 0), (Source::Report, 90)], false);
    assert_eq!(finding(announced, 9_000), (Some(Finding::MissingSale), true), "a webhook only points at it");
}

#[test]
fn what_was_announced_and_not_read_is_a_gap_after_the_lag() {
    let mut open = seen("payment/1", &[(Source::Webhook, 0)], false);
    assert_eq!(finding(open.clone(), 9_000), (None, false), "its notification was closed without it");
    open.is_open = true;
    assert_eq!(finding(open.clone(), 119), (Some(Finding::Unread), false));
    assert_eq!(finding(open.clone(), 120), (Some(Finding::Unread), true));
    open.is_told = true;
    assert_eq!(finding(open, 9_000), (None, false), "something else told it");
}

#[test]
fn a_period_bounds_when_something_was_first_seen() {
    let thing = seen("payment/1", &[(Source::Webhook, 10), (Source::Poll, 30)], true);
    let is_in = |from: Option<i64>, to: Option<i64>| {
        let period = Period { from: from.map(at), to: to.map(at) };
        thing.clone().judge(period, at(99), LAG).is_some()
    };
    assert!(is_in(None, None) && is_in(Some(10), Some(10)) && is_in(None, Some(10)) && is_in(Some(10), None));
    assert!(!is_in(Some(11), None) && !is_in(None, Some(9)));
    let mut settled = seen("payment/2", &[(Source::Report, 50)], false);
    settled.sold_at = Some(at(10));
    let before = Period { from: None, to: Some(at(10)) };
    assert!(settled.judge(before, at(99), LAG).is_some(), "a sale counts when it happened");
}

#[test]
fn every_format_tells_the_same_coverage() {
    let rows: Vec<Row> = [
        seen("intent/b:7", &[(Source::Webhook, 0)], true),
        seen("payment/1", &[(Source::Webhook, 3), (Source::Response, 4), (Source::Poll, 5)], true),
        seen("payment/2", &[(Source::Poll, 5), (Source::Import, 7)], true),
        seen("payment/3", &[(Source::Report, 90)], false),
    ]
    .into_iter()
    .filter_map(|seen| seen.judge(Period::default(), at(9_000), LAG))
    .collect();
    let mut types = vec![Counted::of(&rows[0]), Counted::of(&rows[1])];
    for row in &rows {
        let counted = types.iter_mut().find(|counted| counted.is_of(row)).expect("both types are there");
        counted.count(row);
    }
    let json = written(|out| {
        let mut json = Json::new(out)?;
        rows.iter().try_for_each(|row| json.push(row))?;
        json.finish(&types, &["settlement-9.csv".into()])
    });
    let read: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!((&read["gaps"], &read["coverage"][3]["finding"]), (&1.into(), &"missing_sale".into()));
    let empty = written(|out| Json::new(out)?.finish(&[], &[]));
    assert_eq!(empty, "{\"coverage\":[],\n\"types\":[],\"gaps\":0,\"files_not_read\":[]}\n");
    let formats = [
        json,
        written(|out| write_csv(rows.iter().cloned(), out)),
        written(|out| write_types_text(&types, Lang::En, out)),
        written(|out| write_text(rows.iter().cloned(), 3, 4, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
