//! Intent: a request to charge, in person on a terminal or a QR code, or online as an order.
//!
//! Four generations of the provider's API speak of it in four vocabularies; here it has one. It moves no money: it
//! *names* payments, and their own histories decide whether anything was paid. So `finished` does not mean paid.
//!
//! Some bodies tell the time of their last change and some do not. Among those that do, the newest is right, even
//! when it leaves a final progress (then the fact is marked `outside_rule`); among those that do not, the furthest
//! progress is; between the two, a body without a time counts only where it goes further. What a body leaves out
//! (device, amount) stays as another one told it, and named payments merge from all.
//!
//! This module holds the nouns; [`state`] is what is known and [`machine`] decides and evolves.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::ids::{IntentId, PaymentId};
use crate::machine::Instant;
use crate::text::Text;

mod event;
pub mod machine;
pub mod refusal;
pub mod state;
pub mod transitions;

pub use event::{
    CancelAnswered, CancelRequested, Event, Moved, PaymentNamed, Presumed, Requested, Resolved, Retold,
};

/// Which generation of the provider's API an intent belongs to; part of its id, as the generations share no ids.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// Payment order of the phone application with a card reader.
    A,
    /// Payment intent of the terminal integration.
    B,
    /// In-store intent, on a terminal or a QR code.
    C,
    /// Order: terminal, QR code or online.
    D,
}

/// Where the payer pays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A card terminal.
    Point,
    /// A QR code.
    Qr,
    /// A web shop.
    Online,
}

/// How far the provider says it went. The order is the rank that decides between statements of the same time or of
/// none. Among the ends it puts those first where money is less likely to have moved, so that a payment is
/// never overlooked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Asked for; the provider answered with an id and no state.
    Requested,
    /// Created, and no terminal has taken it.
    Open,
    /// Loaded on the terminal.
    AtTerminal,
    /// The financial entity is deciding.
    Processing,
    /// Payer or seller must do something before it goes on (orders that are not on a terminal).
    AwaitingAction,
    /// The financial entity decided; not yet ended.
    Processed,
    /// Dropped because nobody took it.
    Abandoned,
    /// Its life ended.
    Expired,
    /// An error or a refusal ended it.
    Failed,
    /// A party cancelled it.
    Canceled,
    /// Ended without a payment status: somebody must look at the terminal.
    ConfirmationRequired,
    /// Ended. The named payments say how.
    Finished,
}

/// Where it stands for us: the provider's progress, unless our clock or a person knows better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// As the provider says.
    Told(Progress),
    /// Its life is over and the provider has not said so.
    Presumed(Presumption),
    /// Confirmation was required, and somebody looked.
    Resolved(Verdict),
}

/// What the clock presumes of an intent that outlived its life.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presumption {
    /// Its life ended.
    Expired,
    /// Dropped because nobody took it.
    Abandoned,
}

/// What somebody found who looked at an intent that needed confirmation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The payer was charged.
    Charged,
    /// The payer was not charged.
    NotCharged,
}

/// What is asked for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// Currency of the amounts; `None` where neither body nor site tells it, then they are in hundredths, which is
    /// the minor unit of every site whose terminals are documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// To be charged for the purchase, minor units.
    pub amount_minor: i64,
    /// Cash handed to the payer on top, minor units; out of the till, so negative or zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cash_out_minor: i64,
}

/// What describes an intent beside its progress. Every field is told by some bodies and left out by others.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Where the payer pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// What is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// The merchant's own reference. Not unique, and some bodies lose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text>,
    /// Terminal. The provider spells one terminal in several ways: never join on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<Text>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Instant>,
    /// When its life ends, where a body tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

/// The provider's own words and time of one statement.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Said {
    /// The provider's time of its last change, when given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Instant>,
    /// The provider's count of changes, when given: a hint, which decides only between equal ranks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// State in the provider's words; empty where it gave none.
    pub status: Text,
    /// Detail in the provider's words (of the payment, where the generation has no detail of its own).
    pub detail: Text,
}

/// What kind of thing an intent names as its result.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// Money in: a payment.
    Payment,
    /// Money out: cash handed to the payer.
    Payout,
}

/// A payment that an intent names. Only its own history says what it did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct NamedPayment {
    /// Its id.
    pub payment: PaymentId,
    /// In or out.
    pub kind: ResultKind,
}

/// One statement of the provider about an intent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observation {
    /// Which API.
    pub generation: Generation,
    /// How far it went.
    pub progress: Progress,
    /// Words and time.
    pub said: Said,
    /// What it tells beside.
    pub profile: Profile,
    /// Payments it names.
    pub payments: Vec<NamedPayment>,
    /// Best time known: the provider's, else when we heard of it. Orders nothing.
    pub at: Instant,
}

/// How a request to cancel ended, or goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CancelAnswer {
    /// It is canceled.
    Accepted,
    /// The terminal was asked; only a later statement says whether it obeyed.
    AcceptedLater,
    /// The provider refused.
    Refused {
        /// Its code.
        code: Text,
    },
    /// The intent ended another way first, mostly paid.
    Overtaken,
}

/// What an intent can be told: a statement, or an order of a person or of the clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
    /// A person wants to cancel it.
    RequestCancel {
        /// Name of the order: the same one again is the same order, however it ended.
        request: Text,
        /// Who asks.
        actor: Text,
        /// Why.
        reason: Text,
        /// Whether the terminal is asked too when it has taken it.
        at_terminal: bool,
    },
    /// The provider answered the request.
    RecordCancelOutcome(CancelAnswer),
    /// The clock says that its life should be over.
    PresumeTimeout {
        /// Life after creation where no body tells its end; `None` for [`Generation::life`].
        life: Option<TimeDelta>,
    },
    /// Somebody looked at an intent that requires confirmation.
    Resolve(Resolution),
}

/// What was found by looking.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Resolution {
    /// What was found.
    pub verdict: Verdict,
    /// The payment that proves it; `None` when a person decided without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentId>,
    /// Who looked.
    pub actor: Text,
    /// Why they are sure.
    pub reason: Text,
}

impl Generation {
    /// All generations, oldest first.
    pub const ALL: [Self; 4] = [Self::A, Self::B, Self::C, Self::D];

    /// The prefix of its ids.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::D => "d",
        }
    }

    /// The id of an intent of this generation, such as `d:ORD01`: the same text may name things in two generations.
    #[must_use]
    pub fn id(self, provider_id: &str) -> IntentId {
        IntentId::from(format!("{}:{provider_id}", self.name()))
    }
}

impl Profile {
    /// Whether nothing is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(amount_minor: &i64) -> bool {
    *amount_minor == 0
}

#[cfg(test)]
mod tests;
