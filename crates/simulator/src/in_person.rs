//! Charges in person, in the four generations of the API: what terminals and their intents are, and where they are
//! kept. One intent here is what each generation calls an order, an intent or a payment intent.
//!
//! Decides nothing: `road` moves intents, `due` says when, and each generation has its own paths and words.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;

use crate::charge::Charged;
use crate::time::Instant;
use crate::world::Shared;

mod admin;
mod decide;
mod device;
mod due;
mod first;
mod fourth;
mod integrator;
mod limits;
mod listing;
mod notices;
mod qr;
mod road;
mod second;
mod third;

pub(crate) use device::Device;
pub(crate) use due::{next_due, run_due};
pub(crate) use integrator::Integrator;

/// Everything that stands on the counters of all sellers.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    devices: BTreeMap<String, Device>,
    intents: BTreeMap<String, Intent>,
    integrators: BTreeMap<u64, Integrator>,
    /// Sellers whose first terminals stand.
    open: BTreeSet<u64>,
    /// Intents without a terminal that have not ended.
    loose: BTreeSet<String>,
}

/// A request to charge, or to give back, on a terminal or by QR code.
#[derive(Clone, Debug)]
pub(crate) struct Intent {
    id: String,
    seller: u64,
    /// Of the terminal; an intent by QR code has its point of sale here.
    device: String,
    /// What was asked for, in the words of its generation.
    asked: Asked,
    amount_minor: i64,
    /// The amount as it was sent.
    raw: String,
    reference: Option<String>,
    description: Option<String>,
    phase: Phase,
    created_at: Instant,
    /// When it came to its phase.
    since: Instant,
    expires_at: Option<Instant>,
    /// Since when the terminal is asked to give it up.
    cancel_asked_at: Option<Instant>,
    /// How often it changed.
    version: u32,
    /// How often a terminal failed to charge it and gave it back (first generation).
    failures: u32,
    /// With what it was paid.
    card: Option<Card>,
    /// What was given back through it.
    refunds: Vec<GivenBack>,
}

/// An amount that was asked for.
struct Sum {
    minor: i64,
    /// As it was sent.
    raw: String,
}

/// The generation of an intent, with what only that generation has.
#[derive(Clone, Debug)]
enum Asked {
    First(first::Asked),
    Second(second::Asked),
    /// To give a payment back (second generation).
    Refund(second::refunds::Asked),
    Third(third::Asked),
    Fourth(fourth::Asked),
}

/// How far an intent is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    AtTerminal,
    /// The bank is asked; what it says may already be known to it alone.
    Processing(Option<Charged>),
    /// The bank has answered.
    Processed,
    Ended(End),
}

/// How an intent ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// With a payment, whatever came of that.
    Charged(Charged),
    /// Charged and taken back by the terminal.
    Reversed(Charged),
    /// The payment was given back.
    GivenBack,
    Canceled(By),
    /// Nobody paid in time.
    Expired,
    Failed,
    /// The terminal does not know; a payment there may be.
    Unconfirmed(Option<Charged>),
}

/// Who canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Api,
    Terminal,
}

/// A card that is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Card {
    method: &'static str,
    kind: &'static str,
}

/// A refund through an order.
#[derive(Clone, Debug)]
struct GivenBack {
    id: String,
    refund: u64,
    amount_minor: i64,
}

impl Intent {
    /// An open intent on a terminal, or at the point of sale of a QR code.
    fn new(seller: u64, id: String, device: String, asked: Asked, sum: Sum, now: Instant) -> Self {
        Self {
            id,
            seller,
            device,
            expires_at: due::expiry(&asked, now),
            asked,
            amount_minor: sum.minor,
            raw: sum.raw,
            reference: None,
            description: None,
            phase: Phase::Open,
            created_at: now,
            since: now,
            cancel_asked_at: None,
            version: 1,
            failures: 0,
            card: None,
            refunds: Vec::new(),
        }
    }

    fn is_final(&self) -> bool {
        matches!(self.phase, Phase::Ended(_))
    }

    /// The payment it made, as far as anybody but the bank may know.
    fn payment(&self) -> Option<&Charged> {
        match &self.phase {
            Phase::Ended(
                End::Charged(payment) | End::Reversed(payment) | End::Unconfirmed(Some(payment)),
            ) => Some(payment),
            _ => None,
        }
    }
}

impl Card {
    /// The cards of the virtual terminal.
    fn named(word: &str) -> Option<Self> {
        match word {
            "visa" => Some(Self { method: "visa", kind: "credit_card" }),
            "master" => Some(Self { method: "master", kind: "credit_card" }),
            "debvisa" => Some(Self { method: "debvisa", kind: "debit_card" }),
            _ => None,
        }
    }
}

/// The keys of the terminals, and what customers do: paths of the simulator's own.
pub(crate) fn administration() -> Router<Shared> {
    Router::new().merge(admin::routes()).merge(qr::routes())
}

/// The paths of all generations.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(first::routes())
        .merge(second::routes())
        .merge(third::routes())
        .merge(fourth::routes())
}

#[cfg(test)]
pub(crate) mod tests;
