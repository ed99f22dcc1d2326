//! Instants of the sample month, and how the provider prints them. Not a calendar library: it knows no zones,
//! only the two fixed offsets the provider uses for Argentina.

use std::fmt;

use serde::{Serialize, Serializer};

/// One second, in milliseconds.
pub const SECOND: i64 = 1_000;
/// One minute, in milliseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day, in milliseconds.
pub const DAY: i64 = 24 * HOUR;

/// Milliseconds since 1970 UTC. Serialises as the API prints it: offset -04:00, milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Time(pub i64);

/// First instant of 2026-10-01 in Argentina (03:00 UTC).
pub const MONTH_START: Time = Time(1_790_823_600_000);
/// Days of October.
pub const MONTH_DAYS: i64 = 31;
/// First instant after the month.
pub const MONTH_END: Time = Time(MONTH_START.0 + MONTH_DAYS * DAY);

impl Time {
    /// An instant by its day (1 is the first) and milliseconds after local midnight.
    pub fn on_day(day: i64, after_midnight_ms: i64) -> Self {
        Self(MONTH_START.0 + (day - 1) * DAY + after_midnight_ms)
    }

    /// Later by some milliseconds.
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0 + ms)
    }

    /// Whether it lies in the month.
    pub fn in_month(self) -> bool {
        (MONTH_START..MONTH_END).contains(&self)
    }

    /// Argentine local time, as the report files print it.
    pub fn local(self) -> Printed {
        Printed { time: self, offset_hours: -3 }
    }

    /// As the API prints it.
    pub fn api(self) -> Printed {
        Printed { time: self, offset_hours: -4 }
    }

    /// In UTC.
    pub fn utc(self) -> Printed {
        Printed { time: self, offset_hours: 0 }
    }

    /// The local date alone, `2026-10-01`.
    pub fn local_date(self) -> String {
        let (year, month, day) = civil((self.0 - 3 * HOUR).div_euclid(DAY));
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.api())
    }
}

/// An instant with the offset it is printed at.
#[derive(Clone, Copy, Debug)]
pub struct Printed {
    time: Time,
    offset_hours: i64,
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shifted = self.time.0 + self.offset_hours * HOUR;
        let (year, month, day) = civil(shifted.div_euclid(DAY));
        let ms = shifted.rem_euclid(DAY);
        let (hour, minute, second) = (ms / HOUR, ms / MINUTE % 60, ms / SECOND % 60);
        let milli = ms % SECOND;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}")?;
        if self.offset_hours == 0 { f.write_str("Z") } else { write!(f, "-{:02}:00", -self.offset_hours) }
    }
}

impl Serialize for Printed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Year, month and day of a day counted from 1970-01-01, for years from 1970 to 2099.
fn civil(days: i64) -> (i64, i64, i64) {
    let mut year = 1970;
    let mut rest = days;
    loop {
        let length = if year % 4 == 0 { 366 } else { 365 };
        if rest < length {
            break;
        }
        rest -= length;
        year += 1;
    }
    let february = if year % 4 == 0 { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if rest < length {
            break;
        }
        rest -= length;
        month += 1;
    }
    (year, month, rest + 1)
}
