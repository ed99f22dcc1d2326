//! What became of orders, and why some wait.

use client::call::Method;
use client::error::ClientError;
use domain::ids::SellerId;
use domain::money::MoneyError;
use domain::stream::StreamId;
use domain::text::Text;

use crate::errand::Errand;
use crate::error::EngineError;
use crate::execute::ExecuteError;

/// Orders that wait and are told one by one; a seller whose access ended may have any number.
const MOST_TOLD: usize = 10_000;

/// What became of an order.
#[derive(Debug)]
pub enum Became {
    /// The provider did it, and the books know.
    Done,
    /// A terminal was asked to, and may finish a payment first: only later news tell whether it obeyed.
    Asked,
    /// The provider refused it; it will not be sent again.
    Refused {
        /// Its code, or the HTTP status where it named none.
        code: Text,
    },
    /// It is tried again.
    Waiting(Why),
}

/// An order that was looked after.
#[derive(Debug)]
pub struct Followed {
    /// What it is about.
    pub stream: StreamId,
    /// Its name; the key of its message where that cannot be read.
    pub request: Text,
    /// What is sent; `None` where the message cannot be read, or it had ended before.
    pub errand: Option<Errand>,
    /// What became of it.
    pub became: Became,
}

/// What became of all orders that were open, each in the order in which they were given.
#[derive(Debug, Default)]
pub struct Dispatched {
    /// Those that the provider did.
    pub done: Vec<Followed>,
    /// Those that it refused.
    pub refused: Vec<Followed>,
    /// Those that wait, the first of them.
    pub waiting: Vec<Followed>,
    /// How many more wait.
    pub more_waiting: u64,
}

/// How many orders ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ended {
    /// Those that the provider did.
    pub done: u64,
    /// Those that it refused.
    pub refused: u64,
}

/// Why an order waits.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// Orders about one thing are sent one after the other.
    #[error("an earlier order about the same thing waits")]
    Behind,
    /// Whose orders are not sent.
    #[error("seller {seller} is not configured")]
    Stranger {
        /// Who.
        seller: SellerId,
    },
    /// Another order of the seller has just found out.
    #[error("there is no access to the account of seller {seller}")]
    Away {
        /// Who.
        seller: SellerId,
    },
    /// It was tried a moment ago.
    #[error("it was tried a moment ago, and is tried again after a pause")]
    Paused,
    /// It is not to be sent yet.
    #[error("another person has not approved it")]
    Held,
    /// The books refused what the provider says.
    #[error("what the provider says of it was not taken in; `conciliar inbox show {key}` says why")]
    NotTaken {
        /// The key of the delivery.
        key: Text,
    },
    /// The provider told of something else than was asked for.
    #[error("the provider told of {told} instead")]
    Elsewhere {
        /// Of what.
        told: StreamId,
    },
    /// Accepted, and no statement shows it.
    #[error("the provider accepted it, and does not show it yet")]
    NotShown,
    /// Refused because of where the payment stands, and shown where it would be possible.
    #[error("the provider refused it with {code}, and shows a payment that allows it")]
    Contradicted {
        /// The code of the refusal.
        code: Text,
    },
    /// The provider did it before, and nobody can tell which of its refunds it is.
    #[error("the provider did it before, and none of the payment's refunds can be told to be it")]
    NoRefund,
    /// A newer program wrote it, or it is damaged.
    #[error("message {key} of the outbox cannot be read")]
    Unreadable {
        /// The key of the message.
        key: Text,
        /// Why not.
        source: serde_json::Error,
    },
    /// An answer that is not what its call documents.
    #[error("what the provider answered cannot be read")]
    Garbled(#[source] serde_json::Error),
    /// The amount of a message is none.
    #[error("the amount cannot be read")]
    Amount(#[from] MoneyError),
    /// A message without its fact.
    #[error("{stream} knows no order of this name")]
    Unknown {
        /// What it is about.
        stream: StreamId,
    },
    /// The provider could not be asked, or did not answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store failed, or a history is corrupt.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// What became of it could not be written.
    #[error("what became of it could not be written")]
    NotWritten(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Dispatched {
    pub(super) fn add(&mut self, followed: Followed) {
        match followed.became {
            Became::Done | Became::Asked => self.done.push(followed),
            Became::Refused { .. } => self.refused.push(followed),
            Became::Waiting(_) if self.waiting.len() < MOST_TOLD => self.waiting.push(followed),
            Became::Waiting(_) => self.more_waiting += 1,
        }
    }
}

impl Ended {
    pub(super) fn count(&mut self, became: &Became) {
        match became {
            Became::Done | Became::Asked => self.done += 1,
            Became::Refused { .. } => self.refused += 1,
            Became::Waiting(_) => {}
        }
    }
}

impl<R: std::error::Error + Send + Sync + 'static> From<ExecuteError<R>> for Why {
    fn from(error: ExecuteError<R>) -> Self {
        Self::NotWritten(match error {
            ExecuteError::Refused(refusal) => Box::new(refusal),
            ExecuteError::Illegal(source) => Box::new(source),
            ExecuteError::Failed(source) => source,
        })
    }
}

impl Why {
    /// Whether every order of the seller meets it: nobody may act for it, there is no token, or the provider refuses it
    /// whoever asks. Who may look and not change is refused one order, and others may be of another kind.
    pub(super) fn is_of_seller(&self) -> bool {
        match self {
            Self::Stranger { .. } | Self::Away { .. } | Self::Client(ClientError::Vault { .. }) => true,
            Self::Client(ClientError::Unauthorized(refusal)) => refusal.endpoint.method == Method::GET,
            _ => false,
        }
    }
}
