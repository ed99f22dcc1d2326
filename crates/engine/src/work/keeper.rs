//! Looks every few seconds at the queues and the store: how much waits, whether the store answers, and whether
//! this worker holds more shards than its share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use broker::connection::Broker;
use broker::error::BrokerError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::lane::Sign;
use super::session::Kit;
use super::share::Sharing;
use super::{Shards, WorkError, meters};

/// Every store has one.
const FIRST_SHARD: u16 = 0;

pub(super) struct Keeper {
    pub(super) broker: Broker,
    pub(super) kit: Arc<Kit>,
    pub(super) signs: BTreeMap<u16, Arc<Sign>>,
    pub(super) stop: CancellationToken,
}

impl Keeper {
    pub(super) async fn run(self) -> Result<(), WorkError> {
        let mut sharing = Sharing::default();
        loop {
            self.probe().await;
            let pause = timeout(self.kit.work.share(), self.stop.cancelled());
            if pause.await.is_ok() {
                return Ok(());
            }
            let fed = self.look().await?;
            meters::active(fed.len());
            if self.kit.shards == Shards::All {
                self.share_out(&fed, &mut sharing).await?;
            }
        }
    }

    /// Asks the store for something small.
    async fn probe(&self) {
        let asked = timeout(self.kit.work.share(), self.kit.store.head(FIRST_SHARD));
        self.kit.health.store(matches!(asked.await, Ok(Ok(_))));
    }

    /// Measures every queue, and tells which shards fed this worker since the last look.
    async fn look(&self) -> Result<Vec<u16>, BrokerError> {
        let mut fed = Vec::with_capacity(self.signs.len());
        for (shard, sign) in &self.signs {
            meters::queue(*shard, self.broker.standing(*shard).await?.ready);
            if sign.fed.swap(0, Ordering::Relaxed) > 0 {
                fed.push(*shard);
            }
        }
        Ok(fed)
    }

    /// Every worker drains what the broker gave up, so the consumers there are the workers. Those of a shard
    /// cannot be counted: the broker tells only the active one.
    async fn share_out(&self, fed: &[u16], sharing: &mut Sharing) -> Result<(), BrokerError> {
        let workers = self.broker.parked_standing().await?.consumers;
        for shard in sharing.round(fed, self.broker.topology().shards, workers) {
            tracing::info!(shard, workers, "a shard is handed on: it is over this worker's share");
            meters::handed_on();
            self.signs[&shard].hand_on.notify_one();
        }
        Ok(())
    }
}
