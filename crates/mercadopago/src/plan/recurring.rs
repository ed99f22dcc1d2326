//! The `auto_recurring` object that plans and subscriptions share: what is charged and how often.
//!
//! Judges no value: a billing day past the 28th is the provider's business.

use std::str::FromStr;

use domain::currency::Currency;
use domain::plan::{Period, PeriodUnit, Terms};
use serde::Deserialize;

use crate::site;
use crate::unreadable::Unreadable;
use crate::wire::{Literal, Word, need, object_or_nothing};

use super::unknown_word;

/// What we read of it. Reference: `auto_recurring` of `/preapproval_plan` and `/preapproval`.
#[derive(Deserialize)]
pub(crate) struct Recurring<'a> {
    #[serde(borrow)]
    frequency: Option<Literal<'a>>,
    #[serde(borrow)]
    frequency_type: Option<Word<'a>>,
    #[serde(borrow)]
    repetitions: Option<Literal<'a>>,
    #[serde(borrow)]
    billing_day: Option<Literal<'a>>,
    billing_day_proportional: Option<bool>,
    #[serde(borrow)]
    transaction_amount: Option<Literal<'a>>,
    #[serde(borrow)]
    transaction_amount_proportional: Option<Literal<'a>>,
    #[serde(borrow)]
    currency_id: Option<Word<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    free_trial: Option<Trial<'a>>,
    /// First day, of subscriptions only.
    #[serde(borrow)]
    pub(crate) start_date: Option<Word<'a>>,
    /// Last day, of subscriptions only.
    #[serde(borrow)]
    pub(crate) end_date: Option<Word<'a>>,
}

#[derive(Deserialize)]
struct Trial<'a> {
    #[serde(borrow)]
    frequency: Option<Literal<'a>>,
    #[serde(borrow)]
    frequency_type: Option<Word<'a>>,
    #[serde(borrow)]
    first_invoice_offset: Option<Literal<'a>>,
}

impl Recurring<'_> {
    /// The terms.
    ///
    /// # Errors
    /// When the frequency is missing, or a number, amount, currency or unit cannot be read.
    pub(crate) fn read(&self, site: Option<&str>) -> Result<Terms, Unreadable> {
        let code = self.currency_id.as_ref().map(Word::as_str);
        let currency = site::currency_of("auto_recurring.currency_id", code, site)?;
        Ok(Terms {
            currency,
            amount_minor: minor(
                "auto_recurring.transaction_amount",
                self.transaction_amount.as_ref(),
                currency,
            )?,
            every: Period {
                count: number(
                    "auto_recurring.frequency",
                    need("auto_recurring.frequency", self.frequency.as_ref())?,
                )?,
                unit: unit("auto_recurring.frequency_type", self.frequency_type.as_ref())?,
            },
            repetitions: optional_number("auto_recurring.repetitions", self.repetitions.as_ref())?,
            billing_day: optional_number("auto_recurring.billing_day", self.billing_day.as_ref())?,
            proportional: self.billing_day_proportional == Some(true),
            first_amount_minor: minor(
                "auto_recurring.transaction_amount_proportional",
                self.transaction_amount_proportional.as_ref(),
                currency,
            )?,
            free_trial: self.free_trial.as_ref().map(Trial::period).transpose()?.flatten(),
            first_charge_after_days: optional_number(
                "auto_recurring.free_trial.first_invoice_offset",
                self.free_trial.as_ref().and_then(|trial| trial.first_invoice_offset.as_ref()),
            )?,
        })
    }
}

impl Trial<'_> {
    /// `None` for an empty object.
    fn period(&self) -> Result<Option<Period>, Unreadable> {
        let Some(frequency) = &self.frequency else { return Ok(None) };
        let count = number("auto_recurring.free_trial.frequency", frequency)?;
        let unit = unit("auto_recurring.free_trial.frequency_type", self.frequency_type.as_ref())?;
        Ok(Some(Period { count, unit }))
    }
}

/// An optional whole number.
///
/// # Errors
/// [`Unreadable::WrongType`] when there is something else.
pub(crate) fn optional_number<T: FromStr>(
    path: &'static str,
    literal: Option<&Literal<'_>>,
) -> Result<Option<T>, Unreadable> {
    literal.map(|literal| number(path, literal)).transpose()
}

/// An optional amount in major units, in minor units of the currency.
///
/// # Errors
/// [`Unreadable::BadAmount`] when it is none of the currency.
pub(crate) fn minor(
    path: &'static str,
    literal: Option<&Literal<'_>>,
    currency: Currency,
) -> Result<Option<i64>, Unreadable> {
    literal.map(|literal| literal.minor(path, currency)).transpose()
}

fn number<T: FromStr>(path: &'static str, literal: &Literal<'_>) -> Result<T, Unreadable> {
    let expected = "a whole number in range";
    literal.as_str().parse().map_err(|_| Unreadable::WrongType { path, expected })
}

fn unit(path: &'static str, word: Option<&Word<'_>>) -> Result<PeriodUnit, Unreadable> {
    match need(path, word)?.as_str() {
        "days" => Ok(PeriodUnit::Days),
        "months" => Ok(PeriodUnit::Months),
        word => Err(unknown_word(path, word)),
    }
}
