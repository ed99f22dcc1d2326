//! Why an attempt was not made, or nobody knows what became of it.

use client::call::Endpoint;
use client::error::ClientError;
use client::invalid::Invalid;
use domain::ids::PaymentId;
use domain::machine::{IllegalEvent, Instant};
use domain::obligation::machine::Refusal;
use domain::text::Text;
use mercadopago::request::payment::NoNotes;
use mercadopago::unreadable::Unreadable;

use crate::config::auth::place::PlaceError;
use crate::error::EngineError;

/// Why an attempt was not made, or nobody knows what became of it.
#[derive(Debug, thiserror::Error)]
pub enum ChargeError {
    /// It breaks a rule of the provider's requests; nothing was written or sent.
    #[error("{endpoint} was not sent")]
    Invalid {
        /// The call.
        endpoint: Endpoint,
        /// The rule.
        #[source]
        source: Box<Invalid>,
    },
    /// Nothing tells what it pays for; nothing was written or sent.
    #[error("nothing tells what it pays for: it has no reference, and payers are not told apart")]
    Unmarked,
    /// Its notes take no name; nothing was written or sent.
    #[error(transparent)]
    Notes(#[from] NoNotes),
    /// The key that payers are told apart by cannot be read; nothing was written or sent.
    #[error("guard.payer_key cannot be read")]
    PayerKey(#[from] PlaceError),
    /// The history refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The provider could not be looked at; nothing was sent.
    #[error("the provider could not be asked what it knows; nothing was sent")]
    Look(#[source] ClientError),
    /// Nobody knows what became of it.
    #[error("nobody knows what became of attempt {request}")]
    Open {
        /// Its name.
        request: Text,
        /// Why not.
        source: ClientError,
    },
    /// It is refused now, which says nothing of an earlier try that may have come through.
    #[error("attempt {request} is refused now, and nobody knows whether an earlier try of it came through")]
    Doubtful {
        /// Its name.
        request: Text,
        /// From when on another attempt is made, unless the provider shows this one.
        from: Instant,
        /// What the provider said now.
        source: ClientError,
    },
    /// A payment that the provider shows cannot be read.
    #[error("a payment that the provider shows cannot be read")]
    Unreadable(#[from] Unreadable),
    /// What the provider says of a payment was not taken into the books.
    #[error(
        "what the provider says of payment {payment} was not taken in; `conciliar inbox show {key}` says why"
    )]
    NotTaken {
        /// Its id.
        payment: PaymentId,
        /// The key of the delivery.
        key: Text,
    },
    /// It was sent and answered, and that could not be written.
    #[error("attempt {request} was sent, but what became of it could not be written")]
    NotSettled {
        /// Its name.
        request: Text,
        /// Why not.
        source: Box<ChargeError>,
    },
    /// Others wrote to the same history again and again.
    #[error("gave up after {attempts} attempts: others keep writing to the same history")]
    Contended {
        /// How often it was tried.
        attempts: u32,
    },
    /// The history is corrupt.
    #[error("the machine contradicts itself")]
    Illegal(#[from] IllegalEvent),
    /// The store failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The command could not be run.
    #[error("the command could not be run")]
    Failed {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
