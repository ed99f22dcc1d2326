use chrono::TimeDelta;
use domain::preapproval::Event;
use domain::preapproval::Summary as Told;
use domain::preapproval::Terms;
use domain::preapproval::change::{Change, ChangeAsked, ChangeSettled};
use proptest::prelude::*;

use super::*;
use crate::calendar::Calendar;
use crate::expected::{expected, next_charge_at};
use crate::options::{Proration, SkipRule};
use crate::samples::{History, at, days, months, terms};

const MINOR: i64 = 1_000;

fn monthly() -> History {
    History::authorized("2026-01-05", &terms(MINOR, months(1)))
}

fn collected(history: History, invoice: &str, due: &str, minor: i64) -> History {
    history.scheduled(invoice, due, minor).collected(invoice, due, due, minor)
}

fn uncollected(history: History, invoice: &str, due: &str, on: &str) -> History {
    history.scheduled(invoice, due, MINOR).uncollected(invoice, due, on, MINOR)
}

/// A finding as kind, slot, due day, invoice, subject, expected and actual.
fn line(finding: &Finding) -> String {
    let figure = |figure: Option<Figure>| match figure {
        None => "-".to_owned(),
        Some(Figure::Minor(minor)) => minor.to_string(),
        Some(Figure::Count(count)) => format!("#{count}"),
        Some(Figure::Health(health)) => format!("{health:?}"),
        Some(Figure::At(at)) => at.format("%m-%d").to_string(),
    };
    let Finding { kind, slot, due_at, invoice, subject, expected, actual, .. } = finding;
    let slot = slot.map_or("-".to_owned(), |slot| slot.to_string());
    let invoice = invoice.as_ref().map_or("-", |invoice| invoice.as_str());
    let day = due_at.format("%m-%d");
    let (subject, expected, actual) = (subject.unwrap_or("-"), figure(*expected), figure(*actual));
    format!("{} {slot} {day} {invoice} {subject} {expected} {actual}", kind.word())
}

#[track_caller]
fn check(history: &History, as_of: &str, expect: &[&str]) {
    let found = findings(&history.timeline(), &Options::default(), at(as_of));
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), expect);
}

#[test]
fn a_subscription_that_is_charged_as_agreed_has_no_findings() {
    let history = collected(collected(monthly(), "1", "2026-01-05", MINOR), "2", "2026-02-05", MINOR);
    check(&history, "2026-02-20", &[]);
}

#[test]
fn a_charge_that_nobody_told_of_is_missing() {
    let history = collected(monthly(), "1", "2026-01-05", MINOR);
    check(&history, "2026-03-20", &["missing 1 02-05 - - 1000 -", "missing 2 03-05 - - 1000 -"]);
}

#[test]
fn a_second_charge_for_a_month_is_duplicated() {
    let history = collected(collected(monthly(), "1", "2026-01-05", MINOR), "2", "2026-01-06", MINOR);
    check(&history, "2026-01-20", &["duplicated 0 01-06 2 - - 1000"]);
}

#[test]
fn another_amount_is_wrong_unless_it_was_agreed_on_when_the_invoice_was_made() {
    let wrong = collected(monthly(), "1", "2026-01-05", 1_100);
    check(&wrong, "2026-01-20", &["wrong_amount 0 01-05 1 - 1000 1100"]);
    let dearer = monthly().change("2026-02-05 15:59", &terms(1_200, months(1)));
    let dearer = collected(dearer, "1", "2026-01-05", MINOR);
    check(&collected(dearer.clone(), "2", "2026-02-05", 1_200), "2026-02-20", &[]);
    let old = |made: &str| {
        let mut history = collected(dearer.clone(), "2", "2026-02-05", MINOR);
        for event in &mut history.events {
            if let Event::ChargeScheduled(stood) | Event::ChargeCollected(stood) = event
                && stood.invoice == "2".into()
            {
                stood.terms.created_at = Some(at(made));
            }
        }
        history
    };
    check(&old("2026-02-05 15:30"), "2026-02-20", &[]);
    check(&old("2026-02-05 16:30"), "2026-02-20", &["wrong_amount 1 02-05 2 - 1200 1000"]);
}

