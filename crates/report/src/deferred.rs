//! Deferred revenue rolled forward: opening, plus billed, less recognised, less returned, is closing.
//!
//! What leaves is printed negative.

use billing::deferral::RollRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for RollRow {
    const NAME: &'static str = "deferred";
    const FILE: &'static str = "deferred.csv";
    const COLUMNS: &'static [Column] = &[
        words("month", Word::Month),
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        numbers("opening", Word::Opening),
        numbers("billed", Word::Billed),
        numbers("recognised", Word::Recognised),
        numbers("returned", Word::Returned),
        numbers("closing", Word::Closing),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::owned(self.month),
            Cell::text(&self.seller),
            Cell::maybe_currency(Some(self.currency)),
            Cell::Total(self.opening_minor, self.currency),
            Cell::Total(self.billed_minor, self.currency),
            Cell::Total(-self.recognised_minor, self.currency),
            Cell::Total(-self.ended_minor, self.currency),
            Cell::Total(self.closing_minor, self.currency),
        ]
    }
}

writers!(RollRow);

#[cfg(test)]
mod tests;
