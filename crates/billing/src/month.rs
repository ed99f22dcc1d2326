//! Calendar months in a seller's zone: when one begins and closes, and how far two are apart.

use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use domain::machine::Instant;

/// A calendar month.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Month {
    /// Year of our era.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
}

/// The months that a report covers, and the instant up to which anything is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Months {
    /// The first.
    pub first: Month,
    /// The last; none are covered when it lies before the first.
    pub last: Month,
    /// Months close here at the latest, and none that begins later is covered.
    pub as_of: Instant,
    /// Whose midnights divide them.
    pub zone: Tz,
}

impl Month {
    /// The month that an instant lies in.
    #[must_use]
    pub fn of(at: Instant, zone: Tz) -> Self {
        let day = at.with_timezone(&zone).date_naive();
        Self { year: day.year(), month: day.month() }
    }

    /// Its first day.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1)
            .expect("a month is 1 to 12 of a year that dates have")
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self.month {
            12 => Self { year: self.year + 1, month: 1 },
            month => Self { month: month + 1, ..self },
        }
    }

    /// Its first instant.
    #[must_use]
    pub fn start(self, zone: Tz) -> Instant {
        day_start(self.date(), zone)
    }

    /// Its last instant, to the microsecond that instants are stored with.
    #[must_use]
    pub fn closing(self, zone: Tz) -> Instant {
        self.next().start(zone) - TimeDelta::microseconds(1)
    }

    /// Months from an earlier one to this one; negative when the other is later.
    #[must_use]
    pub fn months_since(self, earlier: Self) -> i64 {
        self.number() - earlier.number()
    }

    fn number(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month)
    }
}

impl Months {
    /// The months with the instants at which they close, in order.
    pub fn closings(self) -> impl Iterator<Item = (Month, Instant)> {
        let known = move |month: &Month| *month <= self.last && month.start(self.zone) <= self.as_of;
        std::iter::successors(Some(self.first), |month| Some(month.next()))
            .take_while(known)
            .map(move |month| (month, month.closing(self.zone).min(self.as_of)))
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> usize {
        let last = self.last.min(Month::of(self.as_of, self.zone));
        usize::try_from(last.months_since(self.first) + 1).unwrap_or(0)
    }

    /// The place of a month among them; `None` when it is none of them.
    #[must_use]
    pub fn place(self, month: Month) -> Option<usize> {
        let place = usize::try_from(month.months_since(self.first)).ok()?;
        (place < self.count()).then_some(place)
    }
}

/// The first instant of a day. Where summer time begins at midnight, the day begins later.
pub(crate) fn day_start(day: NaiveDate, zone: Tz) -> Instant {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..48)
        .find_map(|half| zone.from_local_datetime(&(midnight + TimeDelta::minutes(30 * half))).earliest())
        .expect("no zone skips a whole day of the years that are billed")
        .to_utc()
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests;
