//! The whole history again from PostgreSQL, beside the replay of the stock framework and a bare `SELECT`.
//!
//! Ours decodes every fact (`replay`), and proves chain, histories, postings and balances besides (`verify`). The
//! stock framework decodes its events and hands them to the cheapest view there is. With `CONCILIAR_BENCH_GROWTH` set
//! to a number of events, one store grows to it instead. Results: `benches/README.md`.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::replay::replay;
use engine::verify::verify;
use futures_util::TryStreamExt;
use load::lanes;
use rounds::{Rounds, Run, is_measuring, setting};
use sqlx::{Connection, PgConnection, Row, query};
use store::store::Store;
use taking::{defaults, open, take_in};

mod database;
mod growth;
mod load;
mod memory;
mod peer;
mod rounds;
mod taking;

/// Payments that are held in memory at a time while the store is filled.
const PORTION: u64 = 8_000;
const LANES: u64 = 8;
const BATCH: usize = 500;

const REBUILD: &str = "rebuild: every event decoded (events)";
const VERIFY: &str = "rebuild and verify: chain, histories, postings, balances (events)";
const PEER: &str = "postgres-es: QueryReplay (events)";
const SELECT: &str = "bare SELECT of the same rows (events)";

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip_while(|word| word != growth::READ).skip(1);
    if let Some(url) = words.next() {
        return growth::read(&url).await;
    }
    let server = database::Server::start().await;
    if !is_measuring() {
        growth::measure(&server, 400, 80).await;
        return in_rounds(&server, 40, rounds::count()).await;
    }
    match setting("CONCILIAR_BENCH_GROWTH", 0) {
        0 => {
            let payments = setting("CONCILIAR_BENCH_PAYMENTS", 100_000);
            in_rounds(&server, payments, rounds::count()).await;
        }
        most => growth::measure(&server, most, PORTION).await,
    }
}

async fn in_rounds(server: &database::Server, payments: u64, count: u64) {
    let peer = is_measuring().then(peer::Peer::build);
    let url = server.fresh("ours").await;
    let store: Arc<dyn Store> = open(&url).await;
    let events = fill(&store, payments).await;
    println!("{events} events of {payments} payments");
    let theirs = server.fresh("peers").await;
    vacuum(&url).await;
    let mut rounds = Rounds::default();
    for round in 1..=count {
        println!("round {round} of {count}");
        rounds.add(REBUILD, rebuild(&*store, events).await);
        rounds.add(VERIFY, prove(&*store, events).await);
        rounds.add(SELECT, select(&url, events).await);
        if let Some(peer) = &peer {
            let (run, _) = peer.run("replay", &[("url", &theirs), ("events", &events.to_string())]);
            rounds.add(PEER, run);
        }
    }
    rounds.print();
    for (of, to) in [(REBUILD, PEER), (VERIFY, PEER), (REBUILD, SELECT), (VERIFY, SELECT)] {
        rounds.print_ratio(of, to);
    }
}

/// Takes deliveries in; answers how many events they made.
async fn fill(store: &Arc<dyn Store>, payments: u64) -> u64 {
    for first in (0..payments).step_by(usize::try_from(PORTION).expect("a portion is small")) {
        take_in(store.clone(), lanes(LANES, first..payments.min(first + PORTION), BATCH)).await;
    }
    store.heads().await.expect("the store can be read").iter().map(|head| head.count).sum()
}

/// Settles the tables, as the database would by itself within minutes.
async fn vacuum(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("the database answers");
    query("VACUUM ANALYZE").execute(&mut connection).await.expect("the tables can be settled");
}

async fn rebuild(store: &dyn Store, events: u64) -> Run {
    let started = Instant::now();
    let replayed = replay(store, None, |_| {}).await.expect("every event can be read");
    assert_eq!(replayed.events, events, "the replay reaches the end");
    done(events, started)
}

async fn prove(store: &dyn Store, events: u64) -> Run {
    let started = Instant::now();
    let verified = verify(store, &defaults().policies(), |_| {}).await.expect("the store can be read");
    assert_eq!(verified.differences, [], "the store is what was written");
    assert_eq!(verified.events, events, "all of it was verified");
    done(events, started)
}

/// The same columns of the same rows in the same order, looked at and not decoded.
async fn select(url: &str, events: u64) -> Run {
    let mut connection = PgConnection::connect(url).await.expect("the database answers");
    let started = Instant::now();
    let mut rows = query(
        "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                occurred_at, recorded_at, digest
         FROM events ORDER BY shard, position",
    )
    .fetch(&mut connection);
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.try_next().await.expect("the table can be read") {
        count += 1;
        bytes += row.get::<&str, _>("payload").len();
    }
    assert_eq!(count, events, "every row is read");
    assert!(bytes > 0, "rows hold payloads");
    done(events, started)
}

fn done(events: u64, started: Instant) -> Run {
    let elapsed: Duration = started.elapsed();
    Run::new(events, elapsed, Vec::new())
}
