//! What a run found: breaks, proofs, files and the bridge from gross to net.
//!
//! Its JSON is the stable form other programs read: amounts are decimal text in major units. Everything is
//! sorted, so that the same inputs give the same bytes.

use chrono::NaiveDate;
use domain::currency::Currency;
use domain::money::format_minor;
use domain::report_line::ReportKind;
use domain::text::Text;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::code::{BreakCode, Severity};

/// The whole result of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Hash of everything that went in.
    pub run_id: Text,
    /// Rows of money, each counted once however many files have it.
    pub rows: u64,
    /// Rows that the books explain.
    pub matched: u64,
    /// Differences, sorted by code, source and place.
    pub breaks: Vec<Break>,
    /// Proofs, sorted by name.
    pub proofs: Vec<ProofLine>,
    /// The files, in the order they were given.
    pub files: Vec<FileSummary>,
    /// From gross to net.
    pub bridge: Bridge,
    /// Available balance at the end of each local day that the release files cover, minor units of
    /// [`Outcome::daily_currency`].
    pub daily_balance: Vec<(NaiveDate, i64)>,
    /// Currency of the daily balance; `None` without release rows.
    pub daily_currency: Option<Currency>,
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Break {
    /// Why.
    pub code: BreakCode,
    /// How urgent.
    pub severity: Severity,
    /// Currency of the amounts.
    pub currency: Currency,
    /// What the books say, minor units.
    pub internal_minor: Option<i64>,
    /// What the provider says, minor units.
    pub external_minor: Option<i64>,
    /// External less internal, minor units; an absent side counts as zero.
    pub delta_minor: i64,
    /// The merchant's reference.
    pub reference: Text,
    /// The provider's operation id; empty when the break is of a file.
    pub source_id: Text,
    /// File of the row.
    pub file: Option<Text>,
    /// Line of the row, counted from 1 with the header.
    pub line: Option<u64>,
    /// One sentence for an analyst.
    pub explanation: String,
    /// Whole days between the event and the run's as-of.
    pub age_days: i64,
    /// Bucket of the age.
    pub age_bucket: &'static str,
}

/// Two numbers that must be equal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofLine {
    /// What is proven, with its currency or file.
    pub name: String,
    /// Currency of both; `None` when both are counts.
    pub currency: Option<Currency>,
    /// What it must be, minor units or how many.
    pub expected_minor: i64,
    /// What it is, minor units or how many.
    pub actual_minor: i64,
}

/// One file that went in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileSummary {
    /// Its name.
    pub name: Text,
    /// SHA-256 of its bytes, hex.
    pub sha256: Text,
    /// Which report.
    pub kind: ReportKind,
    /// Rows of money read from it.
    pub rows: u64,
    /// Rows that could not be read.
    pub bad_rows: u64,
    /// Rows that an earlier file had already.
    pub repeated_rows: u64,
    /// Opening balance, minor units.
    pub opening_minor: Option<i64>,
    /// Closing balance, minor units.
    pub closing_minor: Option<i64>,
}

/// From gross sales to what was paid out, by currency, as the report files tell it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Bridge {
    /// One line for each currency, sorted.
    pub lines: Vec<BridgeLine>,
}

/// The bridge in one currency. Signed minor units: what reduces is negative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BridgeLine {
    /// The currency.
    pub currency: Currency,
    /// Gross sales.
    pub gross_minor: i64,
    /// Refunds.
    pub refunds_minor: i64,
    /// Chargebacks and disputes, and what came back of them.
    pub chargebacks_minor: i64,
    /// Fees.
    pub fees_minor: i64,
    /// Taxes.
    pub taxes_minor: i64,
    /// Net of all of these rows.
    pub net_minor: i64,
    /// Payouts.
    pub payouts_minor: i64,
}

impl ProofLine {
    /// Whether the two are equal.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.expected_minor == self.actual_minor
    }
}

impl Outcome {
    /// Whether nothing was found that a person must look at: no break beyond information, every proof holds.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.breaks.iter().all(|b| b.severity == Severity::Information)
            && self.proofs.iter().all(ProofLine::holds)
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Outcome", 5)?;
        out.serialize_field("run_id", &self.run_id)?;
        out.serialize_field("rows", &self.rows)?;
        out.serialize_field("matched", &self.matched)?;
        out.serialize_field("breaks", &self.breaks)?;
        out.serialize_field("proofs", &self.proofs)?;
        out.end()
    }
}

impl Serialize for Break {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let major = |minor: i64| format_minor(minor, self.currency);
        let mut out = serializer.serialize_struct("Break", 13)?;
        out.serialize_field("code", self.code.word())?;
        out.serialize_field("severity", self.severity.word())?;
        out.serialize_field("currency", &self.currency)?;
        out.serialize_field("internal", &self.internal_minor.map(major))?;
        out.serialize_field("external", &self.external_minor.map(major))?;
        out.serialize_field("delta", &major(self.delta_minor))?;
        out.serialize_field("reference", &self.reference)?;
        out.serialize_field("source_id", &self.source_id)?;
        out.serialize_field("file", &self.file)?;
        out.serialize_field("line", &self.line)?;
        out.serialize_field("explanation", &self.explanation)?;
        out.serialize_field("age_days", &self.age_days)?;
        out.serialize_field("age_bucket", self.age_bucket)?;
        out.end()
    }
}

impl Serialize for ProofLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("ProofLine", 4)?;
        out.serialize_field("name", &self.name)?;
        let print = |figure: i64| match self.currency {
            Some(currency) => format_minor(figure, currency),
            None => figure.to_string(),
        };
        out.serialize_field("expected", &print(self.expected_minor))?;
        out.serialize_field("actual", &print(self.actual_minor))?;
        out.serialize_field("holds", &self.holds())?;
        out.end()
    }
}
