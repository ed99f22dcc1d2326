//! Passes P1 and P4: sales by payment id, in the settlement report by their parts, in the release report by net.
//!
//! One cause gives one break: where the gross differs, fees and taxes differ with it and are not reported.

use domain::machine::Instant;
use domain::payment::Standing;
use domain::report_line::{LineKind, ReportKind};

use super::finding::{Finding, say};
use super::row::{Amounts, Row, total};
use super::{Reconciliation, files};
use crate::book::PaymentBook;
use crate::code::BreakCode;

/// The provider credits some seconds after it approves; a sale approved this close to the end of a report may
/// stand in the next one.
const CREDIT_LAG: chrono::TimeDelta = chrono::TimeDelta::minutes(10);

/// What the files cover, for rows that are absent.
pub(super) struct Coverage {
    /// Spans in which every approval must have a settlement row.
    pub settled: Vec<(Instant, Instant)>,
    /// Until when everything due must have been released; `None` without a release report.
    pub released_to: Option<Instant>,
}

impl Coverage {
    /// Whether a span holds the instant: `Some(true)` well inside, `Some(false)` at the very end of it.
    pub(super) fn settles(&self, at: Instant) -> Option<bool> {
        let inside = self.settled.iter().filter(|(from, to)| *from <= at && at <= *to);
        inside.map(|(_, to)| *to - at > CREDIT_LAG).max()
    }
}

