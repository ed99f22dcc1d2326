//! The provider's times: every form it writes them in, read into instants.
//!
//! Truncates to microseconds, which both stores keep. Does not judge whether a time is plausible.

use chrono::{DateTime, NaiveDate, NaiveTime};
use domain::machine::Instant;

use crate::unreadable::Unreadable;

/// Seconds east of UTC that the provider writes its times in, whatever the country: -04:00.
const PROVIDER_OFFSET_SECONDS: i64 = -4 * 3600;

/// A time as the provider wrote it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProviderTime {
    /// The moment, to the microsecond.
    pub instant: Instant,
    /// Whether the text named its zone; without one -04:00 is assumed.
    pub zone_known: bool,
}

/// The text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a time")]
pub struct BadTime {
    /// The text, cut to 40 characters.
    pub text: String,
}

/// Reads a time in any form the provider uses: date and time joined by `T` or a space, up to nine decimals, zone
/// as `Z`, `-04:00`, `-0400` or absent; a bare date (its midnight); nine or ten digits of epoch seconds.
///
/// `None` for the year 1, which some services write for "never".
///
/// # Errors
/// When the text is none of these.
pub fn parse(text: &str) -> Result<Option<ProviderTime>, BadTime> {
    if text.starts_with("0001-01-01") {
        return Ok(None);
    }
    read(text.as_bytes()).map(Some).ok_or_else(|| BadTime { text: text.chars().take(40).collect() })
}

/// Reads an optional field: absent, null and the year 1 are all `None`.
///
/// # Errors
/// [`Unreadable::BadTime`] with the path, when there is a text that is not a time.
pub fn instant(path: &'static str, text: Option<&str>) -> Result<Option<Instant>, Unreadable> {
    let Some(text) = text else { return Ok(None) };
    let time = parse(text).map_err(|BadTime { text }| Unreadable::BadTime { path, text })?;
    Ok(time.map(|t| t.instant))
}

fn read(text: &[u8]) -> Option<ProviderTime> {
    let Some((date, rest)) = text.split_at_checked(10).filter(|(date, _)| date[4] == b'-') else {
        return epoch(text);
    };
    let days = days(date)?;
    if rest.is_empty() {
        return at(days * 86_400 - PROVIDER_OFFSET_SECONDS, 0, false);
    }
    let (clock, rest) = rest.split_at_checked(9)?;
    let seconds = seconds(clock)?;
    let (nanos, zone) = fraction(rest)?;
    let offset = match zone {
        [] => PROVIDER_OFFSET_SECONDS,
        zone => offset(zone)?,
    };
    at(days * 86_400 + seconds - offset, nanos, !zone.is_empty())
}

fn at(seconds: i64, nanos: u32, zone_known: bool) -> Option<ProviderTime> {
    let instant = DateTime::from_timestamp(seconds, nanos - nanos % 1000)?;
    Some(ProviderTime { instant, zone_known })
}

/// `2024-01-31` as days since 1970-01-01.
fn days(date: &[u8]) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    let year = i32::from(pair(y1, y2)?) * 100 + i32::from(pair(y3, y4)?);
    let date = NaiveDate::from_ymd_opt(year, u32::from(pair(m1, m2)?), u32::from(pair(d1, d2)?))?;
    Some(i64::from(date.to_epoch_days()))
}

/// `T10:00:59` or ` 10:00:59` as seconds since midnight. The provider writes no leap seconds.
fn seconds(clock: &[u8]) -> Option<i64> {
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] = *clock else { return None };
    let (hour, minute, second) = (pair(h1, h2)?, pair(m1, m2)?, pair(s1, s2)?);
    NaiveTime::from_hms_opt(u32::from(hour), u32::from(minute), u32::from(second))?;
    Some(i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second))
}

/// `.123` and what follows it: nanoseconds, zone.
fn fraction(rest: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', rest @ ..] = rest else { return Some((0, rest)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = rest.split_at(length);
    if digits.is_empty() || length > 9 {
        return None;
    }
    let read = digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let missing = u32::try_from(9 - length).expect("nine less at most nine is small");
    Some((read * 10_u32.pow(missing), zone))
}

/// `Z`, `-04:00` or `-0400` as seconds east of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, h1, h2, m1, m2) = match *zone {
        [b'Z' | b'z'] => return Some(0),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, h1, h2, m1, m2),
        _ => return None,
    };
    let (hours, minutes) = (pair(h1, h2)?, pair(m1, m2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let east = i64::from(hours) * 3600 + i64::from(minutes) * 60;
    match sign {
        b'+' => Some(east),
        b'-' => Some(-east),
        _ => None,
    }
}

/// Nine or ten digits: seconds since 1970, of years 1973 to 2286.
fn epoch(text: &[u8]) -> Option<ProviderTime> {
    if !matches!(text.len(), 9 | 10) || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    at(text.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')), 0, true)
}

fn pair(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

#[cfg(test)]
mod tests;
