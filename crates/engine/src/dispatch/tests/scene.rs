//! The books, a person who orders, and the provider.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use client::vault::{AccessToken, Fixed, TokenVault, VaultError};
use domain::ids::SellerId;
use domain::payment::machine::Payment;
use domain::payment::{Command, Funds, Stage};
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::topics::Resource;
use store::chain::ONLY_SHARD;
use store::memory::MemoryStore;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use super::super::{Became, Dispatched, Dispatcher, Followed};
use super::provider::{World, answer};
use crate::clock::Clock;
use crate::config::Config;
use crate::execute::{By, Desk, Wrote};
use crate::loopback::Loopback;
use crate::response::{Response, Taken};
use crate::samples::{SELLER, at, config, stream};

pub(super) const NOW: &str = "2026-03-08T10:00:00Z";

/// Knows the token of every seller but one.
struct Without(SellerId);

#[async_trait::async_trait]
impl TokenVault for Without {
    async fn token(&self, seller: &SellerId) -> Result<AccessToken, VaultError> {
        if *seller == self.0 {
            Err(VaultError::Unlinked { seller: seller.clone() })
        } else {
            Ok(AccessToken::new("t"))
        }
    }

    async fn rejected(&self, _: &SellerId, _: &AccessToken) -> Result<(), VaultError> {
        Ok(())
    }
}

/// A provider, a store and a person.
pub(super) struct Scene {
    world: Arc<Mutex<World>>,
    pub(super) store: Arc<dyn Store>,
    loopback: Loopback,
}

impl Scene {
    /// With payments of 100.00 ARS that stand so.
    pub(super) async fn with(payments: &[(&str, &'static str, &'static str)]) -> Self {
        Self::over(Arc::new(MemoryStore::new()), payments).await
    }

    /// With one payment, 57, that was paid.
    pub(super) async fn paid() -> Self {
        Self::with(&[("57", "approved", "accredited")]).await
    }

    pub(super) async fn over(store: Arc<dyn Store>, payments: &[(&str, &'static str, &'static str)]) -> Self {
        let mut world = World::new();
        payments.iter().for_each(|(id, status, detail)| world.put(id, status, detail));
        let world = Arc::new(Mutex::new(world));
        let loopback = Loopback::serve(Router::new().fallback(answer).with_state(Arc::clone(&world))).await;
        let scene = Self { world, store, loopback };
        for (id, ..) in payments {
            let body = scene.world().body(id).to_string();
            let seller = SellerId::from(SELLER);
            let response =
                Response { seller: &seller, resource: Resource::Payment, id, body: body.as_bytes() };
            let taken = scene.desk().take(response).await.expect("the store answers");
            assert!(matches!(taken, Taken::Told(_)), "{taken:?}");
        }
        scene
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no handler panics")
    }

    pub(super) fn desk(&self) -> Desk {
        Desk { store: Arc::clone(&self.store), config: config(), clock: Clock::Fixed(at(NOW)) }
    }

    /// A sender of its own, as another process has one.
    pub(super) fn dispatcher(&self) -> Dispatcher {
        self.dispatcher_with(config(), Arc::new(Fixed::new("token")))
    }

    /// The same without access to a seller's account.
    pub(super) fn dispatcher_without(&self, seller: &str) -> Dispatcher {
        self.dispatcher_with(config(), Arc::new(Without(SellerId::from(seller))))
    }

    pub(super) fn dispatcher_with(&self, config: Config, vault: Arc<dyn TokenVault>) -> Dispatcher {
        self.dispatcher_at(NOW, config, vault)
    }

    pub(super) fn dispatcher_at(&self, now: &str, config: Config, vault: Arc<dyn TokenVault>) -> Dispatcher {
        let client = self.loopback.client_with(0, vault);
        Dispatcher::new(client, Arc::clone(&self.store), config, Clock::Fixed(at(now)))
    }

