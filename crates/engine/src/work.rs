//! A worker: takes deliveries from the broker into the store, and acknowledges what is committed, never more.
//!
//! It holds nothing of its own: a worker that dies leaves its batches to the broker, which gives them to another,
//! where the inbox meets what was committed already. It makes no decision about a delivery; see [`crate::ingest`].

use std::sync::{Arc, Mutex, PoisonError};

use broker::address::Addresses;
use broker::connection::Broker;
use broker::error::BrokerError;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;
use crate::ingest::{Ingester, Tally};
use crate::isolate::Patience;
use crate::reconnect::{self, Connected};

mod health;
mod keeper;
mod lane;
pub mod meters;
mod session;
mod shards;
pub mod share;

pub use health::Health;
pub use shards::{Shards, ShardsError};

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar worker";

/// Why a worker stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The broker refuses for good.
    #[error("the broker cannot be worked with")]
    Broker(#[from] BrokerError),
    /// The store refuses for good.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A shard that does not exist was asked for.
    #[error("there is no shard {shard}: broker.shards = {shards}, counted from 0")]
    NoSuchShard {
        /// Which.
        shard: u16,
        /// How many there are.
        shards: u16,
    },
}

/// How a worker ended when it was told to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Worked {
    /// What became of the deliveries.
    pub tally: Tally,
    /// Everything that was begun was finished in time; what was not is delivered again.
    pub is_drained: bool,
}

/// Takes deliveries from the broker into a store.
pub struct Worker {
    store: Arc<dyn Store>,
    config: Config,
    clock: Clock,
    addresses: Addresses,
    shards: Shards,
    health: Health,
    taken: Arc<Mutex<Tally>>,
}

impl WorkError {
    /// Whether connecting again can help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Broker(error) => error.is_transient(),
            Self::Engine(error) => error.is_transient(),
            Self::NoSuchShard { .. } => false,
        }
    }
}

impl Worker {
    /// A worker that is not connected yet.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        config: Config,
        clock: Clock,
        addresses: impl Into<Addresses>,
        shards: Shards,
    ) -> Self {
        let (addresses, health) = (addresses.into(), Health::default());
        Self { store, config, clock, addresses, shards, health, taken: Arc::default() }
    }

    /// Its signs of life, for those who watch it.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Works until the token is cancelled, then finishes what was begun, within `work.drain_seconds`.
    /// A broker or a store that is away is waited for.
    ///
    /// # Errors
    /// When the broker or the store refuses for good.
    pub async fn run(self, stop: CancellationToken) -> Result<Worked, WorkError> {
        let ended = self.keep_working(&stop).await;
        self.health.end();
        let is_drained = ended?;
        Ok(Worked { tally: self.tally(), is_drained })
    }

    fn tally(&self) -> Tally {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects again and again; tells in the end whether all was finished in time.
    async fn keep_working(&self, stop: &CancellationToken) -> Result<bool, WorkError> {
        let shards = self.config.broker.shards;
        if let Some(shard) = self.shards.numbers(shards).into_iter().find(|shard| *shard >= shards) {
            return Err(WorkError::NoSuchShard { shard, shards });
        }
        let connected = Connected {
            is_transient: WorkError::is_transient,
            done: || self.tally().deliveries,
            lost: || self.health.broker(false),
        };
        reconnect::again(stop, connected, || self.session(stop)).await
    }

    /// From one connection to its loss; `Ok` when it was stopped.
    async fn session(&self, stop: &CancellationToken) -> Result<bool, WorkError> {
        let topology = self.config.broker.topology();
        let connecting = async {
            let broker = Broker::connect_patiently(&self.addresses, topology, LABEL, None).await?;
            broker.declare().await?;
            Ok::<_, BrokerError>(broker)
        };
        let broker = tokio::select! {
            () = stop.cancelled() => return Ok(true),
            connected = connecting => connected?,
        };
        self.health.broker(true);
        let ending = stop.child_token();
        let kit = Arc::new(self.kit(&ending));
        let ended = tokio::select! {
            ended = session::run(&broker, kit, &ending) => ended.map(|()| true),
            () = self.out_of_time(stop) => Ok(false),
        };
        reconnect::hang_up(broker).await;
        ended
    }

    async fn out_of_time(&self, stop: &CancellationToken) {
        stop.cancelled().await;
        tokio::time::sleep(self.config.work.drain()).await;
        tracing::warn!("what was begun is not finished in time and is delivered again");
    }

    fn kit(&self, ending: &CancellationToken) -> session::Kit {
        let ingester = Ingester::new(Arc::clone(&self.store), self.config.clone(), self.clock);
        session::Kit {
            ingester: ingester.with_patience(Patience::Until(ending.clone())),
            store: Arc::clone(&self.store),
            config: self.config.clone(),
            work: self.config.work,
            clock: self.clock,
            shards: self.shards.clone(),
            health: self.health.clone(),
            taken: Arc::clone(&self.taken),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
