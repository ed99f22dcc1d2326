//! A sink that commits to the store itself: receiver and worker in one process, without a broker.
//!
//! What many callers bring at once is one commit. A notification that only points is in the inbox before its caller is
//! answered, and then waits in memory for whoever fetches. Memory holds so many of them; whoever fetches finds the others in
//! the inbox, as after a restart.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use store::store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::counter::{self, Counter, Line};
use super::{Sink, SinkError};
use crate::clock::Clock;
use crate::config::Config;
use crate::ingest::{Ingester, Tally};
use crate::isolate::Patience;
use crate::item::Item;
use crate::look::{Looked, chain};
use crate::route::is_for_fetcher;

/// How long a store that is busy is tried again: webhooks must be answered in 22 seconds.
const PATIENCE: Duration = Duration::from_secs(8);
/// Notifications that wait in memory.
const IN_MEMORY: usize = 10_000;

/// A delivery that was looked at, and whether somebody must fetch for it.
struct Given {
    delivery: (Item, Looked),
    waits: bool,
}

/// Notifications that wait for somebody to fetch; each is in the inbox already, and one that is not here is there.
pub struct Waiting(mpsc::Receiver<Item>);

/// Commits deliveries.
pub struct StoreSink {
    config: Arc<Config>,
    counter: Counter<Given>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<Tally>>>,
}

impl StoreSink {
    /// Starts committing. Whoever fetches takes from what is returned beside it.
    #[must_use]
    pub fn start(store: Arc<dyn Store>, config: Config, clock: Clock) -> (Self, Waiting) {
        let (counter, line) = counter::open();
        let (door, waiting) = mpsc::channel(IN_MEMORY);
        let stop = CancellationToken::new();
        let batch = config.ingest.batch;
        let ingester = Ingester::new(store, config.clone(), clock).with_patience(Patience::For(PATIENCE));
        let road = Road { ingester, batch, line, door, stop: stop.clone() };
        let task = Mutex::new(Some(tokio::spawn(road.run())));
        (Self { config: Arc::new(config), counter, stop, task }, Waiting(waiting))
    }

    /// Finishes what is under way and says what became of all deliveries; what waits behind it is refused.
    pub async fn close(&self) -> Tally {
        self.stop.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(task) = task else { return Tally::default() };
        task.await.unwrap_or_else(|error| {
            tracing::error!(error = %error, "what commits has failed");
            Tally::default()
        })
    }

    async fn give(&self, items: Vec<Item>, is_new: bool) -> Result<(), SinkError> {
        let looked = Ingester::look(&self.config, items).into_iter();
        let given = looked.map(|delivery| {
            let waits = is_new && is_for_fetcher(&delivery.0, &delivery.1);
            Given { delivery, waits }
        });
        self.counter.give(given.collect()).await
    }
}

impl Waiting {
    /// The next one; `None` when there will be none. May be dropped without loss.
    pub async fn next(&mut self) -> Option<Item> {
        self.0.recv().await
    }
}

#[async_trait]
impl Sink for StoreSink {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.give(items, true).await
    }

    async fn hand_on(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.give(items, false).await
    }
}

/// The task that writes.
struct Road {
    ingester: Ingester,
    batch: usize,
    line: Line<Given>,
    door: mpsc::Sender<Item>,
    stop: CancellationToken,
}

impl Road {
    async fn run(mut self) -> Tally {
        let mut tally = Tally::default();
        loop {
            let parcels = tokio::select! {
                biased;
                () = self.stop.cancelled() => return tally,
                parcels = self.line.together(self.batch) => parcels,
            };
            let Some(parcels) = parcels else { return tally };
            let (mut batch, mut waits, mut waiters) = (Vec::new(), Vec::new(), Vec::new());
            for parcel in parcels.into_iter().filter(|parcel| !parcel.is_abandoned()) {
                let (load, waiter) = parcel.unload();
                waiters.push(waiter);
                for given in load {
                    batch.push(given.delivery);
                    waits.push(given.waits);
                }
            }
            let ended = self.ingester.take(&batch, &mut tally).await;
            let ended = ended.map_err(|error| {
                tracing::error!(
                    error = chain(&error),
                    "deliveries are not committed; their senders are told"
                );
                SinkError::Store { source: Arc::new(error) }
            });
            if ended.is_ok() {
                for ((item, _), _) in batch.into_iter().zip(waits).filter(|(_, waits)| *waits) {
                    // One that finds no place is found in the inbox.
                    let _let_in = self.door.try_send(item);
                }
            }
            waiters.into_iter().for_each(|waiter| waiter.tell(ended.clone()));
        }
    }
}

#[cfg(test)]
mod tests;
