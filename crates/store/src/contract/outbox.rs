//! Contract: messages to send.

use std::sync::Arc;

use super::sample::{commit, committed, event, kept, payment, sale, stale};
use super::writing::holds_only;
use crate::commit::NewMessage;
use crate::read::StoredMessage;
use crate::store::{Store, StoreError};

fn message(key: &str) -> NewMessage {
    NewMessage {
        key: key.into(),
        destination: "refunds".into(),
        payload: format!(r#"{{"key":"{key}","ñ":"\u0000 stays text"}}"#),
        caused_by: payment("1"),
    }
}

pub(super) async fn messages_read_back_in_the_order_of_commits(store: Arc<dyn Store>) {
    let first = commit(1).event(event(&payment("1"), 1)).message(message("b")).message(message("a"));
    committed(&*store, first).await;
    committed(&*store, commit(2).message(message("c"))).await;
    let stored = |number, key, recorded| {
        let NewMessage { key, destination, payload, caused_by } = message(key);
        StoredMessage { number, key, destination, payload, caused_by, recorded_at: kept(recorded) }
    };
    let all = [stored(1, "b", 1), stored(2, "a", 1), stored(3, "c", 2)];
    for (after, limit, expected) in
        [(0, 10, &all[..]), (0, 2, &all[..2]), (1, 1, &all[1..2]), (2, 9, &all[2..]), (3, 9, &[])]
    {
        let read = store.outbox(after, limit).await.expect("the store answers");
        assert_eq!(read, expected, "after {after}, limit {limit}");
    }
}

pub(super) async fn a_message_is_written_with_its_commit_or_not_at_all(store: Arc<dyn Store>) {
    let ahead = commit(0).event(event(&payment("1"), 2)).message(message("m"));
    assert_eq!(stale(&*store, ahead).await, (vec![payment("1")], vec![]));
    let twice = commit(0)
        .event(sale(&payment("1"), 1, "e-1", 100))
        .event(sale(&payment("1"), 2, "e-1", 100))
        .message(message("m"));
    store.commit(twice).await.expect_err("one entry is there twice");
    assert_eq!(store.outbox(0, 10).await.expect("the store answers"), []);
    committed(&*store, commit(0).event(event(&payment("1"), 1)).message(message("m"))).await;
    assert_eq!(store.outbox(0, 10).await.expect("the store answers").len(), 1);
}

pub(super) async fn a_message_key_twice_is_refused_and_writes_nothing(store: Arc<dyn Store>) {
    let inside = commit(0).event(event(&payment("1"), 1)).message(message("m")).message(message("m"));
    let error = store.commit(inside).await.expect_err("m is there twice");
    assert!(matches!(&error, StoreError::RepeatedMessage { key } if **key == *"m"), "{error:?}");
    holds_only(&*store, 0, 0).await;
    committed(&*store, commit(0).message(message("m"))).await;
    let again = commit(1).event(event(&payment("1"), 1)).message(message("n")).message(message("m"));
    let error = store.commit(again).await.expect_err("m is stored");
    assert!(matches!(&error, StoreError::RepeatedMessage { key } if **key == *"m"), "{error:?}");
    holds_only(&*store, 0, 0).await;
    assert_eq!(store.outbox(0, 10).await.expect("the store answers").len(), 1);
}
