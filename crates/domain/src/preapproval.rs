//! Preapproval.

use serde::{Deserialize, Serialize};

use crate::event::events;
use crate::machine::Instant;

pub mod machine;

/// What can be told about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {}

/// What it can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
}

/// Placeholder payload.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// When.
    pub at: Instant,
}

events! {
    /// What happened.
    pub enum Event {
        /// First seen.
        Opened(Opened) = "preapproval.opened",
    }
}
