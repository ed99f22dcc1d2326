//! Orders of people, their legal places, and what becomes of them.

use std::fmt::Write as _;

use super::*;
use crate::changes::{Answer, UNDER_WAY};

const FIRST: &str = "first";

fn ask(change: &Change) -> Command {
    Command::Ask { request: FIRST.into(), actor: "ana".into(), change: change.clone() }
}

fn settle(answer: Answer) -> Command {
    Command::Settle { request: FIRST.into(), answer }
}

fn remind(invoice: &str, step: &str) -> Command {
    Command::Remind { invoice: invoice.into(), step: step.into() }
}

fn observe(told: &Description) -> Command {
    Command::Observe(described(told))
}

/// What the last of the commands decides, each at its own instant.
fn run(commands: &[(Instant, Command)]) -> Result<Vec<Event>, Refusal> {
    let rules = Rules::default();
    let mut state = None;
    let mut decided = Ok(Vec::new());
    for (now, command) in commands {
        let context = Context { now: *now, rules: &rules };
        (state, decided) = walks::step::<Preapproval>(state, command, &context);
    }
    decided
}

/// After the subscription as told, and the orders of day 8, what the last of them decides.
fn after(told: &Description, orders: Vec<Command>) -> Result<Vec<Event>, Refusal> {
    let mut commands = vec![(day(5), observe(told))];
    commands.extend(orders.into_iter().map(|order| (day(8), order)));
    run(&commands)
}

fn every_change() -> [Change; 8] {
    [
        Change::Pause,
        Change::Resume { until: None },
        Change::Cancel,
        Change::Amount { amount_minor: 1200 },
        Change::Card,
        Change::SecondaryMethod { method: "account_money".into(), by_card: false },
        Change::BillingDay { day: 10 },
        Change::Proportional { on: true },
    ]
}

/// The yoga class after a change was carried out.
fn changed(change: &Change, on: u32) -> Description {
    let mut told = told(on, Standing::Authorized);
    match change {
        Change::Pause => told.standing = Standing::Paused,
        Change::Resume { until } => told.terms.ends_at = *until,
        Change::Cancel => told.standing = Standing::Cancelled,
        Change::Amount { amount_minor } => told.terms.recurring.amount_minor = Some(*amount_minor),
        Change::Card => told.methods.main_card = Some("9002".into()),
        Change::SecondaryMethod { method, .. } => told.methods.secondary = Some(method.clone()),
        Change::BillingDay { day } => told.terms.recurring.billing_day = Some(*day),
        Change::Proportional { on } => told.terms.recurring.proportional = *on,
    }
    told
}

#[test]
fn a_change_that_the_next_statement_shows_is_done() {
    for change in every_change() {
        let before = match change {
            Change::Resume { .. } => told(5, Standing::Paused),
            _ => yoga(),
        };
        assert_eq!(after(&before, vec![ask(&change)]), Ok(vec![asked(8, FIRST, change.clone())]));
        let orders = vec![ask(&change), observe(&changed(&change, 9)), settle(Answer::Accepted)];
        assert_eq!(after(&before, orders), Ok(vec![settled(8, FIRST, Settlement::Done)]), "{change:?}");
    }
}

#[test]
fn a_change_that_no_statement_shows_is_ignored_whatever_the_answer_was() {
    for change in every_change() {
        let before = match change {
            Change::Resume { .. } => told(5, Standing::Paused),
            _ => yoga(),
        };
        let orders = vec![ask(&change), observe(&before), settle(Answer::Accepted)];
        assert_eq!(after(&before, orders), Ok(vec![settled(8, FIRST, Settlement::Ignored)]), "{change:?}");
    }
}

#[test]
fn a_resumption_until_a_day_is_done_only_when_it_ends_on_that_day() {
    let paused = told(5, Standing::Paused);
    let until = Change::Resume { until: Some(day(28)) };
    let endless = changed(&Change::Resume { until: None }, 9);
    let settled_by =
        |told: &Description| after(&paused, vec![ask(&until), observe(told), settle(Answer::Accepted)]);
    assert_eq!(settled_by(&endless), Ok(vec![settled(8, FIRST, Settlement::Ignored)]));
    assert_eq!(settled_by(&changed(&until, 9)), Ok(vec![settled(8, FIRST, Settlement::Done)]));
    // The end of a day in microseconds, and as the provider writes it.
    let fine = Change::Resume { until: Some(at("2026-12-31T23:59:59.999999Z")) };
    let coarse = changed(&Change::Resume { until: Some(at("2026-12-31T23:59:59.999Z")) }, 9);
    let told = after(&paused, vec![ask(&fine), observe(&coarse), settle(Answer::Accepted)]);
    assert_eq!(told, Ok(vec![settled(8, FIRST, Settlement::Done)]));
    let past = Change::Resume { until: Some(day(8)) };
    assert_eq!(after(&paused, vec![ask(&past)]), Err(Refusal::EndsInThePast { until: day(8) }));
}

