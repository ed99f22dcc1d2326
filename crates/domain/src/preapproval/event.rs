//! Facts of a subscription, as they are stored: payload structs and the names they are stored by.
//!
//! The shape of a payload never changes: the golden files hold it. Facts of orders and of revenue have their payloads
//! beside their rules, in [`super::change`] and [`super::revenue`].

use serde::{Deserialize, Serialize};

use super::change::{ChangeAsked, ChangeSettled};
use super::charge::ChargeTerms;
use super::revenue::{DeferralEnded, RevenueDeferred, RevenueRecognised};
use super::{Methods, Profile, Progress, Said, Terms};
use crate::event::events;
use crate::ids::InvoiceId;
use crate::machine::Instant;
use crate::text::Text;

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

/// The payer was told of a charge: a message waits in the outbox.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reminded {
    /// When.
    pub at: Instant,
    /// Which charge.
    pub invoice: InvoiceId,
    /// Which step of dunning.
    pub step: Text,
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
        /// A person ordered a change.
        ChangeAsked(ChangeAsked) = "preapproval.change_asked",
        /// It is known what became of an order, or that nobody knows.
        ChangeSettled(ChangeSettled) = "preapproval.change_settled",
        /// The payer was told of a charge.
        Reminded(Reminded) = "preapproval.reminded",
        /// Collected money that pays for months to come is owed to the payer.
        RevenueDeferred(RevenueDeferred) = "preapproval.revenue_deferred",
        /// One month of it was delivered.
        RevenueRecognised(RevenueRecognised) = "preapproval.revenue_recognised",
        /// What was deferred is given back.
        DeferralEnded(DeferralEnded) = "preapproval.deferral_ended",
    }
}
