//! What all event enums share: a stored name, a version, a business time, and their bytes.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::machine::Instant;

/// A fact that can be stored: its name is explicit and never changes.
pub trait Event: Clone + PartialEq + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Every stored name, in the order of the enum.
    const NAMES: &'static [&'static str];

    /// The stored name, such as `payment.approved`.
    fn name(&self) -> &'static str;

    /// Version of the payload's shape; a change of shape is a new version plus an upcaster.
    fn version(&self) -> u16;

    /// When it happened in the business, by the best provider time known.
    fn occurred_at(&self) -> Instant;

    /// The payload as the exact text that is stored and hashed.
    fn payload(&self) -> String;

    /// Reads a stored payload.
    ///
    /// # Errors
    /// When the name or version is unknown or the payload does not fit.
    fn from_payload(name: &str, version: u16, payload: &str) -> Result<Self, UnreadableEvent>;
}

/// A stored event that this program cannot read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableEvent {
    /// No machine has an event of this name and version.
    #[error("no event is called `{name}` in version {version}")]
    Unknown {
        /// The stored name.
        name: String,
        /// The stored version.
        version: u16,
    },
    /// The payload is not what the name promises.
    #[error("payload of `{name}` does not fit its shape")]
    Payload {
        /// The stored name.
        name: String,
        /// What the decoder said.
        source: serde_json::Error,
    },
}

/// Declares an event enum: each variant wraps a payload struct that has a field `at: Instant`.
///
/// The enum's own serde form is externally tagged by the stored name; the store keeps name and payload in
/// columns of their own, through [`Event::payload`].
macro_rules! events {
    (
        $(#[$doc:meta])*
        pub enum $enum:ident { $( $(#[$vdoc:meta])* $variant:ident($payload:ty) = $name:literal, )* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $enum { $( $(#[$vdoc])* #[serde(rename = $name)] $variant($payload), )* }

        impl $crate::event::Event for $enum {
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn name(&self) -> &'static str {
                match self { $( Self::$variant(_) => $name, )* }
            }

            fn version(&self) -> u16 {
                1
            }

            fn occurred_at(&self) -> $crate::machine::Instant {
                match self { $( Self::$variant(payload) => payload.at, )* }
            }

            fn payload(&self) -> String {
                match self { $( Self::$variant(payload) => $crate::event::to_text(payload), )* }
            }

            fn from_payload(
                name: &str,
                version: u16,
                payload: &str,
            ) -> Result<Self, $crate::event::UnreadableEvent> {
                match (name, version) {
                    $( ($name, 1) => $crate::event::from_text(name, payload).map(Self::$variant), )*
                    _ => Err($crate::event::UnreadableEvent::Unknown { name: name.to_owned(), version }),
                }
            }
        }
    };
}
pub(crate) use events;

pub(crate) fn to_text<T: Serialize>(payload: &T) -> String {
    serde_json::to_string(payload).expect("event payloads have text keys and no floats, so they serialise")
}

pub(crate) fn from_text<T: DeserializeOwned>(name: &str, payload: &str) -> Result<T, UnreadableEvent> {
    serde_json::from_str(payload).map_err(|source| UnreadableEvent::Payload { name: name.to_owned(), source })
}
