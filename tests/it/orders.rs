//! Orders of people through `cqrs-es` beside deliveries, on one store and even on one stream.

use std::collections::HashMap;
use std::sync::Arc;

use cqrs_es::{AggregateError, CqrsFramework};
use domain::payment::machine::Payment;
use domain::payment::{Command, Funds};
use engine::clock::Clock;
use engine::cqrs::{CommandError, Root, Services, Streams};
use engine::verify::verify;
use store::postgres::{PostgresOptions, PostgresStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;

use crate::road::{payment, told};
use crate::schema::Schema;
use crate::shop::{Shop, at, config};

const ID: &str = "7/100";
const NOW: &str = "2026-11-02T00:00:00Z";
/// Statements of the provider about the payment, each newer than the one before.
const STATEMENTS: u32 = 40;
/// People who order at the same time, and the orders of each: 16 × 5.00 of the 52.00 that were paid.
const PEOPLE: usize = 4;
const ORDERS: usize = 4;

fn framework(store: &Arc<dyn Store>) -> CqrsFramework<Root<Payment>, Streams> {
    let clock = Clock::Fixed(at(NOW));
    let streams = Streams { store: Arc::clone(store), policy: config().policy, clock, errand: None };
    CqrsFramework::new(streams, vec![], Services { rules: config().rules(), clock })
}

/// Orders refunds one after the other; again where somebody else was faster. Answers how many were accepted.
async fn order(store: Arc<dyn Store>, person: usize) -> usize {
    let framework = framework(&store);
    let actor = format!("person-{person}");
    let mut accepted = 0;
    for order in 0..ORDERS {
        let key = format!("{actor}/{order}");
        let metadata = HashMap::from([("actor".to_owned(), actor.clone()), ("key".to_owned(), key)]);
        loop {
            let request = format!("{actor}-{order}");
            let refund = Command::RequestRefund {
                request: request.into(),
                amount_minor: Some(500),
                funds: Funds::Unchecked,
                actor: actor.as_str().into(),
                reason: "broken in transit".into(),
            };
            match framework.execute_with_metadata(ID, refund, metadata.clone()).await {
                Ok(()) => accepted += 1,
                Err(AggregateError::UserError(CommandError::Refused(_))) => {}
                Err(AggregateError::AggregateConflict) => {
                    tokio::task::yield_now().await;
                    continue;
                }
                Err(error) => panic!("an order is accepted, refused or in conflict: {error}"),
            }
            break;
        }
    }
    accepted
}

/// The provider speaks and people order, all about one payment and all at once.
async fn race(store: Arc<dyn Store>) {
    let newer = |minute: u32| {
        let body = payment(100, "approved", "accredited", "");
        told(&format!("statement-{minute}"), &body.replace("10:00:02Z", &format!("10:{minute:02}:02Z")))
    };
    Shop::over(Arc::clone(&store)).take(vec![newer(0)]).await;
    let orders: Vec<_> = (0..PEOPLE).map(|person| tokio::spawn(order(Arc::clone(&store), person))).collect();
    let provider = tokio::spawn({
        let shop = Shop::over(Arc::clone(&store));
        async move {
            let mut applied = 0;
            for minute in 1..=STATEMENTS {
                applied += shop.take(vec![newer(minute)]).await.applied;
                tokio::task::yield_now().await;
            }
            applied
        }
    });
    let mut accepted = 0;
    for order in orders {
        accepted += order.await.expect("a person's orders end");
    }
    let applied = provider.await.expect("the provider's statements end");
    assert_eq!(accepted, 10, "10 × 5.00 fit into 52.00, whoever was faster");
    assert_eq!(applied, u64::from(STATEMENTS), "no statement is lost to an order");
    let events = Shop::over(Arc::clone(&store)).events().await;
    let requested = events.iter().filter(|event| &*event.name == "payment.refund_requested").count();
    assert_eq!(requested, accepted, "each accepted order is written once");
    let outbox = store.outbox(0, 100).await.expect("the store can be read");
    assert_eq!(outbox.len(), accepted, "and is to be sent once");
    let sequences: Vec<u64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=events.len() as u64).collect::<Vec<_>>(), "one history without gaps");
    let verified = verify(&*store, &config().policies(), |_| ()).await.expect("the store can be read");
    assert!(verified.differences.is_empty(), "{:?}", verified.differences);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_and_deliveries_share_a_stream_on_sqlite() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("orders.db");
    let path = path.to_str().expect("a temporary path is text");
    let store = SqliteStore::open(path, &SqliteOptions::default()).await.expect("the file can be made");
    race(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_and_deliveries_share_a_stream_on_postgresql() {
    let schema = Schema::new();
    let (url, options) = (schema.url(), PostgresOptions::default());
    let store = PostgresStore::open(&url, &options).await.expect("the schema can be made");
    race(Arc::new(store)).await;
}