    /// Ana orders a refund of so many cents of a payment; of all for `None`. The key is that of the outbox.
    pub(super) async fn refund(&self, id: u64, request: &str, cents: Option<i64>) {
        let (request, actor, reason) = (Text::from(request), Text::from("ana"), Text::from("wrong size"));
        let funds = Funds::Unchecked;
        self.order(stream(id), Command::RequestRefund { request, amount_minor: cents, funds, actor, reason })
            .await;
    }

    pub(super) async fn capture(&self, id: u64, request: &str, cents: Option<i64>) {
        let (request, actor, reason) = (Text::from(request), Text::from("ana"), Text::from("it is sent"));
        self.order(stream(id), Command::RequestCapture { request, amount_minor: cents, actor, reason }).await;
    }

    pub(super) async fn cancel(&self, id: u64, request: &str) {
        let (request, actor, reason) = (Text::from(request), Text::from("ana"), Text::from("out of stock"));
        self.order(stream(id), Command::RequestCancel { request, actor, reason }).await;
    }

    pub(super) async fn order(&self, stream: StreamId, command: Command) {
        let key = match &command {
            Command::RequestRefund { request, .. }
            | Command::RequestCapture { request, .. }
            | Command::RequestCancel { request, .. } => format!("key-{request}"),
            other => panic!("it is no order: {other:?}"),
        };
        let by = By { actor: "ana".into(), key: key.into(), errand: None };
        let wrote = self.desk().execute::<Payment>(&stream, command, by).await;
        assert_eq!(wrote.expect("the rules allow it"), Wrote::Facts);
    }

    pub(super) async fn once(&self) -> Dispatched {
        once(&self.dispatcher()).await
    }

    /// The same at another time.
    pub(super) async fn once_at(&self, now: &str) -> Dispatched {
        once(&self.dispatcher_at(now, config(), Arc::new(Fixed::new("token")))).await
    }

    /// How an order stands.
    pub(super) async fn stage(&self, id: u64, request: &str) -> Stage {
        let state = self.desk().state::<Payment>(&stream(id)).await.expect("the store answers");
        let state = state.expect("it is known");
        state.known().expect("it is described").asked.orders[&Text::from(request)].stage.clone()
    }

    /// The names of the facts since the payments became known, with who ordered them.
    pub(super) async fn facts(&self) -> Vec<String> {
        let events = self.store.scan(ONLY_SHARD, 0, 1000).await.expect("the store can be read");
        let first = events.iter().position(|event| event.name.ends_with("_requested"));
        let by = |metadata: &str| {
            let metadata: serde_json::Value = serde_json::from_str(metadata).expect("metadata is JSON");
            metadata["actor"].as_str().map(|actor| format!(" {actor}")).unwrap_or_default()
        };
        let told = events.iter().skip(first.unwrap_or(events.len()));
        told.map(|event| format!("{}{}", event.name, by(&event.metadata))).collect()
    }

    /// Every call since the last look.
    pub(super) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.world().calls)
    }

    /// How far the checkpoint is.
    pub(super) async fn place(&self) -> u64 {
        let cell = self.store.cell("relay/provider").await.expect("the store answers");
        cell.map_or(0, |cell| {
            let value: serde_json::Value = serde_json::from_slice(&cell.value).expect("JSON");
            value["number"].as_u64().expect("a number")
        })
    }
}

pub(super) async fn once(dispatcher: &Dispatcher) -> Dispatched {
    dispatcher.once(&CancellationToken::new()).await.expect("the outbox can be read")
}

/// What became of orders, a line each: done, refused, waiting.
pub(super) fn told(dispatched: &Dispatched) -> Vec<String> {
    let Dispatched { done, refused, waiting, .. } = dispatched;
    done.iter().chain(refused).chain(waiting).map(line).collect()
}

pub(super) fn line(followed: &Followed) -> String {
    let Followed { stream, request, became, .. } = followed;
    let became = match became {
        Became::Done => "done".to_owned(),
        Became::Asked => "asked".to_owned(),
        Became::Refused { code } => format!("refused {code}"),
        Became::Waiting(why) => format!("waiting: {}", crate::look::chain(why)),
    };
    format!("{}/{request} {became}", stream.id())
}
