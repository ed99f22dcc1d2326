//! Changes that a person asks of the provider, from the order to what became of it.
//!
//! The provider answers some orders with success and changes nothing, and some answers never arrive. So an order is a
//! fact of its own, and its end is decided by what a later statement shows, not by the answer alone. One order is
//! open at a time; the same order again, by its own name, is none.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::machine::Instant;
use crate::text::Text;

/// An order without an answer may still be on its way for this long: longer than any call is waited for.
pub const UNDER_WAY: TimeDelta = TimeDelta::minutes(5);

/// What the provider answered to an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Success; whether it did something is told by the statement read after it.
    Accepted,
    /// It refused.
    Refused {
        /// The provider's code.
        code: Text,
    },
    /// None came: it may have been carried out or not.
    Missing,
    /// None came, and somebody looked again afterwards.
    Looked,
}

/// What became of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The provider's statement shows the change.
    Done,
    /// The provider answered with success, and its statement shows the old terms.
    Ignored,
    /// The provider refused it.
    Refused {
        /// The provider's code.
        code: Text,
    },
    /// No answer came: look before it is ordered again.
    Unknown,
    /// No answer came, and a later look shows that nothing changed.
    Undelivered,
}

/// An order, and what became of it so far.
#[derive(Clone, PartialEq, Debug)]
pub struct Asked<A> {
    /// The fact of the order.
    pub asked: A,
    /// What became of it; `None` while it is under way.
    pub outcome: Option<Settlement>,
}

/// Every order ever given, by its name.
#[derive(Clone, PartialEq, Debug)]
pub struct Changes<A> {
    /// The orders.
    pub by_request: BTreeMap<Text, Asked<A>>,
}

impl Settlement {
    /// The name of the settlement, as reports and errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Ignored => "ignored",
            Self::Refused { .. } => "refused",
            Self::Unknown => "unknown",
            Self::Undelivered => "undelivered",
        }
    }
}

impl<A> Default for Changes<A> {
    fn default() -> Self {
        Self { by_request: BTreeMap::new() }
    }
}

impl<A> Asked<A> {
    /// Whether nobody knows yet what became of it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.outcome, None | Some(Settlement::Unknown))
    }

    /// What an answer makes of the order; `None` when it says nothing new. `is_shown`: the newest statement shows the
    /// change.
    #[must_use]
    pub fn settle(&self, answer: Answer, is_shown: bool) -> Option<Settlement> {
        let outcome = match (&self.outcome, answer) {
            (Some(Settlement::Done | Settlement::Refused { .. }), _) => return None,
            // A statement may lag behind the answer: what was ignored can show up later, but not become a doubt.
            (Some(Settlement::Ignored), Answer::Looked) if !is_shown => return None,
            (Some(Settlement::Ignored), Answer::Missing | Answer::Refused { .. }) => return None,
            (Some(Settlement::Undelivered), Answer::Missing) if !is_shown => return None,
            (_, Answer::Refused { code }) => Settlement::Refused { code },
            (_, Answer::Accepted | Answer::Missing | Answer::Looked) if is_shown => Settlement::Done,
            (_, Answer::Accepted) => Settlement::Ignored,
            (_, Answer::Missing) => Settlement::Unknown,
            (_, Answer::Looked) => Settlement::Undelivered,
        };
        (self.outcome.as_ref() != Some(&outcome)).then_some(outcome)
    }
}

impl<A> Changes<A> {
    /// The order that nobody knows the end of, with its name.
    #[must_use]
    pub fn open(&self) -> Option<(&Text, &Asked<A>)> {
        self.by_request.iter().find(|(_, asked)| asked.is_open())
    }

    /// Takes an order; false when one is open or the name is taken.
    pub(crate) fn ask(&mut self, request: Text, asked: A) -> bool {
        if self.open().is_some() || self.by_request.contains_key(&request) {
            return false;
        }
        self.by_request.insert(request, Asked { asked, outcome: None });
        true
    }

    /// Notes what became of an order; false when it is unknown or its end was known.
    pub(crate) fn settle(&mut self, request: &Text, outcome: &Settlement) -> bool {
        match self.by_request.get_mut(request) {
            None | Some(Asked { outcome: Some(Settlement::Done | Settlement::Refused { .. }), .. }) => false,
            Some(asked) => {
                asked.outcome = Some(outcome.clone());
                true
            }
        }
    }
}

/// When an order without any answer may be looked at again.
#[must_use]
pub fn under_way_until(asked_at: Instant) -> Instant {
    asked_at.checked_add_signed(UNDER_WAY).unwrap_or(asked_at)
}

#[cfg(test)]
mod tests;
