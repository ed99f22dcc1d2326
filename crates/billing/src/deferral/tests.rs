use chrono::TimeDelta;
use domain::event::Event as _;
use domain::machine::{Context, Machine};
use domain::preapproval::machine::Preapproval;
use domain::preapproval::state::State;
use domain::rules::Rules;

use super::*;
use crate::month::{Month, Months};
use crate::samples::{History, at, days, months, terms};

mod paid;
mod properties;

/// A subscription with the facts that sweeps write about it.
#[derive(Clone)]
struct Books {
    events: Vec<Event>,
    options: Options,
}

impl Books {
    fn of(history: &History) -> Self {
        let options = Options { zone: chrono_tz::America::Argentina::Buenos_Aires, ..Options::default() };
        Self { events: history.events.clone(), options }
    }

    /// What is known by an instant.
    fn timeline(&self, as_of: Instant) -> Timeline {
        let known = self.events.iter().filter(|event| event.occurred_at() <= as_of);
        Timeline::of(known).expect("it was described by then")
    }

    /// Writes what is due, and tells it.
    fn sweep(&mut self, paid: &Paid, as_of: Instant) -> Vec<String> {
        let timeline = self.timeline(as_of);
        let due = prepaid(&timeline, &self.options);
        let due: Vec<Command> =
            due.iter().flat_map(|prepaid| orders(&timeline, prepaid, paid, &self.options, as_of)).collect();
        let mut state: Option<State> = None;
        for event in &self.events {
            state = Some(Preapproval::evolve(state, event).expect("a history is one"));
        }
        let rules = Rules::default();
        let mut written = Vec::new();
        for command in due {
            let context = Context { now: as_of, rules: &rules };
            let facts =
                Preapproval::decide(state.as_ref(), command, &context).expect("what is due is accepted");
            for fact in facts {
                state = Some(Preapproval::evolve(state, &fact).expect("what is decided can follow"));
                written.push(told(&fact));
                self.events.push(fact);
            }
        }
        written
    }

    fn left_minor(&self) -> i64 {
        let timeline = self.timeline(Instant::MAX_UTC);
        timeline.deferrals.by_invoice.values().map(Deferred::left_minor).sum()
    }
}

/// A fact of revenue in few words.
fn told(event: &Event) -> String {
    let (day, name) = (event.occurred_at().date_naive(), event.name().trim_start_matches("preapproval."));
    match event {
        Event::RevenueDeferred(e) => format!("{day} {name} {} over {}", e.amount_minor, e.months),
        Event::RevenueRecognised(e) => format!("{day} {name} {} of month {}", e.amount_minor, e.month),
        Event::DeferralEnded(e) => format!("{day} {name} {} by {}", e.amount_minor, e.cause),
        _ => name.to_owned(),
    }
}

/// 1,452.00 a year, collected on the tenth of January 2026.
fn annual() -> History {
    History::authorized("2026-01-10", &terms(145_200, months(12)))
        .scheduled("1", "2026-01-10", 145_200)
        .collected("1", "2026-01-10", "2026-01-10 17:00", 145_200)
}

/// Its payment: 1,200.00 without 21 % of tax.
fn sold() -> Paid {
    let sold = Sold::Booked { at: at("2026-01-10 16:55"), currency: Currency::ARS, net_minor: 120_000 };
    Paid { sold, given_back: vec![] }
}

fn refunded(mut paid: Paid, refund: &str, on: &str, net_minor: i64) -> Paid {
    let cause = format!("refund/{refund}").into();
    paid.given_back.push(GivenBack { cause, at: at(on), net_minor });
    paid
}

#[test]
fn case_g_a_year_is_deferred_earned_by_the_month_and_given_back_after_four() {
    let mut books = Books::of(&annual());
    assert_eq!(books.sweep(&sold(), at("2026-01-11")), ["2026-01-10 revenue_deferred 120000 over 12"]);
    assert_eq!(books.sweep(&sold(), at("2026-02-10 15:59")), [""; 0], "the first month is not over");
    let months = [
        "2026-02-10 revenue_recognised 10000 of month 1",
        "2026-03-10 revenue_recognised 10000 of month 2",
        "2026-04-10 revenue_recognised 10000 of month 3",
        "2026-05-10 revenue_recognised 10000 of month 4",
    ];
    assert_eq!(books.sweep(&sold(), at("2026-05-10")), months);
    let cancelled = refunded(sold(), "7", "2026-05-10 18:00", 80_000);
    assert_eq!(books.sweep(&cancelled, at("2026-05-11")), ["2026-05-10 deferral_ended 80000 by refund/7"]);
    assert_eq!(books.sweep(&cancelled, at("2028-01-01")), [""; 0]);
    assert_eq!(books.left_minor(), 0);
}

