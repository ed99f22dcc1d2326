//! What can be wrong with a report file, with one of its rows, and with one cell.
//!
//! Only the words of the errors: nothing here decides whether a file or a row is refused.

use std::io;

use domain::money::MoneyError;
use domain::text::Text;

/// Why a file is not read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is no header line.
    #[error("file is empty")]
    Empty,
    /// The first line is longer than any header.
    #[error("first line is longer than {limit} bytes")]
    HeaderTooLong {
        /// Longest header, bytes.
        limit: usize,
    },
    /// The columns are of neither report, or of both.
    #[error("columns are of no report that is known: {found}")]
    UnknownKind {
        /// The columns found.
        found: String,
    },
    /// A column is absent without which no row can be read.
    #[error("column `{column}` is missing; found {found}")]
    MissingColumn {
        /// The absent column.
        column: &'static str,
        /// The columns found.
        found: String,
    },
    /// A column that is read stands twice in the header.
    #[error("column `{column}` stands twice")]
    ColumnTwice {
        /// Which.
        column: &'static str,
    },
    /// Neither a column nor the options name a currency.
    #[error("neither a column nor the options name the currency")]
    NoCurrency,
    /// Neither a column nor the options name the seller.
    #[error("neither a column nor the options name the seller")]
    NoSeller,
    /// The bytes cannot be read.
    #[error("file cannot be read")]
    Io(#[from] io::Error),
}

/// Why a row is not a line: where, what it says, and why that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {}: `{text}`", .column.unwrap_or("-"))]
pub struct RowError {
    /// Line in the file, counted from 1 with the header.
    pub line: u64,
    /// Name of the column; `None` when the row as a whole is at fault.
    pub column: Option<&'static str>,
    /// What the cell says, at most 40 characters.
    pub text: Text,
    /// Why it cannot be read.
    #[source]
    pub why: Why,
}

/// Why a cell or a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// The row has more or fewer cells than the header.
    #[error("row has {found} cells where the header has {expected}")]
    Cells {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A quote is opened and not closed.
    #[error("quote is not closed")]
    UnclosedQuote,
    /// One line is longer than any row.
    #[error("line is longer than {limit} bytes")]
    TooLong {
        /// Longest row, bytes.
        limit: usize,
    },
    /// A cell that must be filled is empty.
    #[error("value is missing")]
    Missing,
    /// The bytes of a cell are not UTF-8.
    #[error("text is not UTF-8")]
    NotUtf8,
    /// Not an id of the provider's, or one that a spreadsheet has rounded.
    #[error("not an id")]
    NotAnId,
    /// Not a time.
    #[error("not a time")]
    NotATime,
    /// Not a currency of ISO 4217.
    #[error("not a currency")]
    UnknownCurrency,
    /// The row names two currencies.
    #[error("row names two currencies")]
    TwoCurrencies,
    /// The amount reads as two amounts, and no other amount of the row decides.
    #[error("mark may be decimal or between thousands")]
    AmbiguousAmount,
    /// Another amount of the row has the other decimal mark.
    #[error("decimal mark differs from the row's other amounts")]
    MixedDecimalMarks,
    /// A credit or debit is printed with a sign.
    #[error("amount must not be negative here")]
    Negative,
    /// Not an amount of the currency.
    #[error(transparent)]
    Amount(MoneyError),
    /// The file could not be read on: this is its last row, not its end.
    #[error("file cannot be read on: {kind}")]
    Io {
        /// What kind of error.
        kind: io::ErrorKind,
    },
}

/// Why a kept row cannot be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReadAgainError {
    /// The header does not do.
    #[error("header of the row cannot be read")]
    Header(#[from] FileError),
    /// The row does not do.
    #[error("row cannot be read")]
    Row(#[from] RowError),
}
