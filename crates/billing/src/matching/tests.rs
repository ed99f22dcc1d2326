use proptest::prelude::*;

use super::*;
use crate::samples::{History, at, days, months, terms};

const MINOR: i64 = 1_000;

fn monthly() -> History {
    History::authorized("2026-01-05", &terms(MINOR, months(1)))
}

fn charged(history: History, invoice: &str, due: &str) -> History {
    history.scheduled(invoice, due, MINOR).collected(invoice, due, due, MINOR)
}

fn cancelled(history: History, invoice: &str, due: &str) -> History {
    let mut scheduled = history.scheduled(invoice, due, MINOR);
    let Some(domain::preapproval::Event::ChargeScheduled(stood)) = scheduled.events.last().cloned() else {
        panic!("it was scheduled last")
    };
    scheduled = scheduled.then(domain::preapproval::Event::ChargeCancelled(stood));
    scheduled
}

/// What is paired, what is unmet and what is over, in words.
fn told(history: &History, from: &str, until: &str, as_of: &str) -> (Vec<String>, Vec<u32>, Vec<String>) {
    let timeline = history.timeline();
    let Matching { pairs, unmet, surplus } =
        matching(&timeline, &Options::default(), at(from), at(until), at(as_of));
    (
        pairs.iter().map(|pair| format!("{} {}", pair.expected.slot, pair.invoice)).collect(),
        unmet.iter().map(|expected| expected.slot).collect(),
        surplus.iter().map(|over| format!("{:?} {}", over.reason, over.invoice)).collect(),
    )
}

#[track_caller]
fn check(history: &History, as_of: &str, pairs: &[&str], unmet: &[u32], surplus: &[&str]) {
    let (found_pairs, found_unmet, found_surplus) = told(history, "2026-01-01", as_of, as_of);
    assert_eq!(found_pairs, pairs);
    assert_eq!(found_unmet, unmet);
    assert_eq!(found_surplus, surplus);
}

#[test]
fn charges_on_their_days_are_paired_and_nothing_is_over() {
    let history = charged(charged(monthly(), "1", "2026-01-05"), "2", "2026-02-05");
    check(&history, "2026-03-01", &["0 1", "1 2"], &[], &[]);
}

#[test]
fn a_charge_that_nothing_says_the_time_of_is_not_passed_over() {
    // No period, and periods that end past all dates.
    for every in [days(0), months(0), days(u32::MAX), months(u32::MAX)] {
        let history = charged(History::authorized("2026-01-05", &terms(MINOR, every)), "1", "2026-01-05");
        check(&history, "2026-03-01", &[], &[], &["OffCalendar 1"]);
    }
}

#[test]
fn a_slot_without_a_charge_is_unmet_once_the_grace_is_over() {
    let history = charged(monthly(), "1", "2026-01-05");
    check(&history, "2026-02-05 16:00", &["0 1"], &[], &[]);
    check(&history, "2026-02-07 04:00", &["0 1"], &[], &[]);
    check(&history, "2026-02-07 04:01", &["0 1"], &[1], &[]);
}

#[test]
fn a_late_charge_is_for_its_slot_up_to_half_a_period() {
    let late = |due| charged(charged(monthly(), "1", "2026-01-05"), "2", due);
    // February has 28 days, so half a period after the 5th is the 19th.
    check(&late("2026-02-19"), "2026-03-01", &["0 1", "1 2"], &[], &[]);
    check(&late("2026-02-20"), "2026-03-01", &["0 1"], &[1], &[]);
    check(&late("2026-02-20"), "2026-03-15", &["0 1", "2 2"], &[1], &[]);
}

#[test]
fn of_two_charges_for_a_slot_the_nearest_has_it() {
    let history = charged(charged(monthly(), "1", "2026-01-05 18:00"), "2", "2026-01-05 16:30");
    check(&history, "2026-02-01", &["0 2"], &[], &["Duplicated 1"]);
}

#[test]
fn a_cancelled_invoice_has_its_slot_only_while_no_other_does() {
    let alone = cancelled(monthly(), "1", "2026-01-05");
    check(&alone, "2026-02-01", &["0 1"], &[], &[]);
    check(&charged(alone, "2", "2026-01-09"), "2026-02-01", &["0 2"], &[], &[]);
}

#[test]
fn charges_in_a_pause_after_the_end_and_beside_the_calendar_are_over() {
    let paused = monthly().pause("2026-01-20").resume("2026-02-20");
    check(&charged(paused, "1", "2026-02-05"), "2026-02-06", &[], &[0], &["WhilePaused 1"]);
    let gone = monthly().cancel("2026-01-20");
    check(&charged(gone, "1", "2026-02-05"), "2026-02-06", &[], &[0], &["AfterEnd 1"]);
    let mut ends = terms(MINOR, months(1));
    ends.ends_at = Some(at("2026-02-04"));
    let ended = History::authorized("2026-01-05", &ends);
    check(&charged(ended, "1", "2026-02-05"), "2026-02-06", &[], &[0], &["AfterEnd 1"]);
    let mut once = terms(MINOR, months(1));
    once.recurring.repetitions = Some(1);
    let over = History::authorized("2026-01-05", &once);
    check(&charged(over, "1", "2026-02-05"), "2026-02-06", &[], &[0], &["AfterEnd 1"]);
    let mut trial = terms(MINOR, months(1));
    trial.recurring.first_charge_after_days = Some(60);
    let early = History::authorized("2026-01-05", &trial);
    check(&charged(early, "1", "2026-02-05"), "2026-02-06", &[], &[], &["OffCalendar 1"]);
}

