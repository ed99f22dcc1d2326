//! Pass P3: refunds, chargebacks and disputes to their payment.
//!
//! In the settlement report a refund is compared by its parts; in the release report everything that takes money
//! back is compared by net, because a lost mediation and a refund may be the same money. Each row takes the
//! refund of its amount that is nearest in time, then of the lowest id; what is left is compared in sum.

use domain::payment::Standing;
use domain::report_line::{LineKind, ReportKind};

use super::Reconciliation;
use super::finding::{Finding, say};
use super::row::{Amounts, Row, total};
use super::sales::Coverage;
use crate::book::{PaymentBook, RefundBook};
use crate::code::BreakCode;

impl Reconciliation<'_> {
    pub(super) fn match_refunds(&mut self, book: &PaymentBook, rows: &[Row], coverage: &Coverage) {
        let of = |report: ReportKind, wanted: &[LineKind]| -> Vec<Row> {
            rows.iter().filter(|r| r.report == report && wanted.contains(&r.kind)).cloned().collect()
        };
        let taking = [LineKind::Refund, LineKind::Chargeback, LineKind::Dispute];
        self.match_settled_refunds(book, &of(ReportKind::Settlement, &taking[..1]), coverage);
        self.check_chargeback(book, &of(ReportKind::Settlement, &taking[1..]));
        self.match_takings(book, of(ReportKind::Release, &taking));
    }

    fn match_settled_refunds(&mut self, book: &PaymentBook, rows: &[Row], coverage: &Coverage) {
        let rows = self.without_pairs(rows.to_vec());
        let mut free: Vec<&RefundBook> = book.refunds.iter().filter(|r| r.amount_minor != 0).collect();
        let (mut expected, mut pairs, mut rest) = (Amounts::default(), Vec::new(), Vec::new());
        for row in rows {
            match nearest(&free, &row, |refund| refund.amount_minor == row.amounts.gross.saturating_neg()) {
                Some(at) => {
                    expected = expected.plus(returned(free.remove(at)));
                    pairs.push(row);
                }
                None => rest.push(row),
            }
        }
        if !pairs.is_empty() {
            self.compare(book, &pairs, expected, total(&pairs));
        }
        // Only what the report covers must stand in it.
        free.retain(|refund| coverage.settles(refund.made_at) == Some(true));
        let unpaired = free.iter().fold(Amounts::default(), |sum, refund| sum.plus(returned(refund)));
        match (rest.is_empty(), free.is_empty()) {
            (true, true) => {}
            (true, false) => self.refund_absent(book, &free, unpaired.gross),
            (false, true) => self.unmatched(book, &rest),
            (false, false) => self.compare(book, &rest, unpaired, total(&rest)),
        }
    }

    fn refund_absent(&mut self, book: &PaymentBook, free: &[&RefundBook], gross: i64) {
        if coverage_is_past(free, self.settings.as_of) {
            self.findings.add(Finding {
                internal: Some(gross),
                at: free[0].made_at,
                explanation: format!(
                    "refund {} of payment {} returned {}, but the settlement report has no row for it",
                    free[0].refund,
                    book.payment,
                    say(gross.saturating_neg(), book.currency)
                ),
                ..self.about(book, BreakCode::MissingExternal)
            });
        }
    }

    fn unmatched(&mut self, book: &PaymentBook, rows: &[Row]) {
        let sum = total(rows);
        self.findings.add(Finding {
            internal: None,
            external: Some(sum.gross),
            place: Some(rows[0].place),
            at: rows[0].at,
            explanation: format!(
                "the report has a refund of {} of payment {}, which no refund in the books accounts for",
                say(sum.gross.saturating_neg(), book.currency),
                book.payment
            ),
            ..self.about(book, BreakCode::UnmatchedRefund)
        });
    }

    /// A chargeback stands in the settlement report when it opens and again when it is reimbursed: the last row
    /// must suit where the payment stands.
    fn check_chargeback(&mut self, book: &PaymentBook, rows: &[Row]) {
        let Some(last) = rows.iter().max_by_key(|row| (row.at, row.place)) else { return };
        let suits = suits(book.standing, last.kind, last.amounts.gross < 0);
        if suits {
            self.matched += rows.len() as u64;
        } else {
            self.standing_differs(book, last, total(rows).gross);
        }
    }

    fn match_takings(&mut self, book: &PaymentBook, rows: Vec<Row>) {
        let rows = self.without_pairs(rows);
        let mut free: Vec<&RefundBook> = book.refunds.iter().filter(|r| r.amount_minor != 0).collect();
        let mut loss = Some(book.loss_minor - book.charges_back_minor).filter(|_| book.loss_minor != 0);
        let mut rest = Vec::new();
        for row in rows {
            let taken = row.amounts.net.saturating_neg();
            if row.kind != LineKind::Refund && loss == Some(taken) {
                (loss, self.matched) = (None, self.matched + 1);
            } else if let Some(at) = nearest(&free, &row, |refund| refund.net_minor() == taken) {
                free.remove(at);
                self.matched += 1;
            } else {
                rest.push(row);
            }
        }
        let (refunds, disputes): (Vec<Row>, Vec<Row>) =
            rest.into_iter().partition(|r| r.kind == LineKind::Refund);
        self.match_other_takings(book, &free, refunds);
        let Some(last) = disputes.iter().max_by_key(|row| (row.at, row.place)) else { return };
        let sum = total(&disputes);
        match loss {
            Some(loss) if sum.net < 0 => {
                let expected = Amounts { gross: -book.loss_minor, fees: 0, taxes: 0, net: -loss };
                let actual = Amounts { fees: 0, taxes: 0, ..sum };
                // The parts that came back are known in sum only: the net is what is compared.
                let (expected, actual) = (Amounts { gross: 0, ..expected }, Amounts { gross: 0, ..actual });
                self.compare(book, &disputes, expected, actual);
            }
            _ if suits(book.standing, last.kind, sum.net < 0) => self.matched += disputes.len() as u64,
            _ => self.standing_differs(book, last, sum.net),
        }
    }

    /// Refund rows whose net is no refund's: the same gross with other charges, the same sum, or unknown.
    fn match_other_takings(&mut self, book: &PaymentBook, free: &[&RefundBook], rows: Vec<Row>) {
        if rows.is_empty() {
            return;
        }
        let sum = total(&rows);
        let all = free.iter().fold(Amounts::default(), |sum, refund| sum.plus(returned(refund)));
        if sum.net == all.net {
            self.matched += rows.len() as u64;
            return;
        }
        let mut unknown = Vec::new();
        for row in rows {
            let gross = row.amounts.gross.saturating_neg();
            match nearest(free, &row, |refund| refund.amount_minor == gross) {
                Some(at) => {
                    let amounts = row.amounts;
                    self.compare(book, std::slice::from_ref(&row), returned(free[at]), amounts);
                }
                None => unknown.push(row),
            }
        }
        if !unknown.is_empty() {
            self.unmatched(book, &unknown);
        }
    }

    fn standing_differs(&mut self, book: &PaymentBook, row: &Row, amount: i64) {
        let verb = if amount < 0 { "takes" } else { "gives back" };
        self.findings.add(Finding {
            external: Some(amount),
            internal: Some(0),
            place: Some(row.place),
            at: row.at,
            explanation: format!(
                "the report {verb} {} for `{}` of payment {}, which the books hold as `{}`",
                say(amount.saturating_abs(), book.currency),
                row.word,
                book.payment,
                book.standing.name()
            ),
            ..self.about(book, BreakCode::StatusMismatch)
        });
    }

    /// Takes out rows that undo each other: the same kind of money with the opposite sign.
    fn without_pairs(&mut self, rows: Vec<Row>) -> Vec<Row> {
        let (mut kept, mut pairs): (Vec<Row>, u64) = (Vec::new(), 0);
        for row in rows {
            let undone = row.amounts.negated();
            match kept.iter().position(|other| other.amounts == undone) {
                Some(at) => {
                    kept.remove(at);
                    pairs += 2;
                }
                None => kept.push(row),
            }
        }
        self.matched += pairs;
        kept
    }
}

