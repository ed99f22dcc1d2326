//! Wall calendars: local times of the provider or of a seller, and equal steps of days or months on them.
//!
//! Knows nothing of charges. Months are always counted from the first date, so that a short month does not shorten
//! the ones after it.

use chrono::{
    DateTime, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Utc,
};
use chrono::{Datelike, MappedLocalTime, TimeZone};
use chrono_tz::Tz;
use domain::machine::Instant;
use domain::plan::{Period, PeriodUnit};

use crate::options::{DayZone, Options};

/// Whose wall calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zone {
    /// The provider's, which is four hours west of Greenwich all year.
    Provider,
    /// That of a time zone.
    Of(Tz),
}

/// A month in the provider's count of days.
const MONTH_DAYS: i64 = 30;

/// The length of a period in days, a month counted as 30 as the provider does.
#[must_use]
pub fn in_days(period: Period) -> i64 {
    match period.unit {
        PeriodUnit::Days => i64::from(period.count),
        PeriodUnit::Months => i64::from(period.count) * MONTH_DAYS,
    }
}

impl Zone {
    /// The one that calendars of charges count in.
    #[must_use]
    pub fn of(options: &Options) -> Self {
        match options.days {
            DayZone::Provider => Self::Provider,
            DayZone::Seller => Self::Of(options.zone),
        }
    }

    /// What the clock on the wall shows; that of Greenwich where it would show a time past representable dates.
    #[must_use]
    pub fn local(self, at: Instant) -> NaiveDateTime {
        let utc = at.naive_utc();
        let offset = match self {
            Self::Provider => provider(),
            Self::Of(zone) => zone.offset_from_utc_datetime(&utc).fix(),
        };
        utc.checked_add_offset(offset).unwrap_or(utc)
    }

    /// When the clock on the wall shows this: the earlier moment where it shows it twice, and where a clock change
    /// leaves it out, the moment at which it would have shown it without the change. `None` past representable dates.
    #[must_use]
    pub fn instant(self, local: NaiveDateTime) -> Option<Instant> {
        match self {
            Self::Provider => resolve(&provider(), local),
            Self::Of(zone) => resolve(&zone, local),
        }
    }

    /// The first moment of a day.
    #[must_use]
    pub fn midnight(self, day: NaiveDate) -> Option<Instant> {
        self.instant(day.and_time(NaiveTime::MIN))
    }
}

fn provider() -> FixedOffset {
    FixedOffset::west_opt(4 * 3600).expect("four hours are an offset")
}

fn resolve<Z: TimeZone>(zone: &Z, local: NaiveDateTime) -> Option<Instant> {
    match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        MappedLocalTime::None => {
            // No clock change leaves out more than a day, so the offset of two days before is the one it ends.
            let before = local.checked_sub_days(Days::new(2))?;
            let offset = zone.offset_from_local_datetime(&before).earliest()?.fix();
            Some(DateTime::from_naive_utc_and_offset(local.checked_sub_offset(offset)?, Utc))
        }
    }
}

/// Equal steps from a local time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stride {
    zone: Zone,
    from: NaiveDateTime,
    /// The moment of `from`, where it is known: the clock may show it twice.
    from_at: Option<Instant>,
    every: Period,
}

impl Stride {
    /// Steps of a length from a local time on.
    pub(crate) fn new(zone: Zone, from: NaiveDateTime, every: Period) -> Self {
        Self { zone, from, from_at: None, every }
    }

    /// The same steps from this very moment, which is one of those at which the clock shows the first time.
    pub(crate) fn beginning(self, at: Instant) -> Self {
        Self { from_at: Some(at), ..self }
    }

    /// The moment after so many steps; `None` past representable dates, and after steps of no length.
    pub(crate) fn at(&self, step: u32) -> Option<Instant> {
        match self.from_at.filter(|_| step == 0) {
            Some(at) => Some(at),
            None => self.zone.instant(self.local(step)?),
        }
    }

    /// The local time after so many steps.
    pub(crate) fn local(&self, step: u32) -> Option<NaiveDateTime> {
        let count = self.every.count.checked_mul(step)?;
        match self.every.unit {
            _ if step == 0 => Some(self.from),
            _ if count == 0 => None,
            PeriodUnit::Days => self.from.checked_add_days(Days::new(u64::from(count))),
            PeriodUnit::Months => self.from.checked_add_months(Months::new(count)),
        }
    }

    /// The least number of steps that does not end before a moment.
    pub(crate) fn first_from(&self, at: Instant) -> u32 {
        let local = self.zone.local(at);
        let between = match self.every.unit {
            PeriodUnit::Days => (local - self.from).num_days(),
            PeriodUnit::Months => months_between(self.from.date(), local.date()),
        };
        // A clock change or a short month puts the answer at most a step beside the quotient.
        let guess = between.checked_div(i64::from(self.every.count)).unwrap_or(0) - 1;
        let mut step = u32::try_from(guess.max(0)).unwrap_or(u32::MAX);
        while self.at(step).is_some_and(|reached| reached < at) {
            step += 1;
        }
        step
    }
}

fn months_between(from: NaiveDate, to: NaiveDate) -> i64 {
    let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    months(to) - months(from)
}

/// The same time of the next such day of a month, that of `from` included; `None` when no month has the day.
pub(crate) fn next_day_of_month(from: NaiveDateTime, day: u8) -> Option<NaiveDateTime> {
    let this_month = from.with_day(1)?;
    // Of two months that follow each other, one has 31 days.
    let mut months = (0..=2).filter_map(|ahead| this_month.checked_add_months(Months::new(ahead)));
    months.find_map(|month| month.with_day(u32::from(day)).filter(|found| *found >= from))
}

/// A time span of hours.
pub(crate) fn hours(hours: u32) -> TimeDelta {
    TimeDelta::hours(i64::from(hours))
}

#[cfg(test)]
mod tests;
