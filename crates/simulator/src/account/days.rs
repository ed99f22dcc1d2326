//! The books day by day, in the seller's own days.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::account::{Account, Money};
use crate::time::day;

/// What happened on a day, and what was available at its end.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Day {
    /// Sales that were approved.
    pub(crate) sold: Money,
    /// Refunds.
    pub(crate) refunded: Money,
    /// Chargebacks that opened, less those that were cancelled.
    pub(crate) charged_back: Money,
    /// Payouts.
    pub(crate) paid_out: Money,
    /// Net of everything that moved the available balance.
    pub(crate) moved_minor: i64,
    /// Available at its end.
    pub(crate) available_minor: i64,
}

/// The days on which anything happened, in order.
pub(crate) fn days(account: &Account, offset_hours: i32) -> BTreeMap<NaiveDate, Day> {
    let mut days: BTreeMap<NaiveDate, Day> = BTreeMap::new();
    for row in &account.settled {
        let day = days.entry(day(row.at, offset_hours)).or_default();
        let sum = match row.word {
            "SETTLEMENT" => &mut day.sold,
            "REFUND" => &mut day.refunded,
            "PAYOUTS" => &mut day.paid_out,
            _ => &mut day.charged_back,
        };
        *sum = sum.plus(row.money);
    }
    for row in &account.moved {
        days.entry(day(row.at, offset_hours)).or_default().moved_minor += row.money.net();
    }
    let mut available_minor = 0;
    for day in days.values_mut() {
        available_minor += day.moved_minor;
        day.available_minor = available_minor;
    }
    days
}
