//! Decides which facts of an intent follow from a statement or an order, and evolves it by facts.
//!
//! A statement that brings anything new writes one fact that holds all of it; payments that it names are facts
//! of their own. It posts nothing and calls nobody.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::refusal::Refusal;
use super::state::{Cancel, State};
use super::{
    CancelAnswer, CancelAnswered, CancelRequested, Command, Event, Moved, NamedPayment, Observation,
    PaymentNamed, Presumed, Presumption, Profile, Progress, Requested, Resolution, Resolved, Retold, Said,
};
use crate::machine::{Context, IllegalEvent, Instant, Machine};
use crate::text::Text;

/// The machine of intents.
#[derive(Clone, Copy, Debug)]
pub struct Intent;

impl Machine for Intent {
    const TYPE: &'static str = "intent";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(state: Option<&State>, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        match (state, command) {
            (None, Command::Observe(told)) => {
                check(None, &told)?;
                Ok(first(told))
            }
            (Some(state), Command::Observe(told)) => {
                check(Some(state), &told)?;
                Ok(news(state, told))
            }
            (Some(state), Command::RequestCancel { request, actor, reason, at_terminal }) => {
                let asked = CancelRequested { at: context.now, request: Some(request), actor, reason };
                request_cancel(state, asked, at_terminal)
            }
            (Some(state), Command::RecordCancelOutcome(answer)) => answer_cancel(state, answer, context.now),
            (Some(state), Command::PresumeTimeout { life }) => presume(state, life, context.now),
            (Some(state), Command::Resolve(found)) => resolve(state, found, context.now),
            (None, _) => Err(Refusal::NotKnown),
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let illegal = |state: &'static str| IllegalEvent { event: crate::event::Event::name(event), state };
        match (state, event) {
            (None, Event::Requested(first)) => Ok(State::of_first(first)),
            (Some(state), Event::Opened(to)) => state.moved(Progress::Open, to, illegal),
            (Some(state), Event::ReachedTerminal(to)) => state.moved(Progress::AtTerminal, to, illegal),
            (Some(state), Event::ProcessingStarted(to)) => state.moved(Progress::Processing, to, illegal),
            (Some(state), Event::ActionAwaited(to)) => state.moved(Progress::AwaitingAction, to, illegal),
            (Some(state), Event::Processed(to)) => state.moved(Progress::Processed, to, illegal),
            (Some(state), Event::Abandoned(to)) => state.moved(Progress::Abandoned, to, illegal),
            (Some(state), Event::Expired(to)) => state.moved(Progress::Expired, to, illegal),
            (Some(state), Event::Failed(to)) => state.moved(Progress::Failed, to, illegal),
            (Some(state), Event::Canceled(to)) => state.moved(Progress::Canceled, to, illegal),
            (Some(state), Event::ConfirmationRequired(to)) => {
                state.moved(Progress::ConfirmationRequired, to, illegal)
            }
            (Some(state), Event::Finished(to)) => state.moved(Progress::Finished, to, illegal),
            (Some(mut state), Event::Redescribed(told) | Event::Reaffirmed(told)) => {
                state.hear(told.progress, &told.said, &told.profile);
                Ok(state)
            }
            (Some(mut state), Event::PaymentNamed(told)) => {
                state.payments.insert(told.named.clone());
                Ok(state)
            }
            (Some(state), Event::CancelRequested(asked)) if !state.cancel_is_pending() => {
                let CancelRequested { request, actor, reason, .. } = asked.clone();
                Ok(State {
                    cancel: Some(Cancel::Pending { request, actor, reason, deferred: false }),
                    ..state
                })
            }
            (Some(state), Event::CancelAccepted(_)) => state.answered(CancelAnswer::Accepted, illegal),
            (Some(state), Event::CancelOvertaken(_)) => state.answered(CancelAnswer::Overtaken, illegal),
            (Some(state), Event::CancelRefused(answer)) => {
                let code = answer.code.clone().unwrap_or_default();
                state.answered(CancelAnswer::Refused { code }, illegal)
            }
            (Some(state), Event::CancelDeferred(_)) => state.answered(CancelAnswer::AcceptedLater, illegal),
            (Some(state), Event::PresumedExpired(_)) => state.presumed(Presumption::Expired, illegal),
            (Some(state), Event::PresumedAbandoned(_)) => state.presumed(Presumption::Abandoned, illegal),
            (Some(state), Event::Resolved(told)) if state.progress() == Progress::ConfirmationRequired => {
                Ok(State { resolution: Some(told.resolution.clone()), ..state })
            }
            (state, _) => Err(illegal(state.map_or("none", |state| state.progress().name()))),
        }
    }
}

