//! Commits that are written together answer as if each were alone, in one shard and across shards.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::machine::Instant;
use sqlx::Connection;
use tokio::task::JoinSet;

use super::{open, run, verify};
use crate::chain::ONLY_SHARD;
use crate::commit::{Commit, NewMessage, Outcome};
use crate::contract::sample::{commit, committed, delivery, event, key, payment, sale};
use crate::contract::schema::Schema;
use crate::inbox::Verdict;
use crate::read::{Cut, InboxFilter};
use crate::store::{Store, StoreError};

/// Hands in commits while the shard's lock is taken, so that they wait together; answers in their order.
async fn together(
    schema: &Schema,
    store: &Arc<dyn Store>,
    commits: Vec<Commit>,
) -> Vec<Result<Outcome, StoreError>> {
    let mut raw = schema.raw().await;
    let mut tx = raw.begin().await.expect("a transaction begins");
    run(&mut tx, "SELECT pg_advisory_xact_lock('heads'::regclass::oid::bigint << 16)")
        .await
        .expect("it is free");
    let mut waiting = JoinSet::new();
    for (number, commit) in commits.into_iter().enumerate() {
        let store = Arc::clone(store);
        waiting.spawn(async move { (number, store.commit(commit).await) });
    }
    let blocked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                   AND ((classid::bigint << 32) | objid::bigint) = 'heads'::regclass::oid::bigint << 16";
    while sqlx::query_scalar::<_, i64>(blocked).fetch_one(&mut *tx).await.expect("the server answers") == 0 {
        tokio::task::yield_now().await;
    }
    tx.rollback().await.expect("the lock is given back");
    let mut answers = waiting.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[tokio::test]
async fn only_the_commit_at_fault_fails() {
    let schema = Schema::new();
    let store: Arc<dyn Store> = Arc::new(open(&schema, 1).await);
    committed(
        &*store,
        commit(0).event(sale(&payment("1"), 1, "e-1", i64::MAX)).delivery(delivery(
            "k",
            b"",
            Verdict::Applied,
        )),
    )
    .await;
    let fine = |name: &str| commit(1).event(sale(&payment(name), 1, name, -1));
    let commits = vec![
        fine("a"),
        commit(1).event(sale(&payment("1"), 2, "e-1", 1)),
        fine("b"),
        commit(1).event(sale(&payment("c"), 1, "c", i64::MAX)),
        commit(1).event(event(&payment("1"), 7)),
        commit(1).delivery(delivery("k", b"", Verdict::Applied)),
        commit(1).attempt("nobody", 1, Verdict::Applied),
        commit(1).event(event(&payment("d"), 1)).delivery(delivery("a\0b", b"", Verdict::Applied)),
        fine("e"),
    ];
    let answers = together(&schema, &store, commits).await;
    for fine in [0, 2, 8] {
        assert!(matches!(answers[fine], Ok(Outcome::Committed { .. })), "{fine}: {:?}", answers[fine]);
    }
    assert!(
        matches!(&answers[1], Err(StoreError::RepeatedEntry { id }) if *id.0 == *"e-1"),
        "{:?}",
        answers[1]
    );
    assert!(
        matches!(&answers[3], Err(StoreError::Overflow { account, .. }) if account.code() == 1121),
        "{:?}",
        answers[3]
    );
    assert!(
        matches!(&answers[4], Ok(Outcome::Stale { streams, .. }) if *streams == [payment("1")]),
        "{:?}",
        answers[4]
    );
    assert!(
        matches!(&answers[5], Ok(Outcome::Stale { keys, .. }) if *keys == [key("k")]),
        "{:?}",
        answers[5]
    );
    assert!(matches!(&answers[6], Err(StoreError::UnknownDelivery { .. })), "{:?}", answers[6]);
    assert!(matches!(&answers[7], Err(StoreError::Unstorable { .. })), "{:?}", answers[7]);
    assert_eq!(verify(&*store, ONLY_SHARD).await, Ok(4));
}

#[tokio::test]
async fn commits_of_a_group_see_the_ones_before_them() {
    let schema = Schema::new();
    let store: Arc<dyn Store> = Arc::new(open(&schema, 1).await);
    let commits = (0..20).map(|number| {
        let name = format!("k-{number}");
        commit(1).event(event(&payment("hot"), 1)).delivery(delivery(&name, b"", Verdict::Applied))
    });
    let answers = together(&schema, &store, commits.collect()).await;
    let written = answers.iter().filter(|answer| matches!(answer, Ok(Outcome::Committed { head: 1 })));
    assert_eq!(written.count(), 1);
    let stale = answers.iter().filter(
        |answer| matches!(answer, Ok(Outcome::Stale { streams, .. }) if *streams == [payment("hot")]),
    );
    assert_eq!(stale.count(), 19);
}

#[tokio::test]
async fn a_key_that_two_shards_take_at_once_is_stale_for_one_of_them() {
    let schema = Schema::new();
    let store: Arc<dyn Store> = Arc::new(open(&schema, 4).await);
    for round in 0..25 {
        let mut racing = JoinSet::new();
        for number in 0..8 {
            let store = Arc::clone(&store);
            let stream = payment(&format!("{round}-{number}"));
            let planned = commit(1).event(event(&stream, 1)).delivery(delivery(
                &format!("k-{round}"),
                b"",
                Verdict::Applied,
            ));
            racing.spawn(async move { store.commit(planned).await.expect("a lost race is no error") });
        }
        let outcomes = racing.join_all().await;
        let committed = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Committed { .. }));
        assert_eq!(committed.count(), 1, "round {round}");
        let lost = Outcome::Stale { streams: vec![], keys: vec![key(&format!("k-{round}"))] };
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == lost).count(), 7, "round {round}");
    }
}

