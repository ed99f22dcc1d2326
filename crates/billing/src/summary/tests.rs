//! Our count beside the provider's: what may lag, and what is a difference.

use domain::preapproval;

use super::*;
use crate::samples::{History, at, months, terms};

fn two_of_twelve() -> History {
    let mut twelve = terms(1_000, months(1));
    twelve.recurring.repetitions = Some(12);
    History::authorized("2026-01-05", &twelve)
        .scheduled("1", "2026-01-05", 1_000)
        .collected("1", "2026-01-05", "2026-01-05", 1_000)
        .scheduled("2", "2026-02-05", 1_000)
        .collected("2", "2026-02-05", "2026-02-05", 1_000)
}

fn told(count: u32, minor: i64, pending: u32) -> preapproval::Summary {
    preapproval::Summary {
        charged_count: Some(count),
        charged_minor: Some(minor),
        total_count: Some(12),
        pending_count: Some(pending),
        health: Some(Health::AllCollected),
        ..preapproval::Summary::default()
    }
}

fn check(history: &History, summary: preapproval::Summary, on: &str, expected: &[Difference]) {
    let timeline = history.clone().tell(on, summary).timeline();
    assert_eq!(differences(&timeline, &Options::default(), at("2026-03-01")), expected);
}

#[test]
fn our_count_is_that_of_the_collected_charges() {
    let timeline = two_of_twelve().timeline();
    let expected = Summary {
        total_count: Some(12),
        charged_count: 2,
        charged_minor: Some(2_000),
        last_charged_at: Some(at("2026-02-05")),
        last_charged_minor: Some(1_000),
        pending_count: Some(10),
        pending_minor: Some(10_000),
        health: Some(Health::AllCollected),
    };
    assert_eq!(Summary::of(&timeline, &Options::default(), at("2026-03-01")), expected);
    let before = Summary::of(&timeline, &Options::default(), at("2026-02-04"));
    assert_eq!(
        (before.charged_count, before.charged_minor, before.pending_count),
        (1, Some(1_000), Some(11))
    );
}

#[test]
fn what_the_provider_counts_alike_is_no_difference() {
    check(&two_of_twelve(), told(2, 2_000, 10), "2026-02-20", &[]);
    let silent = preapproval::Summary::default();
    check(&two_of_twelve(), silent, "2026-02-20", &[]);
    assert_eq!(differences(&two_of_twelve().timeline(), &Options::default(), at("2026-03-01")), []);
}

#[test]
fn the_provider_may_be_a_day_behind_and_not_longer() {
    check(&two_of_twelve(), told(1, 1_000, 11), "2026-02-06 15:59", &[]);
    let expected = [
        Difference::Charged { ours: 2, theirs: 1 },
        Difference::ChargedAmount { ours_minor: Some(2_000), theirs_minor: 1_000 },
        Difference::Pending { ours: Some(10), theirs: 11 },
    ];
    check(&two_of_twelve(), told(1, 1_000, 11), "2026-02-06 16:00", &expected);
}

#[test]
fn the_provider_may_know_of_a_charge_that_was_decided_since() {
    check(&two_of_twelve(), told(2, 2_000, 10), "2026-01-20", &[]);
    let expected = [
        Difference::Charged { ours: 2, theirs: 3 },
        Difference::ChargedAmount { ours_minor: Some(2_000), theirs_minor: 3_000 },
    ];
    check(&two_of_twelve(), told(3, 3_000, 10), "2026-02-20", &expected);
}

#[test]
fn other_totals_and_another_colour_are_differences() {
    let mut other = told(2, 2_000, 10);
    (other.total_count, other.health) = (Some(13), Some(Health::SomeUncollected));
    let expected = [
        Difference::Total { ours: Some(12), theirs: 13 },
        Difference::Health { ours: Some(Health::AllCollected), theirs: Health::SomeUncollected },
    ];
    check(&two_of_twelve(), other.clone(), "2026-02-20", &expected);
    assert_eq!(expected.map(|difference| difference.name()), ["total_count", "health"]);
    (other.total_count, other.health) = (None, Some(Health::Discounted));
    check(&two_of_twelve(), other, "2026-02-20", &[]);
}

#[test]
fn a_colour_is_compared_once_nothing_moves() {
    let retried = History::authorized("2026-01-05", &terms(1_000, months(1)))
        .scheduled("1", "2026-01-05", 1_000)
        .recycled("1", "2026-01-05", "2026-01-05", 1_000);
    let yellow = preapproval::Summary { health: Some(Health::Retrying), ..preapproval::Summary::default() };
    let told = retried.tell("2026-01-06", yellow).collected("1", "2026-01-05", "2026-01-07", 1_000);
    assert_eq!(differences(&told.timeline(), &Options::default(), at("2026-01-07")), []);
    let yellow = preapproval::Summary { health: Some(Health::Retrying), ..preapproval::Summary::default() };
    let stuck = told.tell("2026-01-08", yellow).timeline();
    let difference = Difference::Health { ours: Some(Health::AllCollected), theirs: Health::Retrying };
    assert_eq!(differences(&stuck, &Options::default(), at("2026-01-08")), [difference]);
}

