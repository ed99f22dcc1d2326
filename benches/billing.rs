//! The calendar of many subscriptions: the charges of the next 90 days, and what one day's sweep asks of each: findings,
//! messages that are due, revenue that is due.
//!
//! Subscriptions are invented a portion at a time, from their facts as they are stored, and only what is asked of them is
//! measured. Sizes of 10,000, 100,000 and 1,000,000 show whether the cost of one stays the same. Results:
//! `benches/README.md`.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant as Stopwatch};

use billing::deferral::prepaid;
use billing::dunning::{Cue, Dunning, Step, due};
use billing::expected::expected;
use billing::finding::findings_since;
use billing::forecast::Forecast;
use billing::options::Options;
use billing::timeline::Timeline;
use chrono::TimeDelta;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::plan::{self, Period, PeriodUnit};
use domain::preapproval::charge::{ChargePayment, ChargeTerms, PaymentOutcome};
use domain::preapproval::{
    ChargeStood, Event, Methods, Opened, Profile, Progress, Said, Stood, Terms, TermsChanged,
};
use rounds::{Rounds, Run, is_measuring};

mod rounds;

/// Subscriptions that are held in memory at a time.
const PORTION: u64 = 10_000;
/// How far ahead charges are forecast.
const DAYS: u32 = 90;
/// How many days back a sweep looks for findings when nobody says otherwise.
const LOOK_BACK: i64 = 90;

/// How many subscriptions, with the names of the two cases.
type Size = (u64, &'static str, &'static str);

const MEASURED: [Size; 3] = [
    (10_000, "forecast of 90 days, of 10,000", "a day's sweep, of 10,000"),
    (100_000, "forecast of 90 days, of 100,000", "a day's sweep, of 100,000"),
    (1_000_000, "forecast of 90 days, of 1,000,000", "a day's sweep, of 1,000,000"),
];
const TRIED: [Size; 2] =
    [(100, "forecast, of 100", "sweep, of 100"), (200, "forecast, of 200", "sweep, of 200")];

fn main() {
    let sizes = if is_measuring() { &MEASURED[..] } else { &TRIED[..] };
    let (mut rounds, count) = (Rounds::default(), rounds::count());
    for round in 1..=count {
        println!("round {round} of {count}");
        for &(subscriptions, forecast, sweep) in sizes {
            let work = work(subscriptions);
            rounds.add(forecast, Run::new(subscriptions, work.forecast, Vec::new()));
            rounds.add(sweep, Run::new(subscriptions, work.sweep, Vec::new()));
            println!("    {} charges ahead, {} found, hash {:016x}", work.charges, work.found, work.hash);
        }
    }
    rounds.print();
    if let (Some(few), Some(many)) = (sizes.first(), sizes.last()) {
        rounds.print_ratio(many.1, few.1);
        rounds.print_ratio(many.2, few.2);
    }
}

/// What was measured, and what came out.
struct Work {
    forecast: Duration,
    sweep: Duration,
    charges: u64,
    found: u64,
    hash: u64,
}

fn work(subscriptions: u64) -> Work {
    let options = Options { zone: chrono_tz::America::Argentina::Buenos_Aires, ..Options::default() };
    let dunning = dunning();
    let (mut ahead, mut hash) = (Forecast::new(now(), DAYS, &options), DefaultHasher::new());
    let (mut forecast, mut swept, mut found) = (Duration::ZERO, Duration::ZERO, 0);
    for first in (0..subscriptions).step_by(usize::try_from(PORTION).expect("a portion is small")) {
        let numbers = first..subscriptions.min(first + PORTION);
        let portion: Vec<Timeline> = numbers.map(|number| timeline(number, &options)).collect();
        let started = Stopwatch::now();
        for timeline in &portion {
            ahead.add("123", timeline);
        }
        forecast += started.elapsed();
        let started = Stopwatch::now();
        for timeline in &portion {
            found += sweep(timeline, &dunning, &options, &mut hash);
        }
        swept += started.elapsed();
    }
    let started = Stopwatch::now();
    let rows = ahead.rows();
    forecast += started.elapsed();
    for row in &rows {
        (row.day, row.currency, row.charges).hash(&mut hash);
    }
    let charges = rows.iter().map(|row| row.charges.count).sum();
    Work { forecast, sweep: swept, charges, found, hash: hash.finish() }
}

/// What a sweep asks of one subscription; how much of it there is.
fn sweep(timeline: &Timeline, dunning: &Dunning, options: &Options, hash: &mut DefaultHasher) -> u64 {
    let mut found = 0;
    for finding in findings_since(timeline, options, now() - TimeDelta::days(LOOK_BACK), now()) {
        found += 1;
        (finding.kind.word(), finding.due_at).hash(hash);
    }
    for reminder in due(timeline, dunning, options, now()) {
        found += 1;
        (reminder.invoice, reminder.step).hash(hash);
    }
    for prepaid in prepaid(timeline, options) {
        found += 1;
        (prepaid.invoice, prepaid.from, prepaid.months).hash(hash);
    }
    found
}

fn now() -> Instant {
    "2026-06-15T12:00:00Z".parse().expect("the instant is written right")
}

