//! Cohorts: of the subscriptions that began in one month, how many still count in each month after it.

use domain::currency::Currency;
use domain::text::Text;

use crate::level::{BySeller, Level};
use crate::month::{Month, Months};
use crate::mrr::Worth;
use crate::options::Options;
use crate::ratio::Ratio;
use crate::timeline::Timeline;

/// Collects the cohorts of many subscriptions.
#[derive(Clone, Debug)]
pub struct Cohorts<'a> {
    months: Months,
    options: &'a Options,
    /// By the month they began in, counted from the first.
    by_seller: BySeller<Vec<Cohort>>,
}

/// Subscriptions of one seller and currency that began in one month.
#[derive(Clone, Default, Debug)]
struct Cohort {
    began: Level,
    /// By age in months.
    retained: Vec<Level>,
}

/// One cohort at one age.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CohortRow {
    /// The month they began to count in.
    pub cohort: Month,
    /// Whose.
    pub seller: Text,
    /// Currency of every amount.
    pub currency: Currency,
    /// Months since; 0 is the end of the month they began in.
    pub age: u32,
    /// How many began.
    pub size: u64,
    /// What they brought in a month when they began, minor units.
    pub began_minor: i128,
    /// Of these, those that count now, with what they bring now.
    pub retained: Level,
}

impl<'a> Cohorts<'a> {
    /// Of the subscriptions that began in these months, to the end of the last.
    #[must_use]
    pub fn new(months: Months, options: &'a Options) -> Self {
        Self { months, options, by_seller: BySeller::new() }
    }

    /// Adds one subscription.
    pub fn add(&mut self, seller: &str, timeline: &Timeline) {
        let worth = Worth::of(timeline, self.options);
        let (Some(currency), Some((began_at, began_minor))) = (timeline.currency(), worth.began()) else {
            return;
        };
        let months = self.months;
        let place = months.place(Month::of(began_at, months.zone)).filter(|_| began_at <= months.as_of);
        let Some(place) = place else { return };
        let cohorts = self.by_seller.of(seller, currency, || empty(months.count()));
        let cohort = &mut cohorts[place];
        cohort.began.add(began_minor);
        for (level, (_, closing)) in cohort.retained.iter_mut().zip(months.closings().skip(place)) {
            match worth.minor_at(closing) {
                0 => {}
                minor => level.add(minor),
            }
        }
    }

    /// The cohorts in which any subscription began, by seller, currency and month, each at every age.
    #[must_use]
    pub fn rows(&self) -> Vec<CohortRow> {
        let mut rows = Vec::new();
        for (seller, currency, cohorts) in self.by_seller.iter() {
            let begun =
                cohorts.iter().zip(self.months.closings()).filter(|(cohort, _)| cohort.began.count > 0);
            for (Cohort { began, retained }, (cohort, _)) in begun {
                rows.extend((0..).zip(retained).map(|(age, &retained)| CohortRow {
                    cohort,
                    seller: seller.clone(),
                    currency,
                    age,
                    size: began.count,
                    began_minor: began.minor,
                    retained,
                }));
            }
        }
        rows
    }
}

fn empty(months: usize) -> Vec<Cohort> {
    let ages = (0..months).map(|place| months - place);
    ages.map(|ages| Cohort { began: Level::default(), retained: vec![Level::default(); ages] }).collect()
}

impl CohortRow {
    /// Those that count now, of those that began.
    #[must_use]
    pub fn retention(&self) -> Ratio {
        Ratio::of_counts(self.retained.count, self.size)
    }

    /// What they bring now, of what they brought when they began.
    #[must_use]
    pub fn revenue_retention(&self) -> Ratio {
        Ratio { part: self.retained.minor, whole: self.began_minor }
    }
}

#[cfg(test)]
mod tests;
