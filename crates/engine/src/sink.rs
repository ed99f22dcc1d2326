//! Where deliveries go that were just received: to the broker, or straight into the store.
//!
//! Whoever receives something (a webhook, an answer of the provider, a page of a search) gives it to a [`Sink`] and
//! may tell the sender that it is safe when the call returns. A sink decides nothing about what it takes.

use std::sync::Arc;

use ::broker::error::BrokerError;
use async_trait::async_trait;
use domain::text::Text;

use crate::error::EngineError;
use crate::item::Item;
use crate::publish::MOST_BODY_BYTES;

pub mod broker;
mod counter;
pub mod store;

/// Takes deliveries and keeps them.
///
/// Calls may run beside each other, and what waits at the same time is made durable together.
#[async_trait]
pub trait Sink: Send + Sync {
    /// Takes new deliveries, and returns when they are durable. A notification that only points at a resource goes to
    /// whoever fetches it; everything else goes on to be applied.
    ///
    /// # Errors
    /// [`SinkError`]: some or all are not known to be durable. The same may be given again without harm.
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError>;

    /// Takes deliveries that need no fetching any more, notifications too, and returns when they are durable: all
    /// go on to be applied, in their order.
    ///
    /// # Errors
    /// As [`Sink::accept`].
    async fn hand_on(&self, items: Vec<Item>) -> Result<(), SinkError>;
}

/// Why deliveries are not known to be durable.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SinkError {
    /// A body is too large to travel; nothing of the call was sent.
    #[error("{origin} has {length} bytes, more than the {MOST_BODY_BYTES} that are published")]
    TooLarge {
        /// Where it came from.
        origin: Text,
        /// Its length, bytes.
        length: usize,
    },
    /// There is no connection to the broker at the moment.
    #[error("the broker is away")]
    Away,
    /// The broker did not confirm them.
    #[error("the broker did not confirm them")]
    Unconfirmed {
        /// Why; shared by all that were sent together.
        source: Arc<BrokerError>,
    },
    /// More waits than is kept in memory.
    #[error("too many deliveries wait")]
    Full,
    /// They were not durable in time; they may become so all the same.
    #[error("no answer in {seconds} s")]
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// The store did not take them.
    #[error("the store did not take them")]
    Store {
        /// Why; shared by all that were committed together.
        source: Arc<EngineError>,
    },
    /// The sink has stopped.
    #[error("the program is stopping")]
    Stopped,
}

impl SinkError {
    /// Whether the same can succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::TooLarge { .. } => false,
            Self::Away | Self::Full | Self::TimedOut { .. } | Self::Stopped => true,
            Self::Unconfirmed { source } => source.is_transient(),
            Self::Store { source } => source.is_transient(),
        }
    }
}
