//! Intent: a request to charge in person, of any of the provider's four generations, or an order.
//!
//! It moves no money: it names payments, whose own histories decide. The newest statement (by the provider's time
//! when given, then by rank, then by content) is ours; named payments merge from every statement.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::event::events;
use crate::ids::PaymentId;
use crate::machine::Instant;
use crate::text::Text;

pub mod machine;

/// How far an intent went, in our words. The order is the rank that decides between statements of one time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Created; not fetched by a terminal.
    Open,
    /// Loaded on the terminal.
    AtTerminal,
    /// Being settled with the bank.
    Processing,
    /// Settled with the bank; not yet ended.
    Processed,
    /// Ended without a payment status: a person must look.
    ConfirmationRequired,
    /// Nobody took it within its life.
    Expired,
    /// Dropped after a time.
    Abandoned,
    /// Cancelled by us or on the device.
    Canceled,
    /// An error during the transaction.
    Failed,
    /// Ended. Does not mean paid: the named payments decide.
    Finished,
}

/// Which generation of the provider's in-person API it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Generation {
    /// Point order of the phone application.
    PointOrder,
    /// Payment intent of the integration API.
    PaymentIntent,
    /// In-store intent.
    InstoreIntent,
    /// Order, in person or online.
    Order,
}

/// The provider's own word and time of one statement.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Said {
    /// The provider's time of the statement, when given.
    pub updated_at: Option<Instant>,
    /// State in the provider's words, with its detail after a slash when there is one.
    pub word: Text,
}

/// What an intent is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Which API.
    pub generation: Generation,
    /// Amount to charge, minor units; `None` when the statement does not tell it.
    pub amount_minor: Option<i64>,
    /// Currency of the amount; `None` when neither statement nor site tells it.
    pub currency: Option<Currency>,
    /// The merchant's reference.
    pub reference: Option<Text>,
    /// Terminal or point of sale.
    pub device: Option<Text>,
    /// When it was created.
    pub created_at: Option<Instant>,
    /// When it lapses.
    pub expires_at: Option<Instant>,
}

/// One statement of the provider about an intent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Description {
    /// Word and time.
    pub said: Said,
    /// How far it went.
    pub progress: Progress,
    /// What it is about. Statements differ in how much they tell: what one leaves out stays as known.
    pub profile: Profile,
}

/// What can be told about an intent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// A statement of the provider.
    Described {
        /// The statement.
        description: Box<Description>,
        /// Payments it names.
        payments: Vec<PaymentId>,
    },
}

/// What an intent can be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
}

/// Placeholder payload.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// When.
    pub at: Instant,
}

events! {
    /// What happened.
    pub enum Event {
        /// First seen.
        Opened(Opened) = "intent.opened",
    }
}
