//! Durable ingest on PostgreSQL, beside the stock framework and beside a bare insert of the same rows.
//!
//! Each round runs every case on a database of its own, one after the other. Under `cargo test` the sizes are tiny
//! and the stock framework, which would have to be built first, is left out. Results: `benches/README.md`.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::ingest::fact_of;
use load::lanes;
use rounds::{Rounds, Run, is_measuring, setting};
use store::commit::{Commit, NewEvent, Outcome};
use store::memory::MemoryStore;
use store::read::{Cut, StoredEvent};
use store::store::Store;
use taking::{open, take_in};
use tokio::task::JoinSet;

mod bare;
mod database;
mod load;
mod peer;
mod rounds;
mod taking;

/// Batches that are under way at a time: one for each shard queue of the defaults.
const LANES: u64 = 8;
/// What a worker takes at once, by default.
const BATCH: usize = 500;
/// Commands of the stock framework that are under way at a time, and our single commits beside them.
const TASKS: u64 = 64;
/// Connections that the stock framework is given: one for each task, or as many as a server of two cores likes.
const CONNECTIONS: [&str; 2] = ["16", "64"];

const FULL: &str = "durable ingest: inbox, bodies, events, entries, balances, chain (deliveries)";
const EVENTS: &str = "events and chain only, 500 a commit (events)";
const SINGLE: &str = "events and chain only, one delivery's a commit, 64 tasks (events)";
const PEER: &str = "postgres-es, 64 tasks, the same facts (commands)";
const PEER_EVENTS: &str = "postgres-es, the same (events)";
const PEER_SINGLE: &str = "postgres-es, 64 tasks, one event a command (commands)";
const BARE: &str = "bare UNNEST insert of the same event rows, 500 a statement (rows)";

struct Sizes {
    payments: u64,
    single: u64,
    commands: u64,
}

impl Sizes {
    fn read() -> Self {
        if !is_measuring() {
            return Self { payments: 80, single: 64, commands: 0 };
        }
        Self {
            payments: setting("CONCILIAR_BENCH_PAYMENTS", 40_000),
            single: setting("CONCILIAR_BENCH_SINGLE", 20_000),
            commands: setting("CONCILIAR_BENCH_COMMANDS", 20_000),
        }
    }
}

#[tokio::main]
async fn main() {
    let sizes = Sizes::read();
    let server = database::Server::start().await;
    let peer = is_measuring().then(peer::Peer::build);
    let events = histories(LANES, sizes.payments).await;
    let single = histories(TASKS, sizes.single).await;
    let (mut rounds, count) = (Rounds::default(), rounds::count());
    for round in 1..=count {
        println!("round {round} of {count}");
        let store = open(&server.fresh("ours").await).await;
        rounds.add(FULL, take_in(store.clone(), lanes(LANES, 0..sizes.payments, BATCH)).await);
        println!("  result hash {:016x}", hash(&*store).await);
        let url = server.fresh("ours").await;
        let store = open(&url).await;
        rounds.add(EVENTS, append(store.clone(), events.iter().map(|lane| by_count(lane)).collect()).await);
        let rows = bare::Rows::of(&*store, BATCH).await;
        server.settle().await;
        rounds.add(BARE, rows.insert(&url, LANES).await);
        let store = open(&server.fresh("ours").await).await;
        rounds.add(SINGLE, append(store, single.iter().map(|lane| by_delivery(lane)).collect()).await);
        let Some(peer) = &peer else { continue };
        let (run, events) = best(peer, &server, sizes.commands, "0").await;
        rounds.add(PEER, run.clone());
        rounds.add(PEER_EVENTS, Run { done: events, ..run });
        let (run, _) = best(peer, &server, sizes.commands, "1").await;
        rounds.add(PEER_SINGLE, run);
    }
    rounds.print();
    for (of, to) in [(FULL, PEER), (FULL, PEER_SINGLE), (EVENTS, PEER_EVENTS), (EVENTS, PEER_SINGLE)] {
        rounds.print_ratio(of, to);
    }
    for (of, to) in [(SINGLE, PEER_EVENTS), (SINGLE, PEER_SINGLE), (EVENTS, BARE)] {
        rounds.print_ratio(of, to);
    }
}

