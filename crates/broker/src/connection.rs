//! A connection to a broker, and what is opened on it. It does not mend itself.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use lapin::options::{
    BasicConsumeOptions, BasicQosOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::tcp::OwnedTLSConfig;
use lapin::types::{FieldTable, LongString, ShortString};
use lapin::{Channel, Connect, Connection, ConnectionProperties};
use tokio::time::{Instant, sleep, timeout};

use crate::address::{Address, Addresses};
use crate::consumer::Consumer;
use crate::error::{BrokerError, Doing};
use crate::publisher::Publisher;
use crate::server;
use crate::topology::Topology;

/// A lost peer is noticed after two of these without a sign of life.
const HEARTBEAT_SECONDS: u16 = 10;
/// For the network, TLS and the handshake together.
pub(crate) const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// For an answer on an open connection, a publisher's confirm among them.
pub(crate) const ANSWER_WAIT: Duration = Duration::from_secs(30);
/// The first pause before another try; each is twice the one before, and up to as much again by chance.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// `200`, as AMQP calls success.
const OK: u16 = 200;

/// One connection. Clones share it. After a transient error: drop it with all that was opened on it, and connect again.
#[derive(Clone, Debug)]
pub struct Broker {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    connection: Connection,
    address: Address,
    topology: Topology,
}

/// How a queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Messages that wait; those that a consumer holds are not among them.
    pub ready: u32,
    /// Consumers; of a queue with a single active consumer (a shard's) only that one is counted.
    pub consumers: u32,
}

impl Broker {
    /// Connects once. The label is the name of the connection in the broker's lists.
    ///
    /// # Errors
    /// [`BrokerError`]: nobody answers, the certificate is not trusted, or the user or virtual host is refused.
    pub async fn connect(address: &Address, topology: Topology, label: &str) -> Result<Self, BrokerError> {
        let tls = tls(address)?;
        let mut uri = address.uri();
        uri.query.heartbeat = Some(HEARTBEAT_SECONDS);
        let properties = ConnectionProperties::default().with_connection_name(LongString::from(label));
        let runtime = lapin::runtime::default_runtime().map_err(|e| BrokerError::new(Doing::Connect, e))?;
        let connecting = uri.connect_with_config(properties, tls, runtime);
        let connection = within(CONNECT_WAIT, Doing::Connect, connecting).await?;
        Ok(Self { inner: Arc::new(Inner { connection, address: address.clone(), topology }) })
    }

    /// Connects to the first node that answers, from any one on; each is tried once.
    ///
    /// # Errors
    /// [`BrokerError`] of one of them when none answers; one that does not pass before one that does.
    pub async fn connect_to_any(
        addresses: &Addresses,
        topology: &Topology,
        label: &str,
    ) -> Result<Self, BrokerError> {
        let mut failure: Option<BrokerError> = None;
        for address in addresses.in_turn() {
            let error = match Self::connect(address, topology.clone(), label).await {
                Ok(broker) => return Ok(broker),
                Err(error) => error,
            };
            tracing::debug!(broker.address = %address, error = %error, "this node is not connected");
            if failure.as_ref().is_none_or(|known| known.is_transient() && !error.is_transient()) {
                failure = Some(error);
            }
        }
        Err(failure.expect("there is at least one address"))
    }

