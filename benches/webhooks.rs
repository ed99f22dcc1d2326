//! Webhooks a second: signed requests over loopback, each answered with 200 once RabbitMQ has confirmed it, beside the
//! same receiver that commits to SQLite itself.
//!
//! The senders have a thread and a runtime of their own and keep their connections; requests are made and signed before the
//! clock starts, and a latency is from the first byte written to the status read. In the end every acknowledged webhook is
//! counted at the queue. Results: `benches/README.md`.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use ::broker::address::Address;
use ::broker::connection::Broker;
use engine::clock::Clock;
use engine::config::Config;
use engine::sink::Sink;
use engine::sink::broker::BrokerSink;
use engine::sink::store::StoreSink;
use mercadopago::signature::sign;
use rounds::{Rounds, Run, is_measuring, setting};
use server::metrics::Metrics;
use server::ops::Health;
use server::receiver::{self, Doors, Receiver};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use xtask::services::rabbit::Rabbit;

mod rounds;

const SELLER: &str = "1122334455";
const SECRET: &[u8] = b"a-secret-of-webhooks";
/// The clock of the receiver, and the same as signatures have it.
const AT: &str = "2026-11-02T12:00:00Z";
const SECONDS: &str = "1793620800";
/// A receiver that takes longer than this for all of it hangs.
const PATIENCE: Duration = Duration::from_secs(600);

const QUEUE: &str = "signed webhook -> quorum queue -> 200 (webhooks)";
const EMBEDDED: &str = "signed webhook -> SQLite -> 200 (webhooks)";

#[tokio::main]
async fn main() {
    let webhooks = if is_measuring() { setting("CONCILIAR_BENCH_WEBHOOKS", 60_000) } else { 60 };
    let connections = if is_measuring() { setting("CONCILIAR_BENCH_CONNECTIONS", 128) } else { 4 };
    let count = rounds::count();
    let rabbit = Rabbit::start().expect("RabbitMQ is installed");
    let address = Address::parse(&rabbit.url()).expect("the address of a service of ours");
    let metrics = Metrics::install().expect("nothing else keeps metrics");
    let mut rounds = Rounds::default();
    for round in 1..=count {
        println!("round {round} of {count}: {connections} connections");
        let config = config(round);
        let load = Load { webhooks, connections, metrics: metrics.clone() };
        rounds.add(QUEUE, to_queue(&config, &address, &load).await);
        rounds.add(EMBEDDED, to_store(&config, &load).await);
    }
    std::fs::remove_file(secret()).expect("the secret is there");
    rounds.print();
    rounds.print_ratio(QUEUE, EMBEDDED);
}

/// How much is sent, and where it is measured.
struct Load {
    webhooks: u64,
    connections: u64,
    metrics: Metrics,
}

/// Where the secret lies.
fn secret() -> PathBuf {
    std::env::temp_dir().join(format!("conciliar-bench-{}", std::process::id()))
}

/// A seller whose secret lies in a file, and queues of the round's own.
fn config(round: u64) -> Config {
    std::fs::write(secret(), SECRET).expect("a file can be written");
    let text = format!(
        "[broker]\nprefix = 'round-{round}.'\n[sellers.{SELLER}]\nsite = 'MLA'\nhooks.secrets = 'file:{}'\n",
        secret().display()
    );
    let config = Config::read(Some(("bench.toml", &text)), []);
    config.expect("a seller can be configured")
}

fn clock() -> Clock {
    Clock::Fixed(AT.parse().expect("the instant is written right"))
}

async fn to_queue(config: &Config, address: &Address, load: &Load) -> Run {
    let sink = Arc::new(BrokerSink::start(config, address.clone(), "bench receiver"));
    sink.connected().await.expect("the broker answers");
    let run = receive(config, Arc::clone(&sink) as _, load).await;
    sink.close().await;
    assert_eq!(waiting(config, address).await, load.webhooks, "every acknowledged webhook is on its queue");
    run
}

async fn to_store(config: &Config, load: &Load) -> Run {
    let path = secret().with_extension("db");
    let text = path.display().to_string();
    let store = SqliteStore::open(&text, &SqliteOptions::default()).await.expect("a store can be made");
    let store: Arc<dyn Store> = Arc::new(store);
    // Nobody fetches: what is received is in the inbox, and that is what is measured.
    let (sink, _nobody) = StoreSink::start(Arc::clone(&store), config.clone(), clock());
    let sink = Arc::new(sink);
    let run = receive(config, Arc::clone(&sink) as _, load).await;
    let taken = sink.close().await;
    assert_eq!(taken.needs_fetch, load.webhooks, "every acknowledged webhook is in the inbox");
    drop(store);
    for ending in ["db", "db-wal", "db-shm"] {
        // The log is folded into the file when the last connection closes, and may be gone.
        let _removed = std::fs::remove_file(path.with_extension(ending));
    }
    run
}

