use std::collections::BTreeMap;
use std::sync::Arc;

use billing::timeline::Timeline;
use domain::preapproval::Standing;
use domain::preapproval::charge::ChargeStanding;
use domain::stream::StreamId;
use mercadopago::observe::DeliveryKind;
use store::read::Cut;
use store::store::Store;

use super::{each_timeline, timeline_of};
use crate::clock::Clock;
use crate::error::EngineError;
use crate::ingest::{Ingester, Tally};
use crate::item::Item;
use crate::samples::{SELLER, at, config, item, payment, stores};

/// A subscription of 10.00 a month, as it is told at a time.
fn subscription(id: &str, status: &str, version: u32, told: &str) -> Item {
    let body = format!(
        r#"{{"id":"{id}","version":{version},"collector_id":{SELLER},"reason":"Club","status":"{status}",
        "auto_recurring":{{"frequency":1,"frequency_type":"months","transaction_amount":10,
        "currency_id":"ARS"}},"date_created":"2026-01-05T12:00:00Z","last_modified":"{told}"}}"#
    );
    item(DeliveryKind::Resource, "preapproval", &body)
}

/// An invoice of it that was made at a time, and paid at 13:00 of the fifth of February.
fn invoice(id: u64, subscription: &str, made: &str) -> Item {
    let body = format!(
        r#"{{"id":{id},"type":"scheduled","date_created":"{made}",
        "last_modified":"2026-02-05T13:00:00Z","preapproval_id":"{subscription}","currency_id":"ARS",
        "transaction_amount":10,"debit_date":"2026-02-05T12:00:00Z","retry_attempt":1,"status":"processed",
        "payment":{{"id":1,"status":"approved","status_detail":"accredited"}}}}"#
    );
    item(DeliveryKind::Resource, "authorized_payment", &body)
}

async fn take(store: &Arc<dyn Store>, now: &str, items: Vec<Item>) {
    let ingester = Ingester::new(Arc::clone(store), config(), Clock::Fixed(at(now)));
    let mut tally = Tally::default();
    ingester.take(&Ingester::look(&config(), items), &mut tally).await.expect("the store takes them");
    assert_eq!((tally.refused, tally.undecodable), (0, 0));
}

async fn walked(store: &dyn Store, cut: Cut) -> BTreeMap<String, Timeline> {
    let mut all = BTreeMap::new();
    let mut keys: Vec<String> = Vec::new();
    each_timeline::<EngineError>(store, cut, |stream, timeline| {
        keys.push(stream.key().to_owned());
        all.insert(stream.id().to_owned(), timeline.clone());
        Ok(())
    })
    .await
    .expect("the histories can be read");
    assert!(keys.is_sorted(), "{keys:?}");
    all
}

async fn scene() -> (tempfile::TempDir, [Arc<dyn Store>; 2]) {
    let (folder, stores) = stores().await;
    for store in &stores {
        let told = vec![
            subscription("aa", "authorized", 1, "2026-01-05T12:00:00Z"),
            payment(1, "10"),
            invoice(51, "aa", "2026-02-05T12:00:00Z"),
            invoice(52, "bb", "2026-02-05T12:00:00Z"),
        ];
        take(store, "2026-02-05T14:00:00Z", told).await;
        let told = vec![subscription("aa", "cancelled", 2, "2026-03-01T00:00:00Z")];
        take(store, "2026-03-02T00:00:00Z", told).await;
    }
    (folder, stores)
}

#[tokio::test]
async fn every_subscription_is_walked_also_one_that_only_an_invoice_told_of() {
    let (_folder, stores) = scene().await;
    for store in &stores {
        let all = walked(&**store, Cut::default()).await;
        assert_eq!(all.keys().collect::<Vec<_>>(), ["aa", "bb"]);
        assert_eq!(all["aa"].standing(), Some(Standing::Cancelled));
        assert_eq!(all["bb"].standing(), None);
        for timeline in all.values() {
            let charges: Vec<_> = timeline.charges.values().map(|charge| charge.standing).collect();
            assert_eq!(charges, [ChargeStanding::Collected]);
        }
    }
}

#[tokio::test]
async fn a_cut_hides_what_had_not_happened_or_was_not_known() {
    let (_folder, stores) = scene().await;
    let february = Some(at("2026-02-20T00:00:00Z"));
    for store in &stores {
        for cut in [Cut { as_of: february, known_at: None }, Cut { as_of: None, known_at: february }] {
            let all = walked(&**store, cut).await;
            assert_eq!(all["aa"].standing(), Some(Standing::Authorized), "{cut:?}");
            assert_eq!(all["aa"].ended_at(), None, "{cut:?}");
        }
        let before = Cut { as_of: Some(at("2026-01-01T00:00:00Z")), known_at: None };
        assert_eq!(walked(&**store, before).await, BTreeMap::new());
    }
}

#[tokio::test]
async fn what_cannot_follow_once_the_ground_is_hidden_is_hidden_with_it() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        // It was paid, says the provider, two hours before it was made.
        let told = vec![
            subscription("cc", "authorized", 1, "2026-01-05T12:00:00Z"),
            invoice(53, "cc", "2026-02-05T15:00:00Z"),
        ];
        take(store, "2026-02-06T00:00:00Z", told).await;
        let between = Cut { as_of: Some(at("2026-02-05T14:00:00Z")), known_at: None };
        assert_eq!(walked(&**store, between).await["cc"].charges.len(), 0);
        assert_eq!(walked(&**store, Cut::default()).await["cc"].charges.len(), 1);
    }
}

#[tokio::test]
async fn one_history_tells_what_the_walk_tells() {
    let (_folder, stores) = scene().await;
    for store in &stores {
        let all = walked(&**store, Cut::default()).await;
        let kind = domain::stream::StreamKind::Preapproval;
        let stream = StreamId::from_stored(kind, &format!("{SELLER}/aa")).expect("it has a seller");
        let loaded = store.load(std::slice::from_ref(&stream), &[]).await.expect("the store can be read");
        let alone = timeline_of(&loaded.histories[&stream], Cut::default()).expect("a good history");
        assert_eq!(alone.as_ref(), Some(&all["aa"]));
    }
}

#[tokio::test]
async fn the_visitors_error_ends_the_walk() {
    let (_folder, stores) = scene().await;
    for store in &stores {
        let mut seen = 0;
        let ended = each_timeline(&**store, Cut::default(), |_, _| {
            seen += 1;
            Err(EngineError::Contended { attempts: 1 })
        });
        assert!(matches!(ended.await, Err(EngineError::Contended { attempts: 1 })));
        assert_eq!(seen, 1);
    }
}
