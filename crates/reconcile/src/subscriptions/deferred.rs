//! Deferred revenue: what was prepaid and is not earned yet must be what the ledger has on account 2120, and nothing of it
//! may be overdue.

use billing::deferral::{Deferred, orders, prepaid};
use billing::timeline::Timeline;
use chrono::TimeDelta;
use domain::currency::Currency;
use domain::stream::StreamId;
use domain::text::Text;
use ledger::account::Account;

use super::{Reconciliation, payment_key};
use crate::code::BreakCode;
use crate::outcome::ProofLine;
use crate::run::finding::{Finding, say};

impl Reconciliation {
    /// Compares what a subscription leaves deferred with its entries, and finds what was to be deferred, earned or given
    /// back and was not. Tell payments and entries first.
    pub fn deferral(&mut self, stream: &StreamId, timeline: &Timeline) {
        let known = &timeline.deferrals.by_invoice;
        let Some(currency) =
            known.values().next().map(|known| known.deferred.currency).or_else(|| timeline.currency())
        else {
            return;
        };
        let left: i64 = known.values().map(Deferred::left_minor).sum();
        let booked = self.deferred.get(&(stream.key().into(), currency)).copied().unwrap_or_default();
        let reference = timeline.profile.reference.clone();
        let about = |source: Text, internal, external, explanation| Finding {
            code: BreakCode::DeferredMismatch,
            currency,
            internal: Some(internal),
            external: Some(external),
            reference: reference.clone().unwrap_or_default(),
            source,
            place: None,
            at: self.settings.as_of,
            explanation,
        };
        let mut found = Vec::new();
        if left != booked {
            found.push(about(
                stream.id().into(),
                booked,
                left,
                format!(
                    "subscription {} leaves {} deferred, the ledger has {}",
                    stream.id(),
                    say(left, currency),
                    say(booked, currency)
                ),
            ));
        }
        for prepaid in prepaid(timeline, &self.settings.options) {
            let Some(paid) = self.payments.get(&payment_key(stream.seller(), prepaid.payment)) else {
                continue;
            };
            let Some(sold) = paid.sold() else { continue };
            let (net_minor, currency) = (paid.revenue_minor, paid.currency);
            let options = &self.settings.options;
            let by = self.settings.as_of - TimeDelta::hours(options.grace_hours.into());
            let overdue = orders(timeline, &prepaid, &sold, options, by).len();
            if overdue > 0 {
                let left = known.get(prepaid.invoice).map_or(0, Deferred::left_minor);
                found.push(about(
                    prepaid.invoice.as_str().into(),
                    left,
                    net_minor,
                    format!(
                        "invoice {} was paid for {} months with {} of revenue, of which {} are deferred; {overdue} \
                         steps are overdue, which a sweep takes",
                        prepaid.invoice,
                        prepaid.months,
                        say(net_minor, currency),
                        say(left, currency)
                    ),
                ));
            }
        }
        *self.left.entry(currency).or_default() += left;
        self.findings.append(&mut found);
    }

    /// What all subscriptions leave deferred is what account 2120 holds, on the credit side.
    pub(super) fn deferred_proofs(&self, balances: &[(Account, Currency, i64)]) -> Vec<ProofLine> {
        let mut sides = self.left.clone();
        for (account, currency, _) in balances {
            if *account == Account::DeferredRevenue {
                sides.entry(*currency).or_default();
            }
        }
        let of = |wanted: Currency| {
            let held = balances
                .iter()
                .filter(|(account, currency, _)| *account == Account::DeferredRevenue && *currency == wanted);
            -held.map(|(_, _, minor)| minor).sum::<i64>()
        };
        let proof = |(currency, left): (Currency, i64)| ProofLine {
            name: format!("deferred revenue {currency}"),
            currency: Some(currency),
            expected_minor: left,
            actual_minor: of(currency),
        };
        sides.into_iter().map(proof).collect()
    }
}
