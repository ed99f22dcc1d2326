//! Slots through changes of terms and pauses: their dates, and why one is not charged.

use super::*;
use crate::options::{EndRule, Options};
use crate::samples::{History, at, days, months, terms};

fn dates(history: &History, slots: std::ops::Range<u32>) -> Vec<String> {
    let timeline = history.timeline();
    let calendar = Calendar::of(&timeline, &Options::default());
    slots.map(|slot| calendar.due(slot).expect("a near date").date_naive().to_string()).collect()
}

#[test]
fn before_it_is_authorised_it_has_no_slot() {
    let timeline = History::pending("2026-01-05", &terms(1_000, months(1))).timeline();
    let calendar = Calendar::of(&timeline, &Options::default());
    assert_eq!(
        (calendar.due(0), calendar.slot(0), calendar.nearest_slot(at("2026-01-05"))),
        (None, None, None)
    );
}

#[test]
fn another_frequency_counts_from_the_next_due_date() {
    let history = History::authorized("2026-01-31", &terms(1_000, months(1)));
    let history = history.change("2026-02-10", &terms(1_000, days(7)));
    assert_eq!(dates(&history, 0..4), ["2026-01-31", "2026-02-28", "2026-03-07", "2026-03-14"]);
    // Changed again before the first of them: the date that was next stays next.
    let again = history.clone().change("2026-02-20", &terms(1_000, months(2)));
    assert_eq!(dates(&again, 0..4), ["2026-01-31", "2026-02-28", "2026-04-28", "2026-06-28"]);
    let timeline = again.timeline();
    let calendar = Calendar::of(&timeline, &Options::default());
    assert_eq!(calendar.period(1), Some((at("2026-02-28"), at("2026-04-28"))));
    assert_eq!(calendar.first_slot_from(at("2026-03-01")), 2);
}

#[test]
fn terms_that_changed_before_the_authorisation_are_those_it_begins_with() {
    let mut tenth = terms(1_200, months(1));
    tenth.recurring.billing_day = Some(10);
    let history = History::pending("2026-01-05", &terms(1_000, days(7))).change("2026-01-20", &tenth);
    assert_eq!(dates(&history.clone().authorize("2026-02-01"), 0..2), ["2026-02-10", "2026-03-10"]);
    (tenth.recurring.proportional, tenth.recurring.first_amount_minor) = (true, Some(300));
    let shared = history.change("2026-01-21", &tenth).authorize("2026-02-01");
    assert_eq!(dates(&shared, 0..2), ["2026-02-01", "2026-02-10"]);
    assert_eq!(Calendar::of(&shared.timeline(), &Options::default()).amount_minor(0), Some(300));
}

#[test]
fn another_billing_day_is_waited_for_from_the_next_due_date() {
    let mut tenth = terms(1_000, months(1));
    tenth.recurring.billing_day = Some(10);
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    let waiting = history.clone().change("2026-01-20", &tenth);
    assert_eq!(dates(&waiting, 0..3), ["2026-01-05", "2026-02-10", "2026-03-10"]);
    tenth.recurring.proportional = true;
    // An amount that was told of the beginning is none of this share.
    tenth.recurring.first_amount_minor = Some(1);
    let shared = history.change("2026-01-20", &tenth);
    assert_eq!(dates(&shared, 0..4), ["2026-01-05", "2026-02-05", "2026-02-10", "2026-03-10"]);
    let timeline = shared.timeline();
    let calendar = Calendar::of(&timeline, &Options::default());
    let amounts = [0, 1, 2].map(|slot| calendar.amount_minor(slot));
    assert_eq!(amounts, [Some(1_000), Some(167), Some(1_000)]);
    assert_eq!([0, 1, 2].map(|slot| calendar.is_share(slot)), [false, true, false]);
}

#[test]
fn the_first_amount_is_the_one_that_is_told_when_it_is_due() {
    let mut tenth = terms(1_000, months(1));
    (tenth.recurring.billing_day, tenth.recurring.proportional) = (Some(10), true);
    (tenth.recurring.first_amount_minor, tenth.recurring.free_trial) = (Some(170), Some(days(7)));
    let history = History::authorized("2026-01-05", &tenth);
    let first = |history: &History| Calendar::of(&history.timeline(), &Options::default()).amount_minor(0);
    assert_eq!((dates(&history, 0..1), first(&history)), (vec!["2026-01-12".to_owned()], Some(170)));
    let mut dearer = tenth.clone();
    (dearer.recurring.amount_minor, dearer.recurring.first_amount_minor) = (Some(2_000), Some(340));
    assert_eq!(first(&history.clone().change("2026-01-10", &dearer)), Some(340));
    assert_eq!(first(&history.clone().change("2026-01-13", &dearer)), Some(170));
    dearer.recurring.first_amount_minor = None;
    // 29 of 30 days.
    assert_eq!(first(&history.change("2026-01-10", &dearer)), Some(1_933));
}

