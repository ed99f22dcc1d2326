//! A run: books first, then files line by line, then the outcome.
//!
//! A sale that equals the books exactly leaves sixteen bytes; only what differs is kept whole, so that a million
//! rows stay small. Rows of overlapping files merge by identity. Nothing depends on the order of lines in a file.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::machine::Instant;
use domain::movement::MovementKind;
use domain::report_line::{LineKind, ReportKind, ReportLine};
use domain::text::Text;
use ledger::account::Account;
use mercadopago::report_file::proof::FileProof;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::book::PaymentBook;
use crate::code::BreakCode;
use crate::outcome::{FileSummary, Outcome};
use bridge::Bridges;
use days::Days;
use files::File;
use finding::{Finding, Findings, say};
use row::{Amounts, Place, Row};

mod bridge;
mod days;
mod files;
pub(crate) mod finding;
mod holds;
mod identity;
mod proofs;
mod refunds;
pub(crate) mod row;
mod sales;

/// What a run is told besides books and files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Now, for ages and due dates.
    pub as_of: Instant,
    /// First instant of the period; the days of the settlement rows when absent.
    pub from: Option<Instant>,
    /// Last instant of the period.
    pub to: Option<Instant>,
    /// Where days begin and end.
    pub time_zone: chrono_tz::Tz,
    /// Version of the rules that matched.
    pub rules: u32,
}

/// The ledger's side.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Books {
    /// Every payment.
    pub payments: Vec<PaymentBook>,
    /// Balances at the as-of, minor units, debit positive.
    pub balances: Vec<(Account, Currency, i64)>,
}

/// A run under way. Lines belong to the file named last.
pub struct Reconciliation<'b> {
    settings: Settings,
    books: &'b Books,
    index: FxHashMap<&'b str, u32>,
    /// Payments that stand in the books again later; the last one is compared.
    shadowed: FxHashSet<u32>,
    /// Sales that equal the books exactly, by payment: settlement and release.
    exact: [Vec<Exact>; 2],
    /// Every other row of a known payment.
    kept: FxHashMap<u32, Vec<Row>>,
    /// Rows of payments that no API described.
    strangers: FxHashMap<Text, Stranger>,
    movements: FxHashMap<u64, Amounts>,
    reserves: FxHashMap<(Text, Text), Vec<Row>>,
    /// Reserves that name no payment, by currency: positive is on hold.
    open_reserves: BTreeMap<Currency, i64>,
    /// Rows whose own amounts do not add up, to name them should the file's proof complain.
    uneven: FxHashMap<Place, Named>,
    /// Rows that comparison reported already.
    blamed: FxHashSet<Place>,
    files: Vec<File>,
    hashes: FxHashSet<Text>,
    bridges: Bridges,
    days: Days,
    findings: Findings,
    rows: u64,
    matched: u64,
}

/// A sale row that equals the books; line 0 means none.
#[derive(Clone, Copy)]
struct Exact {
    key: u64,
    place: Place,
}

const NONE: Exact = Exact { key: 0, place: Place { file: 0, line: 0 } };

/// Rows of a payment that we do not know.
#[derive(Default)]
struct Stranger {
    reference: Text,
    rows: Vec<Row>,
}

struct Named {
    source: Text,
    reference: Text,
    at: Instant,
    currency: Currency,
}

/// Uneven rows that are remembered by name; a file without columns of costs would have every row here.
const UNEVEN_LIMIT: usize = 100_000;

impl<'b> Reconciliation<'b> {
    /// Starts with the books.
    #[must_use]
    pub fn start(settings: Settings, books: &'b Books) -> Self {
        let mut run = Self {
            days: Days::new(settings.time_zone),
            settings,
            books,
            index: FxHashMap::default(),
            shadowed: FxHashSet::default(),
            exact: [Vec::new(), Vec::new()],
            kept: FxHashMap::default(),
            strangers: FxHashMap::default(),
            movements: FxHashMap::default(),
            reserves: FxHashMap::default(),
            open_reserves: BTreeMap::new(),
            uneven: FxHashMap::default(),
            blamed: FxHashSet::default(),
            files: Vec::new(),
            hashes: FxHashSet::default(),
            bridges: Bridges::default(),
            findings: Findings::default(),
            rows: 0,
            matched: 0,
        };
        run.index.reserve(books.payments.len());
        for (slot, book) in (0_u32..).zip(&books.payments) {
            if let Some(former) = run.index.insert(&book.payment, slot) {
                run.shadowed.insert(former);
                run.findings.add(Finding {
                    explanation: format!("the books have payment {} more than once", book.payment),
                    internal: Some(book.gross_minor),
                    external: None,
                    ..run.about(book, BreakCode::DuplicateInternal)
                });
            }
        }
        run
    }

