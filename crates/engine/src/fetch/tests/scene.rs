//! A fetcher between a provider of the test's own and a store in memory, without a broker.

use std::num::NonZeroU32;
use std::time::Duration;

use client::client::Options;
use client::vault::{AccessToken, Fixed, TokenVault, VaultError};
use domain::ids::SellerId;
use domain::machine::Instant;
use mercadopago::observe::{Channel, DeliveryKind};
use store::inbox::{InboxKey, Verdict};
use store::memory::MemoryStore;
use store::read::Delivery;
use store::store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::provider::Provider;
use super::*;
use crate::item::{Item, Kind};
use crate::samples::{self, at};
use crate::sink::store::{StoreSink, Waiting};

/// More than any step takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Everything between a notification and the books.
pub struct Scene {
    pub provider: Provider,
    pub store: Arc<dyn Store>,
    pub sink: Arc<StoreSink>,
    pub config: Config,
    pub waiting: Mutex<Option<Waiting>>,
}

/// Keeps what it is told of links.
#[derive(Default)]
pub struct Told(pub Mutex<Vec<(String, bool, Instant)>>);

#[async_trait::async_trait]
impl Links for Told {
    async fn linked(&self, seller: &SellerId, authorized: bool, told_at: Instant) -> Result<(), VaultError> {
        let mut told = self.0.lock().expect("nothing panics while it holds this lock");
        told.push((seller.to_string(), authorized, told_at));
        Ok(())
    }
}

/// A vault that refuses everybody, for one of two reasons.
pub struct Closed {
    /// Its key is missing; else the seller is not linked.
    pub is_locked: bool,
}

#[async_trait::async_trait]
impl TokenVault for Closed {
    async fn token(&self, seller: &SellerId) -> Result<AccessToken, VaultError> {
        Err(if self.is_locked {
            VaultError::Broken("no key".into())
        } else {
            VaultError::Unlinked { seller: seller.clone() }
        })
    }

    async fn rejected(&self, _seller: &SellerId, _token: &AccessToken) -> Result<(), VaultError> {
        Ok(())
    }
}

impl Scene {
    pub async fn new() -> Self {
        // Only the first test of a process installs it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let mut config = samples::config();
        config.fetch.pause_ms = 1;
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let (sink, waiting) = StoreSink::start(Arc::clone(&store), config.clone(), Clock::System);
        let provider = Provider::start().await;
        Self { provider, store, sink: Arc::new(sink), config, waiting: Mutex::new(Some(waiting)) }
    }

    /// A fetcher that asks the provider and commits to the store.
    pub fn fetcher(&self) -> Fetcher {
        self.fetcher_over(Arc::clone(&self.sink) as Arc<dyn Sink>)
    }

    pub fn fetcher_over(&self, sink: Arc<dyn Sink>) -> Fetcher {
        self.fetcher_with(sink, Arc::new(Fixed::new("APP_USR-test")))
    }

    pub fn fetcher_with(&self, sink: Arc<dyn Sink>, vault: Arc<dyn TokenVault>) -> Fetcher {
        let config = self.config.clone();
        let many = NonZeroU32::new(10_000).expect("not zero");
        let options = Options {
            base: self.provider.base.parse().expect("an address"),
            retries: 0,
            calls_per_second: many,
            in_person_reads_per_second: many,
            ..config.client.options()
        };
        let client = Client::new(options, vault).expect("a client");
        Fetcher::new(client, sink, config, Clock::System)
    }

    /// Receives a notification.
    pub async fn receive(&self, item: Item) {
        self.sink.accept(vec![item]).await.expect("the store takes it");
    }

    /// Fetches once for all that lies open.
    pub async fn once(&self) -> Fetched {
        let ended = self.fetcher().once(Arc::clone(&self.store), CancellationToken::new()).await;
        ended.expect("it was not stopped").fetched
    }

    /// Starts fetching as `serve --embedded` does.
    pub fn embedded(&self, fetcher: Arc<Fetcher>) -> Embedded {
        let waiting = self.waiting.lock().expect("nobody panicked").take().expect("it is started once");
        let (store, stop) = (Arc::clone(&self.store), CancellationToken::new());
        let stopped = stop.clone();
        let task = tokio::spawn(async move { fetcher.embedded(store, waiting, stopped).await });
        Embedded { stop, task }
    }

    /// Everything in the inbox, as `kind topic key cause`, with its verdict.
    pub async fn inbox(&self) -> Vec<Delivery> {
        samples::inbox(&*self.store).await
    }

    /// The last verdict on a notification.
    pub async fn verdict(&self, key: &str) -> Option<Verdict> {
        let shown = self.store.inbox_show(&InboxKey(key.into())).await.expect("the store can be read");
        shown.map(|(delivery, _)| delivery.verdict)
    }

    /// What was fetched for a notification: kind, topic and the word of the verdict.
    pub async fn fetched_for(&self, key: &str) -> Vec<(String, String, &'static str)> {
        let cause = Some(InboxKey(key.into()));
        let rows = self.inbox().await.into_iter().filter(|row| row.caused_by == cause);
        rows.map(|row| (row.kind.to_string(), row.topic.to_string(), row.verdict.word())).collect()
    }

    /// Waits until something of the inbox is so.
    pub async fn until(&self, what: &str, mut is_so: impl FnMut(&[Delivery]) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so(&self.inbox().await) {
            assert!(tokio::time::Instant::now() < deadline, "never: {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

pub struct Embedded {
    stop: CancellationToken,
    task: JoinHandle<Result<Ended, FetchError>>,
}

impl Embedded {
    pub fn tell_to_stop(&self) {
        self.stop.cancel();
    }

    pub async fn stop(self) -> Ended {
        self.stop.cancel();
        self.task.await.expect("it does not panic").expect("it was only stopped")
    }
}

/// A signed notification of a topic about an id.
pub fn notice(key: &str, topic: &str, id: &str) -> Item {
    let body = format!(r#"{{"type":"{topic}","user_id":{},"data":{{"id":"{id}"}}}}"#, samples::SELLER);
    told(key, topic, &body)
}

/// A signed notification with a body.
pub fn told(key: &str, topic: &str, body: &str) -> Item {
    Item {
        kind: Kind::Message(DeliveryKind::Notification),
        key: InboxKey(key.into()),
        channel: Channel::Webhook,
        received_at: at("2026-03-02T14:00:02Z"),
        ..samples::item(DeliveryKind::Notification, topic, body)
    }
}

/// An approved payment as the provider renders it.
pub fn payment(id: u64) -> String {
    String::from_utf8(samples::payment(id, "100.00").bytes().to_vec()).expect("it is text")
}

/// Whether a delivery has a verdict that is no waiting.
pub fn is_closed(row: &Delivery) -> bool {
    row.verdict != Verdict::NeedsFetch
}
