//! Any histories: movements explain every change, and no later fact changes a month that closed.

use chrono::{DateTime, TimeDelta};
use domain::preapproval::{Event, Said, Stood, TermsChanged};
use proptest::prelude::*;

use super::*;
use crate::cohort::Cohorts;
use crate::options::{DayZone, SkipRule, StartRule, TrialRule};
use crate::timeline::Timeline;

/// Days of the histories, from the first of January 2024 on.
const DAYS: i64 = 800;

fn on(minutes: i64) -> Instant {
    let begin: DateTime<chrono::Utc> = "2024-01-01T00:00:00Z".parse().expect("written right");
    begin + TimeDelta::minutes(minutes)
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let every = prop_oneof![(1_u32..14).prop_map(months), (1_u32..400).prop_map(days)];
    let amount = prop_oneof![Just(0_i64), 1_i64..200_000];
    let repetitions = prop::option::of(1_u32..9);
    let trial = prop::option::of(prop_oneof![(1_u32..4).prop_map(months), (1_u32..70).prop_map(days)]);
    let span = prop::option::of((0..DAYS, 0..DAYS));
    let day = prop::option::of(1_u8..=28);
    (amount, every, repetitions, trial, span, day, any::<bool>()).prop_map(
        |(amount, every, repetitions, trial, span, day, proportional)| {
            let mut terms = terms(amount, every);
            let recurring = &mut terms.recurring;
            (recurring.repetitions, recurring.free_trial) = (repetitions, trial);
            (recurring.billing_day, recurring.proportional) = (day, proportional);
            if let Some((from, length)) = span {
                terms.starts_at = Some(on(from * 1440));
                terms.ends_at = Some(on((from + length) * 1440));
            }
            terms
        },
    )
}

#[derive(Clone, Debug)]
enum Step {
    Stands(u8),
    Changes(Box<Terms>),
}

/// A history told in the order of its times, from any beginning.
fn any_history() -> impl Strategy<Value = Vec<Event>> {
    let step = prop_oneof![
        4 => (0_u8..5).prop_map(Step::Stands),
        1 => any_terms().prop_map(|terms| Step::Changes(Box::new(terms))),
    ];
    let steps = prop::collection::vec((0..DAYS * 1440, step), 0..9);
    (0..DAYS * 700, any_terms(), any::<bool>(), steps).prop_map(|(first, terms, at_once, mut steps)| {
        steps.sort_by_key(|(minutes, _)| *minutes);
        let opening = History::pending("2024-01-01", &terms);
        let mut events = vec![at_time(opening.events[0].clone(), on(first))];
        if at_once {
            events.push(Event::Authorized(stood(on(first))));
        }
        for (minutes, step) in steps {
            let at = on(minutes.max(first));
            events.push(match step {
                Step::Stands(0) => Event::AwaitedPayer(stood(at)),
                Step::Stands(1) => Event::Authorized(stood(at)),
                Step::Stands(2) => Event::Resumed(stood(at)),
                Step::Stands(3) => Event::Paused(stood(at)),
                Step::Stands(_) => Event::Cancelled(stood(at)),
                Step::Changes(terms) => {
                    Event::TermsChanged(TermsChanged { at, said: said(at), terms: *terms })
                }
            });
        }
        events
    })
}

fn at_time(event: Event, at: Instant) -> Event {
    let Event::Opened(mut opened) = event else { panic!("a history begins with its first description") };
    (opened.at, opened.said, opened.profile.created_at) = (at, said(at), Some(at));
    Event::Opened(opened)
}

fn said(at: Instant) -> Said {
    Said { modified_at: Some(at), version: None }
}

fn stood(at: Instant) -> Stood {
    Stood { at, said: said(at), outside_rule: false }
}