    /// The same, and tries them all again with growing pauses of at most ten seconds while errors are transient.
    ///
    /// # Errors
    /// [`BrokerError`]: the last transient error once `give_up_after` is over, any other at once.
    pub async fn connect_patiently(
        addresses: &Addresses,
        topology: Topology,
        label: &str,
        give_up_after: Option<Duration>,
    ) -> Result<Self, BrokerError> {
        let deadline = give_up_after.map(|patience| Instant::now() + patience);
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(SHORTEST_PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .without_max_times()
            .with_jitter()
            .build();
        loop {
            let error = match Self::connect_to_any(addresses, &topology, label).await {
                Ok(broker) => return Ok(broker),
                Err(error) => error,
            };
            let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
            if !error.is_transient() || deadline.is_some_and(|deadline| Instant::now() + pause > deadline) {
                return Err(error);
            }
            tracing::warn!(broker.address = %addresses, pause_ms = pause.as_millis(), error = %error, "no connection yet");
            sleep(pause).await;
        }
    }

    /// Declares exchanges, queues and bindings. What is there and the same stays as it is.
    ///
    /// # Errors
    /// [`BrokerError`]: something is there and differs (406), or the user may not (403).
    pub async fn declare(&self) -> Result<(), BrokerError> {
        let redelivery = server::ask(&self.inner.address).await?.redelivery();
        let (channel, topology) = (self.channel().await?, self.topology());
        for exchange in topology.exchanges() {
            let name = ShortString::from(exchange.name.as_str());
            let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
            let declaring =
                channel.exchange_declare(name, exchange.kind.amqp(), options, FieldTable::default());
            answered(Doing::Declare(exchange.name), declaring).await?;
        }
        for queue in topology.queues(redelivery) {
            let name = ShortString::from(queue.name.as_str());
            let declaring = channel.queue_declare(name, QueueDeclareOptions::durable(), queue.table());
            answered(Doing::Declare(queue.name), declaring).await?;
        }
        for binding in topology.bindings() {
            let binds = channel.queue_bind(
                ShortString::from(binding.queue.as_str()),
                ShortString::from(binding.exchange),
                ShortString::from(binding.routing_key),
                QueueBindOptions::default(),
                FieldTable::default(),
            );
            answered(Doing::Declare(binding.queue), binds).await?;
        }
        close(&channel).await
    }

    /// Opens a publisher with at most `window` messages on their way at once; 1,000 is plenty.
    ///
    /// # Errors
    /// [`BrokerError`].
    pub async fn publisher(&self, window: usize) -> Result<Publisher, BrokerError> {
        Publisher::open(self.clone(), window).await
    }

    /// Takes from a shard's queue. Where another consumer is active this one stands by, and gets nothing until that ends.
    ///
    /// # Errors
    /// [`BrokerError`]: the queue is missing (404), or the user may not read it (403).
    pub async fn shard(&self, shard: u16, prefetch: u16) -> Result<Consumer, BrokerError> {
        self.consume(self.topology().shard_queue(shard), prefetch).await
    }

    /// Takes notifications, beside every other consumer of theirs.
    ///
    /// # Errors
    /// As [`Broker::shard`].
    pub async fn notifications(&self, prefetch: u16) -> Result<Consumer, BrokerError> {
        self.consume(self.topology().notifications_queue(), prefetch).await
    }

    /// Takes what the broker itself gave up.
    ///
    /// # Errors
    /// As [`Broker::shard`].
    pub async fn parked(&self, prefetch: u16) -> Result<Consumer, BrokerError> {
        self.consume(self.topology().parked_queue(), prefetch).await
    }

    /// How a shard's queue stands. Counts of quorum queues are some seconds old at times.
    ///
    /// # Errors
    /// [`BrokerError`]: the queue is missing (404).
    pub async fn standing(&self, shard: u16) -> Result<Standing, BrokerError> {
        self.standing_of(self.topology().shard_queue(shard)).await
    }

    /// How the queue of what the broker gave up stands: its consumers are the workers that run.
    ///
    /// # Errors
    /// As [`Broker::standing`].
    pub async fn parked_standing(&self) -> Result<Standing, BrokerError> {
        self.standing_of(self.topology().parked_queue()).await
    }

    /// How the queue of notifications stands.
    ///
    /// # Errors
    /// As [`Broker::standing`].
    pub async fn notifications_standing(&self) -> Result<Standing, BrokerError> {
        self.standing_of(self.topology().notifications_queue()).await
    }

    async fn standing_of(&self, name: String) -> Result<Standing, BrokerError> {
        let channel = self.channel().await?;
        let looking = channel.queue_declare(
            ShortString::from(name.as_str()),
            QueueDeclareOptions::durable().passive(),
            FieldTable::default(),
        );
        let queue = answered(Doing::Declare(name), looking).await?;
        close(&channel).await?;
        Ok(Standing { ready: queue.message_count(), consumers: queue.consumer_count() })
    }

    /// Whether the connection has not been seen to end.
    pub fn is_open(&self) -> bool {
        self.inner.connection.status().connected()
    }

    /// The names that this connection was made for.
    pub fn topology(&self) -> &Topology {
        &self.inner.topology
    }

    /// Ends the connection for all clones; one that is gone stays so. What was taken and not acknowledged goes back to its
    /// queue.
    ///
    /// # Errors
    /// [`BrokerError`]: the broker does not answer.
    pub async fn close(&self) -> Result<(), BrokerError> {
        ended(answered(Doing::Close, self.inner.connection.close(OK, ShortString::from("done"))).await)
    }

    /// Opens a channel: an error of one leaves the others as they are.
    pub(crate) async fn channel(&self) -> Result<Channel, BrokerError> {
        answered(Doing::OpenChannel, self.inner.connection.create_channel()).await
    }

    /// Opens a channel on which the broker confirms what is published.
    pub(crate) async fn confirming_channel(&self) -> Result<Channel, BrokerError> {
        let channel = self.channel().await?;
        answered(Doing::OpenChannel, channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(channel)
    }

    async fn consume(&self, queue: String, prefetch: u16) -> Result<Consumer, BrokerError> {
        let channel = self.channel().await?;
        // A limit of the whole channel (`global`) closes the connection when it meets a quorum queue.
        let limit = channel.basic_qos(prefetch, BasicQosOptions { global: false });
        answered(Doing::OpenChannel, limit).await?;
        let starting = channel.basic_consume(
            ShortString::from(queue.as_str()),
            ShortString::default(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let deliveries = answered(Doing::Consume(queue.clone()), starting).await?;
        Ok(Consumer::new(channel, deliveries, queue, prefetch))
    }
}

/// Authorities to trust, and the one crypto provider of the process.
pub(crate) fn tls(address: &Address) -> Result<OwnedTLSConfig, BrokerError> {
    if address.is_secure() {
        // Refused when the process has a provider already, which is then the one to use.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let Some(path) = address.ca_file() else { return Ok(OwnedTLSConfig::default()) };
    let pem = std::fs::read_to_string(path)
        .map_err(|source| BrokerError::CaFile { path: path.to_owned(), source })?;
    Ok(OwnedTLSConfig { identity: None, cert_chain: Some(pem) })
}

/// Waits for an answer, with a bound.
pub(crate) async fn answered<T>(
    doing: Doing,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    within(ANSWER_WAIT, doing, answer).await
}

/// Ends a channel; one that is gone stays so.
pub(crate) async fn close(channel: &Channel) -> Result<(), BrokerError> {
    ended(answered(Doing::Close, channel.close(OK, ShortString::from("done"))).await)
}

/// lapin also fails to close what ends at that moment by itself.
fn ended(closed: Result<(), BrokerError>) -> Result<(), BrokerError> {
    match closed {
        Err(BrokerError::Gone { .. }) => Ok(()),
        other => other,
    }
}

async fn within<T>(
    wait: Duration,
    doing: Doing,
    answer: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match timeout(wait, answer).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(BrokerError::new(doing, error)),
        Err(_) => Err(BrokerError::TimedOut { doing, seconds: wait.as_secs() }),
    }
}

#[cfg(test)]
mod tests;
