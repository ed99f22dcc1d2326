//! The vault: the tokens of sellers, sealed in cells of the store, renewed before they run out.
//!
//! A refresh token holds once, so a renewal is claimed by a comparison of versions on the cell that holds the tokens:
//! of all processes on a store one asks the provider, and the new tokens are kept before anybody uses them. Nothing
//! of a token is ever logged or told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use chrono::TimeDelta;
use client::client::{Client, Options};
use client::vault::{AccessToken, Fixed, TokenVault, VaultError};
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;
use metrics::describe_counter;
use store::store::Store;

use crate::clock::Clock;
use crate::config::auth::Auth;
use crate::look::chain;
use cells::Cells;
use fault::Fault;
use link::{Link, Look};

pub mod cause;
pub mod chance;
pub mod fault;
pub mod link;
pub mod login;
pub mod orders;
pub mod seal;
pub mod settle;
pub mod shown;

mod cells;
mod provider;
mod renew;
mod stored;

#[cfg(test)]
mod samples;

/// How long a token is used without a look at the store: so much later a process notices that a seller is unlinked.
const TRUST: TimeDelta = TimeDelta::seconds(30);

/// The vault of a store; cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    cells: Cells,
    settings: Auth,
    client: Client,
    clock: Clock,
    /// The name of this process in leases.
    me: Text,
    slots: Mutex<HashMap<SellerId, Slot>>,
}

/// What this process remembers of a seller. Who holds the lock looks, renews and remembers for all others.
type Slot = Arc<tokio::sync::Mutex<Option<Remembered>>>;

struct Remembered {
    access: AccessToken,
    until: Instant,
}

impl Vault {
    /// A vault over a store. Keys and secrets are read when they are needed.
    ///
    /// # Errors
    /// When the provider's address cannot be used, or the system has no randomness.
    pub fn new(store: Arc<dyn Store>, settings: Auth, options: Options, clock: Clock) -> Result<Self, Fault> {
        // A renewal must have ended, with both secrets of a rotation, before its lease does. It is tried again by lease.
        let within = settings.lease().to_std().unwrap_or_default() / 3;
        let options = Options { timeout: options.timeout.min(within), retries: 0, ..options };
        // Requests for tokens carry no token.
        let client = Client::new(options, Arc::new(Fixed::new("")))?;
        let me = u64::from_be_bytes(chance::bytes()?);
        let cells = Cells::new(store, settings.keys.clone());
        describe_counter!("conciliar_vault_renewals_total", "Renewals of tokens by outcome");
        let me = format!("{me:016x}").into();
        Ok(Self(Arc::new(Inner { cells, settings, client, clock, me, slots: Mutex::default() })))
    }

    fn slot(&self, seller: &SellerId) -> Slot {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(seller.clone()).or_default())
    }

    /// A token that holds now, renewed first when it is due. Goes on to its end when the caller goes away: an answer
    /// of the provider that nobody keeps would be lost for good.
    async fn obtain(&self, seller: &SellerId) -> Result<AccessToken, Fault> {
        let mut slot = self.slot(seller).lock_owned().await;
        let now = self.0.clock.now();
        if let Some(remembered) = slot.as_ref().filter(|remembered| now < remembered.until) {
            return Ok(remembered.access.clone());
        }
        let (inner, seller) = (Arc::clone(&self.0), seller.clone());
        let obtained = tokio::spawn(async move {
            *slot = None;
            let (access, until) = inner.current(&seller).await?;
            let trusted = inner.clock.now() + TRUST;
            let until = until.map_or(trusted, |until| until.min(trusted));
            *slot = Some(Remembered { access: access.clone(), until });
            Ok(access)
        });
        obtained.await.map_err(Fault::Failed)?
    }
}

impl Inner {
    /// The token of a seller as the store has it, and until when it holds; renewed first when it is due.
    async fn current(&self, seller: &SellerId) -> Result<(AccessToken, Option<Instant>), Fault> {
        for _ in 0..renew::most_looks(&self.settings) {
            let (version, link) = self.linked_cell(seller).await?;
            let now = self.clock.now();
            match link.look(&self.settings, now) {
                Look::Usable { access, until } => return Ok((access, until)),
                Look::Due(old) => match (self.renew(seller, version, &link).await, old) {
                    (Ok(()), _) => {}
                    (Err(fault), Some(access)) => {
                        let error = chain(&fault);
                        tracing::warn!(seller.id = %seller, error, "a token is not renewed; it still holds");
                        return Ok((access, None));
                    }
                    (Err(fault), None) => return Err(fault),
                },
                Look::Wait => tokio::time::sleep(renew::LOOK).await,
                Look::Paused(cause) => return Err(Fault::Paused { seller: seller.clone(), cause }),
                Look::Ended(cause) => return Err(Fault::Ended { seller: seller.clone(), cause }),
                Look::Over(cause) => {
                    let _kept = self.cells.put(seller, Some(version), &link.ended(cause, now), now).await?;
                }
            }
        }
        Err(Fault::Contended { seller: seller.clone() })
    }

    /// The link of a seller who must have one, with the version of its cell.
    async fn linked_cell(&self, seller: &SellerId) -> Result<(u64, Link), Fault> {
        let found = self.cells.load(seller).await?;
        let link = found.and_then(|found| Some((found.version, found.link?)));
        link.ok_or_else(|| Fault::Unlinked { seller: seller.clone() })
    }
}

#[async_trait]
impl TokenVault for Vault {
    async fn token(&self, seller: &SellerId) -> Result<AccessToken, VaultError> {
        Ok(self.obtain(seller).await?)
    }

    async fn rejected(&self, seller: &SellerId, token: &AccessToken) -> Result<(), VaultError> {
        self.reject(seller, token).await?;
        Ok(self.obtain(seller).await.map(|_| ())?)
    }
}
