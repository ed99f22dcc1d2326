//! What this crate's tests share: deliveries of invented payments, and stores to take them.

use std::sync::Arc;

use domain::machine::Instant;
use domain::stream::StreamId;
use mercadopago::observe::{Channel, DeliveryKind};
use store::commit::{Commit, NewEvent, Outcome};
use store::inbox::{Body, InboxKey};
use store::memory::MemoryStore;
use store::read::{Delivery, InboxFilter};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;

use crate::config::Config;
use crate::item::{Item, Kind};

/// The seller of every delivery.
pub const SELLER: &str = "7";

pub fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

pub fn config() -> Config {
    Config::read(None, []).expect("the defaults are a configuration")
}

/// A delivery of a topic, keyed by itself.
pub fn item(kind: DeliveryKind, topic: &str, body: &str) -> Item {
    Item {
        kind: Kind::Message(kind),
        key: crate::item::derived_key(&[topic.as_bytes(), body.as_bytes()]),
        topic: topic.into(),
        channel: Channel::Response,
        seller: Some(SELLER.into()),
        site: Some("MLA".into()),
        origin: "test:1".into(),
        received_at: at("2026-03-02T14:00:01Z"),
        caused_by: None,
        body: Body::whole(body.as_bytes().to_vec()),
        problem: None,
        verified: true,
    }
}

/// An approved payment of an amount without fees.
pub fn payment(id: u64, amount: &str) -> Item {
    let body = format!(
        r#"{{"id":{id},"collector_id":{SELLER},"currency_id":"ARS","status":"approved",
        "status_detail":"accredited","transaction_amount":{amount},
        "transaction_details":{{"net_received_amount":{amount}}},"charges_details":[],
        "date_created":"2026-03-02T13:00:00Z","date_approved":"2026-03-02T14:00:00Z",
        "date_last_updated":"2026-03-02T14:00:00Z"}}"#
    );
    Item { key: InboxKey(format!("payment-{id}").into()), ..item(DeliveryKind::Resource, "payment", &body) }
}

/// The history of such a payment.
pub fn stream(id: u64) -> StreamId {
    StreamId::from_stored(domain::stream::StreamKind::Payment, &format!("{SELLER}/{id}"))
        .expect("it has a seller")
}

/// A store in memory, and one in a file; the folder lives as long as it is held.
pub async fn stores() -> (tempfile::TempDir, [Arc<dyn Store>; 2]) {
    let folder = tempfile::tempdir().expect("a folder");
    let sqlite = sqlite(&folder).await;
    (folder, [Arc::new(MemoryStore::new()), sqlite])
}

/// One more connection to the file of a folder.
pub async fn sqlite(folder: &tempfile::TempDir) -> Arc<dyn Store> {
    let path = folder.path().join("test.db").display().to_string();
    Arc::new(SqliteStore::open(&path, &SqliteOptions::default()).await.expect("a store can be made"))
}

/// Writes an event that no version of the program has written.
pub async fn tamper(store: &dyn Store, stream: StreamId) {
    write_event(store, stream, "payment.approved", 1).await;
}

/// Writes the first event of a history, with a payload that means nothing.
pub async fn write_event(store: &dyn Store, stream: StreamId, name: &'static str, version: u16) {
    let event = NewEvent {
        stream,
        sequence: 1,
        name,
        version,
        payload: r#"{"gross":"nonsense"}"#.to_owned(),
        occurred_at: at("2026-03-01T00:00:00Z"),
        caused_by: None,
        actor: None,
        entry: None,
    };
    let commit = Commit {
        recorded_at: at("2026-03-01T00:00:00Z"),
        deliveries: vec![],
        attempts: vec![],
        events: vec![event],
        outbox: vec![],
    };
    let outcome = store.commit(commit).await.expect("the store does not read payloads");
    assert!(matches!(outcome, Outcome::Committed { .. }));
}

/// Everything in the inbox, in order of arrival.
pub async fn inbox(store: &dyn Store) -> Vec<Delivery> {
    let filter = InboxFilter { limit: 100_000, ..InboxFilter::default() };
    store.inbox_list(&filter).await.expect("the store can be read")
}
