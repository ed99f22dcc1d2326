//! Renewing: claimed in the store, asked of the provider, kept before anybody uses what it brought.

use std::sync::Arc;
use std::time::Duration;

use client::vault::AccessToken;
use domain::ids::SellerId;
use metrics::counter;
use tokio::time::sleep;

use super::cause::Cause;
use super::cells::Found;
use super::fault::Fault;
use super::link::{Asked, Link, Standing};
use super::provider::{self, Application};
use super::settle::Outcome;
use super::{Inner, Vault};
use crate::config::auth::Auth;

/// Between two looks at a renewal of somebody else.
pub(super) const LOOK: Duration = Duration::from_millis(100);
/// Looks beyond the life of a lease.
const FURTHER_LOOKS: usize = 20;
/// Between two tries to keep what the provider answered.
const AGAIN: Duration = Duration::from_millis(500);

/// How often a link is looked at before it is given up: long enough for the lease of somebody else to end.
pub(super) fn most_looks(settings: &Auth) -> usize {
    let lease = settings.lease().to_std().unwrap_or_default();
    usize::try_from(lease.as_millis() / LOOK.as_millis()).unwrap_or(usize::MAX).saturating_add(FURTHER_LOOKS)
}

impl Inner {
    /// Renews a link unless somebody else does. What came of it is in the store then; only what kept it from being
    /// tried or written is a fault.
    pub(super) async fn renew(&self, seller: &SellerId, version: u64, link: &Link) -> Result<(), Fault> {
        let now = self.clock.now();
        // What the configuration lacks is told before anything is claimed.
        let id = link.application.as_deref().ok_or_else(|| Fault::NotRenewable { seller: seller.clone() })?;
        let application = Application::read(&self.settings, id, now)?;
        let until = now + self.settings.lease();
        let Some((asked, claimed)) = link.claimed(&self.me, now, until) else { return Ok(()) };
        let Some(version) = self.cells.put(seller, Some(version), &claimed, now).await? else {
            return Ok(());
        };
        let outcome = provider::renew(&application, &self.client, seller, &claimed, &asked).await;
        counter!("conciliar_vault_renewals_total", "outcome" => outcome.word()).increment(1);
        tracing::info!(seller.id = %seller, outcome = outcome.word(), "the provider was asked for new tokens");
        let replaced = asked.pair.access.clone();
        let brought = matches!(outcome, Outcome::Granted { .. }).then_some(&replaced);
        let settled = claimed.settled(asked, outcome, self.clock.now());
        self.keep(seller, version, &settled, brought).await
    }

    /// Writes what a renewal came to. Tokens that it brought exist nowhere else, so a store that is away is tried
    /// until the lease ends, and whoever took the renewal for lost meanwhile is written over.
    async fn keep(
        &self,
        seller: &SellerId,
        version: u64,
        settled: &Link,
        replaced: Option<&AccessToken>,
    ) -> Result<(), Fault> {
        let lease = self.settings.lease().to_std().unwrap_or_default();
        let mut tries = lease.as_millis() / AGAIN.as_millis();
        let mut expected = version;
        loop {
            match self.put_or_find(seller, expected, settled).await {
                Ok(None) => return Ok(()),
                Ok(Some(found)) => match (replaced, found.link) {
                    (Some(replaced), Some(link)) if link.gives_way(replaced) => expected = found.version,
                    _ => return Ok(()),
                },
                Err(fault) if fault.is_transient() && tries > 0 => {
                    tries -= 1;
                    sleep(AGAIN).await;
                }
                Err(fault) => {
                    tracing::error!(seller.id = %seller, "new tokens could not be kept and are lost");
                    return Err(fault);
                }
            }
        }
    }

    /// Writes a link over a version, or answers what is there instead.
    async fn put_or_find(
        &self,
        seller: &SellerId,
        expected: u64,
        link: &Link,
    ) -> Result<Option<Found>, Fault> {
        if self.cells.put(seller, Some(expected), link, self.clock.now()).await?.is_some() {
            return Ok(None);
        }
        self.cells.load(seller).await
    }

    /// Renews a link whatever its time, or waits for whoever renews it already.
    async fn refresh(&self, seller: &SellerId) -> Result<(), Fault> {
        let mut first: Option<AccessToken> = None;
        let mut is_asked = false;
        for _ in 0..most_looks(&self.settings) {
            let (version, link) = self.linked_cell(seller).await?;
            let pair = match &link.standing {
                Standing::Ended { cause, .. } => {
                    return Err(Fault::Ended { seller: seller.clone(), cause: *cause });
                }
                Standing::Asked(asked) if self.clock.now() < asked.until => {
                    first.get_or_insert_with(|| asked.pair.access.clone());
                    sleep(LOOK).await;
                    continue;
                }
                Standing::Asked(Asked { pair, .. }) | Standing::Held(pair) => pair,
            };
            if first.get_or_insert_with(|| pair.access.clone()) != &pair.access {
                return Ok(());
            }
            if is_asked {
                let cause = link.failure.map_or(Cause::Unknown, |failure| failure.cause);
                return Err(Fault::Paused { seller: seller.clone(), cause });
            }
            if !link.is_renewable() {
                return Err(Fault::NotRenewable { seller: seller.clone() });
            }
            self.renew(seller, version, &link).await?;
            is_asked = true;
        }
        Err(Fault::Contended { seller: seller.clone() })
    }
}

impl Vault {
    /// Renews a link now, due or not. Goes on to its end when the caller goes away.
    ///
    /// # Errors
    /// When there is nothing to renew it with, or the provider gives no new tokens.
    pub async fn refresh(&self, seller: &SellerId) -> Result<(), Fault> {
        let mut slot = self.slot(seller).lock_owned().await;
        let (inner, seller) = (Arc::clone(&self.0), seller.clone());
        let refreshed = tokio::spawn(async move {
            *slot = None;
            inner.refresh(&seller).await
        });
        refreshed.await.map_err(Fault::Failed)?
    }

    /// Takes note that the provider refused a token.
    pub(super) async fn reject(&self, seller: &SellerId, token: &AccessToken) -> Result<(), Fault> {
        let mut slot = self.slot(seller).lock_owned().await;
        *slot = None;
        for _ in 0..FURTHER_LOOKS {
            let (version, link) = self.0.linked_cell(seller).await?;
            let now = self.0.clock.now();
            let Some(rejected) = link.rejected(token, now) else {
                let is_current = link.pair().is_some_and(|pair| pair.access == *token);
                return if is_current { Err(Fault::TooNew { seller: seller.clone() }) } else { Ok(()) };
            };
            tracing::warn!(seller.id = %seller, "the provider refused a token");
            if self.0.cells.put(seller, Some(version), &rejected, now).await?.is_some() {
                return Ok(());
            }
        }
        Err(Fault::Contended { seller: seller.clone() })
    }
}
