//! Exact money: whole minor units of one currency, parsed from and printed as decimal text.
//!
//! No float ever appears. Rates (tax, proration) go through `rust_decimal` and are rounded once, half up
//! (away from zero), into minor units.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::currency::Currency;

/// An amount in the minor unit of its currency (centavos for ARS, pesos for CLP).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Money {
    /// Whole minor units; negative means out.
    pub minor: i64,
    /// The currency the units belong to.
    pub currency: Currency,
}

/// Why a text is not an amount, or a sum has none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a plain decimal number.
    #[error("`{text}` is not a decimal amount")]
    NotDecimal {
        /// The text as it was given, cut to 40 characters.
        text: String,
    },
    /// More decimals than the currency has.
    #[error("`{text}` has more decimals than {currency} allows ({allowed})")]
    TooPrecise {
        /// The text as it was given.
        text: String,
        /// The currency.
        currency: Currency,
        /// Its exponent.
        allowed: u32,
    },
    /// The amount does not fit 64 bits of minor units.
    #[error("amount out of range")]
    OutOfRange,
}

impl Money {
    /// An amount from whole minor units.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads decimal text in major units (`1234.5`, `-0.07`, `1.5e3`), exactly.
    ///
    /// # Errors
    /// When the text is no decimal number, has more significant decimals than the currency, or overflows.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        parse_minor(text, currency).map(|minor| Self { minor, currency })
    }

    /// The amount as a decimal in major units, for rates and display.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_minor(self.minor, self.currency))
    }
}

/// Decimal text in major units with all the decimals of the currency: `-0.07`, `1234.50`.
#[must_use]
pub fn format_minor(minor: i64, currency: Currency) -> String {
    let exponent = currency.exponent() as usize;
    let sign = if minor < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = exponent + 1);
    let (major, cents) = digits.split_at(digits.len() - exponent);
    if exponent == 0 { format!("{sign}{major}") } else { format!("{sign}{major}.{cents}") }
}

/// Reads decimal text in major units into minor units. Trailing zeros beyond the exponent are accepted,
/// because they carry no money.
///
/// # Errors
/// See [`Money::parse`].
pub fn parse_minor(text: &str, currency: Currency) -> Result<i64, MoneyError> {
    let not_decimal = || MoneyError::NotDecimal { text: text.chars().take(40).collect() };
    let (mantissa, power) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().map_err(|_| not_decimal())?),
        None => (text, 0),
    };
    let (negative, unsigned) = match mantissa.as_bytes().first() {
        Some(b'-') => (true, &mantissa[1..]),
        Some(b'+') => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if whole.is_empty() || (fraction.is_empty() && unsigned.contains('.')) {
        return Err(not_decimal());
    }
    let exponent = currency.exponent();
    // Position of each digit relative to the minor unit; digits left of it must be zero to be dropped.
    let shift = i64::from(power) + i64::from(exponent);
    let mut minor: i64 = 0;
    let digits = whole.bytes().chain(fraction.bytes());
    let mut place = whole.len() as i64 + shift;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(not_decimal());
        }
        place -= 1;
        let digit = i64::from(byte - b'0');
        if place >= 0 {
            minor = minor.checked_mul(10).and_then(|m| m.checked_sub(digit)).ok_or(MoneyError::OutOfRange)?;
        } else if digit != 0 {
            return Err(MoneyError::TooPrecise { text: text.to_owned(), currency, allowed: exponent });
        }
    }
    while place > 0 && minor != 0 {
        minor = minor.checked_mul(10).ok_or(MoneyError::OutOfRange)?;
        place -= 1;
    }
    // Accumulated as a negative number, whose range is one wider.
    if negative { Ok(minor) } else { minor.checked_neg().ok_or(MoneyError::OutOfRange) }
}

/// Splits an amount that includes a tax into (net, tax): net is rounded half up, the tax takes the rest, so
/// that the two always sum to the amount.
///
/// `percent` is the tax rate, `21` for 21 %.
///
/// # Errors
/// When the rate is negative or the result overflows.
pub fn split_tax(minor: i64, percent: Decimal) -> Result<(i64, i64), MoneyError> {
    if percent.is_zero() {
        return Ok((minor, 0));
    }
    let hundred = Decimal::ONE_HUNDRED;
    let divisor = hundred.checked_add(percent).filter(|d| *d >= hundred).ok_or(MoneyError::OutOfRange)?;
    let net = Decimal::from(minor)
        .checked_mul(hundred)
        .and_then(|d| d.checked_div(divisor))
        .ok_or(MoneyError::OutOfRange)?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let net = i64::try_from(net).map_err(|_| MoneyError::OutOfRange)?;
    Ok((net, minor - net))
}

#[cfg(test)]
mod tests;
