//! The journal: entries with their lines as JSON, one posting a row as CSV and text, and as an hledger journal.

use std::borrow::Cow;
use std::io::{self, Write};

use chrono::NaiveDate;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::money::format_minor;
use domain::text::Text;
use ledger::account::{Account, Lang};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::listing::{Cell, Column, Listing, csv, moment, numbers, text, words};
use crate::words::{Word, cut_line};

pub mod hledger;

/// A journal entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryRow {
    /// Its place in the order of recording.
    pub position: u64,
    /// Id derived from its cause.
    pub id: Text,
    /// Business time.
    pub at: Instant,
    /// The day of `at` where the seller is: the day it is booked on.
    pub day: NaiveDate,
    /// Stored name of the fact that caused it.
    pub fact: Text,
    /// Whose history caused it: `kind/seller/id`.
    pub stream: Text,
    /// Currency of every line.
    pub currency: Currency,
    /// Accounts and minor units, debit positive; they sum to zero.
    pub lines: Vec<(Account, i64)>,
    /// Who told us.
    pub evidence: Text,
}

/// One line of an entry.
struct Posting<'a> {
    entry: &'a EntryRow,
    number: u64,
    account: Account,
    amount_minor: i64,
    lang: Lang,
}

impl Listing for Posting<'_> {
    const NAME: &'static str = "postings";
    const FILE: &'static str = "journal.csv";
    const COLUMNS: &'static [Column] = &[
        numbers("position", Word::Position),
        words("entry", Word::Entry),
        numbers("line", Word::Line),
        words("day", Word::Day),
        words("at", Word::Time),
        words("fact", Word::Fact),
        words("stream", Word::Stream),
        words("account", Word::Account),
        words("name", Word::Name),
        numbers("debit", Word::Debit),
        numbers("credit", Word::Credit),
        words("currency", Word::Currency),
        words("evidence", Word::Evidence),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let amount = Cell::Amount(self.amount_minor, self.entry.currency);
        let (debit, credit) = match self.amount_minor.checked_neg() {
            Some(credit) if self.amount_minor < 0 => {
                (Cell::Nothing, Cell::Amount(credit, self.entry.currency))
            }
            Some(_) | None => (amount, Cell::Nothing),
        };
        vec![
            Cell::Count(self.entry.position),
            Cell::text(&self.entry.id),
            Cell::Count(self.number),
            Cell::Text(Cow::Owned(self.entry.day.to_string())),
            Cell::At(self.entry.at),
            Cell::text(&self.entry.fact),
            Cell::text(&self.entry.stream),
            Cell::Text(Cow::Owned(self.account.to_string())),
            Cell::text(self.account.label(self.lang)),
            debit,
            credit,
            Cell::maybe_currency(Some(self.entry.currency)),
            Cell::text(&self.entry.evidence),
        ]
    }
}

impl EntryRow {
    fn postings(&self, lang: Lang) -> impl Iterator<Item = Posting<'_>> {
        (1..).zip(&self.lines).map(move |(number, &(account, amount_minor))| Posting {
            entry: self,
            number,
            account,
            amount_minor,
            lang,
        })
    }
}

struct Line(Account, i64, Currency);

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("account", &self.0.to_string())?;
        map.serialize_entry("amount", &format_minor(self.1, self.2))?;
        map.end()
    }
}

impl Serialize for EntryRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lines: Vec<_> = self.lines.iter().map(|&(a, minor)| Line(a, minor, self.currency)).collect();
        let mut map = serializer.serialize_map(Some(9))?;
        map.serialize_entry("position", &self.position)?;
        map.serialize_entry("id", self.id.as_str())?;
        map.serialize_entry("at", &moment(self.at))?;
        map.serialize_entry("day", &self.day)?;
        map.serialize_entry("fact", self.fact.as_str())?;
        map.serialize_entry("stream", self.stream.as_str())?;
        map.serialize_entry("currency", self.currency.code())?;
        map.serialize_entry("lines", &lines)?;
        map.serialize_entry("evidence", self.evidence.as_str())?;
        map.end()
    }
}

/// Writes `{"entries":[…]}`, an entry a line; debit positive.
///
/// # Errors
/// When the writer fails.
pub fn write_json(rows: impl Iterator<Item = EntryRow>, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"{\"entries\":[")?;
    let mut before: &[u8] = b"\n";
    for row in rows {
        out.write_all(before)?;
        serde_json::to_writer(&mut *out, &row)?;
        before = b",\n";
    }
    out.write_all(if before == b"\n" { b"]}\n" } else { b"\n]}\n" })
}

/// Writes one posting a row as CSV (RFC 4180), debit and credit apart.
///
/// # Errors
/// When the writer fails.
pub fn write_csv(rows: impl Iterator<Item = EntryRow>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::Rows::new::<Posting<'_>>(out)?;
    for row in rows {
        row.postings(lang).try_for_each(|posting| csv.push(&posting))?;
    }
    csv.finish()
}

/// Writes the postings of the first `limit` entries as a table; `total` counts all entries, and a last line says
/// how many are not shown.
///
/// # Errors
/// When the writer fails.
pub fn write_text(
    rows: impl Iterator<Item = EntryRow>,
    limit: usize,
    total: u64,
    lang: Lang,
    out: &mut impl Write,
) -> io::Result<()> {
    let shown: Vec<_> = rows.take(limit).collect();
    let postings = shown.iter().flat_map(|row| row.postings(lang));
    text::write(postings, usize::MAX, 0, lang, out)?;
    let shown = u64::try_from(shown.len()).expect("a length fits 64 bits");
    match total.saturating_sub(shown) {
        0 => Ok(()),
        hidden => writeln!(out, "{}", cut_line(hidden, Posting::FILE, lang)),
    }
}

#[cfg(test)]
mod tests;
