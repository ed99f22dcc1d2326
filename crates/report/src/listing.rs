//! What all lists have in common: named columns, cells, and how a row becomes text, JSON and CSV.
//!
//! The key of a column is its JSON key and its CSV header: stable. Its heading is for people and is translated.

use std::borrow::Cow;

use chrono::SecondsFormat;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::money::format_minor;
use domain::text::Text;
use ledger::account::Lang;

use crate::words::Word;

pub mod csv;
pub mod json;
pub mod text;

/// One column of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// JSON key and CSV header.
    pub key: &'static str,
    /// Heading for people.
    pub heading: Word,
    /// Whether it holds numbers, which stand at the right.
    pub numeric: bool,
}

/// One value of a row.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Words or an id; may come from outside.
    Text(Cow<'a, str>),
    /// Minor units of a currency; printed as decimal text in major units.
    Amount(i64, Currency),
    /// A total of many amounts, minor units; printed like one.
    Total(i128, Currency),
    /// How many.
    Count(u64),
    /// Yes or no.
    Flag(bool),
    /// A moment, printed in UTC.
    At(Instant),
    /// Several ids.
    Texts(&'a [Text]),
    /// Nothing is known.
    Nothing,
}

/// A row of a list report.
pub trait Listing {
    /// JSON key of the list and stem of its file.
    const NAME: &'static str;
    /// File that holds the whole list.
    const FILE: &'static str;
    /// The columns, in order.
    const COLUMNS: &'static [Column];

    /// The values, one for each column.
    fn cells(&self) -> Vec<Cell<'_>>;
}

/// A column of words.
#[must_use]
pub const fn words(key: &'static str, heading: Word) -> Column {
    Column { key, heading, numeric: false }
}

/// A column of numbers.
#[must_use]
pub const fn numbers(key: &'static str, heading: Word) -> Column {
    Column { key, heading, numeric: true }
}

impl<'a> Cell<'a> {
    /// Words or an id.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Words or an id that may be missing.
    #[must_use]
    pub fn maybe(text: Option<&'a Text>) -> Self {
        text.map_or(Self::Nothing, |text| Self::text(text))
    }

    /// Words made for the row.
    #[must_use]
    pub fn owned(words: impl std::fmt::Display) -> Self {
        Self::Text(Cow::Owned(words.to_string()))
    }

    /// Words made for the row, that may be missing.
    #[must_use]
    pub fn maybe_owned(words: Option<impl std::fmt::Display>) -> Self {
        words.map_or(Self::Nothing, Self::owned)
    }

    /// A moment that may be missing.
    #[must_use]
    pub fn maybe_at(at: Option<Instant>) -> Self {
        at.map_or(Self::Nothing, Self::At)
    }

    /// An amount that may be missing, and has no meaning without its currency.
    #[must_use]
    pub fn maybe_amount(minor: Option<i64>, currency: Option<Currency>) -> Self {
        minor.zip(currency).map_or(Self::Nothing, |(minor, currency)| Self::Amount(minor, currency))
    }

    /// The code of a currency that may be missing.
    #[must_use]
    pub fn maybe_currency(currency: Option<Currency>) -> Self {
        currency.map_or(Self::Nothing, |currency| Self::Text(Cow::Owned(currency.to_string())))
    }

    /// The value as plain characters; nothing is the empty text.
    #[must_use]
    pub fn print(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Amount(minor, currency) => Cow::Owned(format_minor(*minor, *currency)),
            Self::Total(minor, currency) => Cow::Owned(format_total(*minor, *currency)),
            Self::Count(count) => Cow::Owned(count.to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::At(at) => Cow::Owned(moment(*at)),
            Self::Texts(texts) => Cow::Owned(texts.join(" ")),
            Self::Nothing => Cow::Borrowed(""),
        }
    }
}

/// A moment as ISO 8601 in UTC, with as many decimals as it has.
#[must_use]
pub fn moment(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A total of many amounts as decimal text in major units: wider than one amount can be.
#[must_use]
pub fn format_total(minor: i128, currency: Currency) -> String {
    if let Ok(minor) = i64::try_from(minor) {
        return format_minor(minor, currency);
    }
    let digits = minor.to_string();
    let (major, cents) = digits.split_at(digits.len() - currency.exponent() as usize);
    if cents.is_empty() { major.to_owned() } else { format!("{major}.{cents}") }
}

/// Text for a terminal or a printed page: control and direction characters, which could hide or forge what is
/// shown, become the replacement character.
#[must_use]
pub fn printable(text: &str) -> String {
    let hides = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if hides(c) { '\u{fffd}' } else { c }).collect()
}

/// Columns of a list as headings in a language.
#[must_use]
pub fn headings(columns: &[Column], lang: Lang) -> Vec<&'static str> {
    columns.iter().map(|column| column.heading.say(lang)).collect()
}

/// Writes the three public writers of a list whose rows are their own listing.
macro_rules! writers {
    ($row:ty) => {
        /// Writes all rows as JSON, row by row.
        ///
        /// # Errors
        /// When `out` cannot be written.
        pub fn write_json(
            mut rows: impl Iterator<Item = $row>,
            out: &mut impl std::io::Write,
        ) -> std::io::Result<()> {
            let mut json = crate::listing::json::Rows::new(out);
            rows.try_for_each(|row| json.push(&row))?;
            json.finish::<$row>()
        }

        /// Writes all rows as CSV (RFC 4180), row by row.
        ///
        /// # Errors
        /// When `out` cannot be written.
        pub fn write_csv(
            mut rows: impl Iterator<Item = $row>,
            out: &mut impl std::io::Write,
        ) -> std::io::Result<()> {
            let mut csv = crate::listing::csv::Rows::new::<$row>(out)?;
            rows.try_for_each(|row| csv.push(&row))?;
            csv.finish()
        }

        /// Writes the first `limit` rows as a table; when `total` is more, a last line says how many are not
        /// shown and which file holds them.
        ///
        /// # Errors
        /// When `out` cannot be written.
        pub fn write_text(
            rows: impl Iterator<Item = $row>,
            limit: usize,
            total: u64,
            lang: ledger::account::Lang,
            out: &mut impl std::io::Write,
        ) -> std::io::Result<()> {
            crate::listing::text::write(rows, limit, total, lang, out)
        }
    };
}
pub(crate) use writers;

#[cfg(test)]
mod tests;
