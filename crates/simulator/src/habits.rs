//! Habits of the provider that sources tell differently of, or that only some accounts see; each is off at first.
//!
//! They last until they are changed. What only the next calls meet is [`crate::obstacle`].

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// The habits of a world.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Habits {
    /// How a refund that is answered or listed shows the notes that were sent with it.
    pub(crate) refund_notes: Notes,
    /// The same, of a refund inside its payment.
    pub(crate) refund_notes_in_payment: Notes,
    /// For how long a payment is still shown as it was before a change that was accepted.
    pub(crate) payment_lag_seconds: u32,
    /// How long it takes until a search finds a new payment.
    pub(crate) search_lag_seconds: u32,
    /// How many refunds a payment admits (code 2022); any number when absent.
    pub(crate) refunds_at_most: Option<usize>,
    /// For how long the same charge under another key is refused (code 2001).
    pub(crate) twin_seconds: u32,
}

/// How notes are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notes {
    /// As they were sent.
    #[default]
    Echoed,
    /// In a list, which is empty when there are none: the provider's own library has it so.
    Listed,
    /// Not at all.
    Withheld,
}

/// So many seconds later.
pub(crate) fn later(at: Instant, seconds: u32) -> Instant {
    at + TimeDelta::seconds(seconds.into())
}
