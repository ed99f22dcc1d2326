//! In-person charges of every generation, one a row. They move no money; the payments they name do.

use domain::currency::Currency;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A request to charge in person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IntentRow {
    /// The provider's id.
    pub id: Text,
    /// Who sells.
    pub seller: Text,
    /// Which generation of the provider's API made it.
    pub generation: Text,
    /// How far it came, in our words.
    pub progress: Text,
    /// How far it came, in the provider's word.
    pub word: Text,
    /// What is charged, minor units, when known.
    pub amount_minor: Option<i64>,
    /// Currency of the amount, when known.
    pub currency: Option<Currency>,
    /// The shop's own reference.
    pub reference: Option<Text>,
    /// The terminal.
    pub device: Option<Text>,
    /// The payments it names.
    pub payments: Vec<Text>,
}

impl Listing for IntentRow {
    const NAME: &'static str = "intents";
    const FILE: &'static str = "intents.csv";
    const COLUMNS: &'static [Column] = &[
        words("id", Word::Id),
        words("seller", Word::Seller),
        words("generation", Word::Generation),
        words("progress", Word::Progress),
        words("word", Word::WordOfProvider),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("reference", Word::Reference),
        words("device", Word::Device),
        words("payments", Word::Payments),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.seller),
            Cell::text(&self.generation),
            Cell::text(&self.progress),
            Cell::text(&self.word),
            Cell::maybe_amount(self.amount_minor, self.currency),
            Cell::maybe_currency(self.currency),
            Cell::maybe(self.reference.as_ref()),
            Cell::maybe(self.device.as_ref()),
            Cell::Texts(&self.payments),
        ]
    }
}

writers!(IntentRow);

#[cfg(test)]
mod tests;