#[test]
fn charges_after_the_end_in_a_pause_and_on_other_days_are_named() {
    let gone = collected(monthly().cancel("2026-02-01"), "1", "2026-01-05", MINOR);
    let gone = collected(gone, "2", "2026-02-05", MINOR);
    check(&gone, "2026-02-20", &["after_end - 02-05 2 - - 1000"]);
    let paused = collected(monthly().pause("2026-02-01"), "1", "2026-01-05", MINOR);
    let paused = collected(paused, "2", "2026-02-05", MINOR);
    check(&paused, "2026-02-20", &["while_paused - 02-05 2 - - 1000"]);
    let late = collected(monthly(), "1", "2026-01-07 04:00", MINOR);
    check(&late, "2026-01-20", &[]);
    let later = collected(monthly(), "1", "2026-01-07 04:01", MINOR);
    check(&later, "2026-01-20", &["off_calendar 0 01-07 1 - 1000 1000"]);
    let paused = collected(monthly().pause("2026-01-07"), "1", "2026-01-08", MINOR);
    check(&paused, "2026-01-20", &["while_paused 0 01-08 1 - 1000 1000"]);
}

#[test]
fn a_charge_that_is_announced_for_after_the_end_is_named_before_it_is_made() {
    let gone = collected(monthly().cancel("2026-02-01"), "1", "2026-01-05", MINOR);
    check(&gone.scheduled("2", "2026-02-05", MINOR), "2026-02-02", &["after_end - 02-05 2 - - 1000"]);
}

#[test]
fn a_run_is_told_when_one_more_uncollected_charge_ends_the_subscription() {
    let one = uncollected(monthly(), "1", "2026-01-05", "2026-01-15");
    check(&one, "2026-01-20", &[]);
    let two = uncollected(one, "2", "2026-02-05", "2026-02-15");
    check(&two, "2026-02-20", &["uncollected_run - 02-05 2 - #3 #2"]);
    check(&two.clone().cancel("2026-02-16"), "2026-02-20", &[]);
    check(&collected(two.clone(), "3", "2026-03-05", MINOR), "2026-03-20", &[]);
    let total = Options { cancel_run: RunRule::Total, ..Options::default() };
    let found = findings(&collected(two, "3", "2026-03-05", MINOR).timeline(), &total, at("2026-03-20"));
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), ["uncollected_run - 02-05 2 - #3 #2"]);
}

#[test]
fn a_count_of_the_provider_that_differs_is_told_with_both() {
    let told = Told { charged_count: Some(3), charged_minor: Some(3_000), ..Told::default() };
    let history = collected(monthly(), "1", "2026-01-05", MINOR).tell("2026-01-20", told);
    let expect = [
        "summary_differs - 01-20 - charged_count #1 #3",
        "summary_differs - 01-20 - charged_amount 1000 3000",
    ];
    check(&history, "2026-01-21", &expect);
}

#[test]
fn a_change_that_was_ignored_is_told_until_it_is_made() {
    let ordered = |history: History, request: &str, on: &str, outcome: Settlement| {
        let said = domain::preapproval::Said { modified_at: Some(at("2026-01-05")), version: Some(0) };
        let change = Change::BillingDay { day: 7 };
        let (request, actor) = (domain::text::Text::from(request), "ana".into());
        let asked = ChangeAsked { at: at(on), said, request: request.clone(), actor, change };
        let settled = ChangeSettled { at: at(on), request, outcome };
        history.then(Event::ChangeAsked(asked)).then(Event::ChangeSettled(settled))
    };
    let ignored = ordered(monthly(), "r-1", "2026-01-06", Settlement::Ignored);
    let ignored = collected(ignored, "1", "2026-01-05", MINOR);
    check(&ignored, "2026-01-20", &["change_ignored - 01-06 - billing_day - -"]);
    let again = ordered(ignored.clone(), "r-2", "2026-01-08", Settlement::Refused { code: "400".into() });
    check(&again, "2026-01-20", &["change_ignored - 01-06 - billing_day - -"]);
    check(&ordered(ignored, "r-2", "2026-01-08", Settlement::Done), "2026-01-20", &[]);
}

#[test]
fn findings_since_a_day_leave_out_what_was_before() {
    let history = uncollected(monthly(), "1", "2026-01-05", "2026-01-15");
    let history = uncollected(history, "2", "2026-02-05", "2026-02-15");
    let since = |from: &str| {
        let found = findings_since(&history.timeline(), &Options::default(), at(from), at("2026-05-01"));
        found.iter().map(line).collect::<Vec<_>>()
    };
    let missing = ["missing 2 03-05 - - 1000 -", "missing 3 04-05 - - 1000 -"];
    assert_eq!(since("2026-02-05"), ["uncollected_run - 02-05 2 - #3 #2", missing[0], missing[1]]);
    assert_eq!(since("2026-02-06"), missing);
    assert_eq!(since("2026-03-06"), missing[1..]);
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<_> = FindingKind::ALL.iter().map(|kind| kind.word()).collect();
    assert_eq!(words.len(), FindingKind::ALL.len());
}

