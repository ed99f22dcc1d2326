//! Attempts that our own guard did not allow, by reason: nothing of them reached the provider.

use domain::obligation::blocks::Blocks;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for Blocks {
    const NAME: &'static str = "blocked_attempts";
    const FILE: &'static str = "blocked_attempts.csv";
    const COLUMNS: &'static [Column] = &[
        words("why", Word::Why),
        numbers("count", Word::Count),
        numbers("obligations", Word::Obligations),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        numbers("paid", Word::PaidOfThem),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(self.why.name()),
            Cell::Count(self.count),
            Cell::Count(self.obligations),
            Cell::Total(self.amount_minor, self.currency),
            Cell::maybe_currency(Some(self.currency)),
            Cell::Count(self.paid),
        ]
    }
}

writers!(Blocks);

#[cfg(test)]
mod tests;
