//! Decides which facts of a chargeback case follow from a statement, and evolves the case by facts.
//!
//! The newest statement (the provider's time, then rank, then content) is the state; payments are the union of
//! all statements. Ways that the provider's own rules do not list are taken and marked `outside_rule`:
//!
//! ```text
//! from \ to                | open | documentation_requested | documentation_missed | documentation_sent | lost | covered
//! -                        | yes  | yes                     | yes                  | yes                | yes  | yes
//! open                     | .    | yes                     | yes                  | yes                | yes  | yes
//! documentation_requested  | out  | .                       | yes                  | yes                | yes  | yes
//! documentation_missed     | out  | out                     | .                    | out                | yes  | out
//! documentation_sent       | out  | yes                     | out                  | .                  | yes  | yes
//! lost                     | out  | out                     | out                  | out                | .    | out
//! covered                  | out  | out                     | out                  | out                | out  | .
//! ```

use std::collections::BTreeSet;

use super::{
    Case, Command, Description, Event, Observation, Opened, PaymentsNamed, Reaffirmed, Redescribed, Standing,
    Stood,
};
use crate::currency::Currency;
use crate::ids::PaymentId;
use crate::machine::{Context, IllegalEvent, Instant, Machine};

/// Marker of the machine.
#[derive(Clone, Copy, Debug)]
pub struct Chargeback;

/// What is known of a case.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// The provider's time of the newest statement.
    pub updated_at: Option<Instant>,
    /// Where it stands.
    pub standing: Standing,
    /// Everything else it says.
    pub case: Case,
    /// Every payment that any statement named.
    pub payments: BTreeSet<PaymentId>,
}

/// Why a statement was not accepted. It is kept with this reason.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The id is known in another currency.
    #[error("chargeback is in {expected}, the statement in {actual}")]
    OtherCurrency {
        /// Of the case.
        expected: Currency,
        /// Of the statement.
        actual: Currency,
    },
    /// A disputed amount below zero.
    #[error("disputed amount is negative: {amount_minor} minor units")]
    NegativeAmount {
        /// As told, minor units.
        amount_minor: i64,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::OtherCurrency { .. } => "currency_conflict",
            Self::NegativeAmount { .. } => "negative_amount",
        }
    }
}

impl Machine for Chargeback {
    const TYPE: &'static str = "chargeback";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(
        state: Option<&State>,
        command: Command,
        _context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let Command::Observe(Observation::Described { description, payments, at }) = command;
        let told = *description;
        if told.case.amount_minor < 0 {
            return Err(Refusal::NegativeAmount { amount_minor: told.case.amount_minor });
        }
        let Some(state) = state else { return Ok(first(told, payments, at)) };
        if told.case.currency != state.case.currency {
            return Err(Refusal::OtherCurrency { expected: state.case.currency, actual: told.case.currency });
        }
        let named = newly_named(state, payments, at);
        Ok(news(state, told, at).into_iter().chain(named).collect())
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        use crate::event::Event as _;
        match (state, event) {
            (None, Event::Opened(opened)) => Ok(State {
                updated_at: opened.updated_at,
                standing: Standing::Open,
                case: opened.case.clone(),
                payments: opened.payments.iter().cloned().collect(),
            }),
            (Some(state), Event::DocumentationRequested(stood)) => {
                Ok(state.standing_at(Standing::DocumentationRequested, stood))
            }
            (Some(state), Event::DocumentationSent(stood)) => {
                Ok(state.standing_at(Standing::DocumentationSent, stood))
            }
            (Some(state), Event::DocumentationMissed(stood)) => {
                Ok(state.standing_at(Standing::DocumentationMissed, stood))
            }
            (Some(state), Event::Covered(stood)) => Ok(state.standing_at(Standing::Covered, stood)),
            (Some(state), Event::Lost(stood)) => Ok(state.standing_at(Standing::Lost, stood)),
            (Some(state), Event::Reopened(stood)) => Ok(state.standing_at(Standing::Open, stood)),
            (Some(state), Event::Redescribed(told)) => {
                Ok(State { updated_at: told.updated_at, case: told.case.clone(), ..state })
            }
            (Some(state), Event::Reaffirmed(told)) => Ok(State { updated_at: told.updated_at, ..state }),
            (Some(mut state), Event::PaymentsNamed(named)) => {
                state.payments.extend(named.payments.iter().cloned());
                Ok(state)
            }
            (state, event) => Err(IllegalEvent {
                event: event.name(),
                state: state.map_or("none", |state| state.standing.name()),
            }),
        }
    }
}

