//! On the real RabbitMQ: what is accepted is on its queue, and what is not is told.

use broker::address::Address;
use mercadopago::observe::DeliveryKind;
use store::inbox::Body;
use tokio::task::JoinSet;

use super::*;
use crate::envelope::unpack;
use crate::samples::{self, at, item, payment};
use crate::work::tests::scene::{Scene, Wire, until};

const LABEL: &str = "test sink";

/// Only points at a payment.
fn thin(id: u64) -> Item {
    item(DeliveryKind::Notification, "payment", &format!(r#"{{"data":{{"id":"{id}"}}}}"#))
}

fn away() -> BrokerSink {
    let nobody = Address::parse("amqp://guest:guest@127.0.0.1:1").expect("an address");
    BrokerSink::start(&samples::config(), nobody, LABEL)
}

async fn connected_to(scene: &Scene) -> BrokerSink {
    let sink = BrokerSink::start(&scene.config, scene.address.clone(), LABEL);
    sink.connected().await.expect("the broker answers");
    sink
}

/// The topics and kinds of what waits for the fetcher.
async fn to_be_fetched(scene: &Scene, count: usize) -> Vec<String> {
    let mut consumer = scene.broker.notifications(10).await.expect("a consumer");
    let batch = consumer.batch(count, Duration::from_secs(10)).await.expect("they are there");
    let items = batch.messages.iter().map(|message| unpack(message.clone(), at("2026-01-01T00:00:00Z")));
    items.map(|item| item.key.to_string()).collect()
}

#[tokio::test]
async fn while_the_broker_is_away_every_sender_is_told_at_once() {
    let sink = away();
    for _ in 0..3 {
        let error = sink.accept(vec![thin(1)]).await.expect_err("nobody is there");
        assert!(matches!(error, SinkError::Away), "{error}");
        assert!(error.is_transient());
    }
    assert!(!sink.is_connected());
    sink.close().await;
    let error = sink.accept(vec![thin(1)]).await.expect_err("it has stopped");
    assert!(matches!(error, SinkError::Stopped), "{error}");
    assert!(sink.connected().await.is_err());
}

#[tokio::test]
async fn a_body_that_is_too_large_is_named_and_nothing_is_sent() {
    let large = Item { body: Body::whole(vec![0; MOST_BODY_BYTES + 1]), ..thin(1) };
    let error = away().accept(vec![thin(2), large]).await.expect_err("it is too large");
    assert_eq!(error.to_string(), "test:1 has 67108865 bytes, more than the 67108864 that are published");
    assert!(!error.is_transient());
}

#[tokio::test]
async fn what_only_points_goes_to_the_fetcher_until_it_is_handed_on() {
    let scene = Scene::new(2).await;
    let sink = connected_to(&scene).await;
    sink.accept(vec![thin(1), payment(2, "1.00")]).await.expect("it is confirmed");
    assert_eq!(to_be_fetched(&scene, 1).await, [thin(1).key.to_string()]);
    until("the payment is in its shard", || async { scene.ready().await == 1 }).await;
    sink.hand_on(vec![thin(1)]).await.expect("it is confirmed");
    until("the notification is in its shard", || async { scene.ready().await == 2 }).await;
    sink.accept(Vec::new()).await.expect("nothing is easily kept");
    sink.close().await;
}

#[tokio::test]
async fn a_link_to_an_account_goes_to_the_fetcher_too() {
    let scene = Scene::new(1).await;
    let sink = connected_to(&scene).await;
    let body = r#"{"type":"mp-connect","action":"application.authorized","user_id":7}"#;
    let link = item(DeliveryKind::Notification, "mp-connect", body);
    let unknown = item(DeliveryKind::Notification, "wallet_connect", "{}");
    sink.accept(vec![link.clone(), unknown]).await.expect("they are confirmed");
    assert_eq!(to_be_fetched(&scene, 1).await, [link.key.to_string()]);
    until("what is not followed gets its verdict", || async { scene.ready().await == 1 }).await;
    sink.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_at_once_are_each_told_of_their_own() {
    let scene = Scene::new(2).await;
    let sink = Arc::new(connected_to(&scene).await);
    let mut senders = JoinSet::new();
    for id in 0..300 {
        let sink = Arc::clone(&sink);
        senders.spawn(async move { sink.accept(vec![payment(id, "1.00")]).await });
    }
    while let Some(sent) = senders.join_next().await {
        sent.expect("no sender panics").expect("each is confirmed");
    }
    until("all are on their queues", || async { scene.ready().await == 300 }).await;
    sink.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_noticed_while_it_idles_and_made_again() {
    let (scene, wire) = (Scene::new(1).await, Wire::new().await);
    let sink = BrokerSink::start(&scene.config, wire.address.clone(), LABEL);
    sink.connected().await.expect("the broker answers");
    sink.accept(vec![payment(1, "1.00")]).await.expect("it is confirmed");
    wire.cut();
    until("the loss is noticed", || async { !sink.is_connected() }).await;
    sink.connected().await.expect("the broker answers again");
    sink.accept(vec![payment(2, "1.00")]).await.expect("it is confirmed");
    until("both are on their queue", || async { scene.ready().await == 2 }).await;
    sink.close().await;
}
