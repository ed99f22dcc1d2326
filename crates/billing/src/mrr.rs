//! Monthly recurring revenue: what the subscriptions that are charged bring in a month, and why it changed.
//!
//! A subscription counts from the day its first charge is due, so past its trial, while it is authorised and until its
//! last day or the end of what its last repetition pays for. It counts with the full amount in force, by the month. It
//! is a level of agreements, not of money: what was collected does not matter here.

use chrono::TimeDelta;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::plan::PeriodUnit;
use domain::preapproval::{Standing, Terms};
use domain::text::Text;

use crate::calendar::Calendar;
use crate::level::{BySeller, Level};
use crate::month::{Month, Months};
use crate::options::Options;
use crate::ratio::Ratio;
use crate::timeline::Timeline;

/// Collects the recurring revenue of many subscriptions.
#[derive(Clone, Debug)]
pub struct Mrr<'a> {
    months: Months,
    options: &'a Options,
    by_seller: BySeller<Vec<MrrRow>>,
}

/// One month of recurring revenue of one seller in one currency: the opening and the movements make the closing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MrrRow {
    /// The month.
    pub month: Month,
    /// Whose.
    pub seller: Text,
    /// Currency of every amount.
    pub currency: Currency,
    /// Counted when the month began.
    pub opening: Level,
    /// Counted for the first time in this month.
    pub new: Level,
    /// Bring more than when it began, by how much.
    pub expansion: Level,
    /// Bring less than when it began, by how much.
    pub contraction: Level,
    /// Count no more.
    pub churn: Level,
    /// Count again, after a time when they did not.
    pub reactivation: Level,
    /// Counted when the month ended.
    pub closing: Level,
}

/// When one subscription counts, and with how much.
pub(crate) struct Worth<'a> {
    timeline: &'a Timeline,
    calendar: Calendar<'a>,
    /// When its first charge is due.
    first_due_at: Option<Instant>,
}

impl<'a> Mrr<'a> {
    /// Of these months.
    #[must_use]
    pub fn new(months: Months, options: &'a Options) -> Self {
        Self { months, options, by_seller: BySeller::new() }
    }

    /// Adds one subscription.
    pub fn add(&mut self, seller: &str, timeline: &Timeline) {
        let (months, worth) = (self.months, Worth::of(timeline, self.options));
        let (Some(currency), Some((began_at, _))) = (timeline.currency(), worth.began()) else { return };
        if began_at > months.as_of {
            return;
        }
        let rows = self.by_seller.of(seller, currency, || empty(months, seller, currency));
        let mut before_minor = worth.minor_at(months.first.start(months.zone) - TimeDelta::microseconds(1));
        for (row, (month, closing)) in rows.iter_mut().zip(months.closings()) {
            let after_minor = worth.minor_at(closing);
            row.add(before_minor, after_minor, Month::of(began_at, months.zone) == month);
            before_minor = after_minor;
        }
    }

    /// The months, by seller and currency, each from the first on in which anything counted.
    #[must_use]
    pub fn rows(&self) -> Vec<MrrRow> {
        let rows =
            self.by_seller.iter().flat_map(|(_, _, rows)| rows.iter().skip_while(|row| row.is_empty()));
        rows.cloned().collect()
    }
}

fn empty(months: Months, seller: &str, currency: Currency) -> Vec<MrrRow> {
    let none = Level::default();
    let row = |(month, _)| MrrRow {
        month,
        seller: seller.into(),
        currency,
        opening: none,
        new: none,
        expansion: none,
        contraction: none,
        churn: none,
        reactivation: none,
        closing: none,
    };
    months.closings().map(row).collect()
}

impl MrrRow {
    fn add(&mut self, before_minor: i128, after_minor: i128, is_new: bool) {
        if before_minor > 0 {
            self.opening.add(before_minor);
        }
        if after_minor > 0 {
            self.closing.add(after_minor);
        }
        match (before_minor, after_minor) {
            (0, 0) => {}
            (0, after) if is_new => self.new.add(after),
            (0, after) => self.reactivation.add(after),
            (before, 0) => self.churn.add(before),
            (before, after) if after > before => self.expansion.add(after - before),
            (before, after) if after < before => self.contraction.add(before - after),
            (_, _) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.opening.count == 0 && self.closing.count == 0
    }

    /// Subscriptions that count no more, of those that did.
    #[must_use]
    pub fn logo_churn(&self) -> Ratio {
        Ratio::of_counts(self.churn.count, self.opening.count)
    }

    /// Revenue of subscriptions that count no more, of what there was.
    #[must_use]
    pub fn revenue_churn(&self) -> Ratio {
        Ratio { part: self.churn.minor, whole: self.opening.minor }
    }

    /// What the subscriptions that counted bring now, of what they brought.
    #[must_use]
    pub fn net_retention(&self) -> Ratio {
        let kept = self.opening.minor + self.expansion.minor - self.contraction.minor - self.churn.minor;
        Ratio { part: kept, whole: self.opening.minor }
    }
}

/// What a subscription brings in a month at an instant, minor units; zero while it does not count.
#[must_use]
pub fn mrr_at(timeline: &Timeline, options: &Options, at: Instant) -> i128 {
    Worth::of(timeline, options).minor_at(at)
}

/// What terms bring in a month, minor units, half up: the amount by its months, or 30 days of its days.
#[must_use]
pub fn monthly_minor(terms: &Terms) -> i128 {
    let every = terms.recurring.every;
    let amount = i128::from(terms.recurring.amount_minor.unwrap_or(0));
    let (times, by) = match every.unit {
        PeriodUnit::Months => (1, i128::from(every.count)),
        PeriodUnit::Days => (30, i128::from(every.count)),
    };
    if by == 0 {
        return 0;
    }
    (2 * amount * times + by).div_euclid(2 * by)
}

impl<'a> Worth<'a> {
    pub(crate) fn of(timeline: &'a Timeline, options: &Options) -> Self {
        let calendar = Calendar::of(timeline, options);
        let first_due_at = calendar.due(0);
        Self { timeline, calendar, first_due_at }
    }

    /// What it brings in a month, minor units; zero while it does not count.
    pub(crate) fn minor_at(&self, at: Instant) -> i128 {
        let has_begun = self.first_due_at.is_some_and(|due| due <= at);
        if !has_begun || self.timeline.standing_at(at) != Some(Standing::Authorized) {
            return 0;
        }
        let Some(terms) = self.timeline.terms_at(at) else { return 0 };
        let exhausted_at = terms.recurring.repetitions.and_then(|all| self.calendar.exhausts(all));
        let is_over = [terms.ends_at, exhausted_at].into_iter().flatten().any(|over| over <= at);
        if is_over { 0 } else { monthly_minor(terms) }
    }

    /// When it counted for the first time, and with how much, minor units.
    pub(crate) fn began(&self) -> Option<(Instant, i128)> {
        // Between these instants nothing changes that could make it count.
        let standings = self.timeline.standings.iter().map(|(at, _)| *at);
        let terms = self.timeline.terms.iter().map(|(at, _)| *at);
        let mut changes: Vec<Instant> = standings.chain(terms).chain(self.first_due_at).collect();
        changes.sort_unstable();
        changes.into_iter().map(|at| (at, self.minor_at(at))).find(|(_, minor)| *minor > 0)
    }
}

#[cfg(test)]
mod tests;
