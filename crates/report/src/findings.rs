//! Where subscriptions were not charged as agreed, one finding a row.

use std::borrow::Cow;

use billing::finding::{Figure, Finding};
use domain::currency::Currency;
use domain::preapproval::Health;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A finding about a subscription.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FindingRow {
    /// Whose subscription.
    pub seller: Text,
    /// The provider's id of the subscription.
    pub subscription: Text,
    /// What was found.
    pub finding: Finding,
}

impl Listing for FindingRow {
    const NAME: &'static str = "findings";
    const FILE: &'static str = "findings.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("subscription", Word::Subscription),
        words("kind", Word::Finding),
        words("due_at", Word::Due),
        numbers("slot", Word::Slot),
        words("invoice", Word::Invoice),
        words("subject", Word::Detail),
        numbers("expected", Word::Expected),
        numbers("actual", Word::Actual),
        words("currency", Word::Currency),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let Finding { kind, slot, due_at, invoice, subject, currency, expected, actual } = &self.finding;
        vec![
            Cell::text(&self.seller),
            Cell::text(&self.subscription),
            Cell::text(kind.word()),
            Cell::At(*due_at),
            slot.map_or(Cell::Nothing, |slot| Cell::Count(slot.into())),
            invoice.as_ref().map_or(Cell::Nothing, |invoice| Cell::text(invoice.as_str())),
            subject.map_or(Cell::Nothing, Cell::text),
            figure(*expected, *currency),
            figure(*actual, *currency),
            Cell::Text(Cow::Owned(currency.to_string())),
        ]
    }
}

fn figure<'a>(figure: Option<Figure>, currency: Currency) -> Cell<'a> {
    match figure {
        None => Cell::Nothing,
        Some(Figure::Minor(minor)) => Cell::Amount(minor, currency),
        Some(Figure::Count(count)) => Cell::Count(count.into()),
        Some(Figure::At(at)) => Cell::At(at),
        Some(Figure::Health(health)) => Cell::text(match health {
            Health::AllCollected => "all_collected",
            Health::Retrying => "retrying",
            Health::SomeUncollected => "some_uncollected",
            Health::Discounted => "discounted",
        }),
    }
}

writers!(FindingRow);

#[cfg(test)]
mod tests;
