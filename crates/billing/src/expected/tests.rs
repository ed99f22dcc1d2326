//! Expected charges against a clock that is wound forward slot by slot, and what holds of all of them.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::preapproval::{Event, Said, Standing, Stood, Terms, TermsChanged};
use proptest::prelude::*;

use super::*;
use crate::options::{DayZone, EndRule, Proration, SkipRule, StartRule, TrialRule};
use crate::samples::{History, at, days, months, terms};
use crate::schedule::Schedule;

fn forever() -> Instant {
    DateTime::<Utc>::MAX_UTC
}

/// Every charge of a span: slot, date and amount.
fn charges(history: &History, from: &str, until: &str) -> Vec<(u32, String, i64)> {
    let timeline = history.timeline();
    let found = expected(&timeline, &Options::default(), at(from), at(until));
    found.map(|next| (next.slot, next.due_at.date_naive().to_string(), next.amount_minor)).collect()
}

fn row(slot: u32, day: &str, minor: i64) -> (u32, String, i64) {
    (slot, day.to_owned(), minor)
}

#[test]
fn a_pause_skips_what_falls_into_it_and_moves_no_date() {
    let history = History::authorized("2026-01-31", &terms(1_000, months(1)));
    let history = history.pause("2026-02-28").resume("2026-04-29");
    let expected = [row(0, "2026-01-31", 1_000), row(3, "2026-04-30", 1_000), row(4, "2026-05-31", 1_000)];
    assert_eq!(charges(&history, "2026-01-01", "2026-06-01"), expected);
}

#[test]
fn a_charge_that_is_due_as_it_is_resumed_is_made() {
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    let history = history.pause("2026-01-20").resume("2026-02-05");
    assert_eq!(charges(&history, "2026-02-01", "2026-03-01"), [row(1, "2026-02-05", 1_000)]);
}

#[test]
fn a_span_holds_its_first_moment_and_not_its_last() {
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    assert_eq!(charges(&history, "2026-02-05", "2026-03-05"), [row(1, "2026-02-05", 1_000)]);
}

#[test]
fn an_amount_is_that_of_its_day() {
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    let history = history.change("2026-02-04", &terms(1_200, months(1)));
    let expected = [row(0, "2026-01-05", 1_000), row(1, "2026-02-05", 1_200)];
    assert_eq!(charges(&history, "2026-01-01", "2026-03-01"), expected);
}

#[test]
fn a_charge_says_what_it_pays_for() {
    let mut shared = terms(1_000, months(1));
    (shared.recurring.billing_day, shared.recurring.proportional) = (Some(10), true);
    let timeline = History::authorized("2026-01-05", &shared).timeline();
    let first = expected(&timeline, &Options::default(), at("2026-01-01"), at("2026-01-06")).next();
    let pays = Expected {
        slot: 0,
        due_at: at("2026-01-05"),
        amount_minor: 167,
        currency: Currency::ARS,
        pays_from: at("2026-01-05"),
        pays_until: at("2026-01-10"),
        is_share: true,
    };
    assert_eq!(first, Some(pays));
}

#[test]
fn nothing_is_expected_without_an_amount_or_an_authorisation() {
    let mut free = terms(1_000, months(1));
    free.recurring.amount_minor = None;
    assert_eq!(charges(&History::authorized("2026-01-05", &free), "2026-01-01", "2027-01-01"), []);
    let pending = History::pending("2026-01-05", &terms(1_000, months(1)));
    assert_eq!(charges(&pending, "2026-01-01", "2027-01-01"), []);
    // Terms without an amount that get one are charged from then on.
    let named = History::authorized("2026-01-05", &free).change("2026-02-01", &terms(1_000, months(1)));
    assert_eq!(charges(&named, "2026-01-01", "2026-02-06"), [row(1, "2026-02-05", 1_000)]);
}

#[test]
fn the_next_charge_is_the_first_that_will_be_made() {
    let next =
        |history: &History, now: &str| next_charge_at(&history.timeline(), &Options::default(), at(now));
    let history = History::authorized("2026-01-05", &terms(1_000, months(1)));
    assert_eq!(next(&history, "2026-02-05"), Some(at("2026-02-05")));
    assert_eq!(next(&history, "2026-02-05 16:01"), Some(at("2026-03-05")));
    let paused = history.clone().pause("2026-02-01");
    assert_eq!(next(&paused, "2026-02-02"), None);
    let resumed = paused.clone().resume("2027-05-01");
    assert_eq!(next(&resumed, "2026-02-02"), Some(at("2027-05-05")));
    assert_eq!(next(&paused.cancel("2026-03-01"), "2026-02-02"), None);
    let until = Terms { ends_at: Some(at("2026-03-01")), ..terms(1_000, months(1)) };
    let ended = history.change("2026-01-10", &until);
    assert_eq!(next(&ended, "2026-02-06"), None);
    let later = Terms { ends_at: Some(at("2026-06-30")), ..terms(1_000, months(1)) };
    assert_eq!(next(&ended.change("2026-05-01", &later), "2026-02-06"), Some(at("2026-05-05")));
}

