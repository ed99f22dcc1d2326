//! Report files of the provider: settlement and release CSV, streamed row by row in flat memory.
//!
//! The file is recognised by its header, each row becomes a [`ReportLine`] or the reason why it cannot, and the
//! rest of the file goes on. Every row keeps its exact bytes, so that it can be read again later. Nothing is
//! guessed: an amount, a column or a report that can be meant in two ways is an error that names it. Sums over
//! the file are [`proof`]'s; comparing with our own books is not done here.

use std::io::{self, Read};

use csv::ByteRecord;
use domain::currency::Currency;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::report_line::{ReportKind, ReportLine};
use domain::text::Text;

use crate::{release, settlement};

mod amount;
pub(crate) mod cells;
mod fault;
pub(crate) mod identity;
pub(crate) mod layout;
pub mod proof;
mod records;

pub use fault::{FileError, ReadAgainError, RowError, Why};

use cells::Cells;
use identity::{Essence, Ordinals};
use layout::Layout;
use records::Records;

/// Longest header line, bytes.
const HEADER_LIMIT: usize = 64 * 1024;

/// What the file itself may leave unsaid.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Options {
    /// Currency of rows that name none.
    pub currency: Option<Currency>,
    /// Seller of rows that name none.
    pub seller: Option<SellerId>,
    /// Which report it is, when the header shall not decide.
    pub kind: Option<ReportKind>,
}

/// A report file whose header was read.
pub struct ReportFile<R> {
    header: Vec<u8>,
    layout: Layout,
    options: Options,
    records: Records<R>,
}

/// One row of a file: its bytes, and the line it is or the reason why it is none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Line it starts on, counted from 1 with the header.
    pub line: u64,
    /// How many rows of the same essence came before it in the file; 0 for rows that cannot be read.
    pub ordinal: u32,
    /// Time of the last row before it; balance rows may print none of their own.
    pub after: Option<Instant>,
    /// Its exact bytes without the line end.
    pub raw: Vec<u8>,
    /// Whose row it is: the file's own word, else the options'; `None` for rows that cannot be read.
    pub seller: Option<SellerId>,
    /// What does not add up inside the row, at the level of a warning.
    pub doubts: Vec<Doubt>,
    /// The line, or why not.
    pub outcome: Result<ReportLine, RowError>,
}

/// What a row alone does not tell: where it stood in its file.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Place {
    /// Line, counted from 1 with the header.
    pub line: u64,
    /// How many rows of the same essence came before it.
    pub ordinal: u32,
    /// Time of the last row before it.
    pub after: Option<Instant>,
}

/// A second number of a row that disagrees with the first: reported, never corrected.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Doubt {
    /// The total fee is not the sum of its components, with or without the coupon.
    FeeComponents {
        /// Sum of the components, minor units.
        expected_minor: i64,
        /// The total as printed, minor units.
        actual_minor: i64,
    },
    /// The total of taxes is not the sum of the taxes it lists.
    TaxSum {
        /// Sum of the list, minor units.
        expected_minor: i64,
        /// The total as printed, minor units.
        actual_minor: i64,
    },
    /// The list of taxes cannot be read; the total stands.
    TaxesUnreadable {
        /// Its beginning.
        text: Text,
    },
}

impl<R: Read> ReportFile<R> {
    /// Reads the header and recognises the report and its separator.
    ///
    /// # Errors
    /// When the file is of neither report, lacks a needed column, or leaves currency or seller unsaid.
    pub fn open(mut reader: R, options: Options) -> Result<Self, FileError> {
        let (header, ahead) = first_line(&mut reader)?;
        let layout = Layout::read(&header, options.kind)?;
        check_options(&layout, &options)?;
        let records = Records::new(reader, ahead, layout.separator, layout.width);
        let header = layout::bare(&header).to_vec();
        Ok(Self { header, layout, options, records })
    }

    /// Which report it is.
    #[must_use]
    pub fn kind(&self) -> ReportKind {
        self.layout.kind
    }

    /// The header line without byte order mark and line end: what [`read_row`] needs beside a row's bytes.
    #[must_use]
    pub fn header(&self) -> &[u8] {
        &self.header
    }

    /// Columns that neither report is known to have: the layout has drifted, but the rows can be read.
    #[must_use]
    pub fn unknown_columns(&self) -> &[Text] {
        &self.layout.unknown
    }

    /// Whether the file has every column of fees and taxes, so that the arithmetic of its rows can be proven.
    #[must_use]
    pub fn has_deductions(&self) -> bool {
        self.layout.has_deductions()
    }

    /// A proof of this file, to be fed with its rows.
    #[must_use]
    pub fn proof(&self) -> proof::Proof {
        proof::Proof::new(self.has_deductions())
    }

    /// The rows, in the order of the file. A read error ends them with a row whose outcome says so.
    pub fn rows(self) -> impl Iterator<Item = Row> {
        let Self { layout, options, records, .. } = self;
        Rows { layout, options, records, ordinals: Ordinals::default(), words: Words::default(), after: None }
    }
}

