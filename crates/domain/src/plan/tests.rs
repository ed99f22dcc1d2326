//! A plan is what the provider said of it last.

use std::fmt::Write as _;

use super::machine::{Plan, Refusal, State};
use super::*;
use crate::changes::Answer;
use crate::event::Event as _;
use crate::machine::{Context, IllegalEvent, Machine, fold};
use crate::rules::Rules;
use crate::walks;

const NOW: &str = "2026-04-01T00:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn day(day: u32) -> Instant {
    at(&format!("2026-03-{day:02}T10:00:00Z"))
}

/// A yoga class: 10.00 every month, 12 times, on the 10th, prorated to 1.67 at first, one month free.
fn yoga() -> Description {
    let month = Period { count: 1, unit: PeriodUnit::Months };
    Description {
        modified_at: Some(day(5)),
        standing: Standing::Active,
        terms: Terms {
            currency: Currency::ARS,
            amount_minor: Some(1000),
            every: month,
            repetitions: Some(12),
            billing_day: Some(10),
            proportional: true,
            first_amount_minor: Some(167),
            free_trial: Some(month),
            first_charge_after_days: Some(30),
        },
        profile: Profile {
            title: Some("Yoga classes".into()),
            reference: None,
            method_types: vec!["credit_card".into()],
            methods: vec![],
            created_at: Some(day(4)),
        },
    }
}

fn told(on: u32, standing: Standing) -> Description {
    Description { modified_at: Some(day(on)), standing, ..yoga() }
}

fn dearer(on: u32) -> Description {
    let mut plan = told(on, Standing::Active);
    plan.terms.amount_minor = Some(1200);
    plan
}

fn renamed(on: u32) -> Description {
    let mut plan = told(on, Standing::Active);
    plan.profile.title = Some("Pilates".into());
    plan
}

fn observe(described: &Description) -> Command {
    Command::Observe(Observation::Described(Box::new(described.clone())))
}

fn decide(state: Option<&State>, told: &Description) -> Result<Vec<Event>, Refusal> {
    Plan::decide(state, observe(told), &Context { now: at(NOW), rules: &Rules::default() })
}

fn known(given: &[Description]) -> Option<State> {
    let rules = Rules::default();
    let context = Context { now: at(NOW), rules: &rules };
    given.iter().fold(None, |state, told| walks::step::<Plan>(state, &observe(told), &context).0)
}

fn check(given: &[Description], told: &Description, expect: Result<Vec<Event>, Refusal>) {
    assert_eq!(decide(known(given).as_ref(), told), expect);
}

fn stated(plan: &Description, at: Instant) -> Stated {
    Stated { at, modified_at: plan.modified_at, terms: plan.terms.clone(), profile: plan.profile.clone() }
}

fn stood(on: u32, outside_rule: bool) -> Stood {
    Stood { at: day(on), modified_at: Some(day(on)), outside_rule }
}

const TRIAL: &str = "trial-of-a-month";

fn two_months() -> Change {
    Change::FreeTrial { period: Period { count: 2, unit: PeriodUnit::Months } }
}

fn asked(on: u32, request: &str, change: Change) -> Event {
    let (modified_at, request) = (Some(day(5)), request.into());
    Event::ChangeAsked(ChangeAsked { at: day(on), modified_at, request, actor: "ana".into(), change })
}

fn settled(on: u32, request: &str, outcome: Settlement) -> Event {
    Event::ChangeSettled(ChangeSettled { at: day(on), request: request.into(), outcome })
}

#[test]
fn a_plan_is_opened_on_the_day_it_was_created() {
    check(&[], &yoga(), Ok(vec![Event::Opened(stated(&yoga(), day(4)))]));
}

#[test]
fn a_plan_first_seen_cancelled_is_opened_and_cancelled() {
    let gone = told(9, Standing::Cancelled);
    let expect = vec![Event::Opened(stated(&gone, day(4))), Event::Cancelled(stood(9, false))];
    check(&[], &gone, Ok(expect));
}

#[test]
fn a_plan_without_any_time_is_opened_now() {
    let mut timeless = yoga();
    timeless.modified_at = None;
    timeless.profile.created_at = None;
    check(&[], &timeless, Ok(vec![Event::Opened(stated(&timeless, at(NOW)))]));
}

