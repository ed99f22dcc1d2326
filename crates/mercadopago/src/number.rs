//! A JSON number that is written and read as its digits: an amount of a request never passes through a float.
//!
//! Does not know what it counts; a currency's decimals are checked by whoever turns it into money.

use std::fmt;

use domain::currency::Currency;
use domain::money::{Money, MoneyError};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A number as its exact text: `100`, `24.50`. It is equal to another when both are written alike.
#[derive(Clone)]
pub struct Number(Box<RawValue>);

/// The text is not a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a JSON number")]
pub struct NotANumber {
    /// The text as it was given, cut to 40 characters.
    pub text: String,
}

impl Number {
    /// Reads decimal text as JSON writes numbers (`24.50`, `-1`, `1.5e3`), and keeps it as it is.
    ///
    /// # Errors
    /// [`NotANumber`] when JSON would not read the text as a number.
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        let refused = || NotANumber { text: text.chars().take(40).collect() };
        let raw = RawValue::from_string(text.to_owned()).map_err(|_| refused())?;
        // Blanks around it are JSON, but no part of a number.
        Self::of_raw(raw).filter(|number| number.as_str() == text).ok_or_else(refused)
    }

    /// The digits as they are written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// The number as an amount in major units of the currency.
    ///
    /// # Errors
    /// When it has more decimals than the currency, or overflows.
    pub fn to_money(&self, currency: Currency) -> Result<Money, MoneyError> {
        Money::parse(self.as_str(), currency)
    }

    fn of_raw(raw: Box<RawValue>) -> Option<Self> {
        let number = raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
        number.then_some(Self(raw))
    }
}

/// The amount in major units with all the decimals of its currency.
impl From<Money> for Number {
    fn from(money: Money) -> Self {
        Self::parse(&money.to_string()).expect("an amount prints as a decimal number")
    }
}

impl From<u64> for Number {
    fn from(count: u64) -> Self {
        Self::parse(&count.to_string()).expect("whole numbers print as digits")
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({self})")
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::of_raw(raw).ok_or_else(|| D::Error::custom("expected a number"))
    }
}

#[cfg(test)]
mod tests;
