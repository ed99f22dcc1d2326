//! What an attempt that somebody wants to make is: one that was made before, one to be made now, or one that is not
//! allowed.

use super::Wanted;
use super::guard::{Block, block, claimed, is_lost};
use super::machine::Refusal;
use super::state::{Attempt, Stage, State};
use crate::machine::Context;
use crate::text::Text;

/// What an attempt is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Judged {
    /// The provider answered this attempt.
    Answered {
        /// Its name.
        request: Text,
    },
    /// Nobody knows what became of this attempt: it is sent, again, under its own key.
    Open {
        /// Its name; another one than was asked for when the same was sent under that.
        request: Text,
    },
    /// It is to be made.
    New {
        /// The open attempt that was never made.
        lost: Option<Text>,
    },
    /// It is not allowed.
    Blocked {
        /// Why.
        block: Block,
        /// The open attempt that was never made.
        lost: Option<Text>,
    },
}

/// Judges an attempt.
///
/// # Errors
/// When it is about something else, or its name is another attempt's.
pub fn judge(state: Option<&State>, wanted: &Wanted, context: &Context<'_>) -> Result<Judged, Refusal> {
    if state.is_some_and(|state| state.terms != wanted.terms) {
        return Err(Refusal::OtherTerms);
    }
    // What was refused or lost charged nothing: its name is free again.
    if let Some(known) = state.and_then(|state| state.attempts.get(&wanted.request)) {
        let is_same = known.asked.body == wanted.body;
        match known.stage {
            Stage::Refused { .. } | Stage::Lost => {}
            Stage::Open | Stage::Answered(_) if !is_same => {
                return Err(Refusal::RequestTaken { request: wanted.request.clone() });
            }
            Stage::Answered(_) => return Ok(Judged::Answered { request: wanted.request.clone() }),
            Stage::Open => return Ok(again(state, known, wanted, context)),
        }
    }
    let open = state.and_then(State::open);
    // Under another name it is the same attempt all the same, as long as nobody knows the end of it.
    if let Some(open) = open.filter(|open| open.asked.body == wanted.body) {
        return Ok(again(state, open, wanted, context));
    }
    let lost = open.filter(|open| is_lost(open, wanted, context)).map(|open| open.asked.request.clone());
    let open = open.filter(|_| lost.is_none());
    Ok(match block(state, open, wanted, context) {
        None => Judged::New { lost },
        Some(block) => Judged::Blocked { block, lost },
    })
}

/// An open attempt is sent again, unless something else was paid meanwhile.
fn again(state: Option<&State>, open: &Attempt, wanted: &Wanted, context: &Context<'_>) -> Judged {
    match claimed(state, wanted, context) {
        None => Judged::Open { request: open.asked.request.clone() },
        Some(block) => Judged::Blocked { block, lost: None },
    }
}
