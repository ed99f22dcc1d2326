//! Windows of time to search: they cover it without holes, overlap, and end in the past. Pure: no call, no clock.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::machine::Instant;

/// The shortest window that is halved.
const SHORTEST: TimeDelta = TimeDelta::seconds(1);

/// What windows keep to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// How far the first one goes back.
    pub history: TimeDelta,
    /// How long before now every one ends: the provider shows a change some time after it was made.
    pub lag: TimeDelta,
    /// How much of what was reached is searched again.
    pub overlap: TimeDelta,
    /// The longest one; longer than the overlap.
    pub longest: TimeDelta,
}

/// A stretch of time; the provider counts both ends in. Whole milliseconds, because that is what it reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// First instant.
    pub begin: Instant,
    /// Last instant.
    pub end: Instant,
}

/// The window to search after everything up to `reached`; `None` when nothing more is far enough in the past.
#[must_use]
pub fn next(reached: Option<Instant>, now: Instant, rules: &Rules) -> Option<Window> {
    let latest = millis(now - rules.lag);
    let begin = match reached {
        Some(reached) => millis(reached) - rules.overlap,
        None => millis(now - rules.history).min(latest),
    };
    let end = (begin + rules.longest).min(latest);
    let is_news = reached.is_none_or(|reached| end > reached);
    (is_news && begin < end).then_some(Window { begin, end })
}

impl Window {
    /// Its two halves, the earlier first, which share the instant in the middle; `None` when it is too short.
    #[must_use]
    pub fn halves(self) -> Option<(Self, Self)> {
        let length = self.end - self.begin;
        if length <= SHORTEST {
            return None;
        }
        let middle = millis(self.begin + length / 2);
        Some((Self { end: middle, ..self }, Self { begin: middle, ..self }))
    }
}

/// The last whole days of a zone, up to the second before today's midnight.
#[must_use]
pub fn days_before(now: Instant, days: u16, zone: Tz) -> Window {
    let today = now.with_timezone(&zone).date_naive();
    let begin = midnight(today - Days::new(days.into()), zone);
    Window { begin, end: midnight(today, zone) - TimeDelta::seconds(1) }
}

/// The first instant of a day; where clocks are put forward at midnight, that is later.
fn midnight(day: NaiveDate, zone: Tz) -> Instant {
    let midnight = day.and_time(NaiveTime::MIN);
    let first =
        (0..24).find_map(|hours| zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest());
    first.map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}

fn millis(at: Instant) -> Instant {
    DateTime::trunc_subsecs(at, 3)
}

#[cfg(test)]
mod tests;
