//! `[approval]`: above what amount an order about a payment waits for a second person.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::money::{MoneyError, parse_minor};
use domain::text::Text;
use serde::Deserialize;

use super::ConfigError;

/// When a second person must agree.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Decimal amounts in major units, by currency (`ARS`).
    above: BTreeMap<String, Limit>,
}

/// An amount as it is written: text in files, and of a variable also a whole number.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Limit {
    Whole(i64),
    Decimal(Text),
}

impl Approval {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (code, limit) in &self.above {
            let currency =
                currency(code).ok_or_else(|| ConfigError::UnknownCurrency { code: code.clone() })?;
            let unfit = |source| ConfigError::ApprovalAmount { code: code.clone(), source };
            let minor = limit.minor(currency).map_err(unfit)?;
            if minor < 0 {
                return Err(ConfigError::ApprovalBelowZero { code: code.clone() });
            }
        }
        Ok(())
    }

    /// The limits, minor units. A variable names a currency in small letters, which come after the capitals of files and
    /// win.
    #[must_use]
    pub fn limits(&self) -> BTreeMap<Currency, i64> {
        let limit = |(code, limit): (&String, &Limit)| {
            let currency = currency(code).expect("only currencies pass the check of a configuration");
            (currency, limit.minor(currency).expect("only amounts pass the check of a configuration"))
        };
        self.above.iter().map(limit).collect()
    }
}

impl Limit {
    fn minor(&self, currency: Currency) -> Result<i64, MoneyError> {
        match self {
            Self::Whole(major) => parse_minor(&major.to_string(), currency),
            Self::Decimal(text) => parse_minor(text, currency),
        }
    }
}

fn currency(code: &str) -> Option<Currency> {
    code.to_uppercase().parse().ok()
}

#[cfg(test)]
mod tests;
