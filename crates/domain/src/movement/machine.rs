//! Decides and evolves.

use super::{Command, Event};
use crate::machine::{Context, IllegalEvent, Machine};

/// Marker of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Movement;

/// Placeholder state.
#[derive(Clone, PartialEq, Debug)]
pub struct State;

/// Placeholder refusal.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("no")]
pub struct Refusal;

impl Machine for Movement {
    const TYPE: &'static str = "movement";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    fn decide(_: Option<&State>, _: Command, _: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        Err(Refusal)
    }
    fn evolve(_: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let _ = event;
        Ok(State)
    }
}
