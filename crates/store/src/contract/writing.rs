//! Contract: commits are whole, ordered and refused when stale.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::task::JoinSet;

use super::sample::{
    all_events, commit, committed, delivery, event, kept, key, payment, refund, sale, stale,
};
use crate::chain::{ONLY_SHARD, Verifier};
use crate::commit::Outcome;
use crate::inbox::Verdict;
use crate::read::{Cut, InboxFilter};
use crate::store::Store;

pub(super) async fn positions_are_gapless_and_follow_commits_across_writers(store: Arc<dyn Store>) {
    const WRITERS: u64 = 6;
    const COMMITS: u64 = 15;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            let mut heads = Vec::new();
            for number in 1..=COMMITS {
                heads.push(write_until_fresh(&*store, writer, number).await);
            }
            heads
        });
    }
    let mut heads: Vec<u64> = writers.join_all().await.concat();
    heads.sort_unstable();
    let total = WRITERS * COMMITS;
    assert_eq!(heads, (1..=total).map(|commit| commit * 2).collect::<Vec<_>>(), "two events a commit");

    let events = all_events(&*store, 7).await;
    assert_eq!(events.len() as u64, total * 2);
    for pair in events.chunks(2) {
        assert_eq!(pair[0].payload, pair[1].payload, "the events of a commit stand together");
    }
    let shared = events.iter().filter(|event| event.stream == payment("shared"));
    assert_eq!(
        shared.map(|event| event.sequence).collect::<Vec<_>>(),
        (1..=total).collect::<Vec<_>>(),
        "every writer continued the shared history"
    );
    let mut verifier = Verifier::new(ONLY_SHARD);
    verifier.walk(&events).expect("one chain for all writers");
    verifier
        .finish(&store.head(ONLY_SHARD).await.expect("the store answers"))
        .expect("the head is the last event");
}

/// Adds one event to a history of its own and one to the history all writers share, again until nobody was faster.
async fn write_until_fresh(store: &dyn Store, writer: u64, number: u64) -> u64 {
    let shared = payment("shared");
    loop {
        let loaded = store.load(std::slice::from_ref(&shared), &[]).await.expect("the store answers");
        tokio::task::yield_now().await;
        let last = loaded.histories.get(&shared).map_or(0, |history| history.len() as u64);
        let mut one = event(&shared, last + 1);
        let mut two = event(&payment(&format!("own-{writer}")), number);
        one.payload = format!("{writer}:{number}");
        two.payload.clone_from(&one.payload);
        let planned = commit(0)
            .delivery(delivery(&format!("{writer}:{number}"), b"{}", Verdict::Applied))
            .event(one)
            .event(two);
        match store.commit(planned).await.expect("the store answers") {
            Outcome::Committed { head } => return head,
            Outcome::Stale { streams, keys } => assert_eq!((streams, keys), (vec![shared.clone()], vec![])),
        }
    }
}

pub(super) async fn a_sequence_behind_or_ahead_is_stale_and_writes_nothing(store: Arc<dyn Store>) {
    let stream = payment("1");
    committed(&*store, commit(0).event(event(&stream, 1)).event(event(&stream, 2))).await;
    for sequence in [1, 2, 4] {
        let planned = commit(1)
            .delivery(delivery("k", b"{}", Verdict::Applied))
            .event(sale(&payment("other"), 1, "e1", 100))
            .event(event(&stream, sequence));
        assert_eq!(stale(&*store, planned).await, (vec![stream.clone()], vec![]), "sequence {sequence}");
    }
    let gap_inside = commit(1).event(event(&stream, 3)).event(event(&stream, 5));
    assert_eq!(stale(&*store, gap_inside).await, (vec![stream.clone()], vec![]));
    holds_only(&*store, 2, 0).await;
    assert_eq!(committed(&*store, commit(1).event(event(&stream, 3))).await, 3);
}

pub(super) async fn a_known_key_is_stale_and_writes_nothing(store: Arc<dyn Store>) {
    committed(&*store, commit(0).delivery(delivery("k-1", b"one", Verdict::Unchanged))).await;
    let planned = commit(1)
        .delivery(delivery("k-0", b"two", Verdict::Applied))
        .delivery(delivery("k-1", b"two", Verdict::Applied))
        .event(sale(&payment("1"), 1, "e1", 100));
    assert_eq!(stale(&*store, planned).await, (vec![], vec![key("k-1")]));
    holds_only(&*store, 0, 1).await;
    let body = store.inbox_body(&key("k-1")).await.expect("the store answers");
    assert_eq!(body.as_deref(), Some(&b"one"[..]), "the first body stays");
}