#[test]
fn a_subscription_of_days_in_a_far_future_is_found_at_once() {
    let timeline = History::authorized("2026-01-05", &terms(1_000, days(1))).timeline();
    let from = at("2026-01-05") + TimeDelta::days(70_000_000);
    let found = expected(&timeline, &Options::default(), from, from + TimeDelta::days(2));
    assert_eq!(found.map(|next| next.slot).collect::<Vec<_>>(), [70_000_000, 70_000_001]);
}

#[test]
fn thousands_of_pauses_are_counted_once() {
    let mut daily = terms(1_000, days(1));
    daily.recurring.repetitions = Some(3_999);
    let mut history = History::authorized("2026-01-05", &daily);
    let begun = at("2026-01-05");
    // Each third day falls into a pause.
    for number in 0..2_000 {
        let paused_at = begun + TimeDelta::days(3 * number + 2);
        let said = Said { modified_at: Some(paused_at), version: None };
        let stood = Stood { at: paused_at, said, outside_rule: false };
        let resumed = Stood { at: paused_at + TimeDelta::hours(1), ..stood.clone() };
        history = history.then(Event::Paused(stood)).then(Event::Resumed(resumed));
    }
    let timeline = history.timeline();
    let found: Vec<Expected> = expected(&timeline, &Options::default(), begun, forever()).collect();
    assert_eq!((found.len(), found.last().map(|last| last.slot)), (3_999, Some(5_997)));
}

/// The charges by a clock that goes from one thing to the next: none of the product's ways to jump.
fn wound(history: &History, options: &Options, until: Instant) -> Vec<(u32, Instant, i64)> {
    let mut events = history.events.iter().peekable();
    let (mut standing, mut agreed, mut schedule) = (Standing::Pending, None, None);
    let (mut slot, mut own, mut used, mut found) = (0, 0, 0, Vec::new());
    loop {
        let due = schedule.as_ref().and_then(|schedule: &Schedule| schedule.due(own));
        let told_at = events.peek().map(|event| domain::event::Event::occurred_at(*event));
        // What is told at the very moment of a charge counts for it.
        if told_at.is_some_and(|told| due.is_none_or(|due| told <= due)) {
            match events.next() {
                Some(Event::Opened(opened)) => agreed = Some(opened.terms.clone()),
                Some(Event::TermsChanged(changed)) => {
                    let before: Option<Terms> = agreed.replace(changed.terms.clone());
                    let (old, new) = (before.expect("opened").recurring, &changed.terms.recurring);
                    let is_other = old.every != new.every || old.billing_day != new.billing_day;
                    if let Some(due) = due.filter(|_| is_other) {
                        (schedule, own) = (Some(Schedule::anew(&changed.terms, due, options)), 0);
                    }
                }
                Some(Event::Paused(_)) => standing = Standing::Paused,
                Some(Event::Cancelled(_)) => standing = Standing::Cancelled,
                Some(Event::Authorized(stood) | Event::Resumed(stood)) => {
                    standing = Standing::Authorized;
                    let terms = agreed.as_ref().expect("opened");
                    schedule = schedule.or_else(|| Some(Schedule::of(terms, stood.at, options)));
                }
                _ => {}
            }
            continue;
        }
        let Some(due) = due.filter(|due| *due < until) else { return found };
        let terms = agreed.as_ref().expect("opened");
        let is_over = terms.ends_at.is_some_and(|end| match options.end {
            EndRule::Inclusive => due > end,
            EndRule::Exclusive => due >= end,
        });
        let is_left = terms.recurring.repetitions.is_none_or(|all| used < all);
        let is_active = standing == Standing::Authorized;
        if is_active && is_left && !is_over {
            let schedule = schedule.as_ref().expect("something is due");
            let amount_minor = schedule.amount_minor(own, &terms.recurring);
            found.push((slot, due, amount_minor.expect("the histories of this test name one")));
        }
        used += u32::from(is_active || options.skipped == SkipRule::Counted);
        (slot, own) = (slot + 1, own + 1);
    }
}

/// What happens next, and how many minutes later.
#[derive(Clone, Debug)]
enum Step {
    Pause,
    Resume,
    Change(Terms),
    Cancel,
}

