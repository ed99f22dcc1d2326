//! Refund: money returned to a payer, once, however it became known.
//!
//! The provider gives a refund no time of its last change, so rank decides: the further state wins, then the
//! content. Each charge that comes back with a refund is a fact of its own, because it may become known later.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::event::events;
use crate::ids::ChargeId;
use crate::machine::Instant;
use crate::payment::ChargeKind;
use crate::text::Text;

pub mod machine;

/// Where a refund stands. The order is the rank: a further state is never left for an earlier one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStanding {
    /// The provider has not decided.
    InProcess,
    /// Withdrawn.
    Cancelled,
    /// Not given.
    Rejected,
    /// Given: the only standing that moves money.
    Approved,
}

/// The money of a refund and its day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RefundTerms {
    /// Minor units, positive.
    pub amount_minor: i64,
    /// Currency.
    pub currency: Currency,
    /// When it was made: the day it is booked on.
    #[serde(deserialize_with = "crate::instant::read")]
    pub made_at: Instant,
    /// What kind of payment it returns: decides which revenue it reduces.
    pub source: Text,
}

/// A charge that came back with a refund.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct ReturnedCharge {
    /// Which charge of the payment.
    pub charge: ChargeId,
    /// What it was for.
    pub kind: ChargeKind,
    /// The provider's name of it.
    pub name: Text,
    /// Minor units, positive.
    pub amount_minor: i64,
    /// Currency.
    pub currency: Currency,
    /// When it came back.
    #[serde(deserialize_with = "crate::instant::read")]
    pub returned_at: Instant,
}

/// What can be told about a refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// The refund, as the payment or the refund itself tells it.
    Described {
        /// Where it stands.
        standing: RefundStanding,
        /// Its money.
        terms: RefundTerms,
    },
    /// A charge came back with it.
    ChargeReturned(ReturnedCharge),
}

/// What a refund can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
}

/// The refund is known to stand somewhere; where is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stood {
    /// When it was made.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Its money; booked only by `refund.approved`.
    pub terms: RefundTerms,
    /// How many times it was booked before: part of the identity of the entry.
    pub ordinal: u32,
}

/// A returned charge, booked or reversed exactly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChargeReturned {
    /// When it came back.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// How many times this charge's return was booked before.
    pub ordinal: u32,
    /// The charge.
    pub returned: ReturnedCharge,
}

events! {
    /// What happened to a refund.
    pub enum Event {
        /// Asked for, not decided.
        Opened(Stood) = "refund.opened",
        /// Given: posts the money.
        Approved(Stood) = "refund.approved",
        /// Not given.
        Rejected(Stood) = "refund.rejected",
        /// Withdrawn.
        Cancelled(Stood) = "refund.cancelled",
        /// An approval is reversed exactly, because the refund is told with other money.
        Reversed(Stood) = "refund.reversed",
        /// A charge came back with it.
        ChargeReturned(ChargeReturned) = "refund.charge_returned",
        /// A returned charge is reversed exactly, because it is told with other money.
        ChargeReturnReversed(ChargeReturned) = "refund.charge_return_reversed",
    }
}

#[cfg(test)]
mod tests;
