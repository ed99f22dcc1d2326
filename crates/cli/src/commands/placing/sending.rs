//! Sends an order at once instead of leaving it to the relay, and says what became of it.

use domain::ids::PaymentId;
use domain::payment::Stage;
use domain::text::Text;
use engine::act::Placed;
use engine::dispatch::{Became, Dispatcher, Why};

use super::Clerk;
use crate::provider::{Provider, explained};

/// How far an order is, for the person who waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Carried out.
    Done,
    /// To be sent, by somebody else.
    Open,
    /// A second person must approve it.
    Held,
    /// The second person said no.
    Declined { actor: Text, reason: Text },
    /// The provider said no.
    Refused { code: Text },
    /// It was to be sent at once, and nobody knows the end of it yet.
    Waiting { why: Option<String> },
}

impl Fate {
    pub fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Held => Self::Held,
            Stage::Open => Self::Open,
            Stage::Done { .. } => Self::Done,
            Stage::Refused { code } => Self::Refused { code: code.clone() },
            Stage::Declined { actor, reason } => {
                Self::Declined { actor: actor.clone(), reason: reason.clone() }
            }
        }
    }

    /// The same once the books are read again: what was carried out may have come to nothing.
    pub fn after(self, placed: &Placed) -> Self {
        if self == Self::Done { Self::of(&placed.stage()) } else { self }
    }
}

/// Sends what one clerk ordered.
pub struct Sender(Dispatcher);

impl Sender {
    /// With the token of the clerk's account. Made before anything is written, so that what is missing is told first.
    pub fn of(clerk: &Clerk<'_>) -> anyhow::Result<Self> {
        let provider = Provider::beside(clerk.app, clerk.account, &clerk.store)?;
        let desk = clerk.acts.desk();
        let (store, config) = (desk.store.clone(), desk.config.clone());
        Ok(Self(Dispatcher::new(provider.client(), store, config, desk.clock)))
    }

    /// Sends an order that is open. What fails here leaves it open.
    pub async fn send(&self, clerk: &Clerk<'_>, payment: &PaymentId, request: &Text) -> Fate {
        match self.0.one(&clerk.acts.stream(payment), request).await {
            Ok(followed) => match followed.became {
                Became::Done | Became::Asked => Fate::Done,
                Became::Refused { code } => Fate::Refused { code },
                Became::Waiting(why) => Fate::Waiting { why: Some(told(why)) },
            },
            Err(error) => Fate::Waiting { why: Some(format!("{:#}", anyhow::Error::new(error))) },
        }
    }
}

/// Why an order waits, with what to do about it.
fn told(why: Why) -> String {
    let next = match &why {
        Why::Away { seller } => format!("; `conciliar auth login --seller {seller}` links it"),
        _ => String::new(),
    };
    let error = match why {
        Why::Client(error) => explained(error),
        why => anyhow::Error::new(why),
    };
    format!("{error:#}{next}")
}
