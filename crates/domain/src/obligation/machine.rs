//! Decides and evolves an obligation.
//!
//! What becomes of an attempt: `x` may follow, `.` says nothing new, `!` is a contradiction:
//!
//! ```text
//!            requested   repeated    answered    refused     lost
//! none       x           !           !           !           !
//! open       .           x           x           x           x
//! answered   .           .           x           .           .
//! refused    x           .           x           .           .
//! lost       x           .           x           .           .
//! ```

use super::guard::{Block, is_barred};
use super::judge::{Judged, judge};
use super::state::{Answer, Attempt, Stage, State};
use super::{
    AttemptAnswered, AttemptBlocked, AttemptLost, AttemptRefused, AttemptRepeated, AttemptRequested, Command,
    Event, Terms, Wanted,
};
use crate::event::Event as _;
use crate::ids::PaymentId;
use crate::machine::{Context, IllegalEvent, Instant, Machine};
use crate::payment::Standing;
use crate::text::Text;

/// The machine of obligations.
#[derive(Clone, Copy, Debug)]
pub struct Obligation;

/// Why an obligation did not accept what it was told. Nothing was written. An attempt that the guard does not allow is
/// no refusal: it is a fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The history is about something else that is owed.
    #[error("the history is about something else that is owed")]
    OtherTerms,
    /// The name belongs to another attempt.
    #[error("`{request}` is the name of another attempt")]
    RequestTaken {
        /// The name.
        request: Text,
    },
    /// An answer to an attempt that was never made.
    #[error("no attempt is called `{request}`")]
    UnknownRequest {
        /// The name.
        request: Text,
    },
    /// One attempt became two payments: it charged twice.
    #[error("attempt `{request}` is payment {known}, and now it is told to be {told} too")]
    TwoPayments {
        /// The name.
        request: Text,
        /// What was told first.
        known: PaymentId,
        /// What is told now.
        told: PaymentId,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `request_taken`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::OtherTerms => "other_terms",
            Self::RequestTaken { .. } => "request_taken",
            Self::UnknownRequest { .. } => "unknown_request",
            Self::TwoPayments { .. } => "two_payments",
        }
    }
}

impl Machine for Obligation {
    const TYPE: &'static str = "obligation";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(state: Option<&State>, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Request(wanted) => request(state, *wanted, context),
            Command::Repeat { request, sends } => {
                let is_open = known(state, &request)?.is_open_after(sends);
                // What was paid since by another attempt, also one that was given up, is not charged again.
                let is_made = is_open && !state.is_some_and(|state| is_barred(state, context));
                let repeated = || Event::AttemptRepeated(AttemptRepeated { at: context.now, request });
                Ok(is_made.then(repeated).into_iter().collect())
            }
            Command::RecordAnswer { request, payment, standing, status, detail, since } => {
                let answer = Told { payment, standing, status, detail, since };
                record_answer(state, request, answer, context)
            }
            Command::RecordRefusal { request, code, sends } => {
                let is_open = known(state, &request)?.is_open_after(sends);
                let refused = || Event::AttemptRefused(AttemptRefused { at: context.now, request, code });
                Ok(is_open.then(refused).into_iter().collect())
            }
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        match event {
            Event::AttemptRequested(e) => {
                let mut state = of(state, &e.terms, event)?;
                let is_new = state.attempts.get(&e.request).is_none_or(|known| known.stage.is_free());
                if !is_new || state.open().is_some() {
                    return Err(illegal(event, Some(&state)));
                }
                let attempt = Attempt { asked: e.clone(), sent_at: e.at, sends: 1, stage: Stage::Open };
                state.attempts.insert(e.request.clone(), attempt);
                Ok(state)
            }
            Event::AttemptRepeated(e) => {
                let mut state = stage(state, &e.request, event, |stage| *stage == Stage::Open, Stage::Open)?;
                state.attempts.entry(e.request.clone()).and_modify(|attempt| {
                    attempt.sent_at = e.at;
                    attempt.sends += 1;
                });
                Ok(state)
            }
            Event::AttemptBlocked(e) => {
                let mut state = of(state, &e.terms, event)?;
                state.blocked.push(e.clone());
                Ok(state)
            }
            Event::AttemptAnswered(e) => {
                stage(state, &e.request, event, |_| true, Stage::Answered(answer(e)))
            }
            Event::AttemptRefused(e) => {
                let refused = Stage::Refused { at: e.at, code: e.code.clone() };
                stage(state, &e.request, event, |stage| *stage == Stage::Open, refused)
            }
            Event::AttemptLost(e) => {
                stage(state, &e.request, event, |stage| *stage == Stage::Open, Stage::Lost)
            }
        }
    }
}