impl Row {
    /// Where it stood, for [`read_row`].
    #[must_use]
    pub fn place(&self) -> Place {
        Place { line: self.line, ordinal: self.ordinal, after: self.after }
    }
}

/// Reads one kept row again, from its bytes and the header of its file: the same line as the file gave.
///
/// # Errors
/// When header or row cannot be read by this version.
pub fn read_row(
    header: &[u8],
    raw: &[u8],
    place: Place,
    options: &Options,
) -> Result<ReportLine, ReadAgainError> {
    let layout = Layout::read(header, options.kind)?;
    check_options(&layout, options)?;
    let mut records = Records::new(raw, Vec::new(), layout.separator, layout.width);
    let fault = match records.next() {
        Some(record) => record.fault,
        None => Some(Why::Missing),
    };
    if let Some(why) = fault {
        return Err(RowError { line: place.line, column: None, text: beginning(raw), why }.into());
    }
    let mut reading = Reading {
        options,
        words: &mut Words::default(),
        after: place.after,
        ordinal: &mut |_| place.ordinal,
        doubts: Vec::new(),
    };
    let (line, _) = reading.line(&records.cells, raw, &layout, place.line)?;
    Ok(line)
}

/// The rows of a file.
struct Rows<R> {
    layout: Layout,
    options: Options,
    records: Records<R>,
    ordinals: Ordinals,
    words: Words,
    after: Option<Instant>,
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let record = self.records.next()?;
        let (mut ordinal, ordinals, after) = (0, &mut self.ordinals, self.after);
        let mut count = |essence: &Essence| {
            ordinal = ordinals.next(essence);
            ordinal
        };
        let mut reading = Reading {
            options: &self.options,
            words: &mut self.words,
            after,
            ordinal: &mut count,
            doubts: Vec::new(),
        };
        let read = match record.fault {
            None => reading.line(&self.records.cells, &record.raw, &self.layout, record.line),
            Some(why) => Err(RowError { line: record.line, column: None, text: beginning(&record.raw), why }),
        };
        let doubts = reading.doubts;
        let (outcome, seller) = match read {
            Ok((line, seller)) => (Ok(line), Some(seller)),
            Err(error) => (Err(error), None),
        };
        if let Ok(line) = &outcome {
            self.after = Some(line.at);
        }
        Some(Row { line: record.line, ordinal, after, raw: record.raw, seller, doubts, outcome })
    }
}

/// What reading one row needs beside its cells.
pub(crate) struct Reading<'a> {
    pub(crate) options: &'a Options,
    pub(crate) words: &'a mut Words,
    pub(crate) after: Option<Instant>,
    pub(crate) ordinal: &'a mut dyn FnMut(&Essence) -> u32,
    pub(crate) doubts: Vec<Doubt>,
}

impl Reading<'_> {
    fn line(
        &mut self,
        record: &ByteRecord,
        raw: &[u8],
        layout: &Layout,
        line: u64,
    ) -> Result<(ReportLine, SellerId), RowError> {
        if record.len() != layout.width {
            let why = Why::Cells { expected: layout.width, found: record.len() };
            return Err(RowError { line, column: None, text: beginning(raw), why });
        }
        let cells = Cells { record, layout, line };
        match layout.kind {
            ReportKind::Settlement => settlement::read(&cells, self),
            ReportKind::Release => release::read(&cells, self),
        }
    }
}

/// Words and ids that come again and again in a file, so that each is allocated once.
#[derive(Default)]
pub(crate) struct Words(Vec<Text>);

impl Words {
    /// The shared text. Only the first 64 are remembered, because words are few.
    pub(crate) fn shared(&mut self, word: &str) -> Text {
        if let Some(known) = self.0.iter().find(|known| known.as_str() == word) {
            return known.clone();
        }
        let text = Text::from(word);
        if self.0.len() < 64 {
            self.0.push(text.clone());
        }
        text
    }
}

fn check_options(layout: &Layout, options: &Options) -> Result<(), FileError> {
    if options.currency.is_none() && !layout.has_currency() {
        return Err(FileError::NoCurrency);
    }
    if options.seller.is_none() && layout.position(layout::Column::User).is_none() {
        return Err(FileError::NoSeller);
    }
    Ok(())
}

/// The first line, and what was read past it.
fn first_line(reader: &mut impl Read) -> Result<(Vec<u8>, Vec<u8>), FileError> {
    let mut line = Vec::new();
    let mut buffer = [0; 8 * 1024];
    loop {
        let length = match reader.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let start = line.len();
        line.extend_from_slice(&buffer[..length]);
        if let Some(end) = line[start..].iter().position(|b| *b == b'\n') {
            let ahead = line.split_off(start + end + 1);
            return Ok((line, ahead));
        }
        if length == 0 {
            return Ok((line, Vec::new()));
        }
        if line.len() > HEADER_LIMIT {
            return Err(FileError::HeaderTooLong { limit: HEADER_LIMIT });
        }
    }
}

fn beginning(raw: &[u8]) -> Text {
    String::from_utf8_lossy(&raw[..raw.len().min(160)]).chars().take(40).collect::<String>().into()
}

#[cfg(test)]
mod tests;
