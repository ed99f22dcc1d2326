//! Payments, one a row, status and detail in the provider's words.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentRow {
    /// The provider's id.
    pub id: Text,
    /// Who sold.
    pub seller: Text,
    /// The provider's status.
    pub status: Text,
    /// The provider's detail of the status.
    pub status_detail: Text,
    /// Class of the rejection, when it was rejected.
    pub class: Option<Text>,
    /// What the payer paid, minor units.
    pub gross_minor: i64,
    /// What the seller receives, minor units.
    pub net_minor: i64,
    /// What was given back, minor units.
    pub refunded_minor: i64,
    /// Currency of the amounts.
    pub currency: Currency,
    /// When it was approved, if ever.
    pub approved_at: Option<Instant>,
    /// The shop's own reference.
    pub external_reference: Option<Text>,
}

impl Listing for PaymentRow {
    const NAME: &'static str = "payments";
    const FILE: &'static str = "payments.csv";
    const COLUMNS: &'static [Column] = &[
        words("id", Word::Id),
        words("seller", Word::Seller),
        words("status", Word::Status),
        words("status_detail", Word::StatusDetail),
        words("class", Word::Class),
        numbers("gross", Word::Gross),
        numbers("net", Word::Net),
        numbers("refunded", Word::Refunded),
        words("currency", Word::Currency),
        words("approved_at", Word::Approved),
        words("external_reference", Word::Reference),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.seller),
            Cell::text(&self.status),
            Cell::text(&self.status_detail),
            Cell::maybe(self.class.as_ref()),
            Cell::Amount(self.gross_minor, self.currency),
            Cell::Amount(self.net_minor, self.currency),
            Cell::Amount(self.refunded_minor, self.currency),
            Cell::maybe_currency(Some(self.currency)),
            Cell::maybe_at(self.approved_at),
            Cell::maybe(self.external_reference.as_ref()),
        ]
    }
}

writers!(PaymentRow);

#[cfg(test)]
mod tests;
