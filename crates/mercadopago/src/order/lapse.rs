//! When an order lapses: the time it was created and an ISO 8601 duration (`PT16M`, `P3D`).
//!
//! Assumes nothing where the order does not tell: the defaults of the provider are not repeated here.

use chrono::{Months, TimeDelta};
use domain::machine::Instant;

use crate::unreadable::Unreadable;

/// The end of an order's life; `None` when it tells no duration or not when it was created.
///
/// # Errors
/// [`Unreadable::WrongType`] when the text is no duration of whole units, or its end is no date.
pub(super) fn expires_at(
    created: Option<Instant>,
    life: Option<&str>,
) -> Result<Option<Instant>, Unreadable> {
    let (Some(created), Some(life)) = (created, life) else { return Ok(None) };
    let wrong = Unreadable::WrongType { path: "expiration_time", expected: "a duration" };
    end(created, life).map(Some).ok_or(wrong)
}

fn end(start: Instant, life: &str) -> Option<Instant> {
    let (date, time) = life
        .strip_prefix('P')?
        .split_once('T')
        .map_or_else(|| (life.get(1..).unwrap_or_default(), None), |(date, time)| (date, Some(time)));
    if time.map_or(date.is_empty(), str::is_empty) {
        return None;
    }
    let after_date = parts(date).try_fold(start, |at, part| {
        let (count, unit) = part?;
        match unit {
            'Y' => at.checked_add_months(Months::new(count.checked_mul(12)?)),
            'M' => at.checked_add_months(Months::new(count)),
            'W' => at.checked_add_signed(TimeDelta::weeks(count.into())),
            'D' => at.checked_add_signed(TimeDelta::days(count.into())),
            _ => None,
        }
    })?;
    parts(time.unwrap_or_default()).try_fold(after_date, |at, part| {
        let (count, unit) = part?;
        let seconds = match unit {
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        at.checked_add_signed(TimeDelta::seconds(i64::from(count) * seconds))
    })
}

/// `4D` and the like, one by one; `None` for anything else.
fn parts(text: &str) -> impl Iterator<Item = Option<(u32, char)>> {
    text.split_inclusive(|c: char| !c.is_ascii_digit()).map(|part| {
        let unit = part.chars().next_back()?;
        let count = part.strip_suffix(unit)?.parse().ok()?;
        Some((count, unit))
    })
}
