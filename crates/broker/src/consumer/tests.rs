//! Exact bytes, order, hand-over, and that nothing taken is lost.

use std::time::Duration;

use lapin::options::{BasicRejectOptions, QueueDeleteOptions};
use lapin::types::ShortString;
use tokio::time::timeout;

use super::{Batch, Consumer};
use crate::connection::Broker;
use crate::error::BrokerError;
use crate::message::Message;
use crate::publisher::Route;
use crate::scene::{PATIENCE, Scene, Wire, ids, messages, numbered};

/// Long enough to show that nothing comes.
const NOTHING: Duration = Duration::from_millis(300);

async fn publish(broker: &Broker, messages: Vec<(Route, Message)>) {
    let mut publisher = broker.publisher(1000).await.expect("a publisher");
    publisher.publish(messages).await.expect("confirmed");
}

/// Exactly as many as asked for.
async fn take(consumer: &mut Consumer, count: usize) -> Batch {
    let batch = timeout(PATIENCE, consumer.batch(count, PATIENCE)).await.expect("in time").expect("a batch");
    assert_eq!(batch.messages.len(), count);
    batch
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_and_headers_arrive_as_they_were_sent() {
    let (_scene, broker) = Scene::declared(1).await;
    let large = (0..300_000).map(|position| u8::try_from(position % 251).expect("a byte")).collect();
    let bodies =
        [Vec::new(), (0..=255).collect(), large, "{\"id\": 10.10, \"ñ\": \"€\"}".as_bytes().to_vec()];
    let headers = [("seller", "123"), ("empty", ""), ("name", "José ñ €"), ("long", &"x".repeat(5000))]
        .map(|(name, text)| (name.to_owned(), text.to_owned()));
    let sent: Vec<_> = bodies
        .into_iter()
        .enumerate()
        .map(|(number, body)| Message { id: format!("id-{number}"), headers: headers.clone().into(), body })
        .collect();
    publish(&broker, sent.iter().map(|message| (Route::Shard(0), message.clone())).collect()).await;
    let mut consumer = broker.shard(0, 10).await.expect("a consumer");
    let batch = take(&mut consumer, sent.len()).await;
    assert!(batch.messages == sent, "{:?}", batch.messages);
    assert_eq!(batch.redelivered, 0);
    consumer.ack(&batch).await.expect("acknowledged");
    consumer.close().await.expect("closed");
    // Redelivered, a message gets headers of the broker, which are none of ours.
    publish(&broker, vec![(Route::Shard(0), sent[1].clone())]).await;
    let mut first = broker.shard(0, 10).await.expect("a consumer");
    take(&mut first, 1).await;
    first.close().await.expect("closed");
    let again = take(&mut broker.shard(0, 10).await.expect("a consumer"), 1).await;
    assert_eq!((again.redelivered, again.messages == sent[1..2]), (1, true), "{:?}", again.messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_shard_keeps_its_order_and_a_batch_its_bounds() {
    let (_scene, broker) = Scene::declared(2).await;
    let mut sent = messages(0, 0..1000);
    sent.extend(messages(1, 0..10));
    publish(&broker, sent).await;
    let mut consumer = broker.shard(0, 200).await.expect("a consumer");
    let mut arrived = Vec::new();
    while arrived.len() < 1000 {
        let batch = consumer.batch(150, NOTHING).await.expect("a batch");
        assert!(batch.messages.len() <= 150);
        consumer.ack(&batch).await.expect("acknowledged");
        arrived.extend(ids(&batch.messages));
    }
    assert_eq!(arrived, numbered(0..1000));
    // The prefetch is the most that can come before an acknowledgement: waiting for more would be in vain.
    let mut narrow = broker.shard(1, 4).await.expect("a consumer");
    let batch = timeout(PATIENCE, narrow.batch(500, PATIENCE * 2)).await.expect("at once").expect("a batch");
    assert_eq!(ids(&batch.messages), numbered(0..4));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_consumer_waits_and_then_begins_with_what_was_not_acknowledged() {
    let (_scene, broker) = Scene::declared(1).await;
    publish(&broker, messages(0, 0..20)).await;
    let mut first = broker.shard(0, 10).await.expect("a consumer");
    let mut second = broker.shard(0, 50).await.expect("another");
    let done = take(&mut first, 4).await;
    first.ack(&done).await.expect("acknowledged");
    take(&mut first, 5).await;
    assert!(timeout(NOTHING, second.batch(1, NOTHING)).await.is_err(), "the first is active");
    first.close().await.expect("closed");
    let batch = take(&mut second, 16).await;
    assert_eq!(ids(&batch.messages), numbered(4..20));
    assert!(batch.redelivered >= 5, "{} redelivered", batch.redelivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_wait_loses_nothing() {
    let (_scene, broker) = Scene::declared(1).await;
    let mut consumer = broker.shard(0, 100).await.expect("a consumer");
    assert!(timeout(NOTHING, consumer.batch(10, PATIENCE)).await.is_err(), "the queue is empty");
    publish(&broker, messages(0, 0..6)).await;
    assert!(timeout(NOTHING, consumer.batch(10, PATIENCE)).await.is_err(), "six are not ten");
    publish(&broker, messages(0, 6..10)).await;
    let batch = take(&mut consumer, 10).await;
    assert_eq!((ids(&batch.messages), batch.redelivered), (numbered(0..10), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_after_the_end_is_no_success() {
    let (_scene, broker) = Scene::declared(1).await;
    publish(&broker, messages(0, 0..3)).await;
    let mut first = broker.shard(0, 10).await.expect("a consumer");
    let stale = take(&mut first, 3).await;
    first.close().await.expect("closed");
    let mut second = broker.shard(0, 10).await.expect("another");
    let error = second.ack(&stale).await.expect_err("of another channel");
    assert!(matches!(error, BrokerError::AckLost) && error.is_transient(), "{error:?}");
    let batch = take(&mut second, 3).await;
    assert_eq!(batch.redelivered, 3);
    second.ack(&batch).await.expect("acknowledged");
    assert!(second.ack(&batch).await.is_err(), "a batch is acknowledged once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_queue_and_a_cut_wire_end_the_consumer() {
    let (scene, broker) = Scene::declared(1).await;
    let wire = Wire::after(0).await;
    let frail = Broker::connect(&wire.address, scene.topology.clone(), "test").await.expect("a connection");
    let mut parked = frail.parked(10).await.expect("a consumer");
    wire.cut();
    let error = timeout(PATIENCE, parked.batch(1, NOTHING)).await.expect("in time").expect_err("cut");
    assert!(error.is_transient(), "{error:?}");

    let mut consumer = broker.shard(0, 10).await.expect("a consumer");
    let name = ShortString::from(scene.topology.shard_queue(0));
    let channel = broker.channel().await.expect("a channel");
    channel.queue_delete(name, QueueDeleteOptions::default()).await.expect("deleted");
    let error = timeout(PATIENCE, consumer.batch(1, NOTHING)).await.expect("in time").expect_err("deleted");
    assert!(matches!(error, BrokerError::Cancelled { .. }) && error.is_transient(), "{error:?}");
    let error = broker.shard(0, 10).await.expect_err("missing");
    assert_eq!((error.code(), error.is_transient()), (Some(404), false), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_lost_consumers_park_nothing() {
    let (_scene, broker) = Scene::declared(1).await;
    publish(&broker, messages(0, 0..5)).await;
    for _ in 0..50 {
        let mut consumer = broker.shard(0, 10).await.expect("a consumer");
        take(&mut consumer, 5).await;
        consumer.close().await.expect("closed");
    }
    let mut consumer = broker.shard(0, 10).await.expect("a consumer");
    let batch = take(&mut consumer, 5).await;
    assert_eq!((ids(&batch.messages), batch.redelivered), (numbered(0..5), 5));
    let mut parked = broker.parked(10).await.expect("a consumer");
    assert!(timeout(NOTHING, parked.batch(1, NOTHING)).await.is_err(), "nothing is parked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rejected_is_parked_as_it_was() {
    let (scene, broker) = Scene::declared(1).await;
    let sent = messages(0, 3..4);
    publish(&broker, sent.clone()).await;
    let mut consumer = broker.shard(0, 10).await.expect("a consumer");
    let batch = take(&mut consumer, 1).await;
    let rejected = batch.last.reject(BasicRejectOptions { requeue: false }).await;
    assert!(rejected.expect("rejected"));
    let parked = take(&mut broker.parked(10).await.expect("a consumer"), 1).await;
    let message = &parked.messages[0];
    assert_eq!((&message.id, &message.body), (&sent[0].1.id, &sent[0].1.body));
    assert_eq!(message.headers["x-first-death-reason"], "rejected");
    assert_eq!(message.headers["x-first-death-queue"], scene.topology.shard_queue(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_is_acknowledged_and_those_before_it_are_not() {
    let (_scene, broker) = Scene::declared(1).await;
    publish(&broker, messages(0, 0..3)).await;
    let mut consumer = broker.shard(0, 10).await.expect("a consumer");
    let mut taken = Vec::new();
    for _ in 0..3 {
        let one = timeout(PATIENCE, consumer.one()).await.expect("in time").expect("a message");
        assert!(!one.is_redelivered);
        taken.push(one);
    }
    taken.swap_remove(1).receipt.ack().await.expect("acknowledged");
    consumer.close().await.expect("closed");
    let late = taken.swap_remove(0).receipt.ack().await;
    assert!(matches!(late, Err(BrokerError::AckLost)), "{late:?}");
    let mut next = broker.shard(0, 10).await.expect("a consumer");
    let batch = take(&mut next, 2).await;
    assert_eq!((ids(&batch.messages), batch.redelivered), ([numbered(0..1), numbered(2..3)].concat(), 2));
    assert!(timeout(NOTHING, next.one()).await.is_err(), "the acknowledged one does not come again");
}
