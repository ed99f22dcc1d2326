//! The shape of every machine: a synchronous, pure decider.

use std::fmt::Debug;

use chrono::{DateTime, Utc};

use crate::event::Event;
use crate::rules::Rules;

/// A moment in business or recording time, in UTC.
pub type Instant = DateTime<Utc>;

/// What a decision may look at besides the state: the instant it is taken and the rules in force.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The instant of the decision.
    pub now: Instant,
    /// Windows, limits and the rejection table.
    pub rules: &'a Rules,
}

/// A machine decides which facts follow from a command, and evolves its state by facts.
pub trait Machine: Send + Sync + 'static {
    /// Name of the stream kind, stored as `aggregate_type`.
    const TYPE: &'static str;
    /// What is known; an absent stream is `None`.
    type State: Clone + PartialEq + Debug + Send + Sync + 'static;
    /// An observation of the provider's, or an order of a person's.
    type Command: Clone + Debug + Send + 'static;
    /// What happened, past tense.
    type Event: Event;
    /// Why a command was not accepted.
    type Refusal: std::error::Error + Clone + PartialEq + Send + Sync + 'static;

    /// Diffs the command against what is known.
    ///
    /// # Errors
    /// When the command is impossible or against a rule; nothing is repaired or clamped.
    fn decide(
        state: Option<&Self::State>,
        command: Self::Command,
        context: &Context<'_>,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Applies one fact.
    ///
    /// # Errors
    /// When the fact cannot follow this state: the history is corrupt.
    fn evolve(state: Option<Self::State>, event: &Self::Event) -> Result<Self::State, IllegalEvent>;
}

/// A stored fact that cannot follow its state. The stream is corrupt and must be stopped, not passed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event `{event}` cannot follow state `{state}`")]
pub struct IllegalEvent {
    /// Stored name of the event.
    pub event: &'static str,
    /// Name of the state it met.
    pub state: &'static str,
}

/// Folds a history into a state.
///
/// # Errors
/// At the first event that cannot follow.
pub fn fold<'e, M: Machine>(
    events: impl IntoIterator<Item = &'e M::Event>,
) -> Result<Option<M::State>, IllegalEvent> {
    let mut state = None;
    for event in events {
        state = Some(M::evolve(state, event)?);
    }
    Ok(state)
}
