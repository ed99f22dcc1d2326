//! A file of refunds: one on each line, under a header that names the columns. Nothing is decided here.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use csv::{ByteRecord, ReaderBuilder, Trim};
use domain::currency::Currency;
use domain::ids::PaymentId;
use domain::text::Text;
use report::listing::printable;

use crate::commands::placing::{currency, payment_id};
use crate::exit::Usage;

/// Largest file, bytes.
const LIMIT: u64 = 16 << 20;
/// The columns there are. A file with another one is refused: a cell that nobody reads may have been meant.
const COLUMNS: [&str; 5] = ["payment", "amount", "currency", "reason", "key"];
/// Characters of an unknown column that its error shows.
const SHOWN: usize = 40;
/// Name of standard input.
const STDIN: &str = "-";

/// A line that is no header.
#[derive(Debug)]
pub struct Line {
    /// Its number, from 1 with the header.
    pub number: u64,
    /// The payment, as it stands there.
    pub payment: Text,
    /// What it asks for, or why it cannot be read.
    pub wanted: Result<Wanted, Fault>,
}

/// What a line asks for.
#[derive(Debug)]
pub struct Wanted {
    pub payment: PaymentId,
    /// How much; none is all that remains.
    pub amount: Option<String>,
    /// The currency that is meant.
    pub currency: Option<Currency>,
    pub reason: Text,
    /// The name of its order, when the line gives it one.
    pub key: Option<Text>,
}

/// What is wrong with a line.
#[derive(Debug)]
pub struct Fault {
    /// In which column; none where it is the line itself.
    pub column: Option<&'static str>,
    pub why: String,
}

/// Where the columns stand, in the order of [`COLUMNS`].
struct Header {
    at: [Option<usize>; COLUMNS.len()],
    width: usize,
}

/// The bytes of a file, or of standard input.
pub fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let name = path.display();
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == STDIN {
        std::io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("`{name}` cannot be read"))?;
    if bytes.len() as u64 > LIMIT {
        bail!("`{name}` is larger than {} MiB; divide it", LIMIT >> 20);
    }
    Ok(bytes)
}

/// The lines of a file. A reason for all stands in for an empty one.
pub fn lines(name: &str, bytes: &[u8], reason: Option<&str>) -> anyhow::Result<Vec<Line>> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        bail!("`{name}` is UTF-16; save it as CSV in UTF-8");
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let separator = if first.contains(&b';') { b';' } else { b',' };
    let mut builder = ReaderBuilder::new();
    builder.delimiter(separator).has_headers(false).flexible(true).trim(Trim::All);
    let mut reader = builder.from_reader(text);
    let mut record = ByteRecord::new();
    let mut at = Place { number: 1, byte: 0 };
    let mut header = None;
    let mut lines = Vec::new();
    while reader.read_byte_record(&mut record).with_context(|| format!("`{name}` is no CSV"))? {
        let begins = record.position().map_or(0, csv::Position::byte);
        at.reach(text, usize::try_from(begins).expect("a file in memory fits the address space"));
        match &header {
            None => header = Some(Header::read(name, &record, reason.is_some())?),
            Some(_) if record.iter().all(<[u8]>::is_empty) => {}
            Some(header) => lines.push(header.line(&record, at.number, reason)),
        }
    }
    match header {
        Some(_) => Ok(lines),
        None => Err(anyhow!("`{name}` is empty; its first line must name columns")),
    }
}

/// How far the lines of a text are counted.
struct Place {
    number: u64,
    byte: usize,
}

impl Place {
    /// Counts up to a record, past the line ends before it.
    fn reach(&mut self, text: &[u8], begins: usize) {
        let ends = text[begins..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &text[self.byte..begins + ends];
        self.number += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte = begins + ends;
    }
}

impl Header {
    fn read(name: &str, record: &ByteRecord, has_reason: bool) -> anyhow::Result<Self> {
        let mut at = [None; COLUMNS.len()];
        for (place, cell) in record.iter().enumerate() {
            let word = String::from_utf8_lossy(cell).to_ascii_lowercase();
            let Some(column) = COLUMNS.iter().position(|column| *column == word) else {
                let known = COLUMNS.join(", ");
                let word: String = printable(&word).chars().take(SHOWN).collect();
                return Err(Usage(format!("`{name}`: column `{word}` is none of {known}")).into());
            };
            if at[column].replace(place).is_some() {
                return Err(Usage(format!("`{name}` has column `{word}` twice")).into());
            }
        }
        let missing = match at {
            [None, ..] => "`payment`",
            [_, None, ..] => "`amount` (an empty cell of it means all that remains)",
            [_, _, _, None, _] if !has_reason => "`reason`, and there is no --reason",
            _ => return Ok(Self { at, width: record.len() }),
        };
        Err(Usage(format!("`{name}` has no column {missing}")).into())
    }

    fn line(&self, record: &ByteRecord, number: u64, reason: Option<&str>) -> Line {
        let payment = String::from_utf8_lossy(self.raw(record, 0)).into_owned().into();
        Line { number, payment, wanted: self.wanted(record, reason) }
    }

    fn wanted(&self, record: &ByteRecord, reason: Option<&str>) -> Result<Wanted, Fault> {
        if record.iter().any(|cell| cell.contains(&b'\n')) {
            let why = "a quote is not closed on its line; the lines after it may be lost in it".to_owned();
            return Err(Fault { column: None, why });
        }
        if record.len() != self.width {
            let why = format!("the line has {} cells and the header {}", record.len(), self.width);
            return Err(Fault { column: None, why });
        }
        let payment = self.cell(record, 0)?;
        let payment = payment_id(payment).map_err(|Usage(why)| Fault { column: Some("payment"), why })?;
        let amount = Some(self.cell(record, 1)?).filter(|text| !text.is_empty()).map(str::to_owned);
        let code = Some(self.cell(record, 2)?).filter(|text| !text.is_empty());
        let meant = code.map(currency).transpose();
        let currency = meant.map_err(|Usage(why)| Fault { column: Some("currency"), why })?;
        let reason = Some(self.cell(record, 3)?).filter(|text| !text.is_empty()).or(reason);
        let missing =
            || Fault { column: Some("reason"), why: "it is empty, and there is no --reason".to_owned() };
        let reason = reason.ok_or_else(missing)?.into();
        let key = Some(self.cell(record, 4)?).filter(|text| !text.is_empty()).map(Text::from);
        Ok(Wanted { payment, amount, currency, reason, key })
    }

    fn raw<'r>(&self, record: &'r ByteRecord, column: usize) -> &'r [u8] {
        self.at[column].and_then(|at| record.get(at)).unwrap_or_default()
    }

    fn cell<'r>(&self, record: &'r ByteRecord, column: usize) -> Result<&'r str, Fault> {
        let fault = |_| Fault { column: Some(COLUMNS[column]), why: "it is not UTF-8".to_owned() };
        std::str::from_utf8(self.raw(record, column)).map_err(fault)
    }
}

#[cfg(test)]
mod tests;
