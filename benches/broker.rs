//! From a RabbitMQ quorum queue to the acknowledgement, beside in-process ingest of the same deliveries.
//!
//! The queues are filled before, and the clock starts when the worker is connected and takes from the first; it stops
//! when the last delivery is acknowledged and the worker has ended. Both roads write to a database of their own with
//! the same settings. Results: `benches/README.md`.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use ::broker::address::Address;
use ::broker::connection::Broker;
use engine::clock::Clock;
use engine::ingest::Ingester;
use engine::publish::{Published, Publisher};
use engine::work::{Shards, Worker};
use load::{lanes, noon};
use rounds::{Rounds, Run, is_measuring, setting};
use store::store::Store;
use taking::{defaults, open, take_in};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use xtask::services::rabbit::Rabbit;

mod database;
mod load;
mod rounds;
mod taking;

const BATCH: usize = 500;
/// A worker that takes longer than this for all of it hangs.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often the head is looked at.
const LOOK: Duration = Duration::from_millis(5);

const PROCESS: &str = "in-process: deliveries in memory -> commit (deliveries)";
const QUEUE: &str = "RabbitMQ quorum queues -> commit -> ack (deliveries)";

#[tokio::main]
async fn main() {
    let payments = if is_measuring() { setting("CONCILIAR_BENCH_PAYMENTS", 40_000) } else { 40 };
    let count = rounds::count();
    let server = database::Server::start().await;
    let rabbit = Rabbit::start().expect("RabbitMQ is installed");
    let address = Address::parse(&rabbit.url()).expect("the address of a service of ours");
    let mut rounds = Rounds::default();
    for round in 1..=count {
        println!("round {round} of {count}");
        let store = open(&server.fresh("process").await).await;
        rounds.add(PROCESS, take_in(store.clone(), lanes(shards().into(), 0..payments, BATCH)).await);
        let events = head(&*store).await;
        let deliveries = publish(&address, payments).await;
        let store = open(&server.fresh("queue").await).await;
        let elapsed = work(&address, store.clone(), deliveries, events).await;
        rounds.add(QUEUE, Run::new(deliveries, elapsed, Vec::new()));
        println!("  {events} events on both roads");
    }
    rounds.print();
    rounds.print_ratio(QUEUE, PROCESS);
}

fn shards() -> u16 {
    defaults().broker.shards
}

async fn head(store: &dyn Store) -> u64 {
    store.heads().await.expect("the store can be read").iter().map(|head| head.position).sum()
}

/// Fills the queues; answers with how many deliveries.
async fn publish(address: &Address, payments: u64) -> u64 {
    let config = defaults();
    let mut publisher = Publisher::new(&config, address.clone());
    let mut published = Published::default();
    for batch in lanes(shards().into(), 0..payments, BATCH).into_iter().flatten() {
        let looked = Ingester::look(&config, batch);
        publisher.publish(looked, &mut published).await.expect("the broker takes them");
    }
    publisher.close().await;
    published.deliveries
}

/// Works until the store holds what the other road wrote, and the worker has ended.
async fn work(address: &Address, store: Arc<dyn Store>, deliveries: u64, events: u64) -> Duration {
    let clock = Clock::Fixed(noon());
    let worker = Worker::new(store.clone(), defaults(), clock, address.clone(), Shards::All);
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(stop.clone()));
    let started = connected(address).await;
    let reached = timeout(PATIENCE, async {
        while head(&*store).await < events {
            sleep(LOOK).await;
        }
    });
    reached.await.expect("the worker keeps on");
    stop.cancel();
    let worked = working.await.expect("the worker does not panic").expect("the worker ends well");
    let elapsed = started.elapsed();
    assert!(worked.is_drained, "what was begun is finished");
    assert_eq!(worked.tally.applied, deliveries, "every delivery is taken once");
    assert_eq!(left(address).await, 0, "nothing is left on the queues");
    elapsed
}

/// When the worker's first consumer is there.
async fn connected(address: &Address) -> Instant {
    let broker = look(address).await;
    let reached = timeout(PATIENCE, async {
        while broker.standing(0).await.expect("the queue is there").consumers == 0 {}
    });
    reached.await.expect("the worker connects");
    let started = Instant::now();
    broker.close().await.expect("the connection can be closed");
    started
}

async fn look(address: &Address) -> Broker {
    let topology = defaults().broker.topology();
    Broker::connect(address, topology, "bench").await.expect("the broker answers")
}

async fn left(address: &Address) -> u32 {
    let broker = look(address).await;
    let mut ready = 0;
    for shard in 0..shards() {
        ready += broker.standing(shard).await.expect("the queue is there").ready;
    }
    broker.close().await.expect("the connection can be closed");
    ready
}
