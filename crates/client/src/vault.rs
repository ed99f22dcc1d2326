//! Where the client gets a seller's token, and whom it tells that one was refused.
//!
//! How tokens are kept, renewed and sealed is the vault's own matter.

use std::error::Error;
use std::fmt;

use async_trait::async_trait;
use domain::ids::SellerId;
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserialize, Deserializer};

/// A token that acts for a seller. It does not print.
#[derive(Clone)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// Wraps a token.
    #[must_use]
    pub fn new(text: impl Into<SecretString>) -> Self {
        Self(text.into())
    }

    /// The token itself, for the header of a call or for sealing.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Equal when the texts are. Both are ours, so time tells nobody anything.
impl PartialEq for AccessToken {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for AccessToken {}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken([REDACTED])")
    }
}

impl<'de> Deserialize<'de> for AccessToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Why there is no token for a seller.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// Nobody has linked the seller's account yet.
    #[error("the account of seller {seller} is not linked")]
    Unlinked {
        /// Whose token was asked for.
        seller: SellerId,
    },
    /// The link has ended: the seller must authorise again.
    #[error("the link to the account of seller {seller} has ended: {cause}")]
    Ended {
        /// Whose token it was.
        seller: SellerId,
        /// What is known of the cause.
        cause: &'static str,
    },
    /// The token cannot be renewed until a person has done something else than authorising.
    #[error("the token of seller {seller} cannot be renewed: {cause}")]
    Refused {
        /// Whose token it is.
        seller: SellerId,
        /// What is in the way.
        cause: &'static str,
    },
    /// The vault could not be asked, or the token could not be renewed now.
    #[error("the vault cannot be asked now")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// What the vault keeps cannot be opened.
    #[error("what the vault keeps cannot be opened")]
    Broken(#[source] Box<dyn Error + Send + Sync>),
}

impl VaultError {
    /// Whether asking again later can help without a person.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

/// Tokens of sellers.
#[async_trait]
pub trait TokenVault: Send + Sync {
    /// A token that should hold now; renewed first when its time is near.
    ///
    /// # Errors
    /// When there is none, or none can be had now.
    async fn token(&self, seller: &SellerId) -> Result<AccessToken, VaultError>;

    /// Takes note that the provider answered 401 to this token. The client asks for a token once more afterwards.
    ///
    /// # Errors
    /// When no other token can be had.
    async fn rejected(&self, seller: &SellerId, token: &AccessToken) -> Result<(), VaultError>;
}

/// One token for every seller, never renewed: for a merchant with one account, and for tests.
pub struct Fixed(AccessToken);

impl Fixed {
    /// A vault that knows one token.
    #[must_use]
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(AccessToken::new(token))
    }
}

#[async_trait]
impl TokenVault for Fixed {
    async fn token(&self, _seller: &SellerId) -> Result<AccessToken, VaultError> {
        Ok(self.0.clone())
    }

    async fn rejected(&self, _seller: &SellerId, _token: &AccessToken) -> Result<(), VaultError> {
        Ok(())
    }
}
