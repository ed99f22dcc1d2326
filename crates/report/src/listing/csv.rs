//! Lists as CSV after RFC 4180: UTF-8, comma, CRLF, decimal point, ISO dates.
//!
//! Spreadsheets run a cell that starts like a formula, and the texts come from payers and shops: such texts get
//! an apostrophe in front. Amounts are ours and keep their sign.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Cell, Listing};

/// Writes rows one by one, the header first.
pub struct Rows<'w, W: Write> {
    csv: csv::Writer<&'w mut W>,
}

impl<'w, W: Write> Rows<'w, W> {
    /// Starts a list with its header.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new<R: Listing>(out: &'w mut W) -> io::Result<Self> {
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        csv.write_record(R::COLUMNS.iter().map(|column| column.key))?;
        Ok(Self { csv })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn push<R: Listing>(&mut self, row: &R) -> io::Result<()> {
        for cell in row.cells() {
            self.csv.write_field(field(&cell).as_bytes())?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes what is buffered.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

fn field<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    let text = cell.print();
    match cell {
        Cell::Text(_) | Cell::Texts(_) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
            Cow::Owned(format!("'{text}"))
        }
        Cell::Text(_)
        | Cell::Texts(_)
        | Cell::Amount(..)
        | Cell::Total(..)
        | Cell::Count(_)
        | Cell::Flag(_)
        | Cell::At(_)
        | Cell::Nothing => text,
    }
}
