//! A stage for workers: queues of their own on the real broker, removed at the end.

use std::time::Duration;

use broker::address::Address;
use lapin::options::{BasicGetOptions, BasicRejectOptions, ExchangeDeleteOptions, QueueDeleteOptions};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::*;

/// More than any step takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

static NEXT: AtomicU32 = AtomicU32::new(0);

fn url() -> String {
    std::env::var("CONCILIAR_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".to_owned())
}

/// Asks again until it is so.
pub async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub struct Scene {
    pub broker: Broker,
    pub config: Config,
    pub address: Address,
}

/// A worker that runs.
pub struct Running {
    pub health: Health,
    stop: CancellationToken,
    taken: Arc<Mutex<Tally>>,
    task: JoinHandle<Result<Worked, WorkError>>,
}

impl Scene {
    pub async fn new(shards: u16) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut config = samples::config();
        config.broker.prefix = format!("work-test-{}-{number}.", std::process::id());
        config.broker.shards = shards;
        config.work.share_seconds = 1;
        let address = Address::parse(&url()).expect("CONCILIAR_TEST_AMQP is an address");
        let broker = Broker::connect(&address, config.broker.topology(), "test").await.expect("it answers");
        broker.declare().await.expect("declared");
        Self { broker, config, address }
    }

    pub async fn publish(&self, ids: impl Iterator<Item = u64>) -> Published {
        let items = ids.map(|id| payment(id, "1.00")).collect();
        let mut published = Published::default();
        let mut publisher = Publisher::new(&self.config, self.address.clone());
        let batch = Ingester::look(&self.config, items);
        publisher.publish(batch, &mut published).await.expect("the broker takes them");
        publisher.close().await;
        published
    }

    pub fn worker(&self, store: &Arc<dyn Store>, shards: Shards) -> Running {
        self.worker_at(&self.address, store, shards)
    }

    pub fn worker_at(&self, address: &Address, store: &Arc<dyn Store>, shards: Shards) -> Running {
        let (config, address) = (self.config.clone(), address.clone());
        let worker = Worker::new(Arc::clone(store), config, Clock::System, address, shards);
        let (stop, health, taken) = (CancellationToken::new(), worker.health(), Arc::clone(&worker.taken));
        let task = tokio::spawn(worker.run(stop.clone()));
        Running { health, stop, taken, task }
    }

    /// Messages that wait in all shards.
    pub async fn ready(&self) -> u32 {
        self.sum(|standing| standing.ready).await
    }

    pub async fn consumers(&self) -> u32 {
        self.sum(|standing| standing.consumers).await
    }

    async fn sum(&self, of: fn(broker::connection::Standing) -> u32) -> u32 {
        let mut sum = 0;
        for shard in 0..self.config.broker.shards {
            sum += of(self.broker.standing(shard).await.expect("the queue is there"));
        }
        sum
    }

    /// Workers that the broker sees.
    pub async fn workers(&self) -> u32 {
        self.broker.parked_standing().await.expect("the queue is there").consumers
    }

    /// A mark at the end of every shard is the first to come out: nothing was before it.
    pub async fn assert_empty(&self) {
        let mut publisher = self.broker.publisher(10).await.expect("a publisher");
        for shard in 0..self.config.broker.shards {
            let mark = broker::message::Message { id: "mark".to_owned(), ..Default::default() };
            publisher.publish(vec![(Route::Shard(shard), mark)]).await.expect("it is confirmed");
            let mut consumer = self.broker.shard(shard, 1).await.expect("a consumer");
            let batch = consumer.batch(1, Duration::ZERO).await.expect("the mark comes");
            assert_eq!(batch.messages[0].id, "mark", "shard {shard} still holds a message");
            consumer.ack(&batch).await.expect("it is acknowledged");
        }
    }

    /// Lets the broker give a delivery up.
    pub async fn park(&self, item: &crate::item::Item) {
        let mut publisher = self.broker.publisher(10).await.expect("a publisher");
        let message = crate::envelope::pack(item);
        publisher.publish(vec![(Route::Notifications, message)]).await.expect("it is confirmed");
        let channel = self.channel().await;
        let queue = self.broker.topology().notifications_queue();
        let got =
            channel.basic_get(queue.into(), BasicGetOptions::default()).await.expect("the queue is there");
        let got = got.expect("it was confirmed");
        got.delivery.reject(BasicRejectOptions { requeue: false }).await.expect("it is rejected");
    }

    fn queues(&self) -> Vec<String> {
        let topology = self.broker.topology();
        let shards = (0..topology.shards).map(|shard| topology.shard_queue(shard));
        shards.chain([topology.notifications_queue(), topology.parked_queue()]).collect()
    }

    async fn channel(&self) -> lapin::Channel {
        channel().await
    }
}

async fn channel() -> lapin::Channel {
    let connection = lapin::Connection::connect(&url(), lapin::ConnectionProperties::default()).await;
    connection.expect("the broker answers").create_channel().await.expect("a channel")
}

impl Drop for Scene {
    fn drop(&mut self) {
        let (queues, prefix) = (self.queues(), self.config.broker.prefix.clone());
        let remover = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(remove(queues, &prefix));
        });
        let _ = remover.join();
    }
}

async fn remove(queues: Vec<String>, prefix: &str) {
    let channel = channel().await;
    for queue in queues {
        channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.expect("it is deleted");
    }
    for exchange in ["observations", "dead"] {
        let name = format!("{prefix}{exchange}");
        channel.exchange_delete(name.into(), ExchangeDeleteOptions::default()).await.expect("it is deleted");
    }
}

/// A wire to the broker that carries any number of calls and can be cut again and again.
pub struct Wire {
    pub address: Address,
    cut: Arc<Notify>,
}

impl Wire {
    pub async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let near = listener.local_addr().expect("bound");
        let (_, far) =
            url().rsplit_once('@').map(|(user, far)| (user.to_owned(), far.to_owned())).expect("a user");
        let far = far.split('/').next().expect("a host").to_owned();
        let address = url().replace(&far, &near.to_string());
        let cut = Arc::new(Notify::new());
        let cuts = Arc::clone(&cut);
        tokio::spawn(async move {
            loop {
                let (mut here, _) = listener.accept().await.expect("a connection");
                let (far, cuts) = (far.clone(), Arc::clone(&cuts));
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(far).await.expect("the broker answers");
                    tokio::select! {
                        () = cuts.notified() => {}
                        _ = copy_bidirectional(&mut here, &mut there) => {}
                    }
                });
            }
        });
        Self { address: Address::parse(&address).expect("an address"), cut }
    }

    /// All calls end in the middle of whatever they carry.
    pub fn cut(&self) {
        self.cut.notify_waiters();
    }
}

impl Running {
    pub fn taken(&self) -> u64 {
        self.taken.lock().expect("no lane panicked").deliveries
    }

    /// Tells it to stop, and waits until it has.
    pub async fn stop(self) -> Worked {
        self.stop.cancel();
        self.ended().await.expect("it was only stopped")
    }

    pub async fn ended(self) -> Result<Worked, WorkError> {
        timeout(PATIENCE, self.task).await.expect("it ends").expect("it does not panic")
    }
}
