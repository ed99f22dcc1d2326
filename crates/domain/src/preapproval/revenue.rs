//! Revenue of a charge that pays for several months: deferred when it is collected, recognised month by month.
//!
//! Shares are rounded half up cumulatively, so that they always sum to what was deferred. What is given back ends as
//! much of the deferral; the rest is recognised over the months that are left. Which charges are deferred, from when
//! and at which instants is decided in `billing`; accounts are the ledger's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::ids::{InvoiceId, PaymentId};
use crate::machine::Instant;
use crate::text::Text;

/// The cause of an end when a chargeback was lost. Refunds name themselves.
pub const CHARGEBACK: &str = "chargeback";
/// The cause of an end when the sale itself was taken back.
pub const WITHDRAWAL: &str = "withdrawal";

/// Collected money that pays for months to come became a debt to the payer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RevenueDeferred {
    /// When.
    pub at: Instant,
    /// The charge.
    pub invoice: InvoiceId,
    /// The payment that collected it.
    pub payment: PaymentId,
    /// Currency of the amount.
    pub currency: Currency,
    /// Without the value added tax, minor units, positive.
    pub amount_minor: i64,
    /// Over how many months.
    pub months: u32,
    /// First instant of the first month.
    pub from: Instant,
}

/// One month of it was delivered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RevenueRecognised {
    /// When.
    pub at: Instant,
    /// The charge.
    pub invoice: InvoiceId,
    /// Which month, from 1.
    pub month: u32,
    /// Currency of the amount.
    pub currency: Currency,
    /// Its share, minor units; zero where less than a unit a month was deferred.
    pub amount_minor: i64,
}

/// What was deferred is given back, whole or in part.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeferralEnded {
    /// When.
    pub at: Instant,
    /// The charge.
    pub invoice: InvoiceId,
    /// What gave it back: `refund/1009042015`, [`CHARGEBACK`] or [`WITHDRAWAL`]; each cause counts once.
    pub cause: Text,
    /// Currency of the amount.
    pub currency: Currency,
    /// How much of it is not owed any more, minor units, positive.
    pub amount_minor: i64,
}

/// What is owed to the payer of one charge.
#[derive(Clone, PartialEq, Debug)]
pub struct Deferral {
    /// The fact that began it.
    pub deferred: RevenueDeferred,
    /// Months recognised.
    pub months: u32,
    /// Their sum, minor units.
    pub recognised_minor: i64,
    /// What was given back, minor units, by cause.
    pub ended_minor: BTreeMap<Text, i64>,
    /// What the months after `rest_after` share, minor units.
    rest_minor: i64,
    /// The last month before the rest.
    rest_after: u32,
}

impl Deferral {
    /// Nothing recognised, nothing given back.
    #[must_use]
    pub fn new(deferred: RevenueDeferred) -> Self {
        let rest_minor = deferred.amount_minor;
        Self {
            deferred,
            months: 0,
            recognised_minor: 0,
            ended_minor: BTreeMap::new(),
            rest_minor,
            rest_after: 0,
        }
    }

    /// What is still owed, minor units.
    #[must_use]
    pub fn left_minor(&self) -> i64 {
        self.deferred.amount_minor - self.recognised_minor - self.ended_minor.values().sum::<i64>()
    }

    /// The month that is recognised next, from 1, with its amount in minor units; `None` after the last.
    #[must_use]
    pub fn next(&self) -> Option<(u32, i64)> {
        let month = self.months + 1;
        let over = self.deferred.months.checked_sub(self.rest_after).filter(|over| *over > 0)?;
        let nth = month - self.rest_after;
        let share = |nth| cumulative_share(self.rest_minor, nth, over);
        (month <= self.deferred.months).then(|| (month, share(nth) - share(nth - 1)))
    }

    /// Takes the next month; false for any other month, or more than is left. Another share than [`Self::next`] is
    /// taken too: of a history that is read up to an instant, what was given back before it was earned may be hidden.
    pub(super) fn recognise(&mut self, month: u32, amount_minor: i64) -> bool {
        let is_next = month == self.months + 1 && month <= self.deferred.months;
        if !is_next || !(0..=self.left_minor()).contains(&amount_minor) {
            return false;
        }
        self.months = month;
        self.recognised_minor += amount_minor;
        true
    }

    /// Takes what is given back; false when it is more than is left, or the cause counted before.
    pub(super) fn end(&mut self, cause: &Text, amount_minor: i64) -> bool {
        if amount_minor <= 0 || amount_minor > self.left_minor() || self.ended_minor.contains_key(cause) {
            return false;
        }
        self.ended_minor.insert(cause.clone(), amount_minor);
        (self.rest_minor, self.rest_after) = (self.left_minor(), self.months);
        true
    }
}

/// The first `nth` of `over` equal parts together, rounded half up, minor units.
fn cumulative_share(amount_minor: i64, nth: u32, over: u32) -> i64 {
    let (amount, nth, over) = (i128::from(amount_minor), i128::from(nth), i128::from(over));
    i64::try_from((2 * amount * nth + over).div_euclid(2 * over)).expect("a part is not above the whole")
}
