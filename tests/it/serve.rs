//! The receiver as a process: on a RabbitMQ that goes away in the middle of a load, and alone on SQLite.

use std::collections::BTreeSet;
use std::time::Duration;

use broker::address::Address;
use broker::connection::Broker;
use broker::message::Message;
use broker::publisher::Route;
use broker::topology::Topology;
use mercadopago::signature::sign;
use xtask::services::rabbit::Rabbit;

use crate::bin::{Desk, list};

mod http;
mod load;
mod process;

use load::{Load, Seen};
use process::Served;

/// The seller of every webhook.
const SELLER: &str = "1122334455";
/// The secret of every signature.
const SECRET: &str = "a-secret-of-webhooks";
/// The clock of every receiver.
const AT: &str = "2026-11-02T12:00:00Z";
/// The same, as a signature has it.
const SECONDS: &str = "1793620800";
/// Acknowledged webhooks before and after each time that the broker is away.
const SOME: usize = 300;

/// A desk with a seller's configuration.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("secret", SECRET);
    desk.write("shop.toml", format!("[sellers.{SELLER}]\nsite = 'MLA'\nhooks.secrets = 'file:secret'\n"));
    desk
}

/// A webhook as bytes: signed, about a thing, under an id of its own.
fn webhook(topic: &str, subject: &str, id: &str, body: &str) -> Vec<u8> {
    let signature = sign(SECRET.as_bytes(), Some(subject), Some(id.as_bytes()), SECONDS);
    format!(
        "POST /hooks/{SELLER}?data.id={subject}&type={topic} HTTP/1.1\r\nhost: shop\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nx-signature: {signature}\r\n\
         x-request-id: {id}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A webhook that only points at a payment.
fn thin(subject: &str, id: &str) -> Vec<u8> {
    let body = format!(r#"{{"type":"payment","action":"payment.updated","data":{{"id":"{subject}"}}}}"#);
    webhook("payment", subject, id, &body)
}

/// The ids of all messages that wait to be fetched for.
async fn waiting(rabbit: &Rabbit) -> BTreeSet<String> {
    let address = Address::parse(&rabbit.url()).expect("the address of a node");
    let broker = Broker::connect(&address, Topology::default(), "test").await.expect("RabbitMQ answers");
    let mark = "the end";
    let message = Message { id: mark.to_owned(), ..Message::default() };
    let mut publisher = broker.publisher(1).await.expect("a publisher");
    publisher.publish(vec![(Route::Notifications, message)]).await.expect("the mark is confirmed");
    let mut consumer = broker.notifications(500).await.expect("a consumer");
    let mut ids = BTreeSet::new();
    while !ids.contains(mark) {
        let batch = consumer.batch(500, Duration::from_millis(10)).await.expect("messages come");
        ids.extend(batch.messages.iter().map(|message| message.id.clone()));
        consumer.ack(&batch).await.expect("they are acknowledged");
    }
    broker.close().await.expect("the connection is open");
    ids
}

#[test]
fn no_acknowledged_webhook_is_lost_when_rabbitmq_restarts_under_load() {
    let mut rabbit = Rabbit::start().expect("RabbitMQ starts");
    let desk = desk();
    let served = Served::start(&desk, &["--broker", &rabbit.url()]);
    served.until_ready();
    let load = Load::start(served.address());
    for is_killed in [false, true] {
        load.until("webhooks are acknowledged", |before, now| now.acknowledged >= before.acknowledged + SOME);
        let ended = if is_killed { rabbit.kill() } else { rabbit.stop() };
        ended.expect("RabbitMQ ends");
        load.until("webhooks are sent away", |before, now| now.unavailable >= before.unavailable + SOME);
        assert_eq!(served.get("/readyz"), 503);
        assert_eq!(served.get("/healthz"), 200);
        rabbit.start_again().expect("RabbitMQ starts again");
    }
    load.until("webhooks are acknowledged", |before, now| now.acknowledged >= before.acknowledged + SOME);
    let Seen { acknowledged, other, .. } = load.end();
    assert_eq!(other, BTreeSet::new(), "only 200 and 503 are answered");
    served.stop();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let kept = runtime.block_on(waiting(&rabbit));
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), acknowledged.len());
    assert!(acknowledged.len() >= 3 * SOME);
}

#[test]
fn a_webhook_is_in_the_books_without_a_broker() {
    let desk = desk();
    let served = Served::start(&desk, &["--embedded"]);
    let order = include_str!("../fixtures/notification/order_rich.json").replace("1384573578", SELLER);
    let webhook = webhook("order", "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3", "request-1", &order);
    assert_eq!(served.send(&webhook), 200);
    assert_eq!(served.send(&webhook), 200, "the same request again");
    let forged = String::from_utf8(webhook).expect("text").replace("request-1", "request-2");
    assert_eq!(served.send(forged.as_bytes()), 401);
    let told = served.stop();
    assert!(told.contains("2 deliveries"), "{told}");
    let intents = desk.json(&["report", "intents"]);
    assert_eq!(list(&intents, "intents").len(), 1, "{intents}");
    assert_eq!(desk.json(&["report", "inbox"])["applied"], 1);
}

#[test]
fn what_serve_needs_is_told_before_anything_is_opened() {
    let desk = desk();
    let ran = desk.run(&["serve", "--config", "shop.toml"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("serve without --embedded needs a broker"), "{}", ran.err);
    let ran = desk.run(&["serve", "--embedded"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("name sellers and the places of their secrets"), "{}", ran.err);
    desk.write("shop.toml", format!("[sellers.{SELLER}]\nsite = 'MLA'\nhooks.secrets = 'file:nowhere'\n"));
    let ran = desk.run(&["serve", "--embedded", "--listen", "127.0.0.1:0", "--config", "shop.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("sellers.1122334455.hooks.secrets cannot be read"), "{}", ran.err);
}
