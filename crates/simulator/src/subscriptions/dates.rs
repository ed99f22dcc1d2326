//! The provider's billing calendar: when a subscription is charged, and how much the first time.
//!
//! Pure arithmetic on instants; knows no invoice, no payment and no state. The provider renders and counts days at
//! four hours west of Greenwich, whatever the seller's zone, and so does this unless the rules name a zone.

use chrono::{Datelike, Days, Duration, FixedOffset, MappedLocalTime, Months, NaiveDateTime, TimeZone, Utc};

use super::rules::{Cycle, End, Quotas, Rules, Trial};
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
    /// When the payer agreed to it.
    pub(crate) agreed_at: Instant,
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
    /// What the documents leave open.
    pub(crate) rules: Rules,
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
    /// When the charge of this number (from 0) is due after so many that count as repetitions; `None` past the end or
    /// the last repetition.
    pub(crate) fn due(&self, number: u32, spent: u32) -> Option<Instant> {
        if self.repetitions.is_some_and(|all| spent >= all) {
            return None;
        }
        self.unbounded(number).filter(|due| self.is_before_end(*due))
    }

    /// As [`Rhythm::due`] without the bounds: the provider shows a next date even where nothing is charged.
    pub(crate) fn unbounded(&self, number: u32) -> Option<Instant> {
        let first = self.first()?;
        let Some(day) = self.billing_day else { return self.plus(first, self.every, number) };
        let aligned = self.next_day_of_month(first, day)?;
        match number {
            0 if self.charges_a_share() => Some(first),
            _ => self.plus(aligned, self.every, number - u32::from(self.charges_a_share())),
        }
    }

    /// What the first charge is of the full amount, in minor units: its share where one is asked for.
    pub(crate) fn first_minor(&self, full_minor: i64) -> i64 {
        self.share_days().map_or(full_minor, |(days, of)| money::share(full_minor, days, of))
    }

    /// The number of charges it is sold as; whole periods are counted from a date of their own.
    pub(crate) fn quotas(&self, from: Instant) -> Option<u32> {
        if self.repetitions.is_some() {
            return self.repetitions;
        }
        let end = self.ends_at?;
        let count = match self.rules.quotas {
            Quotas::Periods => (1..)
                .take_while(|times| self.plus(from, self.every, *times).is_some_and(|at| at <= end))
                .count(),
            Quotas::Dates => (0..).map_while(|number| self.due(number, 0)).count(),
        };
        u32::try_from(count).ok()
    }

    fn is_before_end(&self, due: Instant) -> bool {
        self.ends_at.is_none_or(|end| match self.rules.end {
            End::Charged => due <= end,
            End::Free => due < end,
        })
    }

    fn first(&self) -> Option<Instant> {
        let days = self.trial.map_or(0, Span::in_days);
        let trial = Span { count: days, unit: Unit::Days };
        match self.rules.trial {
            Trial::Start => self.plus(self.starts_at, trial, 1),
            Trial::Authorization => Some(self.plus(self.agreed_at, trial, 1)?.max(self.starts_at)),
        }
    }

    /// A subscription that starts on its billing day has no days to share.
    fn charges_a_share(&self) -> bool {
        let first = self.first().map(|first| self.local(first).day());
        self.proportional && self.billing_day.is_some() && self.billing_day != first
    }

    /// The days of the first charge, and the days that a full one pays for.
    fn share_days(&self) -> Option<(i64, i64)> {
        let day = self.billing_day.filter(|_| self.charges_a_share())?;
        let first = self.first()?;
        let until = self.local(self.next_day_of_month(first, day)?).date();
        let days = (until - self.local(first).date()).num_days();
        let of = match self.rules.cycle {
            Cycle::Thirty => CYCLE_DAYS,
            Cycle::Month => (until - until.checked_sub_months(Months::new(self.every.count))?).num_days(),
        };
        Some((days, of))
    }

    fn plus(&self, from: Instant, span: Span, times: u32) -> Option<Instant> {
        let count = span.count.checked_mul(times)?;
        let from = self.local(from);
        let to = match span.unit {
            Unit::Days => from.checked_add_days(Days::new(u64::from(count))),
            // Counted from the first date each time, so that a short month does not shorten the ones after it.
            Unit::Months => from.checked_add_months(Months::new(count)),
        };
        to.and_then(|to| self.instant(to))
    }

    /// The same hour on the next such day of a month, that of `from` included.
    fn next_day_of_month(&self, from: Instant, day: u32) -> Option<Instant> {
        let from = self.local(from);
        let this_month = from.with_day(day)?;
        let found =
            if this_month < from { this_month.checked_add_months(Months::new(1)) } else { Some(this_month) };
        found.and_then(|found| self.instant(found))
    }

    fn local(&self, at: Instant) -> NaiveDateTime {
        match self.rules.zone {
            Some(zone) => at.with_timezone(&zone).naive_local(),
            None => at.with_timezone(&west()).naive_local(),
        }
    }

    fn instant(&self, local: NaiveDateTime) -> Option<Instant> {
        match self.rules.zone {
            Some(zone) => in_zone(&zone, local),
            None => in_zone(&west(), local),
        }
    }
}

/// When the next try follows one that failed: the tries lie evenly in the window, which is shorter where the next
/// instalment comes sooner.
pub(crate) fn retry_after(tried_at: Instant, every: Span, rules: &Rules) -> Instant {
    let window_days = rules.window_days.min(every.in_days().max(1));
    tried_at + Duration::seconds(i64::from(window_days) * 86_400 / i64::from(rules.tries.max(1)))
}

/// An hour that a clock shows twice is the first of both; one that it leaves out comes as much later as it left out.
fn in_zone<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> Option<Instant> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        MappedLocalTime::None => {
            let day = Duration::days(1);
            let before = zone.from_local_datetime(&(local - day)).earliest()?;
            Some(before.with_timezone(&Utc) + day)
        }
    }
}

fn west() -> FixedOffset {
    FixedOffset::west_opt(4 * 3600).expect("four hours are an offset")
}

#[cfg(test)]
mod tests;
