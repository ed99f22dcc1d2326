//! Pass P0: what files prove about themselves and about each other, and which days they cover.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::report_line::{LineKind, ReportKind, ReportLine};
use domain::text::Text;
use mercadopago::report_file::proof::{FileProof, ProofBreak, ProofCode};

use super::finding::{Finding, say};
use super::row::Place;
use super::sales::Coverage;
use super::{Reconciliation, Settings, days};
use crate::code::BreakCode;
use crate::outcome::FileSummary;

/// A file so far.
pub(super) struct File {
    pub summary: FileSummary,
    pub currency: Option<Currency>,
    /// First and last time of any line.
    pub span: Option<(Instant, Instant)>,
    pub proof: Option<FileProof>,
}

impl File {
    pub(super) fn new(name: &str, sha256: &str, kind: ReportKind) -> Self {
        let summary = FileSummary {
            name: name.into(),
            sha256: sha256.into(),
            kind,
            rows: 0,
            bad_rows: 0,
            repeated_rows: 0,
            opening_minor: None,
            closing_minor: None,
        };
        Self { summary, currency: None, span: None, proof: None }
    }

    pub(super) fn cover(&mut self, line: &ReportLine) {
        if line.kind == LineKind::Note {
            return;
        }
        self.currency = Some(self.currency.map_or(line.currency, |known| known.min(line.currency)));
        self.span =
            Some(self.span.map_or((line.at, line.at), |(from, to)| (from.min(line.at), to.max(line.at))));
    }

    pub(super) fn prove(&mut self, proof: FileProof) {
        if self.summary.kind == ReportKind::Release {
            self.summary.opening_minor = proof.opening_minor;
            self.summary.closing_minor = proof.closing_minor;
        }
        self.proof = Some(proof);
    }
}

/// What the files cover: whole local days of the settlement rows, or the period; releases to the end of their
/// last local day.
pub(super) fn coverage(settings: &Settings, files: &[File]) -> Coverage {
    let zone = settings.time_zone;
    let spans = |kind: ReportKind| files.iter().filter(move |f| f.summary.kind == kind);
    let days = spans(ReportKind::Settlement).filter_map(|file| file.span);
    let days = days.map(|(from, to)| (days::bounds(zone, from).0, days::bounds(zone, to).1));
    let has_settlement = spans(ReportKind::Settlement).next().is_some();
    let settled = match (settings.from, settings.to) {
        (None, None) => days.collect(),
        _ if !has_settlement => Vec::new(),
        (from, to) => {
            let all: Vec<_> = days.collect();
            let first = all.iter().map(|span| span.0).min();
            let last = all.iter().map(|span| span.1).max();
            from.or(first).zip(to.or(last)).into_iter().collect()
        }
    };
    let released_to = spans(ReportKind::Release).filter_map(|file| file.span).map(|span| span.1).max();
    let released_to = released_to.map(|last| days::bounds(zone, last).1.min(settings.as_of));
    Coverage { settled, released_to }
}