#[tokio::test]
async fn a_commit_over_several_shards_is_whole_and_every_chain_verifies() {
    let schema = Schema::new();
    let store = open(&schema, 4).await;
    let message = |number: u32| NewMessage {
        key: format!("m-{number}").into(),
        destination: "refunds".into(),
        payload: String::new(),
        caused_by: payment("1"),
    };
    let mut sales = 0;
    for number in 0..10 {
        let mut planned = commit(1)
            .delivery(delivery(&format!("k-{number}"), b"x", Verdict::Applied))
            .message(message(number));
        for stream in 0..6 {
            let name = format!("{stream}");
            planned =
                planned.event(sale(&payment(&name), u64::from(number) + 1, &format!("{name}-{number}"), 10));
            sales += 1;
        }
        committed(&store, planned).await;
    }
    let mut events = 0;
    let mut recorded: BTreeMap<u64, BTreeSet<Instant>> = BTreeMap::new();
    for shard in 0..4 {
        let position = verify(&store, shard).await.expect("each shard has a chain of its own");
        let entries = store.scan_entries(shard, 0, 1_000).await.expect("the store answers");
        assert_eq!(entries.len() as u64, position, "every event here posts");
        assert!(entries.iter().all(|entry| entry.stream.shard(4) == shard));
        events += position;
        for event in store.scan(shard, 0, 1_000).await.expect("the store answers") {
            recorded.entry(event.sequence).or_default().insert(event.recorded_at);
        }
    }
    let times: Vec<_> = recorded.into_values().collect();
    assert!(times.iter().all(|times| times.len() == 1), "a commit has one time in all its shards: {times:?}");
    assert!(times.is_sorted_by(|one, next| one.first() < next.first()), "each is later: {times:?}");
    assert_eq!(events, sales);
    let arrivals: BTreeSet<u64> = store
        .inbox_list(&InboxFilter { limit: 100, ..InboxFilter::default() })
        .await
        .expect("the store answers")
        .iter()
        .map(|delivery| delivery.arrival)
        .collect();
    assert_eq!(arrivals.len(), 10, "arrivals are unique");
    let numbers: Vec<u64> =
        store.outbox(0, 100).await.expect("the store answers").iter().map(|message| message.number).collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>(), "one shard numbers all messages");
    let balances = store.balances(Cut::default()).await.expect("the store answers");
    assert_eq!(balances[0].balance_minor, i64::try_from(sales).expect("a small number") * 10);
    assert_eq!(balances.len(), 2, "the rows of the shards are summed");
    let histories =
        store.scan_streams(domain::stream::StreamKind::Payment, None, 7).await.expect("the store is whole");
    assert!(
        histories.iter().all(|event| event.stream == histories[0].stream),
        "ten events exceed the limit together"
    );
    assert_eq!(histories.len(), 10);
}
