//! Sections and tables of the page, already in characters: the template only places them.

use ledger::account::Lang;

use crate::listing::{Cell, Listing, headings, printable};
use crate::words::{Word, cut_line};

/// Keys of columns that hold days or months.
const DATES: [&str; 3] = ["day", "month", "cohort"];

/// A heading with a picture and tables below.
pub struct Section {
    pub id: String,
    pub title: String,
    /// SVG text, escaped by the chart module.
    pub figure: Option<String>,
    pub tables: Vec<Table>,
}

/// A table in characters.
pub struct Table {
    pub head: Vec<Field>,
    pub rows: Vec<Row>,
    /// Lines below: totals, or what is not shown.
    pub foot: Vec<String>,
    /// Shown only when asked for: its picture says it at a glance.
    pub folded: Option<String>,
    /// Its first column is a day or a month, which is not broken over lines.
    pub dated: bool,
}

/// A row; a bad one stands out.
pub struct Row {
    pub fields: Vec<Field>,
    pub bad: bool,
}

/// A field; numbers stand at the right.
pub struct Field {
    pub text: String,
    pub numeric: bool,
}

impl Section {
    /// An empty section.
    pub fn new(id: &str, title: &str) -> Self {
        Self { id: id.to_owned(), title: title.to_owned(), figure: None, tables: Vec::new() }
    }
}

impl Table {
    /// A table of a list.
    pub fn of<R: Listing>(rows: impl Iterator<Item = R>, lang: Lang) -> Self {
        let numeric = |at: usize| R::COLUMNS.get(at).is_some_and(|column| column.numeric);
        let names = headings(R::COLUMNS, lang).into_iter().enumerate();
        let head = names.map(|(at, name)| Field { text: name.to_owned(), numeric: numeric(at) }).collect();
        let field =
            |(at, cell): (usize, &Cell<'_>)| Field { text: printable(&cell.print()), numeric: numeric(at) };
        let row = |row: R| Row { fields: row.cells().iter().enumerate().map(field).collect(), bad: false };
        let rows: Vec<_> = rows.map(row).collect();
        let foot = if rows.is_empty() { vec![Word::None.say(lang).to_owned()] } else { Vec::new() };
        let dated = R::COLUMNS.first().is_some_and(|column| DATES.contains(&column.key));
        Self { head, rows, foot, folded: None, dated }
    }

    /// A table of words and numbers.
    pub fn pairs(left: &str, right: &str, pairs: Vec<(String, String)>) -> Self {
        let fields = |left: String, right: String| {
            vec![Field { text: left, numeric: false }, Field { text: right, numeric: true }]
        };
        let head = fields(left.to_owned(), right.to_owned());
        let rows = pairs.into_iter().map(|(l, r)| Row { fields: fields(l, r), bad: false }).collect();
        Self { head, rows, foot: Vec::new(), folded: None, dated: false }
    }

    /// Says how many rows are not shown, if any.
    pub fn cut(&mut self, total: u64, file: &str, lang: Lang) {
        let shown = u64::try_from(self.rows.len()).expect("a length fits 64 bits");
        let hidden = total.saturating_sub(shown);
        if hidden > 0 {
            self.foot = vec![cut_line(hidden, file, lang)];
        }
    }

    /// Lets rows stand out that are not good.
    pub fn mark(mut self, good: impl Iterator<Item = bool>) -> Self {
        for (row, good) in self.rows.iter_mut().zip(good) {
            row.bad = !good;
        }
        self
    }

    /// Folds the table under its headings.
    pub fn folded(mut self) -> Self {
        let names: Vec<_> = self.head.iter().map(|field| field.text.as_str()).collect();
        self.folded = Some(names.join(" · "));
        self
    }
}
