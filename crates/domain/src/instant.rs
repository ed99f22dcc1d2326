//! Reading instants as they are stored: the one form that chrono writes for UTC is read at once, every other one is
//! left to chrono, which knows them all.

use std::fmt;

use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, Visitor};

use crate::machine::Instant;

/// Reads an instant; for `#[serde(deserialize_with)]`.
///
/// # Errors
/// When chrono would refuse it.
pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    Stored::deserialize(deserializer).map(|stored| stored.0)
}

/// Reads an instant that may be unknown; for `#[serde(default, deserialize_with)]`.
///
/// # Errors
/// When chrono would refuse it.
pub(crate) fn read_some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Instant>, D::Error> {
    Ok(Option::<Stored>::deserialize(deserializer)?.map(|stored| stored.0))
}

struct Stored(Instant);

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Stored;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 formatted date and time string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Stored, E> {
                canonical(text).map_or_else(|| Instant::deserialize(text.into_deserializer()), Ok).map(Stored)
            }
        }
        deserializer.deserialize_str(Form)
    }
}

/// The instant of `2026-03-02T14:15:30Z`, of whole seconds or with 3, 6 or 9 decimals; `None` for any other form.
fn canonical(text: &str) -> Option<Instant> {
    let (time, fraction) = text.as_bytes().split_first_chunk::<19>()?;
    let [y, u, a, r, b'-', m, o, b'-', d, e, b'T', h, i, b':', n, t, b':', s, c] = *time else { return None };
    let nanos = match fraction {
        b"Z" => 0,
        [b'.', digits @ .., b'Z'] => {
            let unit = match digits.len() {
                3 => 1_000_000,
                6 => 1_000,
                9 => 1,
                _ => return None,
            };
            number(digits)? * unit
        }
        _ => return None,
    };
    let year = i32::try_from(number(&[y, u, a, r])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(&[m, o])?, number(&[d, e])?)?;
    let time = day.and_hms_nano_opt(number(&[h, i])?, number(&[n, t])?, number(&[s, c])?, nanos)?;
    Some(time.and_utc())
}

/// At most nine decimal digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests;
