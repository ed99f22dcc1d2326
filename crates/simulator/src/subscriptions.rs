//! Subscriptions: plans, subscriptions and their invoices, which bill themselves on the virtual calendar.
//!
//! What they are is here; `dates` is the calendar, `billing` charges, and the rest is the API. Shares no code with the
//! product's calendar, or agreement with it would prove nothing.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;

use crate::time::Instant;
use crate::world::Shared;

mod admin;
mod answer;
mod billing;
mod change;
mod create;
mod dates;
mod invoices;
mod notices;
mod plans;
mod search;
mod terms;

pub(crate) use billing::{next_due, run_due};
use dates::{Rhythm, Span};
use terms::{Kept, Terms};

/// All plans, subscriptions and invoices, and what is to be done when.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    plans: BTreeMap<String, Plan>,
    preapprovals: BTreeMap<String, Preapproval>,
    invoices: BTreeMap<u64, Invoice>,
    /// May hold what is not due any more: each entry is looked at again when its time comes.
    due: BTreeSet<(Instant, Due)>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The next instalment of a subscription.
    Bill(String),
    /// A try to charge an invoice.
    Attempt(u64),
    /// The end of a subscription whose card was refused at the start.
    Withdraw(String),
}

/// A template of subscriptions.
#[derive(Clone, Debug)]
struct Plan {
    id: String,
    seller: u64,
    reason: String,
    back_url: String,
    reference: Option<String>,
    is_active: bool,
    terms: Terms,
    methods_allowed: Option<Kept>,
    created: Instant,
    modified: Instant,
    version: u64,
}

/// A payer's consent to be charged.
#[derive(Clone, Debug)]
struct Preapproval {
    id: String,
    seller: u64,
    plan: Option<String>,
    reason: String,
    reference: Option<String>,
    back_url: Option<String>,
    payer: u64,
    standing: Standing,
    terms: Terms,
    rhythm: Rhythm,
    /// The charges it is sold as.
    quotas: Option<u32>,
    card: Option<CardOnFile>,
    secondary: Option<Secondary>,
    created: Instant,
    modified: Instant,
    /// How often it was modified.
    version: u64,
    /// The number of the next instalment, skipped ones counted.
    position: u32,
    tally: Tally,
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Pending,
    Authorized,
    Paused,
    Cancelled,
}

/// A card that is charged.
#[derive(Clone, Debug)]
struct CardOnFile {
    id: u64,
    /// The name on it, which decides what becomes of charges.
    holder: String,
}

/// What is charged when the main card is not; kept and never used here.
#[derive(Clone, Debug)]
struct Secondary {
    method: Option<String>,
    card: Option<u64>,
}

/// What was charged so far.
#[derive(Clone, Debug, Default)]
struct Tally {
    quantity: u32,
    amount_minor: i64,
    last: Option<(Instant, i64)>,
    /// Instalments in a row that nobody paid.
    uncollected_in_row: u32,
    light: Option<Light>,
}

/// The semaphore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Light {
    /// All collected.
    Green,
    /// One is tried again.
    Yellow,
    /// One was not collected.
    Red,
}

/// One instalment.
#[derive(Clone, Debug)]
struct Invoice {
    id: u64,
    preapproval: String,
    seller: u64,
    /// From 0.
    number: u32,
    amount_minor: i64,
    debit_date: Instant,
    stage: Stage,
    /// Tries so far.
    attempts: u32,
    next_retry: Option<Instant>,
    payment: Option<u64>,
    created: Instant,
    modified: Instant,
    version: u64,
}

/// How far an invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Scheduled,
    /// Refused, to be tried again.
    Recycling,
    /// Done: paid, or given up.
    Processed,
    Cancelled,
}

impl Preapproval {
    /// When the next instalment is shown to be due, whether or not anything is charged then.
    fn next(&self) -> Option<Instant> {
        self.rhythm.unbounded(self.position)
    }
}

impl Calendar {
    /// Notes when the next instalment of a subscription is due, if there is one.
    fn note_next(&mut self, id: &str) {
        let next = self.preapprovals.get(id).and_then(|preapproval| {
            let is_running = matches!(preapproval.standing, Standing::Authorized | Standing::Paused);
            preapproval.rhythm.due(preapproval.position).filter(|_| is_running)
        });
        if let Some(at) = next {
            self.due.insert((at, Due::Bill(id.to_owned())));
        }
    }
}

impl Standing {
    /// The provider's word.
    fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
        }
    }

    fn named(word: &str) -> Option<Self> {
        let all = [Self::Pending, Self::Authorized, Self::Paused, Self::Cancelled];
        all.into_iter().find(|standing| standing.word() == word)
    }
}

impl Light {
    fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Recycling => "recycling",
            Self::Processed => "processed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What payers do: paths of the simulator's own.
pub(crate) fn administration() -> Router<Shared> {
    admin::routes()
}

/// The paths of plans, subscriptions and invoices.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(plans::routes())
        .merge(create::routes())
        .merge(change::routes())
        .merge(search::routes())
        .merge(invoices::routes())
}

#[cfg(test)]
mod tests;