fn coverage_is_past(free: &[&RefundBook], as_of: domain::machine::Instant) -> bool {
    free.iter().all(|refund| refund.made_at <= as_of)
}

/// A refund as a report prints it: everything is negative, and so are the costs that came back.
fn returned(refund: &RefundBook) -> Amounts {
    let RefundBook { amount_minor: gross, fees_back_minor: fees, taxes_back_minor: taxes, .. } = *refund;
    Amounts { gross, fees, taxes, net: refund.net_minor() }.negated()
}

fn nearest(free: &[&RefundBook], row: &Row, wanted: impl Fn(&RefundBook) -> bool) -> Option<usize> {
    let candidates = free.iter().enumerate().filter(|(_, refund)| wanted(refund));
    let best = candidates.min_by_key(|(_, refund)| ((refund.made_at - row.at).abs(), refund.refund.clone()));
    best.map(|(at, _)| at)
}

/// Whether money taken or given back for a chargeback or dispute suits where the payment stands.
fn suits(standing: Standing, kind: LineKind, taken: bool) -> bool {
    match standing {
        Standing::ChargebackOpen | Standing::ChargebackLost => taken,
        Standing::Disputed => taken || kind == LineKind::Chargeback,
        // What was taken while it was open is given back by a later row, or by none that is shown.
        Standing::ChargebackReimbursed | Standing::Refunded => true,
        Standing::Approved => !taken,
        Standing::AwaitingPayer
        | Standing::InReview
        | Standing::Authorized
        | Standing::Rejected
        | Standing::Cancelled
        | Standing::Expired => false,
    }
}
