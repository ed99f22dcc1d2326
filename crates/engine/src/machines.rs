//! All machines behind one door: a state of any kind, and one step of it.

use domain::event::Event;
use domain::fact::Fact;
use domain::machine::{Context, IllegalEvent, Machine};
use domain::observation::Observation;
use domain::stream::StreamKind;
use domain::text::Text;
use domain::{chargeback, intent, movement, obligation, payment, plan, preapproval, refund};

/// A state of one of the machines.
#[derive(Clone, PartialEq, Debug)]
#[expect(clippy::large_enum_variant, reason = "moved a few times a delivery; a box would allocate each time")]
pub enum AnyState {
    /// Of an in-person charge request.
    Intent(intent::state::State),
    /// Of a payment.
    Payment(payment::state::State),
    /// Of a refund.
    Refund(refund::machine::State),
    /// Of a plan.
    Plan(plan::machine::State),
    /// Of a subscription.
    Preapproval(preapproval::state::State),
    /// Of a chargeback case.
    Chargeback(chargeback::machine::State),
    /// Of a movement.
    Movement(movement::machine::State),
    /// Of something that is owed.
    Obligation(obligation::state::State),
}

/// A refusal of any machine: the stable word and the sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Stable word.
    pub reason: Text,
    /// A sentence for a person.
    pub detail: Text,
}

/// A machine that knows its place among the others.
pub trait Kind: Machine {
    /// Its kind of stream.
    const KIND: StreamKind;
    /// Its state as a state of any kind.
    fn wrap(state: Self::State) -> AnyState;
    /// A state of any kind as its own; `None` for another machine's.
    fn unwrap(state: AnyState) -> Option<Self::State>;
    /// The same, borrowed.
    fn unwrap_ref(state: &AnyState) -> Option<&Self::State>;
    /// Its event as a fact.
    fn fact(event: Self::Event) -> Fact;
    /// A fact as its event; `None` for another machine's.
    fn event(fact: &Fact) -> Option<&Self::Event>;
    /// The stable word of a refusal.
    fn reason(refusal: &Self::Refusal) -> &'static str;
}

macro_rules! kinds {
    ($($name:ident = $machine:ty;)*) => {$(
        impl Kind for $machine {
            const KIND: StreamKind = StreamKind::$name;
            fn wrap(state: Self::State) -> AnyState {
                AnyState::$name(state)
            }
            fn unwrap(state: AnyState) -> Option<Self::State> {
                if let AnyState::$name(state) = state { Some(state) } else { None }
            }
            fn unwrap_ref(state: &AnyState) -> Option<&Self::State> {
                if let AnyState::$name(state) = state { Some(state) } else { None }
            }
            fn fact(event: Self::Event) -> Fact {
                Fact::$name(event)
            }
            fn event(fact: &Fact) -> Option<&Self::Event> {
                if let Fact::$name(event) = fact { Some(event) } else { None }
            }
            fn reason(refusal: &Self::Refusal) -> &'static str {
                refusal.reason()
            }
        }
    )*};
}

kinds! {
    Intent = intent::machine::Intent;
    Payment = payment::machine::Payment;
    Refund = refund::machine::Refund;
    Plan = plan::machine::Plan;
    Preapproval = preapproval::machine::Preapproval;
    Chargeback = chargeback::machine::Chargeback;
    Movement = movement::machine::Movement;
    Obligation = obligation::machine::Obligation;
}

/// Decides what follows from an observation.
///
/// # Errors
/// When the machine refuses it.
pub fn decide(
    state: Option<&AnyState>,
    observation: Observation,
    context: &Context<'_>,
) -> Result<Vec<Fact>, Refused> {
    match observation {
        Observation::Intent(o) => {
            order::<intent::machine::Intent>(state, intent::Command::Observe(o), context)
        }
        Observation::Payment(o) => {
            order::<payment::machine::Payment>(state, payment::Command::Observe(o), context)
        }
        Observation::Refund(o) => {
            order::<refund::machine::Refund>(state, refund::Command::Observe(o), context)
        }
        Observation::Plan(o) => order::<plan::machine::Plan>(state, plan::Command::Observe(o), context),
        Observation::Preapproval(o) => {
            order::<preapproval::machine::Preapproval>(state, preapproval::Command::Observe(o), context)
        }
        Observation::Chargeback(o) => {
            order::<chargeback::machine::Chargeback>(state, chargeback::Command::Observe(o), context)
        }
        Observation::Movement(o) => {
            order::<movement::machine::Movement>(state, movement::Command::Observe(o), context)
        }
    }
}

/// Decides what follows from a command to one machine.
///
/// # Errors
/// When the machine refuses it.
pub fn order<M: Kind>(
    state: Option<&AnyState>,
    command: M::Command,
    context: &Context<'_>,
) -> Result<Vec<Fact>, Refused> {
    let state = state.map(|s| M::unwrap_ref(s).expect("a stream holds states of its own machine only"));
    match M::decide(state, command, context) {
        Ok(events) => Ok(events.into_iter().map(M::fact).collect()),
        Err(refusal) => {
            Err(Refused { reason: M::reason(&refusal).into(), detail: refusal.to_string().into() })
        }
    }
}

/// Applies a fact to a state of its own machine.
///
/// # Errors
/// When it cannot follow.
pub fn evolve(state: Option<AnyState>, fact: &Fact) -> Result<AnyState, IllegalEvent> {
    match fact {
        Fact::Intent(event) => apply::<intent::machine::Intent>(state, event),
        Fact::Payment(event) => apply::<payment::machine::Payment>(state, event),
        Fact::Refund(event) => apply::<refund::machine::Refund>(state, event),
        Fact::Plan(event) => apply::<plan::machine::Plan>(state, event),
        Fact::Preapproval(event) => apply::<preapproval::machine::Preapproval>(state, event),
        Fact::Chargeback(event) => apply::<chargeback::machine::Chargeback>(state, event),
        Fact::Movement(event) => apply::<movement::machine::Movement>(state, event),
        Fact::Obligation(event) => apply::<obligation::machine::Obligation>(state, event),
    }
}

fn apply<M: Kind>(state: Option<AnyState>, event: &M::Event) -> Result<AnyState, IllegalEvent> {
    let own = match state {
        None => None,
        Some(any) => match M::unwrap(any) {
            Some(own) => Some(own),
            None => return Err(IllegalEvent { event: event.name(), state: "of another machine" }),
        },
    };
    M::evolve(own, event).map(M::wrap)
}
