//! Decides and evolves a refund.
//!
//! From row to column, with the fact that is written; `=` is known and `<` an earlier rank, and both write
//! nothing. Foretold is a refund of which only returned charges are known:
//!
//! ```text
//!             in_process cancelled rejected approved
//! absent      opened     cancelled rejected approved
//! foretold    opened     cancelled rejected approved
//! in_process  =          cancelled rejected approved
//! cancelled   <          =         rejected approved
//! rejected    <          <         =        approved
//! approved    <          <         <        =
//! ```

use super::{
    ChargeReturned, Command, Event, Observation, RefundStanding, RefundTerms, ReturnedCharge, Stood,
};
use crate::currency::Currency;
use crate::ids::ChargeId;
use crate::machine::{Context, IllegalEvent, Machine};
use crate::payment::books::{AMOUNTS_MAX_MINOR, Slot};

/// The machine of refunds.
#[derive(Clone, Copy, Debug)]
pub struct Refund;

/// What is known of a refund.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// Where it stands and with which money; a charge may come back before the refund itself is told.
    pub told: Told,
    /// Approved money that is booked.
    pub booked: Slot<RefundTerms>,
    /// Charges that came back with it, by charge.
    pub returned: Vec<Return>,
}

/// How much of a refund was told.
#[derive(Clone, PartialEq, Debug)]
pub enum Told {
    /// Only charges that came back with it.
    Foretold,
    /// The refund itself.
    Described {
        /// Where it stands.
        standing: RefundStanding,
        /// Its money.
        terms: RefundTerms,
    },
}

/// One charge that came back, with its bookings.
#[derive(Clone, PartialEq, Debug)]
pub struct Return {
    /// Which charge.
    pub charge: ChargeId,
    /// The booking that stands.
    pub booked: Slot<ReturnedCharge>,
}

/// Why a refund did not accept what it was told.
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
    /// An amount so large that sums with it could not be exact.
    #[error("{what} is out of range ({amount_minor} minor units)")]
    AmountOutOfRange {
        /// Which amount.
        what: &'static str,
        /// Its value, minor units.
        amount_minor: i64,
    },
    /// The same refund in another currency.
    #[error("told in {told}, but known in {known}")]
    CurrencyConflict {
        /// What we knew.
        known: Currency,
        /// What we were told.
        told: Currency,
    },
}

impl Refusal {
    /// A stable word for the verdict.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NegativeAmount { .. } => "negative_amount",
            Self::AmountOutOfRange { .. } => "amount_out_of_range",
            Self::CurrencyConflict { .. } => "currency_conflict",
        }
    }
}

impl Machine for Refund {
    const TYPE: &'static str = "refund";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn decide(
        state: Option<&State>,
        command: Command,
        _context: &Context<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Observe(Observation::Described { standing, terms }) => describe(state, standing, terms),
            Command::Observe(Observation::ChargeReturned(returned)) => return_charge(state, returned),
        }
    }

    fn evolve(state: Option<State>, event: &Event) -> Result<State, IllegalEvent> {
        let name = state.as_ref().map_or("absent", State::name);
        let illegal = IllegalEvent { event: crate::event::Event::name(event), state: name };
        let mut state = state.unwrap_or_else(State::foretold);
        let unbooked = state.booked.standing.is_none();
        match event {
            Event::Opened(e) if unbooked => state.stand(RefundStanding::InProcess, &e.terms),
            Event::Cancelled(e) if unbooked => state.stand(RefundStanding::Cancelled, &e.terms),
            Event::Rejected(e) if unbooked => state.stand(RefundStanding::Rejected, &e.terms),
            Event::Approved(e) if unbooked => {
                state.stand(RefundStanding::Approved, &e.terms);
                state.booked.book(e.terms.clone());
            }
            Event::Reversed(e) if state.booked.standing.as_ref() == Some(&e.terms) => {
                state.booked.standing = None;
            }
            Event::ChargeReturned(e) if state.returned(&e.returned.charge).is_none() => {
                state.slot(&e.returned.charge).book(e.returned.clone());
            }
            Event::ChargeReturnReversed(e) if state.returned(&e.returned.charge) == Some(&e.returned) => {
                state.slot(&e.returned.charge).standing = None;
            }
            _ => return Err(illegal),
        }
        Ok(state)
    }
}