impl Reconciliation<'_> {
    pub(super) fn match_payments(&mut self) {
        let coverage = files::coverage(&self.settings, &self.files);
        for slot in (0_u32..).take(self.books.payments.len()) {
            if self.shadowed.contains(&slot) {
                continue;
            }
            let mut rows = self.kept.remove(&slot).unwrap_or_default();
            rows.sort_by_key(|row| row.place);
            let settled = self.sales_of(slot, ReportKind::Settlement, &rows);
            let released = self.sales_of(slot, ReportKind::Release, &rows);
            let book = self.book(slot);
            self.match_settled(book, &settled, &coverage);
            self.match_released(book, &released, &coverage);
            if !rows.is_empty() || !book.refunds.is_empty() {
                self.match_refunds(book, &rows, &coverage);
            }
            if !rows.is_empty() {
                self.match_holds(Some(book), &book.payment, &rows);
            }
        }
    }

    fn sales_of(&self, slot: u32, report: ReportKind, rows: &[Row]) -> Vec<Row> {
        let release = report == ReportKind::Release;
        let mut sales: Vec<Row> =
            rows.iter().filter(|r| r.kind == LineKind::Sale && r.report == report).cloned().collect();
        let mark = self.exact[usize::from(release)].get(slot as usize).filter(|mark| mark.place.line != 0);
        if let Some(mark) = mark {
            let book = self.book(slot);
            sales.push(Row {
                key: mark.key,
                place: mark.place,
                report,
                kind: LineKind::Sale,
                word: domain::text::Text::default(),
                at: book.approved_at.unwrap_or(self.settings.as_of),
                currency: book.currency,
                amounts: Amounts::of_book(book),
            });
            sales.sort_by_key(|row| row.place);
        }
        sales
    }

    fn match_settled(&mut self, book: &PaymentBook, sales: &[Row], coverage: &Coverage) {
        let Some(first) = sales.first() else {
            self.check_absent(book, coverage);
            return;
        };
        let sum = total(sales);
        if self.differs_in_kind(book, first, sum) {
            return;
        }
        let expected = Amounts::of_book(book);
        if sales.len() > 1 && sum != expected && sales.iter().any(|row| row.amounts.gross == expected.gross) {
            self.duplicate(book, &sales[1], sum.gross);
        } else {
            self.compare(book, sales, expected, sum);
        }
    }

    fn check_absent(&mut self, book: &PaymentBook, coverage: &Coverage) {
        let Some(at) = book.approved_at.filter(|at| book.booked && *at <= self.settings.as_of) else {
            return;
        };
        let Some(inside) = coverage.settles(at) else { return };
        let (gross, net) = (say(book.gross_minor, book.currency), say(book.net_minor, book.currency));
        let code = if inside { BreakCode::MissingExternal } else { BreakCode::TimingInTransit };
        self.findings.add(Finding {
            internal: Some(book.gross_minor),
            explanation: format!(
                "payment {} was approved for {gross} (net {net}), but the settlement report has no row for it",
                book.payment
            ),
            ..self.about(book, code)
        });
    }

    fn match_released(&mut self, book: &PaymentBook, sales: &[Row], coverage: &Coverage) {
        let due = |limit: Instant| book.release_at.is_some_and(|at| at <= limit);
        let Some(first) = sales.first() else {
            if coverage.released_to.is_some_and(due) {
                self.overdue(book);
            }
            return;
        };
        let sum = total(sales);
        if self.differs_in_kind(book, first, sum) {
            return;
        }
        // Released as sold, or less what was taken back before the release: all of it, or what was by then.
        let taken = [0, book.taken_minor(), book.refunded_by(first.at)];
        if taken.contains(&(book.net_minor - sum.net)) {
            self.matched += sales.len() as u64;
            return;
        }
        let rows = i64::try_from(sales.len()).unwrap_or(i64::MAX);
        // An instalment is at most half of the whole, give or take a cent of rounding.
        let part = sum.net < book.net_minor && (rows > 1 || sum.gross <= book.gross_minor / 2 + rows);
        if part {
            if book.pending_minor() == 0 || !due(self.settings.as_of) {
                self.matched += sales.len() as u64;
            } else {
                self.part(book, sum.net, first);
            }
        } else if rows > 1 && sales.iter().all(|row| row.amounts.net == book.net_minor) {
            self.duplicate(book, &sales[1], sum.gross);
        } else {
            self.compare(book, sales, Amounts::of_book(book), sum);
        }
    }

    fn overdue(&mut self, book: &PaymentBook) {
        let pending = book.pending_minor();
        let held = matches!(book.standing, Standing::Disputed | Standing::ChargebackOpen);
        if !book.booked || pending <= 0 || held {
            return;
        }
        let at = book.release_at.unwrap_or(self.settings.as_of);
        let code = if book.moved_minor > 0 { BreakCode::PartialMatch } else { BreakCode::OverdueExpected };
        self.findings.add(Finding {
            internal: Some(pending),
            at,
            explanation: format!(
                "payment {} should have released {} by {}, but the release report has no row for it",
                book.payment,
                say(pending, book.currency),
                at.with_timezone(&self.settings.time_zone).date_naive()
            ),
            ..self.about(book, code)
        });
    }

    fn part(&mut self, book: &PaymentBook, released: i64, row: &Row) {
        let (released_text, net) = (say(released, book.currency), say(book.net_minor, book.currency));
        self.findings.add(Finding {
            internal: Some(book.net_minor),
            external: Some(released),
            place: Some(row.place),
            at: row.at,
            explanation: format!(
                "only {released_text} of the net {net} of payment {} was released, and the rest is due",
                book.payment
            ),
            ..self.about(book, BreakCode::PartialMatch)
        });
    }

    /// Reports a row in another currency, or of a payment whose sale is not in the books. Rows that move nothing
    /// (card checks) match whatever stands there.
    fn differs_in_kind(&mut self, book: &PaymentBook, row: &Row, sum: Amounts) -> bool {
        let (payment, told) = (&book.payment, say(sum.gross, row.currency));
        let (code, internal, explanation) = if !book.booked && sum.is_nothing() {
            self.matched += 1;
            return true;
        } else if row.currency != book.currency {
            let ours = say(book.gross_minor, book.currency);
            let text = format!("the report has payment {payment} with {told}, the books with {ours}");
            (BreakCode::CurrencyMismatch, Some(book.gross_minor), text)
        } else if !book.booked {
            let text = format!(
                "the report has a sale of {told} for payment {payment}, which the books hold as `{}`",
                book.standing.name()
            );
            (BreakCode::StatusMismatch, Some(0), text)
        } else {
            return false;
        };
        self.findings.add(Finding {
            currency: row.currency,
            internal,
            external: Some(sum.gross),
            place: Some(row.place),
            at: row.at,
            explanation,
            ..self.about(book, code)
        });
        true
    }

    fn duplicate(&mut self, book: &PaymentBook, second: &Row, gross: i64) {
        self.matched += 1;
        self.findings.add(Finding {
            internal: Some(book.gross_minor),
            external: Some(gross),
            place: Some(second.place),
            at: second.at,
            explanation: format!(
                "the report has the sale of payment {} more than once: {} in all, where the books have {}",
                book.payment,
                say(gross, book.currency),
                say(book.gross_minor, book.currency)
            ),
            ..self.about(book, BreakCode::DuplicateExternal)
        });
    }

    /// Compares money part by part and names the first cause.
    pub(super) fn compare(&mut self, book: &PaymentBook, rows: &[Row], expected: Amounts, actual: Amounts) {
        let mut differences = Vec::new();
        if expected.gross != actual.gross {
            differences.push((BreakCode::AmountMismatch, "gross", expected.gross, actual.gross));
        } else if !(actual.lacks_costs() && expected.net == actual.net) {
            if expected.fees != actual.fees {
                differences.push((BreakCode::FeeMismatch, "fee", expected.fees, actual.fees));
            }
            if expected.taxes != actual.taxes {
                differences.push((BreakCode::TaxMismatch, "tax", expected.taxes, actual.taxes));
            }
            // A net that does not even follow from its own row is the file's fault, which its proof reports.
            let proven = rows.iter().all(|row| row.amounts.add_up()) || actual.lacks_costs();
            if differences.is_empty() && expected.net != actual.net && proven {
                differences.push((BreakCode::AmountMismatch, "net", expected.net, actual.net));
            }
        }
        if differences.is_empty() {
            self.matched += rows.len() as u64;
            return;
        }
        let first = &rows[0];
        self.blamed.extend(rows.iter().map(|row| row.place));
        for (code, what, ours, theirs) in differences {
            let (our_text, their_text) = (say(ours, book.currency), say(theirs, book.currency));
            self.findings.add(Finding {
                internal: Some(ours),
                external: Some(theirs),
                place: Some(first.place),
                at: first.at,
                explanation: format!(
                    "the report has a {what} of {their_text} for payment {}, the books have {our_text}",
                    book.payment
                ),
                ..self.about(book, code)
            });
        }
    }
}