#[test]
fn the_same_statement_again_writes_nothing() {
    check(&[yoga()], &yoga(), Ok(vec![]));
}

#[test]
fn the_same_plan_at_a_later_time_is_reaffirmed_once() {
    let later = told(8, Standing::Active);
    let reaffirmed = Reaffirmed { at: day(8), modified_at: Some(day(8)) };
    check(&[yoga()], &later, Ok(vec![Event::Reaffirmed(reaffirmed)]));
    check(&[yoga(), later.clone()], &later, Ok(vec![]));
}

#[test]
fn another_amount_restates_the_plan() {
    check(&[yoga()], &dearer(8), Ok(vec![Event::Restated(stated(&dearer(8), day(8)))]));
}

#[test]
fn another_title_restates_the_plan() {
    check(&[yoga()], &renamed(8), Ok(vec![Event::Restated(stated(&renamed(8), day(8)))]));
}

#[test]
fn an_older_statement_writes_nothing_whatever_it_says() {
    check(&[dearer(8)], &told(7, Standing::Cancelled), Ok(vec![]));
    let timeless = Description { modified_at: None, ..told(9, Standing::Cancelled) };
    check(&[dearer(8)], &timeless, Ok(vec![]));
}

#[test]
fn a_plan_is_switched_off_and_on() {
    let off = told(8, Standing::Inactive);
    check(&[yoga()], &off, Ok(vec![Event::Deactivated(stood(8, false))]));
    check(&[off], &told(9, Standing::Active), Ok(vec![Event::Activated(stood(9, false))]));
}

#[test]
fn a_cancelled_plan_that_comes_back_is_applied_and_marked() {
    let gone = told(8, Standing::Cancelled);
    check(&[gone], &told(9, Standing::Active), Ok(vec![Event::Activated(stood(9, true))]));
}

#[test]
fn another_currency_is_refused() {
    let mut reals = told(9, Standing::Active);
    reals.terms.currency = Currency::BRL;
    let refusal = Refusal::CurrencyConflict { known: Currency::ARS, told: Currency::BRL };
    assert_eq!(refusal.reason(), "currency_conflict");
    check(&[yoga()], &reals, Err(refusal));
}

#[test]
fn a_negative_amount_is_refused() {
    let (mut plan, mut first) = (yoga(), yoga());
    plan.terms.amount_minor = Some(-1);
    first.terms.first_amount_minor = Some(-2);
    check(&[], &plan, Err(Refusal::NegativeAmount { what: "the amount", amount_minor: -1 }));
    check(&[], &first, Err(Refusal::NegativeAmount { what: "the first amount", amount_minor: -2 }));
}

#[test]
fn a_history_that_opens_twice_or_never_is_corrupt() {
    let opened = Event::Opened(stated(&yoga(), day(4)));
    let twice = fold::<Plan>([&opened, &opened]);
    assert_eq!(twice, Err(IllegalEvent { event: "plan.opened", state: "active" }));
    let never = fold::<Plan>([&Event::Cancelled(stood(8, false))]);
    assert_eq!(never, Err(IllegalEvent { event: "plan.cancelled", state: "absent" }));
}

fn ask(change: &Change) -> Command {
    Command::Ask { request: TRIAL.into(), actor: "ana".into(), change: change.clone() }
}

fn settle(answer: Answer) -> Command {
    Command::Settle { request: TRIAL.into(), answer }
}

/// After the plan as told, and the orders of day 8, what the last of them decides.
fn after(told: &Description, orders: &[Command]) -> Result<Vec<Event>, Refusal> {
    let rules = Rules::default();
    let context = Context { now: day(8), rules: &rules };
    let (mut state, mut decided) = walks::step::<Plan>(None, &observe(told), &context);
    for order in orders {
        (state, decided) = walks::step::<Plan>(state, order, &context);
    }
    decided
}

#[test]
fn a_trial_that_the_next_statement_shows_is_done_and_one_that_none_shows_is_ignored() {
    let trial = two_months();
    assert_eq!(after(&yoga(), &[ask(&trial)]), Ok(vec![asked(8, TRIAL, trial.clone())]));
    let mut longer = told(9, Standing::Active);
    longer.terms.free_trial = Some(Period { count: 2, unit: PeriodUnit::Months });
    let done = [ask(&trial), observe(&longer), settle(Answer::Accepted)];
    assert_eq!(after(&yoga(), &done), Ok(vec![settled(8, TRIAL, Settlement::Done)]));
    let ignored = [ask(&trial), observe(&dearer(9)), settle(Answer::Accepted)];
    assert_eq!(after(&yoga(), &ignored), Ok(vec![settled(8, TRIAL, Settlement::Ignored)]));
}

