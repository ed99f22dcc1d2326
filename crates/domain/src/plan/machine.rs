//! Decides and evolves a plan.
//!
//! Which steps the provider's own rules list, from row to column: `.` stays, `x` is listed, `!` is applied all the
//! same and marked `outside_rule`:
//!
//! ```text
//!            active    inactive  cancelled
//! active     .         x         x
//! inactive   x         .         x
//! cancelled  !         !         .
//! ```

use super::{Command, Description, Event, Observation, Reaffirmed, Standing, Stated, Stood};
use crate::currency::Currency;
use crate::machine::{Context, IllegalEvent, Instant, Machine};

/// The machine of plans.
#[derive(Clone, Copy, Debug)]
pub struct Plan;

/// What is known of a plan: the newest statement of the provider.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// The statement.
    pub described: Description,
}

/// Why a plan did not accept what it was told. Nothing was written; the message is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An amount that cannot be negative is.
    #[error("{what} is negative ({amount_minor} minor units)")]
    NegativeAmount {
        /// Which amount.
        what: &'static str,
        /// Its value, minor units.
        amount_minor: i64,
    },
    /// The same plan in another currency.
    #[error("told in {told}, but known in {known}")]
    CurrencyConflict {
        /// What we knew.
        known: Currency,
        /// What we were told.
        told: Currency,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NegativeAmount { .. } => "negative_amount",
            Self::CurrencyConflict { .. } => "currency_conflict",
        }
    }
}

impl Machine for Plan {
    const TYPE: &'static str = "plan";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(state: Option<&State>, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
        let Command::Observe(Observation::Described(told)) = command;
        if let Some((what, amount_minor)) = told.terms.negative_amount() {
            return Err(Refusal::NegativeAmount { what, amount_minor });
        }
        let Some(State { described: known }) = state else { return Ok(open(&told, context.now)) };
        let (known_currency, told_currency) = (known.terms.currency, told.terms.currency);
        if known_currency != told_currency {
            return Err(Refusal::CurrencyConflict { known: known_currency, told: told_currency });
        }
        // The order of the fields is time, rank, content.
        Ok(if *told > *known { adopt(known, &told, context.now) } else { Vec::new() })
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let illegal = |state: &'static str| IllegalEvent { event: crate::event::Event::name(event), state };
        match (state, event) {
            (None, Event::Opened(opened)) => Ok(State { described: described(opened, Standing::Active) }),
            (Some(state), Event::Restated(restated)) => {
                Ok(State { described: described(restated, state.described.standing) })
            }
            (Some(state), Event::Activated(stood)) => Ok(stand(state, Standing::Active, stood)),
            (Some(state), Event::Deactivated(stood)) => Ok(stand(state, Standing::Inactive, stood)),
            (Some(state), Event::Cancelled(stood)) => Ok(stand(state, Standing::Cancelled, stood)),
            (Some(mut state), Event::Reaffirmed(reaffirmed)) => {
                state.described.modified_at = reaffirmed.modified_at;
                Ok(state)
            }
            (Some(state), Event::Opened(_)) => Err(illegal(state.described.standing.name())),
            (None, _) => Err(illegal("absent")),
        }
    }
}

fn open(told: &Description, now: Instant) -> Vec<Event> {
    let opened_at = told.profile.created_at.unwrap_or_else(|| told_at(told, now));
    let mut events = vec![Event::Opened(stated(told, opened_at))];
    events.extend(step(Standing::Active, told, now));
    events
}

/// Makes a newer statement ours.
fn adopt(known: &Description, told: &Description, now: Instant) -> Vec<Event> {
    let mut events = Vec::new();
    if known.terms != told.terms || known.profile != told.profile {
        events.push(Event::Restated(stated(told, told_at(told, now))));
    }
    events.extend(step(known.standing, told, now));
    if events.is_empty() {
        let at = told_at(told, now);
        events.push(Event::Reaffirmed(Reaffirmed { at, modified_at: told.modified_at }));
    }
    events
}

fn step(from: Standing, told: &Description, now: Instant) -> Option<Event> {
    let to = told.standing;
    if from == to {
        return None;
    }
    let outside_rule = !from.next().contains(&to);
    let stood = Stood { at: told_at(told, now), modified_at: told.modified_at, outside_rule };
    Some(match to {
        Standing::Active => Event::Activated(stood),
        Standing::Inactive => Event::Deactivated(stood),
        Standing::Cancelled => Event::Cancelled(stood),
    })
}

fn told_at(told: &Description, now: Instant) -> Instant {
    told.modified_at.unwrap_or(now)
}

fn stated(told: &Description, at: Instant) -> Stated {
    let (terms, profile) = (told.terms.clone(), told.profile.clone());
    Stated { at, modified_at: told.modified_at, terms, profile }
}

fn described(stated: &Stated, standing: Standing) -> Description {
    let (terms, profile) = (stated.terms.clone(), stated.profile.clone());
    Description { modified_at: stated.modified_at, standing, terms, profile }
}

fn stand(mut state: State, standing: Standing, stood: &Stood) -> State {
    state.described.standing = standing;
    state.described.modified_at = stood.modified_at;
    state
}
