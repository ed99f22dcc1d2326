//! A part of a whole, exact until it is printed.

use rust_decimal::{Decimal, RoundingStrategy};

/// A part of a whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ratio {
    /// The part.
    pub part: i128,
    /// The whole; of nothing there is no part.
    pub whole: i128,
}

impl Ratio {
    /// A part of a whole, both counts.
    #[must_use]
    pub fn of_counts(part: u64, whole: u64) -> Self {
        Self { part: part.into(), whole: whole.into() }
    }

    /// Percent as decimal text, half up: `12.35`; `None` when there is no whole, or it is no number that prints.
    #[must_use]
    pub fn percent(self, places: u32) -> Option<String> {
        let [part, whole] =
            [self.part, self.whole].map(|number| Decimal::try_from_i128_with_scale(number, 0).ok());
        let percent = part?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole?)?;
        let mut rounded = percent.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(places);
        Some(rounded.to_string())
    }
}

#[cfg(test)]
mod tests;
