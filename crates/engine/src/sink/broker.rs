//! A sink that publishes to the broker: what many callers bring at once is sent together and confirmed message by message.
//!
//! While there is no connection it refuses at once instead of keeping callers waiting: a sender that is told "not now" sends
//! again, and one that waits too long does so as well.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use broker::address::Addresses;
use broker::connection::Broker;
use broker::error::BrokerError;
use broker::message::Message;
use broker::publisher::{PublishError, Publisher, Route};
use broker::topology::Topology;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::counter::{self, Counter, Line, Waiter};
use super::{Sink, SinkError};
use crate::config::Config;
use crate::envelope::pack;
use crate::ingest::Ingester;
use crate::item::Item;
use crate::look::chain;
use crate::publish::MOST_BODY_BYTES;
use crate::reconnect::hang_up;
use crate::route::{is_for_fetcher, shard_of};

/// A broker that does not confirm in this time is left, in seconds: webhooks must be answered in 22.
const CONFIRM_SECONDS: u64 = 10;
/// How often it is looked whether an idle connection still lives.
const LOOK: Duration = Duration::from_secs(1);
/// Before another try after a failure that trying again at once would not mend.
const PAUSE: Duration = Duration::from_secs(5);

type Sent = (Route, Message);

/// Publishes deliveries, confirmed.
pub struct BrokerSink {
    config: Arc<Config>,
    counter: Counter<Sent>,
    connected: watch::Receiver<bool>,
    stop: CancellationToken,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl BrokerSink {
    /// Starts connecting, and connects again whenever the connection is lost. The label is its name in the broker's lists.
    #[must_use]
    pub fn start(config: &Config, addresses: impl Into<Addresses>, label: &'static str) -> Self {
        let (counter, line) = counter::open();
        let (tell, connected) = watch::channel(false);
        let stop = CancellationToken::new();
        let road = Road {
            addresses: addresses.into(),
            topology: config.broker.topology(),
            window: config.broker.window,
            label,
            line,
            connected: tell,
            stop: stop.clone(),
        };
        let task = Mutex::new(Some(tokio::spawn(road.run())));
        Self { config: Arc::new(config.clone()), counter, connected, stop, task }
    }

    /// Waits until there is a connection.
    ///
    /// # Errors
    /// [`SinkError::Stopped`] when there will be none.
    pub async fn connected(&self) -> Result<(), SinkError> {
        let mut connected = self.connected.clone();
        connected.wait_for(|is_connected| *is_connected).await.map(drop).map_err(|_| SinkError::Stopped)
    }

    /// Whether there is a connection.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        *self.connected.borrow()
    }

    /// Finishes what is under way and ends the connection; what waits behind it is refused.
    pub async fn close(&self) {
        self.stop.cancel();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(error = %error, "the publisher has failed");
        }
    }

    async fn give(&self, items: Vec<Item>, is_new: bool) -> Result<(), SinkError> {
        if let Some(item) = items.iter().find(|item| item.bytes().len() > MOST_BODY_BYTES) {
            let (origin, length) = (item.origin.clone(), item.bytes().len());
            return Err(SinkError::TooLarge { origin, length });
        }
        let shards = self.config.broker.shards;
        let looked = Ingester::look(&self.config, items);
        let sent = looked.into_iter().map(|(item, looked)| {
            let route = if is_new && is_for_fetcher(&item, &looked) {
                Route::Notifications
            } else {
                Route::Shard(shard_of(&item, &looked, shards))
            };
            (route, pack(&item))
        });
        self.counter.give(sent.collect()).await
    }
}

#[async_trait]
impl Sink for BrokerSink {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.give(items, true).await
    }

    async fn hand_on(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.give(items, false).await
    }
}

/// The task that owns the connection.
struct Road {
    addresses: Addresses,
    topology: Topology,
    window: usize,
    label: &'static str,
    line: Line<Sent>,
    connected: watch::Sender<bool>,
    stop: CancellationToken,
}

impl Road {
    async fn run(mut self) {
        while let Some((broker, publisher)) = self.connect().await {
            self.connected.send_replace(true);
            tracing::info!("connected to the broker");
            self.publish(&broker, publisher).await;
            self.connected.send_replace(false);
            // Not waited for here: callers must be told meanwhile that there is no connection.
            let farewell = tokio::spawn(hang_up(broker));
            if self.stop.is_cancelled() {
                let _gone = farewell.await;
                return;
            }
        }
    }

