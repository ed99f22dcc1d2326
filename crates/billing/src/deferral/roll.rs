//! How deferred revenue rolls from month to month. Only counts facts that were written.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::level::BySeller;
use crate::month::{Month, Months};
use crate::timeline::Timeline;

/// Collects how the deferred revenue of many subscriptions rolls from month to month.
#[derive(Clone, Debug)]
pub struct Roll {
    months: Months,
    by_seller: BySeller<Books>,
}

/// Of one seller and currency.
#[derive(Clone, Debug)]
struct Books {
    /// Before the first month.
    opening_minor: i128,
    by_month: Vec<Moved>,
}

/// In one month, minor units.
#[derive(Clone, Copy, Default, Debug)]
struct Moved {
    billed: i128,
    recognised: i128,
    ended: i128,
}

/// One month of deferred revenue of one seller in one currency. Opening and billed, less recognised and ended, is the
/// closing: the balance of account 2120, which stands on the credit side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollRow {
    /// The month.
    pub month: Month,
    /// Whose.
    pub seller: Text,
    /// Currency of every amount.
    pub currency: Currency,
    /// Owed before, minor units.
    pub opening_minor: i128,
    /// Deferred, minor units.
    pub billed_minor: i128,
    /// Earned, minor units.
    pub recognised_minor: i128,
    /// Given back, minor units.
    pub ended_minor: i128,
    /// Owed after, minor units.
    pub closing_minor: i128,
}

impl Roll {
    /// Of these months; what happens after their last instant does not count.
    #[must_use]
    pub fn new(months: Months) -> Self {
        Self { months, by_seller: BySeller::new() }
    }

    /// Adds what was deferred of one subscription.
    pub fn add(&mut self, seller: &str, timeline: &Timeline) {
        for known in timeline.deferrals.by_invoice.values() {
            let began = &known.deferred;
            self.count(seller, began.currency, began.at, |moved| {
                moved.billed += i128::from(began.amount_minor)
            });
            for &(at, minor) in &known.recognised {
                self.count(seller, began.currency, at, |moved| moved.recognised += i128::from(minor));
            }
            for &(at, minor) in known.ended.values() {
                self.count(seller, began.currency, at, |moved| moved.ended += i128::from(minor));
            }
        }
    }

    fn count(&mut self, seller: &str, currency: Currency, at: Instant, count: impl FnOnce(&mut Moved)) {
        let months = self.months;
        let month = Month::of(at, months.zone);
        if at > months.as_of || month > months.last {
            return;
        }
        let make = || Books { opening_minor: 0, by_month: vec![Moved::default(); months.count()] };
        let books = self.by_seller.of(seller, currency, make);
        match months.place(month) {
            Some(place) => count(&mut books.by_month[place]),
            None => {
                let mut before = Moved::default();
                count(&mut before);
                books.opening_minor += before.billed - before.recognised - before.ended;
            }
        }
    }

    /// The months, by seller and currency, each from the first on in which anything was deferred.
    #[must_use]
    pub fn rows(&self) -> Vec<RollRow> {
        let mut rows = Vec::new();
        for (seller, currency, books) in self.by_seller.iter() {
            let (mut opening_minor, mut has_begun) = (books.opening_minor, false);
            for ((month, _), moved) in self.months.closings().zip(&books.by_month) {
                has_begun |= opening_minor != 0 || moved.billed != 0;
                if !has_begun {
                    continue;
                }
                let closing_minor = opening_minor + moved.billed - moved.recognised - moved.ended;
                rows.push(RollRow {
                    month,
                    seller: seller.clone(),
                    currency,
                    opening_minor,
                    billed_minor: moved.billed,
                    recognised_minor: moved.recognised,
                    ended_minor: moved.ended,
                    closing_minor,
                });
                opening_minor = closing_minor;
            }
        }
        rows
    }
}
