//! Subscriptions: plans, subscriptions and their invoices, which bill themselves on the virtual calendar.
//!
//! What they are is here; `dates` is the calendar, `billing` charges, `rules` are the points that the documents leave
//! open, and the rest is the API. Shares no code with the product's calendar, or agreement with it would prove nothing.

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
pub mod rules;
mod script;
mod search;
mod terms;

pub(crate) use billing::{next_due, run_due};
use dates::{Rhythm, Span};
use rules::{Paused, Red, Rules};
use script::Script;
use terms::{Kept, Terms};

/// All plans, subscriptions and invoices, and what is to be done when.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    plans: BTreeMap<String, Plan>,
    preapprovals: BTreeMap<String, Preapproval>,
    invoices: BTreeMap<u64, Invoice>,
    /// The invoices of each subscription, oldest first.
    invoices_of: BTreeMap<String, Vec<u64>>,
    /// What is to become of instalments that are still to come, by subscription and number.
    scripts: BTreeMap<(String, u32), Script>,
    pub(crate) rules: Rules,
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
    /// The end that was agreed on.
    End(String),
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
    /// When the payer agreed to it.
    begun: Option<Instant>,
    /// The number of the next instalment in its rhythm, skipped ones counted.
    position: u32,
    /// Instalments so far, skipped ones counted, in all of its rhythms.
    passed: u32,
    /// Those that were made.
    made: u32,
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
    /// Instalments that nobody paid, in a row and in all.
    unpaid: [u32; 2],
    /// When the last of them was given up.
    last_unpaid: Option<Instant>,
    /// Those that are tried again, with their last try.
    recycling: BTreeMap<u64, Instant>,
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

    /// When the next instalment is due.
    fn due(&self) -> Option<Instant> {
        let spent = match self.rhythm.rules.paused {
            Paused::Kept => self.made,
            Paused::Spent => self.passed,
        };
        self.rhythm.due(self.position, spent)
    }

    /// The semaphore; dark before the first instalment is decided.
    fn light(&self) -> Option<Light> {
        let tally = &self.tally;
        let (paid, unpaid) = (tally.last.map(|(at, _)| at), tally.last_unpaid);
        let recycling = tally.recycling.values().max().copied();
        match self.rhythm.rules.red {
            Red::Any if unpaid.is_some() => Some(Light::Red),
            Red::Any if recycling.is_some() => Some(Light::Yellow),
            Red::Last if unpaid > paid => Some(Light::Red),
            Red::Last if recycling > paid => Some(Light::Yellow),
            Red::Any | Red::Last => paid.map(|_| Light::Green),
        }
    }

    fn is_running(&self) -> bool {
        matches!(self.standing, Standing::Authorized | Standing::Paused)
    }
}

impl Calendar {
    /// Notes when the next instalment of a subscription is due, if there is one.
    fn note_next(&mut self, id: &str) {
        let Some(preapproval) = self.preapprovals.get(id).filter(|found| found.is_running()) else { return };
        if let Some(at) = preapproval.due() {
            self.due.insert((at, Due::Bill(id.to_owned())));
        }
    }

    /// Notes the end of a subscription that has one.
    fn note_end(&mut self, id: &str) {
        if let Some(at) = self.preapprovals.get(id).and_then(|preapproval| preapproval.rhythm.ends_at) {
            self.due.insert((at, Due::End(id.to_owned())));
        }
    }

    /// The invoices of a subscription, oldest first.
    fn invoices_of(&self, id: &str) -> impl Iterator<Item = &Invoice> {
        let ids = self.invoices_of.get(id).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.invoices.get(id))
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
