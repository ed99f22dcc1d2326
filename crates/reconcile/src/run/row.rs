//! A row as matching keeps it: its money as costs, where it stood, and which row it is.

use std::hash::{Hash, Hasher};

use domain::currency::Currency;
use domain::ids::RowId;
use domain::machine::Instant;
use domain::report_line::{LineKind, ReportKind, ReportLine};
use domain::text::Text;

use crate::book::PaymentBook;

/// The four numbers that are compared, minor units; fees and taxes are costs: positive when charged.
///
/// Sums saturate: a sum that leaves 64 bits is reported by the file's own proof.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Amounts {
    pub gross: i64,
    pub fees: i64,
    pub taxes: i64,
    pub net: i64,
}

/// Where a row stood. Ordered by file, then line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Place {
    pub file: u32,
    pub line: u32,
}

/// A row that needs more than a mark.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub key: u64,
    pub place: Place,
    pub report: ReportKind,
    pub kind: LineKind,
    pub word: Text,
    pub at: Instant,
    pub currency: Currency,
    pub amounts: Amounts,
}

impl Amounts {
    pub(super) fn of(line: &ReportLine) -> Self {
        Self {
            gross: line.gross_minor,
            fees: line.fees_minor().saturating_neg(),
            taxes: line.tax_minor.saturating_neg(),
            net: line.net_minor,
        }
    }

    pub(super) fn of_book(book: &PaymentBook) -> Self {
        Self { gross: book.gross_minor, fees: book.fees_minor, taxes: book.taxes_minor, net: book.net_minor }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            gross: self.gross.saturating_add(other.gross),
            fees: self.fees.saturating_add(other.fees),
            taxes: self.taxes.saturating_add(other.taxes),
            net: self.net.saturating_add(other.net),
        }
    }

    pub(super) fn negated(self) -> Self {
        Self {
            gross: self.gross.saturating_neg(),
            fees: self.fees.saturating_neg(),
            taxes: self.taxes.saturating_neg(),
            net: self.net.saturating_neg(),
        }
    }

    /// Whether it moves nothing, as card checks do.
    pub(super) fn is_nothing(self) -> bool {
        self.gross == 0 && self.net == 0
    }

    /// Whether gross less costs is the net.
    pub(super) fn add_up(self) -> bool {
        self.gross.saturating_sub(self.fees).saturating_sub(self.taxes) == self.net
    }

    /// Whether the file has no columns of costs, so that only gross and net can be compared.
    pub(super) fn lacks_costs(self) -> bool {
        self.fees == 0 && self.taxes == 0 && !self.add_up()
    }
}

impl Row {
    pub(super) fn of(line: &ReportLine, file: u32) -> Self {
        Self {
            key: key(&line.row),
            place: Place { file, line: u32::try_from(line.line).unwrap_or(u32::MAX) },
            report: line.report,
            kind: line.kind,
            word: line.word.clone(),
            at: line.at,
            currency: line.currency,
            amounts: Amounts::of(line),
        }
    }
}

/// Sum of some rows.
pub(super) fn total<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Amounts {
    rows.into_iter().fold(Amounts::default(), |sum, row| sum.plus(row.amounts))
}

/// Eight bytes of a row's identity. Identities are hex of a hash already; other text is hashed.
pub(super) fn key(row: &RowId) -> u64 {
    let text = row.as_str();
    let head = text.get(..16).and_then(|head| u64::from_str_radix(head, 16).ok());
    head.unwrap_or_else(|| {
        let mut hasher = rustc_hash::FxHasher::default();
        text.hash(&mut hasher);
        hasher.finish()
    })
}
