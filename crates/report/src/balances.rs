//! Balances of the accounts as of an instant of business time, as known at an instant of recording time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;
use ledger::account::{Account, Lang};

use crate::listing::{Cell, Column, Listing, format_total, json, moment, numbers, text, words};
use crate::words::Word;

/// The balance of an account in a currency for a seller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BalanceRow {
    /// Account.
    pub account: Account,
    /// Currency.
    pub currency: Currency,
    /// Whose books.
    pub seller: Text,
    /// Debit positive, minor units.
    pub balance_minor: i64,
}

/// Balances and what they are as of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Balances {
    /// Instant of business time.
    pub as_of: Instant,
    /// Instant of recording time.
    pub known_at: Instant,
    /// In the order they are to be shown in.
    pub rows: Vec<BalanceRow>,
}

/// A balance with the name of its account.
pub struct Named<'a> {
    row: &'a BalanceRow,
    lang: Lang,
}

impl Balances {
    /// The balances with the names of the accounts in a language.
    pub fn named(&self, lang: Lang) -> impl Iterator<Item = Named<'_>> {
        self.rows.iter().map(move |row| Named { row, lang })
    }

    /// The sum of all accounts in each currency: zero when the books balance.
    #[must_use]
    pub fn totals(&self) -> BTreeMap<Currency, i128> {
        let mut totals = BTreeMap::new();
        for row in &self.rows {
            *totals.entry(row.currency).or_insert(0) += i128::from(row.balance_minor);
        }
        totals
    }
}

impl Listing for Named<'_> {
    const NAME: &'static str = "balances";
    const FILE: &'static str = "balances.csv";
    const COLUMNS: &'static [Column] = &[
        words("account", Word::Account),
        words("name", Word::Name),
        words("currency", Word::Currency),
        words("seller", Word::Seller),
        numbers("balance", Word::Balance),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Text(Cow::Owned(self.row.account.to_string())),
            Cell::text(self.row.account.label(self.lang)),
            Cell::maybe_currency(Some(self.row.currency)),
            Cell::text(&self.row.seller),
            Cell::Amount(self.row.balance_minor, self.row.currency),
        ]
    }
}

/// Writes `{"as_of","known_at","balances":[…]}`.
///
/// # Errors
/// When the writer fails.
pub fn write_json(balances: &Balances, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let (as_of, known_at) = (moment(balances.as_of), moment(balances.known_at));
    write!(out, "{{\"as_of\":\"{as_of}\",\"known_at\":\"{known_at}\",\"balances\":[")?;
    for (at, row) in balances.named(lang).enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &json::Object(&row))?;
    }
    out.write_all(if balances.rows.is_empty() { b"]}\n" } else { b"\n]}\n" })
}

/// Writes the balances as CSV (RFC 4180).
///
/// # Errors
/// When the writer fails.
pub fn write_csv(balances: &Balances, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let mut csv = crate::listing::csv::Rows::new::<Named<'_>>(out)?;
    balances.named(lang).try_for_each(|row| csv.push(&row))?;
    csv.finish()
}

/// Writes the balances as a table, and the total of each currency below.
///
/// # Errors
/// When the writer fails.
pub fn write_text(balances: &Balances, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} {}", Word::AsOf.say(lang), moment(balances.as_of))?;
    writeln!(out, "{} {}", Word::KnownAt.say(lang), moment(balances.known_at))?;
    text::write(balances.named(lang), usize::MAX, 0, lang, out)?;
    for (currency, total) in balances.totals() {
        writeln!(out, "{} {currency} {}", Word::Total.say(lang), format_total(total, currency))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
