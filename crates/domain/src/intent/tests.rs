//! Intents: what merges, what moves, what people may ask, and what is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::machine::Intent;
use super::refusal::Refusal;
use super::state::State;
use super::*;
use crate::event::Event as _;
use crate::machine::{Context, Machine, fold};
use crate::rules::Rules;
use crate::walks;

mod given;
mod stored;
mod walk;

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

/// Minute of the day on which everything happens.
fn minute(minute: u32) -> Instant {
    at(&format!("2026-03-10T15:{minute:02}:00Z"))
}

fn said(updated_at: Option<Instant>, status: &str, detail: &str) -> Said {
    Said { updated_at, revision: None, status: status.into(), detail: detail.into() }
}

fn payment(id: &str) -> NamedPayment {
    NamedPayment { payment: id.into(), kind: ResultKind::Payment }
}

fn pesos(amount_minor: i64) -> Terms {
    Terms { currency: Some(Currency::ARS), amount_minor, cash_out_minor: 0 }
}

/// Created at 15:00 for 15.00 pesos on one terminal.
fn coffee() -> Profile {
    Profile {
        channel: Some(Channel::Point),
        terms: Some(pesos(1500)),
        reference: Some("table-4".into()),
        device: Some("PAX_A910__1".into()),
        created_at: Some(minute(0)),
        expires_at: None,
    }
}

fn statement(generation: Generation, updated_at: Option<Instant>, progress: Progress) -> Observation {
    Observation {
        generation,
        progress,
        said: said(updated_at, progress.name(), ""),
        profile: coffee(),
        payments: vec![],
        at: updated_at.unwrap_or(minute(30)),
    }
}

/// An order as fetched, with the provider's time.
fn order(updated: u32, progress: Progress) -> Observation {
    statement(Generation::D, Some(minute(updated)), progress)
}

/// An order as a notification tells it: no time, no device.
fn notice(progress: Progress) -> Observation {
    let told = statement(Generation::D, None, progress);
    Observation { profile: Profile { device: None, ..coffee() }, ..told }
}

/// A payment intent, whose bodies never have a time.
fn intent(progress: Progress) -> Observation {
    statement(Generation::B, None, progress)
}

/// A person's order to cancel, by its name.
fn asked(request: &str, actor: &str, reason: &str) -> Command {
    let (request, actor, reason) = (request.into(), actor.into(), reason.into());
    Command::RequestCancel { request, actor, reason, at_terminal: false }
}

fn naming(told: Observation, payments: &[&str]) -> Observation {
    Observation { payments: payments.iter().map(|id| payment(id)).collect(), ..told }
}

fn decide(state: Option<&State>, command: Command, now: Instant) -> Result<Vec<Event>, Refusal> {
    let rules = Rules::default();
    Intent::decide(state, command, &Context { now, rules: &rules })
}

fn replay(events: &[Event]) -> Option<State> {
    fold::<Intent>(events).expect("what was decided can be replayed")
}

/// Tells a new intent everything in this order.
fn hear(told: &[Observation]) -> (State, Vec<Event>) {
    let mut history = Vec::new();
    for one in told {
        let state = replay(&history);
        let facts = decide(state.as_ref(), Command::Observe(one.clone()), minute(59));
        history.extend(facts.expect("statements of one intent are accepted"));
    }
    (replay(&history).expect("something was told"), history)
}

fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::name).collect()
}