#[test]
fn a_late_sweep_writes_what_a_daily_one_would_have() {
    let cancelled = refunded(sold(), "7", "2026-05-10 18:00", 80_000);
    let mut once = Books::of(&annual());
    let at_once = once.sweep(&cancelled, at("2027-03-01"));
    let mut daily = Books::of(&annual());
    let mut day_by_day = Vec::new();
    for day in 0..430 {
        day_by_day.extend(daily.sweep(&cancelled, at("2026-01-10") + TimeDelta::days(day)));
    }
    assert_eq!(at_once.len(), 6);
    assert_eq!(at_once, day_by_day);
}

#[test]
fn months_end_where_the_calendar_lets_them_and_are_counted_from_the_first() {
    let january = History::authorized("2026-01-31", &terms(300, months(3))).scheduled("1", "2026-01-31", 300);
    let mut books = Books::of(&january.collected("1", "2026-01-31", "2026-01-31", 300));
    let sold = Sold::Booked { at: at("2026-01-31"), currency: Currency::ARS, net_minor: 300 };
    let expect = [
        "2026-01-31 revenue_deferred 300 over 3",
        "2026-02-28 revenue_recognised 100 of month 1",
        "2026-03-31 revenue_recognised 100 of month 2",
        "2026-04-30 revenue_recognised 100 of month 3",
    ];
    assert_eq!(books.sweep(&Paid { sold, given_back: vec![] }, at("2026-12-31")), expect);
}

#[test]
fn money_that_came_late_is_earned_with_it() {
    let life = History::authorized("2026-01-10", &terms(1200, months(12))).scheduled("1", "2026-01-10", 1200);
    let mut books = Books::of(&life.collected("1", "2026-01-10", "2026-03-20", 1200));
    let sold = Sold::Booked { at: at("2026-03-20"), currency: Currency::ARS, net_minor: 1200 };
    let expect = [
        "2026-03-20 revenue_deferred 1200 over 12",
        "2026-03-20 revenue_recognised 100 of month 1",
        "2026-03-20 revenue_recognised 100 of month 2",
        "2026-04-10 revenue_recognised 100 of month 3",
    ];
    assert_eq!(books.sweep(&Paid { sold, given_back: vec![] }, at("2026-05-01")), expect);
}

#[test]
fn a_charge_that_was_made_after_its_payment_is_deferred_when_it_was_made() {
    let life = History::authorized("2026-01-10", &terms(145_200, months(12)));
    let mut late = life.scheduled("1", "2026-01-10", 145_200);
    let Some(Event::ChargeScheduled(scheduled)) = late.events.last_mut() else { panic!("it was scheduled") };
    scheduled.at = at("2026-01-12");
    let mut books = Books::of(&late.collected("1", "2026-01-10", "2026-01-12", 145_200));
    assert_eq!(books.sweep(&sold(), at("2026-01-13")), ["2026-01-12 revenue_deferred 120000 over 12"]);
}

#[test]
fn a_part_given_back_leaves_less_for_the_months_that_remain() {
    let mut books = Books::of(&annual());
    let part = refunded(sold(), "7", "2026-11-12", 10_001);
    let _ten_months = books.sweep(&part, at("2026-11-11"));
    let expect = [
        "2026-11-12 deferral_ended 10001 by refund/7",
        "2026-12-10 revenue_recognised 5000 of month 11",
        "2027-01-10 revenue_recognised 4999 of month 12",
    ];
    assert_eq!(books.sweep(&part, at("2027-12-31")), expect);
}

#[test]
fn a_refund_that_became_known_late_ends_what_is_left() {
    let mut books = Books::of(&annual());
    let _six_months = books.sweep(&sold(), at("2026-07-11"));
    let late = refunded(sold(), "7", "2026-05-11", 80_000);
    assert_eq!(books.sweep(&late, at("2026-07-12")), ["2026-05-11 deferral_ended 60000 by refund/7"]);
    assert_eq!(books.left_minor(), 0);
}

#[test]
fn two_refunds_of_the_same_amount_are_both_real() {
    let mut books = Books::of(&annual());
    let twice = refunded(refunded(sold(), "7", "2026-01-12", 500), "8", "2026-01-12", 500);
    let expect = [
        "2026-01-10 revenue_deferred 120000 over 12",
        "2026-01-12 deferral_ended 500 by refund/7",
        "2026-01-12 deferral_ended 500 by refund/8",
    ];
    assert_eq!(books.sweep(&twice, at("2026-01-13")), expect);
}