impl State {
    fn moved(
        mut self,
        to: Progress,
        told: &Moved,
        illegal: impl Fn(&'static str) -> IllegalEvent,
    ) -> Result<Self, IllegalEvent> {
        let from = self.progress();
        self.hear(to, &told.said, &told.profile);
        self.presumed = None;
        if self.progress() == to { Ok(self) } else { Err(illegal(from.name())) }
    }

    fn answered(
        self,
        answer: CancelAnswer,
        illegal: impl Fn(&'static str) -> IllegalEvent,
    ) -> Result<Self, IllegalEvent> {
        match (self.cancel, answer) {
            (Some(Cancel::Pending { request, actor, reason, .. }), CancelAnswer::AcceptedLater) => {
                Ok(Self { cancel: Some(Cancel::Pending { request, actor, reason, deferred: true }), ..self })
            }
            (Some(Cancel::Pending { request, .. }), answer) => {
                Ok(Self { cancel: Some(Cancel::Answered { request, answer }), ..self })
            }
            (None | Some(Cancel::Answered { .. }), _) => Err(illegal(self.heard.current().progress.name())),
        }
    }

    fn presumed(
        self,
        presumed: Presumption,
        illegal: impl Fn(&'static str) -> IllegalEvent,
    ) -> Result<Self, IllegalEvent> {
        if self.progress().is_final() {
            return Err(illegal(self.progress().name()));
        }
        Ok(Self { presumed: Some(presumed), ..self })
    }

    fn cancel_is_pending(&self) -> bool {
        matches!(self.cancel, Some(Cancel::Pending { .. }))
    }
}

fn check(state: Option<&State>, told: &Observation) -> Result<(), Refusal> {
    let Some(terms) = &told.profile.terms else { return Ok(()) };
    if terms.amount_minor < 0 {
        return Err(Refusal::WrongSign { amount_minor: terms.amount_minor });
    }
    if terms.cash_out_minor > 0 {
        return Err(Refusal::WrongSign { amount_minor: terms.cash_out_minor });
    }
    match (state.and_then(State::currency), terms.currency) {
        (Some(expected), Some(actual)) if expected != actual => {
            Err(Refusal::OtherCurrency { expected, actual })
        }
        _ => Ok(()),
    }
}

/// The facts of an intent that we hear of for the first time, however far it went.
fn first(told: Observation) -> Vec<Event> {
    let Observation { generation, progress, said, profile, payments, at } = told;
    let created_at = profile.created_at.unwrap_or(at);
    let requested = Requested { at: created_at, generation, progress, said: said.clone(), profile };
    let moved = Moved { at, said, profile: Profile::default(), outside_rule: false };
    let mut facts = vec![Event::Requested(requested)];
    facts.extend(move_to(progress, moved));
    let named: BTreeSet<NamedPayment> = payments.into_iter().collect();
    facts.extend(named.into_iter().map(|named| Event::PaymentNamed(PaymentNamed { at, named })));
    facts
}

/// The facts of a further statement; none when it tells nothing that is not known or newer.
fn news(state: &State, told: Observation) -> Vec<Event> {
    let Observation { generation: _, progress, said, profile, payments, at } = told;
    let mut after = state.clone();
    after.hear(progress, &said, &profile);
    let (from, to) = (state.progress(), after.progress());
    let outside_rule = !from.leads_to(to);
    let mut facts = Vec::new();
    if from != to && to == progress {
        facts.extend(move_to(to, Moved { at, said, profile, outside_rule }));
    } else if from != to {
        // The statement took back a further one, so that one without a time counts again.
        let counting = Moved { at, said: after.said().clone(), profile: Profile::default(), outside_rule };
        facts.push(Event::Reaffirmed(Retold { at, progress, said, profile }));
        facts.extend(move_to(to, counting));
    } else if state.profile() != after.profile() {
        facts.push(Event::Redescribed(Retold { at, progress, said, profile }));
    } else if *state != after {
        facts.push(Event::Reaffirmed(Retold { at, progress, said, profile }));
    }
    let named: BTreeSet<NamedPayment> =
        payments.into_iter().filter(|named| !state.payments.contains(named)).collect();
    facts.extend(named.into_iter().map(|named| Event::PaymentNamed(PaymentNamed { at, named })));
    facts
}

/// The fact of a move; nothing moves back to [`Progress::Requested`], which has the lowest rank and no time.
fn move_to(progress: Progress, moved: Moved) -> Option<Event> {
    Some(match progress {
        Progress::Requested => return None,
        Progress::Open => Event::Opened(moved),
        Progress::AtTerminal => Event::ReachedTerminal(moved),
        Progress::Processing => Event::ProcessingStarted(moved),
        Progress::AwaitingAction => Event::ActionAwaited(moved),
        Progress::Processed => Event::Processed(moved),
        Progress::Abandoned => Event::Abandoned(moved),
        Progress::Expired => Event::Expired(moved),
        Progress::Failed => Event::Failed(moved),
        Progress::Canceled => Event::Canceled(moved),
        Progress::ConfirmationRequired => Event::ConfirmationRequired(moved),
        Progress::Finished => Event::Finished(moved),
    })
}

fn request_cancel(state: &State, asked: CancelRequested, at_terminal: bool) -> Result<Vec<Event>, Refusal> {
    if let Some(cancel) = state.cancel.as_ref().filter(|cancel| cancel.request().is_some())
        && cancel.request() == asked.request.as_ref()
    {
        return Ok(vec![]);
    }
    let is_over = state.progress().is_final();
    match &state.cancel {
        Some(Cancel::Pending { actor, reason, .. }) if !is_over => {
            let is_same = *actor == asked.actor && *reason == asked.reason;
            if is_same { Ok(vec![]) } else { Err(Refusal::CancelPending) }
        }
        None | Some(Cancel::Pending { .. } | Cancel::Answered { .. }) => {
            let progress = state.progress();
            let is_held = at_terminal && progress == Progress::AtTerminal;
            if !is_held && !progress.is_cancelable(state.profile().channel) {
                return Err(Refusal::NotCancelable { progress });
            }
            Ok(vec![Event::CancelRequested(asked)])
        }
    }
}

fn answer_cancel(state: &State, answer: CancelAnswer, now: Instant) -> Result<Vec<Event>, Refusal> {
    let deferred = match &state.cancel {
        Some(Cancel::Pending { deferred, .. }) => *deferred,
        Some(Cancel::Answered { answer: known, .. }) if *known == answer => return Ok(vec![]),
        None | Some(Cancel::Answered { .. }) => return Err(Refusal::NoCancelPending),
    };
    let answered = CancelAnswered { at: now, code: None };
    Ok(match answer {
        CancelAnswer::AcceptedLater if deferred => vec![],
        CancelAnswer::AcceptedLater => vec![Event::CancelDeferred(answered)],
        CancelAnswer::Refused { code } => {
            vec![Event::CancelRefused(CancelAnswered { at: now, code: Some(code) })]
        }
        CancelAnswer::Overtaken => vec![Event::CancelOvertaken(answered)],
        CancelAnswer::Accepted => {
            let canceled = (state.progress() < Progress::Canceled).then(|| by_our_request(state, now));
            std::iter::once(Event::CancelAccepted(answered)).chain(canceled).collect()
        }
    })
}

/// Some generations tell nothing of an intent that was canceled, so their answer is the only statement of it.
fn by_our_request(state: &State, now: Instant) -> Event {
    let said = Said { updated_at: None, revision: None, status: Text::default(), detail: Text::default() };
    let outside_rule = !state.progress().leads_to(Progress::Canceled);
    Event::Canceled(Moved { at: now, said, profile: Profile::default(), outside_rule })
}

fn presume(state: &State, life: Option<TimeDelta>, now: Instant) -> Result<Vec<Event>, Refusal> {
    if state.progress().is_final() || state.presumed.is_some() {
        return Ok(vec![]);
    }
    let due_at = state.ends_at(life).ok_or(Refusal::NoLife)?;
    if now < due_at {
        return Err(Refusal::NotDue { due_at });
    }
    let presumed = Presumed { at: due_at };
    Ok(vec![match state.generation.presumes() {
        Presumption::Expired => Event::PresumedExpired(presumed),
        Presumption::Abandoned => Event::PresumedAbandoned(presumed),
    }])
}

fn resolve(state: &State, found: Resolution, now: Instant) -> Result<Vec<Event>, Refusal> {
    match (&state.resolution, state.progress()) {
        (Some(known), _) if *known == found => Ok(vec![]),
        (Some(_), _) => Err(Refusal::AlreadyResolved),
        (None, Progress::ConfirmationRequired) => {
            Ok(vec![Event::Resolved(Resolved { at: now, resolution: found })])
        }
        (None, progress) => Err(Refusal::NothingToResolve { progress }),
    }
}
