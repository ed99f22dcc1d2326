//! How often attempts are rejected, by what one asks for, and how often a later attempt was accepted.

use std::collections::BTreeMap;

use chrono::{TimeZone, Timelike};

use super::Attempt;
use super::obligation::Obligation;
use crate::currency::Currency;
use crate::money::format_minor;
use crate::rejection::RejectionTable;
use crate::text::Text;

/// What attempts are grouped by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum By {
    /// Class of the rejection table. Only rejections have one: rates are shares of all attempts.
    Class,
    /// The provider's detail; rates as by class.
    Code,
    /// Payment method.
    Method,
    /// Hour of the day where the seller is.
    Hour,
    /// Amount, by powers of ten.
    Band,
    /// Terminal.
    Device,
    /// Where the payer paid.
    Channel,
}

/// Attempts of one group and currency. Only those count that the provider decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// What they are grouped by.
    pub by: By,
    /// The group; `None` when the attempts do not tell.
    pub group: Option<Text>,
    /// Currency of every amount.
    pub currency: Currency,
    /// Accepted and rejected ones.
    pub attempts: u64,
    /// Rejected ones.
    pub rejected: u64,
    /// What those would have paid, minor units.
    pub rejected_minor: i128,
    /// Rejected ones after which another attempt of the same obligation was accepted.
    pub recovered: u64,
    /// What to do, as a key of the table's messages; only by code.
    pub action: Option<Text>,
}

/// Place of a group among others, and its name.
type Group = (i64, Option<Text>);

impl By {
    /// The name of the grouping, as reports print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Code => "code",
            Self::Method => "method",
            Self::Hour => "hour",
            Self::Band => "band",
            Self::Device => "device",
            Self::Channel => "channel",
        }
    }

    /// Whether accepted attempts have a place in the groups.
    fn groups_accepted(self) -> bool {
        !matches!(self, Self::Class | Self::Code)
    }

    fn group(self, attempt: &Attempt, table: &RejectionTable, zone: &impl TimeZone) -> Group {
        let named = |name: &str| (0, (!name.is_empty()).then(|| name.into()));
        match self {
            Self::Class => named(table.classify(&attempt.status, &attempt.detail).class.name()),
            Self::Code => named(&attempt.detail),
            Self::Method => named(&attempt.method),
            Self::Hour => attempt.at.map_or((-1, None), |at| {
                let hour = at.with_timezone(zone).hour();
                (hour.into(), Some(format!("{hour:02}").into()))
            }),
            Self::Band => {
                let (from, to) = band(attempt.amount_minor, attempt.currency);
                let [first, last] = [from, to].map(|minor| format_minor(minor, attempt.currency));
                (from, Some(format!("{first}-{last}").into()))
            }
            Self::Device => (0, attempt.device.clone()),
            Self::Channel => named(attempt.way.name()),
        }
    }
}

/// The power of ten of major units that an amount lies in, from and to, minor units.
fn band(amount_minor: i64, currency: Currency) -> (i64, i64) {
    let (mut from, mut above) = (0, 10_i64.pow(currency.exponent()));
    while amount_minor >= above {
        from = above;
        match above.checked_mul(10) {
            Some(next) => above = next,
            None => return (from, i64::MAX),
        }
    }
    (from, above - 1)
}

/// Counts the attempts of all obligations, by currency and group, hours of the day in a zone.
#[must_use]
pub fn rates(obligations: &[Obligation], by: By, table: &RejectionTable, zone: &impl TimeZone) -> Vec<Rate> {
    let mut rates: BTreeMap<(Currency, Group), Rate> = BTreeMap::new();
    let mut decided: BTreeMap<Currency, u64> = BTreeMap::new();
    for obligation in obligations {
        for (place, attempt) in obligation.attempts.iter().enumerate() {
            if !attempt.is_accepted() && !attempt.is_rejected() {
                continue;
            }
            *decided.entry(attempt.currency).or_default() += 1;
            if !attempt.is_rejected() && !by.groups_accepted() {
                continue;
            }
            let group = by.group(attempt, table, zone);
            let empty = || empty(by, group.1.clone(), attempt.currency);
            let rate = rates.entry((attempt.currency, group.clone())).or_insert_with(empty);
            rate.attempts += 1;
            if attempt.is_rejected() {
                rate.rejected += 1;
                rate.rejected_minor += i128::from(attempt.amount_minor);
                rate.recovered += u64::from(obligation.recovers(place));
                rate.action =
                    (by == By::Code).then(|| table.classify(&attempt.status, &attempt.detail).action);
            }
        }
    }
    let of_all = |mut rate: Rate| {
        if !by.groups_accepted() {
            rate.attempts = decided[&rate.currency];
        }
        rate
    };
    rates.into_values().map(of_all).collect()
}

fn empty(by: By, group: Option<Text>, currency: Currency) -> Rate {
    let action = None;
    Rate { by, group, currency, attempts: 0, rejected: 0, rejected_minor: 0, recovered: 0, action }
}

#[cfg(test)]
mod tests;
