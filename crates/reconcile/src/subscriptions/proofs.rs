//! Proofs: collected charges are approved payments, and approved payments are what the ledger credits.

use std::collections::BTreeMap;

use domain::currency::Currency;
use ledger::account::Account;

use super::Reconciliation;
use super::outcome::Fate;
use crate::outcome::ProofLine;

/// How many, and how much in minor units.
#[derive(Clone, Copy, Default)]
struct Sum {
    count: i64,
    minor: i64,
}

/// The three sides of one currency.
#[derive(Clone, Copy, Default)]
struct Sides {
    charges: Sum,
    payments: Sum,
    entries: Sum,
}

impl Sum {
    fn add(&mut self, minor: i64) {
        self.count += 1;
        self.minor = self.minor.saturating_add(minor);
    }
}

impl Reconciliation {
    pub(super) fn proofs(&self, balances: &[(Account, Currency, i64)]) -> Vec<ProofLine> {
        let mut proofs = self.deferred_proofs(balances);
        for (currency, Sides { charges, payments, entries }) in self.sides() {
            let mut prove = |name: &str, expected: Sum, actual: Sum| {
                let mut line = |name: String, currency, expected_minor, actual_minor| {
                    proofs.push(ProofLine { name, currency, expected_minor, actual_minor });
                };
                line(format!("{name} {currency}"), Some(currency), expected.minor, actual.minor);
                line(format!("{name} {currency}, count"), None, expected.count, actual.count);
            };
            prove("approved payments to collected charges", payments, charges);
            prove("approved payments to the ledger", payments, entries);
        }
        proofs.sort_by(|a, b| a.name.cmp(&b.name));
        proofs
    }

    fn sides(&self) -> BTreeMap<Currency, Sides> {
        let mut sides: BTreeMap<Currency, Sides> = BTreeMap::new();
        for line in self.charges.iter().filter(|line| line.is_collected() && line.fate != Fate::InTransit) {
            sides.entry(line.currency).or_default().charges.add(line.invoiced_minor.unwrap_or_default());
        }
        for (_, paid) in self.payments.iter().filter(|(key, paid)| self.is_compared(key, paid)) {
            let sides = sides.entry(paid.currency).or_default();
            if paid.is_approved() {
                sides.payments.add(paid.gross_minor);
            }
            if paid.credited_minor != 0 {
                sides.entries.add(paid.credited_minor);
            }
        }
        sides
    }
}
