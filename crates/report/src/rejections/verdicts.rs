//! What the rejection table in force and another one say of the same rejections, side by side.

use domain::attempt::verdicts::Verdict;

use super::retry_word;
use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for Verdict {
    const NAME: &'static str = "rejection_rules";
    const FILE: &'static str = "rejection_rules.csv";
    const COLUMNS: &'static [Column] = &[
        words("status_detail", Word::StatusDetail),
        numbers("count", Word::Count),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        numbers("recovered", Word::Recovered),
        words("differs", Word::Changes),
        words("class", Word::Class),
        words("rules_class", Word::RulesClass),
        words("action", Word::Action),
        words("rules_action", Word::RulesAction),
        words("retry", Word::Retry),
        words("rules_retry", Word::RulesRetry),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.detail),
            Cell::Count(self.count),
            Cell::Total(self.amount_minor, self.currency),
            Cell::maybe_currency(Some(self.currency)),
            Cell::Count(self.recovered),
            Cell::Flag(self.differs()),
            Cell::text(self.now.class.name()),
            Cell::text(self.then.class.name()),
            Cell::text(&self.now.action),
            Cell::text(&self.then.action),
            Cell::owned(retry_word(self.now.retry)),
            Cell::owned(retry_word(self.then.retry)),
        ]
    }
}

writers!(Verdict);

#[cfg(test)]
mod tests;
