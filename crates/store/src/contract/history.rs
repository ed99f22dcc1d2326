//! Contract: reading events back.

use std::sync::Arc;

use domain::stream::StreamKind;

use super::sample::{all_events, at, commit, committed, delivery, event, kept, key, payment, refund};
use crate::chain::{GENESIS, ONLY_SHARD, Verifier};
use crate::commit::NewEvent;
use crate::inbox::Verdict;
use crate::read::{Head, StoredEvent};
use crate::store::Store;

pub(super) async fn a_commit_reads_back_byte_for_byte(store: Arc<dyn Store>) {
    let payload = r#"{"b":1,"a":"ñandú \"é\" 🙂","n":12345678901234567890.10,"a":2}"#;
    let first = NewEvent {
        payload: payload.to_owned(),
        version: 7,
        caused_by: Some(key("k-1")),
        actor: Some("ana \"la\" jefa".into()),
        ..event(&payment("1"), 1)
    };
    let head = committed(
        &*store,
        commit(5)
            .delivery(delivery("k-1", b"{}", Verdict::Applied))
            .event(first)
            .event(event(&refund("1", "9"), 1)),
    )
    .await;
    assert_eq!(head, 2);

    let streams = [payment("1"), refund("1", "9")];
    let loaded = store.load(&streams, &[key("k-1")]).await.expect("the store answers");
    let [stored] = &loaded.histories[&payment("1")][..] else { panic!("one event was written") };
    let expected = StoredEvent {
        position: 1,
        stream: payment("1"),
        sequence: 1,
        name: "payment.approved".into(),
        version: 7,
        payload: payload.to_owned(),
        metadata: r#"{"caused_by":"k-1","actor":"ana \"la\" jefa"}"#.to_owned(),
        occurred_at: kept(-3_600),
        recorded_at: kept(5),
        digest: stored.digest,
    };
    assert_eq!(*stored, expected);
    assert_ne!(stored.digest, GENESIS);
    let [second] = &loaded.histories[&refund("1", "9")][..] else { panic!("one event was written") };
    assert_eq!((second.position, &*second.metadata), (2, "{}"));
    assert_eq!(
        &*loaded.known[&key("k-1")],
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "the SHA-256 of {{}}"
    );
    assert_eq!(all_events(&*store, 10).await, [stored.clone(), second.clone()]);
}

pub(super) async fn absent_streams_are_not_in_the_answer(store: Arc<dyn Store>) {
    committed(&*store, commit(0).event(event(&payment("1"), 1))).await;
    let streams = [payment("1"), payment("2"), refund("1", "1")];
    let loaded = store.load(&streams, &[key("nobody")]).await.expect("the store answers");
    assert_eq!(loaded.histories.keys().collect::<Vec<_>>(), [&payment("1")]);
    assert!(loaded.known.is_empty());
}

pub(super) async fn scan_pages_are_complete_at_every_limit(store: Arc<dyn Store>) {
    histories(&*store).await;
    for limit in [1, 2, 3, 7, 12, 13, 1_000] {
        let events = all_events(&*store, limit).await;
        let positions: Vec<_> = events.iter().map(|event| event.position).collect();
        assert_eq!(positions, (1..=12).collect::<Vec<_>>(), "limit {limit}");
    }
}

pub(super) async fn histories_are_whole_at_every_limit(store: Arc<dyn Store>) {
    histories(&*store).await;
    let expected = ["1:1", "1:2", "10:1", "2:1", "2:2", "2:3", "2:4", "2:5", "3:1"];
    for limit in 1..=11 {
        let mut read = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = store
                .scan_streams(StreamKind::Payment, after.as_deref(), limit)
                .await
                .expect("the store is whole");
            let Some(last) = page.last() else { break };
            after = Some(last.stream.key().to_owned());
            let one = page.iter().all(|event| event.stream == last.stream);
            assert!(page.len() <= limit || one, "only a single history may exceed the limit {limit}");
            read.extend(page.into_iter().map(|event| format!("{}:{}", event.stream.id(), event.sequence)));
        }
        assert_eq!(read, expected, "limit {limit}");
    }
}

pub(super) async fn the_chain_verifies_page_by_page(store: Arc<dyn Store>) {
    histories(&*store).await;
    let mut verifier = Verifier::new(ONLY_SHARD);
    loop {
        let page = store.scan(ONLY_SHARD, verifier.position(), 5).await.expect("the store is whole");
        if page.is_empty() {
            break;
        }
        verifier.walk(&page).expect("nobody touched the events");
    }
    let head = store.head(ONLY_SHARD).await.expect("the store answers");
    verifier.finish(&head).expect("nobody touched the head");
    let last = all_events(&*store, 100).await.pop().expect("events were written");
    assert_eq!(head, Head { position: 12, count: 12, digest: last.digest, recorded_at: Some(kept(2)) });
    assert_ne!(at(2), kept(2), "the recording time is cut to microseconds");
}

pub(super) async fn an_empty_store_has_an_empty_head(store: Arc<dyn Store>) {
    let head = store.head(ONLY_SHARD).await.expect("the store answers");
    assert_eq!(head, Head { position: 0, count: 0, digest: GENESIS, recorded_at: None });
    assert_eq!(store.scan(ONLY_SHARD, 0, 10).await.expect("the store answers"), []);
    assert_eq!(store.scan_streams(StreamKind::Payment, None, 10).await.expect("the store answers"), []);
    Verifier::new(ONLY_SHARD).finish(&head).expect("nothing is a whole chain");
}

/// Four payments and a refund, interleaved over two commits: twelve events.
async fn histories(store: &dyn Store) {
    let mut one = commit(1);
    for sequence in 1..=3 {
        one = one.event(event(&payment("2"), sequence));
    }
    one =
        one.event(event(&payment("10"), 1)).event(event(&payment("1"), 1)).event(event(&refund("2", "7"), 1));
    committed(store, one).await;
    let mut two = commit(2).event(event(&payment("3"), 1)).event(event(&payment("1"), 2));
    for sequence in 4..=5 {
        two = two.event(event(&payment("2"), sequence)).event(event(&refund("2", "7"), sequence - 2));
    }
    committed(store, two).await;
}
