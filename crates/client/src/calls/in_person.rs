//! Rules that charges in person share: the least and the most that a terminal takes.

use domain::currency::Currency;
use domain::money::Money;

use super::rules::positive;
use crate::invalid::{Field, Invalid};

/// The least and the most that a terminal takes, in minor units of the site's currency.
pub(super) type Limits = [(Currency, i64, i64)];

/// The amount is within the limits of its site; where none are published it is more than zero.
pub(super) fn amount(field: Field, amount: Money, limits: &Limits) -> Result<(), Invalid> {
    match limits.iter().find(|(currency, ..)| *currency == amount.currency) {
        Some((currency, least, most)) => {
            field.within(Money::new(*least, *currency), Money::new(*most, *currency), amount)
        }
        None => positive(field, amount),
    }
}

/// The text is there, not blank, and has at most so many characters.
pub(super) fn text(field: Field, most: usize, text: &str) -> Result<(), Invalid> {
    field.filled(text)?;
    field.at_most(most, text)
}
