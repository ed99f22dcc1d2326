//! Notifications from the broker's queue, each acknowledged by itself: one that waits long does not hold up those
//! behind it.

use std::sync::Arc;

use broker::address::Addresses;
use broker::connection::Broker;
use broker::consumer::Consumer;
use broker::error::BrokerError;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use super::open::Opened;
use super::{Ended, FetchError, Fetcher};
use crate::envelope::unpack;
use crate::reconnect::{self, Connected};

/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar fetcher";
/// How often each notification counts when it comes from the queue: as the one verdict that it gets in the inbox.
const FIRST_ROUND: u32 = 1;

impl Fetcher {
    /// Takes notifications from the queue until the token is cancelled, then finishes what was begun, within
    /// `fetch.drain_seconds`. A broker that is away is waited for. Where a store is given, notifications that lie
    /// open in its inbox for longer than `fetch.patience_seconds` are fetched for too, from time to time.
    ///
    /// # Errors
    /// When the broker, the sink or the store refuses for good.
    pub async fn run(
        &self,
        addresses: &Addresses,
        store: Option<Arc<dyn Store>>,
        stop: CancellationToken,
    ) -> Result<Ended, FetchError> {
        let healing = async {
            match store {
                Some(store) => self.walk(Opened::left(store, &self.config.fetch), &stop).await,
                None => Ok(true),
            }
        };
        let ended = tokio::try_join!(self.keep_fetching(addresses, &stop), healing);
        self.kit.health.end();
        ended.map(|(queue, inbox)| self.ended(queue && inbox))
    }

    /// Connects again and again; tells in the end whether all was finished in time.
    async fn keep_fetching(
        &self,
        addresses: &Addresses,
        stop: &CancellationToken,
    ) -> Result<bool, FetchError> {
        let connected = Connected {
            is_transient: FetchError::is_transient,
            done: || self.fetched().notifications,
            lost: || self.kit.health.broker(false),
        };
        reconnect::again(stop, connected, || self.session(addresses, stop)).await
    }

    /// From one connection to its loss; `Ok` when it was stopped.
    async fn session(&self, addresses: &Addresses, stop: &CancellationToken) -> Result<bool, FetchError> {
        let topology = self.config.broker.topology();
        let connecting = async {
            let broker = Broker::connect_patiently(addresses, topology, LABEL, None).await?;
            broker.declare().await?;
            let consumer = broker.notifications(self.config.fetch.window).await?;
            Ok::<_, BrokerError>((broker, consumer))
        };
        let (broker, consumer) = tokio::select! {
            () = stop.cancelled() => return Ok(true),
            connected = connecting => connected?,
        };
        self.kit.health.broker(true);
        let ended = tokio::select! {
            ended = self.serve(consumer, stop) => ended.map(|()| true),
            () = self.out_of_time(stop) => Ok(false),
        };
        reconnect::hang_up(broker).await;
        ended
    }

    /// Takes until it is stopped. What waits then goes back to the queue.
    async fn serve(&self, mut consumer: Consumer, stop: &CancellationToken) -> Result<(), FetchError> {
        let (mut desk, mut is_closing) = (self.desk(), false);
        while !is_closing || !desk.is_idle() {
            tokio::select! {
                biased;
                () = stop.cancelled(), if !is_closing => {
                    is_closing = true;
                    desk.close();
                }
                ended = desk.next() => ended?,
                // The broker sends no more than fits in the window.
                taken = consumer.one(), if !is_closing => {
                    let taken = taken?;
                    metrics::counter!("conciliar_redelivered_total").increment(u64::from(taken.is_redelivered));
                    desk.take(unpack(taken.message, self.clock.now()), Some(taken.receipt), FIRST_ROUND);
                }
            }
        }
        Ok(consumer.close().await?)
    }

    /// Resolves when what was begun is not finished in time.
    pub(super) async fn out_of_time(&self, stop: &CancellationToken) {
        stop.cancelled().await;
        tokio::time::sleep(self.config.fetch.drain()).await;
        tracing::warn!("what was begun is not finished in time and is delivered again");
    }
}
