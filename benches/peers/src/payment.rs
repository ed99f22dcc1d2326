//! A payment as the stock framework would keep it: the facts that a merchant's back office writes for a card payment,
//! in the shape and size of ours.

use std::convert::Infallible;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

/// The state: what is needed to decide the next step, and the last statement.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Payment {
    said: Option<Said>,
    terms: Option<Terms>,
    refunded_minor: i64,
}

/// What one statement of the provider adds to the history.
#[derive(Debug)]
pub struct Command(pub Vec<Event>);

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Event {
    /// First heard of.
    Opened { at: String, said: Said, known_words: bool, terms: Terms, profile: Profile },
    /// Held for review.
    PlacedInReview { at: String, said: Said, known_words: bool },
    /// Paid.
    Approved { at: String, said: Said, known_words: bool, sale: Sale },
    /// Described anew.
    Redescribed { at: String, profile: Profile, terms: Terms },
    /// Said again, later.
    Reaffirmed { at: String, said: Said, known_words: bool },
    /// A refund became known.
    RefundNamed { at: String, mention: Mention },
    /// What is refunded in all.
    RefundsAccumulated { at: String, total_minor: i64 },
    /// Given back.
    Refunded { at: String, terms: RefundTerms, ordinal: u32 },
}

/// A statement of the provider.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Said {
    pub updated_at: String,
    pub status: String,
    pub detail: String,
}

/// A refund as its payment tells it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Mention {
    pub refund: String,
    pub amount_minor: i64,
    pub standing: String,
}

/// A refund's amount.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundTerms {
    pub amount_minor: i64,
    pub currency: String,
    pub made_at: String,
    pub source: String,
}

/// The amounts.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Terms {
    pub currency: String,
    pub gross_minor: i64,
    pub charges: Vec<Charge>,
    pub net_minor: i64,
}

/// A charge of the provider.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Charge {
    pub id: String,
    pub kind: String,
    pub name: String,
    pub amount_minor: i64,
}

/// A sale to be booked.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sale {
    pub at: String,
    pub ordinal: u32,
    pub operation: String,
    pub terms: Terms,
}

/// What does not move money.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Profile {
    pub operation: String,
    pub reference: String,
    pub method: String,
    pub method_type: String,
    pub installments: u32,
    pub device: Option<String>,
    pub preapproval: Option<String>,
    pub created_at: String,
    pub approved_at: Option<String>,
    pub expires_at: Option<String>,
    pub release_at: Option<String>,
}

impl Event {
    /// The amount it moves, or 0.
    pub fn amount_minor(&self) -> i64 {
        match self {
            Self::Approved { sale, .. } => sale.terms.gross_minor,
            Self::Refunded { terms, .. } => -terms.amount_minor,
            Self::Opened { .. }
            | Self::PlacedInReview { .. }
            | Self::Redescribed { .. }
            | Self::Reaffirmed { .. }
            | Self::RefundNamed { .. }
            | Self::RefundsAccumulated { .. } => 0,
        }
    }
}

impl DomainEvent for Event {
    fn event_type(&self) -> String {
        let name = match self {
            Self::Opened { .. } => "payment.opened",
            Self::PlacedInReview { .. } => "payment.placed_in_review",
            Self::Approved { .. } => "payment.approved",
            Self::Redescribed { .. } => "payment.redescribed",
            Self::Reaffirmed { .. } => "payment.reaffirmed",
            Self::RefundNamed { .. } => "payment.refund_named",
            Self::RefundsAccumulated { .. } => "payment.refunds_accumulated",
            Self::Refunded { .. } => "refund.approved",
        };
        name.to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}

impl Aggregate for Payment {
    const TYPE: &'static str = "payment";
    type Command = Command;
    type Event = Event;
    type Error = Infallible;
    type Services = ();

    async fn handle(&mut self, command: Command, (): &(), sink: &EventSink<Self>) -> Result<(), Infallible> {
        for event in command.0 {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Event) {
        match event {
            Event::Opened { said, terms, .. } => (self.said, self.terms) = (Some(said), Some(terms)),
            Event::Approved { said, sale, .. } => (self.said, self.terms) = (Some(said), Some(sale.terms)),
            Event::Redescribed { terms, .. } => self.terms = Some(terms),
            Event::PlacedInReview { said, .. } | Event::Reaffirmed { said, .. } => self.said = Some(said),
            Event::RefundsAccumulated { total_minor, .. } => self.refunded_minor = total_minor,
            Event::RefundNamed { .. } | Event::Refunded { .. } => {}
        }
    }
}
