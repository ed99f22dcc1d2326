//! Collection: what became of the charges that were due in each month, by why their last failed try failed.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::preapproval::charge::ChargeStanding;
use domain::rejection::{RejectionClass, RejectionTable};
use domain::text::Text;

use crate::level::{BySeller, Level};
use crate::month::{Month, Months};
use crate::ratio::Ratio;
use crate::timeline::{Charge, Timeline};

/// The provider's status of a payment that failed: invoices only tell the detail.
const REJECTED: &str = "rejected";

/// Collects what became of the charges of many subscriptions.
#[derive(Clone, Debug)]
pub struct Collection<'a> {
    months: Months,
    rejections: &'a RejectionTable,
    by_seller: BySeller<BTreeMap<(Month, Option<RejectionClass>), CollectionRow>>,
}

/// The charges of one seller in one currency that were due in one month and failed for one class of reasons, or never
/// failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CollectionRow {
    /// The month they were due in.
    pub month: Month,
    /// Whose.
    pub seller: Text,
    /// Currency of every amount.
    pub currency: Currency,
    /// Why the last try that failed did; `None` when none did.
    pub class: Option<RejectionClass>,
    /// All of them.
    pub charges: Level,
    /// Their payments were approved.
    pub collected: Level,
    /// Not decided yet.
    pub open: Level,
    /// The provider gave up.
    pub uncollected: Level,
    /// They will not be charged.
    pub cancelled: Level,
}

impl<'a> Collection<'a> {
    /// Of the charges due in these months, classed by a table.
    #[must_use]
    pub fn new(months: Months, rejections: &'a RejectionTable) -> Self {
        Self { months, rejections, by_seller: BySeller::new() }
    }

    /// Adds the charges of one subscription.
    pub fn add(&mut self, seller: &str, timeline: &Timeline) {
        for charge in timeline.charges.values() {
            let month = Month::of(charge.due_at(), self.months.zone);
            if charge.due_at() > self.months.as_of || self.months.place(month).is_none() {
                continue;
            }
            let class = self.class(charge);
            let currency = charge.terms.currency;
            let rows = self.by_seller.of(seller, currency, BTreeMap::new);
            let row = rows.entry((month, class)).or_insert_with(|| empty(month, seller, currency, class));
            row.charges.add(charge.terms.amount_minor);
            let level = match charge.standing {
                ChargeStanding::Scheduled | ChargeStanding::Recycling => &mut row.open,
                ChargeStanding::Collected => &mut row.collected,
                ChargeStanding::Uncollected => &mut row.uncollected,
                ChargeStanding::Cancelled => &mut row.cancelled,
            };
            level.add(charge.terms.amount_minor);
        }
    }

    /// The rows, by seller, currency, month and class; charges that never failed first.
    #[must_use]
    pub fn rows(&self) -> Vec<CollectionRow> {
        self.by_seller.iter().flat_map(|(_, _, rows)| rows.values().cloned()).collect()
    }

    fn class(&self, charge: &Charge) -> Option<RejectionClass> {
        let why = charge.last_rejection.as_ref()?;
        Some(self.rejections.classify(REJECTED, why).class)
    }
}

fn empty(month: Month, seller: &str, currency: Currency, class: Option<RejectionClass>) -> CollectionRow {
    let none = Level::default();
    CollectionRow {
        month,
        seller: seller.into(),
        currency,
        class,
        charges: none,
        collected: none,
        open: none,
        uncollected: none,
        cancelled: none,
    }
}

impl CollectionRow {
    /// What was collected, of what was decided: collected or given up.
    #[must_use]
    pub fn rate(&self) -> Ratio {
        Ratio { part: self.collected.minor, whole: self.collected.minor + self.uncollected.minor }
    }

    /// The same by the number of charges.
    #[must_use]
    pub fn rate_by_count(&self) -> Ratio {
        Ratio::of_counts(self.collected.count, self.collected.count + self.uncollected.count)
    }
}

#[cfg(test)]
mod tests;
