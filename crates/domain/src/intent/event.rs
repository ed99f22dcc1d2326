//! What happened to an intent: the facts as they are stored. Deciding them is the machine's.

use serde::{Deserialize, Serialize};

use super::{Generation, NamedPayment, Profile, Progress, Resolution, Said};
use crate::event::events;
use crate::machine::Instant;
use crate::text::Text;

/// First heard of. The progress it has already is told by the fact that follows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// When it was created, by the best time known.
    pub at: Instant,
    /// Which API.
    pub generation: Generation,
    /// How far it had gone.
    pub progress: Progress,
    /// What the provider said.
    pub said: Said,
    /// What it told beside.
    pub profile: Profile,
}

/// The intent moved; where to is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Moved {
    /// When, by the best time known.
    pub at: Instant,
    /// What the provider said.
    pub said: Said,
    /// What it told beside.
    #[serde(default, skip_serializing_if = "Profile::is_empty")]
    pub profile: Profile,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
}

/// A statement that did not move the intent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Retold {
    /// When, by the best time known.
    pub at: Instant,
    /// How far the statement says it went.
    pub progress: Progress,
    /// What the provider said.
    pub said: Said,
    /// What it told beside.
    #[serde(default, skip_serializing_if = "Profile::is_empty")]
    pub profile: Profile,
}

/// A payment became known as its result.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PaymentNamed {
    /// When, by the best time known.
    pub at: Instant,
    /// The payment.
    pub named: NamedPayment,
}

/// A person asked to cancel it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CancelRequested {
    /// When.
    pub at: Instant,
    /// Name of the order; the first ones had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Text>,
    /// Who asked.
    pub actor: Text,
    /// Why.
    pub reason: Text,
}

/// The request to cancel was answered; how is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CancelAnswered {
    /// When.
    pub at: Instant,
    /// The provider's code, when it refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Text>,
}

/// The clock presumes its end; which is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Presumed {
    /// When its life ended.
    pub at: Instant,
}

/// Somebody looked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Resolved {
    /// When.
    pub at: Instant,
    /// What was found.
    pub resolution: Resolution,
}

events! {
    /// What happened to an intent.
    pub enum Event {
        /// First heard of.
        Requested(Requested) = "intent.requested",
        /// It waits for a terminal or a payer.
        Opened(Moved) = "intent.opened",
        /// A terminal loaded it.
        ReachedTerminal(Moved) = "intent.reached_terminal",
        /// The financial entity began to decide.
        ProcessingStarted(Moved) = "intent.processing_started",
        /// It waits for something that payer or seller must do.
        ActionAwaited(Moved) = "intent.action_awaited",
        /// The financial entity decided.
        Processed(Moved) = "intent.processed",
        /// Dropped because nobody took it.
        Abandoned(Moved) = "intent.abandoned",
        /// Its life ended.
        Expired(Moved) = "intent.expired",
        /// An error or a refusal ended it.
        Failed(Moved) = "intent.failed",
        /// It was canceled.
        Canceled(Moved) = "intent.canceled",
        /// It ended without a payment status.
        ConfirmationRequired(Moved) = "intent.confirmation_required",
        /// It ended; not necessarily paid.
        Finished(Moved) = "intent.finished",
        /// Amount, reference, device or times are told for the first time or differently.
        Redescribed(Retold) = "intent.redescribed",
        /// The provider said nothing new, at another time or in other words.
        Reaffirmed(Retold) = "intent.reaffirmed",
        /// A payment became known as its result.
        PaymentNamed(PaymentNamed) = "intent.payment_named",
        /// A person asked to cancel it.
        CancelRequested(CancelRequested) = "intent.cancel_requested",
        /// The request was accepted.
        CancelAccepted(CancelAnswered) = "intent.cancel_accepted",
        /// The request was passed to the terminal.
        CancelDeferred(CancelAnswered) = "intent.cancel_deferred",
        /// The request was refused.
        CancelRefused(CancelAnswered) = "intent.cancel_refused",
        /// The intent ended another way before the request.
        CancelOvertaken(CancelAnswered) = "intent.cancel_overtaken",
        /// It should have expired by now.
        PresumedExpired(Presumed) = "intent.presumed_expired",
        /// It should have been dropped by now.
        PresumedAbandoned(Presumed) = "intent.presumed_abandoned",
        /// Somebody looked at an intent that required confirmation.
        Resolved(Resolved) = "intent.resolved",
    }
}
