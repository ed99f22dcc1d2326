//! The cells of one record by column: text, id, time, amount and currency, each or the reason why not.

use csv::ByteRecord;
use domain::currency::Currency;
use domain::machine::Instant;

use super::amount::{self, Mark};
use super::layout::{Column, Layout};
use super::{RowError, Why};
use crate::time;

/// One record under its header.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    pub(crate) record: &'a ByteRecord,
    pub(crate) layout: &'a Layout,
    pub(crate) line: u64,
}

/// The amounts of one record, which share a decimal mark and a currency.
#[derive(Clone, Copy)]
pub(crate) struct Amounts<'a> {
    cells: Cells<'a>,
    mark: Mark,
    currency: Currency,
}

impl<'a> Cells<'a> {
    /// The text of a cell without surrounding blanks; empty when the file lacks the column.
    pub(crate) fn text(&self, column: Column) -> Result<&'a str, RowError> {
        let Some(cell) = self.layout.position(column).and_then(|at| self.record.get(at)) else {
            return Ok("");
        };
        std::str::from_utf8(cell)
            .map(str::trim)
            .map_err(|_| self.error(column, &String::from_utf8_lossy(cell), Why::NotUtf8))
    }

    /// The text of a cell that must not be empty.
    pub(crate) fn needed(&self, column: Column) -> Result<&'a str, RowError> {
        match self.text(column)? {
            "" => Err(self.error(column, "", Why::Missing)),
            text => Ok(text),
        }
    }

    /// An id of the provider's, which may be absent: it becomes part of a key, and a spreadsheet's `2E+15` is
    /// no longer the id it was.
    pub(crate) fn id(&self, column: Column) -> Result<&'a str, RowError> {
        let text = self.text(column)?;
        let fits = |c: char| c != '/' && !c.is_whitespace() && !c.is_control();
        if text.chars().all(fits) && !is_rounded(text) {
            Ok(text)
        } else {
            Err(self.error(column, text, Why::NotAnId))
        }
    }

    /// A time; absent when the cell is empty or the year 1.
    pub(crate) fn time(&self, column: Column) -> Result<Option<Instant>, RowError> {
        match self.text(column)? {
            "" => Ok(None),
            text => match time::parse(text) {
                Ok(time) => Ok(time.map(|time| time.instant)),
                Err(_) => Err(self.error(column, text, Why::NotATime)),
            },
        }
    }

    /// The currency of the first of these columns that names one.
    pub(crate) fn currency(&self, columns: &[Column]) -> Result<Option<Currency>, RowError> {
        for column in columns {
            let text = self.text(*column)?;
            if !text.is_empty() {
                let currency = text.parse().map_err(|_| self.error(*column, text, Why::UnknownCurrency))?;
                return Ok(Some(currency));
            }
        }
        Ok(None)
    }

    /// The amounts of the record, given the columns that hold one.
    pub(crate) fn amounts(&self, columns: &[Column], currency: Currency) -> Result<Amounts<'a>, RowError> {
        let text = |column: &Column| self.text(*column).unwrap_or_default();
        let mark = amount::mark(columns.iter().map(text))
            .map_err(|(index, why)| self.error(columns[index], text(&columns[index]), why))?;
        Ok(Amounts { cells: *self, mark, currency })
    }

    /// An error about a cell.
    pub(crate) fn error(&self, column: Column, text: &str, why: Why) -> RowError {
        RowError {
            line: self.line,
            column: Some(column.name()),
            text: text.chars().take(40).collect::<String>().into(),
            why,
        }
    }
}

impl Amounts<'_> {
    /// An amount that counts as zero when its cell is empty, minor units.
    pub(crate) fn get(&self, column: Column) -> Result<i64, RowError> {
        self.optional(column).map(Option::unwrap_or_default)
    }

    /// An amount that must be there, minor units.
    pub(crate) fn needed(&self, column: Column) -> Result<i64, RowError> {
        self.optional(column)?.ok_or_else(|| self.cells.error(column, "", Why::Missing))
    }

    /// An amount, minor units.
    pub(crate) fn optional(&self, column: Column) -> Result<Option<i64>, RowError> {
        match self.cells.text(column)? {
            "" => Ok(None),
            text => amount::parse(text, self.mark, self.currency)
                .map(Some)
                .map_err(|source| self.cells.error(column, text, Why::Amount(source))),
        }
    }
}

/// Whether a spreadsheet has rounded the number: `2E+15`, `1.23E+11`.
fn is_rounded(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let power = power.strip_prefix('+').unwrap_or(power);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    number(power) && number(&digits.replacen(['.', ','], "", 1))
}
