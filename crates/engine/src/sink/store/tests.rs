//! Straight into a store: what is accepted is in the inbox, and what must be fetched waits beside it.

use mercadopago::observe::DeliveryKind;
use store::sqlite::{SqliteOptions, SqliteStore};
use tokio::task::JoinSet;

use super::*;
use crate::samples::{at, config, inbox, item, payment, stores};

fn start(store: &Arc<dyn Store>) -> (StoreSink, Waiting) {
    StoreSink::start(Arc::clone(store), config(), Clock::Fixed(at("2026-03-02T14:00:02Z")))
}

/// Only points at a payment.
fn thin(id: u64) -> Item {
    item(DeliveryKind::Notification, "payment", &format!(r#"{{"data":{{"id":"{id}"}}}}"#))
}

async fn words(store: &Arc<dyn Store>) -> Vec<&'static str> {
    inbox(&**store).await.iter().map(|delivery| delivery.verdict.word()).collect()
}

#[tokio::test]
async fn a_notification_is_in_the_inbox_when_its_sender_is_told_and_waits_for_its_fetch() {
    let (_folder, stores) = stores().await;
    for store in stores {
        let (sink, mut waiting) = start(&store);
        sink.accept(vec![thin(1), payment(2, "1.00")]).await.expect("it is committed");
        assert_eq!(words(&store).await, ["needs_fetch", "applied"]);
        assert_eq!(waiting.next().await.map(|item| item.key), Some(thin(1).key));
        // What is handed on waits no more, and nothing waits once the sink is gone.
        let fetched = Item { caused_by: Some(thin(1).key), ..payment(1, "1.00") };
        sink.hand_on(vec![thin(1), fetched]).await.expect("it is committed");
        assert_eq!(words(&store).await, ["applied", "applied", "applied"]);
        let tally = sink.close().await;
        assert_eq!((tally.deliveries, tally.duplicates, tally.applied), (4, 1, 2));
        assert!(waiting.next().await.is_none());
        let error = sink.accept(vec![thin(3)]).await.expect_err("it has stopped");
        assert!(matches!(error, SinkError::Stopped), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_at_once_are_each_told_of_their_own() {
    let (_folder, [_, store]) = stores().await;
    let (sink, _waiting) = start(&store);
    let sink = Arc::new(sink);
    let mut senders = JoinSet::new();
    for id in 0..200 {
        let sink = Arc::clone(&sink);
        senders.spawn(async move { sink.accept(vec![payment(id, "1.00")]).await });
    }
    while let Some(sent) = senders.join_next().await {
        sent.expect("no sender panics").expect("each is committed");
    }
    assert_eq!(inbox(&*store).await.len(), 200);
    assert_eq!(sink.close().await.applied, 200);
}

#[tokio::test]
async fn a_store_that_takes_nothing_is_told_to_every_sender() {
    let (folder, [_, writable]) = stores().await;
    let path = folder.path().join("test.db").display().to_string();
    let read_only = SqliteStore::open_read_only(&path, &SqliteOptions::default()).await.expect("it is there");
    let (sink, mut waiting) = start(&(Arc::new(read_only) as Arc<dyn Store>));
    let error = sink.accept(vec![thin(1)]).await.expect_err("it is read only");
    assert_eq!(
        chain(&error),
        "the store did not take them: the store failed: the store is open for reading only"
    );
    assert!(!error.is_transient());
    assert!(inbox(&*writable).await.is_empty());
    sink.close().await;
    assert!(waiting.next().await.is_none(), "what is not in the inbox is not fetched");
}
