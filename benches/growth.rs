//! Does it stay linear, and the memory flat? One store that grows, with its rates and peaks at each size.
//!
//! At each size: how fast the last deliveries went in, how fast a replay and a verification read all of it, the most
//! memory that each held, and how large the database is. Reading is left to a process of its own: what the ingest held
//! is not given back to the system and would hide what reading holds.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::replay::replay;
use engine::verify::verify;
use sqlx::{Connection, PgConnection, query_scalar};
use store::postgres::{PostgresOptions, PostgresStore};
use store::store::Store;

use crate::database::Server;
use crate::load::lanes;
use crate::memory;
use crate::taking::{defaults, open, take_in};
use crate::{BATCH, LANES};

/// The argument of a process that only reads; the address follows.
pub const READ: &str = "--read";

/// Lets a store grow to so many events, by tens from a hundredth of it; `portion` payments are held in memory at a
/// time, and count in the memory of the ingest.
pub async fn measure(server: &Server, most: u64, portion: u64) {
    let url = server.fresh("growth").await;
    let store: Arc<dyn Store> = open(&url).await;
    println!(
        "| events | deliveries/s, the last {portion} payments | MB | rebuild, events/s | MB | verify, events/s | MB | database MB |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let (mut payments, mut next) = (0, most / 100);
    while next <= most {
        memory::forget_peak();
        let mut last = 0;
        while head(&*store).await < next {
            let lanes = lanes(LANES, payments..payments + portion, BATCH);
            let run = take_in(store.clone(), lanes).await;
            (payments, last) = (payments + portion, run.per_second());
        }
        let taking = memory::peak_mb();
        let [rebuilt, rebuilding, proven, proving] = read_apart(&url);
        let (events, size) = (head(&*store).await, size_mb(&url).await);
        println!(
            "| {events} | {last} | {taking} | {rebuilt} | {rebuilding} | {proven} | {proving} | {size} |"
        );
        while next <= events {
            next *= 10;
        }
    }
}

/// Reads all of a store and prints, for whoever started this process: events a second and MB, of a replay and then of
/// a verification.
pub async fn read(url: &str) {
    let store = PostgresStore::open_read_only(url, &PostgresOptions::default()).await;
    let store = store.expect("the store is there");
    let (rebuilt, rebuilding) = rebuild(&store).await;
    let (proven, proving) = prove(&store).await;
    println!("{rebuilt} {rebuilding} {proven} {proving}");
}

fn read_apart(url: &str) -> [u64; 4] {
    let bench = std::env::current_exe().expect("the bench knows where it lies");
    let output = Command::new(bench).args([READ, url]).output().expect("the bench starts again");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let numbers = said.split_whitespace().map(|word| word.parse().expect("numbers are printed"));
    numbers.collect::<Vec<u64>>().try_into().expect("four numbers are printed")
}

async fn head(store: &dyn Store) -> u64 {
    store.heads().await.expect("the store can be read").iter().map(|head| head.position).sum()
}

/// Events a second, and the peak of memory.
async fn rebuild(store: &dyn Store) -> (u64, u64) {
    memory::forget_peak();
    let started = Instant::now();
    let replayed = replay(store, None, |_| {}).await.expect("every event can be read");
    (rate(replayed.events, started.elapsed()), memory::peak_mb())
}

/// Events a second, and the peak of memory.
async fn prove(store: &dyn Store) -> (u64, u64) {
    memory::forget_peak();
    let started = Instant::now();
    let verified = verify(store, &defaults().policies(), |_| {}).await.expect("the store can be read");
    assert_eq!(verified.differences, [], "the store is what was written");
    (rate(verified.events, started.elapsed()), memory::peak_mb())
}

fn rate(events: u64, elapsed: Duration) -> u64 {
    let millis = u64::try_from(elapsed.as_millis()).expect("a run takes less than 500,000 years");
    events * 1000 / millis.max(1)
}

async fn size_mb(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("the database answers");
    let size =
        query_scalar("SELECT pg_database_size(current_database()) / 1000000").fetch_one(&mut connection);
    size.await.expect("the database knows its size")
}
