//! When charges are tried again, and which runs of uncollected ones end a subscription.

use super::*;
use crate::samples::{History, at, days, months, terms};
use crate::timeline::Timeline;

fn tries(every: Period, options: &Options) -> Vec<String> {
    let tries = retries_after(at("2026-01-05"), every, options);
    tries.map(|at| at.format("%m-%d %H:%M").to_string()).collect()
}

#[test]
fn four_retries_lie_evenly_in_ten_days() {
    let expected = ["01-07 16:00", "01-09 16:00", "01-11 16:00", "01-13 16:00"];
    assert_eq!(tries(months(1), &Options::default()), expected);
}

#[test]
fn a_shorter_period_shortens_the_days_and_not_the_number() {
    let daily = ["01-05 20:48", "01-06 01:36", "01-06 06:24", "01-06 11:12"];
    assert_eq!(tries(days(1), &Options::default()), daily);
    assert_eq!(tries(days(5), &Options::default())[..1], ["01-06 16:00"]);
    assert_eq!(tries(days(30), &Options { retry_days: 5, ..Options::default() })[..1], ["01-06 16:00"]);
}

#[test]
fn the_first_try_may_be_one_of_the_four() {
    let in_all = Options { tries: TryRule::InAll, ..Options::default() };
    assert_eq!(tries(months(1), &in_all), ["01-08 04:00", "01-10 16:00", "01-13 04:00"]);
    assert_eq!((retries(&Options::default()), retries(&in_all)), (4, 3));
    assert_eq!(retries(&Options { retries: 0, ..in_all }), 0);
}

/// Charges that were decided in this order: `x` was given up, `o` was paid, `.` is open.
fn decided(marks: &str) -> Timeline {
    let history = History::authorized("2026-01-01", &terms(1_000, months(1)));
    let charges = (1..).zip(marks.chars()).fold(history, |history, (number, mark)| {
        let (invoice, on) = (number.to_string(), format!("2026-01-{number:02}"));
        let history = history.scheduled(&invoice, &on, 1_000);
        match mark {
            'x' => history.uncollected(&invoice, &on, &on, 1_000),
            'o' => history.collected(&invoice, &on, &on, 1_000),
            _ => history,
        }
    });
    charges.timeline()
}

#[test]
fn three_uncollected_in_a_row_or_in_all_end_it() {
    let check = |marks: &str, run, expected: Option<&str>| {
        let options = Options { cancel_run: run, ..Options::default() };
        let ended = cancels_by_uncollected(decided(marks).charges.values(), &options);
        assert_eq!(ended, expected.map(at), "{marks} {run:?}");
    };
    check("xx", RunRule::Consecutive, None);
    check("xxx", RunRule::Consecutive, Some("2026-01-03"));
    check("xxox", RunRule::Consecutive, None);
    check("xxox", RunRule::Total, Some("2026-01-04"));
    check("xx.x", RunRule::Consecutive, Some("2026-01-04"));
    check("oxoxooxxx", RunRule::Consecutive, Some("2026-01-09"));
    check("oxoxooxxx", RunRule::Total, Some("2026-01-07"));
}

#[test]
fn a_run_is_counted_up_to_the_newest_decision() {
    let run = |marks: &str| uncollected_run(decided(marks).charges.values());
    assert_eq!(["", "x", "xo", "xox", "xoxx", "xx."].map(run), [0, 1, 0, 1, 2, 2]);
}

#[test]
fn a_payment_approved_late_takes_its_charge_out_of_the_run() {
    let history = History::authorized("2026-01-01", &terms(1_000, months(1)))
        .scheduled("1", "2026-01-01", 1_000)
        .uncollected("1", "2026-01-01", "2026-01-10", 1_000);
    assert_eq!(uncollected_run(history.timeline().charges.values()), 1);
    let late = history.collected("1", "2026-01-01", "2026-01-12", 1_000);
    assert_eq!(uncollected_run(late.timeline().charges.values()), 0);
}

#[test]
fn charges_count_in_the_order_of_their_decisions_whatever_their_names() {
    let history = History::authorized("2026-01-01", &terms(1_000, months(1)))
        .scheduled("9", "2026-01-01", 1_000)
        .uncollected("9", "2026-01-01", "2026-01-02", 1_000)
        .scheduled("1", "2026-01-03", 1_000)
        .collected("1", "2026-01-03", "2026-01-04", 1_000)
        .scheduled("5", "2026-01-05", 1_000)
        .uncollected("5", "2026-01-05", "2026-01-06", 1_000);
    let timeline = history.timeline();
    assert_eq!(uncollected_run(timeline.charges.values()), 1);
    let ends = |cancel_run| {
        let options = Options { cancel_after: 2, cancel_run, ..Options::default() };
        cancels_by_uncollected(timeline.charges.values(), &options)
    };
    assert_eq!((ends(RunRule::Consecutive), ends(RunRule::Total)), (None, Some(at("2026-01-06"))));
}
