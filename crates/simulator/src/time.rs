//! Instants of the virtual clock, and the ways in which the provider writes and reads them.
//!
//! The API writes offset -04:00 for every country and milliseconds; report files write the zone of their
//! configuration. Knows no daylight saving: the provider's display zones have none either.

use chrono::{DateTime, Days, FixedOffset, Months, SubsecRound, TimeDelta, Utc};
use serde::{Serialize, Serializer};

/// A moment of the virtual clock, whole milliseconds.
pub(crate) type Instant = DateTime<Utc>;

/// An instant that is written as the API does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Api(pub(crate) Instant);

impl Serialize for Api {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&printed(self.0, -4))
    }
}

/// An instant in UTC without milliseconds, as envelopes of notices write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Zulu(pub(crate) Instant);

impl Serialize for Zulu {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// An instant at an offset of whole hours: `2026-10-01T00:00:00.000-04:00`.
pub(crate) fn printed(at: Instant, offset_hours: i32) -> String {
    at.with_timezone(&offset(offset_hours)).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// The day of an instant at an offset of whole hours.
pub(crate) fn day(at: Instant, offset_hours: i32) -> chrono::NaiveDate {
    at.with_timezone(&offset(offset_hours)).date_naive()
}

/// The real time: what a running clock follows, and what signatures carry that must look fresh.
#[expect(clippy::disallowed_methods, reason = "the one place where the simulator reads the machine's clock")]
pub(crate) fn wall() -> Instant {
    whole(Utc::now())
}

/// Whole milliseconds: what is finer could not be told again.
pub(crate) fn whole(at: Instant) -> Instant {
    at.trunc_subsecs(3)
}

/// Later by some milliseconds.
pub(crate) fn plus_ms(at: Instant, ms: i64) -> Instant {
    at + TimeDelta::milliseconds(ms)
}

/// Reads a time as the search takes it: RFC 3339, `NOW`, or `NOW` less a number of units.
pub(crate) fn parse(text: &str, now: Instant) -> Option<Instant> {
    if let Some(back) = text.strip_prefix("NOW") {
        return relative(back, now);
    }
    // A plus sign that was not escaped arrives as a space.
    let text = text.replacen(' ', "+", 1);
    let exact =
        DateTime::parse_from_rfc3339(&text).or_else(|_| DateTime::parse_from_str(&text, "%FT%T%.f%z"));
    exact.ok().map(|at| whole(at.with_timezone(&Utc)))
}

fn relative(back: &str, now: Instant) -> Option<Instant> {
    if back.is_empty() {
        return Some(now);
    }
    let back = back.strip_prefix('-')?;
    let unit = back.find(|c: char| !c.is_ascii_digit())?;
    let count: u32 = back[..unit].parse().ok()?;
    match back[unit..].trim_end_matches('S') {
        "MINUTE" => now.checked_sub_signed(TimeDelta::minutes(count.into())),
        "HOUR" => now.checked_sub_signed(TimeDelta::hours(count.into())),
        "DAY" => now.checked_sub_days(Days::new(count.into())),
        "WEEK" => now.checked_sub_days(Days::new(u64::from(count) * 7)),
        "MONTH" => now.checked_sub_months(Months::new(count)),
        _ => None,
    }
}

fn offset(hours: i32) -> FixedOffset {
    FixedOffset::east_opt(hours * 3_600).expect("offsets are less than a day")
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{parse, printed};

    #[test]
    fn times_are_read_in_all_forms_of_the_search() {
        let now: DateTime<Utc> = "2026-10-31T12:00:00Z".parse().expect("a time");
        let cases = [
            ("NOW", Some("2026-10-31T12:00:00Z")),
            ("NOW-3MONTHS", Some("2026-07-31T12:00:00Z")),
            ("NOW-1DAYS", Some("2026-10-30T12:00:00Z")),
            ("NOW-5MINUTES", Some("2026-10-31T11:55:00Z")),
            ("2026-10-01T00:00:00.000-04:00", Some("2026-10-01T04:00:00Z")),
            ("2026-10-01T00:00:00.000 04:00", Some("2026-09-30T20:00:00Z")),
            ("2026-10-01T00:00:00Z", Some("2026-10-01T00:00:00Z")),
            ("2026-10-01T00:00:00.000-0400", Some("2026-10-01T04:00:00Z")),
            ("NOW-3FORTNIGHTS", None),
            ("yesterday", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|text| text.parse().expect("a time"));
            assert_eq!(parse(text, now), expected, "{text}");
        }
    }

    #[test]
    fn an_instant_is_printed_with_milliseconds_and_offset() {
        let at: DateTime<Utc> = "2026-10-01T02:03:04.050Z".parse().expect("a time");
        assert_eq!(printed(at, -4), "2026-09-30T22:03:04.050-04:00");
        assert_eq!(printed(at, 0), "2026-10-01T02:03:04.050+00:00");
    }
}