impl State {
    fn foretold() -> Self {
        Self { told: Told::Foretold, booked: Slot::default(), returned: Vec::new() }
    }

    /// The name of the state, as errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match &self.told {
            Told::Foretold => "foretold",
            Told::Described { standing, .. } => standing.name(),
        }
    }

    /// The return of a charge that stands in the books.
    #[must_use]
    pub fn returned(&self, charge: &ChargeId) -> Option<&ReturnedCharge> {
        let known = self.returned.iter().find(|known| known.charge == *charge)?;
        known.booked.standing.as_ref()
    }

    fn stand(&mut self, standing: RefundStanding, terms: &RefundTerms) {
        self.told = Told::Described { standing, terms: terms.clone() };
    }

    fn slot(&mut self, charge: &ChargeId) -> &mut Slot<ReturnedCharge> {
        let at = match self.returned.binary_search_by(|known| known.charge.cmp(charge)) {
            Ok(at) => at,
            Err(at) => {
                self.returned.insert(at, Return { charge: charge.clone(), booked: Slot::default() });
                at
            }
        };
        &mut self.returned[at].booked
    }

    fn currency(&self) -> Option<Currency> {
        match &self.told {
            Told::Described { terms, .. } => Some(terms.currency),
            Told::Foretold => {
                let standing = self.returned.iter().find_map(|known| known.booked.standing.as_ref());
                standing.map(|returned| returned.currency)
            }
        }
    }
}

impl RefundStanding {
    /// The name of the standing.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InProcess => "in_process",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Approved => "approved",
        }
    }
}

fn describe(
    state: Option<&State>,
    standing: RefundStanding,
    terms: RefundTerms,
) -> Result<Vec<Event>, Refusal> {
    check(state, "the refund", terms.amount_minor, terms.currency)?;
    let made = state.map_or(0, |state| state.booked.made);
    let stood = Stood { at: terms.made_at, terms: terms.clone(), ordinal: made };
    let mut events = Vec::new();
    if let Some(State { told: Told::Described { standing: known, terms: money }, booked, .. }) = state {
        // Without a time of its last change, the further standing is the newer, then the greater content.
        if (standing, &terms) <= (*known, money) {
            return Ok(events);
        }
        if let Some(former) = &booked.standing {
            let (at, ordinal) = (former.made_at, made - 1);
            events.push(Event::Reversed(Stood { at, terms: former.clone(), ordinal }));
        }
    }
    events.push(match standing {
        RefundStanding::InProcess => Event::Opened(stood),
        RefundStanding::Cancelled => Event::Cancelled(stood),
        RefundStanding::Rejected => Event::Rejected(stood),
        RefundStanding::Approved => Event::Approved(stood),
    });
    Ok(events)
}

fn return_charge(state: Option<&State>, returned: ReturnedCharge) -> Result<Vec<Event>, Refusal> {
    check(state, "a returned charge", returned.amount_minor, returned.currency)?;
    let known = state.and_then(|state| state.returned.iter().find(|k| k.charge == returned.charge));
    let made = known.map_or(0, |known| known.booked.made);
    let mut events = Vec::new();
    if let Some(former) = known.and_then(|known| known.booked.standing.as_ref()) {
        // What comes back of one charge with one refund is cumulative: only more is news.
        if (returned.amount_minor, &returned) <= (former.amount_minor, former) {
            return Ok(events);
        }
        events.push(Event::ChargeReturnReversed(ChargeReturned {
            at: former.returned_at,
            ordinal: made - 1,
            returned: former.clone(),
        }));
    }
    events.push(Event::ChargeReturned(ChargeReturned { at: returned.returned_at, ordinal: made, returned }));
    Ok(events)
}

fn check(
    state: Option<&State>,
    what: &'static str,
    amount_minor: i64,
    told: Currency,
) -> Result<(), Refusal> {
    if amount_minor < 0 {
        return Err(Refusal::NegativeAmount { what, amount_minor });
    }
    if amount_minor > AMOUNTS_MAX_MINOR {
        return Err(Refusal::AmountOutOfRange { what, amount_minor });
    }
    match state.and_then(State::currency) {
        Some(known) if known != told => Err(Refusal::CurrencyConflict { known, told }),
        _ => Ok(()),
    }
}