impl Reconciliation<'_> {
    pub(super) fn check_files(&mut self) {
        let mut seen: Vec<Text> = Vec::new();
        for number in 0..self.files.len() {
            let (hash, proof) = (self.files[number].summary.sha256.clone(), self.files[number].proof.clone());
            // The same bytes again tell nothing new.
            if seen.contains(&hash) {
                continue;
            }
            seen.push(hash);
            if let Some(proof) = proof {
                self.check_proof(number, &proof);
            }
        }
        self.check_continuity();
    }

    fn check_proof(&mut self, number: usize, proof: &FileProof) {
        let of = |code: ProofCode| proof.breaks.iter().filter(move |b| b.code == code);
        for found in of(ProofCode::RowIdentity) {
            self.row_identity(number, found);
        }
        // A file without balances has none to break.
        if self.files[number].summary.kind != ReportKind::Release {
            return;
        }
        let chained: i64 =
            of(ProofCode::Chain).map(|b| b.actual_minor.saturating_sub(b.expected_minor)).sum();
        for found in of(ProofCode::Chain).chain(of(ProofCode::OutOfRange)) {
            self.balance_break(number, found, "the running balance after this row");
        }
        for found in of(ProofCode::Balance) {
            let same_cause = found.actual_minor.saturating_sub(found.expected_minor) == chained;
            // With a row that cannot be read the balances need not meet.
            if proof.bad_rows == 0 && !same_cause {
                self.balance_break(number, found, "the closing balance of the file");
            }
        }
    }

    fn row_identity(&mut self, number: usize, found: &ProofBreak) {
        let place = place(number, found.line);
        if self.blamed.contains(&place) {
            return;
        }
        let mut finding = self.of_file(number, found, BreakCode::RowIdentityBreak);
        if let Some(named) = self.uneven.get(&place) {
            finding.source = named.source.clone();
            finding.reference = named.reference.clone();
            finding.at = named.at;
            finding.currency = named.currency;
        }
        finding.explanation = format!(
            "gross, fees and taxes of line {} make {}, but the row prints a net of {}",
            found.line,
            say(found.expected_minor, finding.currency),
            say(found.actual_minor, finding.currency)
        );
        self.findings.add(finding);
    }

    fn balance_break(&mut self, number: usize, found: &ProofBreak, what: &str) {
        let mut finding = self.of_file(number, found, BreakCode::BalanceBreak);
        let (expected, actual) =
            (say(found.expected_minor, finding.currency), say(found.actual_minor, finding.currency));
        finding.explanation = format!("{what} should be {expected} by the rows before it, but is {actual}");
        self.findings.add(finding);
    }

    fn of_file(&self, number: usize, found: &ProofBreak, code: BreakCode) -> Finding {
        let file = &self.files[number];
        Finding {
            code,
            currency: file.currency.unwrap_or(Currency::ARS),
            internal: Some(found.expected_minor),
            external: Some(found.actual_minor),
            reference: Text::default(),
            source: Text::default(),
            place: Some(place(number, found.line)),
            at: file.span.map_or(self.settings.as_of, |span| span.1),
            explanation: String::new(),
        }
    }

    /// Files whose days follow each other must hand on their balance.
    fn check_continuity(&mut self) {
        let zone = self.settings.time_zone;
        let day = |at: Instant| at.with_timezone(&zone).date_naive();
        let mut order: Vec<usize> = (0..self.files.len())
            .filter(|at| {
                self.files[*at].summary.kind == ReportKind::Release && self.files[*at].span.is_some()
            })
            .collect();
        order.sort_by_key(|at| (self.files[*at].span, self.files[*at].summary.sha256.clone()));
        for pair in order.windows(2) {
            let (before, after) = (&self.files[pair[0]], &self.files[pair[1]]);
            let (Some((_, end)), Some((begin, last))) = (before.span, after.span) else { continue };
            let follows = end <= begin && (day(end) == day(begin) || day(end).succ_opt() == Some(day(begin)));
            let balances = before.summary.closing_minor.zip(after.summary.opening_minor);
            let Some((closing, opening)) =
                balances.filter(|(closing, opening)| follows && closing != opening)
            else {
                continue;
            };
            let found = ProofBreak {
                code: ProofCode::Balance,
                line: 1,
                expected_minor: closing,
                actual_minor: opening,
            };
            let mut finding = self.of_file(pair[1], &found, BreakCode::ContinuityBreak);
            finding.at = begin.min(last);
            finding.explanation = format!(
                "file `{}` closes with {}, but the next file `{}` opens with {}",
                before.summary.name,
                say(closing, finding.currency),
                after.summary.name,
                say(opening, finding.currency)
            );
            self.findings.add(finding);
        }
    }
}

fn place(number: usize, line: u64) -> Place {
    Place { file: u32::try_from(number).unwrap_or(u32::MAX), line: u32::try_from(line).unwrap_or(u32::MAX) }
}