async fn receive(config: &Config, sink: Arc<dyn Sink>, load: &Load) -> Run {
    let doors = Doors::read(config).expect("the secret can be read");
    let receiver = Receiver::new(config.serve, doors, clock(), sink);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("a bound listener has an address");
    let metrics = load.metrics.clone();
    let health = Health { live: Arc::new(|| Ok(())), ready: Arc::new(|| Ok(())), metrics };
    let stop = CancellationToken::new();
    let serving = tokio::spawn(receiver::serve(listener, Arc::new(receiver), health, stop.clone()));
    let (webhooks, connections) = (load.webhooks, load.connections);
    let (tell, told) = tokio::sync::oneshot::channel();
    let senders = thread::spawn(move || {
        let _heard = tell.send(send_all(at, webhooks, connections));
    });
    let run = timeout(PATIENCE, told).await.expect("the receiver keeps on").expect("no sender panics");
    senders.join().expect("no sender panics");
    stop.cancel();
    serving.await.expect("the receiver does not panic").expect("a stop is no failure");
    run
}

/// Sends all webhooks over so many connections, each the next when the one before is answered.
fn send_all(at: SocketAddr, webhooks: u64, connections: u64) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async move {
        let mut senders = JoinSet::new();
        let shares: Vec<Vec<Vec<u8>>> = (0..connections)
            .map(|first| (first..webhooks).step_by(step(connections)).map(request).collect())
            .collect();
        let mut streams = Vec::new();
        for _ in 0..connections {
            let stream = TcpStream::connect(at).await.expect("the receiver listens");
            stream.set_nodelay(true).expect("a socket can be set");
            streams.push(stream);
        }
        let started = Instant::now();
        for (stream, share) in streams.into_iter().zip(shares) {
            senders.spawn(send(stream, share));
        }
        let mut calls = Vec::new();
        while let Some(sent) = senders.join_next().await {
            calls.extend(sent.expect("no sender panics"));
        }
        assert_eq!(calls.len() as u64, webhooks, "each webhook is answered");
        Run::new(webhooks, started.elapsed(), calls)
    })
}

fn step(connections: u64) -> usize {
    usize::try_from(connections).expect("connections can be counted")
}

async fn send(mut stream: TcpStream, share: Vec<Vec<u8>>) -> Vec<Duration> {
    let mut calls = Vec::with_capacity(share.len());
    let mut answer = [0; 1024];
    for request in share {
        let started = Instant::now();
        stream.write_all(&request).await.expect("the receiver reads");
        // An answer of the receiver is short and is written at once.
        let mut length = 0;
        while !is_whole(&answer[..length]) {
            let read = stream.read(&mut answer[length..]).await.expect("the receiver answers");
            assert!(read > 0, "the receiver hung up");
            length += read;
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..length]));
        calls.push(started.elapsed());
    }
    calls
}

/// Whether the head is there and a body after it: every answer of the receiver ends with a line.
fn is_whole(answer: &[u8]) -> bool {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    end.is_some_and(|end| answer.len() > end + 4 && answer.ends_with(b"\n"))
}

/// A webhook that points at a payment, signed, under an id of its own.
fn request(number: u64) -> Vec<u8> {
    let payment = 91_000_000_000 + number;
    let id = format!("2066ca19-c6f1-498a-be75-{number:012}");
    let subject = payment.to_string();
    let signature = sign(SECRET, Some(&subject), Some(id.as_bytes()), SECONDS);
    let body = format!(
        r#"{{"id":{number},"live_mode":true,"type":"payment","date_created":"2026-11-02T08:00:00-04:00","user_id":{SELLER},"api_version":"v1","action":"payment.updated","data":{{"id":"{payment}"}}}}"#
    );
    format!(
        "POST /hooks/{SELLER}?data.id={payment}&type=payment HTTP/1.1\r\nhost: shop\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nx-signature: {signature}\r\n\
         x-request-id: {id}\r\nuser-agent: MercadoPago WebHook v1.0 payment\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Messages that wait to be fetched for, counted by taking them.
async fn waiting(config: &Config, address: &Address) -> u64 {
    let broker =
        Broker::connect(address, config.broker.topology(), "bench").await.expect("the broker answers");
    let mut consumer = broker.notifications(1000).await.expect("the queue is there");
    let mut count = 0;
    while let Ok(batch) =
        timeout(Duration::from_secs(2), consumer.batch(1000, Duration::from_millis(5))).await
    {
        let batch = batch.expect("messages come");
        count += batch.messages.len() as u64;
        consumer.ack(&batch).await.expect("they are acknowledged");
    }
    broker.close().await.expect("the connection can be closed");
    count
}
