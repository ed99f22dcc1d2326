//! Nothing counts as sent that is not.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::FutureExt;
use lapin::options::{QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};

use super::Route;
use crate::connection::Broker;
use crate::error::BrokerError;
use crate::scene::{self, PATIENCE, Scene, Wire, ids, message, messages, numbered};

const WAIT: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_queue_is_told_from_its_neighbours() {
    let (scene, broker) = Scene::declared(1).await;
    let mut publisher = broker.publisher(64).await.expect("a publisher");
    let mut sent = messages(0, 0..40);
    for position in [7, 8, 23, 39] {
        sent[position].0 = Route::Shard(9);
    }
    let error = publisher.publish(sent).await.expect_err("four have no queue");
    assert_eq!(ids(error.unconfirmed.iter().map(|(_, m)| m)), ["7", "8", "23", "39"]);
    let expect = format!(
        "no queue for 4 messages, the first for routing key `9` of exchange `{}observations`",
        scene.topology.prefix
    );
    assert_eq!((error.source.to_string(), error.source.is_transient()), (expect, false));
    let mut consumer = broker.shard(0, 100).await.expect("a consumer");
    let batch = consumer.batch(36, PATIENCE).await.expect("a batch");
    let arrived = numbered(0..40).into_iter().filter(|id| !["7", "8", "23", "39"].contains(&id.as_str()));
    assert_eq!(ids(&batch.messages), arrived.collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_reach_their_queue() {
    let (_scene, broker) = Scene::declared(1).await;
    let mut publisher = broker.publisher(1).await.expect("a publisher");
    publisher.publish(vec![(Route::Notifications, message("a"))]).await.expect("confirmed");
    let mut consumer = broker.notifications(1).await.expect("a consumer");
    assert_eq!(ids(&consumer.batch(1, WAIT).await.expect("a batch").messages), ["a"]);
}

/// lapin's own waiting reports such messages as published.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_takes_nothing_and_says_so() {
    let (scene, broker) = Scene::declared(2).await;
    full_after(&broker, scene.topology.shard_queue(0), 5).await;
    let mut publisher = broker.publisher(10).await.expect("a publisher");
    let mut sent = messages(0, 0..60);
    sent.push((Route::Shard(1), message("other")));
    let error = publisher.publish(sent).await.expect_err("full");
    assert!(
        matches!(&error.source, BrokerError::NotTaken { routing_key, .. } if routing_key == "0"),
        "{error:?}"
    );
    assert!(error.source.is_transient());
    let unconfirmed = ids(error.unconfirmed.iter().map(|(_, m)| m));
    assert!(!unconfirmed.contains(&"other".to_owned()));
    let mut consumer = broker.shard(0, 100).await.expect("a consumer");
    let expect = 60 - unconfirmed.len();
    let taken = ids(&consumer.batch(expect, PATIENCE).await.expect("a batch").messages);
    let both: BTreeSet<_> = taken.iter().chain(&unconfirmed).collect();
    assert_eq!((taken.len(), both.len()), (expect, 60), "each is either in the queue or given back");
}

/// In place of the queue of shard 0, one that holds little.
async fn full_after(broker: &Broker, name: String, most: i32) {
    let channel = broker.channel().await.expect("a channel");
    let name = ShortString::from(name);
    channel.queue_delete(name.clone(), QueueDeleteOptions::default()).await.expect("deleted");
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(most));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    channel.queue_declare(name.clone(), QueueDeclareOptions::durable(), arguments).await.expect("declared");
    let exchange = ShortString::from(broker.topology().observations_exchange());
    let bound =
        channel.queue_bind(name, exchange, "0".into(), QueueBindOptions::default(), FieldTable::default());
    bound.await.expect("bound");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_cut_wire_left_unconfirmed_is_given_back_and_nothing_is_lost() {
    const COUNT: usize = 20_000;
    let (scene, broker) = Scene::declared(1).await;
    let wire = Wire::after(0).await;
    let frail = Broker::connect(&wire.address, scene.topology.clone(), "test").await.expect("a connection");
    let mut publisher = frail.publisher(500).await.expect("a publisher");
    let publishing = tokio::spawn(async move { publisher.publish(messages(0, 0..COUNT)).await });
    scene::until("some have arrived", async || broker.standing(0).await.expect("standing").ready > 100).await;
    wire.cut();
    let error = publishing.await.expect("no panic").expect_err("cut");
    assert!(error.source.is_transient(), "{:?}", error.source);
    let left: Vec<usize> = error.unconfirmed.iter().map(|(_, m)| m.id.parse().expect("a number")).collect();
    assert!(left.is_sorted() && !left.is_empty() && left.len() < COUNT, "{} left", left.len());

    broker.publisher(500).await.expect("a publisher").publish(error.unconfirmed).await.expect("confirmed");
    let mut consumer = broker.shard(0, 1000).await.expect("a consumer");
    let mut arrived = BTreeSet::new();
    while arrived.len() < COUNT {
        let batch = tokio::time::timeout(PATIENCE, consumer.batch(500, WAIT)).await.expect("none is missing");
        let batch = batch.expect("a batch");
        consumer.ack(&batch).await.expect("acknowledged");
        arrived.extend(ids(&batch.messages));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_does_not_fit_stops_all_before_any_is_sent() {
    let (_scene, broker) = Scene::declared(1).await;
    let mut publisher = broker.publisher(10).await.expect("a publisher");
    let mut sent = messages(0, 0..3);
    sent[2].1.id = "x".repeat(256);
    let error = publisher.publish(sent).await.expect_err("too long");
    assert_eq!(error.source.to_string(), "an id or a header name has 256 bytes, 255 is the most");
    assert_eq!(error.unconfirmed.len(), 3);
    publisher.publish(messages(0, 7..8)).await.expect("confirmed");
    let mut consumer = broker.shard(0, 10).await.expect("a consumer");
    assert_eq!(ids(&consumer.batch(1, WAIT).await.expect("a batch").messages), ["7"]);
}

/// Confirms that a dropped call left would take returned messages of the next one with them.
#[tokio::test(flavor = "multi_thread")]
async fn after_a_call_that_was_dropped_nothing_is_sent() {
    let (_scene, broker) = Scene::declared(1).await;
    let mut publisher = broker.publisher(1000).await.expect("a publisher");
    let started = publisher.publish(messages(0, 0..2000)).now_or_never();
    assert!(started.is_none(), "2,000 messages are not confirmed at once");
    let error = publisher.publish(messages(0, 0..3)).await.expect_err("unsettled");
    assert!(matches!(error.source, BrokerError::Gone { .. }) && error.source.is_transient(), "{error:?}");
    assert_eq!(ids(error.unconfirmed.iter().map(|(_, m)| m)), numbered(0..3));
}
