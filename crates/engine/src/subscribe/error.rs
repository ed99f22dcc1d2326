//! Why an order was not given, or nobody knows what became of it.

use client::call::Endpoint;
use client::error::ClientError;
use client::invalid::Invalid;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;

use crate::error::EngineError;

/// Why an order was not given, or nobody knows what became of it.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// It breaks a rule of the provider's requests; nothing was written or sent.
    #[error("{endpoint} was not sent")]
    Invalid {
        /// The call.
        endpoint: Endpoint,
        /// The rule.
        #[source]
        source: Box<Invalid>,
    },
    /// A rule of ours refused it; nothing was sent.
    #[error("refused ({reason}): {detail}")]
    Refused {
        /// A stable word.
        reason: &'static str,
        /// A sentence for a person.
        detail: String,
    },
    /// The amount is in another currency than the subscription.
    #[error("the amount is in {asked}, and the subscription is in {known}")]
    OtherCurrency {
        /// The currency of the subscription.
        known: domain::currency::Currency,
        /// The currency of the amount.
        asked: domain::currency::Currency,
    },
    /// The name of the order belongs to another one.
    #[error("`{request}` is the name of another order (`{change}`)")]
    NameTaken {
        /// The name.
        request: Text,
        /// What the other one orders.
        change: &'static str,
    },
    /// What the provider says of the thing was not taken into the books.
    #[error("what the provider says of {thing} {id} was not taken in; `conciliar inbox show {key}` says why")]
    NotTaken {
        /// What it is.
        thing: &'static str,
        /// Its id.
        id: Text,
        /// The key of the delivery.
        key: Text,
    },
    /// The provider told of it before, and it was refused then.
    #[error("nothing is known of {stream}; what was told of it was refused")]
    Unknown {
        /// Its history.
        stream: StreamId,
    },
    /// It was sent once, and nobody knows whether it was made.
    #[error("{thing} was sent under this key at {at} by {actor}, and nobody knows whether it was made")]
    InDoubt {
        /// What it is.
        thing: &'static str,
        /// When.
        at: Instant,
        /// Who.
        actor: Text,
        /// Why it is not known, when this try found out.
        #[source]
        source: Option<ClientError>,
    },
    /// The key belongs to something else that was sent.
    #[error("another {thing} was sent under this key at {at} by {actor}")]
    KeyTaken {
        /// What it is.
        thing: &'static str,
        /// When.
        at: Instant,
        /// Who.
        actor: Text,
    },
    /// Another run sent it a moment ago.
    #[error("{thing} was sent under this key at {at} by {actor}, and its answer may still be on its way")]
    UnderWay {
        /// What it is.
        thing: &'static str,
        /// When.
        at: Instant,
        /// Who.
        actor: Text,
        /// When it is over for certain.
        until: Instant,
    },
    /// It was made, and what the provider says of it was not taken in.
    #[error("{thing} {id} was made, but the books do not know it yet")]
    NotSeen {
        /// What it is.
        thing: &'static str,
        /// Its id.
        id: Text,
        /// Why not.
        source: Box<OrderError>,
    },
    /// It was sent, and what became of it was not written.
    #[error("order {request} was sent, but what became of it could not be written")]
    NotSettled {
        /// The name of the order.
        request: Text,
        /// Why not.
        source: Box<OrderError>,
    },
    /// It was made, and that could not be noted.
    #[error("{thing} {id} was made, but that could not be noted; do not send it again")]
    NotNoted {
        /// What it is.
        thing: &'static str,
        /// Its id.
        id: Text,
        /// Why not.
        #[source]
        source: EngineError,
    },
    /// Others wrote to the same history again and again.
    #[error("gave up after {attempts} attempts: others keep writing to the same history")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The provider could not be asked, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The history could not be read or written.
    #[error("the order could not be written")]
    Failed {
        /// Why not.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
