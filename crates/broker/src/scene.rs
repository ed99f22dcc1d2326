//! A stage for the tests: names of their own on the real broker, removed at the end, and a wire that can be cut.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use lapin::types::ShortString;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::address::Address;
use crate::connection::Broker;
use crate::message::Message;
use crate::publisher::Route;
use crate::topology::{Redelivery, Topology};

/// More than any step takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The broker that tests use.
pub fn url() -> String {
    std::env::var("CONCILIAR_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".to_owned())
}

pub fn address() -> Address {
    Address::parse(&url()).expect("CONCILIAR_TEST_AMQP is an address")
}

/// A topology of its own, which is removed with the scene.
pub struct Scene {
    pub topology: Topology,
}

impl Scene {
    pub fn new(shards: u16) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let prefix = format!("broker-test-{}-{number}.", std::process::id());
        Self { topology: Topology { prefix, shards } }
    }

    /// A scene whose topology is declared, and a connection to it.
    pub async fn declared(shards: u16) -> (Self, Broker) {
        let scene = Self::new(shards);
        let broker = scene.connect().await;
        broker.declare().await.expect("declared");
        (scene, broker)
    }

    pub async fn connect(&self) -> Broker {
        Broker::connect(&address(), self.topology.clone(), "test").await.expect("the test broker answers")
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let topology = self.topology.clone();
        let remover = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(remove(topology));
        });
        let _ = remover.join();
    }
}

async fn remove(topology: Topology) {
    let broker = Broker::connect(&address(), topology, "test").await.expect("the test broker answers");
    let channel = broker.channel().await.expect("a channel");
    for queue in broker.topology().queues(Redelivery::Unlimited) {
        let name = ShortString::from(queue.name);
        channel.queue_delete(name, QueueDeleteOptions::default()).await.expect("the queue is deleted");
    }
    for exchange in broker.topology().exchanges() {
        let name = ShortString::from(exchange.name);
        channel
            .exchange_delete(name, ExchangeDeleteOptions::default())
            .await
            .expect("the exchange is deleted");
    }
    broker.close().await.expect("closed");
}

/// Messages `from..to` for a shard, with ids by number.
pub fn messages(shard: u16, numbers: std::ops::Range<usize>) -> Vec<(Route, Message)> {
    numbers.map(|number| (Route::Shard(shard), message(&number.to_string()))).collect()
}

pub fn message(id: &str) -> Message {
    Message { id: id.to_owned(), headers: BTreeMap::new(), body: id.as_bytes().to_vec() }
}

/// The ids of messages, in order.
pub fn ids<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<String> {
    messages.into_iter().map(|message| message.id.clone()).collect()
}

pub fn numbered(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

/// Asks again until it is so.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// A wire to the test broker that can be cut.
pub struct Wire {
    pub address: Address,
    relay: JoinHandle<()>,
}

impl Wire {
    /// Hangs up on the first callers and carries the one after them.
    pub async fn after(hung_up: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let mut near = Url::parse(&url()).expect("a URL");
        near.set_port(Some(listener.local_addr().expect("bound").port())).expect("a port");
        let far = address().uri().authority;
        let relay = tokio::spawn(async move {
            for _ in 0..hung_up {
                drop(listener.accept().await.expect("a connection"));
            }
            let (mut here, _) = listener.accept().await.expect("a connection");
            let far = TcpStream::connect((far.host, far.port)).await;
            let _ = copy_bidirectional(&mut here, &mut far.expect("the test broker answers")).await;
        });
        Self { address: Address::parse(near.as_str()).expect("an address"), relay }
    }

    /// Both ends see the connection end in the middle of whatever it carries.
    pub fn cut(&self) {
        self.relay.abort();
    }
}
