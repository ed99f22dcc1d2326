//! Preapproval: a payer's authorisation of recurring charges (a subscription), and its charges (invoices).
//!
//! The newest statement of the provider (by its time, then version, then rank, then content) is the state; older
//! ones write nothing. Each charge is a keyed fact with an order of its own, and may become known before the
//! subscription. Neither moves money: a charge only names its payment, whose own stream decides. This module
//! holds the nouns; [`machine`] decides and evolves.

use serde::{Deserialize, Serialize};

use crate::event::events;
use crate::ids::{InvoiceId, PlanId};
use crate::machine::Instant;
use crate::plan;
use crate::text::Text;

pub mod charge;
mod describe;
pub mod machine;
pub mod state;

use charge::{ChargeTerms, Invoice};

/// Where a subscription stands. The order is the rank that decides between statements of the same time and version.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The payer has chosen no method yet; nothing is charged.
    Pending,
    /// Charges are made.
    Authorized,
    /// Nothing is charged; missed periods are lost.
    Paused,
    /// Ended for good.
    Cancelled,
}

impl Standing {
    /// All standings, by rank.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Authorized, Self::Paused, Self::Cancelled];

    /// Standings the provider can go to in one step (its management guide; a cancelled one refuses every change).
    #[must_use]
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Authorized, Self::Cancelled],
            Self::Authorized => &[Self::Paused, Self::Cancelled],
            Self::Paused => &[Self::Authorized, Self::Cancelled],
            Self::Cancelled => &[],
        }
    }

    /// The name of the standing, as reports and errors print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The provider's own time and count of one statement. The order of the fields is the order of statements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Said {
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
    /// Number of changes so far, when given. An amount change raises it without any notification.
    pub version: Option<u64>,
}

/// How the provider says collecting goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Every charge was collected.
    AllCollected,
    /// A charge is being retried.
    Retrying,
    /// A charge was not collected.
    SomeUncollected,
    /// Charges were discounted.
    Discounted,
}

/// The provider's own count of charges: compared with ours, never booked, and allowed to lag.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Charges made.
    pub charged_count: Option<u32>,
    /// Their sum, minor units.
    pub charged_minor: Option<i64>,
    /// When the last charge was made: the time of its invoice, not of its payment.
    pub last_charged_at: Option<Instant>,
    /// Its amount, minor units.
    pub last_charged_minor: Option<i64>,
    /// Charges in all; `None` when open-ended.
    pub total_count: Option<u32>,
    /// Charges still to be made.
    pub pending_count: Option<u32>,
    /// Their sum, minor units.
    pub pending_minor: Option<i64>,
    /// How collecting goes.
    pub health: Option<Health>,
}

/// How far a subscription is. Of two statements of one version, the further is the newer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Progress {
    /// When the next charge is due. It moves on while paused, and stays when cancelled.
    pub next_charge_at: Option<Instant>,
    /// The provider's own count of charges.
    pub summary: Option<Summary>,
}

/// What is charged and between which days.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// What is charged and how often.
    pub recurring: plan::Terms,
    /// First day; `None` starts with the authorisation.
    pub starts_at: Option<Instant>,
    /// No charge is due after it; `None` runs until cancelled.
    pub ends_at: Option<Instant>,
}

/// What pays. Cards by the provider's id of the stored card, never by digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub struct Methods {
    /// Main method in the provider's words (`visa`).
    pub main: Option<Text>,
    /// Stored card of the main method.
    pub main_card: Option<Text>,
    /// Method that is tried when the main one fails.
    pub secondary: Option<Text>,
    /// Stored card of the secondary method.
    pub secondary_card: Option<Text>,
}

/// What describes a subscription beside its status, terms, methods and progress.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// The plan it was made from.
    pub plan: Option<PlanId>,
    /// What is sold.
    pub title: Option<Text>,
    /// The merchant's own reference.
    pub reference: Option<Text>,
    /// When it was created.
    pub created_at: Option<Instant>,
}

