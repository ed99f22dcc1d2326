//! Queues of a test's own on the real broker, removed at the end, with a fetcher and a worker on them.

use std::sync::atomic::{AtomicU32, Ordering};

use broker::address::{Address, Addresses};
use broker::connection::Broker;
use broker::message::Message;
use broker::publisher::Route;
use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
use store::store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::scene::Scene;
use super::*;
use crate::envelope::pack;
use crate::sink::broker::BrokerSink;
use crate::work::{Shards, WorkError, Worked, Worker};

static NEXT: AtomicU32 = AtomicU32::new(0);

fn url() -> String {
    std::env::var("CONCILIAR_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".to_owned())
}

pub struct Queues {
    pub scene: Scene,
    pub broker: Broker,
    address: Address,
}

/// A fetcher and what stops it.
pub struct Running {
    pub fetcher: Arc<Fetcher>,
    sink: Arc<BrokerSink>,
    stop: CancellationToken,
    task: JoinHandle<Result<Ended, FetchError>>,
}

/// A worker and what stops it.
pub struct Working {
    stop: CancellationToken,
    task: JoinHandle<Result<Worked, WorkError>>,
}

impl Queues {
    pub async fn new() -> Self {
        let mut scene = Scene::new().await;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        scene.config.broker.prefix = format!("fetch-test-{}-{number}.", std::process::id());
        scene.config.broker.shards = 2;
        let address = Address::parse(&url()).expect("CONCILIAR_TEST_AMQP is an address");
        let topology = scene.config.broker.topology();
        let broker = Broker::connect(&address, topology, "test").await.expect("it answers");
        broker.declare().await.expect("declared");
        Self { scene, broker, address }
    }

    /// Puts notifications on their queue.
    pub async fn publish(&self, items: &[Item]) {
        self.send(items.iter().map(pack).collect()).await;
    }

    pub async fn send(&self, messages: Vec<Message>) {
        let mut publisher = self.broker.publisher(100).await.expect("a publisher");
        let messages = messages.into_iter().map(|message| (Route::Notifications, message)).collect();
        publisher.publish(messages).await.expect("they are confirmed");
    }

    pub async fn sink(&self) -> Arc<BrokerSink> {
        let sink = BrokerSink::start(&self.scene.config, self.address.clone(), "test sink");
        sink.connected().await.expect("the broker answers");
        Arc::new(sink)
    }

    /// Starts a fetcher that hands on to the queues of the shards.
    pub async fn fetcher(&self) -> Running {
        let sink = self.sink().await;
        self.fetcher_over(Arc::clone(&sink), sink)
    }

    pub fn fetcher_over(&self, broker: Arc<BrokerSink>, sink: Arc<dyn Sink>) -> Running {
        let fetcher = Arc::new(self.scene.fetcher_over(sink));
        let (stop, store) = (CancellationToken::new(), Arc::clone(&self.scene.store));
        let (run, stopped, addresses) =
            (Arc::clone(&fetcher), stop.clone(), Addresses::from(self.address.clone()));
        let task = tokio::spawn(async move { run.run(&addresses, Some(store), stopped).await });
        Running { fetcher, sink: broker, stop, task }
    }

    pub fn worker(&self) -> Working {
        let store: Arc<dyn Store> = Arc::clone(&self.scene.store);
        let config = self.scene.config.clone();
        let worker = Worker::new(store, config, Clock::System, self.address.clone(), Shards::All);
        let stop = CancellationToken::new();
        let task = tokio::spawn(worker.run(stop.clone()));
        Working { stop, task }
    }

    /// A mark is the first to come out of the queue of notifications: nothing was before it.
    pub async fn assert_empty(&self) {
        self.send(vec![Message { id: "mark".to_owned(), ..Message::default() }]).await;
        let mut consumer = self.broker.notifications(1).await.expect("a consumer");
        let taken = consumer.one().await.expect("the mark comes");
        assert_eq!(taken.message.id, "mark", "a notification is still there");
        taken.receipt.ack().await.expect("it is acknowledged");
    }

    /// The same after many were taken: acknowledgements that the broker had not passed on when the fetcher left may be
    /// lost with its channel, and their messages come again, marked as such.
    pub async fn assert_nearly_empty(&self, most: usize) {
        self.send(vec![Message { id: "mark".to_owned(), ..Message::default() }]).await;
        let mut consumer = self.broker.notifications(1).await.expect("a consumer");
        for _ in 0..=most {
            let taken = consumer.one().await.expect("the mark comes");
            let is_mark = taken.message.id == "mark";
            assert!(is_mark || taken.is_redelivered, "{} was never taken", taken.message.id);
            taken.receipt.ack().await.expect("it is acknowledged");
            if is_mark {
                return;
            }
        }
        panic!("more than {most} notifications are still there");
    }

    fn names(&self) -> Vec<String> {
        let topology = self.broker.topology();
        let shards = (0..topology.shards).map(|shard| topology.shard_queue(shard));
        shards.chain([topology.notifications_queue(), topology.parked_queue()]).collect()
    }
}

impl Running {
    pub fn tell_to_stop(&self) {
        self.stop.cancel();
    }

    pub async fn stop(self) -> Ended {
        self.stop.cancel();
        let ended = self.task.await.expect("it does not panic").expect("it was only stopped");
        self.sink.close().await;
        ended
    }

    /// Ends it as a power cut does.
    pub async fn die(self) {
        self.task.abort();
        assert!(self.task.await.is_err_and(|error| error.is_cancelled()));
    }
}

impl Working {
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.expect("it does not panic").expect("it was only stopped");
    }
}

impl Drop for Queues {
    fn drop(&mut self) {
        let (queues, prefix) = (self.names(), self.scene.config.broker.prefix.clone());
        let remover = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(remove(queues, &prefix));
        });
        let _ = remover.join();
    }
}

async fn remove(queues: Vec<String>, prefix: &str) {
    let connection = lapin::Connection::connect(&url(), lapin::ConnectionProperties::default()).await;
    let channel = connection.expect("the broker answers").create_channel().await.expect("a channel");
    for queue in queues {
        channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.expect("it is deleted");
    }
    for exchange in ["observations", "dead"] {
        let name = format!("{prefix}{exchange}");
        channel.exchange_delete(name.into(), ExchangeDeleteOptions::default()).await.expect("it is deleted");
    }
}
