//! Ageing: charges that were due and are not collected, by how long ago.
//!
//! Days are counted from the due date in the seller's calendar, not from the last try.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::preapproval::charge::ChargeStanding;
use domain::text::Text;

use chrono_tz::Tz;

use crate::level::{BySeller, Level};
use crate::timeline::Timeline;

/// How long ago a charge was due, in days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Bucket {
    /// 0 to 30.
    UpTo30,
    /// 31 to 60.
    UpTo60,
    /// 61 to 90.
    UpTo90,
    /// More than 90.
    Over90,
}

/// Collects the uncollected charges of many subscriptions.
#[derive(Clone, Debug)]
pub struct Ageing {
    as_of: Instant,
    zone: Tz,
    by_seller: BySeller<[Aged; 4]>,
}

#[derive(Clone, Copy, Default, Debug)]
struct Aged {
    retried: Level,
    uncollected: Level,
}

/// The charges of one seller in one currency that were due about as long ago.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgeingRow {
    /// Whose.
    pub seller: Text,
    /// Currency of every amount.
    pub currency: Currency,
    /// How long ago.
    pub bucket: Bucket,
    /// The provider still tries.
    pub retried: Level,
    /// It gave up.
    pub uncollected: Level,
}

impl Bucket {
    /// All buckets, the youngest first.
    pub const ALL: [Self; 4] = [Self::UpTo30, Self::UpTo60, Self::UpTo90, Self::Over90];

    /// The bucket of an age in days.
    #[must_use]
    pub fn of(days: i64) -> Self {
        match days {
            ..=30 => Self::UpTo30,
            31..=60 => Self::UpTo60,
            61..=90 => Self::UpTo90,
            91.. => Self::Over90,
        }
    }

    /// Its days, as reports print them.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UpTo30 => "0-30",
            Self::UpTo60 => "31-60",
            Self::UpTo90 => "61-90",
            Self::Over90 => "90+",
        }
    }
}

impl Ageing {
    /// As of an instant, in a seller's calendar.
    #[must_use]
    pub fn new(as_of: Instant, zone: Tz) -> Self {
        Self { as_of, zone, by_seller: BySeller::new() }
    }

    /// Adds the charges of one subscription.
    pub fn add(&mut self, seller: &str, timeline: &Timeline) {
        for charge in timeline.charges.values().filter(|charge| charge.due_at() <= self.as_of) {
            let given_up = match charge.standing {
                ChargeStanding::Recycling => false,
                ChargeStanding::Uncollected => true,
                ChargeStanding::Scheduled | ChargeStanding::Collected | ChargeStanding::Cancelled => continue,
            };
            let [due, today] =
                [charge.due_at(), self.as_of].map(|at| at.with_timezone(&self.zone).date_naive());
            let buckets = self.by_seller.of(seller, charge.terms.currency, Default::default);
            let aged = &mut buckets[Bucket::of((today - due).num_days()) as usize];
            let level = if given_up { &mut aged.uncollected } else { &mut aged.retried };
            level.add(charge.terms.amount_minor);
        }
    }

    /// All buckets of every seller and currency that has such charges.
    #[must_use]
    pub fn rows(&self) -> Vec<AgeingRow> {
        let rows = self.by_seller.iter().flat_map(|(seller, currency, buckets)| {
            Bucket::ALL.into_iter().zip(buckets).map(move |(bucket, aged)| AgeingRow {
                seller: seller.clone(),
                currency,
                bucket,
                retried: aged.retried,
                uncollected: aged.uncollected,
            })
        });
        rows.collect()
    }
}

#[cfg(test)]
mod tests;
