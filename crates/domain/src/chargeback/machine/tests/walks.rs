//! The four properties over every short walk, and convergence over every order.

use std::collections::BTreeSet;

use super::{day, on, told};
use crate::chargeback::machine::{Chargeback, State};
use crate::chargeback::{Command, Event, Observation, Standing};
use crate::currency::Currency;
use crate::machine::Context;
use crate::rules::Rules;
use crate::walks;

/// Every standing early and late, without a time, with other money, other payments, and two that are refused.
fn alphabet() -> Vec<Command> {
    let mut letters: Vec<Command> =
        Standing::ALL.into_iter().flat_map(|standing| [on(3, standing), on(9, standing)]).collect();
    letters.push(told(None, Standing::DocumentationSent, 1500, &["11"]));
    letters.push(told(None, Standing::Open, 800, &["22"]));
    letters.push(told(Some(day(9)), Standing::Lost, 700, &["22", "33"]));
    letters.push(told(Some(day(5)), Standing::Open, -1, &["11"]));
    letters.push(in_pesos());
    letters
}

fn in_pesos() -> Command {
    let mut other = on(9, Standing::Covered);
    let Command::Observe(Observation::Described { description, .. }) = &mut other;
    description.case.currency = Currency::ARS;
    other
}

#[test]
fn every_short_walk_holds_the_four_properties() {
    let rules = Rules::default();
    let context = Context { now: day(31), rules: &rules };
    let mut walked = 0_u32;
    walks::each(&alphabet(), 3, &mut |walk| {
        let mut state: Option<State> = None;
        let mut accepted = Vec::new();
        for command in walk {
            let (next, decided) = walks::step::<Chargeback>(state, command, &context);
            state = next;
            if let Ok(events) = &decided {
                accepted.push(command);
                assert!(events.iter().all(|event| amount_minor(event) >= 0), "{walk:?}");
            }
        }
        says_the_newest(state.as_ref(), &accepted);
        walked += 1;
    });
    assert_eq!(walked, 17 + 17 * 17 + 17 * 17 * 17);
}

/// A case moves no money; the amount it names is never below zero.
fn amount_minor(event: &Event) -> i64 {
    match event {
        Event::Opened(opened) => opened.case.amount_minor,
        Event::Redescribed(told) => told.case.amount_minor,
        Event::DocumentationRequested(_)
        | Event::DocumentationSent(_)
        | Event::DocumentationMissed(_)
        | Event::Covered(_)
        | Event::Lost(_)
        | Event::Reopened(_)
        | Event::Reaffirmed(_)
        | Event::PaymentsNamed(_) => 0,
    }
}

/// Nothing was dropped: the state is the newest accepted statement, with the payments of all of them.
fn says_the_newest(state: Option<&State>, accepted: &[&Command]) {
    let statements =
        accepted.iter().map(|Command::Observe(Observation::Described { description, .. })| description);
    let newest = statements.max();
    let payments: BTreeSet<_> = accepted
        .iter()
        .flat_map(|Command::Observe(Observation::Described { payments, .. })| payments.clone())
        .collect();
    let expected = newest.map(|told| State {
        updated_at: told.updated_at,
        standing: told.standing,
        case: told.case.clone(),
        payments,
    });
    assert_eq!(state, expected.as_ref());
}

#[test]
fn every_order_of_the_same_statements_ends_in_the_same_state() {
    let rules = Rules::default();
    let context = Context { now: day(31), rules: &rules };
    let statements = [
        on(3, Standing::DocumentationRequested),
        on(9, Standing::DocumentationSent),
        on(9, Standing::Lost),
        told(Some(day(9)), Standing::Lost, 700, &["22", "33"]),
        told(None, Standing::Covered, 900, &["44"]),
        on(9, Standing::Lost),
    ];
    let mut ends = Vec::new();
    permutations(&statements, &mut |order| {
        let end =
            order.iter().fold(None, |state, command| walks::step::<Chargeback>(state, command, &context).0);
        ends.push(end.expect("told at least once"));
    });
    assert_eq!(ends.len(), 720);
    assert!(ends.iter().all(|end| *end == ends[0]));
    assert_eq!((ends[0].standing, ends[0].case.amount_minor), (Standing::Lost, 1500));
    assert_eq!(ends[0].payments.len(), 4);
}

fn permutations<T: Clone>(items: &[T], visit: &mut impl FnMut(&[T])) {
    fn place<T: Clone>(items: &mut Vec<T>, from: usize, visit: &mut impl FnMut(&[T])) {
        if from == items.len() {
            return visit(items);
        }
        for at in from..items.len() {
            items.swap(from, at);
            place(items, from + 1, visit);
            items.swap(from, at);
        }
    }
    place(&mut items.to_vec(), 0, visit);
}
