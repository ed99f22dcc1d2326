//! What a person must look at among payments, seen on the walk that a sweep makes through them anyway. Nothing is
//! written, and what is worth an alert is not decided here.

use domain::fact::Fact;
use domain::machine::Instant;
use domain::payment::Event;
use domain::payment::machine::Payment;
use domain::payment::state::Known;
use domain::stream::StreamId;
use store::read::{Cut, StoredEvent};

use crate::error::EngineError;
use crate::machines::{AnyState, Kind};
use crate::project::each_fact;

/// A described payment as it stood at the instant of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Which.
    pub stream: &'a StreamId,
    /// What was known of it.
    pub known: &'a Known,
    /// What is known of it by now: the same, unless something was done or heard since.
    pub newest: &'a Known,
    /// Whether its payer ever argued about it, with the provider or with the card's bank.
    pub was_disputed: bool,
}

/// What a history says at the instant of a sweep.
pub(super) struct Then {
    state: Option<AnyState>,
    was_disputed: bool,
}

impl Then {
    /// Reads a history up to an instant.
    ///
    /// # Errors
    /// When it is corrupt.
    pub(super) fn of(history: &[StoredEvent], as_of: Instant) -> Result<Self, EngineError> {
        let mut was_disputed = false;
        let cut = Cut { as_of: Some(as_of), known_at: None };
        let state = each_fact(history, cut, |fact| was_disputed |= is_dispute(fact))?;
        Ok(Self { state, was_disputed })
    }

    /// The state it ends in.
    pub(super) fn state(&self) -> Option<&AnyState> {
        self.state.as_ref()
    }

    /// The payment, once it is described.
    pub(super) fn seen<'a>(&'a self, stream: &'a StreamId, newest: &'a Known) -> Option<Seen<'a>> {
        let known = self.state().and_then(Payment::unwrap_ref)?.known()?;
        Some(Seen { stream, known, newest, was_disputed: self.was_disputed })
    }
}

fn is_dispute(fact: &Fact) -> bool {
    matches!(fact, Fact::Payment(Event::DisputeOpened(_) | Event::ChargebackOpened(_)))
}
