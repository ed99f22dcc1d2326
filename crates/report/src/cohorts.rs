//! How many of the subscriptions that began in one month are still there, and what they bring, month by month. Shares
//! are percent.

use billing::cohort::CohortRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for CohortRow {
    const NAME: &'static str = "cohorts";
    const FILE: &'static str = "cohorts.csv";
    const COLUMNS: &'static [Column] = &[
        words("cohort", Word::Cohort),
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        numbers("age", Word::AgeInMonths),
        numbers("began", Word::Began),
        numbers("retained", Word::Retained),
        numbers("retention", Word::RetainedRate),
        numbers("began_amount", Word::BeganRevenue),
        numbers("retained_amount", Word::RetainedRevenue),
        numbers("revenue_retention", Word::RevenueRetention),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::owned(self.cohort),
            Cell::text(&self.seller),
            Cell::maybe_currency(Some(self.currency)),
            Cell::Count(u64::from(self.age)),
            Cell::Count(self.size),
            Cell::Count(self.retained.count),
            Cell::maybe_owned(self.retention().percent(2)),
            Cell::Total(self.began_minor, self.currency),
            Cell::Total(self.retained.minor, self.currency),
            Cell::maybe_owned(self.revenue_retention().percent(2)),
        ]
    }
}

writers!(CohortRow);

#[cfg(test)]
mod tests;
