//! Refunds, one a row, however they became known.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundRow {
    /// The provider's id.
    pub id: Text,
    /// The payment it returns.
    pub payment: Text,
    /// Who sold.
    pub seller: Text,
    /// Where it stands.
    pub standing: Text,
    /// What goes back to the payer, minor units.
    pub amount_minor: i64,
    /// What the provider gives back of its charges, minor units.
    pub returned_charges_minor: i64,
    /// Currency of the amounts.
    pub currency: Currency,
    /// When it was made.
    pub made_at: Instant,
}

impl Listing for RefundRow {
    const NAME: &'static str = "refunds";
    const FILE: &'static str = "refunds.csv";
    const COLUMNS: &'static [Column] = &[
        words("id", Word::Id),
        words("payment", Word::Payment),
        words("seller", Word::Seller),
        words("standing", Word::Standing),
        numbers("amount", Word::Amount),
        numbers("returned_charges", Word::ReturnedCharges),
        words("currency", Word::Currency),
        words("made_at", Word::MadeAt),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.payment),
            Cell::text(&self.seller),
            Cell::text(&self.standing),
            Cell::Amount(self.amount_minor, self.currency),
            Cell::Amount(self.returned_charges_minor, self.currency),
            Cell::maybe_currency(Some(self.currency)),
            Cell::At(self.made_at),
        ]
    }
}

writers!(RefundRow);

#[cfg(test)]
mod tests;