#[test]
fn a_plan_takes_one_order_at_a_time_and_looks_before_the_next() {
    let second = Command::Ask { request: "second".into(), actor: "ana".into(), change: two_months() };
    let open = Refusal::ChangeOpen { change: "free_trial", asked_at: day(8) };
    assert_eq!(after(&yoga(), &[ask(&two_months()), second.clone()]), Err(open));
    let until = day(8) + crate::changes::UNDER_WAY;
    let under_way = Refusal::ChangeUnderWay { change: "free_trial", until };
    assert_eq!(after(&yoga(), &[ask(&two_months()), settle(Answer::Looked)]), Err(under_way));
    let doubt = [ask(&two_months()), settle(Answer::Missing), settle(Answer::Looked)];
    assert_eq!(after(&yoga(), &doubt), Ok(vec![settled(8, TRIAL, Settlement::Undelivered)]));
    let next = after(&yoga(), &[&doubt[..], &[second]].concat());
    assert_eq!(next, Ok(vec![asked(8, "second", two_months())]));
    assert_eq!(after(&yoga(), &[ask(&two_months()), ask(&two_months())]), Ok(vec![]));
}

#[test]
fn a_trial_needs_a_plan_that_is_there_and_another_one_than_it_has() {
    let order = |told: &Description, change: &Change| after(told, &[ask(change)]);
    let month = Change::FreeTrial { period: Period { count: 1, unit: PeriodUnit::Months } };
    assert_eq!(order(&yoga(), &month), Err(Refusal::AlreadySo { change: "free_trial" }));
    assert_eq!(order(&told(5, Standing::Cancelled), &two_months()), Err(Refusal::Ended));
    assert!(order(&told(5, Standing::Inactive), &two_months()).is_ok());
    let nothing = Change::FreeTrial { period: Period { count: 0, unit: PeriodUnit::Days } };
    assert_eq!(order(&yoga(), &nothing), Err(Refusal::EmptyPeriod));
    let unknown = Refusal::UnknownRequest { request: TRIAL.into() };
    assert_eq!(after(&yoga(), &[settle(Answer::Accepted)]), Err(unknown));
    let rules = Rules::default();
    let absent = Plan::decide(None, ask(&month), &Context { now: day(8), rules: &rules });
    assert_eq!(absent, Err(Refusal::Unknown));
}

#[test]
fn a_history_of_orders_that_cannot_be_is_corrupt() {
    let opened = Event::Opened(stated(&yoga(), day(4)));
    let (trial, done) = (asked(8, TRIAL, two_months()), settled(8, TRIAL, Settlement::Done));
    let corrupt = |events: &[&Event], event, state| {
        assert_eq!(fold::<Plan>(events.iter().copied()), Err(IllegalEvent { event, state }));
    };
    corrupt(&[&trial], "plan.change_asked", "absent");
    corrupt(&[&opened, &trial, &trial], "plan.change_asked", "active");
    corrupt(&[&opened, &done], "plan.change_settled", "active");
    corrupt(&[&opened, &trial, &done, &done], "plan.change_settled", "active");
}

fn alphabet() -> Vec<Description> {
    let timeless = Description { modified_at: None, ..dearer(1) };
    vec![
        yoga(),
        dearer(5),
        told(5, Standing::Cancelled),
        told(6, Standing::Inactive),
        dearer(6),
        renamed(6),
        told(7, Standing::Active),
        timeless,
    ]
}

/// The newest of what was told: by time, then rank, then content.
fn newest(told: &[Description]) -> Option<&Description> {
    told.iter().max_by(|a, b| {
        a.modified_at.cmp(&b.modified_at).then(a.standing.cmp(&b.standing)).then_with(|| a.cmp(b))
    })
}

#[test]
fn every_walk_ends_in_the_newest_statement() {
    let rules = Rules::default();
    let context = Context { now: at(NOW), rules: &rules };
    walks::each(&alphabet(), 4, &mut |walk| {
        let mut state = None;
        for (step, told) in walk.iter().enumerate() {
            state = walks::step::<Plan>(state, &observe(told), &context).0;
            assert_eq!(state.as_ref().map(|s| &s.described), newest(&walk[..=step]), "{walk:?}");
        }
    });
}

