//! Two writers at one store: a plan made on an old state is made again, and nothing is lost or written twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{PaymentId, SellerId};
use domain::stream::StreamId;
use engine::ingest::{Ingester, ground_of};
use engine::item::Item;
use engine::plan::{Book, plan};
use ledger::account::Account;
use store::commit::Outcome;
use store::memory::MemoryStore;
use store::postgres::{PostgresOptions, PostgresStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;

use super::{balances, inbox, payment, told};
use crate::schema::Schema;
use crate::shop::{SELLER, Shop, at, config};

#[tokio::test]
async fn a_plan_on_a_state_that_others_changed_is_stale_and_is_made_again() {
    let shop = Shop::new();
    let mine = told("mine", &payment(100, "approved", "accredited", "").replace("10:00:02Z", "10:00:03Z"));
    let book = Book { rules: config().rules(), policy: config().policy };
    let stream = StreamId::payment(&SellerId::from(SELLER), &PaymentId::from("100"));
    let loaded = shop.store.load(std::slice::from_ref(&stream), &[]).await.expect("the store can be read");
    let ground = ground_of(loaded).expect("nothing is a history");
    let looked = Ingester::look(&config(), vec![mine.clone()]);
    let planned = plan(&looked, ground, at("2026-11-02T00:00:00Z"), &book).expect("the amounts are in range");
    shop.take(vec![told("theirs", &payment(100, "pending", "pending_waiting_payment", ""))]).await;
    let before = shop.events().await;
    let answer = shop.store.commit(planned.commit).await.expect("the store answers");
    assert_eq!(answer, Outcome::Stale { streams: vec![stream], keys: vec![] });
    assert_eq!(shop.events().await, before, "a stale plan writes nothing");
    assert_eq!(inbox(&shop).await.len(), 1, "not even its delivery");
    assert_eq!(shop.take(vec![mine]).await.applied, 1);
    let names: Vec<_> = shop.events().await.iter().map(|e| (e.sequence, e.name.to_string())).collect();
    let expected = [(1, "payment.opened"), (2, "payment.approved")];
    assert_eq!(names, expected.map(|(sequence, name)| (sequence, name.to_owned())));
}

/// Two ingesters take the same deliveries into one store at the same time, in other orders and batches.
async fn race(store: Arc<dyn Store>) {
    const PAYMENTS: u64 = 30;
    let body = |id: u64, status: &str, detail: &str| payment(id, status, detail, "");
    let mut items: Vec<Item> = (0..PAYMENTS)
        .map(|id| told(&format!("pending-{id}"), &body(id, "pending", "pending_waiting_payment")))
        .collect();
    items.extend((0..PAYMENTS).map(|id| {
        let later = body(id, "approved", "accredited").replace("10:00:02Z", "10:00:03Z");
        told(&format!("approved-{id}"), &later)
    }));
    let mut backwards = items.clone();
    backwards.reverse();
    let runs = [(items.clone(), 7), (backwards, 5)].map(|(items, size)| {
        let shop = Shop::over(Arc::clone(&store));
        tokio::spawn(async move {
            let mut taken = (0, 0);
            for batch in items.chunks(size) {
                let tally = shop.take(batch.to_vec()).await;
                taken = (taken.0 + tally.applied + tally.unchanged, taken.1 + tally.duplicates);
                tokio::task::yield_now().await;
            }
            taken
        })
    });
    let mut taken = (0, 0);
    for run in runs {
        let (written, duplicates) = run.await.expect("an ingester ends");
        taken = (taken.0 + written, taken.1 + duplicates);
    }
    assert_eq!(taken, (2 * PAYMENTS, 2 * PAYMENTS), "each delivery counts once and is a duplicate once");
    let shop = Shop::over(store);
    assert_eq!(inbox(&shop).await.len() as u64, 2 * PAYMENTS);
    let count = i64::try_from(PAYMENTS).expect("a small number");
    assert_eq!(
        balances(&shop).await,
        BTreeMap::from([
            (Account::Pending, 4804 * count),
            (Account::Sales, -5200 * count),
            (Account::ProcessingFees, 396 * count),
        ])
    );
    assert_eq!(shop.entries().await.len() as u64, PAYMENTS, "each sale is posted once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_ingesters_in_memory_end_with_every_delivery_once() {
    race(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_ingesters_on_sqlite_end_with_every_delivery_once() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("race.db");
    let path = path.to_str().expect("a temporary path is text");
    let store = SqliteStore::open(path, &SqliteOptions::default()).await.expect("the file can be made");
    race(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_ingesters_on_postgresql_end_with_every_delivery_once() {
    let schema = Schema::new();
    let (url, options) = (schema.url(), PostgresOptions::default());
    let store = PostgresStore::open(&url, &options).await.expect("the schema can be made");
    race(Arc::new(store)).await;
}
