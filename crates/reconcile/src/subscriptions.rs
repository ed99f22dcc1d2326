//! Subscriptions: what was due, what was invoiced, what was paid and what is booked, compared charge by charge.
//!
//! What is due, and how invoices differ from it, is `billing`'s; here each difference becomes a break. Then every charge
//! is followed to its payment and every payment to its entries. A card check, and whatever moves nothing, never counts.
//! What is younger than the hours of grace is in transit: the provider tells of an invoice and of its payment one after
//! the other.
//!
//! Feed subscriptions first, then payments, then entries; where charges are prepaid for more than a month, then the
//! subscriptions once more. None of them is kept whole.

use std::collections::BTreeMap;

use billing::deferral::prepaid;
use billing::options::Options;
use billing::timeline::Timeline;
use chrono::TimeDelta;
use domain::currency::Currency;
use domain::ids::{PaymentId, SellerId};
use domain::machine::Instant;
use domain::payment;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use ledger::account::Account;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::run::finding::{Finding, sorted};
use outcome::{ChargeLine, Outcome};
use paid::Paid;

mod agreed;
mod deferred;
mod explained;
mod followed;
pub mod outcome;
mod paid;
mod proofs;

/// What a run is told besides subscriptions and books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Now: for ages, and for what is overdue or in transit.
    pub as_of: Instant,
    /// First instant of the period; the beginning when absent.
    pub from: Option<Instant>,
    /// Last instant of the period; the as-of when absent.
    pub to: Option<Instant>,
    /// Version of the rules that matched.
    pub rules: u32,
    /// How the calendar is read.
    pub options: Options,
}

/// A run under way.
pub struct Reconciliation {
    settings: Settings,
    /// The charges of the period.
    charges: Vec<ChargeLine>,
    /// Who names a payment, by the key of its history.
    named: FxHashMap<Text, Vec<Named>>,
    /// Subscriptions that we know, by the key of their histories.
    known: FxHashSet<Text>,
    /// The payments that anything is compared with, by the key of their histories.
    payments: BTreeMap<Text, Paid>,
    /// What paid for the charges that are deferred, or have to be, by the key of their histories.
    prepaid_by: FxHashSet<Text>,
    /// What the ledger has deferred, by subscription, minor units.
    deferred: BTreeMap<(Text, Currency), i64>,
    /// What the facts of all subscriptions leave deferred, minor units.
    left: BTreeMap<Currency, i64>,
    /// Whether a charge pays for more than a month.
    is_prepaid: bool,
    findings: Vec<Finding>,
}

/// A charge that names a payment.
struct Named {
    /// Its place among the charges of the period; `None` outside of it.
    charge: Option<usize>,
    /// The invoice.
    invoice: Text,
}

impl Reconciliation {
    /// Starts with nothing.
    #[must_use]
    pub fn start(settings: Settings) -> Self {
        Self {
            settings,
            charges: Vec::new(),
            named: FxHashMap::default(),
            known: FxHashSet::default(),
            payments: BTreeMap::new(),
            prepaid_by: FxHashSet::default(),
            deferred: BTreeMap::new(),
            left: BTreeMap::new(),
            is_prepaid: false,
            findings: Vec::new(),
        }
    }

    /// Adds a subscription with its charges.
    pub fn subscription(&mut self, stream: &StreamId, timeline: &Timeline) {
        self.known.insert(stream.key().into());
        let first = self.charges.len();
        self.agree(stream, timeline);
        let prepaid = prepaid(timeline, &self.settings.options);
        self.is_prepaid |= !timeline.deferrals.by_invoice.is_empty() || !prepaid.is_empty();
        self.prepaid_by.extend(prepaid.iter().map(|prepaid| payment_key(stream.seller(), prepaid.payment)));
        let within: FxHashMap<Text, usize> = (first..)
            .zip(&self.charges[first..])
            .filter_map(|(at, line)| Some((line.invoice.clone()?, at)))
            .collect();
        for (invoice, charge) in &timeline.charges {
            let Some(named) = &charge.terms.payment else { continue };
            let invoice: Text = invoice.as_str().into();
            let charge = within.get(&invoice).copied();
            let payment = payment_key(stream.seller(), &named.payment);
            self.named.entry(payment).or_default().push(Named { charge, invoice });
        }
    }

