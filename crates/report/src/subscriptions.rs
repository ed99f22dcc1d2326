//! Subscriptions, one a row, with what was collected of them.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A subscription.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SubscriptionRow {
    /// The provider's id.
    pub id: Text,
    /// Who sells.
    pub seller: Text,
    /// The plan it was made from.
    pub plan: Option<Text>,
    /// What is sold.
    pub title: Option<Text>,
    /// The shop's own reference.
    pub reference: Option<Text>,
    /// Where it stands, in our words; `foretold` when only an invoice told of it.
    pub standing: Text,
    /// What is charged each time, minor units, when known.
    pub amount_minor: Option<i64>,
    /// Currency of the amounts.
    pub currency: Currency,
    /// How often, such as `1 month`, when known.
    pub every: Option<Text>,
    /// From when charges may be made.
    pub started_at: Option<Instant>,
    /// When it was cancelled.
    pub ended_at: Option<Instant>,
    /// When our calendar expects the next charge.
    pub next_charge_at: Option<Instant>,
    /// Charges with an approved payment.
    pub collected: u64,
    /// Their sum, minor units.
    pub collected_amount_minor: i128,
    /// Charges that the provider gave up.
    pub uncollected: u64,
}

impl Listing for SubscriptionRow {
    const NAME: &'static str = "subscriptions";
    const FILE: &'static str = "subscriptions.csv";
    const COLUMNS: &'static [Column] = &[
        words("id", Word::Id),
        words("seller", Word::Seller),
        words("plan", Word::Plan),
        words("title", Word::Title),
        words("reference", Word::Reference),
        words("standing", Word::Standing),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("every", Word::Every),
        words("started_at", Word::Started),
        words("ended_at", Word::Ended),
        words("next_charge_at", Word::NextCharge),
        numbers("collected", Word::Collected),
        numbers("collected_amount", Word::CollectedAmount),
        numbers("uncollected", Word::Uncollected),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.id),
            Cell::text(&self.seller),
            Cell::maybe(self.plan.as_ref()),
            Cell::maybe(self.title.as_ref()),
            Cell::maybe(self.reference.as_ref()),
            Cell::text(&self.standing),
            Cell::maybe_amount(self.amount_minor, Some(self.currency)),
            Cell::maybe_currency(Some(self.currency)),
            Cell::maybe(self.every.as_ref()),
            Cell::maybe_at(self.started_at),
            Cell::maybe_at(self.ended_at),
            Cell::maybe_at(self.next_charge_at),
            Cell::Count(self.collected),
            Cell::Total(self.collected_amount_minor, self.currency),
            Cell::Count(self.uncollected),
        ]
    }
}

writers!(SubscriptionRow);

#[cfg(test)]
mod tests;
