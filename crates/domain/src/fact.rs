//! A fact of any machine: what is stored, posted and replayed.

use crate::event::{Event, UnreadableEvent};
use crate::machine::Instant;
use crate::stream::StreamKind;
use crate::{chargeback, intent, movement, obligation, payment, plan, preapproval, refund};

/// An event of one of the machines.
#[derive(Clone, PartialEq, Debug)]
pub enum Fact {
    /// Of an in-person charge request.
    Intent(intent::Event),
    /// Of a payment.
    Payment(payment::Event),
    /// Of a refund.
    Refund(refund::Event),
    /// Of a plan.
    Plan(plan::Event),
    /// Of a subscription.
    Preapproval(preapproval::Event),
    /// Of a chargeback case.
    Chargeback(chargeback::Event),
    /// Of a movement.
    Movement(movement::Event),
    /// Of something that is owed.
    Obligation(obligation::Event),
}

macro_rules! each {
    ($fact:expr, $event:ident => $body:expr) => {
        match $fact {
            Fact::Intent($event) => $body,
            Fact::Payment($event) => $body,
            Fact::Refund($event) => $body,
            Fact::Plan($event) => $body,
            Fact::Preapproval($event) => $body,
            Fact::Chargeback($event) => $body,
            Fact::Movement($event) => $body,
            Fact::Obligation($event) => $body,
        }
    };
}

impl Fact {
    /// The stored name, such as `payment.approved`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        each!(self, event => event.name())
    }

    /// Version of the payload's shape.
    #[must_use]
    pub fn version(&self) -> u16 {
        each!(self, event => event.version())
    }

    /// When it happened in the business.
    #[must_use]
    pub fn occurred_at(&self) -> Instant {
        each!(self, event => event.occurred_at())
    }

    /// The payload as the exact text that is stored and hashed.
    #[must_use]
    pub fn payload(&self) -> String {
        each!(self, event => event.payload())
    }

    /// Reads a stored event.
    ///
    /// # Errors
    /// When the name or version is unknown for this kind of stream, or the payload does not fit.
    pub fn from_stored(
        kind: StreamKind,
        name: &str,
        version: u16,
        payload: &str,
    ) -> Result<Self, UnreadableEvent> {
        match kind {
            StreamKind::Intent => intent::Event::from_payload(name, version, payload).map(Self::Intent),
            StreamKind::Payment => payment::Event::from_payload(name, version, payload).map(Self::Payment),
            StreamKind::Refund => refund::Event::from_payload(name, version, payload).map(Self::Refund),
            StreamKind::Plan => plan::Event::from_payload(name, version, payload).map(Self::Plan),
            StreamKind::Preapproval => {
                preapproval::Event::from_payload(name, version, payload).map(Self::Preapproval)
            }
            StreamKind::Chargeback => {
                chargeback::Event::from_payload(name, version, payload).map(Self::Chargeback)
            }
            StreamKind::Movement => movement::Event::from_payload(name, version, payload).map(Self::Movement),
            StreamKind::Obligation => {
                obligation::Event::from_payload(name, version, payload).map(Self::Obligation)
            }
        }
    }
}