fn any_options() -> impl Strategy<Value = Options> {
    let any = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    any.prop_map(|(seller, always, counted, together)| Options {
        days: if seller { DayZone::Seller } else { DayZone::Provider },
        start: if always { StartRule::Always } else { StartRule::WithEnd },
        skipped: if counted { SkipRule::Counted } else { SkipRule::Free },
        trial: if together { TrialRule::FromAuthorization } else { TrialRule::FromStart },
        ..options()
    })
}

fn span() -> Months {
    let (first, last) = (Month { year: 2023, month: 12 }, Month { year: 2026, month: 12 });
    Months { first, last, as_of: at("2026-12-20"), zone: options().zone }
}

proptest! {
    #[test]
    fn movements_sum_to_the_change_of_every_month(
        histories in prop::collection::vec((0_u8..2, any_history()), 1..6),
        options in any_options(),
    ) {
        let timelines: Vec<(String, Timeline)> = histories
            .iter()
            .map(|(seller, events)| (seller.to_string(), Timeline::of(events).expect("it was opened")))
            .collect();
        let mut mrr = Mrr::new(span(), &options);
        for (seller, timeline) in &timelines {
            mrr.add(seller, timeline);
        }
        let rows = mrr.rows();
        for row in &rows {
            let MrrRow { opening, new, expansion, contraction, churn, reactivation, closing, .. } = row;
            let moved = new.minor + expansion.minor - contraction.minor - churn.minor + reactivation.minor;
            prop_assert_eq!(closing.minor - opening.minor, moved, "{:?}", row);
            prop_assert_eq!(opening.count + new.count + reactivation.count - churn.count, closing.count);
            // And both ends are the sum of what each subscription brings then.
            let zone = options.zone;
            let sum = |at: Instant| -> i128 {
                let own = timelines.iter().filter(|(seller, _)| row.seller.as_str() == seller);
                own.map(|(_, timeline)| mrr_at(timeline, &options, at)).sum()
            };
            prop_assert_eq!(sum(row.month.closing(zone).min(span().as_of)), closing.minor);
            prop_assert_eq!(sum(row.month.start(zone) - TimeDelta::microseconds(1)), opening.minor);
        }
        for pair in rows.windows(2).filter(|pair| pair[0].seller == pair[1].seller) {
            prop_assert_eq!(pair[0].closing, pair[1].opening);
            prop_assert_eq!(pair[0].month.next(), pair[1].month);
        }
    }

    #[test]
    fn no_later_fact_changes_a_month_that_closed(
        events in any_history(),
        options in any_options(),
        kept in 1_usize..10,
    ) {
        let known = &events[..kept.min(events.len())];
        let next_at = events.get(known.len()).map_or(span().as_of, domain::event::Event::occurred_at);
        let [then, now] = [known, &events[..]].map(|told| Timeline::of(told).expect("it was opened"));
        for (_, closing) in span().closings().filter(|(_, closing)| *closing < next_at) {
            let worth = |timeline| mrr_at(timeline, &options, closing);
            prop_assert_eq!(worth(&then), worth(&now), "as of {}", closing);
        }
    }

    #[test]
    fn the_cohorts_of_a_month_are_its_closing(
        histories in prop::collection::vec(any_history(), 1..6),
        options in any_options(),
    ) {
        let (mut mrr, mut cohorts) = (Mrr::new(span(), &options), Cohorts::new(span(), &options));
        for events in &histories {
            let timeline = Timeline::of(events).expect("it was opened");
            mrr.add(SELLER, &timeline);
            cohorts.add(SELLER, &timeline);
        }
        let cohorts = cohorts.rows();
        for row in mrr.rows() {
            let now = cohorts.iter().filter(|of| row.month.months_since(of.cohort) == i64::from(of.age));
            let sum = now.fold(Level::default(), |sum, of| Level {
                count: sum.count + of.retained.count,
                minor: sum.minor + of.retained.minor,
            });
            prop_assert_eq!(sum, row.closing, "{}", row.month);
            let began = cohorts.iter().find(|of| of.cohort == row.month && of.age == 0);
            prop_assert!(row.new.count <= began.map_or(0, |of| of.size));
        }
    }
}
