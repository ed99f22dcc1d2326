//! Chargeback: the case that a card issuer opens against one or more payments.
//!
//! The case says who decides, by when, and how it ended. It posts nothing: the money of a chargeback is the
//! payment's, whose own stream tells when it is lost or comes back. This module holds the nouns; [`machine`]
//! decides and evolves.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::event::events;
use crate::ids::PaymentId;
use crate::machine::Instant;
use crate::text::Text;

pub mod machine;

/// Where a case stands. The order is the rank: of two statements of the same time the further one counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The issuer opened it; nothing is asked of the seller.
    Open,
    /// The seller is asked for documents.
    DocumentationRequested,
    /// The deadline passed without documents.
    DocumentationMissed,
    /// Documents were sent, and are or were reviewed.
    DocumentationSent,
    /// Decided against the seller: the money stays withdrawn.
    Lost,
    /// The seller is protected: the money comes back.
    Covered,
}

/// Where the seller's documents stand. Kept beside [`Standing`], because it goes on after the decision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentationStatus {
    /// None can be sent, or nothing was said of them.
    NotApplicable,
    /// Not sent yet.
    Pending,
    /// Sent, not reviewed.
    InReview,
    /// Reviewed and accepted.
    Valid,
    /// Reviewed and not accepted.
    Invalid,
    /// Never sent.
    NotSupplied,
    /// A word that we do not know; [`Case::word`] holds it.
    Unknown,
}

/// What the provider says of the seller's documents.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Documentation {
    /// The provider asks for documents.
    pub required: bool,
    /// Where they stand.
    pub status: DocumentationStatus,
    /// Until when they are accepted.
    pub deadline: Option<Instant>,
}

/// Everything that is said of a case beside its standing and its payments.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Disputed amount in minor units, not negative; it may be part of a payment.
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
    /// Why, in the provider's word.
    pub reason: Option<Text>,
    /// Whether the seller can be protected, when said.
    pub eligible: Option<bool>,
    /// The seller's documents.
    pub documentation: Documentation,
    /// The provider's word for where it stands.
    pub word: Option<Text>,
    /// When it was opened.
    pub opened_at: Option<Instant>,
}

/// One statement of the provider about a case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Description {
    /// The provider's time of the statement, when given.
    pub updated_at: Option<Instant>,
    /// Where it stands.
    pub standing: Standing,
    /// Everything else.
    pub case: Case,
}

/// What can be told about a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// A full statement of the provider.
    Described {
        /// The statement.
        description: Box<Description>,
        /// Payments it names.
        payments: Vec<PaymentId>,
        /// Best time known of the statement.
        at: Instant,
    },
}

/// What a case can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
}

/// First statement of a case. Until another fact follows, nothing is asked of the seller.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// When it was opened, by the best time known.
    pub at: Instant,
    /// The provider's time of the statement.
    pub updated_at: Option<Instant>,
    /// What it is about.
    pub case: Case,
    /// Payments it names, in the order of their ids.
    pub payments: Vec<PaymentId>,
}

/// The case changed its standing; where to is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stood {
    /// When, by the best time known.
    pub at: Instant,
    /// The provider's time of the statement.
    pub updated_at: Option<Instant>,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
}

/// The case is described differently.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Redescribed {
    /// When, by the best time known.
    pub at: Instant,
    /// The provider's time of the statement.
    pub updated_at: Option<Instant>,
    /// What it is about from now on.
    pub case: Case,
}

/// The provider confirmed what we knew, at a later time of its own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reaffirmed {
    /// When, by the best time known.
    pub at: Instant,
    /// The provider's time of the statement.
    pub updated_at: Option<Instant>,
}

/// More payments turned out to belong to the case.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PaymentsNamed {
    /// When, by the best time known.
    pub at: Instant,
    /// The payments that are new, in the order of their ids.
    pub payments: Vec<PaymentId>,
}

events! {
    /// What happened to a chargeback case. None of it moves money.
    pub enum Event {
        /// First heard of.
        Opened(Opened) = "chargeback.opened",
        /// The seller is asked for documents.
        DocumentationRequested(Stood) = "chargeback.documentation_requested",
        /// Documents were sent.
        DocumentationSent(Stood) = "chargeback.documentation_sent",
        /// The deadline passed without documents.
        DocumentationMissed(Stood) = "chargeback.documentation_missed",
        /// Decided for the seller.
        Covered(Stood) = "chargeback.covered",
        /// Decided against the seller.
        Lost(Stood) = "chargeback.lost",
        /// Back to where nothing is asked of the seller.
        Reopened(Stood) = "chargeback.reopened",
        /// Something beside the standing is described differently.
        Redescribed(Redescribed) = "chargeback.redescribed",
        /// The provider confirmed what we knew.
        Reaffirmed(Reaffirmed) = "chargeback.reaffirmed",
        /// More payments belong to it.
        PaymentsNamed(PaymentsNamed) = "chargeback.payments_named",
    }
}
