//! The calendar of terms against a calendar that is counted by hand, and what holds of every one.

use chrono::{Datelike, TimeDelta};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;
use crate::options::DayZone;
use crate::samples::{at, days, months, terms};

fn day(at: Instant) -> String {
    Zone::Provider.local(at).date().to_string()
}

/// The first slots of terms that were authorised on a day: date and amount.
fn check(terms: &Terms, anchored: &str, options: &Options, expected: &[(&str, i64)]) {
    let schedule = Schedule::of(terms, at(anchored), options);
    let slots = (0..).zip(expected).map(|(slot, _)| {
        (day(schedule.due(slot).expect("a near date")), schedule.amount_minor(slot, &terms.recurring))
    });
    let expected = expected.iter().map(|(day, minor)| ((*day).to_owned(), Some(*minor)));
    assert_eq!(slots.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

fn on_the(day: u8, proportional: bool) -> Terms {
    let mut terms = terms(1_000, months(1));
    (terms.recurring.billing_day, terms.recurring.proportional) = (Some(day), proportional);
    terms
}

fn between(starts: Option<&str>, ends: Option<&str>) -> Terms {
    Terms { starts_at: starts.map(at), ends_at: ends.map(at), ..terms(1_000, months(1)) }
}

#[test]
fn without_a_billing_day_it_is_charged_at_once_and_then_on_that_day() {
    let expected =
        [("2026-01-31", 1_000), ("2026-02-28", 1_000), ("2026-03-31", 1_000), ("2026-04-30", 1_000)];
    check(&terms(1_000, months(1)), "2026-01-31", &Options::default(), &expected);
    let weekly = [("2026-01-31", 1_000), ("2026-02-07", 1_000)];
    check(&terms(1_000, days(7)), "2026-01-31", &Options::default(), &weekly);
}

#[test]
fn a_billing_day_is_waited_for_in_full_and_charged_for_in_part() {
    let waited = [("2026-01-10", 1_000), ("2026-02-10", 1_000)];
    check(&on_the(10, false), "2026-01-05", &Options::default(), &waited);
    let shared = [("2026-01-05", 167), ("2026-01-10", 1_000), ("2026-02-10", 1_000)];
    check(&on_the(10, true), "2026-01-05", &Options::default(), &shared);
    let on_its_day = [("2026-01-10", 1_000), ("2026-02-10", 1_000)];
    check(&on_the(10, true), "2026-01-10", &Options::default(), &on_its_day);
}

#[test]
fn a_share_by_the_calendar_is_one_of_the_days_of_the_real_period() {
    let options = Options { proration: Proration::Calendar, ..Options::default() };
    // The period that the 10th of January ends has 31 days, that of the 10th of March 28.
    check(&on_the(10, true), "2026-01-05", &options, &[("2026-01-05", 161), ("2026-01-10", 1_000)]);
    check(&on_the(10, true), "2026-03-05", &options, &[("2026-03-05", 179), ("2026-03-10", 1_000)]);
    let mut quarterly = on_the(10, true);
    quarterly.recurring.every = months(3);
    // From the 10th of October 92 days.
    check(
        &quarterly,
        "2026-01-05",
        &options,
        &[("2026-01-05", 54), ("2026-01-10", 1_000), ("2026-04-10", 1_000)],
    );
}

#[test]
fn the_first_amount_that_the_provider_tells_counts() {
    let mut told = on_the(10, true);
    told.recurring.first_amount_minor = Some(170);
    check(&told, "2026-01-05", &Options::default(), &[("2026-01-05", 170), ("2026-01-10", 1_000)]);
    // Where the first period is a whole one there is nothing to share.
    check(&told, "2026-01-10", &Options::default(), &[("2026-01-10", 1_000)]);
}

#[test]
fn days_have_no_billing_day() {
    let mut weekly = on_the(10, true);
    weekly.recurring.every = days(7);
    check(&weekly, "2026-01-05", &Options::default(), &[("2026-01-05", 1_000), ("2026-01-12", 1_000)]);
}

#[test]
fn a_trial_puts_the_first_charge_off_by_thirty_days_a_month() {
    let mut trial = terms(1_000, months(1));
    trial.recurring.free_trial = Some(months(1));
    check(&trial, "2026-01-05", &Options::default(), &[("2026-02-04", 1_000), ("2026-03-04", 1_000)]);
    trial.recurring.first_charge_after_days = Some(7);
    check(&trial, "2026-01-05", &Options::default(), &[("2026-01-12", 1_000), ("2026-02-12", 1_000)]);
    (trial.recurring.billing_day, trial.recurring.proportional) = (Some(15), true);
    check(&trial, "2026-01-05", &Options::default(), &[("2026-01-12", 100), ("2026-01-15", 1_000)]);
}

#[test]
fn a_trial_and_a_later_start_follow_each_other_or_pass_together() {
    let mut both = between(Some("2026-01-20"), Some("2027-01-20"));
    both.recurring.free_trial = Some(days(30));
    let together = Options { trial: TrialRule::FromAuthorization, ..Options::default() };
    check(&both, "2026-01-05", &Options::default(), &[("2026-02-19", 1_000)]);
    check(&both, "2026-01-05", &together, &[("2026-02-04", 1_000)]);
    both.recurring.free_trial = Some(days(3));
    check(&both, "2026-01-05", &together, &[("2026-01-20", 1_000)]);
}

#[test]
fn a_first_day_counts_beside_a_last_one_or_always() {
    let always = Options { start: StartRule::Always, ..Options::default() };
    let (alone, both) = (between(Some("2026-02-01"), None), between(Some("2026-02-01"), Some("2026-12-01")));
    check(&alone, "2026-01-05", &Options::default(), &[("2026-01-05", 1_000)]);
    check(&alone, "2026-01-05", &always, &[("2026-02-01", 1_000)]);
    check(&both, "2026-01-05", &Options::default(), &[("2026-02-01", 1_000)]);
    // One that is past when the payer authorises does not reach back.
    check(&both, "2026-03-05", &always, &[("2026-03-05", 1_000)]);
}

#[test]
fn a_charge_at_the_very_end_is_made_or_not() {
    let terms = between(None, Some("2026-03-05"));
    let exclusive = Options { end: EndRule::Exclusive, ..Options::default() };
    let within = |options: &Options| {
        let schedule = Schedule::of(&terms, at("2026-01-05"), options);
        let due = |slot| schedule.due(slot).expect("a near date");
        [0, 1, 2, 3].map(|slot| schedule.is_within(due(slot)))
    };
    assert_eq!(within(&Options::default()), [true, true, true, false]);
    assert_eq!(within(&exclusive), [true, true, false, false]);
    let schedule = Schedule::of(&terms, at("2026-01-05"), &Options::default());
    assert!(!schedule.is_within(at("2026-01-04")));
}

#[test]
fn between_two_dates_it_is_sold_as_whole_periods_or_as_charge_dates() {
    let check = |terms: &Terms, end, expected: [Option<u32>; 2]| {
        let rules = [QuotaRule::WholePeriods, QuotaRule::ChargeDates];
        let quotas = rules.map(|quotas| {
            let options = Options { quotas, end, ..Options::default() };
            Schedule::of(terms, at("2020-06-02"), &options).quotas()
        });
        assert_eq!(quotas, expected, "{terms:?}");
    };
    // The samples of the provider: 25 from 2 June 2020 to 20 July 2022, 1 for one month.
    let sample = between(Some("2020-06-02"), Some("2022-07-20"));
    check(&sample, EndRule::Inclusive, [Some(25), Some(26)]);
    let one_month = between(Some("2020-06-02"), Some("2020-07-02"));
    check(&one_month, EndRule::Inclusive, [Some(1), Some(2)]);
    check(&one_month, EndRule::Exclusive, [Some(1), Some(1)]);
    check(&between(None, Some("2020-06-20")), EndRule::Inclusive, [Some(0), Some(1)]);
    check(&terms(1_000, months(1)), EndRule::Inclusive, [None, None]);
    let mut twelve = sample;
    twelve.recurring.repetitions = Some(12);
    check(&twelve, EndRule::Inclusive, [Some(12), Some(12)]);
}

#[test]
fn the_seller_counts_other_days_than_the_provider() {
    // 01:00 of the 1st of February in Buenos Aires is still January for the provider.
    let anchored = at("2026-02-01 03:30");
    let zone = Tz::America__Argentina__Buenos_Aires;
    let due = |days| {
        let options = Options { days, zone, ..Options::default() };
        let schedule = Schedule::of(&on_the(1, true), anchored, &options);
        (schedule.is_share(0), schedule.due(1).expect("a near date"))
    };
    assert_eq!(due(DayZone::Seller), (false, at("2026-03-01 03:30")));
    assert_eq!(due(DayZone::Provider), (true, at("2026-02-02 03:30")));
}

#[test]
fn what_is_authorised_in_an_hour_that_the_clock_repeats_is_charged_in_that_hour() {
    // New York shows 01:14 twice on 2 November 2025; this is the second time.
    let anchored = at("2025-11-02 06:14");
    let options = Options { days: DayZone::Seller, zone: Tz::America__New_York, ..Options::default() };
    for terms in [terms(1_000, months(1)), on_the(2, true), on_the(10, true)] {
        let schedule = Schedule::of(&terms, anchored, &options);
        assert_eq!(schedule.due(0), Some(anchored));
        assert!(schedule.is_within(anchored));
        assert_eq!(
            (schedule.first_slot_from(anchored), schedule.first_slot_from(at("2025-11-02 06:15"))),
            (0, 1)
        );
    }
    let schedule = Schedule::of(&terms(1_000, months(1)), anchored, &options);
    assert_eq!(schedule.due(1), Some(at("2025-12-02 06:14")));
}

#[test]
fn the_last_charge_pays_until_the_one_that_would_follow() {
    let schedule = Schedule::of(&on_the(10, true), at("2026-01-05"), &Options::default());
    assert_eq!(schedule.period(0), Some((at("2026-01-05"), at("2026-01-10"))));
    assert_eq!(schedule.period(1), Some((at("2026-01-10"), at("2026-02-10"))));
}

#[test]
fn a_billing_day_that_no_month_has_leads_to_no_date() {
    let schedule = Schedule::of(&on_the(32, true), at("2026-01-05"), &Options::default());
    assert_eq!((schedule.due(0), schedule.first_slot_from(at("2030-01-01"))), (None, 0));
}

/// The same day of another month by counting months on fingers: none of the product's ways.
fn by_hand(from: (i32, u32, u32), months: u32) -> (i32, u32, u32) {
    let (mut year, mut month, day) = from;
    for _ in 0..months {
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    let is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let longest = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    (year, month, day.min(longest[month as usize - 1]))
}

#[test]
fn every_day_of_leap_and_common_years_repeats_as_counted_by_hand() {
    for start in 0..1_600 {
        let anchored = at("1999-12-15") + TimeDelta::days(start);
        for count in [1, 2, 5, 12] {
            let schedule = Schedule::of(&terms(1_000, months(count)), anchored, &Options::default());
            for slot in 0..16 {
                let due = Zone::Provider.local(schedule.due(slot).expect("a near date")).date();
                let from = Zone::Provider.local(anchored).date();
                let expected = by_hand((from.year(), from.month(), from.day()), count * slot);
                assert_eq!((due.year(), due.month(), due.day()), expected, "{anchored} {count} {slot}");
            }
        }
    }
}

fn options() -> impl Strategy<Value = Options> {
    let zones = [Tz::America__Santiago, Tz::America__Sao_Paulo, Tz::America__New_York, Tz::UTC];
    let words = (any::<[bool; 6]>(), prop::sample::select(zones.to_vec()));
    words.prop_map(|([days, proration, start, trial, end, quotas], zone)| Options {
        days: if days { DayZone::Provider } else { DayZone::Seller },
        zone,
        proration: if proration { Proration::ThirtyDays } else { Proration::Calendar },
        start: if start { StartRule::WithEnd } else { StartRule::Always },
        trial: if trial { TrialRule::FromStart } else { TrialRule::FromAuthorization },
        end: if end { EndRule::Inclusive } else { EndRule::Exclusive },
        quotas: if quotas { QuotaRule::WholePeriods } else { QuotaRule::ChargeDates },
        ..Options::default()
    })
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let every = prop_oneof![(1u32..100).prop_map(days), (1u32..26).prop_map(months)];
    let dates = (prop::option::of(0i64..4_000), prop::option::of(0i64..4_000));
    let first = (prop::option::of(1u8..29), any::<bool>(), prop::option::of(0u32..120));
    (every, dates, first, prop::option::of(0u32..40)).prop_map(
        |(every, (starts, ends), (billing_day, proportional, trial), repetitions)| {
            let mut terms = terms(1_001, every);
            terms.starts_at = starts.map(|days| at("2017-06-01 05:10") + TimeDelta::days(days));
            terms.ends_at = ends.map(|days| at("2018-01-01 03:20") + TimeDelta::days(days));
            terms.recurring.billing_day = billing_day;
            terms.recurring.proportional = proportional;
            terms.recurring.free_trial = trial.map(days);
            terms.recurring.repetitions = repetitions;
            terms
        },
    )
}

proptest! {
    #[test]
    fn dates_rise_never_lie_before_the_start_and_are_found_again(
        terms in any_terms(), options in options(), minutes in 0i64..5_000_000,
    ) {
        let anchored_at = at("2017-01-01 00:00") + TimeDelta::minutes(minutes);
        let schedule = Schedule::of(&terms, anchored_at, &options);
        let start = starts_at(&terms, anchored_at, &options);
        prop_assert!(start >= anchored_at);
        let mut before = None;
        for slot in 0..40 {
            let due = schedule.due(slot).expect("a near date");
            prop_assert!(before < Some(due) && due >= start);
            prop_assert_eq!(schedule.first_slot_from(due), slot);
            prop_assert_eq!(schedule.first_slot_from(due + TimeDelta::milliseconds(1)), slot + 1);
            before = Some(due);
        }
    }

    #[test]
    fn a_first_charge_is_never_more_than_a_whole_one(
        mut terms in any_terms(), options in options(), minutes in 0i64..5_000_000, full in 0i64..1_000_000,
    ) {
        terms.recurring.amount_minor = Some(full);
        let anchored_at = at("2017-01-01 00:00") + TimeDelta::minutes(minutes);
        let schedule = Schedule::of(&terms, anchored_at, &options);
        let amount = |slot| schedule.amount_minor(slot, &terms.recurring).expect("a full amount is named");
        prop_assert!((0..=full).contains(&amount(0)));
        prop_assert_eq!(amount(1), full);
    }

    #[test]
    fn the_quotas_by_dates_are_the_dates_that_a_walk_counts(
        mut terms in any_terms(), options in options(), minutes in 0i64..5_000_000,
    ) {
        terms.recurring.repetitions = None;
        let anchored_at = at("2017-01-01 00:00") + TimeDelta::minutes(minutes);
        let options = Options { quotas: QuotaRule::ChargeDates, ..options };
        let schedule = Schedule::of(&terms, anchored_at, &options);
        let walked = (0..).take_while(|slot| schedule.due(*slot).is_some_and(|due| schedule.is_within(due)));
        let expected = terms.ends_at.map(|_| u32::try_from(walked.take(100_000).count()).expect("few"));
        prop_assert_eq!(schedule.quotas(), expected);
    }
}