pub(super) async fn a_key_twice_in_a_commit_is_stale(store: Arc<dyn Store>) {
    let planned = commit(1)
        .delivery(delivery("k-1", b"one", Verdict::Applied))
        .delivery(delivery("k-2", b"one", Verdict::Applied))
        .delivery(delivery("k-1", b"one", Verdict::Applied));
    assert_eq!(stale(&*store, planned).await, (vec![], vec![key("k-1")]));
    holds_only(&*store, 0, 0).await;
}

pub(super) async fn everything_stale_is_named_at_once(store: Arc<dyn Store>) {
    let first = commit(0)
        .delivery(delivery("a", b"", Verdict::Applied))
        .delivery(delivery("b", b"", Verdict::Applied))
        .event(event(&payment("1"), 1))
        .event(event(&refund("1", "1"), 1));
    committed(&*store, first.clone()).await;
    let (streams, keys) = stale(&*store, first).await;
    assert_eq!(streams, [payment("1"), refund("1", "1")]);
    assert_eq!(keys, [key("a"), key("b")]);
}

pub(super) async fn a_commit_larger_than_a_statement_is_whole(store: Arc<dyn Store>) {
    let mut planned = commit(0);
    for number in 0..2_500_i64 {
        let name = format!("{number:05}");
        let body = format!("body of {name}");
        planned = planned.delivery(delivery(&name, body.as_bytes(), Verdict::Applied)).event(sale(
            &payment(&name),
            1,
            &name,
            number + 1,
        ));
    }
    assert_eq!(committed(&*store, planned).await, 2_500);
    let keys: Vec<_> = (0..2_500).map(|number| key(&format!("{number:05}"))).collect();
    let streams: Vec<_> = (0..2_500).map(|number| payment(&format!("{number:05}"))).collect();
    let loaded = store.load(&streams, &keys).await.expect("the store answers");
    assert_eq!((loaded.histories.len(), loaded.known.len()), (2_500, 2_500));
    let body = store.inbox_body(&key("02499")).await.expect("the store answers");
    assert_eq!(body.as_deref(), Some(&b"body of 02499"[..]));
    let balances = store.balances(Cut::default()).await.expect("the store answers");
    assert_eq!(balances[0].balance_minor, 2_500 * 2_501 / 2);
}

pub(super) async fn recording_times_grow_with_positions(store: Arc<dyn Store>) {
    // (planned, recorded: seconds, microseconds more)
    let commits = [(10, 10, 0), (5, 10, 1), (10, 10, 2), (20, 20, 0), (-90, 20, 1)];
    for ((planned, seconds, more), number) in commits.into_iter().zip(1_u64..) {
        let name = format!("{number}");
        let two = commit(planned).event(sale(&payment(&name), 1, &name, 1)).event(event(&payment(&name), 2));
        let head = committed(&*store, two).await;
        let recorded = kept(seconds) + TimeDelta::microseconds(more);
        let events = store.scan(ONLY_SHARD, head - 2, 10).await.expect("the store answers");
        assert!(events.iter().all(|event| event.recorded_at == recorded), "{planned}: {events:?}");
        let entries = store.scan_entries(ONLY_SHARD, head - 2, 10).await.expect("the store answers");
        assert!(entries.iter().all(|entry| entry.recorded_at == recorded), "{planned}: {entries:?}");
        let end = store.head(ONLY_SHARD).await.expect("the store answers");
        assert_eq!((events.len(), entries.len(), end.recorded_at), (2, 1, Some(recorded)), "{planned}");
    }
}

pub(super) async fn a_commit_of_deliveries_alone_moves_no_head(store: Arc<dyn Store>) {
    committed(&*store, commit(0).event(event(&payment("1"), 1))).await;
    let head = store.head(ONLY_SHARD).await.expect("the store answers");
    assert_eq!(committed(&*store, commit(9).delivery(delivery("k", b"", Verdict::NeedsFetch))).await, 1);
    assert_eq!(store.head(ONLY_SHARD).await.expect("the store answers"), head);
}

/// So many events and deliveries, no entries and no balances.
pub(super) async fn holds_only(store: &dyn Store, events: usize, deliveries: usize) {
    assert_eq!(all_events(store, 100).await.len(), events);
    assert_eq!(store.head(ONLY_SHARD).await.expect("the store answers").position, events as u64);
    let filter = InboxFilter { limit: 100, ..InboxFilter::default() };
    assert_eq!(store.inbox_list(&filter).await.expect("the store answers").len(), deliveries);
    assert_eq!(store.scan_entries(ONLY_SHARD, 0, 100).await.expect("the store answers"), []);
    assert_eq!(store.balances(Cut::default()).await.expect("the store answers"), []);
}
