//! Forecast: the charges that the calendar expects in the days ahead, by the seller's day.
//!
//! It says what will be asked for, not what will be collected, and knows nothing of retries of charges that failed.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::expected::expected;
use crate::level::{BySeller, Level};
use crate::month::day_start;
use crate::options::Options;
use crate::timeline::Timeline;

/// Collects the forecast of many subscriptions.
#[derive(Debug)]
pub struct Forecast<'a> {
    options: &'a Options,
    from: Instant,
    until: Instant,
    by_seller: BySeller<BTreeMap<NaiveDate, Level>>,
}

/// The charges of one day of one seller in one currency. Days without any have no row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForecastRow {
    /// The seller's day.
    pub day: NaiveDate,
    /// Whose.
    pub seller: Text,
    /// Currency of the sum.
    pub currency: Currency,
    /// Charges that are due.
    pub charges: Level,
}

impl<'a> Forecast<'a> {
    /// A forecast from an instant on: what is left of its day, and the days after it until there are `days` of them.
    #[must_use]
    pub fn new(from: Instant, days: u32, options: &'a Options) -> Self {
        let today = from.with_timezone(&options.zone).date_naive();
        let end = today.checked_add_days(Days::new(days.into()));
        let until = end.map_or(Instant::MAX_UTC, |day| day_start(day, options.zone));
        Self { options, from, until, by_seller: BySeller::new() }
    }

    /// Adds the charges of one subscription.
    pub fn add(&mut self, seller: &str, timeline: &Timeline) {
        for charge in expected(timeline, self.options, self.from, self.until) {
            let day = charge.due_at.with_timezone(&self.options.zone).date_naive();
            let days = self.by_seller.of(seller, charge.currency, BTreeMap::new);
            days.entry(day).or_default().add(charge.amount_minor);
        }
    }

    /// The days, by seller and currency.
    #[must_use]
    pub fn rows(&self) -> Vec<ForecastRow> {
        let rows = self.by_seller.iter().flat_map(|(seller, currency, days)| {
            days.iter().map(move |(&day, &charges)| ForecastRow {
                day,
                seller: seller.clone(),
                currency,
                charges,
            })
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests;