#[test]
fn a_secondary_card_is_done_by_a_newer_statement_of_its_method() {
    let card = Change::SecondaryMethod { method: "visa".into(), by_card: true };
    let mut twice = yoga();
    twice.methods.secondary = Some("visa".into());
    let same = |told: &Description| after(&twice, vec![ask(&card), observe(told), settle(Answer::Accepted)]);
    assert_eq!(same(&twice), Ok(vec![settled(8, FIRST, Settlement::Ignored)]));
    assert_eq!(same(&changed(&card, 9)), Ok(vec![settled(8, FIRST, Settlement::Done)]));
}

#[test]
fn the_provider_refuses_and_the_code_is_kept() {
    let refused = Answer::Refused { code: "400".into() };
    let expect = settled(8, FIRST, Settlement::Refused { code: "400".into() });
    assert_eq!(after(&yoga(), vec![ask(&Change::Pause), settle(refused)]), Ok(vec![expect]));
}

#[test]
fn an_order_without_an_answer_is_looked_at_before_another_is_given() {
    let pause = ask(&Change::Pause);
    let second = |change: Change| Command::Ask { request: "second".into(), actor: "ana".into(), change };
    let unknown = settled(8, FIRST, Settlement::Unknown);
    let missing = settle(Answer::Missing);
    assert_eq!(after(&yoga(), vec![pause.clone(), missing.clone()]), Ok(vec![unknown]));
    let open = Refusal::ChangeOpen { change: "pause", asked_at: day(8) };
    for doubt in [vec![pause.clone()], vec![pause.clone(), missing.clone()]] {
        let orders = [doubt, vec![second(Change::Cancel)]].concat();
        assert_eq!(after(&yoga(), orders), Err(open.clone()));
    }
    let looked = vec![pause.clone(), missing.clone(), settle(Answer::Looked)];
    assert_eq!(after(&yoga(), looked.clone()), Ok(vec![settled(8, FIRST, Settlement::Undelivered)]));
    let again = [looked, vec![second(Change::Cancel)]].concat();
    assert_eq!(after(&yoga(), again), Ok(vec![asked(8, "second", Change::Cancel)]));
    let carried_out = vec![pause, missing, observe(&changed(&Change::Pause, 9)), settle(Answer::Looked)];
    assert_eq!(after(&yoga(), carried_out), Ok(vec![settled(8, FIRST, Settlement::Done)]));
}

#[test]
fn an_order_under_way_is_left_alone_until_it_cannot_arrive_any_more() {
    let until = day(8) + UNDER_WAY;
    let look_at = |now: Instant| {
        run(&[(day(5), observe(&yoga())), (day(8), ask(&Change::Pause)), (now, settle(Answer::Looked))])
    };
    let second = chrono::TimeDelta::seconds(1);
    assert_eq!(look_at(until - second), Err(Refusal::ChangeUnderWay { change: "pause", until }));
    let undelivered = ChangeSettled { at: until, request: FIRST.into(), outcome: Settlement::Undelivered };
    assert_eq!(look_at(until), Ok(vec![Event::ChangeSettled(undelivered)]));
}

#[test]
fn a_late_answer_corrects_what_was_held_undelivered() {
    let orders = vec![
        ask(&Change::Pause),
        settle(Answer::Missing),
        settle(Answer::Looked),
        observe(&changed(&Change::Pause, 9)),
        settle(Answer::Accepted),
    ];
    assert_eq!(after(&yoga(), orders), Ok(vec![settled(8, FIRST, Settlement::Done)]));
}

#[test]
fn an_order_by_a_name_that_is_taken_is_the_same_order() {
    let orders = vec![ask(&Change::Pause), settle(Answer::Accepted), ask(&Change::Cancel)];
    assert_eq!(after(&yoga(), orders), Ok(vec![]));
}

#[test]
fn what_is_so_already_is_not_ordered() {
    let refused = |change: Change, told: &Description| {
        let refusal = Refusal::AlreadySo { change: change.name() };
        assert_eq!(after(told, vec![ask(&change)]), Err(refusal));
    };
    let mut second = yoga();
    second.methods.secondary = Some("account_money".into());
    second.terms.recurring.billing_day = Some(10);
    refused(Change::Amount { amount_minor: 1000 }, &yoga());
    refused(Change::Proportional { on: false }, &yoga());
    refused(Change::BillingDay { day: 10 }, &second);
    refused(Change::SecondaryMethod { method: "account_money".into(), by_card: false }, &second);
}