#[test]
fn a_sale_that_left_the_books_ends_its_deferral() {
    let mut books = Books::of(&annual());
    let _one_month = books.sweep(&sold(), at("2026-02-11"));
    let withdrawn = Paid { sold: Sold::Withdrawn { at: Some(at("2026-02-20")) }, given_back: vec![] };
    assert_eq!(books.sweep(&withdrawn, at("2026-02-19")), [""; 0]);
    let expect = ["2026-02-20 deferral_ended 110000 by withdrawal"];
    assert_eq!(books.sweep(&withdrawn, at("2026-03-31")), expect);
    assert_eq!(Books::of(&annual()).sweep(&withdrawn, at("2026-03-31")), [""; 0], "nothing to defer");
}

#[test]
fn a_payment_that_two_invoices_name_is_deferred_once() {
    let mut twice = annual().scheduled("0", "2026-01-10", 145_200).collected(
        "0",
        "2026-01-10",
        "2026-01-10 17:00",
        145_200,
    );
    let Some(Event::ChargeCollected(other)) = twice.events.last_mut() else { panic!("it was collected") };
    other.terms.payment.as_mut().expect("it was paid").payment = "p-1".into();
    let mut books = Books::of(&twice);
    let first = ["2026-01-10 revenue_deferred 120000 over 12"];
    assert_eq!(books.sweep(&sold(), at("2026-01-11")), first);
    let month = ["2026-02-10 revenue_recognised 10000 of month 1"];
    assert_eq!(books.sweep(&sold(), at("2026-02-11")), month);
}

#[test]
fn only_collected_charges_for_more_than_a_month_are_deferred() {
    let paid = sold();
    let count = |history: &History| Books::of(history).sweep(&paid, at("2026-01-11")).len();
    let of = |every| {
        History::authorized("2026-01-10", &terms(145_200, every))
            .scheduled("1", "2026-01-10", 145_200)
            .collected("1", "2026-01-10", "2026-01-10 17:00", 145_200)
    };
    assert_eq!(
        [months(1), months(2), days(30), days(44), days(45)].map(|every| count(&of(every))),
        [0, 1, 0, 0, 1]
    );
    let failed = History::authorized("2026-01-10", &terms(145_200, months(12)))
        .scheduled("1", "2026-01-10", 145_200)
        .recycled("1", "2026-01-10", "2026-01-10 17:00", 145_200);
    assert_eq!(count(&failed), 0);
}

#[test]
fn a_first_charge_for_some_days_is_not_deferred() {
    let mut agreed = terms(145_200, months(12));
    (agreed.recurring.billing_day, agreed.recurring.proportional) = (Some(20), true);
    let life = History::authorized("2026-01-10", &agreed).scheduled("1", "2026-01-10", 48_400).collected(
        "1",
        "2026-01-10",
        "2026-01-10 17:00",
        48_400,
    );
    assert_eq!(Books::of(&life).sweep(&sold(), at("2027-01-11")), [""; 0]);
}

#[test]
fn the_roll_of_case_g() {
    let mut books = Books::of(&annual());
    let _all = books.sweep(&refunded(sold(), "7", "2026-05-10 18:00", 80_000), at("2026-06-30"));
    let as_of = at("2026-06-30");
    let rows = |first| {
        let months = Months {
            first: Month { year: 2026, month: first },
            last: Month { year: 2026, month: 6 },
            as_of,
            zone: books.options.zone,
        };
        let mut roll = Roll::new(months);
        roll.add("123", &books.timeline(as_of));
        let row = |row: RollRow| {
            let RollRow {
                month,
                opening_minor,
                billed_minor,
                recognised_minor,
                ended_minor,
                closing_minor,
                ..
            } = row;
            (month.month, [opening_minor, billed_minor, recognised_minor, ended_minor, closing_minor])
        };
        roll.rows().into_iter().map(row).collect::<Vec<_>>()
    };
    let year = [
        (1, [0, 120_000, 0, 0, 120_000]),
        (2, [120_000, 0, 10_000, 0, 110_000]),
        (3, [110_000, 0, 10_000, 0, 100_000]),
        (4, [100_000, 0, 10_000, 0, 90_000]),
        (5, [90_000, 0, 10_000, 80_000, 0]),
        (6, [0, 0, 0, 0, 0]),
    ];
    assert_eq!(rows(1), year);
    assert_eq!(rows(4), year[3..], "what came before is in the opening");
    assert_eq!(rows(6), [], "nothing is left of it");
}

#[test]
fn months_of_a_period() {
    let rows =
        [(months(1), 1), (months(12), 12), (days(7), 0), (days(30), 1), (days(90), 3), (days(365), 12)];
    for (every, expect) in rows {
        assert_eq!(months_of(every), expect, "{every:?}");
    }
}
