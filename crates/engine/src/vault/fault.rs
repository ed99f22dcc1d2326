//! What can go wrong with a link, told apart by what can be done about it.

use client::client::SetupError;
use client::error::ClientError;
use client::vault::VaultError;
use domain::ids::SellerId;
use store::store::StoreError;

use super::cause::Cause;
use super::chance::NoChance;
use super::seal::{KeyError, SealError};
use crate::config::auth::place::PlaceError;

/// Why the vault cannot do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Nobody has linked the seller.
    #[error(
        "the account of seller {seller} is not linked; `conciliar auth login --seller {seller}` links it"
    )]
    Unlinked {
        /// Who.
        seller: SellerId,
    },
    /// The link has ended.
    #[error("the link to the account of seller {seller} has ended: {}", cause.told())]
    Ended {
        /// Whose.
        seller: SellerId,
        /// Why.
        cause: Cause,
    },
    /// The token does not hold and its renewal has just failed.
    #[error("the token of seller {seller} cannot be renewed now: {}", cause.told())]
    Paused {
        /// Whose.
        seller: SellerId,
        /// Why.
        cause: Cause,
    },
    /// The provider refuses a token that was issued a moment ago, and would refuse the next.
    #[error("the provider refuses a token of seller {seller} that is new")]
    TooNew {
        /// Whose.
        seller: SellerId,
    },
    /// The link has no refresh token.
    #[error(
        "nothing renews the link to the account of seller {seller}; \
         `conciliar auth login --seller {seller}` makes a new one"
    )]
    NotRenewable {
        /// Whose.
        seller: SellerId,
    },
    /// The configuration does not name the application.
    #[error("there is no application {id}; write [auth.applications.{id}] into the configuration")]
    NoApplication {
        /// Which.
        id: String,
    },
    /// The provider granted access to another account.
    #[error("access was granted to the account of seller {found}, not of {seller}; nothing is kept")]
    OtherSeller {
        /// Who was asked for.
        seller: SellerId,
        /// Whose account it is.
        found: String,
    },
    /// Others write to the link, again and again.
    #[error("others keep changing the link to the account of seller {seller}")]
    Contended {
        /// Whose.
        seller: SellerId,
    },
    /// The keys of the vault are no keys.
    #[error("the keys of the vault cannot be used")]
    Keys(#[from] KeyError),
    /// A secret cannot be read where it should be.
    #[error("a secret is not where the configuration says")]
    Place(#[from] PlaceError),
    /// What is kept does not open.
    #[error(
        "the link to the account of seller {seller} cannot be opened; put its key where auth.keys says, or make a new \
         one after `conciliar auth forget --seller {seller}`"
    )]
    Sealed {
        /// Whose.
        seller: SellerId,
        /// Why.
        source: SealError,
    },
    /// What was opened is no link: another program wrote it.
    #[error("the link to the account of seller {seller} has an unknown form (column {column})")]
    Unreadable {
        /// Whose.
        seller: SellerId,
        /// Where in it. Its content is not told.
        column: usize,
    },
    /// The system gives no randomness.
    #[error("nothing can be sealed")]
    Chance(#[from] NoChance),
    /// The store did not answer.
    #[error("the links cannot be reached")]
    Store(#[from] StoreError),
    /// The provider cannot be called with this configuration.
    #[error("the provider cannot be called")]
    Setup(#[from] SetupError),
    /// The provider gave no access.
    #[error("the provider gives no access")]
    Provider(#[source] Box<ClientError>),
    /// A part of this program failed.
    #[error("a renewal has failed in this program")]
    Failed(#[source] tokio::task::JoinError),
}

impl Fault {
    /// Whether the same can succeed later without a person.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Provider(error) => error.is_transient(),
            Self::Contended { .. } | Self::Paused { cause: Cause::Unavailable, .. } => true,
            _ => false,
        }
    }
}

/// As the client tells it.
impl From<Fault> for VaultError {
    fn from(fault: Fault) -> Self {
        if fault.is_transient() {
            return Self::Unavailable(Box::new(fault));
        }
        match fault {
            Fault::Unlinked { seller } => Self::Unlinked { seller },
            Fault::Ended { seller, cause } => Self::Ended { seller, cause: cause.told() },
            Fault::Paused { seller, cause } => Self::Refused { seller, cause: cause.told() },
            Fault::TooNew { seller } => {
                Self::Refused { seller, cause: "the provider refuses a token that is new" }
            }
            fault => Self::Broken(Box::new(fault)),
        }
    }
}
