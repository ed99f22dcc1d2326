//! Movement: money that only a report tells, such as payouts, yields, perceptions and reserves.
//!
//! One stream for each row of the release report that names no payment; the row's identity is the stream's.
//! A row is final when it is told, so the machine has one state and the report can only repeat itself:
//!
//! ```text
//! known   | told             | writes
//! --------|------------------|-----------------
//! nothing | the row          | movement.booked
//! booked  | the same row     | nothing
//! booked  | other content    | refused
//! ```
//!
//! What is deliberately absent: pairing reserves, finding payouts in the bank and naming unknown words are
//! matching's work; a payment's own rows are facts of the payment.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::event::events;
use crate::machine::Instant;
use crate::text::Text;

pub mod machine;

/// What a row of money without a payment is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// Money sent to a bank account, or come back from one when positive.
    Payout,
    /// Available money put on hold, or a hold that ended.
    Reserve,
    /// Yield on the balance, or its loss when negative.
    Yield,
    /// Cost of having money released early.
    EarlyReleaseFee,
    /// Tax withheld or perceived that the seller can recover.
    Perception,
    /// Tax on debits and credits that the seller cannot recover.
    TransactionTax,
    /// Shipping charged or returned by the provider.
    Shipping,
    /// Fee for handling a dispute.
    DisputeFee,
    /// Promotional money.
    Cashback,
    /// Tip: not a sale.
    Tip,
    /// Instalment of a loan of the provider's.
    LoanPayment,
    /// A word we do not know: goes to suspense and is reported.
    Unknown,
}

/// One row, as told.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Row {
    /// What it is.
    pub kind: MovementKind,
    /// The report's own word.
    pub word: Text,
    /// The provider's operation id.
    pub source: Text,
    /// Reference (bank clearing id for payouts).
    pub reference: Text,
    /// Currency.
    pub currency: Currency,
    /// Signed effect on the available balance, minor units: positive is in.
    pub net_minor: i64,
    /// Signed gross, minor units.
    pub gross_minor: i64,
    /// Signed fees inside the row (negative is charged), minor units.
    pub fee_minor: i64,
    /// Signed taxes inside the row (negative is withheld), minor units.
    pub tax_minor: i64,
    /// When it hit the available balance.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
}

/// What can be told about a movement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// A report has this row.
    Observe(Row),
}

/// The row was booked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Booked {
    /// When it hit the available balance.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// The row.
    pub row: Row,
}

events! {
    /// What happened to a movement: it was booked.
    pub enum Event {
        /// The row was booked.
        Booked(Booked) = "movement.booked",
    }
}

#[cfg(test)]
mod tests;
