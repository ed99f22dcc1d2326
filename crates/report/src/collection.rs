//! What became of charges that were due, by the class of their last rejection. Rates are percent of what was decided:
//! collected or given up.

use billing::collection::CollectionRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for CollectionRow {
    const NAME: &'static str = "collection";
    const FILE: &'static str = "collection.csv";
    const COLUMNS: &'static [Column] = &[
        words("month", Word::Month),
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        words("class", Word::LastRejection),
        numbers("charges", Word::Charges),
        numbers("amount", Word::Amount),
        numbers("collected", Word::Collected),
        numbers("collected_amount", Word::CollectedAmount),
        numbers("open", Word::OpenCharges),
        numbers("uncollected", Word::Uncollected),
        numbers("uncollected_amount", Word::AmountUncollected),
        numbers("cancelled", Word::CancelledCharges),
        numbers("rate", Word::CollectionRate),
        numbers("rate_by_count", Word::CollectionRateByCount),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::owned(self.month),
            Cell::text(&self.seller),
            Cell::maybe_currency(Some(self.currency)),
            self.class.map_or(Cell::Nothing, |class| Cell::text(class.name())),
            Cell::Count(self.charges.count),
            Cell::Total(self.charges.minor, self.currency),
            Cell::Count(self.collected.count),
            Cell::Total(self.collected.minor, self.currency),
            Cell::Count(self.open.count),
            Cell::Count(self.uncollected.count),
            Cell::Total(self.uncollected.minor, self.currency),
            Cell::Count(self.cancelled.count),
            Cell::maybe_owned(self.rate().percent(2)),
            Cell::maybe_owned(self.rate_by_count().percent(2)),
        ]
    }
}

writers!(CollectionRow);

#[cfg(test)]
mod tests;