#[test]
fn whether_a_charge_that_was_given_up_is_still_to_come_is_left_open() {
    let history = two_of_twelve().scheduled("3", "2026-02-05", 1_000).uncollected(
        "3",
        "2026-02-05",
        "2026-02-15",
        1_000,
    );
    let red =
        |pending| preapproval::Summary { health: Some(Health::SomeUncollected), ..told(2, 2_000, pending) };
    check(&history, red(10), "2026-02-20", &[]);
    let expected = [Difference::Pending { ours: Some(10), theirs: 9 }];
    check(&history, red(9), "2026-02-20", &expected);
}

#[test]
fn the_semaphore_is_red_for_any_or_for_the_last_decision() {
    // `x` was given up, `o` was paid, `r` is tried again, each a day after the one before.
    let colour = |marks: &str, semaphore| {
        let history = History::authorized("2026-01-01", &terms(1_000, months(1)));
        let charges = (1..).zip(marks.chars()).fold(history, |history, (number, mark)| {
            let (invoice, on) = (number.to_string(), format!("2026-01-{number:02}"));
            let history = history.scheduled(&invoice, &on, 1_000);
            match mark {
                'x' => history.uncollected(&invoice, &on, &on, 1_000),
                'o' => history.collected(&invoice, &on, &on, 1_000),
                _ => history.recycled(&invoice, &on, &on, 1_000),
            }
        });
        let options = Options { semaphore, ..Options::default() };
        Summary::of(&charges.timeline(), &options, at("2026-03-01")).health
    };
    let [green, yellow, red] = [Health::AllCollected, Health::Retrying, Health::SomeUncollected].map(Some);
    let rows = [
        ("", None, None),
        ("o", green, green),
        ("or", yellow, yellow),
        ("ro", yellow, green),
        ("ox", red, red),
        ("xo", red, green),
        ("xr", red, red),
        ("xor", red, yellow),
    ];
    for (marks, any, last) in rows {
        let colours = (colour(marks, SemaphoreRule::Any), colour(marks, SemaphoreRule::Last));
        assert_eq!(colours, (any, last), "{marks}");
    }
}

#[test]
fn a_sum_that_no_amount_can_say_is_none() {
    let mut vast = terms(i64::MAX, months(1));
    vast.recurring.repetitions = Some(3);
    let history = History::authorized("2026-01-05", &vast);
    let before = Summary::of(&history.timeline(), &Options::default(), at("2026-01-04"));
    assert_eq!((before.pending_count, before.pending_minor), (Some(3), None));
    let two = ["2026-01-05", "2026-02-05"]
        .iter()
        .fold(history, |history, on| history.scheduled(on, on, i64::MAX).collected(on, on, on, i64::MAX));
    let vast = preapproval::Summary { charged_minor: Some(i64::MAX), ..preapproval::Summary::default() };
    let timeline = two.tell("2026-02-20", vast).timeline();
    let difference = Difference::ChargedAmount { ours_minor: None, theirs_minor: i64::MAX };
    assert_eq!(differences(&timeline, &Options::default(), at("2026-03-01")), [difference]);
}

#[test]
fn the_providers_next_date_is_held_against_the_calendar() {
    let check = |history: &History, on: &str, next: &str, expected: &[Difference]| {
        let timeline = history.clone().tell_next(on, next).timeline();
        let found = differences(&timeline, &Options::default(), at(on));
        assert_eq!(found, expected, "told on {on}: {next}");
    };
    let monthly = two_of_twelve();
    check(&monthly, "2026-02-20", "2026-03-05", &[]);
    check(&monthly, "2026-02-20", "2026-03-06", &[]);
    let other = |ours, theirs| [Difference::NextCharge { ours: at(ours), theirs: at(theirs) }];
    check(&monthly, "2026-02-20", "2026-03-09", &other("2026-03-05", "2026-03-09"));
    check(&monthly, "2026-02-20", "2026-04-05", &other("2026-03-05", "2026-04-05"));
    check(&monthly, "2026-02-20", "2026-02-05", &other("2026-03-05", "2026-02-05"));
    // On the day itself it may have gone on already, or not yet.
    check(&monthly, "2026-03-05", "2026-03-05", &[]);
    check(&monthly, "2026-03-05", "2026-04-05", &[]);
    check(&monthly, "2026-03-06", "2026-03-05", &[]);
    // It goes on without a statement of its own.
    let told_before = monthly.clone().tell_next("2026-02-20", "2026-05-05").timeline();
    assert_eq!(differences(&told_before, &Options::default(), at("2026-04-20")), []);
    assert_eq!(
        differences(&told_before, &Options::default(), at("2026-03-20")),
        other("2026-03-05", "2026-05-05")
    );
    // Where nothing is charged any more it stays as it was.
    check(&monthly.clone().pause("2026-02-10"), "2026-02-20", "2026-07-09", &[]);
    check(&monthly.clone().cancel("2026-02-10"), "2026-02-20", "2026-02-05", &[]);
}
