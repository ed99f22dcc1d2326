//! Puts deliveries on the queues of the broker, confirmed one by one.
//!
//! What the broker did not confirm is sent again: a message that arrived all the same is met there by its inbox
//! key, so nothing is lost and nothing counts twice.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use broker::address::Addresses;
use broker::connection::Broker;
use broker::error::BrokerError;
use broker::message::Message;
use broker::publisher::Route;
use broker::topology::Topology;
use domain::text::Text;
use tokio::time::sleep;

use crate::config::Config;
use crate::envelope::pack;
use crate::item::Item;
use crate::look::Looked;
use crate::reconnect::hang_up;
use crate::route::shard_of;

/// The largest body that is published, 64 MiB: brokers refuse 128 MiB by default and hold each in memory.
pub const MOST_BODY_BYTES: usize = 64 * 1024 * 1024;
/// The name of the connection in the broker's lists.
const LABEL: &str = "conciliar publisher";
/// The first pause before what is unconfirmed is sent again.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What was published so far.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Published {
    /// Deliveries, each confirmed by the broker.
    pub deliveries: u64,
    /// Messages that were sent again because they were not confirmed at first.
    pub sent_again: u64,
}

/// Why deliveries could not be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A body is too large to travel.
    #[error(
        "{origin} has {length} bytes, more than the {MOST_BODY_BYTES} that are published; ingest the file directly"
    )]
    TooLarge {
        /// File and line.
        origin: Text,
        /// Its length, bytes.
        length: usize,
    },
    /// The broker cannot be reached, or does not take them.
    #[error("{unconfirmed} deliveries are not confirmed by the broker")]
    Unconfirmed {
        /// How many; they may be published again without harm.
        unconfirmed: usize,
        /// Why.
        source: BrokerError,
    },
}

/// Publishes deliveries to the shards of their roots.
pub struct Publisher {
    addresses: Addresses,
    topology: Topology,
    window: usize,
    patience: Duration,
    line: Option<Line>,
}

struct Line {
    broker: Broker,
    publisher: broker::publisher::Publisher,
}

struct Failure {
    unconfirmed: Vec<(Route, Message)>,
    source: BrokerError,
    may_pass: bool,
}

impl Publisher {
    /// A publisher that connects when there is something to publish.
    #[must_use]
    pub fn new(config: &Config, addresses: impl Into<Addresses>) -> Self {
        let broker = &config.broker;
        let (topology, window, patience) = (broker.topology(), broker.window, broker.patience());
        Self { addresses: addresses.into(), topology, window, patience, line: None }
    }

    /// Publishes a batch in its order; returns when every delivery is confirmed.
    ///
    /// # Errors
    /// When a body is too large, before anything is sent; when the broker stays away for longer than patience
    /// lasts, or refuses for good.
    pub async fn publish(
        &mut self,
        batch: Vec<(Item, Looked)>,
        published: &mut Published,
    ) -> Result<(), PublishError> {
        let too_large = batch.iter().find(|(item, _)| item.bytes().len() > MOST_BODY_BYTES);
        if let Some((item, _)) = too_large {
            return Err(PublishError::TooLarge { origin: item.origin.clone(), length: item.bytes().len() });
        }
        let shards = self.topology.shards;
        let route = |(item, looked): &(Item, Looked)| Route::Shard(shard_of(item, looked, shards));
        let mut waiting: Vec<(Route, Message)> = batch.iter().map(|one| (route(one), pack(&one.0))).collect();
        let all = batch.len() as u64;
        drop(batch);
        let mut pauses = pauses(self.patience);
        loop {
            let Err(failure) = self.send(waiting).await else {
                published.deliveries += all;
                return Ok(());
            };
            waiting = failure.unconfirmed;
            let Some(pause) = pauses.next().filter(|_| failure.may_pass) else {
                return Err(PublishError::Unconfirmed { unconfirmed: waiting.len(), source: failure.source });
            };
            metrics::counter!("conciliar_retries_total", "why" => "broker").increment(1);
            tracing::warn!(messages = waiting.len(), error = %failure.source, "what is not confirmed is sent again");
            published.sent_again += waiting.len() as u64;
            sleep(pause).await;
        }
    }

    /// Ends the connection.
    pub async fn close(mut self) {
        if let Some(line) = self.line.take() {
            hang_up(line.broker).await;
        }
    }

    async fn send(&mut self, messages: Vec<(Route, Message)>) -> Result<(), Failure> {
        let line = match self.line.take() {
            Some(line) => Ok(line),
            None => self.connect().await,
        };
        let mut line = match line {
            Ok(line) => line,
            Err((source, may_pass)) => return Err(Failure { unconfirmed: messages, source, may_pass }),
        };
        match line.publisher.publish(messages).await {
            Ok(()) => {
                self.line = Some(line);
                Ok(())
            }
            Err(broker::publisher::PublishError { unconfirmed, source }) => {
                hang_up(line.broker).await;
                Err(Failure { unconfirmed, may_pass: source.is_transient(), source })
            }
        }
    }

    /// A connection, or why there is none and whether that may pass: a broker that stayed away for as long as
    /// patience lasts is not waited for again.
    async fn connect(&self) -> Result<Line, (BrokerError, bool)> {
        let (topology, patience) = (self.topology.clone(), Some(self.patience));
        let connected = Broker::connect_patiently(&self.addresses, topology, LABEL, patience).await;
        let broker = connected.map_err(|error| (error, false))?;
        let opened = async {
            broker.declare().await?;
            broker.publisher(self.window).await
        };
        match opened.await {
            Ok(publisher) => Ok(Line { broker, publisher }),
            Err(error) => {
                hang_up(broker).await;
                let may_pass = error.is_transient();
                Err((error, may_pass))
            }
        }
    }
}

fn pauses(patience: Duration) -> impl Iterator<Item = Duration> {
    let growing = ExponentialBuilder::new().with_jitter().with_min_delay(PAUSE).with_max_delay(LONGEST_PAUSE);
    growing.without_max_times().with_total_delay(Some(patience)).build()
}

#[cfg(test)]
mod tests;
