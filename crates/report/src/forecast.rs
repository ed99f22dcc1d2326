//! Charges that the calendar expects, by day of the seller.

use billing::forecast::ForecastRow;

use crate::listing::{Cell, Column, Listing, numbers, words, writers};
use crate::words::Word;

impl Listing for ForecastRow {
    const NAME: &'static str = "forecast";
    const FILE: &'static str = "forecast.csv";
    const COLUMNS: &'static [Column] = &[
        words("day", Word::Day),
        words("seller", Word::Seller),
        words("currency", Word::Currency),
        numbers("charges", Word::Charges),
        numbers("amount", Word::Amount),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::owned(self.day),
            Cell::text(&self.seller),
            Cell::maybe_currency(Some(self.currency)),
            Cell::Count(self.charges.count),
            Cell::Total(self.charges.minor, self.currency),
        ]
    }
}

writers!(ForecastRow);

#[cfg(test)]
mod tests;