    /// Adds a payment. It is passed over unless a charge of the period or one that is deferred names it, or it belongs
    /// to a subscription in the period and no charge names it.
    pub fn payment(&mut self, stream: &StreamId, state: &payment::state::State) {
        let Some(known) = state.known() else { return };
        let profile = &known.described.profile;
        let of_known = || {
            let preapproval = profile.preapproval.as_ref()?;
            self.known.contains(format!("{}/{preapproval}", stream.seller()).as_str()).then_some(())
        };
        let belongs = profile.operation == payment::Operation::Subscription || of_known().is_some();
        let named = self.named.get(stream.key());
        if named.is_none() && !belongs {
            return;
        }
        let paid = Paid::of(stream, known);
        let is_compared = match named {
            Some(by) => {
                by.iter().any(|named| named.charge.is_some()) || self.prepaid_by.contains(stream.key())
            }
            None => self.is_within(&paid),
        };
        if is_compared {
            self.payments.insert(stream.key().into(), paid);
        }
    }

    /// Adds an entry of the ledger: of a payment what it credits, of a refund what it takes back, of a subscription what
    /// it defers.
    pub fn entry(
        &mut self,
        stream: &StreamId,
        at: Instant,
        currency: Currency,
        lines: impl Iterator<Item = (Account, i64)>,
    ) {
        match stream.kind() {
            StreamKind::Payment => {
                if let Some(paid) = self.payments.get_mut(stream.key()) {
                    paid.book(at, currency, lines);
                }
            }
            StreamKind::Preapproval => {
                let deferred = lines.filter(|(account, _)| *account == Account::DeferredRevenue);
                let credited = -deferred.map(|(_, minor)| minor).sum::<i64>();
                *self.deferred.entry((stream.key().into(), currency)).or_default() += credited;
            }
            StreamKind::Refund => {
                if let Some(paid) = self.payments.get_mut(stream.root()) {
                    paid.give_back(stream.id(), at, lines);
                }
            }
            StreamKind::Intent
            | StreamKind::Plan
            | StreamKind::Chargeback
            | StreamKind::Movement
            | StreamKind::Obligation => {}
        }
    }

    /// Whether subscriptions must be told once more, to [`Reconciliation::deferral`], when everything else was.
    #[must_use]
    pub fn defers(&self) -> bool {
        self.is_prepaid
    }

    /// Compares what was fed, and ends. `balances` are those of the
    /// ledger, minor units, debit positive.
    #[must_use]
    pub fn finish(mut self, balances: &[(Account, Currency, i64)]) -> Outcome {
        self.follow_charges();
        self.follow_payments();
        let proofs = self.proofs(balances);
        let breaks = sorted(self.findings, self.settings.as_of);
        Outcome::new(&self.settings, self.charges, breaks, proofs)
    }

    /// First instant of the period, and the first one after it.
    fn period(&self) -> (Instant, Instant) {
        let last = self.settings.to.unwrap_or(self.settings.as_of);
        (self.settings.from.unwrap_or(Instant::UNIX_EPOCH), last + TimeDelta::microseconds(1))
    }

    /// Whether something is so young that the other side may not have told of it yet.
    fn is_in_transit(&self, at: Option<Instant>) -> bool {
        let grace = TimeDelta::hours(self.settings.options.grace_hours.into());
        at.is_some_and(|at| self.settings.as_of - at < grace)
    }
}

/// The key of a payment's history.
fn payment_key(seller: &str, payment: &PaymentId) -> Text {
    StreamId::payment(&SellerId::from(seller), payment).key().into()
}

#[cfg(test)]
mod tests;
