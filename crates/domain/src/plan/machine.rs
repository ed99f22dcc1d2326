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

use super::{
    Change, ChangeAsked, ChangeSettled, Command, Description, Event, Observation, Reaffirmed, Standing,
    Stated, Stood,
};
use crate::changes::{Answer, Asked, Changes, under_way_until};
use crate::currency::Currency;
use crate::machine::{Context, IllegalEvent, Instant, Machine};
use crate::text::Text;

/// The machine of plans.
#[derive(Clone, Copy, Debug)]
pub struct Plan;

/// What is known of a plan: the newest statement of the provider, and what people ordered.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// The statement.
    pub described: Description,
    /// What people ordered.
    pub changes: Changes<ChangeAsked>,
}

/// Why a plan did not accept what it was told or asked. Nothing was written; the message is kept.
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
    /// An order about a plan that nobody described yet.
    #[error("the plan is not known")]
    Unknown,
    /// Cancelled is for good.
    #[error("the plan is cancelled: nothing about it can be changed")]
    Ended,
    /// The newest statement already shows it.
    #[error("{change}: the plan already is what was asked for")]
    AlreadySo {
        /// What was ordered.
        change: &'static str,
    },
    /// A period of no days or months.
    #[error("a period of nothing")]
    EmptyPeriod,
    /// Nobody knows the end of another order.
    #[error("`{change}` was ordered at {asked_at} and nobody knows what became of it")]
    ChangeOpen {
        /// What was ordered.
        change: &'static str,
        /// When.
        asked_at: Instant,
    },
    /// An order without an answer may still arrive.
    #[error("`{change}` is under way; look again after {until}")]
    ChangeUnderWay {
        /// What was ordered.
        change: &'static str,
        /// Until when it may arrive.
        until: Instant,
    },
    /// An answer to an order that was never given.
    #[error("no order is called `{request}`")]
    UnknownRequest {
        /// Its name.
        request: Text,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NegativeAmount { .. } => "negative_amount",
            Self::CurrencyConflict { .. } => "currency_conflict",
            Self::Unknown => "unknown_plan",
            Self::Ended => "ended",
            Self::AlreadySo { .. } => "already_so",
            Self::EmptyPeriod => "empty_period",
            Self::ChangeOpen { .. } => "change_open",
            Self::ChangeUnderWay { .. } => "change_under_way",
            Self::UnknownRequest { .. } => "unknown_request",
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
        match command {
            Command::Observe(Observation::Described(told)) => observe(state, &told, context),
            Command::Ask { request, actor, change } => ask(state, request, actor, change, context),
            Command::Settle { request, answer } => settle(state, request, answer, context),
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let illegal = |state: &'static str| IllegalEvent { event: crate::event::Event::name(event), state };
        match (state, event) {
            (None, Event::Opened(opened)) => {
                Ok(State { described: described(opened, Standing::Active), changes: Changes::default() })
            }
            (Some(State { described: known, changes }), Event::Restated(restated)) => {
                Ok(State { described: described(restated, known.standing), changes })
            }
            (Some(state), Event::Activated(stood)) => Ok(stand(state, Standing::Active, stood)),
            (Some(state), Event::Deactivated(stood)) => Ok(stand(state, Standing::Inactive, stood)),
            (Some(state), Event::Cancelled(stood)) => Ok(stand(state, Standing::Cancelled, stood)),
            (Some(mut state), Event::Reaffirmed(reaffirmed)) => {
                state.described.modified_at = reaffirmed.modified_at;
                Ok(state)
            }
            (Some(mut state), Event::ChangeAsked(e)) => match state.changes.ask(e.request.clone(), e.clone())
            {
                true => Ok(state),
                false => Err(illegal(state.described.standing.name())),
            },
            (Some(mut state), Event::ChangeSettled(e)) => {
                match state.changes.settle(&e.request, &e.outcome) {
                    true => Ok(state),
                    false => Err(illegal(state.described.standing.name())),
                }
            }
            (Some(state), Event::Opened(_)) => Err(illegal(state.described.standing.name())),
            (None, _) => Err(illegal("absent")),
        }
    }
}

fn observe(state: Option<&State>, told: &Description, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if let Some((what, amount_minor)) = told.terms.negative_amount() {
        return Err(Refusal::NegativeAmount { what, amount_minor });
    }
    let Some(State { described: known, .. }) = state else { return Ok(open(told, context.now)) };
    let (known_currency, told_currency) = (known.terms.currency, told.terms.currency);
    if known_currency != told_currency {
        return Err(Refusal::CurrencyConflict { known: known_currency, told: told_currency });
    }
    // The order of the fields is time, rank, content.
    Ok(if told > known { adopt(known, told, context.now) } else { Vec::new() })
}

/// A change: of a plan that is not cancelled, and one at a time.
fn ask(
    state: Option<&State>,
    request: Text,
    actor: Text,
    change: Change,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let State { described: known, changes } = state.ok_or(Refusal::Unknown)?;
    if changes.by_request.contains_key(&request) {
        return Ok(Vec::new());
    }
    if let Some((_, Asked { asked, .. })) = changes.open() {
        return Err(Refusal::ChangeOpen { change: asked.change.name(), asked_at: asked.at });
    }
    match (known.standing, &change) {
        (Standing::Cancelled, _) => return Err(Refusal::Ended),
        (_, Change::FreeTrial { period }) if period.count == 0 => return Err(Refusal::EmptyPeriod),
        (Standing::Active | Standing::Inactive, Change::FreeTrial { .. }) => {}
    }
    if change.is_shown(known) {
        return Err(Refusal::AlreadySo { change: change.name() });
    }
    let (at, modified_at) = (context.now, known.modified_at);
    Ok(vec![Event::ChangeAsked(ChangeAsked { at, modified_at, request, actor, change })])
}

/// What became of a change: an answer, and what the newest statement shows.
fn settle(
    state: Option<&State>,
    request: Text,
    answer: Answer,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let State { described: known, changes } = state.ok_or(Refusal::Unknown)?;
    let Some(order) = changes.by_request.get(&request) else {
        return Err(Refusal::UnknownRequest { request });
    };
    let asked = &order.asked;
    let is_shown = asked.change.is_shown(known);
    let until = under_way_until(asked.at);
    if order.outcome.is_none() && answer == Answer::Looked && !is_shown && context.now < until {
        return Err(Refusal::ChangeUnderWay { change: asked.change.name(), until });
    }
    let settled = order.settle(answer, is_shown);
    let at = context.now;
    Ok(settled
        .map(|outcome| Event::ChangeSettled(ChangeSettled { at, request, outcome }))
        .into_iter()
        .collect())
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