/// A subscription by its number alone: begun within the last year, with all its charges. Most are monthly; some are in
/// a trial, paused or cancelled, some changed their amount, one in a hundred lacks its last charge, and the last charge of one
/// in fifty fails.
fn timeline(number: u64, options: &Options) -> Timeline {
    // Multiplied by a large odd number, numbers that follow each other are far apart.
    let draw = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
    let age = TimeDelta::minutes(i64::try_from(draw % (365 * 24 * 60)).expect("a year has few minutes"));
    let begun_at = now() - age;
    let terms = terms(draw);
    let mut events = vec![opened(begun_at, terms.clone()), Event::Authorized(stood(begun_at))];
    let later = |percent: i32| begun_at + age * percent / 100;
    match draw % 20 {
        0 => events.push(Event::Cancelled(stood(later(60)))),
        1 => events.push(Event::Paused(stood(later(70)))),
        2 => {
            events.push(Event::Paused(stood(later(30))));
            events.push(Event::Resumed(stood(later(50))));
        }
        3 => {
            let mut dearer = terms;
            dearer.recurring.amount_minor = Some(250_000);
            let at = later(40);
            events.push(Event::TermsChanged(TermsChanged { at, said: said(at), terms: dearer }));
        }
        _ => {}
    }
    let agreed = Timeline::of(&events).expect("it begins with its first description");
    let due = expected(&agreed, options, begun_at, now() - TimeDelta::hours(2));
    let mut charges: Vec<_> = due.collect();
    if number % 100 == 7 {
        let _missing = charges.pop();
    }
    for (charge, slot) in charges.into_iter().zip(0_u64..) {
        let at = charge.due_at + TimeDelta::hours(1);
        events.push(Event::ChargeScheduled(stood_charge(
            number,
            slot,
            charge.due_at,
            charge.amount_minor,
            None,
        )));
        let fails = number % 50 == 11 && charge.due_at > now() - TimeDelta::days(20);
        let outcome = Some(if fails { PaymentOutcome::Failed } else { PaymentOutcome::Approved });
        let stood = stood_charge(number, slot, charge.due_at, charge.amount_minor, outcome);
        let stood = ChargeStood { at, ..stood };
        events.push(if fails { Event::ChargeRecycled(stood) } else { Event::ChargeCollected(stood) });
    }
    Timeline::of(&events).expect("it begins with its first description")
}

fn terms(draw: u64) -> Terms {
    let (count, unit) = match draw / 20 % 20 {
        0 | 1 => (12, PeriodUnit::Months),
        2 => (3, PeriodUnit::Months),
        3 => (30, PeriodUnit::Days),
        4 => (7, PeriodUnit::Days),
        _ => (1, PeriodUnit::Months),
    };
    let amount_minor = Some(i64::try_from(10_000 + draw % 190_000).expect("the amounts are small"));
    let free_trial = (draw / 400).is_multiple_of(10).then_some(Period { count: 1, unit: PeriodUnit::Months });
    let billing_day = (unit == PeriodUnit::Months && (draw / 4000).is_multiple_of(4)).then_some(10);
    let recurring = plan::Terms {
        currency: Currency::ARS,
        amount_minor,
        every: Period { count, unit },
        repetitions: (draw / 16_000).is_multiple_of(10).then_some(24),
        billing_day,
        proportional: billing_day.is_some(),
        first_amount_minor: None,
        free_trial,
        first_charge_after_days: None,
    };
    Terms { recurring, starts_at: None, ends_at: None }
}

fn opened(at: Instant, terms: Terms) -> Event {
    let profile = Profile { plan: None, title: None, reference: None, created_at: Some(at) };
    let progress = Progress { next_charge_at: None, summary: None };
    Event::Opened(Box::new(Opened {
        at,
        said: said(at),
        progress,
        terms,
        methods: Methods::default(),
        profile,
    }))
}

/// One step for each cue.
fn dunning() -> Dunning {
    let step = |(name, on): (&str, Cue)| Step { name: name.into(), on, from: 1, after_hours: 0 };
    let steps = [("retrying", Cue::Recycling), ("update_card", Cue::Uncollected), ("ended", Cue::Ended)];
    Dunning { steps: steps.into_iter().map(step).collect(), most_days: 15 }
}

fn said(at: Instant) -> Said {
    Said { modified_at: Some(at), version: None }
}

fn stood(at: Instant) -> Stood {
    Stood { at, said: said(at), outside_rule: false }
}

fn stood_charge(
    number: u64,
    slot: u64,
    due_at: Instant,
    amount_minor: i64,
    outcome: Option<PaymentOutcome>,
) -> ChargeStood {
    let invoice = number * 1000 + slot;
    let payment = |outcome| ChargePayment { outcome, payment: format!("9{invoice}").into() };
    ChargeStood {
        at: due_at,
        invoice: invoice.to_string().into(),
        modified_at: Some(due_at),
        outside_rule: false,
        terms: ChargeTerms {
            attempt: None,
            payment: outcome.map(payment),
            currency: Currency::ARS,
            amount_minor,
            due_at: Some(due_at),
            next_retry_at: None,
            rejection: None,
            reference: None,
            created_at: Some(due_at),
        },
    }
}
