//! Rejected payments, counted by class and detail, with what to do about them.

use domain::currency::Currency;
use domain::rejection::Retry;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

pub mod blocks;
pub mod rates;
pub mod verdicts;

/// All rejections of one class, detail and currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectionRow {
    /// Class of the rejection table.
    pub class: Text,
    /// The provider's detail.
    pub status_detail: Text,
    /// What to do.
    pub action: Text,
    /// Whether to try again.
    pub retry: Text,
    /// How many payments.
    pub count: u64,
    /// What they would have paid, minor units.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// What to tell the payer, in the language of the report.
    pub message: Option<String>,
}

impl Listing for RejectionRow {
    const NAME: &'static str = "rejections";
    const FILE: &'static str = "rejections.csv";
    const COLUMNS: &'static [Column] = &[
        words("class", Word::Class),
        words("status_detail", Word::StatusDetail),
        words("action", Word::Action),
        words("retry", Word::Retry),
        numbers("count", Word::Count),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("message", Word::Message),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.class),
            Cell::text(&self.status_detail),
            Cell::text(&self.action),
            Cell::text(&self.retry),
            Cell::Count(self.count),
            Cell::Amount(self.amount_minor, self.currency),
            Cell::maybe_currency(Some(self.currency)),
            self.message.as_deref().map_or(Cell::Nothing, Cell::text),
        ]
    }
}

/// A retry decision, as reports print it.
#[must_use]
pub fn retry_word(retry: Retry) -> Text {
    match retry {
        Retry::Never => "never".into(),
        Retry::NewData => "new_data".into(),
        Retry::PayerAction => "payer_action".into(),
        Retry::Later(hours) => format!("later({hours} h)").into(),
        Retry::NextDay => "next_day".into(),
    }
}

writers!(RejectionRow);

#[cfg(test)]
mod tests;
