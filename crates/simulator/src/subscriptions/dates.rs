//! The provider's billing calendar: when a subscription is charged, and how much the first time.
//!
//! Pure arithmetic on instants; knows no invoice, no payment and no state. The provider renders and counts days at
//! four hours west of Greenwich, whatever the seller's zone, and so does this.

use chrono::{DateTime, Datelike, Days, Duration, FixedOffset, Months, Utc};

use crate::money;
use crate::time::Instant;

/// Unit of a frequency.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unit {
    /// Calendar days.
    Days,
    /// Calendar months.
    Months,
}

/// How often, or for how long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    /// How many units.
    pub(crate) count: u32,
    /// Of what.
    pub(crate) unit: Unit,
}

/// What the calendar needs to know of a subscription.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Rhythm {
    /// The first instant at which it may be charged, before any trial.
    pub(crate) starts_at: Instant,
    /// No charge is due after it.
    pub(crate) ends_at: Option<Instant>,
    /// From charge to charge.
    pub(crate) every: Span,
    /// How many charges there are.
    pub(crate) repetitions: Option<u32>,
    /// Day of the month, 1 to 28, on which it is charged.
    pub(crate) billing_day: Option<u32>,
    /// Whether the days before the first billing day are charged by their share.
    pub(crate) proportional: bool,
    /// How long nothing is charged.
    pub(crate) trial: Option<Span>,
}

/// The days of a cycle by which shares are counted, whatever the month.
/// Source: <https://www.mercadopago.com.ar/developers/en/docs/subscriptions/integration-configuration/subscription-associated-plan>.
const CYCLE_DAYS: i64 = 30;

impl Span {
    /// Its length in days, a month counted as 30.
    pub(crate) fn in_days(self) -> u32 {
        match self.unit {
            Unit::Days => self.count,
            Unit::Months => self.count.saturating_mul(30),
        }
    }
}

impl Rhythm {
    /// When the charge of this number (from 0) is due; `None` past the end or the last repetition.
    pub(crate) fn due(&self, number: u32) -> Option<Instant> {
        if self.repetitions.is_some_and(|all| number >= all) {
            return None;
        }
        let due = self.unbounded(number)?;
        self.ends_at.is_none_or(|end| due <= end).then_some(due)
    }

    /// As [`Rhythm::due`] without the bounds: the provider shows a next date even where nothing is charged.
    pub(crate) fn unbounded(&self, number: u32) -> Option<Instant> {
        let first = self.first();
        let Some(day) = self.billing_day else { return plus(first, self.every, number) };
        let aligned = next_day_of_month(first, day)?;
        match number {
            0 if self.charges_a_share() => Some(first),
            _ => plus(aligned, self.every, number - u32::from(self.charges_a_share())),
        }
    }

    /// What the first charge is of the full amount, in minor units: its share where one is asked for.
    pub(crate) fn first_minor(&self, full_minor: i64) -> i64 {
        if !self.charges_a_share() {
            return full_minor;
        }
        let until = self.billing_day.and_then(|day| next_day_of_month(self.first(), day));
        let days = until.map_or(CYCLE_DAYS, |until| (until - self.first()).num_days());
        money::share(full_minor, days, CYCLE_DAYS)
    }

    /// The number of charges it is sold as: whole periods between its dates, not the dates that fall between them.
    pub(crate) fn quotas(&self) -> Option<u32> {
        if self.repetitions.is_some() {
            return self.repetitions;
        }
        let end = self.ends_at?;
        let mut whole = 0;
        while plus(self.starts_at, self.every, whole + 1).is_some_and(|at| at <= end) {
            whole += 1;
        }
        Some(whole)
    }

    fn first(&self) -> Instant {
        let trial_days = self.trial.map_or(0, Span::in_days);
        self.starts_at + Duration::days(i64::from(trial_days))
    }

    /// A subscription that starts on its billing day has no days to share.
    fn charges_a_share(&self) -> bool {
        let first = local(self.first()).day();
        self.proportional && self.billing_day.is_some_and(|day| day != first)
    }
}

/// How long an instalment is tried again after its first refusal, and how often at most.
/// Source: <https://www.mercadopago.com.ar/developers/en/docs/subscriptions/payment-retry>.
pub(crate) const RETRY_DAYS: u32 = 10;
/// Tries after the first one.
pub(crate) const RETRIES: u32 = 4;

/// When the next try follows one that failed: the tries lie evenly in the window, which is shorter where the next
/// instalment comes sooner.
pub(crate) fn retry_after(tried_at: Instant, every: Span) -> Instant {
    let window_days = RETRY_DAYS.min(every.in_days().max(1));
    let parts = i64::from(RETRIES) + 1;
    tried_at + Duration::seconds(i64::from(window_days) * 86_400 / parts)
}

fn plus(from: Instant, span: Span, times: u32) -> Option<Instant> {
    let count = span.count.checked_mul(times)?;
    let from = local(from);
    let to = match span.unit {
        Unit::Days => from.checked_add_days(Days::new(u64::from(count))),
        // Counted from the first date each time, so that a short month does not shorten the ones after it.
        Unit::Months => from.checked_add_months(Months::new(count)),
    };
    to.map(|to| to.with_timezone(&Utc))
}

/// The same hour on the next such day of a month, that of `from` included.
fn next_day_of_month(from: Instant, day: u32) -> Option<Instant> {
    let from = local(from);
    let this_month = from.with_day(day)?;
    let found =
        if this_month < from { this_month.checked_add_months(Months::new(1)) } else { Some(this_month) };
    found.map(|found| found.with_timezone(&Utc))
}

fn local(at: Instant) -> DateTime<FixedOffset> {
    let west = FixedOffset::west_opt(4 * 3600).expect("four hours are an offset");
    at.with_timezone(&west)
}

#[cfg(test)]
mod tests;
