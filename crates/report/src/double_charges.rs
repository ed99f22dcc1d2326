//! What was paid more than once: each payment that holds money of one obligation, with what to give back.

use domain::attempt::doubled::Doubled;
use domain::attempt::obligation::Owed;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for Doubled {
    const NAME: &'static str = "double_charges";
    const FILE: &'static str = "double_charges.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("reference", Word::Reference),
        words("subscription", Word::Subscription),
        words("invoice", Word::Invoice),
        words("payment", Word::Payment),
        words("channel", Word::Channel),
        words("method", Word::Method),
        words("approved_at", Word::Approved),
        numbers("held", Word::Held),
        words("currency", Word::Currency),
        words("proposal", Word::Proposal),
        numbers("refund", Word::ToRefund),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let attempt = &self.attempt;
        let (subscription, invoice) = match &self.owed {
            Owed::Charge { subscription, invoice } => (Some(subscription), Some(invoice)),
            Owed::Reference(_) | Owed::Unnamed(_) => (None, None),
        };
        vec![
            Cell::text(&attempt.seller),
            Cell::maybe(attempt.reference.as_ref()),
            Cell::maybe(subscription),
            Cell::maybe(invoice),
            Cell::text(&attempt.payment),
            Cell::text(attempt.way.name()),
            Cell::text(&attempt.method),
            Cell::maybe_at(attempt.approved_at),
            Cell::Amount(attempt.held_minor, attempt.currency),
            Cell::maybe_currency(Some(attempt.currency)),
            Cell::text(self.proposal.name()),
            Cell::Amount(self.refund_minor, attempt.currency),
        ]
    }
}

writers!(Doubled);

#[cfg(test)]
mod tests;
