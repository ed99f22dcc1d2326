//! Rules of the provider that a call is held against before it is sent, and the one that it breaks.
//!
//! A rule that depends on the account (amount limits of a seller, say) is the provider's to apply.

use std::fmt;

use domain::currency::Currency;
use domain::money::MoneyError;
use mercadopago::number::Number;

/// A parameter that the provider would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem} (rule: {rule})")]
pub struct Invalid {
    /// The field as the provider calls it, with dots: `auto_recurring.billing_day`.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
    /// Where the rule is written, or `measured`.
    pub rule: &'static str,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It must be there, and not empty.
    Missing,
    /// It goes only with what is named.
    Without(&'static str),
    /// It must not be sent together with what is named.
    Beside(&'static str),
    /// It must be more than zero.
    NotPositive(String),
    /// It is no amount of its currency.
    NotAnAmount(MoneyError),
    /// It has too many characters.
    TooLong {
        /// The most that is allowed.
        most: usize,
        /// How many there are.
        actual: usize,
    },
    /// It has too few characters.
    TooShort {
        /// The fewest that are allowed.
        least: usize,
        /// How many there are.
        actual: usize,
    },
    /// It lies outside its range.
    Outside {
        /// The smallest value.
        least: String,
        /// The largest value.
        most: String,
        /// The value.
        actual: String,
    },
    /// It is none of the words that the endpoint knows.
    NotOneOf {
        /// The words, separated by commas.
        known: &'static str,
        /// The value, cut to 40 characters.
        actual: String,
    },
    /// It is not of the kind that is named.
    IsNot {
        /// The kind, as `an http or https address`.
        wanted: &'static str,
        /// The value, cut to 40 characters.
        actual: String,
    },
    /// It is no e-mail address; the value is left out, because messages are logged.
    NoEmail,
    /// It is not later than what it must follow.
    NotAfter {
        /// What it must follow.
        begin: String,
        /// The value.
        actual: String,
    },
    /// It may hold nothing but what is named.
    OtherThan(&'static str),
    /// It holds a character that cannot be sent.
    BadCharacter,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Without(other) => write!(f, "goes only with {other}"),
            Self::Beside(other) => write!(f, "does not go with {other}"),
            Self::NotPositive(actual) => write!(f, "must be more than zero, not {actual}"),
            Self::NotAnAmount(problem) => write!(f, "is not an amount: {problem}"),
            Self::TooLong { most, actual } => {
                write!(f, "has {actual} characters, at most {most} are allowed")
            }
            Self::TooShort { least, actual } => {
                write!(f, "has {actual} characters, at least {least} are needed")
            }
            Self::Outside { least, most, actual } => {
                write!(f, "must be between {least} and {most}, not {actual}")
            }
            Self::NotOneOf { known, actual } => write!(f, "must be one of {known}, not `{actual}`"),
            Self::IsNot { wanted, actual } => write!(f, "must be {wanted}, not `{actual}`"),
            Self::NoEmail => f.write_str("must be an e-mail address such as payer@mail.example"),
            Self::NotAfter { begin, actual } => write!(f, "must be after {begin}, not {actual}"),
            Self::OtherThan(allowed) => write!(f, "may hold nothing but {allowed}"),
            Self::BadCharacter => f.write_str("holds a character that cannot be sent"),
        }
    }
}

/// A field together with the page that has its rule: what the checks below are asked of.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The field as the provider calls it.
    pub name: &'static str,
    /// Where the rule is written.
    pub rule: &'static str,
}

impl Field {
    /// A field and where its rule is written.
    #[must_use]
    pub const fn new(name: &'static str, rule: &'static str) -> Self {
        Self { name, rule }
    }

    /// The complaint.
    #[must_use]
    pub fn is(self, problem: Problem) -> Invalid {
        Invalid { field: self.name, problem, rule: self.rule }
    }

    /// The text is there and not blank.
    ///
    /// # Errors
    /// [`Problem::Missing`].
    pub fn filled(self, text: &str) -> Result<(), Invalid> {
        if text.trim().is_empty() { Err(self.is(Problem::Missing)) } else { Ok(()) }
    }

    /// The text has at most so many characters.
    ///
    /// # Errors
    /// [`Problem::TooLong`].
    pub fn at_most(self, most: usize, text: &str) -> Result<(), Invalid> {
        let actual = text.chars().count();
        if actual > most { Err(self.is(Problem::TooLong { most, actual })) } else { Ok(()) }
    }

    /// The text has at least so many characters.
    ///
    /// # Errors
    /// [`Problem::TooShort`].
    pub fn at_least(self, least: usize, text: &str) -> Result<(), Invalid> {
        let actual = text.chars().count();
        if actual < least { Err(self.is(Problem::TooShort { least, actual })) } else { Ok(()) }
    }

    /// The value lies in the range, ends included.
    ///
    /// # Errors
    /// [`Problem::Outside`].
    pub fn within<T: PartialOrd + fmt::Display>(self, least: T, most: T, actual: T) -> Result<(), Invalid> {
        if actual >= least && actual <= most {
            return Ok(());
        }
        let (least, most, actual) = (least.to_string(), most.to_string(), actual.to_string());
        Err(self.is(Problem::Outside { least, most, actual }))
    }

    /// The number is an amount of the currency and more than zero.
    ///
    /// # Errors
    /// [`Problem::NotAnAmount`], [`Problem::NotPositive`].
    pub fn positive(self, amount: &Number, currency: Currency) -> Result<(), Invalid> {
        let money = amount.to_money(currency).map_err(|error| self.is(Problem::NotAnAmount(error)))?;
        if money.minor > 0 { Ok(()) } else { Err(self.is(Problem::NotPositive(amount.to_string()))) }
    }
}

#[cfg(test)]
mod tests;
