//! Orders that are decided and not written: what would become of them, one after the other.

use std::collections::BTreeMap;

use domain::ids::PaymentId;
use domain::machine::{Context, Machine};
use domain::payment::machine::Payment;
use domain::payment::state::State;
use domain::stream::StreamId;

use super::available::Available;
use super::{Act, ActError, Acts, Placed, described, placed};
use crate::execute::By;

/// Decides orders with the machine that would write them. Each is decided after those before it.
pub struct Rehearsal<'a> {
    acts: &'a Acts,
    states: BTreeMap<StreamId, State>,
}

impl<'a> Rehearsal<'a> {
    /// Nothing was ordered yet.
    #[must_use]
    pub fn new(acts: &'a Acts) -> Self {
        Self { acts, states: BTreeMap::new() }
    }

    /// What [`Acts::place`] would answer.
    ///
    /// # Errors
    /// As [`Acts::place`], but for what only writing can meet.
    pub async fn place(
        &mut self,
        payment: &PaymentId,
        act: &Act,
        available: Option<&Available>,
    ) -> Result<Placed, ActError> {
        let stream = self.acts.stream(payment);
        let state = match self.states.get(&stream) {
            Some(state) => Some(state.clone()),
            None => self.acts.desk.state::<Payment>(&stream).await?,
        };
        let placed = self.decide(state, act, available)?;
        self.states.insert(stream, State::Known(placed.known.clone()));
        Ok(placed)
    }

    fn decide(
        &self,
        state: Option<State>,
        act: &Act,
        available: Option<&Available>,
    ) -> Result<Placed, ActError> {
        let acts = self.acts;
        let by = By::person(acts.actor.clone());
        let known = described(state)?;
        let request = acts.request(&known, act, &by)?;
        let command = acts.command(&known, act, request.clone(), available)?;
        let rules = acts.desk.config.rules();
        let context = Context { now: acts.desk.clock.now(), rules: &rules };
        let state = State::Known(known);
        let events = Payment::decide(Some(&state), command, &context).map_err(ActError::Refused)?;
        let was_placed = events.is_empty();
        let next = events.iter().try_fold(state, |state, event| Payment::evolve(Some(state), event));
        let next = next.expect("decide writes only facts that can follow");
        Ok(placed(described(Some(next))?, request, was_placed))
    }
}