/// One statement of the provider about a subscription. The order of the fields is the order of statements.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Description {
    /// Time and version.
    pub said: Said,
    /// Where it stands.
    pub standing: Standing,
    /// How far it is.
    pub progress: Progress,
    /// What is charged.
    pub terms: Terms,
    /// What pays.
    pub methods: Methods,
    /// Everything else.
    pub profile: Profile,
}

/// What can be told about a subscription.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// A full statement of the provider.
    Described(Box<Description>),
    /// One of its invoices.
    Invoiced(Box<Invoice>),
}

/// What a subscription can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
}

/// First description. Until another fact follows, it is pending.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// When it was created, by the best time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
    /// How far it is.
    pub progress: Progress,
    /// What is charged.
    pub terms: Terms,
    /// What pays.
    pub methods: Methods,
    /// Everything else.
    pub profile: Profile,
}

/// The subscription changed its standing; where to is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stood {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
}

/// Other terms from the next charge on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TermsChanged {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
    /// What is charged from now on.
    pub terms: Terms,
}

/// Other methods pay from now on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MethodsChanged {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
    /// What pays from now on.
    pub methods: Methods,
}

/// Its next charge or the provider's count of charges moved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Progressed {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
    /// How far it is now.
    pub progress: Progress,
}

/// Its title, reference or plan are other ones from now on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Redescribed {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
    /// Its description from now on.
    pub profile: Profile,
}

/// The provider confirmed what we knew, at a later time or version of its own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reaffirmed {
    /// When, by the best provider time known.
    pub at: Instant,
    /// The provider's time and version.
    pub said: Said,
}

/// A charge stands somewhere; where is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChargeStood {
    /// When, by the best provider time known.
    pub at: Instant,
    /// Which charge.
    pub invoice: InvoiceId,
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
    /// Everything else about it.
    pub terms: ChargeTerms,
}

/// The provider confirmed what we knew of a charge, at a later time of its own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChargeReaffirmed {
    /// When, by the best provider time known.
    pub at: Instant,
    /// Which charge.
    pub invoice: InvoiceId,
    /// The provider's time of the statement, when given.
    pub modified_at: Option<Instant>,
}

events! {
    /// What happened to a subscription and its charges.
    pub enum Event {
        /// First description.
        Opened(Box<Opened>) = "preapproval.opened",
        /// Back to where the payer has to choose a method; no rule lists it.
        AwaitedPayer(Stood) = "preapproval.awaited_payer",
        /// Charges are made from now on.
        Authorized(Stood) = "preapproval.authorized",
        /// Nothing is charged from now on.
        Paused(Stood) = "preapproval.paused",
        /// Charges are made again; what was missed is not caught up.
        Resumed(Stood) = "preapproval.resumed",
        /// Ended for good.
        Cancelled(Stood) = "preapproval.cancelled",
        /// Amount, period or days changed.
        TermsChanged(TermsChanged) = "preapproval.terms_changed",
        /// What pays changed.
        MethodsChanged(MethodsChanged) = "preapproval.methods_changed",
        /// The next charge or the provider's count of charges moved.
        Progressed(Progressed) = "preapproval.progressed",
        /// Title, reference or plan changed.
        Redescribed(Redescribed) = "preapproval.redescribed",
        /// The provider confirmed what we knew.
        Reaffirmed(Reaffirmed) = "preapproval.reaffirmed",
        /// A charge is due; the first fact of every charge.
        ChargeScheduled(ChargeStood) = "preapproval.charge_scheduled",
        /// An attempt failed or has no answer; the provider tries on.
        ChargeRecycled(ChargeStood) = "preapproval.charge_recycled",
        /// Its payment was approved. The payment's own stream books the money.
        ChargeCollected(ChargeStood) = "preapproval.charge_collected",
        /// The provider gave up.
        ChargeUncollected(ChargeStood) = "preapproval.charge_uncollected",
        /// It will not be charged.
        ChargeCancelled(ChargeStood) = "preapproval.charge_cancelled",
        /// A charge stands where it stood, with other dates, amount or payment.
        ChargeRestated(ChargeStood) = "preapproval.charge_restated",
        /// The provider confirmed what we knew of a charge.
        ChargeReaffirmed(ChargeReaffirmed) = "preapproval.charge_reaffirmed",
    }
}

#[cfg(test)]
mod tests;
