//! What a delivery tells, for each machine: the output of reading the wire and the input of deciding.

use crate::stream::StreamId;
use crate::{chargeback, intent, movement, payment, plan, preapproval, refund};

/// Something told about the thing a stream is the history of.
#[derive(Clone, PartialEq, Debug)]
pub enum Observation {
    /// About an in-person charge request.
    Intent(intent::Observation),
    /// About a payment.
    Payment(payment::Observation),
    /// About a refund.
    Refund(refund::Observation),
    /// About a subscription plan.
    Plan(plan::Observation),
    /// About a subscription or one of its invoices.
    Preapproval(preapproval::Observation),
    /// About a chargeback case.
    Chargeback(chargeback::Observation),
    /// About money that only a report tells.
    Movement(movement::Row),
}

/// An observation and the stream it is about.
#[derive(Clone, PartialEq, Debug)]
pub struct Observed {
    /// Whose history.
    pub stream: StreamId,
    /// What was told.
    pub observation: Observation,
}
