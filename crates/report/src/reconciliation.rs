//! The result of a reconciliation: proofs, breaks and the files it read. It decides nothing; it prints.

use std::io::{self, Write};

use domain::currency::Currency;
use domain::text::Text;
use ledger::account::Lang;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::listing::{Cell, Column, Listing, csv, numbers, text, words};
use crate::words::Word;

pub mod charges;

/// A finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BreakRow {
    /// Its code, such as `missing_internal`.
    pub code: Text,
    /// How bad it is.
    pub severity: Text,
    /// Currency of the amounts; a finding about a file's layout has none.
    pub currency: Option<Currency>,
    /// What the books say, minor units.
    pub internal_minor: Option<i64>,
    /// What the other side says, minor units.
    pub external_minor: Option<i64>,
    /// What the other side says less what the books say, minor units; an absent side counts as zero.
    pub delta_minor: Option<i64>,
    /// The shop's own reference.
    pub reference: Option<Text>,
    /// The provider's or bank's id.
    pub source_id: Option<Text>,
    /// File it was found in.
    pub file: Option<Text>,
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// Age bucket in days, such as `4-7`.
    pub age: Text,
    /// A sentence for a person.
    pub explanation: String,
}

/// A total that must agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofRow {
    /// What is proven.
    pub name: Text,
    /// What the other side states, minor units or how many.
    pub expected_minor: i64,
    /// What the books state, minor units or how many.
    pub actual_minor: i64,
    /// Currency of both; `None` when both are counts.
    pub currency: Option<Currency>,
    /// Whether they agree.
    pub holds: bool,
}

/// A file that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileRow {
    /// Its name.
    pub name: Text,
    /// SHA-256 of its bytes, in hex.
    pub sha256: Text,
    /// What it is.
    pub kind: Text,
    /// Rows it holds.
    pub rows: u64,
    /// Rows that could not be read.
    pub bad_rows: u64,
}

/// A reconciliation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Hash of all that went in.
    pub run_id: Text,
    /// Rows of the other side.
    pub rows: u64,
    /// Rows that agree with the books.
    pub matched: u64,
    /// What does not agree.
    pub breaks: Vec<BreakRow>,
    /// The proofs.
    pub proofs: Vec<ProofRow>,
    /// The files.
    pub files: Vec<FileRow>,
}

impl ProofRow {
    /// An amount, or a count as plain digits: either is text in JSON.
    fn figure(&self, figure: i64) -> Cell<'static> {
        match self.currency {
            Some(currency) => Cell::Amount(figure, currency),
            None => Cell::Text(figure.to_string().into()),
        }
    }
}

impl Listing for &BreakRow {
    const NAME: &'static str = "breaks";
    const FILE: &'static str = "breaks.csv";
    const COLUMNS: &'static [Column] = &[
        words("code", Word::Code),
        words("severity", Word::Severity),
        words("currency", Word::Currency),
        numbers("internal", Word::Internal),
        numbers("external", Word::External),
        numbers("delta", Word::Delta),
        words("reference", Word::Reference),
        words("source_id", Word::SourceId),
        words("file", Word::File),
        numbers("line", Word::Line),
        words("age", Word::Age),
        words("explanation", Word::Explanation),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.code),
            Cell::text(&self.severity),
            Cell::maybe_currency(self.currency),
            Cell::maybe_amount(self.internal_minor, self.currency),
            Cell::maybe_amount(self.external_minor, self.currency),
            Cell::maybe_amount(self.delta_minor, self.currency),
            Cell::maybe(self.reference.as_ref()),
            Cell::maybe(self.source_id.as_ref()),
            Cell::maybe(self.file.as_ref()),
            self.line.map_or(Cell::Nothing, Cell::Count),
            Cell::text(&self.age),
            Cell::text(&self.explanation),
        ]
    }
}

/// A proof with its result as a word.
pub struct Judged<'a>(pub &'a ProofRow, pub Lang);

