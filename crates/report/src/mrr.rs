//! Monthly recurring revenue with its movements: in every row the opening and the movements make the closing.
//!
//! Contraction and churn take away: they are printed negative.

use billing::mrr::MrrRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for MrrRow {
    const NAME: &'static str = "mrr";
    const FILE: &'static str = "mrr.csv";
    const COLUMNS: &'static [Column] = &[
        words("month", Word::Month),
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        numbers("opening", Word::Opening),
        numbers("new", Word::New),
        numbers("expansion", Word::Expansion),
        numbers("contraction", Word::Contraction),
        numbers("churn", Word::Churn),
        numbers("reactivation", Word::Reactivation),
        numbers("closing", Word::Closing),
        numbers("closing_subscriptions", Word::SubscriptionsAtClosing),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::owned(self.month),
            Cell::text(&self.seller),
            Cell::maybe_currency(Some(self.currency)),
            Cell::Total(self.opening.minor, self.currency),
            Cell::Total(self.new.minor, self.currency),
            Cell::Total(self.expansion.minor, self.currency),
            Cell::Total(-self.contraction.minor, self.currency),
            Cell::Total(-self.churn.minor, self.currency),
            Cell::Total(self.reactivation.minor, self.currency),
            Cell::Total(self.closing.minor, self.currency),
            Cell::Count(self.closing.count),
        ]
    }
}

writers!(MrrRow);

#[cfg(test)]
mod tests;
