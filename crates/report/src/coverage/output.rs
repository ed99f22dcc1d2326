//! Coverage on paper: counts as a table, and everything as one JSON object whose rows are written as they come.

use std::io::{self, Write};

use domain::text::Text;
use ledger::account::Lang;
use serde::Serialize;

use super::{Counted, Row};
use crate::listing::Listing;
use crate::listing::json::Object;
use crate::listing::text;

/// Writes `{"coverage":[…],"types":[…],"gaps":N,"files_not_read":[…]}`, each thing on its own line as it comes.
pub struct Json<'w, W: Write> {
    out: &'w mut W,
    is_begun: bool,
}

impl<'w, W: Write> Json<'w, W> {
    /// Begins the object.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(out: &'w mut W) -> io::Result<Self> {
        write!(out, "{{\"{}\":[", Row::NAME)?;
        Ok(Self { out, is_begun: false })
    }

    /// Writes one thing.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn push(&mut self, row: &Row) -> io::Result<()> {
        self.out.write_all(if self.is_begun { b",\n" } else { b"\n" })?;
        self.is_begun = true;
        serde_json::to_writer(&mut *self.out, &Object(row))?;
        Ok(())
    }

    /// Writes the counts and ends the object.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self, types: &[Counted], files_not_read: &[Text]) -> io::Result<()> {
        #[derive(Serialize)]
        struct Rest<'a> {
            types: Vec<Object<'a, Counted>>,
            gaps: u64,
            files_not_read: &'a [Text],
        }
        let rest = Rest {
            types: types.iter().map(Object).collect(),
            gaps: types.iter().map(|counted| counted.gaps).sum(),
            files_not_read,
        };
        let rest = serde_json::to_string(&rest)?;
        // The braces of the rest belong to the object that was begun.
        writeln!(self.out, "],\n{}", &rest[1..])
    }
}

/// Writes the counts by seller and type as a table.
///
/// # Errors
/// When the writer fails.
pub fn write_types_text(types: &[Counted], lang: Lang, out: &mut impl Write) -> io::Result<()> {
    text::write(types.iter().cloned(), usize::MAX, 0, lang, out)
}
