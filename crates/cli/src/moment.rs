//! Instants as people write them: RFC 3339, or a bare date, which means the end of that day.

use anyhow::anyhow;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::machine::Instant;

use crate::exit::Usage;

/// Reads an instant; a bare date is the last microsecond of that day in the zone.
pub fn parse(text: &str, zone: Tz) -> anyhow::Result<Instant> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return end_of(day, zone);
    }
    // The parser's own reason is left out: of a date that does not exist it says that a time is missing.
    let at = DateTime::parse_from_rfc3339(text).map_err(|_| {
        Usage(format!("`{text}` is neither a date (2026-10-31) nor an instant (2026-10-31T18:00:00-03:00)"))
    })?;
    Ok(at.with_timezone(&Utc))
}

/// Reads an instant; a bare date is the first instant of that day in the zone.
pub fn beginning(text: &str, zone: Tz) -> anyhow::Result<Instant> {
    match text.parse() {
        Ok(day) => start_of(day, zone),
        Err(_) => parse(text, zone),
    }
}

/// The last microsecond of a day in a zone.
pub fn end_of(day: NaiveDate, zone: Tz) -> anyhow::Result<Instant> {
    let next = day.succ_opt().ok_or_else(|| anyhow!("{day} is the last day there is"))?;
    Ok(start_of(next, zone)? - Duration::microseconds(1))
}

/// The first instant of a day in a zone; where clocks skip midnight, the first that exists.
pub fn start_of(day: NaiveDate, zone: Tz) -> anyhow::Result<Instant> {
    let midnight = day.and_time(NaiveTime::MIN);
    let first = (0..=24).find_map(|half_hours| {
        zone.from_local_datetime(&(midnight + Duration::minutes(30 * half_hours))).earliest()
    });
    first.map(|at| at.with_timezone(&Utc)).ok_or_else(|| anyhow!("{day} has no beginning in {zone}"))
}

/// The day of an instant in a zone.
pub fn day_of(at: Instant, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_date_is_the_end_of_that_local_day() {
        let zone = Tz::America__Argentina__Buenos_Aires;
        let at = parse("2026-10-31", zone).expect("a date");
        assert_eq!(at.to_rfc3339(), "2026-11-01T02:59:59.999999+00:00");
        assert_eq!(day_of(at, zone).to_string(), "2026-10-31");
    }

    #[test]
    fn a_day_without_midnight_begins_when_it_does() {
        // Clocks in São Paulo went from 0:00 to 1:00 on this day.
        let day = NaiveDate::from_ymd_opt(2018, 11, 4).expect("a date");
        let start = start_of(day, Tz::America__Sao_Paulo).expect("begins");
        assert_eq!(start.to_rfc3339(), "2018-11-04T03:00:00+00:00");
    }
}
