//! Who is let in, what is tried again, and how queues stand.

use std::time::Duration;

use lapin::options::{QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::{FieldTable, ShortString};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::Broker;
use crate::address::{Address, Addresses};
use crate::error::BrokerError;
use crate::scene::{self, PATIENCE, Scene, Wire};

async fn refusal(text: &str) -> BrokerError {
    let address = Address::parse(text).expect("an address");
    Broker::connect(&address, Scene::new(1).topology.clone(), "test").await.expect_err("nobody is let in")
}

/// The address of the test broker with its authority or path changed.
fn changed(change: impl Fn(&mut url::Url)) -> String {
    let mut url = url::Url::parse(&scene::url()).expect("a URL");
    change(&mut url);
    url.to_string()
}

/// A port that nobody listens on.
async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    listener.local_addr().expect("bound").port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_final() {
    let error = refusal(&changed(|url| url.set_password(Some("wrong")).expect("a password"))).await;
    assert_eq!((error.code(), error.is_transient()), (Some(403), false), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_virtual_host_is_final() {
    let error = refusal(&changed(|url| url.set_path("/no-such-host"))).await;
    assert_eq!((error.code(), error.is_transient()), (Some(530), false), "{error}");
    assert!(error.to_string().contains("no-such-host"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_may_open() {
    let error = refusal(&format!("amqp://127.0.0.1:{}", free_port().await)).await;
    assert!(matches!(error, BrokerError::Io { .. }) && error.is_transient(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_port_is_no_place_for_tls() {
    let error = refusal(&scene::url().replace("amqp://", "amqps://")).await;
    assert!(!error.is_transient(), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn authorities_that_cannot_be_read_are_named() {
    let error = refusal("amqps://127.0.0.1?cacertfile=/no/such.pem").await;
    assert_eq!(error.to_string(), "the authorities in /no/such.pem cannot be read");
    assert!(!error.is_transient());
}

#[tokio::test(flavor = "multi_thread")]
async fn patience_outlasts_a_broker_that_hangs_up() {
    let wire = Wire::after(2).await;
    let topology = Scene::new(1).topology.clone();
    let broker =
        Broker::connect_patiently(&wire.address.clone().into(), topology, "test", Some(PATIENCE)).await;
    broker.expect("the third try is answered").close().await.expect("closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn patience_ends_and_is_not_wasted() {
    let topology = Scene::new(1).topology.clone();
    let nobody = Address::parse(&format!("amqp://127.0.0.1:{}", free_port().await)).expect("an address");
    let patience = Some(Duration::from_millis(500));
    let error = Broker::connect_patiently(&nobody.into(), topology.clone(), "test", patience)
        .await
        .expect_err("late");
    assert!(error.is_transient());
    let stranger = changed(|url| url.set_password(Some("wrong")).expect("a password"));
    let stranger = Addresses::parse(&stranger).expect("an address");
    let endless = Broker::connect_patiently(&stranger, topology, "test", None);
    let error = timeout(PATIENCE, endless).await.expect("tried once").expect_err("refused");
    assert_eq!(error.code(), Some(403));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_node_that_answers_is_as_good() {
    let (closed, open) = (free_port().await, scene::url());
    let stranger = changed(|url| url.set_password(Some("wrong")).expect("a password"));
    let topology = Scene::new(1).topology.clone();
    let connect = async |nodes: String| {
        let nodes = Addresses::parse(&nodes).expect("addresses");
        Broker::connect_to_any(&nodes, &topology, "test").await
    };
    // Whichever is asked first; of so many tries none of three is always asked first.
    for _ in 0..20 {
        let broker = connect(format!("{stranger},amqp://127.0.0.1:{closed},{open}")).await;
        broker.expect("one of them lets us in").close().await.expect("closed");
        let error = connect(format!("{stranger},amqp://127.0.0.1:{closed}")).await.expect_err("nobody does");
        assert_eq!(error.code(), Some(403), "what does not pass is told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn declaring_again_changes_nothing_and_differing_is_refused() {
    let (scene, broker) = Scene::declared(1).await;
    broker.declare().await.expect("the same");
    let channel = broker.channel().await.expect("a channel");
    let name = ShortString::from(scene.topology.shard_queue(0));
    channel.queue_delete(name.clone(), QueueDeleteOptions::default()).await.expect("deleted");
    let classic = channel.queue_declare(name, QueueDeclareOptions::durable(), FieldTable::default()).await;
    classic.expect("a classic queue");
    let error = broker.declare().await.expect_err("another type");
    assert_eq!((error.code(), error.is_transient()), (Some(406), false), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_stands_as_it_was_filled() {
    let (_scene, broker) = Scene::declared(2).await;
    let mut publisher = broker.publisher(10).await.expect("a publisher");
    publisher.publish(scene::messages(1, 0..7)).await.expect("confirmed");
    scene::until("seven wait", async || broker.standing(1).await.expect("standing").ready == 7).await;
    let consumer = broker.shard(0, 1).await.expect("a consumer");
    scene::until("one consumes", async || broker.standing(0).await.expect("standing").consumers == 1).await;
    consumer.close().await.expect("closed");
    let error = broker.standing(2).await.expect_err("no third shard");
    assert_eq!((error.code(), error.is_transient()), (Some(404), false), "{error}");
}
