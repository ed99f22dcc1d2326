//! Who is told that a seller gave, or took back, the right to act for them.

use async_trait::async_trait;
use client::vault::VaultError;
use domain::ids::SellerId;
use domain::machine::Instant;

use crate::vault::Vault;

/// Takes note of links to sellers' accounts.
#[async_trait]
pub trait Links: Send + Sync {
    /// A link was made (`authorized`) or ended, as we were told at an instant. May be told again.
    ///
    /// # Errors
    /// When it cannot be kept.
    async fn linked(&self, seller: &SellerId, authorized: bool, told_at: Instant) -> Result<(), VaultError>;
}

#[async_trait]
impl Links for Vault {
    async fn linked(&self, seller: &SellerId, authorized: bool, told_at: Instant) -> Result<(), VaultError> {
        Ok(Self::linked(self, seller, authorized, told_at).await?)
    }
}
