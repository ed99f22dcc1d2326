//! Lists as JSON: one object with one array, a row a line, keys in the order of the columns.
//!
//! Amounts are decimal text, so that no reader turns them into binary fractions.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{Cell, Listing};

/// Writes rows one by one; [`finish`](Self::finish) closes the array.
pub struct Rows<'w, W: Write> {
    out: &'w mut W,
    written: u64,
}

/// A row as an object.
pub struct Object<'r, R: Listing>(pub &'r R);

impl<'w, W: Write> Rows<'w, W> {
    /// Starts a list; nothing is written before its first row.
    pub fn new(out: &'w mut W) -> Self {
        Self { out, written: 0 }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn push<R: Listing>(&mut self, row: &R) -> io::Result<()> {
        if self.written == 0 {
            writeln!(self.out, "{{\"{}\":[", R::NAME)?;
        } else {
            self.out.write_all(b",\n")?;
        }
        self.written += 1;
        serde_json::to_writer(&mut *self.out, &Object(row))?;
        Ok(())
    }

    /// Ends the list.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish<R: Listing>(self) -> io::Result<()> {
        if self.written == 0 {
            return writeln!(self.out, "{{\"{}\":[]}}", R::NAME);
        }
        self.out.write_all(b"\n]}\n")
    }
}

impl<R: Listing> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(R::COLUMNS.len()))?;
        for (column, cell) in R::COLUMNS.iter().zip(self.0.cells()) {
            map.serialize_entry(column.key, &cell)?;
        }
        map.end()
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Count(count) => serializer.serialize_u64(*count),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Texts(texts) => serializer.collect_seq(texts.iter()),
            Self::Text(_) | Self::Amount(..) | Self::Total(..) | Self::At(_) => {
                serializer.serialize_str(&self.print())
            }
        }
    }
}
