//! What can stop the engine. Refused and unreadable deliveries do not: they get a verdict and the batch goes on.

use domain::event::UnreadableEvent;
use domain::machine::IllegalEvent;
use domain::stream::StreamId;
use ledger::rules::PostError;
use store::store::StoreError;

/// Why the engine stopped.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store did not answer, or is corrupt.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A stored event cannot be read.
    #[error("event {sequence} of {stream} (position {position}) cannot be read")]
    Unreadable {
        /// Whose history.
        stream: StreamId,
        /// Which event.
        sequence: u64,
        /// Where in the store.
        position: u64,
        /// Why.
        source: UnreadableEvent,
    },
    /// A stored event cannot follow the one before it.
    #[error("event {sequence} of {stream} (position {position}) cannot follow")]
    Illegal {
        /// Whose history.
        stream: StreamId,
        /// Which event.
        sequence: u64,
        /// Where in the store.
        position: u64,
        /// Why.
        source: IllegalEvent,
    },
    /// A fact cannot be posted.
    #[error("a fact cannot be posted")]
    Post(#[from] PostError),
    /// Others wrote to the same streams again and again.
    #[error("gave up after {attempts} attempts: others keep writing to the same streams")]
    Contended {
        /// How often it was planned.
        attempts: u32,
    },
    /// An inbox key that does not exist.
    #[error("there is no delivery `{key}` in the inbox; `conciliar inbox list` shows them")]
    NoSuchDelivery {
        /// As it was given.
        key: String,
    },
    /// The body of a delivery is gone, so it cannot be tried again.
    #[error("the body of delivery `{key}` is not kept (purged or over 16 MiB)")]
    BodyGone {
        /// Which delivery.
        key: String,
    },
}
