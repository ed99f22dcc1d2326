//! Charges that were due and not collected, by how many days ago.

use billing::ageing::AgeingRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for AgeingRow {
    const NAME: &'static str = "ageing";
    const FILE: &'static str = "ageing.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        words("bucket", Word::Bucket),
        numbers("retried", Word::Retried),
        numbers("retried_amount", Word::AmountRetried),
        numbers("uncollected", Word::Uncollected),
        numbers("uncollected_amount", Word::AmountUncollected),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.seller),
            Cell::maybe_currency(Some(self.currency)),
            Cell::text(self.bucket.name()),
            Cell::Count(self.retried.count),
            Cell::Total(self.retried.minor, self.currency),
            Cell::Count(self.uncollected.count),
            Cell::Total(self.uncollected.minor, self.currency),
        ]
    }
}

writers!(AgeingRow);

#[cfg(test)]
mod tests;
