//! A charge of a subscription: what an invoice of the provider says, and where that makes it stand.
//!
//! The provider's last word on an invoice means only that it stopped trying; whether it was paid is told by the
//! payment inside. Nothing here moves money.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::ids::{InvoiceId, PaymentId};
use crate::machine::Instant;
use crate::text::Text;

/// Where a charge stands. The order is the rank that decides between statements of the same time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStanding {
    /// Due on its day.
    Scheduled,
    /// An attempt failed or has no answer yet; the provider tries on (at most 4 retries within 10 days).
    Recycling,
    /// It will not be charged.
    Cancelled,
    /// The provider gave up without an approved payment.
    Uncollected,
    /// Its payment was approved.
    Collected,
}

/// How far the provider is with an invoice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Stage {
    /// It waits for its day.
    Scheduled,
    /// An attempt waits for an answer.
    AwaitingAnswer,
    /// It will be tried again.
    Recycling,
    /// The provider is done with it, paid or not.
    Processed,
    /// It will not be charged.
    Cancelled,
}

/// What became of the payment of a charge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// Nobody decided yet.
    Undecided,
    /// Rejected, cancelled or expired.
    Failed,
    /// Approved; whether it was returned later is told by the payment's own stream.
    Approved,
}

/// The payment of a charge, by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct ChargePayment {
    /// What became of it.
    pub outcome: PaymentOutcome,
    /// Its id.
    pub payment: PaymentId,
}

/// Everything an invoice says beside how far it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct ChargeTerms {
    /// Attempts made, when the provider counts them.
    pub attempt: Option<u32>,
    /// The payment of the last attempt; `None` before the first.
    pub payment: Option<ChargePayment>,
    /// Currency of the amount.
    pub currency: Currency,
    /// Minor units.
    pub amount_minor: i64,
    /// When it is charged.
    pub due_at: Option<Instant>,
    /// When it is tried again; the provider leaves it standing on charges that it is done with.
    pub next_retry_at: Option<Instant>,
    /// Why the last attempt failed, in the provider's words.
    pub rejection: Option<Text>,
    /// The merchant's own reference.
    pub reference: Option<Text>,
    /// When the invoice was created.
    pub created_at: Option<Instant>,
}

/// One statement of the provider about an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// Its id.
    pub invoice: InvoiceId,
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
    /// How far the provider is with it.
    pub stage: Stage,
    /// Everything else.
    pub terms: ChargeTerms,
}

/// What is known of a charge. The order of the fields is the order of statements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Charge {
    /// The provider's time of the newest statement, when given.
    pub modified_at: Option<Instant>,
    /// Where it stands.
    pub standing: ChargeStanding,
    /// Everything else.
    pub terms: ChargeTerms,
}

impl ChargeStanding {
    /// All standings, by rank.
    pub const ALL: [Self; 5] =
        [Self::Scheduled, Self::Recycling, Self::Cancelled, Self::Uncollected, Self::Collected];

    /// Standings the provider can go to in one step (its retry guide). A payment can be approved late, inside an
    /// invoice that was given up.
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Scheduled => &[Self::Recycling, Self::Collected, Self::Cancelled],
            Self::Recycling => &[Self::Collected, Self::Uncollected, Self::Cancelled],
            Self::Uncollected => &[Self::Collected],
            Self::Collected | Self::Cancelled => &[],
        }
    }

    /// Whether the provider's rules list a way from here to there, in any number of steps.
    #[must_use]
    pub fn leads_to(self, to: Self) -> bool {
        // The steps have no cycle, so this ends.
        self == to || self.next().iter().any(|next| next.leads_to(to))
    }

    /// The name of the standing, as reports and errors print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Recycling => "recycling",
            Self::Cancelled => "cancelled",
            Self::Uncollected => "uncollected",
            Self::Collected => "collected",
        }
    }
}

impl ChargeTerms {
    /// Whether the payment it names was approved: the only thing that makes a charge collected.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.payment.as_ref().is_some_and(|paid| paid.outcome == PaymentOutcome::Approved)
    }
}

impl Invoice {
    /// Where the invoice makes its charge stand. Processed is not paid, and paid is paid at any stage.
    #[must_use]
    pub fn standing(&self) -> ChargeStanding {
        let outcome = self.terms.payment.as_ref().map(|named| named.outcome);
        match (self.stage, outcome) {
            (_, Some(PaymentOutcome::Approved)) => ChargeStanding::Collected,
            (Stage::Cancelled, _) => ChargeStanding::Cancelled,
            (Stage::Scheduled, _) => ChargeStanding::Scheduled,
            (Stage::AwaitingAnswer | Stage::Recycling, _) => ChargeStanding::Recycling,
            // A payment under review can still be approved: the charge is not given up.
            (Stage::Processed, Some(PaymentOutcome::Undecided)) => ChargeStanding::Recycling,
            (Stage::Processed, Some(PaymentOutcome::Failed) | None) => ChargeStanding::Uncollected,
        }
    }
}

impl From<Invoice> for Charge {
    fn from(invoice: Invoice) -> Self {
        let standing = invoice.standing();
        Self { modified_at: invoice.modified_at, standing, terms: invoice.terms }
    }
}

impl Charge {
    /// Whether the provider's rules list the way to a newer statement; attempts only count up.
    #[must_use]
    pub fn leads_to(&self, told: &Self) -> bool {
        let counts_up = self.standing != ChargeStanding::Recycling
            || told.standing != ChargeStanding::Recycling
            || self.terms.attempt <= told.terms.attempt;
        counts_up && self.standing.leads_to(told.standing)
    }
}
