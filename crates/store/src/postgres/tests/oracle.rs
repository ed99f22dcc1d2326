//! No reader skips an event and no answered commit is lost or doubled, whatever happens to the writers.
//!
//! Writers of two stores race while callers give up, connections are killed and a foreign transaction holds the
//! lock; readers tail the shards meanwhile. Afterwards what was answered is compared with what they saw.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::task::JoinSet;

use super::{retried, run, verify};
use crate::commit::{Commit, Outcome};
use crate::contract::sample::{commit, delivery, event, key, payment, sale};
use crate::contract::schema::Schema;
use crate::inbox::Verdict;
use crate::postgres::{PostgresOptions, PostgresStore};
use crate::read::{Cut, InboxFilter, StoredEvent};
use crate::store::Store;

const WRITERS: usize = 4;
const COMMITS: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_shard_keeps_every_answer() {
    race(1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_shards_keep_every_answer() {
    race(4).await;
}

async fn race(shards: u16) {
    let schema = Schema::new();
    let url = format!("{}&application_name={}", schema.url(), schema.name);
    let options = PostgresOptions { shards, ..PostgresOptions::default() };
    let mut stores: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..2 {
        stores.push(Arc::new(PostgresStore::open(&url, &options).await.expect("the schema is ours")));
    }
    let over = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for number in 0..WRITERS * stores.len() {
        writers.spawn(write(Arc::clone(&stores[number % stores.len()]), number));
    }
    let mut disturbers = JoinSet::new();
    disturbers.spawn(disturb(schema.raw().await, kill(&schema), Arc::clone(&over)));
    disturbers.spawn(disturb(schema.raw().await, stall(), Arc::clone(&over)));
    let mut tails = JoinSet::new();
    for shard in 0..shards {
        for store in &stores {
            tails.spawn(tail(Arc::clone(store), shard, Arc::clone(&over)));
        }
    }
    let answered: BTreeSet<String> = writers.join_all().await.into_iter().flatten().collect();
    over.store(true, Ordering::SeqCst);
    disturbers.join_all().await;
    let mut seen: BTreeMap<u16, Vec<StoredEvent>> = BTreeMap::new();
    for (shard, events) in tails.join_all().await {
        let positions: Vec<u64> = events.iter().map(|event| event.position).collect();
        assert_eq!(positions, (1..=events.len() as u64).collect::<Vec<_>>(), "nothing was skipped");
        let first = seen.entry(shard).or_insert_with(|| events.clone());
        assert_eq!(*first, events, "both tails of a shard saw the same");
    }
    compare(&*stores[0], &answered, &seen).await;
}

/// The oracle: each answered commit was seen once and whole, and all else that was seen is whole too.
async fn compare(store: &dyn Store, answered: &BTreeSet<String>, seen: &BTreeMap<u16, Vec<StoredEvent>>) {
    assert_eq!(answered.len(), WRITERS * 2 * COMMITS);
    let mut copies: BTreeMap<&str, usize> = BTreeMap::new();
    for (shard, events) in seen {
        assert_eq!(verify(store, *shard).await, Ok(events.len() as u64), "the tail reached the head");
        for event in events {
            assert_eq!(event.stream.shard(store.shards()), *shard);
            *copies.entry(&event.payload).or_default() += 1;
        }
    }
    let inbox = InboxFilter { limit: 10_000, ..InboxFilter::default() };
    let inbox = retried(|| store.inbox_list(&inbox)).await;
    let received: BTreeSet<&str> = inbox.iter().map(|delivery| &*delivery.key.0).collect();
    assert_eq!(received.len(), inbox.len());
    assert!(answered.iter().all(|name| copies.get(&**name) == Some(&2)), "two events each, once");
    assert!(copies.values().all(|count| *count == 2), "no commit is half there");
    assert_eq!(received, copies.keys().copied().collect(), "deliveries and events are written together");
    let balances = retried(|| store.balances(Cut::default())).await;
    assert_eq!(balances[0].balance_minor, i64::try_from(copies.len()).expect("a small number"));
}

/// Commits one after the other; now and then the caller gives up waiting, and asks again.
async fn write(store: Arc<dyn Store>, writer: usize) -> Vec<String> {
    let own = payment(&format!("writer-{writer}"));
    let mut answered = Vec::new();
    for number in 0..COMMITS {
        let name = format!("{writer}:{number}");
        let mut patience = if number % 3 == 0 { number * 2 } else { usize::MAX };
        loop {
            let keys = [key(&name)];
            let loaded = retried(|| store.load(std::slice::from_ref(&own), &keys)).await;
            if !loaded.known.is_empty() {
                break;
            }
            let next = loaded.histories.get(&own).map_or(1, |history| history.len() as u64 + 1);
            let mut one = event(&own, next);
            let mut two = sale(&payment(&name), 1, &name, 1);
            one.payload.clone_from(&name);
            two.payload.clone_from(&name);
            let planned: Commit =
                commit(0).delivery(delivery(&name, name.as_bytes(), Verdict::Applied)).event(one).event(two);
            match polled(patience, store.commit(planned)).await {
                Some(Ok(Outcome::Committed { .. })) => break,
                // Written by a call that was given up, or was in doubt: the inbox tells.
                Some(Ok(Outcome::Stale { .. })) | None => {}
                Some(Err(error)) => assert!(error.is_transient(), "{error:?}"),
            }
            patience = usize::MAX;
        }
        answered.push(name);
    }
    answered
}

/// Reads a shard to its end, and goes on until nobody writes any more.
async fn tail(store: Arc<dyn Store>, shard: u16, over: Arc<AtomicBool>) -> (u16, Vec<StoredEvent>) {
    let mut events: Vec<StoredEvent> = Vec::new();
    loop {
        let last = over.load(Ordering::SeqCst);
        let after = events.last().map_or(0, |event| event.position);
        let page = retried(|| store.scan(shard, after, 5)).await;
        // Calls that were given up may still be written after the writers ended; both tails wait for them.
        let ended = page.is_empty() && last && retried(|| store.head(shard)).await.position == after;
        events.extend(page);
        if ended {
            return (shard, events);
        }
        tokio::task::yield_now().await;
    }
}

fn kill(schema: &Schema) -> String {
    format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'
         ORDER BY random() LIMIT 2; SELECT pg_sleep(0.06)",
        schema.name
    )
}

fn stall() -> String {
    "BEGIN; SELECT pg_advisory_xact_lock(('heads'::regclass::oid::bigint << 16) + shard) FROM heads ORDER BY shard;
     SELECT pg_sleep(0.03); ROLLBACK; SELECT pg_sleep(0.05)"
        .to_owned()
}

async fn disturb(mut conn: sqlx::postgres::PgConnection, statements: String, over: Arc<AtomicBool>) {
    while !over.load(Ordering::SeqCst) {
        run(&mut conn, &statements).await.expect("nobody disturbs the disturber");
    }
}

/// Polls a future so many times, then drops it.
async fn polled<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| match left.checked_sub(1) {
        Some(less) => {
            left = less;
            let polled = future.as_mut().poll(context).map(Some);
            if polled.is_pending() && times != usize::MAX {
                context.waker().wake_by_ref();
            }
            polled
        }
        None => Poll::Ready(None),
    })
    .await
}