/// The stock framework at its best: with each number of connections, and the faster run of them.
async fn best(peer: &peer::Peer, server: &database::Server, commands: u64, single: &str) -> (Run, u64) {
    let (commands, mut best) = (commands.to_string(), None::<(Run, u64)>);
    for connections in CONNECTIONS {
        let url = server.fresh("peers").await;
        let options =
            [("url", &*url), ("commands", &commands), ("single", single), ("connections", connections)];
        let (run, events) = peer.run("ingest", &options);
        println!("  postgres-es, {connections} connections: {} commands/s", run.per_second());
        if best.as_ref().is_none_or(|(best, _)| best.per_second() < run.per_second()) {
            best = Some((run, events));
        }
    }
    best.expect("it ran with some number of connections")
}

/// What the deliveries of each lane write, in its order.
async fn histories(count: u64, payments: u64) -> Vec<Vec<StoredEvent>> {
    let mut histories = Vec::new();
    for lane in lanes(count, 0..payments, BATCH) {
        let store = Arc::new(MemoryStore::new());
        take_in(store.clone(), vec![lane]).await;
        histories.push(store.scan(0, 0, usize::MAX).await.expect("memory can be read"));
    }
    histories
}

fn by_count(history: &[StoredEvent]) -> Vec<Commit> {
    history.chunks(BATCH).map(commit_of).collect()
}

/// The metadata names the delivery that caused an event.
fn by_delivery(history: &[StoredEvent]) -> Vec<Commit> {
    history.chunk_by(|a, b| a.metadata == b.metadata).map(commit_of).collect()
}

/// Commits events and nothing else, every lane at the same time.
async fn append(store: Arc<dyn Store>, lanes: Vec<Vec<Commit>>) -> Run {
    let (mut tasks, started) = (JoinSet::new(), Instant::now());
    for commits in lanes {
        let store = store.clone();
        tasks.spawn(async move {
            let (mut events, mut calls) = (0, Vec::with_capacity(commits.len()));
            for commit in commits {
                events += commit.events.len() as u64;
                let started = Instant::now();
                let outcome = store.commit(commit).await.expect("the events are sound");
                assert!(matches!(outcome, Outcome::Committed { .. }), "nobody else writes to these streams");
                calls.push(started.elapsed());
            }
            (events, calls)
        });
    }
    let (events, calls): (Vec<u64>, Vec<Vec<Duration>>) = tasks.join_all().await.into_iter().unzip();
    Run::new(events.iter().sum(), started.elapsed(), calls.concat())
}

fn commit_of(events: &[StoredEvent]) -> Commit {
    let recorded_at = load::noon();
    let events = events.iter().map(new_event).collect();
    Commit { recorded_at, deliveries: vec![], attempts: vec![], events, outbox: vec![] }
}

fn new_event(event: &StoredEvent) -> NewEvent {
    NewEvent {
        stream: event.stream.clone(),
        sequence: event.sequence,
        name: fact_of(event).expect("what was written can be read").name(),
        version: event.version,
        payload: event.payload.clone(),
        occurred_at: event.occurred_at,
        caused_by: None,
        actor: None,
        entry: None,
    }
}

/// The same for every order in which the lanes commit: counts and balances.
async fn hash(store: &dyn Store) -> u64 {
    let heads = store.heads().await.expect("the store can be read");
    let balances = store.balances(Cut::default()).await.expect("the store can be read");
    let balances: BTreeMap<_, _> =
        balances.into_iter().map(|b| ((b.account, b.seller), b.balance_minor)).collect();
    let counts = store.inbox_counts().await.expect("the store can be read");
    let mut hasher = DefaultHasher::new();
    let events: u64 = heads.iter().map(|head| head.count).sum();
    format!("{events} {counts:?} {balances:?}").hash(&mut hasher);
    hasher.finish()
}
