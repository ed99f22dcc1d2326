//! Amounts in whole minor units: how they are read, shared and printed. Rates are basis points, half-up. No floats.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// An amount: prints with all decimals of its currency, and in JSON as the provider does, without trailing zeros.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Amount {
    /// Minor units.
    pub(crate) minor: i64,
    /// Decimals of the currency.
    pub(crate) decimals: u32,
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (absolute, unit) = (self.minor.unsigned_abs(), 10_u64.pow(self.decimals));
        match self.decimals {
            0 => write!(f, "{sign}{absolute}"),
            decimals => {
                let width = decimals as usize;
                write!(f, "{sign}{}.{:0width$}", absolute / unit, absolute % unit)
            }
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let full = self.to_string();
        let short = if full.contains('.') { full.trim_end_matches('0').trim_end_matches('.') } else { &full };
        let number = RawValue::from_string(short.to_owned()).expect("a printed amount is a JSON number");
        number.serialize(serializer)
    }
}

/// Reads a decimal number of at most so many decimals; zeros beyond them are allowed.
pub(crate) fn parse(text: &str, decimals: u32) -> Option<i64> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let decimals = decimals as usize;
    let (kept, rest) = fraction.split_at(fraction.len().min(decimals));
    if rest.bytes().any(|byte| byte != b'0') {
        return None;
    }
    let absolute: i64 = format!("{whole}{kept:0<decimals$}").parse().ok()?;
    Some(if negative { -absolute } else { absolute })
}

/// `amount * numerator / denominator`, half-up; the arguments are not negative, the denominator not zero.
pub(crate) fn share(amount_minor: i64, numerator: i64, denominator: i64) -> i64 {
    let doubled = i128::from(amount_minor) * i128::from(numerator) * 2 + i128::from(denominator);
    i64::try_from(doubled / (i128::from(denominator) * 2)).expect("a share of an i64 amount fits an i64")
}

/// A rate in basis points of an amount, half-up.
pub(crate) fn rate(amount_minor: i64, bps: i64) -> i64 {
    share(amount_minor, bps, 10_000)
}

#[cfg(test)]
mod tests {
    use super::{Amount, parse, rate};

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        let cases = [
            ("100", 2, Some(10_000)),
            ("24.5", 2, Some(2_450)),
            ("24.500", 2, Some(2_450)),
            ("-0.05", 2, Some(-5)),
            ("24.505", 2, None),
            ("1500", 0, Some(1_500)),
            ("1500.5", 0, None),
            ("1e3", 2, None),
            ("", 2, None),
            (".5", 2, None),
            ("92233720368547758.08", 2, None),
        ];
        for (text, decimals, minor) in cases {
            assert_eq!(parse(text, decimals), minor, "{text}");
        }
    }

    #[test]
    fn json_has_no_trailing_zeros_and_text_has_all_decimals() {
        let cases = [(520_000, 2, "5200", "5200.00"), (520_050, 2, "5200.5", "5200.50"), (0, 2, "0", "0.00")];
        let cases = cases.into_iter().chain([(-7, 2, "-0.07", "-0.07"), (1_500, 0, "1500", "1500")]);
        for (minor, decimals, json, text) in cases {
            let amount = Amount { minor, decimals };
            assert_eq!(serde_json::to_string(&amount).expect("an amount"), json);
            assert_eq!(amount.to_string(), text);
        }
    }

    #[test]
    fn rates_round_half_up() {
        assert_eq!((rate(150, 100), rate(149, 100), rate(10_000, 439)), (2, 1, 439));
    }
}
