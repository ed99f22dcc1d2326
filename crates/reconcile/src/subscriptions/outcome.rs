//! What a comparison of subscriptions found: the charges of the period, breaks and proofs.
//!
//! Its JSON has the keys of every reconciliation, and `charges` beside them.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::money::format_minor;
use domain::preapproval::charge::PaymentOutcome;
use domain::text::Text;
use rustc_hash::FxHashSet;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::Settings;
use crate::code::Severity;
use crate::outcome::{Break, ProofLine};

/// The whole result of a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Hash of everything that decides the result.
    pub run_id: Text,
    /// Charges on which calendar, invoice, payment and ledger agree.
    pub matched: u64,
    /// Differences, sorted by code, source and time.
    pub breaks: Vec<Break>,
    /// Proofs, sorted by name.
    pub proofs: Vec<ProofLine>,
    /// The charges of the period, by subscription and day.
    pub charges: Vec<ChargeLine>,
}

/// What became of a charge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Due, and never invoiced.
    Missing,
    /// Invoiced, and not tried yet.
    Scheduled,
    /// Tried in vain, and to be tried again.
    Retrying,
    /// Given up.
    Uncollected,
    /// It will not be charged.
    Cancelled,
    /// Invoice and payment do not tell the same yet.
    InTransit,
    /// Paid at the first attempt.
    Collected,
    /// Paid inside the same invoice, but by a later attempt or long after its day.
    CollectedLate,
    /// Paid, and given back to the payer, all or a part.
    Refunded,
    /// Paid, and disputed by the payer.
    Disputed,
    /// Paid, and taken back by a chargeback.
    ChargedBack,
}

/// A charge, from the calendar to the ledger. Amounts are minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChargeLine {
    /// The account that sells.
    pub seller: Text,
    /// The subscription.
    pub subscription: Text,
    /// The merchant's reference.
    pub reference: Option<Text>,
    /// When it is due.
    pub due_at: Instant,
    /// Currency of every amount.
    pub currency: Currency,
    /// What is due; nothing where the terms have no such charge.
    pub expected_minor: Option<i64>,
    /// The provider's invoice.
    pub invoice: Option<Text>,
    /// Its amount.
    pub invoiced_minor: Option<i64>,
    /// Attempts made, when the provider counts them.
    pub attempts: Option<u32>,
    /// What the invoice says of its payment.
    pub outcome: Option<PaymentOutcome>,
    /// The provider's time of the invoice's newest statement.
    pub modified_at: Option<Instant>,
    /// What became of it.
    pub fate: Fate,
    /// The payment of the last attempt.
    pub payment: Option<Text>,
    /// What was paid.
    pub paid_minor: Option<i64>,
    /// When.
    pub paid_at: Option<Instant>,
    /// What the ledger credits for it, tax included.
    pub booked_minor: Option<i64>,
    /// What went back to the payer.
    pub refunded_minor: Option<i64>,
    /// What a chargeback took.
    pub lost_minor: Option<i64>,
}

impl Fate {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Scheduled => "scheduled",
            Self::Retrying => "retrying",
            Self::Uncollected => "uncollected",
            Self::Cancelled => "cancelled",
            Self::InTransit => "in_transit",
            Self::Collected => "collected",
            Self::CollectedLate => "collected_late",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::ChargedBack => "charged_back",
        }
    }
}

impl ChargeLine {
    /// Whether the invoice says that it was paid.
    #[must_use]
    pub fn is_collected(&self) -> bool {
        self.outcome == Some(PaymentOutcome::Approved)
    }
}

impl Outcome {
    pub(super) fn new(
        settings: &Settings,
        mut charges: Vec<ChargeLine>,
        breaks: Vec<Break>,
        proofs: Vec<ProofLine>,
    ) -> Self {
        charges.sort_by(|a, b| {
            (&a.seller, &a.subscription, a.due_at, &a.invoice).cmp(&(
                &b.seller,
                &b.subscription,
                b.due_at,
                &b.invoice,
            ))
        });
        let serious = breaks.iter().filter(|found| found.severity != Severity::Information);
        let blamed: FxHashSet<&str> = serious.map(|found| found.source_id.as_str()).collect();
        let is_named = |id: &Option<Text>| id.as_deref().is_some_and(|id| blamed.contains(id));
        let agrees = |line: &&ChargeLine| {
            line.fate != Fate::Missing && !is_named(&line.invoice) && !is_named(&line.payment)
        };
        let matched = charges.iter().filter(agrees).count() as u64;
        let mut outcome = Self { run_id: Text::default(), matched, breaks, proofs, charges };
        outcome.run_id = run_id(settings, &outcome);
        outcome
    }

    /// Whether nothing was found that a person must look at: no break beyond information, every proof holds.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.breaks.iter().all(|found| found.severity == Severity::Information)
            && self.proofs.iter().all(ProofLine::holds)
    }
}

const DOMAIN: &[u8] = b"conciliar.reconciliation.subscriptions.v1";

/// Hash of as-of, period, rules, readings of the calendar, and of every charge with what was found of it.
fn run_id(settings: &Settings, outcome: &Outcome) -> Text {
    let mut hasher = Sha256::new_with_prefix(DOMAIN);
    hasher.update(format!("{settings:?}"));
    let stated = serde_json::to_vec(outcome).expect("texts and numbers can be written to memory");
    hasher.update(stated);
    let digest: [u8; 32] = hasher.finalize().into();
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Outcome", 6)?;
        out.serialize_field("run_id", &self.run_id)?;
        out.serialize_field("rows", &self.charges.len())?;
        out.serialize_field("matched", &self.matched)?;
        out.serialize_field("breaks", &self.breaks)?;
        out.serialize_field("proofs", &self.proofs)?;
        out.serialize_field("charges", &self.charges)?;
        out.end()
    }
}

impl Serialize for ChargeLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let major = |minor: Option<i64>| minor.map(|minor| format_minor(minor, self.currency));
        let mut out = serializer.serialize_struct("ChargeLine", 16)?;
        out.serialize_field("subscription", &self.subscription)?;
        out.serialize_field("seller", &self.seller)?;
        out.serialize_field("reference", &self.reference)?;
        out.serialize_field("due_at", &self.due_at)?;
        out.serialize_field("currency", &self.currency)?;
        out.serialize_field("expected", &major(self.expected_minor))?;
        out.serialize_field("invoice", &self.invoice)?;
        out.serialize_field("invoiced", &major(self.invoiced_minor))?;
        out.serialize_field("attempts", &self.attempts)?;
        out.serialize_field("standing", self.fate.word())?;
        out.serialize_field("payment", &self.payment)?;
        out.serialize_field("paid", &major(self.paid_minor))?;
        out.serialize_field("paid_at", &self.paid_at)?;
        out.serialize_field("booked", &major(self.booked_minor))?;
        out.serialize_field("refunded", &major(self.refunded_minor))?;
        out.serialize_field("lost", &major(self.lost_minor))?;
        out.end()
    }
}
