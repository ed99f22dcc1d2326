//! The proofs a file carries in itself: its rows' arithmetic, its balances and their chain.
//!
//! Fed row by row in constant memory but for the breaks found. It compares and reports; it corrects nothing, and
//! whether our own books agree is matching's question. Sources: report glossaries, restated with the arithmetic
//! of the documented samples.

use domain::currency::Currency;
use domain::report_line::{LineKind, ReportKind, ReportLine};

/// What does not add up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ProofCode {
    /// Net is not gross plus fees plus taxes.
    RowIdentity,
    /// Opening balance plus movements is not the closing balance.
    Balance,
    /// The running balance after a row is not the one before it plus the row.
    Chain,
    /// The sum of the rows leaves 64 bits; the row is left out of it.
    OutOfRange,
}

impl ProofCode {
    /// Stable word of the code.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::RowIdentity => "row_identity",
            Self::Balance => "balance",
            Self::Chain => "chain",
            Self::OutOfRange => "out_of_range",
        }
    }
}

/// One thing that does not add up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProofBreak {
    /// What.
    pub code: ProofCode,
    /// Line of the row, counted from 1 with the header; of the last row for the whole file.
    pub line: u64,
    /// What it should be by the other numbers of the file, minor units.
    pub expected_minor: i64,
    /// What the file prints, minor units.
    pub actual_minor: i64,
}

/// What a file proves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileProof {
    /// Rows read, balance rows and notes included.
    pub rows: u64,
    /// Rows that could not be read: with any of them the balances need not meet.
    pub bad_rows: u64,
    /// Rows whose arithmetic could not be tried, because the file lacks columns of fees or taxes.
    pub unproven_rows: u64,
    /// Opening balance, minor units: the opening row, else what the first running balance implies.
    pub opening_minor: Option<i64>,
    /// Closing balance, minor units: the closing row, else the last running balance that is printed.
    pub closing_minor: Option<i64>,
    /// Sum of the net of all movement rows in the currency of the first row, minor units.
    pub movements_minor: i64,
    /// Everything that does not add up, in the order of lines.
    pub breaks: Vec<ProofBreak>,
}

/// A proof under way.
#[derive(Clone, Debug)]
pub struct Proof {
    has_deductions: bool,
    opening: Option<i64>,
    closing: Option<i64>,
    /// Running balance: as printed, else computed from the last one that was.
    balance: Option<i64>,
    /// Running balance as last printed.
    printed: Option<i64>,
    /// Currency of the first row: sums and balances are in it.
    currency: Option<Currency>,
    line: u64,
    so_far: FileProof,
}

impl Proof {
    /// Starts a proof. `has_deductions` says whether the file has all columns of fees and taxes
    /// ([`super::ReportFile::has_deductions`]); without them the arithmetic of rows is not tried.
    #[must_use]
    pub fn new(has_deductions: bool) -> Self {
        let so_far = FileProof {
            rows: 0,
            bad_rows: 0,
            unproven_rows: 0,
            opening_minor: None,
            closing_minor: None,
            movements_minor: 0,
            breaks: Vec::new(),
        };
        Self {
            has_deductions,
            opening: None,
            closing: None,
            balance: None,
            printed: None,
            currency: None,
            line: 0,
            so_far,
        }
    }

    /// Counts a row that could not be read. The running balance is unknown until the next row prints it.
    pub fn feed_bad(&mut self) {
        self.so_far.bad_rows += 1;
        self.balance = None;
    }

    /// Adds a row.
    pub fn feed(&mut self, line: &ReportLine) {
        self.so_far.rows += 1;
        self.line = line.line;
        match line.kind {
            LineKind::Note => {}
            LineKind::Opening => {
                self.currency = Some(line.currency);
                let opening = printed_balance(line);
                self.opening = Some(opening);
                self.balance = Some(opening);
            }
            LineKind::Closing => self.closing = Some(printed_balance(line)),
            LineKind::Sale
            | LineKind::Refund
            | LineKind::Chargeback
            | LineKind::Dispute
            | LineKind::Hold
            | LineKind::Movement(_) => self.feed_movement(line),
        }
    }

    /// Ends the file: the balances are compared.
    #[must_use]
    pub fn finish(mut self) -> FileProof {
        self.so_far.opening_minor = self.opening;
        self.so_far.closing_minor = self.closing.or(self.printed);
        if let (Some(opening), Some(closing)) = (self.so_far.opening_minor, self.so_far.closing_minor) {
            let line = self.line;
            match opening.checked_add(self.so_far.movements_minor) {
                Some(expected) => self.compare(ProofCode::Balance, line, expected, closing),
                None => self.out_of_range(line, opening),
            }
        }
        self.so_far
    }

    fn feed_movement(&mut self, line: &ReportLine) {
        if self.has_deductions {
            let expected = line.gross_minor + line.fees_minor() + line.tax_minor;
            self.compare(ProofCode::RowIdentity, line.line, expected, line.net_minor);
        } else {
            self.so_far.unproven_rows += 1;
        }
        // A statement is in one currency: a row in another one is missing from the sum, and so it shows.
        if *self.currency.get_or_insert(line.currency) != line.currency {
            return;
        }
        match self.so_far.movements_minor.checked_add(line.net_minor) {
            Some(sum) => self.so_far.movements_minor = sum,
            None => self.out_of_range(line.line, line.net_minor),
        }
        if line.report == ReportKind::Settlement {
            return;
        }
        self.feed_balance(line);
    }

    fn feed_balance(&mut self, line: &ReportLine) {
        self.printed = line.balance_minor.or(self.printed);
        let Some(before) = self.balance else {
            let first = self.so_far.rows == 1 && self.so_far.bad_rows == 0;
            if let (None, true, Some(after)) = (self.opening, first, line.balance_minor) {
                self.opening = after.checked_sub(line.net_minor);
            }
            self.balance = line.balance_minor;
            return;
        };
        match (before.checked_add(line.net_minor), line.balance_minor) {
            (Some(expected), Some(after)) => {
                self.compare(ProofCode::Chain, line.line, expected, after);
                self.balance = Some(after);
            }
            // The file prints no running balance here: it is computed, so that a later one can be compared.
            (Some(computed), None) => self.balance = Some(computed),
            (None, after) => {
                self.out_of_range(line.line, line.net_minor);
                self.balance = after;
            }
        }
    }

    fn compare(&mut self, code: ProofCode, line: u64, expected_minor: i64, actual_minor: i64) {
        if expected_minor != actual_minor {
            self.so_far.breaks.push(ProofBreak { code, line, expected_minor, actual_minor });
        }
    }

    fn out_of_range(&mut self, line: u64, actual_minor: i64) {
        let expected_minor = self.so_far.movements_minor;
        self.so_far.breaks.push(ProofBreak {
            code: ProofCode::OutOfRange,
            line,
            expected_minor,
            actual_minor,
        });
    }
}

/// The balance of an opening or closing row: credit less debit, which holds for a single closing credit and for
/// a row of totals that include the opening; a row without either prints it as its running balance.
fn printed_balance(line: &ReportLine) -> i64 {
    match (line.net_minor, line.balance_minor) {
        (0, Some(balance)) => balance,
        (net, _) => net,
    }
}

#[cfg(test)]
mod tests;