#[test]
fn every_walk_of_statements_and_orders_ends_in_the_newest_statement_and_in_what_was_ordered() {
    let mut longer = told(6, Standing::Active);
    longer.terms.free_trial = Some(Period { count: 2, unit: PeriodUnit::Months });
    let letters = [
        observe(&yoga()),
        observe(&longer),
        observe(&told(7, Standing::Cancelled)),
        ask(&two_months()),
        settle(Answer::Accepted),
        settle(Answer::Missing),
        settle(Answer::Looked),
    ];
    let rules = Rules::default();
    let context = Context { now: day(8), rules: &rules };
    walks::each(&letters, 5, &mut |walk| {
        let (mut state, mut written) = (None, Vec::new());
        for letter in walk {
            let (next, decided) = walks::step::<Plan>(state, letter, &context);
            state = next;
            written.extend(decided.unwrap_or_default());
        }
        let told: Vec<Description> = walk
            .iter()
            .filter_map(|letter| match letter {
                Command::Observe(Observation::Described(told)) => Some((**told).clone()),
                _ => None,
            })
            .collect();
        assert_eq!(state.as_ref().map(|s| &s.described), newest(&told), "{walk:?}");
        let orders = written.iter().filter(|event| matches!(event, Event::ChangeAsked(_))).count();
        let kept = state.as_ref().map_or(0, |state| state.changes.by_request.len());
        assert_eq!(orders, kept, "{walk:?}");
    });
}

#[test]
fn the_matrix_in_the_documentation_is_what_the_machine_does() {
    let mut matrix = format!("//! {:<10}", "");
    for to in Standing::ALL {
        write!(matrix, " {:<9}", to.name()).expect("writing to a string");
    }
    for from in Standing::ALL {
        matrix.truncate(matrix.trim_end().len());
        write!(matrix, "\n//! {:<10}", from.name()).expect("writing to a string");
        for to in Standing::ALL {
            let state = known(&[told(5, from)]);
            let events = decide(state.as_ref(), &told(6, to)).expect("no standing is refused");
            let mark = match &events[..] {
                [Event::Reaffirmed(_)] => '.',
                [Event::Activated(s) | Event::Deactivated(s) | Event::Cancelled(s)] if s.outside_rule => '!',
                [Event::Activated(_) | Event::Deactivated(_) | Event::Cancelled(_)] => 'x',
                other => panic!("{from:?} to {to:?} wrote {other:?}"),
            };
            write!(matrix, " {mark:<9}").expect("writing to a string");
        }
    }
    let matrix = format!("//! ```text\n{}\n//! ```\n", matrix.trim_end());
    assert!(include_str!("machine.rs").contains(&matrix), "the module should show:\n{matrix}");
}

#[test]
fn every_event_is_stored_as_its_golden_file() {
    let stood = |outside_rule| stood(8, outside_rule);
    let golden = [
        (Event::Opened(stated(&yoga(), day(4))), include_str!("golden/plan.opened.json")),
        (Event::Restated(stated(&dearer(8), day(8))), include_str!("golden/plan.restated.json")),
        (Event::Activated(stood(true)), include_str!("golden/plan.activated.json")),
        (Event::Deactivated(stood(false)), include_str!("golden/plan.deactivated.json")),
        (Event::Cancelled(stood(false)), include_str!("golden/plan.cancelled.json")),
        (
            Event::Reaffirmed(Reaffirmed { at: day(8), modified_at: Some(day(8)) }),
            include_str!("golden/plan.reaffirmed.json"),
        ),
        (asked(8, TRIAL, two_months()), include_str!("golden/plan.change_asked.json")),
        (settled(8, TRIAL, Settlement::Ignored), include_str!("golden/plan.change_settled.json")),
    ];
    let names: Vec<_> = golden.iter().map(|(event, _)| event.name()).collect();
    assert_eq!(names, Event::NAMES, "every event has a golden file");
    for (event, text) in golden {
        assert_eq!(event.payload(), text.trim_end(), "{}", event.name());
        let read = Event::from_payload(event.name(), 1, text).expect("a golden file is readable");
        assert_eq!(read, event);
    }
}