#[test]
fn a_day_of_the_month_means_nothing_to_days() {
    let mut weekly = terms(1_000, days(7));
    let history = History::authorized("2026-01-05", &weekly);
    weekly.recurring.billing_day = Some(20);
    assert_eq!(
        dates(&history.change("2026-01-06", &weekly), 0..3),
        ["2026-01-05", "2026-01-12", "2026-01-19"]
    );
}

#[test]
fn another_amount_counts_from_the_charge_that_is_due_next() {
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    let timeline = history.change("2026-02-05", &terms(1_200, months(1))).timeline();
    let calendar = Calendar::of(&timeline, &Options::default());
    assert_eq!([0, 1, 2].map(|slot| calendar.amount_minor(slot)), [Some(1_000), Some(1_200), Some(1_200)]);
}

#[test]
fn each_slot_tells_why_it_is_not_charged() {
    let mut agreed = terms(1_000, months(1));
    (agreed.recurring.repetitions, agreed.ends_at) = (Some(4), Some(at("2026-07-05")));
    let history = History::authorized("2026-01-05", &agreed).pause("2026-02-01").resume("2026-04-01");
    let slots = |history: &History, options| {
        let timeline = history.timeline();
        let calendar = Calendar::of(&timeline, &options);
        (0..8).map(|slot| calendar.slot(slot).expect("a date")).collect::<Vec<_>>()
    };
    let (charged, paused) = (Slot::Charged, Slot::Skipped(Standing::Paused));
    let free = [charged, paused, paused, charged, charged, charged, Slot::PastRepetitions, Slot::PastEnd];
    assert_eq!(slots(&history, Options::default()), free);
    let counted = Options { skipped: SkipRule::Counted, ..Options::default() };
    let over = Slot::PastRepetitions;
    assert_eq!(slots(&history, counted), [charged, paused, paused, charged, over, over, over, Slot::PastEnd]);
    let exclusive = Options { end: EndRule::Exclusive, ..Options::default() };
    assert_eq!(slots(&history, exclusive)[6], Slot::PastEnd);
    let gone = slots(&history.cancel("2026-05-05"), Options::default());
    assert_eq!(gone[3..5], [charged, Slot::Skipped(Standing::Cancelled)]);
}

#[test]
fn agreed_charges_are_over_when_the_last_one_does_not_pay_any_more() {
    let mut three = terms(1_000, months(1));
    three.recurring.repetitions = Some(3);
    let over = |history: &History, skipped| {
        let timeline = history.timeline();
        Calendar::of(&timeline, &Options { skipped, ..Options::default() }).exhausted_at()
    };
    let steady = History::authorized("2026-01-05", &three);
    assert_eq!(over(&steady, SkipRule::Free), Some(at("2026-04-05")));
    let paused = steady.clone().pause("2026-02-01");
    assert_eq!(over(&paused, SkipRule::Free), None);
    assert_eq!(over(&paused, SkipRule::Counted), Some(at("2026-04-05")));
    let resumed = paused.resume("2026-03-10");
    assert_eq!(over(&resumed, SkipRule::Free), Some(at("2026-06-05")));
    assert_eq!(over(&History::authorized("2026-01-05", &terms(1_000, months(1))), SkipRule::Free), None);
}

#[test]
fn the_nearest_slot_is_the_earlier_of_two_as_near() {
    let timeline = History::authorized("2026-01-05", &terms(1_000, days(2))).timeline();
    let calendar = Calendar::of(&timeline, &Options::default());
    let near = |on: &str| calendar.nearest_slot(at(on));
    assert_eq!([near("2025-12-01"), near("2026-01-05"), near("2026-01-06")], [Some(0), Some(0), Some(0)]);
    assert_eq!([near("2026-01-06 16:01"), near("2026-01-07")], [Some(1), Some(1)]);
}

#[test]
fn the_quotas_follow_the_newest_end() {
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    let quotas = |history: &History| Calendar::of(&history.timeline(), &Options::default()).quotas();
    assert_eq!(quotas(&history), None);
    let until = domain::preapproval::Terms { ends_at: Some(at("2026-07-05")), ..terms(1_000, months(1)) };
    assert_eq!(quotas(&history.change("2026-02-01", &until)), Some(6));
    assert_eq!(quotas(&History::pending("2026-01-05", &until)), Some(6));
}
