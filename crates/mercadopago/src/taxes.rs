//! The list of taxes inside a report cell (`TAXES_DISAGGREGATED`): documented as JSON, seen without quotes.
//!
//! Strict JSON is tried first, then `[{key:value, …}]`; anything else is an error. Nothing is added to or taken
//! from the total the row prints; a list that disagrees with it is a doubt about the row.

use domain::currency::Currency;
use domain::money::{MoneyError, parse_minor};
use domain::text::Text;
use serde::Deserialize;

use crate::report_file::cells::Cells;
use crate::report_file::layout::Column;
use crate::report_file::{Doubt, Reading, RowError};
use crate::wire::{Literal, Word};

/// One tax of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaxPart {
    /// Who takes it, in the provider's word (a jurisdiction or `debitos_creditos`).
    pub entity: Text,
    /// What it is for (`tax_withholding_collector`).
    pub detail: Text,
    /// Signed minor units: negative is withheld.
    pub amount_minor: i64,
}

/// Why a list of taxes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxesError {
    /// Neither JSON nor the unquoted form of it.
    #[error("not a list of taxes")]
    NotAList,
    /// A tax has no amount.
    #[error("a tax has no amount")]
    NoAmount,
    /// An amount is none of the currency.
    #[error("a tax has no readable amount")]
    Amount(#[from] MoneyError),
    /// The amounts leave 64 bits.
    #[error("sum of the taxes is out of range")]
    OutOfRange,
}

/// Reads a list of taxes; an empty cell and `[]` are an empty list.
///
/// # Errors
/// When the text is in neither form or an amount is none of the currency.
pub fn parse(text: &str, currency: Currency) -> Result<Vec<TaxPart>, TaxesError> {
    match text.trim() {
        "" | "[]" => Ok(Vec::new()),
        text => match serde_json::from_str::<Vec<Wire<'_>>>(text) {
            Ok(list) => list.into_iter().map(|wire| wire.part(currency)).collect(),
            Err(_) => unquoted(text, currency),
        },
    }
}

/// The sum of a list, minor units.
///
/// # Errors
/// [`TaxesError::OutOfRange`] when it leaves 64 bits.
pub fn sum_minor(parts: &[TaxPart]) -> Result<i64, TaxesError> {
    parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(part.amount_minor)).ok_or(TaxesError::OutOfRange)
}

/// Doubts a row whose list of taxes cannot be read or is not its total.
pub(crate) fn doubt(
    cells: &Cells<'_>,
    currency: Currency,
    actual_minor: i64,
    reading: &mut Reading<'_>,
) -> Result<(), RowError> {
    let text = cells.text(Column::TaxParts)?;
    if text.is_empty() || cells.layout.position(Column::Taxes).is_none() {
        return Ok(());
    }
    match parse(text, currency).and_then(|parts| sum_minor(&parts)) {
        Ok(expected_minor) if expected_minor == actual_minor => {}
        Ok(expected_minor) => reading.doubts.push(Doubt::TaxSum { expected_minor, actual_minor }),
        Err(_) => {
            let text = text.chars().take(40).collect::<String>().into();
            reading.doubts.push(Doubt::TaxesUnreadable { text });
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    financial_entity: Option<Word<'a>>,
    #[serde(borrow)]
    detail: Option<Word<'a>>,
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
}

impl Wire<'_> {
    fn part(self, currency: Currency) -> Result<TaxPart, TaxesError> {
        let text = |word: Option<Word<'_>>| word.map(|word| word.text()).unwrap_or_default();
        let amount = self.amount.ok_or(TaxesError::NoAmount)?;
        Ok(TaxPart {
            amount_minor: parse_minor(amount.as_str(), currency)?,
            entity: text(self.financial_entity),
            detail: text(self.detail),
        })
    }
}

/// Reads `[{financial_entity:x, amount:-1.50, detail:y}, {…}]`.
fn unquoted(text: &str, currency: Currency) -> Result<Vec<TaxPart>, TaxesError> {
    let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).ok_or(TaxesError::NotAList)?;
    let mut rest = inner.trim();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let (object, after) =
            rest.strip_prefix('{').and_then(|t| t.split_once('}')).ok_or(TaxesError::NotAList)?;
        parts.push(part(object, currency)?);
        rest = match after.trim_start() {
            "" => "",
            after => after.strip_prefix(',').map(str::trim_start).ok_or(TaxesError::NotAList)?,
        };
    }
    Ok(parts)
}

fn part(object: &str, currency: Currency) -> Result<TaxPart, TaxesError> {
    let (mut entity, mut detail, mut amount) = ("", "", None);
    for pair in object.split(',') {
        let (key, value) = pair.split_once(':').ok_or(TaxesError::NotAList)?;
        let value = value.trim().trim_matches(['"', '\'']);
        match key.trim().trim_matches(['"', '\'']) {
            "financial_entity" => entity = value,
            "detail" => detail = value,
            "amount" => amount = Some(parse_minor(value, currency)?),
            _ => {}
        }
    }
    let amount_minor = amount.ok_or(TaxesError::NoAmount)?;
    Ok(TaxPart { entity: entity.into(), detail: detail.into(), amount_minor })
}

#[cfg(test)]
mod tests;