impl State {
    /// Last instant at which the seller's documents are accepted; `None` while none are asked for, none can help, or no
    /// deadline is named.
    #[must_use]
    pub fn documents_until(&self) -> Option<Instant> {
        let asked = self.standing == Standing::DocumentationRequested && self.case.eligible != Some(false);
        self.case.documentation.deadline.filter(|_| asked)
    }

    /// Whether documents sent now would be accepted (provider's rule: asked for, eligible, before the deadline).
    #[must_use]
    pub fn takes_documents(&self, now: Instant) -> bool {
        self.documents_until().is_some_and(|deadline| now <= deadline)
    }

    fn standing_at(self, standing: Standing, stood: &Stood) -> Self {
        Self { standing, updated_at: stood.updated_at, ..self }
    }

    /// The key of the newest statement: a statement with a greater one becomes the state.
    fn version(&self) -> (Option<Instant>, Standing, &Case) {
        (self.updated_at, self.standing, &self.case)
    }
}

impl Standing {
    /// Every standing, in the order of the rank.
    pub const ALL: [Self; 6] = [
        Self::Open,
        Self::DocumentationRequested,
        Self::DocumentationMissed,
        Self::DocumentationSent,
        Self::Lost,
        Self::Covered,
    ];

    /// Its name in reports and in the matrix above.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::DocumentationRequested => "documentation_requested",
            Self::DocumentationMissed => "documentation_missed",
            Self::DocumentationSent => "documentation_sent",
            Self::Lost => "lost",
            Self::Covered => "covered",
        }
    }

    /// Whether the provider's rules list the way from here to there. Any standing may be the first one heard of.
    #[must_use]
    pub fn leads_to(self, next: Self) -> bool {
        use Standing::{Covered, DocumentationMissed, DocumentationRequested, DocumentationSent, Lost, Open};
        match self {
            Open => next != Open,
            DocumentationRequested => {
                matches!(next, DocumentationMissed | DocumentationSent | Lost | Covered)
            }
            DocumentationMissed => next == Lost,
            // More documents can be asked for; in Brazil they are asked for until they are found valid.
            DocumentationSent => matches!(next, DocumentationRequested | Lost | Covered),
            Lost | Covered => false,
        }
    }
}

/// The facts of a case that we hear of for the first time, in whatever standing.
fn first(told: Description, payments: Vec<PaymentId>, at: Instant) -> Vec<Event> {
    let payments: BTreeSet<PaymentId> = payments.into_iter().collect();
    let Description { updated_at, standing, case } = told;
    let opened_at = case.opened_at.unwrap_or(at);
    let opened = Opened { at: opened_at, updated_at, case, payments: payments.into_iter().collect() };
    let mut facts = vec![Event::Opened(opened)];
    if standing != Standing::Open {
        facts.push(stood(standing, Stood { at, updated_at, outside_rule: false }));
    }
    facts
}

/// The facts of a newer statement; none when it is older than what we know, or the same.
fn news(state: &State, told: Description, at: Instant) -> Vec<Event> {
    let Description { updated_at, standing, case } = told;
    if (updated_at, standing, &case) <= state.version() {
        return Vec::new();
    }
    let mut facts = Vec::new();
    if case != state.case {
        facts.push(Event::Redescribed(Redescribed { at, updated_at, case }));
    }
    if standing != state.standing {
        let outside_rule = !state.standing.leads_to(standing);
        facts.push(stood(standing, Stood { at, updated_at, outside_rule }));
    }
    if facts.is_empty() {
        facts.push(Event::Reaffirmed(Reaffirmed { at, updated_at }));
    }
    facts
}

fn stood(standing: Standing, payload: Stood) -> Event {
    match standing {
        Standing::Open => Event::Reopened(payload),
        Standing::DocumentationRequested => Event::DocumentationRequested(payload),
        Standing::DocumentationMissed => Event::DocumentationMissed(payload),
        Standing::DocumentationSent => Event::DocumentationSent(payload),
        Standing::Lost => Event::Lost(payload),
        Standing::Covered => Event::Covered(payload),
    }
}

/// Payments are keyed facts: even a stale statement adds them.
fn newly_named(state: &State, payments: Vec<PaymentId>, at: Instant) -> Option<Event> {
    let new: BTreeSet<PaymentId> = payments.into_iter().filter(|id| !state.payments.contains(id)).collect();
    (!new.is_empty()).then(|| Event::PaymentsNamed(PaymentsNamed { at, payments: new.into_iter().collect() }))
}

#[cfg(test)]
mod tests;
