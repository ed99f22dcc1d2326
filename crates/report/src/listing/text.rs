//! Lists as tables for people. The width is the content's, never the terminal's, so that output can be compared.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ledger::account::Lang;

use super::{Cell, Column, Listing, headings, printable};
use crate::words::{Word, cut_line};

/// Writes the first `limit` rows of a list; when there are more, a last line says how many and where.
///
/// # Errors
/// When the writer fails.
pub fn write<R: Listing>(
    rows: impl Iterator<Item = R>,
    limit: usize,
    total: u64,
    lang: Lang,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut table = table(R::COLUMNS, lang);
    let mut shown = 0_u64;
    for row in rows.take(limit) {
        table.add_row(row.cells().iter().map(shown_as));
        shown += 1;
    }
    writeln!(out, "{table}")?;
    let hidden = total.saturating_sub(shown);
    if hidden > 0 {
        writeln!(out, "{}", cut_line(hidden, R::FILE, lang))?;
    } else if shown == 0 {
        writeln!(out, "({})", Word::None.say(lang))?;
    }
    Ok(())
}

/// An empty table with headings; numbers stand at the right.
#[must_use]
pub fn table(columns: &[Column], lang: Lang) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.force_no_tty();
    table.set_header(headings(columns, lang));
    for (at, _) in columns.iter().enumerate().filter(|(_, column)| column.numeric) {
        let aligned = table.column_mut(at).expect("the header made every column");
        aligned.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn shown_as(cell: &Cell<'_>) -> String {
    printable(&cell.print())
}
