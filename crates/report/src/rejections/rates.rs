//! How often attempts are rejected, by what was asked for; rates are percent.

use billing::ratio::Ratio;
use domain::attempt::rates::Rate;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A rate, with what to tell the payer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RateRow {
    /// The rate.
    pub rate: Rate,
    /// What to tell the payer, in the language of the report; only by code.
    pub message: Option<String>,
}

impl Listing for RateRow {
    const NAME: &'static str = "rejection_rates";
    const FILE: &'static str = "rejection_rates.csv";
    const COLUMNS: &'static [Column] = &[
        words("by", Word::GroupedBy),
        words("group", Word::Group),
        numbers("attempts", Word::Attempts),
        numbers("rejected", Word::Rejected),
        numbers("rate", Word::RejectedRate),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        numbers("recovered", Word::Recovered),
        numbers("recovered_rate", Word::RecoveredRate),
        words("action", Word::Action),
        words("message", Word::Message),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let rate = &self.rate;
        vec![
            Cell::text(rate.by.name()),
            Cell::maybe(rate.group.as_ref()),
            Cell::Count(rate.attempts),
            Cell::Count(rate.rejected),
            Cell::maybe_owned(Ratio::of_counts(rate.rejected, rate.attempts).percent(2)),
            Cell::Total(rate.rejected_minor, rate.currency),
            Cell::maybe_currency(Some(rate.currency)),
            Cell::Count(rate.recovered),
            Cell::maybe_owned(Ratio::of_counts(rate.recovered, rate.rejected).percent(2)),
            Cell::maybe(rate.action.as_ref()),
            self.message.as_deref().map_or(Cell::Nothing, Cell::text),
        ]
    }
}

writers!(RateRow);

#[cfg(test)]
mod tests;