/// Numbers at the edges and between them.
fn any_count() -> impl Strategy<Value = u32> {
    prop::sample::select(vec![0, 1, 2, 30, 31, 100_000, u32::MAX - 1, u32::MAX])
}

/// Days at both ends of what the provider can write, and between them.
fn any_day() -> impl Strategy<Value = &'static str> {
    let days = ["0001-01-01", "1999-12-31", "2024-02-29", "2026-01-05", "2026-02-05", "9999-12-31"];
    prop::sample::select(days.to_vec())
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let amounts = || prop::option::of(prop::sample::select(vec![0, 1, MINOR, i64::MAX]));
    let unit = |is_months: bool, count| if is_months { months(count) } else { days(count) };
    let period = (any::<bool>(), any_count()).prop_map(move |(is_months, count)| unit(is_months, count));
    let dates = (prop::option::of(any_day()), prop::option::of(any_day()));
    let first = (prop::option::of(any::<u8>()), any::<bool>(), prop::option::of(any_count()));
    (period, amounts(), amounts(), prop::option::of(any_count()), dates, first).prop_map(
        |(
            every,
            amount_minor,
            first_amount_minor,
            repetitions,
            (starts, ends),
            (day, proportional, trial),
        )| {
            let mut terms = terms(MINOR, every);
            (terms.starts_at, terms.ends_at) = (starts.map(at), ends.map(at));
            terms.recurring.amount_minor = amount_minor;
            terms.recurring.first_amount_minor = first_amount_minor;
            terms.recurring.repetitions = repetitions;
            (terms.recurring.billing_day, terms.recurring.proportional) = (day, proportional);
            terms.recurring.free_trial = trial.map(months);
            terms
        },
    )
}

/// What is told next, in whatever order of time.
fn any_fact() -> impl Strategy<Value = (u8, &'static str, Terms, i64)> {
    (0u8..8, any_day(), any_terms(), prop::sample::select(vec![0, MINOR, i64::MAX]))
}

proptest! {
    /// Nothing stops at a number or a day, and each charge is paired or over, or its slot has no amount.
    #[test]
    fn no_number_and_no_day_is_too_large(
        agreed in any_terms(), facts in prop::collection::vec(any_fact(), 0..12), made in any_day(), now in any_day(),
        is_free in any::<bool>(), is_thirty in any::<bool>(),
    ) {
        let options = Options {
            skipped: if is_free { SkipRule::Free } else { SkipRule::Counted },
            proration: if is_thirty { Proration::ThirtyDays } else { Proration::Calendar },
            ..Options::default()
        };
        let mut history = History::authorized(made, &agreed);
        for (number, (kind, on, terms, minor)) in facts.into_iter().enumerate() {
            let invoice = number.to_string();
            history = match kind {
                0 => history.pause(on),
                1 => history.resume(on),
                2 => history.cancel(on),
                3 => history.change(on, &terms),
                4 => history.scheduled(&invoice, on, minor),
                5 => history.scheduled(&invoice, on, minor).uncollected(&invoice, on, on, minor),
                6 => history.scheduled(&invoice, on, minor).collected(&invoice, on, on, minor),
                _ => history.tell(on, Told { charged_minor: Some(minor), pending_count: Some(1), ..Told::default() }),
            };
        }
        let timeline = history.timeline();
        let from = at(now) - TimeDelta::days(40);
        prop_assert!(findings_since(&timeline, &options, from, at(now)).is_sorted_by_key(|found| found.due_at));
        let calendar = Calendar::of(&timeline, &options);
        let Matching { pairs, surplus, .. } =
            matching(&timeline, &options, DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at("0001-01-01"));
        let is_unpriced = |charge: &&Charge| {
            let slot = calendar.nearest_slot(charge.due_at());
            slot.is_some_and(|slot| calendar.amount_minor(slot).is_none())
        };
        let unpriced = timeline.charges.values().filter(is_unpriced).count();
        let told = pairs.len() + surplus.len();
        prop_assert!(told <= timeline.charges.len() && timeline.charges.len() <= told + unpriced);
        for next in expected(&timeline, &options, at(made), at("9999-12-31")).take(20) {
            prop_assert!(next.pays_from < next.pays_until && next.amount_minor >= 0);
        }
        prop_assert!(next_charge_at(&timeline, &options, at(now)).is_none_or(|due| due >= at(now)));
    }
}
