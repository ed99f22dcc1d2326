//! A store that is written to while it is verified shows no difference.

use std::sync::Arc;

use store::memory::MemoryStore;

use super::*;
use crate::clock::Clock;
use crate::ingest::{Ingester, Tally};
use crate::item::Item;
use crate::samples::{at, config, payment};

async fn take(store: Arc<dyn Store>, items: Vec<Item>) {
    let ingester = Ingester::new(store, config(), Clock::Fixed(at("2026-03-02T15:00:00Z")));
    let looked = Ingester::look(&config(), items);
    ingester.take(&looked, &mut Tally::default()).await.expect("the batch is taken");
}

/// On a thread and a runtime of its own, like the worker it stands for; done when this returns.
fn take_elsewhere(store: &Arc<dyn Store>, items: Vec<Item>) {
    let store = Arc::clone(store);
    let working = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be made").block_on(take(store, items));
    });
    working.join().expect("the worker takes them");
}

#[tokio::test]
async fn what_is_written_meanwhile_is_no_difference() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    take(Arc::clone(&store), vec![payment(1, "10.00"), payment(2, "20.00")]).await;
    let before = store.head(0).await.expect("the store answers").count;
    let mut read = 0;
    let progress = |events| {
        read = events;
        take_elsewhere(&store, vec![payment(3, "30.00")]);
    };
    let verified = verify(&*store, &config().policies(), progress).await.expect("the store answers");
    assert_eq!(verified.differences, []);
    assert_eq!((verified.events, read), (before, before));
    let after = store.head(0).await.expect("the store answers").count;
    assert!(after > before, "something was written meanwhile");
    let again = verify(&*store, &config().policies(), |_| {}).await.expect("the store answers");
    assert_eq!((again.events, again.differences), (after, vec![]));
}
