//! What the engine's tests share: a shop in memory that takes deliveries in, and what it knows afterwards.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::machine::Instant;
use domain::stream::StreamId;
use engine::clock::Clock;
use engine::config::Config;
use engine::files::{self, Reading};
use engine::ingest::{Ingester, Tally, fold};
use engine::item::{Item, Kind};
use engine::machines::AnyState;
use mercadopago::observe::{Channel, DeliveryKind};
use store::chain::ONLY_SHARD;
use store::inbox::{Body, InboxKey};
use store::memory::MemoryStore;
use store::read::{Balance, Cut, StoredEntry, StoredEvent};
use store::store::Store;

/// The seller of every invented delivery.
pub(crate) const SELLER: &str = "7";
const ALL: usize = 10_000_000;

/// A store in memory with an ingester before it and a clock that stands still.
pub(crate) struct Shop {
    pub(crate) store: Arc<dyn Store>,
    ingester: Ingester,
    config: Config,
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

/// The defaults, with no seller configured.
pub(crate) fn config() -> Config {
    Config::read(None, []).expect("the defaults are a configuration")
}

impl Shop {
    pub(crate) fn new() -> Self {
        Self::over(Arc::new(MemoryStore::new()))
    }

    pub(crate) fn over(store: Arc<dyn Store>) -> Self {
        let clock = Clock::Fixed(at("2026-11-02T00:00:00Z"));
        Self { ingester: Ingester::new(Arc::clone(&store), config(), clock), config: config(), store }
    }

    /// Takes deliveries in as one batch.
    pub(crate) async fn take(&self, items: Vec<Item>) -> Tally {
        let mut tally = Tally::default();
        let looked = Ingester::look(&self.config, items);
        self.ingester.take(&looked, &mut tally).await.expect("the store takes the batch");
        tally
    }

    pub(crate) async fn events(&self) -> Vec<StoredEvent> {
        self.store.scan(ONLY_SHARD, 0, ALL).await.expect("the store can be read")
    }

    pub(crate) async fn entries(&self) -> Vec<StoredEntry> {
        self.store.scan_entries(ONLY_SHARD, 0, ALL).await.expect("the store can be read")
    }

    pub(crate) async fn balances(&self) -> Vec<Balance> {
        self.store.balances(Cut::default()).await.expect("the store can be read")
    }

    /// The state of every stream.
    pub(crate) async fn states(&self) -> BTreeMap<StreamId, AnyState> {
        let mut histories: BTreeMap<StreamId, Vec<StoredEvent>> = BTreeMap::new();
        for event in self.events().await {
            histories.entry(event.stream.clone()).or_default().push(event);
        }
        let folded = |events: Vec<StoredEvent>| {
            fold(&events).expect("a stored history can be folded").expect("a history has a first event")
        };
        histories.into_iter().map(|(stream, events)| (stream, folded(events))).collect()
    }
}

/// A resource of the provider's API, received when the shop's clock stands.
pub(crate) fn resource(key: &str, topic: &str, body: &str) -> Item {
    Item {
        kind: Kind::Message(DeliveryKind::Resource),
        key: InboxKey(key.into()),
        topic: topic.into(),
        channel: Channel::Response,
        seller: Some(SELLER.into()),
        site: Some("MLA".into()),
        origin: "test:1".into(),
        received_at: at("2026-11-01T00:00:00Z"),
        caused_by: None,
        body: Body::whole(body.as_bytes().to_vec()),
        problem: None,
        verified: true,
    }
}

/// Every delivery of a folder, in the order in which the product reads it.
pub(crate) fn read_folder(folder: &Path) -> Vec<Item> {
    let reading = Reading { sellers: config().sellers, now: at("2026-11-01T12:00:00Z") };
    let (sources, _) = files::discover(folder).expect("the folder can be read");
    let mut items = Vec::new();
    for source in sources {
        let mut keep = |item| {
            items.push(item);
            Ok(())
        };
        files::read(&source, &reading, &mut keep).expect("the file can be read");
    }
    items
}
