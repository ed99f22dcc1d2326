//! Why a message could not be handed over.

use std::io;

use client::hook::HookError;
use domain::text::Text;

use crate::error::EngineError;

/// Why a message could not be handed over. What was handed over before is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The receiver did not take it.
    #[error("message {key} was not taken")]
    Receiver {
        /// Which message.
        key: Text,
        /// What the receiver did.
        source: HookError,
    },
    /// The file could not be written.
    #[error("message {key} could not be written to `{path}`")]
    File {
        /// Which message.
        key: Text,
        /// The file.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// Somebody holds the file.
    #[error("`{path}` is held by another program")]
    Held {
        /// The file.
        path: String,
    },
    /// The file ends in the middle of a line that we did not write.
    #[error("`{path}` does not end with a whole line, and what it ends with is not a message of ours")]
    Torn {
        /// The file.
        path: String,
    },
    /// The store failed.
    #[error("the outbox could not be worked on")]
    Store(#[from] EngineError),
    /// What is stored is no message.
    #[error("message {key} is no JSON")]
    Payload {
        /// Which message.
        key: Text,
        /// Why not.
        source: serde_json::Error,
    },
    /// There is nothing to pass over.
    #[error("message {key} does not wait: nothing does")]
    NothingWaits {
        /// As it was given.
        key: String,
    },
    /// Only the first of those that wait can be passed over.
    #[error("message {key} is not the one that waits first, which is {first}")]
    OtherFirst {
        /// As it was given.
        key: String,
        /// The one that waits first.
        first: Text,
    },
    /// Somebody else moved on meanwhile.
    #[error("another relay moved on while message {key} was passed over; look again")]
    Moved {
        /// As it was given.
        key: String,
    },
}

impl RelayError {
    /// Whether the same may succeed later without a person.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Receiver { source, .. } => !matches!(source, HookError::Refused { .. } | HookError::Key),
            Self::Held { .. } => true,
            Self::Store(error) => error.is_transient(),
            _ => false,
        }
    }
}
