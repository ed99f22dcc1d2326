//! Which deadlines need a person whom nobody asked: what is lost when it passes, and was not left to the clock.
//!
//! A refund window closes on every payment; it matters where somebody may still have to give the money back.

use domain::machine::Instant;
use domain::payment::Stage;
use domain::payment::state::Known;

use super::DeadlineKind;

/// Whether a person must look at a deadline of a payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attention {
    /// A person must.
    Needed,
    /// A person must if the payment was one too many for what was owed.
    IfPaidTwice,
    /// The clock does what is due, or nothing is.
    Unneeded,
}

/// What a deadline of a payment asks of people. Flagged is a payer who argued once, and may do so again, and a refund
/// that somebody wanted and the payer did not get.
#[must_use]
pub fn attention(kind: DeadlineKind, known: &Known, was_disputed: bool) -> Attention {
    match kind {
        DeadlineKind::CaptureWindow => Attention::Needed,
        DeadlineKind::RefundWindow if was_disputed || is_owed(known) => Attention::Needed,
        DeadlineKind::RefundWindow => Attention::IfPaidTwice,
        DeadlineKind::Confirmation
        | DeadlineKind::Intent
        | DeadlineKind::ChargebackDocuments
        | DeadlineKind::Token
        | DeadlineKind::Attempt => Attention::Unneeded,
    }
}

/// Whether a refund was ordered that waits for a second person, or that the provider refused, at once or later, and that
/// no later order made up for.
fn is_owed(known: &Known) -> bool {
    known.asked.orders.iter().any(|(request, order)| {
        match (order.refund_minor(), known.stage_of(request, order)) {
            (Some(_), Stage::Held) => true,
            (Some(amount_minor), Stage::Refused { .. }) => given_since_minor(known, order.at) < amount_minor,
            _ => false,
        }
    })
}

/// What the refunds give back that were ordered later, minor units.
fn given_since_minor(known: &Known, since: Instant) -> i64 {
    let later = known.asked.orders.iter().filter(|(_, order)| order.at >= since);
    let given = later.filter(|(request, order)| {
        matches!(known.stage_of(request, order), Stage::Open | Stage::Done { .. })
    });
    given.filter_map(|(_, order)| order.refund_minor()).fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests;
