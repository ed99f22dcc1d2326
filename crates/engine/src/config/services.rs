//! Sections of the services: the database, the broker, and the work between them.

use std::time::Duration;

use broker::topology::Topology;
use serde::Deserialize;

use super::ConfigError;

/// Most shards of a store: each has a writer and a connection, and their numbers are kept as `smallint`.
pub(super) const MOST_STORE_SHARDS: u16 = 1024;

/// How PostgreSQL is written to; SQLite needs none of it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Orders of positions, each with its own chain and writer lock.
    pub shards: u16,
    /// Commits that one transaction takes together at most.
    pub group_most: usize,
    /// How long a transaction waits for company, milliseconds.
    pub group_ms: u64,
}

/// Which queues there are, and how they are published to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// Before every name of a queue or an exchange.
    pub prefix: String,
    /// Shard queues.
    pub shards: u16,
    /// Messages that wait for their confirm at once.
    pub window: usize,
    /// How long a publisher tries to reach a broker that is away, seconds.
    pub patience_seconds: u64,
}

/// How workers take deliveries from the broker.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// Deliveries in one transaction.
    pub batch: usize,
    /// How long a batch waits to be filled, milliseconds.
    pub wait_ms: u64,
    /// Batches of a shard that are held at once: one commits, the others were received meanwhile.
    pub ahead: usize,
    /// How often a worker looks whether it holds more than its share of the shards, seconds.
    pub share_seconds: u64,
    /// How long a stopped worker may finish what it has begun, seconds.
    pub drain_seconds: u64,
}

impl Store {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        at_least_one("store.shards", self.shards.into())?;
        if self.shards > MOST_STORE_SHARDS {
            return Err(ConfigError::TooManyShards { shards: self.shards });
        }
        at_least_one("store.group_most", self.group_most)
    }
}

impl Broker {
    /// The queues by their names.
    #[must_use]
    pub fn topology(&self) -> Topology {
        Topology { prefix: self.prefix.clone(), shards: self.shards }
    }

    /// How long a publisher tries to reach a broker that is away.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }

    pub(super) fn check(&self, store: &Store) -> Result<(), ConfigError> {
        at_least_one("broker.shards", self.shards.into())?;
        at_least_one("broker.window", self.window)?;
        if !self.shards.is_multiple_of(store.shards) {
            return Err(ConfigError::Shards { store: store.shards, broker: self.shards });
        }
        Ok(())
    }
}

impl Work {
    /// How long a batch waits to be filled.
    #[must_use]
    pub fn wait(&self) -> Duration {
        Duration::from_millis(self.wait_ms)
    }

    /// How long a stopped worker may finish what it has begun.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }

    /// How often shares are looked at.
    #[must_use]
    pub fn share(&self) -> Duration {
        Duration::from_secs(self.share_seconds)
    }

    /// Deliveries that the broker may have under way to one consumer.
    #[must_use]
    pub fn prefetch(&self) -> u16 {
        u16::try_from(self.batch.saturating_mul(self.ahead)).unwrap_or(u16::MAX)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        at_least_one("work.batch", self.batch)?;
        at_least_one("work.ahead", self.ahead)?;
        at_least_one("work.share_seconds", usize::from(self.share_seconds > 0))?;
        if self.batch.saturating_mul(self.ahead) > usize::from(u16::MAX) {
            return Err(ConfigError::Prefetch { batch: self.batch, ahead: self.ahead });
        }
        Ok(())
    }
}

pub(super) fn at_least_one(key: &'static str, value: usize) -> Result<(), ConfigError> {
    if value == 0 { Err(ConfigError::Zero { key }) } else { Ok(()) }
}