    /// Begins a file. Give files in the order of their coverage: of a restated row the later file counts.
    pub fn file(&mut self, name: &str, sha256_hex: &str, kind: ReportKind) {
        self.hashes.insert(sha256_hex.into());
        self.files.push(File::new(name, sha256_hex, kind));
    }

    /// Adds a line of the current file. Without a file it is of none and ignored.
    pub fn line(&mut self, line: &ReportLine) {
        let Some(file) = self.files.last_mut() else { return };
        file.cover(line);
        if matches!(line.kind, LineKind::Opening | LineKind::Closing | LineKind::Note) {
            return;
        }
        file.summary.rows += 1;
        let number = u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX);
        let row = Row::of(line, number);
        if !row.amounts.add_up() && self.uneven.len() < UNEVEN_LIMIT {
            let (source, reference) = (line.source.clone(), line.reference.clone());
            self.uneven.insert(row.place, Named { source, reference, at: line.at, currency: line.currency });
        }
        let amounts = row.amounts;
        let former = match line.kind {
            LineKind::Movement(kind) => self.movement(line, kind, row),
            _ => self.of_payment(line, row),
        };
        match former {
            Former::None => {
                self.rows += 1;
                self.bridges.add(line, amounts);
                self.days.add(line);
            }
            Former::Same => self.repeated(),
            Former::Other(old) => {
                self.repeated();
                self.bridges.add(line, amounts.plus(old.negated()));
                self.restated(line, old, number);
            }
        }
    }

    /// Reports a row of the current file that cannot be read; `text` says why.
    pub fn bad_row(&mut self, line: u64, text: &str) {
        let Some(file) = self.files.last_mut() else { return };
        file.summary.bad_rows += 1;
        let currency = file.currency.or_else(|| self.books.payments.first().map(|book| book.currency));
        let place = Place {
            file: u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX),
            line: u32::try_from(line).unwrap_or(u32::MAX),
        };
        self.findings.add(Finding {
            code: BreakCode::LayoutDrift,
            currency: currency.unwrap_or(Currency::ARS),
            internal: None,
            external: None,
            reference: Text::default(),
            source: Text::default(),
            place: Some(place),
            at: self.settings.as_of,
            explanation: format!("line {line} cannot be read: {text}"),
        });
    }

    /// Adds what the current file proves about itself.
    pub fn file_proof(&mut self, proof: FileProof) {
        if let Some(file) = self.files.last_mut() {
            file.prove(proof);
        }
    }

    /// Runs the passes that need everything, and ends.
    #[must_use]
    pub fn finish(mut self) -> Outcome {
        self.match_payments();
        self.match_strangers();
        self.match_reserves();
        self.check_files();
        let run_id = identity::run_id(&self.settings, self.books, &self.hashes);
        let proofs = self.proofs();
        let (daily_currency, daily_balance) = self.days.finish(&self.files);
        let names: Vec<Text> = self.files.iter().map(|file| file.summary.name.clone()).collect();
        let files: Vec<FileSummary> = self.files.into_iter().map(|file| file.summary).collect();
        Outcome {
            run_id,
            rows: self.rows,
            matched: self.matched,
            breaks: self.findings.finish(self.settings.as_of, &names),
            proofs,
            files,
            bridge: self.bridges.finish(),
            daily_balance,
            daily_currency,
        }
    }

    fn of_payment(&mut self, line: &ReportLine, row: Row) -> Former {
        let known = self.index.get(line.source.as_str()).copied();
        match known.filter(|slot| self.book(*slot).described) {
            Some(slot) if line.kind == LineKind::Sale => self.sale(slot, row),
            Some(slot) => keep(self.kept.entry(slot).or_default(), row),
            None => {
                let stranger = self.strangers.entry(line.source.clone()).or_default();
                stranger.reference = line.reference.clone().max(std::mem::take(&mut stranger.reference));
                keep(&mut stranger.rows, row)
            }
        }
    }

    fn sale(&mut self, slot: u32, row: Row) -> Former {
        let book = self.book(slot);
        let equals = book.booked && book.currency == row.currency && Amounts::of_book(book) == row.amounts;
        let marks = &mut self.exact[usize::from(row.report == ReportKind::Release)];
        if marks.is_empty() {
            marks.resize(self.books.payments.len(), NONE);
        }
        let mark = &mut marks[slot as usize];
        if mark.place.line != 0 && mark.key == row.key {
            if equals {
                return Former::Same;
            }
            *mark = NONE;
            self.kept.entry(slot).or_default().push(row);
            return Former::Other(Amounts::of_book(book));
        }
        if !equals || mark.place.line != 0 {
            return keep(self.kept.entry(slot).or_default(), row);
        }
        // A row that was kept because it differed may come again restated, and equal the books now.
        if self.kept.get(&slot).is_some_and(|rows| rows.iter().any(|r| r.key == row.key)) {
            return keep(self.kept.entry(slot).or_default(), row);
        }
        *mark = Exact { key: row.key, place: row.place };
        Former::None
    }

    fn movement(&mut self, line: &ReportLine, kind: MovementKind, row: Row) -> Former {
        if let Some(old) = self.movements.insert(row.key, row.amounts) {
            return if old == row.amounts { Former::Same } else { Former::Other(old) };
        }
        match kind {
            MovementKind::Reserve => {
                if line.report == ReportKind::Release {
                    let held = self.open_reserves.entry(line.currency).or_default();
                    *held = held.saturating_sub(line.net_minor);
                }
                self.reserves.entry((line.source.clone(), line.word.clone())).or_default().push(row);
            }
            MovementKind::Unknown if !is_purchase(line) => self.unknown(line, row.place),
            _ => self.matched += 1,
        }
        Former::None
    }

    fn unknown(&mut self, line: &ReportLine, place: Place) {
        let amount = say(line.net_minor, line.currency);
        self.findings.add(Finding {
            code: BreakCode::UnknownCode,
            currency: line.currency,
            internal: None,
            external: Some(line.net_minor),
            reference: line.reference.clone(),
            source: line.source.clone(),
            place: Some(place),
            at: line.at,
            explanation: format!(
                "a row of {amount} says `{}`, which names no kind of money we know",
                line.word
            ),
        });
    }

    fn repeated(&mut self) {
        if let Some(file) = self.files.last_mut() {
            file.summary.repeated_rows += 1;
        }
    }

    fn restated(&mut self, line: &ReportLine, old: Amounts, file: u32) {
        let (before, after) = (say(old.net, line.currency), say(line.net_minor, line.currency));
        self.findings.add(Finding {
            code: BreakCode::RestatedRow,
            currency: line.currency,
            internal: Some(old.net),
            external: Some(line.net_minor),
            reference: line.reference.clone(),
            source: line.source.clone(),
            place: Some(Row::of(line, file).place),
            at: line.at,
            explanation: format!(
                "an earlier file has this row with a net of {before}, this one with {after}"
            ),
        });
    }

    fn book(&self, slot: u32) -> &'b PaymentBook {
        &self.books.payments[slot as usize]
    }

    /// A finding about a payment of ours, still without amounts and words.
    fn about(&self, book: &PaymentBook, code: BreakCode) -> Finding {
        Finding {
            code,
            currency: book.currency,
            internal: None,
            external: None,
            reference: book.reference.clone().unwrap_or_default(),
            source: book.payment.clone(),
            place: None,
            at: book.approved_at.unwrap_or(self.settings.as_of),
            explanation: String::new(),
        }
    }
}

/// Whether an earlier file had the row.
enum Former {
    None,
    Same,
    Other(Amounts),
}

/// Keeps a row unless the same is kept; of a restated row the new content stays.
fn keep(rows: &mut Vec<Row>, row: Row) -> Former {
    match rows.iter_mut().find(|known| known.key == row.key && known.report == row.report) {
        None => {
            rows.push(row);
            Former::None
        }
        Some(known) if known.amounts == row.amounts && known.currency == row.currency => Former::Same,
        Some(known) => {
            let old = known.amounts;
            *known = row;
            Former::Other(old)
        }
    }
}

/// A sale of another seller paid with the account: the reports print it as a sale with a negative amount.
fn is_purchase(line: &ReportLine) -> bool {
    let sale = ["settlement", "payment"].iter().any(|word| line.word.eq_ignore_ascii_case(word));
    sale && line.gross_minor < 0
}

#[cfg(test)]
mod tests;
