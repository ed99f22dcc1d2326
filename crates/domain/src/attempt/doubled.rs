//! What was paid twice: obligations of which more than one attempt holds money, and what to give back.
//!
//! One payment is kept, and what the others hold is given back: never more than was taken too much. This proposes; a
//! person orders the refund, and the payment's own rules decide on it.

use super::Attempt;
use super::obligation::{Obligation, Owed};
use crate::machine::Instant;
use crate::payment::Standing;

/// What to do with a payment of an obligation that was paid twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Proposal {
    /// It pays for the obligation.
    Keep,
    /// Give back what it holds.
    Refund,
    /// It should be given back, and its refund window closed.
    TooLate,
    /// It should be given back, and its payer has begun to claim the money elsewhere.
    Contested,
}

/// One payment of an obligation that was paid twice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Doubled {
    /// What was owed.
    pub owed: Owed,
    /// The payment.
    pub attempt: Attempt,
    /// What to do with it.
    pub proposal: Proposal,
    /// What to give back, minor units: all it holds, or nothing.
    pub refund_minor: i64,
}

impl Proposal {
    /// The name of the proposal, as reports print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Refund => "refund",
            Self::TooLate => "too_late",
            Self::Contested => "contested",
        }
    }

    /// What could be done with a payment that is not kept.
    fn of(attempt: &Attempt, now: Instant) -> Self {
        match attempt.standing {
            Standing::Approved if attempt.refund_closes_at.is_some_and(|closed_at| now > closed_at) => {
                Self::TooLate
            }
            Standing::Approved => Self::Refund,
            Standing::AwaitingPayer
            | Standing::InReview
            | Standing::Authorized
            | Standing::Rejected
            | Standing::Cancelled
            | Standing::Expired
            | Standing::Disputed
            | Standing::Refunded
            | Standing::ChargebackOpen
            | Standing::ChargebackLost
            | Standing::ChargebackReimbursed => Self::Contested,
        }
    }
}

/// The payments of an obligation that hold money, when they are more than one: first the one that is kept. Kept is one
/// that cannot be given back, else the one that holds most, else the first that was approved.
#[must_use]
pub fn doubled(obligation: &Obligation, now: Instant) -> Vec<Doubled> {
    let mut holding: Vec<&Attempt> =
        obligation.attempts.iter().filter(|attempt| attempt.held_minor > 0).collect();
    if holding.len() < 2 {
        return Vec::new();
    }
    holding.sort_by_key(|attempt| {
        let returnable = Proposal::of(attempt, now) == Proposal::Refund;
        (returnable, -attempt.held_minor, attempt.approved_at, attempt.at, attempt.payment.clone())
    });
    let row = |(place, attempt): (usize, &Attempt)| {
        let proposal = if place == 0 { Proposal::Keep } else { Proposal::of(attempt, now) };
        let refund_minor = if proposal == Proposal::Refund { attempt.held_minor } else { 0 };
        Doubled { owed: obligation.owed.clone(), attempt: attempt.clone(), proposal, refund_minor }
    };
    holding.into_iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests;