impl Listing for Judged<'_> {
    const NAME: &'static str = "proofs";
    const FILE: &'static str = "proofs.csv";
    const COLUMNS: &'static [Column] = &[
        words("name", Word::Proof),
        words("currency", Word::Currency),
        numbers("expected", Word::Expected),
        numbers("actual", Word::Actual),
        words("holds", Word::Result),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let Self(proof, lang) = self;
        let result = if proof.holds { Word::Holds } else { Word::Differs };
        vec![
            Cell::text(&proof.name),
            Cell::maybe_currency(proof.currency),
            proof.figure(proof.expected_minor),
            proof.figure(proof.actual_minor),
            Cell::text(result.say(*lang)),
        ]
    }
}

impl Listing for &FileRow {
    const NAME: &'static str = "files";
    const FILE: &'static str = "files.csv";
    const COLUMNS: &'static [Column] = &[
        words("name", Word::File),
        words("kind", Word::Kind),
        numbers("rows", Word::Rows),
        numbers("bad_rows", Word::BadRows),
        words("sha256", Word::Sha256),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.name),
            Cell::text(&self.kind),
            Cell::Count(self.rows),
            Cell::Count(self.bad_rows),
            Cell::text(&self.sha256),
        ]
    }
}

/// What other programs read of a break: the first eight columns.
struct Reported<'a>(&'a BreakRow);

/// What other programs read of a proof.
struct Stated<'a>(&'a ProofRow);

impl Serialize for Reported<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const KEYS: [&str; 8] =
            ["code", "severity", "currency", "internal", "external", "delta", "reference", "source_id"];
        let mut map = serializer.serialize_map(Some(KEYS.len()))?;
        for (key, cell) in KEYS.iter().zip((&self.0).cells()) {
            map.serialize_entry(key, &cell)?;
        }
        map.end()
    }
}

impl Serialize for Stated<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let proof = self.0;
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("name", proof.name.as_str())?;
        map.serialize_entry("expected", &proof.figure(proof.expected_minor))?;
        map.serialize_entry("actual", &proof.figure(proof.actual_minor))?;
        map.serialize_entry("holds", &proof.holds)?;
        map.end()
    }
}

/// Writes `{"run_id","rows","matched","breaks":[…],"proofs":[…]}`.
///
/// # Errors
/// When the writer fails.
pub fn write_json(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"{\"run_id\":")?;
    serde_json::to_writer(&mut *out, summary.run_id.as_str())?;
    write!(out, ",\"rows\":{},\"matched\":{},\"breaks\":[", summary.rows, summary.matched)?;
    array(summary.breaks.iter().map(Reported), out)?;
    out.write_all(b"],\"proofs\":[")?;
    array(summary.proofs.iter().map(Stated), out)?;
    out.write_all(b"]}\n")
}

fn array(items: impl Iterator<Item = impl Serialize>, out: &mut impl Write) -> io::Result<()> {
    for (at, item) in items.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &item)?;
    }
    Ok(())
}

/// Writes the breaks as CSV (RFC 4180) with all that is known of each.
///
/// # Errors
/// When the writer fails.
pub fn write_csv(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let mut csv = csv::Rows::new::<&BreakRow>(out)?;
    summary.breaks.iter().try_for_each(|row| csv.push(&row))?;
    csv.finish()
}

/// Writes counts, proofs, the first `limit` breaks and the files as tables.
///
/// # Errors
/// When the writer fails.
pub fn write_text(summary: &Summary, limit: usize, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    write_findings(summary, limit, lang, out)?;
    writeln!(out, "\n{}", Word::Files.say(lang))?;
    text::write(summary.files.iter(), usize::MAX, 0, lang, out)
}

fn write_findings(summary: &Summary, limit: usize, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{} {}", Word::Run.say(lang), summary.run_id)?;
    let (rows, matched) = (Word::Rows.say(lang), Word::Matched.say(lang));
    writeln!(out, "{rows} {}, {matched} {}", summary.rows, summary.matched)?;
    writeln!(out, "\n{}", Word::Proofs.say(lang))?;
    text::write(summary.proofs.iter().map(|proof| Judged(proof, lang)), usize::MAX, 0, lang, out)?;
    let total = u64::try_from(summary.breaks.len()).expect("a length fits 64 bits");
    writeln!(out, "\n{} {total}", Word::Breaks.say(lang))?;
    text::write(summary.breaks.iter(), limit, total, lang, out)
}

#[cfg(test)]
mod tests;
