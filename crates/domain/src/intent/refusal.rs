//! Why an intent does not accept what it is told. A refused statement is kept with the reason.

use super::Progress;
use crate::currency::Currency;
use crate::machine::Instant;

/// Why a statement or an order was not accepted.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The intent is known in another currency.
    #[error("intent is in {expected}, the statement in {actual}")]
    OtherCurrency {
        /// Of the intent.
        expected: Currency,
        /// Of the statement.
        actual: Currency,
    },
    /// Less than nothing is asked for, or cash comes in where it goes out.
    #[error("amount has the wrong sign: {amount_minor} minor units")]
    WrongSign {
        /// As told, minor units.
        amount_minor: i64,
    },
    /// An order about an intent that nobody told us of.
    #[error("intent is not known")]
    NotKnown,
    /// It can be canceled only while nothing has begun.
    #[error("intent that is {} cannot be canceled", .progress.name())]
    NotCancelable {
        /// How far it went.
        progress: Progress,
    },
    /// Somebody else's request to cancel it is not answered yet.
    #[error("a request to cancel is pending")]
    CancelPending,
    /// An answer to a request that nobody made, or that was answered otherwise.
    #[error("no request to cancel is pending")]
    NoCancelPending,
    /// Its life is not over.
    #[error("intent lives until {due_at}")]
    NotDue {
        /// When its life ends.
        due_at: Instant,
    },
    /// Nothing tells how long it lives.
    #[error("intent has no known end of life")]
    NoLife,
    /// Only an intent that requires confirmation can be resolved.
    #[error("intent that is {} needs no resolution", .progress.name())]
    NothingToResolve {
        /// How far it went.
        progress: Progress,
    },
    /// It was resolved with another finding.
    #[error("intent is resolved already")]
    AlreadyResolved,
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::OtherCurrency { .. } => "currency_conflict",
            Self::WrongSign { .. } => "wrong_sign",
            Self::NotKnown => "unknown_intent",
            Self::NotCancelable { .. } => "not_cancellable",
            Self::CancelPending => "cancel_pending",
            Self::NoCancelPending => "no_cancel_pending",
            Self::NotDue { .. } => "not_due",
            Self::NoLife => "no_life",
            Self::NothingToResolve { .. } => "nothing_to_resolve",
            Self::AlreadyResolved => "already_resolved",
        }
    }
}
