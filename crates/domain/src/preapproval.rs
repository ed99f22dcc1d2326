//! Preapproval: a payer's authorisation of recurring charges (a subscription), and its charges (invoices).
//!
//! The newest statement of the provider (by its time, then version, then rank, then content) is the state; older
//! ones write nothing. Each charge is a keyed fact with an order of its own, and may become known before the
//! subscription. Neither moves money: a charge only names its payment, whose own stream decides. What people order
//! and what the sweep writes (reminders, revenue of months to come) are facts beside them that no statement of the
//! provider changes. This module holds the nouns; [`machine`] decides and evolves.

use serde::{Deserialize, Serialize};

use crate::changes::Answer;
use crate::ids::{InvoiceId, PlanId};
use crate::machine::Instant;
use crate::plan;
use crate::text::Text;

pub mod change;
pub mod charge;
mod describe;
mod event;
pub mod machine;
mod orders;
pub mod refusal;
pub mod revenue;
pub mod state;

use change::Change;
use charge::Invoice;
use revenue::RevenueDeferred;

pub use event::{
    ChargeReaffirmed, ChargeStood, Event, MethodsChanged, Opened, Progressed, Reaffirmed, Redescribed,
    Reminded, Stood, TermsChanged,
};

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

/// What a subscription can be told: an observation, or an order of a person or of the clock.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
    /// A person wants a change.
    Ask {
        /// The name of the order: the same name again is the same order.
        request: Text,
        /// Who asks.
        actor: Text,
        /// What.
        change: Change,
    },
    /// The provider answered an order, or did not.
    Settle {
        /// The name of the order.
        request: Text,
        /// What it answered.
        answer: Answer,
    },
    /// The payer is to be told of a charge.
    Remind {
        /// The charge.
        invoice: InvoiceId,
        /// Which step of dunning; each is taken once.
        step: Text,
    },
    /// A collected charge pays for months to come. `at` is the time it is booked, not the one of the sweep.
    Defer(RevenueDeferred),
    /// A month of a deferral is over.
    Recognise {
        /// When it is booked.
        at: Instant,
        /// The charge.
        invoice: InvoiceId,
        /// Which month, from 1; only the next one.
        month: u32,
    },
    /// Money of a deferral is given back.
    EndDeferral {
        /// When it is booked.
        at: Instant,
        /// The charge.
        invoice: InvoiceId,
        /// What gives it back, such as `refund/1009042015`; each cause counts once.
        cause: Text,
        /// How much without the value added tax, minor units; only what is left ends.
        amount_minor: i64,
    },
}

#[cfg(test)]
mod tests;
