//! Shares of an amount by days, in whole minor units.
//!
//! Whole numbers throughout: no intermediate result is rounded, so a share is half up of the exact one.

/// What some days of a cycle cost when the cycle costs `full_minor`: half up, away from zero.
///
/// `10.00 × 5 / 30 = 1.67`. `None` of a cycle of no days, and of days that cost more than amounts can say.
#[must_use]
pub fn share(full_minor: i64, days: u32, of_days: u32) -> Option<i64> {
    let (full, days, of) = (i128::from(full_minor), i128::from(days), i128::from(of_days));
    let twice = 2 * full.abs() * days;
    let rounded = (twice + of).checked_div(2 * of)? * full.signum();
    i64::try_from(rounded).ok()
}

/// What the days from one to another of a cycle cost, so that the parts of a cycle sum to its amount exactly however
/// it is cut. `None` as of [`share`].
#[must_use]
pub fn part(full_minor: i64, from_day: u32, until_day: u32, of_days: u32) -> Option<i64> {
    share(full_minor, until_day, of_days)?.checked_sub(share(full_minor, from_day, of_days)?)
}

#[cfg(test)]
mod tests;