#[test]
fn an_amount_is_above_zero_and_a_billing_day_is_in_every_month() {
    for amount_minor in [0, -1] {
        let refusal = Refusal::NotPositive { what: "the amount", value: amount_minor };
        assert_eq!(after(&yoga(), vec![ask(&Change::Amount { amount_minor })]), Err(refusal));
    }
    for (day, legal) in [(0, false), (1, true), (28, true), (29, false)] {
        let decided = after(&yoga(), vec![ask(&Change::BillingDay { day })]);
        let expect = if legal { Ok(1) } else { Err(Refusal::NoBillingDay { day }) };
        assert_eq!(decided.map(|events| events.len()), expect);
    }
    let mut weekly = yoga();
    weekly.terms.recurring.every = Period { count: 7, unit: PeriodUnit::Days };
    for change in [Change::BillingDay { day: 10 }, Change::Proportional { on: true }] {
        let refusal = Refusal::NotMonthly { change: change.name() };
        assert_eq!(after(&weekly, vec![ask(&change)]), Err(refusal));
    }
}

#[test]
fn orders_need_a_subscription_and_answers_an_order() {
    assert_eq!(run(&[(day(8), ask(&Change::Pause))]), Err(Refusal::Unknown));
    let foretold = (day(7), Command::Observe(invoiced(&scheduled())));
    assert_eq!(run(&[foretold, (day(8), ask(&Change::Pause))]), Err(Refusal::Unknown));
    let unknown = Refusal::UnknownRequest { request: FIRST.into() };
    assert_eq!(after(&yoga(), vec![settle(Answer::Accepted)]), Err(unknown));
}

#[test]
fn a_step_of_dunning_is_taken_once_for_each_charge() {
    let charged = (day(7), Command::Observe(invoiced(&given_up(7))));
    let reminded = |step: &str| {
        Ok(vec![Event::Reminded(Reminded { at: day(8), invoice: "6114264375".into(), step: step.into() })])
    };
    let remind_after = |before: &[&str], step: &str| {
        let mut commands = vec![charged.clone()];
        commands.extend(before.iter().map(|step| (day(8), remind("6114264375", step))));
        commands.push((day(8), remind("6114264375", step)));
        run(&commands)
    };
    assert_eq!(remind_after(&[], "retrying"), reminded("retrying"));
    assert_eq!(remind_after(&["retrying"], "update_card"), reminded("update_card"));
    assert_eq!(remind_after(&["retrying"], "retrying"), Ok(vec![]));
    let unknown = Refusal::UnknownCharge { invoice: "1".into() };
    assert_eq!(run(&[charged.clone(), (day(8), remind("1", "retrying"))]), Err(unknown));
}

#[test]
fn the_matrix_of_changes_is_what_the_machine_allows() {
    let mut matrix = format!("//! {:<10}", "");
    for change in every_change() {
        write!(matrix, " {:<6}", change.name()).expect("writing to a string");
    }
    for standing in Standing::ALL {
        matrix.truncate(matrix.trim_end().len());
        write!(matrix, "\n//! {:<10}", standing.name()).expect("writing to a string");
        for change in every_change() {
            let mark = match after(&told(5, standing), vec![ask(&change)]) {
                Ok(_) => 'x',
                Err(Refusal::Ended | Refusal::Paused | Refusal::NotAllowed { .. }) => '-',
                Err(other) => panic!("{standing:?} {change:?}: {other}"),
            };
            let width = change.name().len().max(6);
            write!(matrix, " {mark:<width$}").expect("writing to a string");
        }
    }
    let matrix = format!("//! ```text\n{}\n//! ```\n", matrix.trim_end());
    assert!(include_str!("../change.rs").contains(&matrix), "the module should show:\n{matrix}");
}

#[test]
fn a_history_of_orders_that_cannot_be_is_corrupt() {
    let corrupt = |events: &[Event], event, state| {
        assert_eq!(fold::<Preapproval>(events), Err(IllegalEvent { event, state }));
    };
    let (pause, done) = (asked(8, FIRST, Change::Pause), settled(8, FIRST, Settlement::Done));
    let opened = || opened(&yoga());
    corrupt(std::slice::from_ref(&pause), "preapproval.change_asked", "absent");
    corrupt(&[opened(), done.clone()], "preapproval.change_settled", "pending");
    corrupt(&[opened(), pause.clone(), pause.clone()], "preapproval.change_asked", "pending");
    corrupt(&[opened(), pause, done.clone(), done], "preapproval.change_settled", "pending");
    let reminded = Event::Reminded(Reminded { at: day(8), invoice: "1".into(), step: "retrying".into() });
    corrupt(&[opened(), reminded], "preapproval.reminded", "pending");
}
