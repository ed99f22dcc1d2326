//! Pass P5: holds by source and word: what is held and freed again is a pair; what is still held is information.
//!
//! Rows of payments that no API described end here too: their sale is what is missing.

use domain::machine::Instant;
use domain::payment::Standing;
use domain::report_line::LineKind;
use domain::text::Text;

use super::finding::{Finding, say};
use super::row::{Row, total};
use super::{Reconciliation, Stranger};
use crate::book::PaymentBook;
use crate::code::BreakCode;

impl Reconciliation<'_> {
    pub(super) fn match_holds(&mut self, book: Option<&PaymentBook>, source: &Text, rows: &[Row]) {
        let mut holds: Vec<&Row> = rows.iter().filter(|row| row.kind == LineKind::Hold).collect();
        holds.sort_by(|a, b| (&a.word, a.place).cmp(&(&b.word, b.place)));
        for group in holds.chunk_by(|a, b| a.word == b.word) {
            self.match_group(book, source, group);
        }
    }

    pub(super) fn match_reserves(&mut self) {
        let mut reserves: Vec<((Text, Text), Vec<Row>)> =
            std::mem::take(&mut self.reserves).into_iter().collect();
        reserves.sort_by(|a, b| a.0.cmp(&b.0));
        for ((source, _), mut rows) in reserves {
            rows.sort_by_key(|row| row.place);
            self.match_group(None, &source, &rows.iter().collect::<Vec<_>>());
        }
    }

    fn match_group(&mut self, book: Option<&PaymentBook>, source: &Text, rows: &[&Row]) {
        let held = total(rows.iter().copied()).net;
        // Freed more than was held here: held in an earlier report.
        if held >= 0 {
            self.matched += rows.len() as u64;
            return;
        }
        let first = rows[0];
        let disputed =
            book.is_some_and(|book| matches!(book.standing, Standing::Disputed | Standing::ChargebackOpen));
        let code = if disputed { BreakCode::ChargebackOpenHold } else { BreakCode::OrphanReserve };
        self.findings.add(Finding {
            code,
            currency: first.currency,
            internal: book.map(|book| book.held_minor.saturating_neg()),
            external: Some(held),
            reference: book.and_then(|book| book.reference.clone()).unwrap_or_default(),
            source: source.clone(),
            place: Some(first.place),
            at: first.at,
            explanation: format!(
                "{} is on hold for `{}` of operation {source} and was not freed",
                say(held.saturating_neg(), first.currency),
                first.word
            ),
        });
    }

    pub(super) fn match_strangers(&mut self) {
        let mut strangers: Vec<(Text, Stranger)> = std::mem::take(&mut self.strangers).into_iter().collect();
        strangers.sort_by(|a, b| a.0.cmp(&b.0));
        for (source, mut stranger) in strangers {
            stranger.rows.sort_by_key(|row| row.place);
            self.match_holds(None, &source, &stranger.rows);
            self.match_stranger(&source, &stranger);
        }
    }

    fn match_stranger(&mut self, source: &Text, stranger: &Stranger) {
        let of = |kinds: &[LineKind]| -> Vec<&Row> {
            stranger
                .rows
                .iter()
                .filter(|row| kinds.contains(&row.kind) && !row.amounts.is_nothing())
                .collect()
        };
        let sales = of(&[LineKind::Sale]);
        let refunds = of(&[LineKind::Refund]);
        let disputes = of(&[LineKind::Chargeback, LineKind::Dispute]);
        let (code, what, rows) = if !sales.is_empty() {
            (BreakCode::MissingInternal, "a sale", sales)
        } else if !refunds.is_empty() {
            (BreakCode::UnmatchedRefund, "a refund", refunds)
        } else if !disputes.is_empty() {
            (BreakCode::MissingInternal, "a chargeback or dispute", disputes)
        } else {
            return;
        };
        // The two reports tell of the same money: only the first one's rows are summed.
        let first = rows[0];
        let report = rows.iter().map(|row| row.report).min().unwrap_or(first.report);
        let gross = total(rows.iter().copied().filter(|row| row.report == report)).gross;
        let at: Instant = first.at;
        self.findings.add(Finding {
            code,
            currency: first.currency,
            internal: None,
            external: Some(gross),
            reference: stranger.reference.clone(),
            source: source.clone(),
            place: Some(first.place),
            at,
            explanation: format!(
                "the report has {what} of {} for payment {source}, which the books do not know",
                say(gross, first.currency)
            ),
        });
    }
}
