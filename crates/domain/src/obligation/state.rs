//! What is known of an obligation: its attempts and what was not allowed.

use std::collections::BTreeMap;

use super::{AttemptBlocked, AttemptRequested, Terms};
use crate::ids::PaymentId;
use crate::machine::Instant;
use crate::payment::Standing;
use crate::rejection::Rejection;
use crate::text::Text;

/// An obligation.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// What is owed.
    pub terms: Terms,
    /// Every attempt, by its name.
    pub attempts: BTreeMap<Text, Attempt>,
    /// What was not allowed, in its order.
    pub blocked: Vec<AttemptBlocked>,
}

/// An attempt, and how far it is.
#[derive(Clone, PartialEq, Debug)]
pub struct Attempt {
    /// As it was asked for.
    pub asked: AttemptRequested,
    /// When it was last sent, as far as it was.
    pub sent_at: Instant,
    /// How often it was sent, as far as it was.
    pub sends: u32,
    /// How far it is.
    pub stage: Stage,
}

/// How far an attempt is.
#[derive(Clone, PartialEq, Debug)]
pub enum Stage {
    /// Nobody knows what became of it.
    Open,
    /// The provider said what became of it.
    Answered(Answer),
    /// The provider refused the call: nothing was charged.
    Refused {
        /// When.
        at: Instant,
        /// The provider's code.
        code: Text,
    },
    /// It was never made.
    Lost,
}

/// What the provider said last of an attempt.
#[derive(Clone, PartialEq, Debug)]
pub struct Answer {
    /// Since when it is so.
    pub at: Instant,
    /// The payment; a rejection that is told as an error has none.
    pub payment: Option<PaymentId>,
    /// Where it stands.
    pub standing: Standing,
    /// Status in the provider's words.
    pub status: Text,
    /// Detail in the provider's words.
    pub detail: Text,
    /// What the rejection means, when it is one.
    pub rejection: Option<Rejection>,
}

impl State {
    /// An obligation without any attempt.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        Self { terms, attempts: BTreeMap::new(), blocked: Vec::new() }
    }

    /// The attempt that nobody knows the end of.
    #[must_use]
    pub fn open(&self) -> Option<&Attempt> {
        self.attempts.values().find(|attempt| attempt.stage == Stage::Open)
    }

    /// Attempts that the provider answered, with what it said.
    pub fn answered(&self) -> impl Iterator<Item = (&Attempt, &Answer)> {
        self.attempts.values().filter_map(|attempt| match &attempt.stage {
            Stage::Answered(answer) => Some((attempt, answer)),
            Stage::Open | Stage::Refused { .. } | Stage::Lost => None,
        })
    }

    /// What an attempt was last refused for by the guard.
    #[must_use]
    pub fn last_block(&self, request: &str) -> Option<&AttemptBlocked> {
        self.blocked.iter().rev().find(|blocked| blocked.request.as_str() == request)
    }
}

impl Attempt {
    /// Whether nobody knows the end of it, and it was sent so often and no more.
    #[must_use]
    pub fn is_open_after(&self, sends: u32) -> bool {
        self.stage == Stage::Open && self.sends == sends
    }
}

impl Stage {
    /// Whether nothing was charged, so that an attempt may be made again under its name.
    #[must_use]
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Lost)
    }
}
