//! Which refund of a payment is an order's, when no refund names its order. Pure.
//!
//! It is asked when the provider said that it had carried the order out before, refused it, or may have forgotten its key.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::ids::RefundId;
use domain::machine::Instant;

/// How far the provider's clock may be behind ours.
const SKEW: TimeDelta = TimeDelta::minutes(1);

/// A refund of the payment, as the provider lists it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Listed {
    /// Its id.
    pub(super) refund: RefundId,
    /// Its amount, minor units.
    pub(super) amount_minor: i64,
    /// When it was made.
    pub(super) made_at: Instant,
    /// Whether the seller's side gave it, not the provider or its support.
    pub(super) is_ours: bool,
}

/// What the order asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sought {
    /// Minor units; `None` for all that was there, whose amount the provider chose.
    pub(super) amount_minor: Option<i64>,
    /// Since when it was to be sent.
    pub(super) asked_at: Instant,
}

/// The order's refund: the earliest of that amount which the seller's side gave since the order, and which is not
/// `taken` by another order. `None` where there is none: nothing is guessed.
pub(super) fn attribute<'l>(
    listed: &'l [Listed],
    sought: Sought,
    taken: &BTreeSet<RefundId>,
) -> Option<&'l Listed> {
    let since = sought.asked_at - SKEW;
    let fits = |one: &&Listed| {
        one.is_ours
            && one.made_at >= since
            && sought.amount_minor.is_none_or(|amount_minor| one.amount_minor == amount_minor)
            && !taken.contains(&one.refund)
    };
    // Of two that were made at once, the same one each time.
    listed.iter().filter(fits).min_by_key(|one| (one.made_at, &one.refund))
}

#[cfg(test)]
mod tests;
