//! The inbox: how many deliveries got which verdict, and the ones that need a person, by name.

use std::io::{self, Write};

use domain::text::Text;
use ledger::account::Lang;
use serde::Serialize;

use crate::listing::{Cell, Column, Listing, numbers, text, words, writers};
use crate::words::Word;

/// How many deliveries stand at each verdict.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Counts {
    /// Wrote facts.
    pub applied: u64,
    /// Told what was known.
    pub unchanged: u64,
    /// Wait for the resource they name.
    pub needs_fetch: u64,
    /// Impossible or not ours; kept.
    pub refused: u64,
    /// Cannot be read; kept.
    pub undecodable: u64,
}

/// A delivery.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its key in the inbox.
    pub key: Text,
    /// The verdict's word.
    pub verdict: Text,
    /// Why, as a stable word.
    pub reason: Option<Text>,
    /// Why, as a sentence.
    pub detail: Option<Text>,
    /// Where it came from: file and line, or channel.
    pub origin: Text,
    /// Topic it was sent under.
    pub topic: Option<Text>,
}

struct Count {
    verdict: &'static str,
    count: u64,
}

impl Counts {
    /// Each verdict's word with its count, in the order of the JSON keys.
    #[must_use]
    pub fn by_verdict(&self) -> [(&'static str, u64); 5] {
        [
            ("applied", self.applied),
            ("unchanged", self.unchanged),
            ("needs_fetch", self.needs_fetch),
            ("refused", self.refused),
            ("undecodable", self.undecodable),
        ]
    }

    /// Writes the counts as one JSON object.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    /// Writes the counts as CSV, a verdict a row.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        let mut csv = crate::listing::csv::Rows::new::<Count>(out)?;
        self.rows().try_for_each(|row| csv.push(&row))?;
        csv.finish()
    }

    /// Writes the counts as a table, a verdict a row.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_text(&self, lang: Lang, out: &mut impl Write) -> io::Result<()> {
        text::write(self.rows(), usize::MAX, 0, lang, out)
    }

    fn rows(&self) -> impl Iterator<Item = Count> {
        self.by_verdict().into_iter().map(|(verdict, count)| Count { verdict, count })
    }
}

impl Listing for Count {
    const NAME: &'static str = "inbox";
    const FILE: &'static str = "inbox.csv";
    const COLUMNS: &'static [Column] = &[words("verdict", Word::Verdict), numbers("count", Word::Count)];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![Cell::text(self.verdict), Cell::Count(self.count)]
    }
}

impl Listing for Listed {
    const NAME: &'static str = "deliveries";
    const FILE: &'static str = "deliveries.csv";
    const COLUMNS: &'static [Column] = &[
        words("key", Word::Key),
        words("verdict", Word::Verdict),
        words("reason", Word::Reason),
        words("detail", Word::Detail),
        words("origin", Word::Origin),
        words("topic", Word::Topic),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.key),
            Cell::text(&self.verdict),
            Cell::maybe(self.reason.as_ref()),
            Cell::maybe(self.detail.as_ref()),
            Cell::text(&self.origin),
            Cell::maybe(self.topic.as_ref()),
        ]
    }
}

writers!(Listed);

#[cfg(test)]
mod tests;