#[test]
fn why_a_charge_is_over_is_told_by_its_own_day_first() {
    let mut ends = terms(MINOR, months(1));
    ends.ends_at = Some(at("2026-01-10"));
    let ended = charged(History::authorized("2026-01-05", &ends), "1", "2026-01-05");
    check(&charged(ended.clone(), "2", "2026-01-10"), "2026-01-20", &["0 1"], &[], &["Duplicated 2"]);
    check(&charged(ended, "2", "2026-01-11"), "2026-01-20", &["0 1"], &[], &["AfterEnd 2"]);
    let paused = charged(monthly().pause("2026-01-10"), "1", "2026-01-05");
    check(&charged(paused, "2", "2026-01-11"), "2026-01-20", &["0 1"], &[], &["WhilePaused 2"]);
    let gone = charged(monthly().cancel("2026-01-10"), "1", "2026-01-05");
    check(&charged(gone, "2", "2026-01-11"), "2026-01-20", &["0 1"], &[], &["AfterEnd 2"]);
    // It came back before the slot that is nearest, and was away on the day of the charge.
    let back = charged(monthly().pause("2026-01-25").resume("2026-02-04"), "1", "2026-01-05");
    let early = charged(charged(back, "2", "2026-02-05"), "3", "2026-02-01");
    check(&early, "2026-02-20", &["0 1", "1 2"], &[], &["WhilePaused 3"]);
}

#[test]
fn a_cancelled_invoice_is_never_over() {
    let history = cancelled(monthly().pause("2026-01-20"), "1", "2026-02-05");
    check(&history, "2026-02-06", &[], &[0], &[]);
}

#[test]
fn nobody_expects_anything_of_what_nobody_described() {
    let mut events = charged(monthly(), "1", "2026-01-05").events;
    events.drain(..2);
    let timeline = Timeline::of(&events).expect("a charge begins a timeline");
    let (from, until) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let found = matching(&timeline, &Options::default(), from, until, at("2026-06-01"));
    assert!(found.pairs.is_empty() && found.unmet.is_empty() && found.surplus.is_empty());
}

#[test]
fn a_span_tells_of_what_is_due_in_it() {
    let history = charged(charged(monthly(), "1", "2026-01-05"), "2", "2026-02-04");
    // The charge of the 4th is for the slot of the 5th, which is not in the first span.
    let first = told(&history, "2026-01-01", "2026-02-05", "2026-06-01");
    assert_eq!(first, (vec!["0 1".to_owned()], vec![], vec![]));
    let second = told(&history, "2026-02-05", "2026-03-05", "2026-06-01");
    assert_eq!(second, (vec!["1 2".to_owned()], vec![], vec![]));
}

#[test]
fn a_charge_that_another_one_beyond_the_span_is_nearer_than_is_over() {
    let history = charged(charged(monthly(), "1", "2026-02-03"), "2", "2026-02-06");
    let found = told(&history, "2026-02-01", "2026-02-04", "2026-06-01");
    assert_eq!(found, (vec![], vec![], vec!["Duplicated 1".to_owned()]));
    let found = told(&history, "2026-02-06", "2026-03-01", "2026-06-01");
    assert_eq!(found, (vec![], vec![], vec![]));
}

proptest! {
    /// Whatever is charged when: every charge is paired or over, every slot of the past is paired or unmet, none both; and
    /// spans together tell what one span tells.
    #[test]
    fn nothing_is_lost_and_nothing_is_told_twice(
        dues in proptest::collection::vec(0_i64..400, 0..12),
        by_days in any::<bool>(),
        pause in proptest::option::of((10_i64..200, 1_i64..100)),
        cut in 0_i64..400,
    ) {
        let every = if by_days { days(9) } else { months(1) };
        let day = |n: i64| (at("2026-01-05") + TimeDelta::days(n)).format("%Y-%m-%d %H:%M").to_string();
        let mut history = History::authorized("2026-01-05", &terms(MINOR, every));
        if let Some((from, long)) = pause {
            history = history.pause(&day(from)).resume(&day(from + long));
        }
        for (number, due) in dues.iter().enumerate() {
            history = charged(history, &number.to_string(), &day(*due));
        }
        let timeline = history.timeline();
        let (options, end) = (Options::default(), at("2027-06-01"));
        let (begin, middle) = (DateTime::<Utc>::MIN_UTC, at("2026-01-05") + TimeDelta::days(cut));
        let all = matching(&timeline, &options, begin, end, end);
        prop_assert_eq!(all.pairs.len() + all.surplus.len(), dues.len());
        let mut slots: Vec<u32> = all.pairs.iter().map(|pair| pair.expected.slot).collect();
        slots.extend(all.unmet.iter().map(|expected| expected.slot));
        slots.sort_unstable();
        let known = end - hours(options.grace_hours);
        let expected = crate::expected::expected(&timeline, &options, begin, known);
        prop_assert_eq!(slots, expected.map(|expected| expected.slot).collect::<Vec<_>>());
        let parts = [matching(&timeline, &options, begin, middle, end), matching(&timeline, &options, middle, end, end)];
        let unmet: Vec<u32> = parts.iter().flat_map(|part| part.unmet.iter().map(|one| one.slot)).collect();
        prop_assert!(all.unmet.iter().all(|one| unmet.contains(&one.slot)));
        let over: Vec<_> = parts.iter().flat_map(|part| part.surplus.iter().map(|one| one.invoice)).collect();
        prop_assert!(all.surplus.iter().all(|one| over.contains(&one.invoice)));
    }
}
