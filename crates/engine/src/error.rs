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
    /// A stored event has a name or a version that this program does not know: a newer one wrote it.
    #[error(
        "event {sequence} of {stream} (position {position}) was written by a newer program; update this one"
    )]
    Newer {
        /// Whose history.
        stream: StreamId,
        /// Which event.
        sequence: u64,
        /// Where in the store.
        position: u64,
        /// What is not known.
        source: UnreadableEvent,
    },
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
    /// Reading or planning panicked: a fault of the program that one delivery brought to light.
    #[error("the program failed on it")]
    Panicked {
        /// What it said. May quote the delivery, so it is told where the delivery is and nowhere else.
        message: String,
    },
    /// One after the other could not be taken, and that is not the deliveries' fault.
    #[error(
        "{histories} histories in a row could not be written to, and none could in between; mend the cause, then \
         retry what was refused (`conciliar inbox list --verdict refused`)"
    )]
    Storm {
        /// How many.
        histories: usize,
        /// What was wrong with the last.
        source: Box<EngineError>,
    },
    /// A cell does not hold what this program writes there.
    #[error("the cell `{name}` cannot be read")]
    Cell {
        /// Its name.
        name: String,
        /// Why not.
        source: serde_json::Error,
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

impl EngineError {
    /// Whether the same may succeed later: the store was busy or away, or others were faster.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Contended { .. } => true,
            _ => false,
        }
    }

    /// Why it is tried again, as a word.
    pub(crate) fn why(&self) -> &'static str {
        if matches!(self, Self::Contended { .. }) { "contended" } else { "store" }
    }

    /// The reason for which a delivery that brings this about is refused; `None` when it is not the delivery's doing.
    #[must_use]
    pub fn poison(&self) -> Option<&'static str> {
        match self {
            Self::Post(_) => Some("cannot_be_posted"),
            Self::Unreadable { .. } | Self::Illegal { .. } => Some("corrupt_history"),
            Self::Panicked { .. } => Some("planning_failed"),
            Self::Store(error) => match error {
                StoreError::Corrupt { .. } => Some("corrupt_history"),
                StoreError::Overflow { .. } => Some("balance_out_of_range"),
                StoreError::RepeatedEntry { .. } => Some("repeated_entry"),
                StoreError::RepeatedMessage { .. } => Some("repeated_message"),
                StoreError::UnknownDelivery { .. } => Some("unknown_delivery"),
                StoreError::Unstorable { .. } => Some("cannot_be_stored"),
                _ => None,
            },
            Self::Newer { .. }
            | Self::Contended { .. }
            | Self::Storm { .. }
            | Self::Cell { .. }
            | Self::NoSuchDelivery { .. }
            | Self::BodyGone { .. } => None,
        }
    }

    /// Whether the program or the store is at fault, and not the delivery that brings it about.
    pub(crate) fn is_ours(&self) -> bool {
        match self {
            Self::Post(_) | Self::Unreadable { .. } | Self::Illegal { .. } | Self::Panicked { .. } => true,
            Self::Store(error) => matches!(
                error,
                StoreError::Corrupt { .. }
                    | StoreError::RepeatedEntry { .. }
                    | StoreError::RepeatedMessage { .. }
                    | StoreError::UnknownDelivery { .. }
            ),
            _ => false,
        }
    }
}
