//! What became of the lines of a file of orders, and what they come to in each currency.

use std::collections::BTreeMap;
use std::io::{self, Write};

use domain::currency::Currency;
use domain::text::Text;
use ledger::account::Lang;
use serde::Serialize;

use crate::listing::json::Object;
use crate::listing::{Cell, Column, Listing, csv, numbers, text, words};
use crate::words::Word;

/// The stage of a line that is no order.
pub const NOT_ORDERED: &str = "not_ordered";

/// One line of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineRow {
    /// Its number, from 1 with the header.
    pub line: u64,
    /// The payment, as the line names it.
    pub payment: Text,
    /// Name of its order.
    pub request: Option<Text>,
    /// How much, minor units.
    pub amount_minor: Option<i64>,
    /// Currency of the amount.
    pub currency: Option<Currency>,
    /// How far the order is; [`NOT_ORDERED`] where there is none.
    pub stage: Text,
    /// Whether the order was there before.
    pub was_placed: bool,
    /// The provider's refund.
    pub refund: Option<Text>,
    /// Which column is at fault.
    pub column: Option<Text>,
    /// Why it is no order, was refused, or still waits.
    pub why: Option<Text>,
}

/// What the lines come to in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TotalRow {
    /// Which.
    pub currency: Currency,
    /// How many new orders.
    pub orders: u64,
    /// Their sum, minor units.
    pub amount_minor: i128,
    /// How many of the new ones wait for a second person.
    pub held: u64,
    /// How many orders were there before.
    pub repeated: u64,
    /// Their sum, minor units.
    pub repeated_minor: i128,
    /// What of the available balance is left for others, minor units; none where nobody looked.
    pub left_minor: Option<i64>,
}

impl LineRow {
    /// Whether nothing will come of it: it is no order, or somebody refused it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        [NOT_ORDERED, "refused", "declined"].contains(&self.stage.as_str())
    }
}

/// The sums of lines by currency; of what nothing will come is in none.
#[must_use]
pub fn totals(rows: &[LineRow], left: impl Fn(Currency) -> Option<i64>) -> Vec<TotalRow> {
    let mut totals = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.is_refused()) {
        let (Some(currency), Some(amount_minor)) = (row.currency, row.amount_minor) else { continue };
        let total = totals.entry(currency).or_insert_with(|| TotalRow {
            currency,
            orders: 0,
            amount_minor: 0,
            held: 0,
            repeated: 0,
            repeated_minor: 0,
            left_minor: left(currency),
        });
        if row.was_placed {
            total.repeated += 1;
            total.repeated_minor += i128::from(amount_minor);
        } else {
            total.orders += 1;
            total.amount_minor += i128::from(amount_minor);
            total.held += u64::from(row.stage.as_str() == "held");
        }
    }
    totals.into_values().collect()
}

impl Listing for LineRow {
    const NAME: &'static str = "lines";
    const FILE: &'static str = "lines.csv";
    const COLUMNS: &'static [Column] = &[
        numbers("line", Word::Line),
        words("payment", Word::Payment),
        words("order", Word::Order),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("stage", Word::Stage),
        words("was_placed", Word::Repeated),
        words("refund", Word::Refund),
        words("column", Word::ColumnOfFile),
        words("why", Word::Why),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Count(self.line),
            Cell::text(&self.payment),
            Cell::maybe(self.request.as_ref()),
            Cell::maybe_amount(self.amount_minor, self.currency),
            Cell::maybe_currency(self.currency),
            Cell::text(&self.stage),
            Cell::Flag(self.was_placed),
            Cell::maybe(self.refund.as_ref()),
            Cell::maybe(self.column.as_ref()),
            Cell::maybe(self.why.as_ref()),
        ]
    }
}

impl Listing for TotalRow {
    const NAME: &'static str = "totals";
    const FILE: &'static str = "totals.csv";
    const COLUMNS: &'static [Column] = &[
        words("currency", Word::Currency),
        numbers("orders", Word::Orders),
        numbers("amount", Word::Amount),
        numbers("held", Word::Waiting),
        numbers("repeated", Word::Repeated),
        numbers("repeated_amount", Word::RepeatedAmount),
        numbers("available_left", Word::AvailableLeft),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::maybe_currency(Some(self.currency)),
            Cell::Count(self.orders),
            Cell::Total(self.amount_minor, self.currency),
            Cell::Count(self.held),
            Cell::Count(self.repeated),
            Cell::Total(self.repeated_minor, self.currency),
            Cell::maybe_amount(self.left_minor, Some(self.currency)),
        ]
    }
}

/// Writes lines and totals as one JSON object: `{"file":…,"is_written":…,"lines":[…],"totals":[…]}`.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_json(
    file: &str,
    is_written: bool,
    rows: &[LineRow],
    totals: &[TotalRow],
    out: &mut impl Write,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Whole<'a> {
        file: &'a str,
        is_written: bool,
        lines: Vec<Object<'a, LineRow>>,
        totals: Vec<Object<'a, TotalRow>>,
    }
    let (lines, totals) = (rows.iter().map(Object).collect(), totals.iter().map(Object).collect());
    serde_json::to_writer(&mut *out, &Whole { file, is_written, lines, totals })?;
    writeln!(out)
}

/// Writes the lines as CSV (RFC 4180).
///
/// # Errors
/// When `out` cannot be written.
pub fn write_csv(rows: &[LineRow], out: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::Rows::new::<LineRow>(out)?;
    rows.iter().try_for_each(|row| csv.push(row))?;
    csv.finish()
}

/// Writes the totals as a table.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_totals(totals: &[TotalRow], lang: Lang, out: &mut impl Write) -> io::Result<()> {
    text::write(totals.iter().cloned(), usize::MAX, totals.len() as u64, lang, out)
}

/// Writes the lines, and below them the totals, as tables.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_text(rows: &[LineRow], totals: &[TotalRow], lang: Lang, out: &mut impl Write) -> io::Result<()> {
    text::write(rows.iter().cloned(), usize::MAX, rows.len() as u64, lang, out)?;
    write_totals(totals, lang, out)
}

#[cfg(test)]
mod tests;