/// Decides whether an attempt is made.
fn request(state: Option<&State>, wanted: Wanted, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let judged = judge(state, &wanted, context)?;
    let gone = |request| Event::AttemptLost(AttemptLost { at: context.now, request });
    Ok(match judged {
        Judged::Answered { .. } | Judged::Open { .. } => Vec::new(),
        Judged::New { lost } => {
            let made = Event::AttemptRequested(requested(wanted, context));
            lost.map(gone).into_iter().chain([made]).collect()
        }
        Judged::Blocked { block, lost } => {
            // The same no, for the same reason, is no news.
            let last = state.and_then(|state| state.last_block(&wanted.request));
            let is_news = last.is_none_or(|last| last.block != block);
            let no = is_news.then(|| Event::AttemptBlocked(blocked(wanted, block, context)));
            lost.map(gone).into_iter().chain(no).collect()
        }
    })
}

fn blocked(wanted: Wanted, block: Block, context: &Context<'_>) -> AttemptBlocked {
    let Wanted { request, actor, reason, terms, instrument, .. } = wanted;
    AttemptBlocked { at: context.now, request, actor, reason, terms, instrument, block }
}

fn requested(wanted: Wanted, context: &Context<'_>) -> AttemptRequested {
    let Wanted { request, key, actor, reason, terms, instrument, token, installments, body, .. } = wanted;
    let (at, token) = (context.now, token.map(|token| token.digest));
    AttemptRequested { at, request, key, actor, reason, terms, instrument, token, installments, body }
}

/// What the provider says of an attempt.
struct Told {
    payment: Option<PaymentId>,
    standing: Standing,
    status: Text,
    detail: Text,
    since: Option<Instant>,
}

fn record_answer(
    state: Option<&State>,
    request: Text,
    told: Told,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let Told { payment, standing, status, detail, since } = told;
    let attempt = known(state, &request)?;
    let mut earliest = attempt.asked.at;
    if let Stage::Answered(known) = &attempt.stage {
        earliest = known.at;
        if let (Some(known), Some(told)) = (&known.payment, &payment)
            && known != told
        {
            return Err(Refusal::TwoPayments { request, known: known.clone(), told: told.clone() });
        }
        let is_named = known.payment.is_some() || payment.is_none();
        if is_named && known.standing == standing && known.status == status && known.detail == detail {
            return Ok(Vec::new());
        }
    }
    let is_rejected = standing == Standing::Rejected;
    let rejection = is_rejected.then(|| context.rules.rejections.classify(&status, &detail));
    // What waits counts from then, not from when somebody looked; the provider's clock need not agree with ours.
    let at = since.map_or(context.now, |since| since.max(earliest).min(context.now));
    Ok(vec![Event::AttemptAnswered(AttemptAnswered {
        at,
        request,
        payment,
        standing,
        status,
        detail,
        rejection,
    })])
}

fn known<'s>(state: Option<&'s State>, request: &Text) -> Result<&'s Attempt, Refusal> {
    let attempt = state.and_then(|state| state.attempts.get(request));
    attempt.ok_or_else(|| Refusal::UnknownRequest { request: request.clone() })
}

fn answer(event: &AttemptAnswered) -> Answer {
    let AttemptAnswered { at, request: _, payment, standing, status, detail, rejection } = event.clone();
    Answer { at, payment, standing, status, detail, rejection }
}

/// The state that a fact with these terms follows.
fn of(state: Option<State>, terms: &Terms, event: &Event) -> Result<State, IllegalEvent> {
    match state {
        None => Ok(State::new(terms.clone())),
        Some(state) if state.terms == *terms => Ok(state),
        Some(state) => Err(illegal(event, Some(&state))),
    }
}

/// Moves an attempt on, from a stage that fits.
fn stage(
    state: Option<State>,
    request: &Text,
    event: &Event,
    fits: impl FnOnce(&Stage) -> bool,
    next: Stage,
) -> Result<State, IllegalEvent> {
    let Some(mut state) = state else { return Err(illegal(event, None)) };
    match state.attempts.get_mut(request) {
        Some(attempt) if fits(&attempt.stage) => attempt.stage = next,
        _ => return Err(illegal(event, Some(&state))),
    }
    Ok(state)
}

fn illegal(event: &Event, state: Option<&State>) -> IllegalEvent {
    let state = match state {
        None => "absent",
        Some(state) if state.open().is_some() => "open",
        Some(_) => "known",
    };
    IllegalEvent { event: event.name(), state }
}
