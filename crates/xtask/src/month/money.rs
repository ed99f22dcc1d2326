//! Amounts of the sample month: whole minor units, rates in basis points, half-up. No product code, no floats.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// An amount in minor units; prints with two decimals, and in JSON as the provider does: a bare number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Pesos(pub i64);

impl fmt::Display for Pesos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let absolute = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", absolute / 100, absolute % 100)
    }
}

impl Serialize for Pesos {
    /// The provider writes `5200`, `5200.5` and `5200.55`: no trailing zeros.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let full = self.to_string();
        let short = full.trim_end_matches('0').trim_end_matches('.');
        let number = RawValue::from_string(short.to_owned()).expect("a printed amount is a JSON number");
        number.serialize(serializer)
    }
}

/// `amount * numerator / denominator`, half-up; all arguments are non-negative.
pub fn share_minor(amount_minor: i64, numerator: i64, denominator: i64) -> i64 {
    let doubled = i128::from(amount_minor) * i128::from(numerator) * 2 + i128::from(denominator);
    i64::try_from(doubled / (i128::from(denominator) * 2)).expect("a share of an i64 amount fits an i64")
}

/// A rate in basis points of an amount, half-up.
pub fn rate_minor(amount_minor: i64, bps: i64) -> i64 {
    share_minor(amount_minor, bps, 10_000)
}
