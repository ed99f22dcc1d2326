//! How fast one quorum queue takes and gives messages of 600 bytes: `throughput [MESSAGES]`, against `CONCILIAR_TEST_AMQP`.
//!
//! Window and prefetch 1,000, batches of 500. Leaves its queues behind, empty, under the prefix `throughput.`.

#![expect(clippy::print_stdout, reason = "the rates are its result")]

use std::time::Duration;

use broker::address::Address;
use broker::connection::Broker;
use broker::message::Message;
use broker::publisher::Route;
use broker::topology::Topology;
use tokio::time::Instant;

const BODY_BYTES: usize = 600;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let url = std::env::var("CONCILIAR_TEST_AMQP")
        .unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".to_owned());
    let topology = Topology { prefix: "throughput.".to_owned(), shards: 1 };
    let broker = Broker::connect(&Address::parse(&url)?, topology, "throughput").await?;
    broker.declare().await?;

    let message = |number: usize| {
        let headers = [("topic".to_owned(), "payment".to_owned()), ("seller".to_owned(), "123".to_owned())];
        Message { id: format!("delivery-{number}"), headers: headers.into(), body: vec![b'x'; BODY_BYTES] }
    };
    let mut publisher = broker.publisher(1000).await?;
    let started = Instant::now();
    for first in (0..count).step_by(5000) {
        let numbers = first..count.min(first + 5000);
        publisher.publish(numbers.map(|number| (Route::Shard(0), message(number))).collect()).await?;
    }
    tell("published", count, started.elapsed());

    let mut consumer = broker.shard(0, 1000).await?;
    let (started, mut taken) = (Instant::now(), 0);
    while taken < count {
        let batch = consumer.batch(500, Duration::from_millis(50)).await?;
        consumer.ack(&batch).await?;
        taken += batch.messages.len();
    }
    tell("consumed", taken, started.elapsed());
    broker.close().await?;
    Ok(())
}

fn tell(what: &str, messages: usize, time: Duration) {
    let (messages, millis) = (messages as u128, time.as_millis().max(1));
    println!("{what} {messages} messages in {millis} ms: {} a second", messages * 1000 / millis);
}