    /// A connection; refuses who comes until there is one. `None` when it is to stop.
    async fn connect(&mut self) -> Option<(Broker, Publisher)> {
        let Self { addresses, topology, window, label, line, stop, .. } = self;
        let mut connecting = Box::pin(connected(addresses, topology, *window, label));
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                connection = &mut connecting => return Some(connection),
                parcel = line.next() => parcel?.refuse(SinkError::Away),
            }
        }
    }

    /// Publishes until the connection is lost or it is to stop.
    async fn publish(&mut self, broker: &Broker, mut publisher: Publisher) {
        loop {
            let parcels = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                parcels = self.line.together(self.window) => parcels,
                () = sleep(LOOK) => {
                    if broker.is_open() { continue }
                    tracing::warn!("the connection to the broker is lost");
                    return;
                }
            };
            let Some(parcels) = parcels else { return };
            let (messages, waiters) = unloaded(parcels);
            let wait = Duration::from_secs(CONFIRM_SECONDS);
            let may_go_on = match timeout(wait, publisher.publish(messages)).await {
                Ok(ended) => settle(waiters, ended),
                Err(_) => {
                    metrics::counter!("conciliar_retries_total", "why" => "broker").increment(1);
                    tracing::warn!(seconds = CONFIRM_SECONDS, "the broker does not confirm");
                    let late = SinkError::TimedOut { seconds: CONFIRM_SECONDS };
                    waiters.into_iter().for_each(|(waiter, _)| waiter.tell(Err(late.clone())));
                    false
                }
            };
            if !may_go_on {
                return;
            }
        }
    }
}

/// A caller with the ids of its messages.
type Waiting = (Waiter, Vec<String>);

fn unloaded(parcels: Vec<counter::Parcel<Sent>>) -> (Vec<Sent>, Vec<Waiting>) {
    let (mut messages, mut waiters) = (Vec::new(), Vec::with_capacity(parcels.len()));
    for parcel in parcels.into_iter().filter(|parcel| !parcel.is_abandoned()) {
        let (load, waiter) = parcel.unload();
        waiters.push((waiter, load.iter().map(|(_, message)| message.id.clone()).collect()));
        messages.extend(load);
    }
    (messages, waiters)
}

/// Tells each caller what became of its messages; whether the channel can be used on.
fn settle(waiters: Vec<Waiting>, ended: Result<(), PublishError>) -> bool {
    let Err(PublishError { unconfirmed, source }) = ended else {
        waiters.into_iter().for_each(|(waiter, _)| waiter.tell(Ok(())));
        return true;
    };
    metrics::counter!("conciliar_retries_total", "why" => "broker").increment(1);
    tracing::warn!(messages = unconfirmed.len(), error = chain(&source), "not confirmed by the broker");
    let may_go_on = matches!(source, BrokerError::NotTaken { .. } | BrokerError::Unroutable { .. });
    let failure = SinkError::Unconfirmed { source: Arc::new(source) };
    let lost: HashSet<&str> = unconfirmed.iter().map(|(_, message)| message.id.as_str()).collect();
    for (waiter, ids) in waiters {
        let is_lost = ids.iter().any(|id| lost.contains(id.as_str()));
        waiter.tell(if is_lost { Err(failure.clone()) } else { Ok(()) });
    }
    may_go_on
}

/// Connects, however long it takes, and declares what there must be.
async fn connected(
    addresses: &Addresses,
    topology: &Topology,
    window: usize,
    label: &str,
) -> (Broker, Publisher) {
    loop {
        let error = match Broker::connect_patiently(addresses, topology.clone(), label, None).await {
            Ok(broker) => match opened(&broker, window).await {
                Ok(publisher) => return (broker, publisher),
                Err(error) => {
                    hang_up(broker).await;
                    error
                }
            },
            Err(error) => error,
        };
        tracing::error!(error = chain(&error), "the broker cannot be used; see `conciliar doctor`");
        sleep(PAUSE).await;
    }
}

async fn opened(broker: &Broker, window: usize) -> Result<Publisher, BrokerError> {
    broker.declare().await?;
    broker.publisher(window).await
}

#[cfg(test)]
mod tests;
