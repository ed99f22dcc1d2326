//! Proofs: pairs of numbers that must be equal when books and reports tell of the same money.

use std::collections::{BTreeMap, BTreeSet};

use domain::currency::Currency;
use domain::report_line::ReportKind;
use ledger::account::Account;

use super::Reconciliation;
use crate::outcome::ProofLine;

impl Reconciliation<'_> {
    pub(super) fn proofs(&self) -> Vec<ProofLine> {
        let mut proofs = self.closing();
        self.roll_forward(&mut proofs);
        self.pending_and_held(&mut proofs);
        for line in self.bridges.finish().lines {
            let parts = [
                line.gross_minor,
                line.refunds_minor,
                line.chargebacks_minor,
                line.fees_minor,
                line.taxes_minor,
            ];
            proofs.push(ProofLine {
                name: format!("gross to net {}", line.currency),
                currency: Some(line.currency),
                expected_minor: parts.into_iter().fold(0, i64::saturating_add),
                actual_minor: line.net_minor,
            });
        }
        proofs.sort_by(|a, b| a.name.cmp(&b.name));
        proofs
    }

    /// The available balance (1120) is what the latest release file closes with.
    fn closing(&self) -> Vec<ProofLine> {
        let mut latest: BTreeMap<Currency, _> = BTreeMap::new();
        let releases = self.files.iter().filter(|file| file.summary.kind == ReportKind::Release);
        for file in releases {
            if let (Some(currency), Some(closing), Some((_, end))) =
                (file.currency, file.summary.closing_minor, file.span)
            {
                let known = latest.entry(currency).or_insert((end, closing));
                *known = (*known).max((end, closing));
            }
        }
        let line = |(currency, (_, closing)): (Currency, (_, i64))| ProofLine {
            name: format!("available balance {currency}"),
            currency: Some(currency),
            expected_minor: closing,
            actual_minor: self.balance(Account::Available, currency),
        };
        latest.into_iter().map(line).collect()
    }

    /// Each release file's closing balance follows from its opening balance and rows.
    fn roll_forward(&self, proofs: &mut Vec<ProofLine>) {
        for file in self.files.iter().filter(|file| file.summary.kind == ReportKind::Release) {
            let Some((currency, proof)) = file.currency.zip(file.proof.as_ref()) else { continue };
            if let Some((opening, closing)) = proof.opening_minor.zip(proof.closing_minor) {
                proofs.push(ProofLine {
                    name: format!("roll-forward of {}", file.summary.name),
                    currency: Some(currency),
                    expected_minor: opening.saturating_add(proof.movements_minor),
                    actual_minor: closing,
                });
            }
        }
    }

    /// The pending balance (1121) is the sum of what each payment has still to release; the held balance (1122)
    /// is the sum of its open holds and of the reserves of these files that name no payment.
    fn pending_and_held(&self, proofs: &mut Vec<ProofLine>) {
        let mut pending: BTreeMap<Currency, i64> = BTreeMap::new();
        let mut held = self.open_reserves.clone();
        for book in &self.books.payments {
            let sum = pending.entry(book.currency).or_default();
            *sum = sum.saturating_add(book.pending_minor());
            let sum = held.entry(book.currency).or_default();
            *sum = sum.saturating_add(book.held_minor);
        }
        let balances = self.books.balances.iter().map(|(_, currency, _)| *currency);
        let currencies: BTreeSet<Currency> = balances.chain(pending.keys().copied()).collect();
        let has_release = self.files.iter().any(|file| file.summary.kind == ReportKind::Release);
        for currency in currencies {
            let mut prove = |name: &str, account: Account, sums: &BTreeMap<Currency, i64>| {
                proofs.push(ProofLine {
                    name: format!("{name} balance {currency}"),
                    currency: Some(currency),
                    expected_minor: sums.get(&currency).copied().unwrap_or(0),
                    actual_minor: self.balance(account, currency),
                });
            };
            prove("pending", Account::Pending, &pending);
            if has_release {
                prove("held", Account::Held, &held);
            }
        }
    }

    fn balance(&self, account: Account, currency: Currency) -> i64 {
        let of = self.books.balances.iter().filter(|(a, c, _)| *a == account && *c == currency);
        of.map(|(_, _, minor)| *minor).sum()
    }
}
