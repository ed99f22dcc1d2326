//! What a month lost of what it began with: in subscriptions, and in recurring revenue. Shares are percent.

use billing::mrr::MrrRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

/// A month of recurring revenue, seen for what it lost.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChurnRow(pub MrrRow);

impl Listing for ChurnRow {
    const NAME: &'static str = "churn";
    const FILE: &'static str = "churn.csv";
    const COLUMNS: &'static [Column] = &[
        words("month", Word::Month),
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        numbers("opening_subscriptions", Word::SubscriptionsAtOpening),
        numbers("churned", Word::Churned),
        numbers("churn_rate", Word::ChurnRate),
        numbers("opening", Word::Opening),
        numbers("contraction", Word::Contraction),
        numbers("churn", Word::Churn),
        numbers("revenue_churn", Word::RevenueChurn),
        numbers("net_retention", Word::NetRetention),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let Self(row) = self;
        vec![
            Cell::owned(row.month),
            Cell::text(&row.seller),
            Cell::maybe_currency(Some(row.currency)),
            Cell::Count(row.opening.count),
            Cell::Count(row.churn.count),
            Cell::maybe_owned(row.logo_churn().percent(2)),
            Cell::Total(row.opening.minor, row.currency),
            Cell::Total(-row.contraction.minor, row.currency),
            Cell::Total(-row.churn.minor, row.currency),
            Cell::maybe_owned(row.revenue_churn().percent(2)),
            Cell::maybe_owned(row.net_retention().percent(2)),
        ]
    }
}

writers!(ChurnRow);

#[cfg(test)]
mod tests;
