//! Movements of the available balance (account 1120) in order, each with the balance after it.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A movement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatementRow {
    /// Business time.
    pub at: Instant,
    /// What happened.
    pub text: Text,
    /// The provider's id of what caused it.
    pub source: Text,
    /// Minor units; in is positive.
    pub amount_minor: i64,
    /// Balance afterwards, minor units.
    pub balance_minor: i64,
    /// Currency of both.
    pub currency: Currency,
}

impl Listing for StatementRow {
    const NAME: &'static str = "statement";
    const FILE: &'static str = "statement.csv";
    const COLUMNS: &'static [Column] = &[
        words("at", Word::Time),
        words("text", Word::Description),
        words("source", Word::Source),
        numbers("amount", Word::Amount),
        numbers("balance", Word::Balance),
        words("currency", Word::Currency),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::At(self.at),
            Cell::text(&self.text),
            Cell::text(&self.source),
            Cell::Amount(self.amount_minor, self.currency),
            Cell::Amount(self.balance_minor, self.currency),
            Cell::maybe_currency(Some(self.currency)),
        ]
    }
}

writers!(StatementRow);

#[cfg(test)]
mod tests;
