//! Sends calls: with the seller's token, within the seller's limit, again where that is safe.
//!
//! Decides nothing about an answer but whether it is one.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::SellerId;
use governor::clock::DefaultClock;
use url::Url;

use crate::call::Call;
use crate::client::prepared::Prepared;
use crate::client::wire::{Answered, Failed, Wire};
use crate::error::ClientError;
use crate::limits::Limits;
use crate::reply::Reply;
use crate::retry::Pauses;
use crate::vault::{AccessToken, TokenVault};

pub use crate::client::wire::SetupError;

mod meters;
mod prepared;
pub(crate) mod wire;

/// Where and how calls are sent.
#[derive(Debug, Clone)]
pub struct Options {
    /// Scheme, host and, for stand-ins, port. Plain `http` only on loopback.
    pub base: Url,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time of one try, from connecting to the last byte.
    pub timeout: Duration,
    /// Longest time of one try that brings a file.
    pub file_timeout: Duration,
    /// Longest answer in bytes.
    pub max_body_bytes: usize,
    /// Longest file in bytes; it is held in memory.
    pub max_file_bytes: usize,
    /// Further tries after the first, where they are safe.
    pub retries: usize,
    /// Shortest pause before another try; doubled with each, plus a random part of up to as much.
    pub retry_min: Duration,
    /// Where pauses stop growing; a `Retry-After` beyond it is given back instead of waited for.
    pub retry_max: Duration,
    /// Calls a second for each seller.
    pub calls_per_second: NonZeroU32,
    /// In-person reads a second for each seller.
    pub in_person_reads_per_second: NonZeroU32,
}

/// A client of the provider; cheap to clone, and all clones share connections and limits.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    options: Options,
    wire: Wire,
    limits: Limits,
    vault: Arc<dyn TokenVault>,
}

impl Client {
    /// A client; no connection is made yet. A TLS provider must be installed in the process before.
    ///
    /// # Errors
    /// When the base address would show tokens to the network, or there is no TLS provider.
    pub fn new(options: Options, vault: Arc<dyn TokenVault>) -> Result<Self, SetupError> {
        let wire = Wire::new(&options)?;
        let limits = Limits::new(
            options.calls_per_second,
            options.in_person_reads_per_second,
            DefaultClock::default(),
        );
        meters::describe();
        Ok(Self(Arc::new(Inner { options, wire, limits, vault })))
    }

    /// Sends a call for a seller.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn send<C: Call>(&self, seller: &SellerId, call: &C) -> Result<Reply<C::Answer>, ClientError> {
        self.exchange(Some(seller), call).await
    }

    /// Sends a call that carries its own credentials in its body: no token, no seller, no limit of a seller.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn send_unsigned<C: Call>(&self, call: &C) -> Result<Reply<C::Answer>, ClientError> {
        self.exchange(None, call).await
    }

    async fn exchange<C: Call>(
        &self,
        seller: Option<&SellerId>,
        call: &C,
    ) -> Result<Reply<C::Answer>, ClientError> {
        let prepared = Prepared::new(&self.0.options.base, call)
            .map_err(|broken| ClientError::Invalid { endpoint: call.endpoint(), source: Box::new(broken) })?;
        let (answered, tries) = self.0.exchange(seller, &prepared).await?;
        let Answered { status, body, request_id } = answered;
        Ok(Reply::new(prepared.endpoint, status, body, request_id, tries))
    }
}

impl Inner {
    async fn exchange(
        &self,
        seller: Option<&SellerId>,
        prepared: &Prepared,
    ) -> Result<(Answered, u32), ClientError> {
        let mut pauses = Pauses::new(&self.options, &prepared.idempotency);
        let mut token = self.token(seller, prepared).await?;
        let mut tries = 0;
        let mut is_renewed = false;
        let mut is_silent = false;
        loop {
            if let Some(seller) = seller {
                self.limits.wait(seller, prepared.class).await;
            }
            tries += 1;
            let failed = match self.wire.once(prepared, token.as_ref()).await {
                Ok(answered) => return Ok((answered, tries)),
                Err(failed) if is_silent => Failed { error: failed.error.after_silence(), ..failed },
                Err(failed) => failed,
            };
            is_silent |= !failed.error.leaves_nothing_done();
            if let (Some(seller), Some(old), false, ClientError::Unauthorized(_)) =
                (seller, &token, is_renewed, &failed.error)
            {
                is_renewed = true;
                let new = self.renewed(seller, old, prepared).await?;
                // What was refused once is refused again.
                if new == *old {
                    return Err(failed.error);
                }
                token = Some(new);
                continue;
            }
            self.pause(&mut pauses, prepared, failed).await?;
        }
    }

    /// Waits before another try, or gives the failure back when there is none.
    async fn pause(
        &self,
        pauses: &mut Pauses,
        prepared: &Prepared,
        failed: Failed,
    ) -> Result<(), ClientError> {
        let Some(pause) = pauses.after(&failed.error, failed.retry_after) else {
            return Err(failed.error);
        };
        meters::retry(&prepared.endpoint);
        let pause_ms = pause.as_millis();
        tracing::info!(call = %prepared.endpoint, error = %failed.error, pause_ms, "a call is tried again");
        tokio::time::sleep(pause).await;
        Ok(())
    }

    async fn token(
        &self,
        seller: Option<&SellerId>,
        prepared: &Prepared,
    ) -> Result<Option<AccessToken>, ClientError> {
        let Some(seller) = seller else { return Ok(None) };
        let token = self.vault.token(seller).await;
        token.map(Some).map_err(|source| ClientError::Vault { endpoint: prepared.endpoint.clone(), source })
    }

    async fn renewed(
        &self,
        seller: &SellerId,
        old: &AccessToken,
        prepared: &Prepared,
    ) -> Result<AccessToken, ClientError> {
        let fails = |source| ClientError::Vault { endpoint: prepared.endpoint.clone(), source };
        self.vault.rejected(seller, old).await.map_err(fails)?;
        self.vault.token(seller).await.map_err(fails)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("options", &self.0.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