fn any_period() -> impl Strategy<Value = domain::plan::Period> {
    prop_oneof![(1u32..40).prop_map(days), (1u32..5).prop_map(months)]
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let dates = (prop::option::weighted(0.3, 0i64..1_500), prop::option::weighted(0.4, 0i64..1_500));
    let first = (prop::option::weighted(0.4, 1u8..29), any::<bool>(), prop::option::weighted(0.3, 0u32..70));
    let amounts = (1i64..5_000, prop::option::weighted(0.4, 0u32..30));
    (any_period(), dates, first, amounts).prop_map(
        |(every, (starts, ends), (billing_day, proportional, trial), (amount_minor, repetitions))| {
            let mut terms = terms(amount_minor, every);
            terms.starts_at = starts.map(|days| at("2023-06-01 05:10") + TimeDelta::days(days));
            terms.ends_at = ends.map(|days| at("2024-01-01 03:20") + TimeDelta::days(days));
            terms.recurring.billing_day = billing_day;
            terms.recurring.proportional = proportional;
            terms.recurring.free_trial = trial.map(days);
            terms.recurring.repetitions = repetitions;
            terms
        },
    )
}

fn any_history() -> impl Strategy<Value = History> {
    let step = prop_oneof![
        4 => Just(Step::Pause),
        4 => Just(Step::Resume),
        4 => any_terms().prop_map(Step::Change),
        1 => Just(Step::Cancel),
    ];
    let steps = prop::collection::vec((1i64..400_000, step), 0..8);
    (any_terms(), any::<bool>(), 0i64..1_000_000, steps).prop_map(|(terms, is_pending, minutes, steps)| {
        let mut history = History::pending("2023-02-27 22:30", &terms);
        let mut now = at("2023-02-27 22:30") + TimeDelta::minutes(if is_pending { minutes } else { 0 });
        let version = Some(u64::from(is_pending));
        let mut said = Said { modified_at: Some(now), version };
        history = history.then(Event::Authorized(Stood { at: now, said, outside_rule: false }));
        for (number, (minutes, step)) in (2..).zip(steps) {
            now += TimeDelta::minutes(minutes);
            said = Said { modified_at: Some(now), version: Some(number) };
            let stood = Stood { at: now, said, outside_rule: false };
            history = history.then(match step {
                Step::Pause => Event::Paused(stood),
                Step::Resume => Event::Resumed(stood),
                Step::Cancel => Event::Cancelled(stood),
                Step::Change(terms) => Event::TermsChanged(TermsChanged { at: now, said, terms }),
            });
        }
        history
    })
}

fn any_options() -> impl Strategy<Value = Options> {
    let zones = [Tz::America__Santiago, Tz::America__Sao_Paulo, Tz::America__New_York, Tz::UTC];
    (any::<[bool; 6]>(), prop::sample::select(zones.to_vec())).prop_map(
        |([days, proration, start, trial, end, skipped], zone)| Options {
            days: if days { DayZone::Provider } else { DayZone::Seller },
            zone,
            proration: if proration { Proration::ThirtyDays } else { Proration::Calendar },
            start: if start { StartRule::WithEnd } else { StartRule::Always },
            trial: if trial { TrialRule::FromStart } else { TrialRule::FromAuthorization },
            end: if end { EndRule::Inclusive } else { EndRule::Exclusive },
            skipped: if skipped { SkipRule::Free } else { SkipRule::Counted },
            ..Options::default()
        },
    )
}

fn all(history: &History, options: &Options, from: Instant, until: Instant) -> Vec<Expected> {
    expected(&history.timeline(), options, from, until).collect()
}

fn horizon() -> Instant {
    at("2029-01-01")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_jump_finds_what_a_clock_that_is_wound_forward_finds(history in any_history(), options in any_options()) {
        let found = all(&history, &options, at("2000-01-01"), horizon());
        let found: Vec<_> = found.iter().map(|next| (next.slot, next.due_at, next.amount_minor)).collect();
        prop_assert_eq!(found, wound(&history, &options, horizon()));
    }

    #[test]
    fn resumed_anywhere_it_is_the_same(
        history in any_history(), options in any_options(), minutes in prop::collection::vec(0i64..3_200_000, 1..5),
    ) {
        let whole = all(&history, &options, at("2000-01-01"), horizon());
        let mut cuts: Vec<_> = minutes.iter().map(|m| at("2023-01-01") + TimeDelta::minutes(*m)).collect();
        // The due dates themselves are cuts, and a moment beside them.
        cuts.extend(whole.iter().step_by(7).flat_map(|next| [next.due_at, next.due_at + TimeDelta::milliseconds(1)]));
        cuts.extend([at("2000-01-01"), horizon()]);
        cuts.sort_unstable();
        let parts = cuts.windows(2).flat_map(|cut| all(&history, &options, cut[0], cut[1].min(horizon())));
        prop_assert_eq!(parts.collect::<Vec<_>>(), whole);
    }

    #[test]
    fn what_is_told_later_changes_no_charge_that_was_due_before(history in any_history(), options in any_options()) {
        for told in 2..=history.events.len() {
            let before = Timeline::of(&history.events[..told]).expect("opened");
            let next = history.events.get(told).map(domain::event::Event::occurred_at);
            let until = next.unwrap_or_else(horizon).min(horizon());
            let of = |found: &mut dyn Iterator<Item = Expected>| {
                found.map(|next| (next.slot, next.due_at, next.amount_minor, next.is_share)).collect::<Vec<_>>()
            };
            let known = of(&mut expected(&before, &options, at("2000-01-01"), until));
            let whole = history.timeline();
            prop_assert_eq!(known, of(&mut expected(&whole, &options, at("2000-01-01"), until)));
        }
    }

    #[test]
    fn no_charge_lies_outside_its_terms(history in any_history(), options in any_options()) {
        let timeline = history.timeline();
        let anchored_at = timeline.anchored_at.expect("authorised");
        let mut after = None;
        for next in all(&history, &options, at("2000-01-01"), horizon()) {
            let terms = timeline.terms_at(next.due_at).expect("opened");
            prop_assert!(next.due_at >= anchored_at && after < Some(next.slot));
            prop_assert!(!crate::schedule::is_past(next.due_at, terms.ends_at, options.end));
            prop_assert_eq!(timeline.standing_at(next.due_at), Some(Standing::Authorized));
            prop_assert!(next.pays_from == next.due_at && next.pays_from < next.pays_until);
            prop_assert!((0..=terms.recurring.amount_minor.expect("named")).contains(&next.amount_minor));
            after = Some(next.slot);
        }
        let first = &timeline.terms[0].1;
        if timeline.terms.len() == 1 {
            let start = crate::schedule::starts_at(first, anchored_at, &options);
            prop_assert!(all(&history, &options, at("2000-01-01"), start).is_empty());
        }
    }

    #[test]
    fn so_many_charges_are_made_as_were_agreed_on(
        history in any_history(), count in 0u32..40, is_free in any::<bool>(),
    ) {
        // Open-ended terms of one frequency, which are resumed at last: nothing but pauses comes between.
        let mut agreed = terms(1_000, days(3));
        agreed.recurring.repetitions = Some(count);
        let mut plain = History::pending("2023-02-27 22:30", &agreed);
        let pauses = history.events[1..].iter().filter(|event| {
            matches!(event, Event::Authorized(_) | Event::Paused(_) | Event::Resumed(_))
        });
        for event in pauses {
            plain = plain.then(event.clone());
        }
        let last = plain.events.last().map(domain::event::Event::occurred_at).expect("opened");
        let said = Said { modified_at: Some(last), version: Some(99) };
        plain = plain.then(Event::Resumed(Stood { at: last, said, outside_rule: false }));
        let skipped = if is_free { SkipRule::Free } else { SkipRule::Counted };
        let options = Options { skipped, ..Options::default() };
        let made = all(&plain, &options, at("2000-01-01"), forever());
        let free = Options { skipped: SkipRule::Free, ..options };
        let timeline = plain.timeline();
        if is_free {
            prop_assert_eq!(made.len(), count as usize);
            let over = made.last().map(|next| next.pays_until);
            prop_assert_eq!(Calendar::of(&timeline, &options).exhausted_at(), over);
        } else {
            let mut among = all(&plain, &free, at("2000-01-01"), forever());
            among.retain(|next| next.slot < count);
            prop_assert_eq!(made, among);
        }
    }

    #[test]
    fn one_period_is_paid_for_by_the_charges_of_one_period_at_most(
        mut agreed in any_terms(), options in any_options(), count in 1u32..4,
    ) {
        agreed.recurring.every = months(count);
        agreed.recurring.proportional = true;
        let history = History::authorized("2023-02-27 22:30", &agreed);
        let made = all(&history, &options, at("2000-01-01"), horizon());
        if let Some(share) = made.first().filter(|first| first.is_share) {
            let zone = crate::days::Zone::of(&options);
            let (begin, end) = (zone.local(share.pays_from).date(), zone.local(share.pays_until).date());
            let full = agreed.recurring.amount_minor.expect("named");
            let cycle = match options.proration {
                Proration::ThirtyDays => 30,
                Proration::Calendar => (end - (end - chrono::Months::new(count))).num_days(),
            };
            // The days of the share cost their part of the cycle, half a unit more or less, and never more than it.
            let off = share.amount_minor * cycle - full * (end - begin).num_days();
            prop_assert!(2 * off.abs() <= cycle && (0..=full).contains(&share.amount_minor));
            prop_assert!(made[1..].iter().all(|next| !next.is_share && next.amount_minor == full));
        }
    }
}
