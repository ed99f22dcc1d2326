//! A process that charges dies at every boundary between it, the books and the provider; the same again charges once.

use std::sync::Arc;

use client::client::Client;
use client::vault::Fixed;
use domain::currency::Currency;
use engine::charge::ask::Ask;
use engine::charge::error::ChargeError;
use engine::charge::{Charged, Charges};
use engine::clock::Clock;
use engine::config::Config;
use engine::execute::Desk;
use engine::verify::verify;
use mercadopago::request::card_form::CardForm;
use serde_json::json;
use store::chain::ONLY_SHARD;
use store::memory::MemoryStore;
use store::store::Store;

use super::{SELLER, form};
use crate::crashes::fuse::{End, Fuse};
use crate::crashes::gate::Gate;
use crate::crashes::provider::Provider;
use crate::crashes::store::Fragile;

/// More boundaries than a charge has.
const MOST: usize = 200;

/// A shop whose processes die.
struct Scene {
    provider: Provider,
    store: Arc<dyn Store>,
}

/// What a life ended with; `None` when the process died.
type Life = Option<Result<Charged, ChargeError>>;

impl Scene {
    /// A provider whose search lags so many seconds behind.
    async fn new(lag: u32) -> Self {
        let provider = Provider::start(90).await;
        provider.habits(&json!({"search_lag_seconds": lag})).await;
        Self { provider, store: Arc::new(MemoryStore::new()) }
    }

    /// A process that charges, and dies at a boundary.
    async fn life(&self, token: &str, death: Option<usize>) -> Life {
        let fuse = Arc::new(Fuse::new(death.map(End::after)));
        let gate = Gate::open(Arc::clone(&self.provider.running), Arc::clone(&fuse)).await;
        let file = format!("[client]\nbase = '{}'\nretries = 0\n", gate.base());
        let config = Config::read(Some(("shop.toml", &file)), []).expect("a configuration");
        let tokens = Arc::new(Fixed::new(self.provider.token()));
        let client = Client::new(config.client.options(), tokens).expect("loopback may be plain");
        let store = Arc::new(Fragile { store: Arc::clone(&self.store), fuse: Arc::clone(&fuse) });
        let desk = Desk { store, config, clock: Clock::Fixed(self.provider.now()) };
        let charges = Charges::new(client, desk, SELLER.into(), "ana".into());
        fuse.live(charges.charge(&ask(token))).await
    }

    /// How many payments of the provider hold money.
    async fn paid(&self) -> usize {
        self.provider.kept().await.iter().filter(|kept| kept.status == "approved").count()
    }

    /// How often something was written about what is owed.
    async fn count(&self, name: &str) -> usize {
        let events = self.store.scan(ONLY_SHARD, 0, 1000).await.expect("the store can be read");
        events.iter().filter(|event| *event.name == *name).count()
    }
}

fn ask(token: &str) -> Ask {
    let form = CardForm::read(form(token, r#","external_reference":"till-4-0017""#).as_bytes());
    let CardForm { request, device, .. } = form.expect("it is a form");
    Ask { request, currency: Currency::ARS, device, name: None, reason: None, token_at: None }
}

fn is_paid(life: &Life) -> bool {
    matches!(life, Some(Ok(Charged::Answered { answer, .. })) if answer.rejection.is_none())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_dies_anywhere_leaves_one_charge_to_the_next() {
    let [by_note, by_key] = [dies_anywhere(0).await, dies_anywhere(3600).await];
    assert!((10..MOST).contains(&by_note), "there are boundaries, and they end: {by_note}");
    assert!((10..MOST).contains(&by_key), "there are boundaries, and they end: {by_key}");
}

/// Charges, dies at each boundary, and charges again; answers how many there are.
async fn dies_anywhere(lag: u32) -> usize {
    let mut deaths = 0;
    for death in 0..MOST {
        let scene = Scene::new(lag).await;
        let first = scene.life("APRO", Some(death)).await;
        let is_whole = first.is_some();
        assert!(is_paid(&first) || !is_whole, "{death}: {first:?}");
        let second = scene.life("APRO", None).await;
        assert!(is_paid(&second), "{death}: {second:?}");
        assert_eq!(scene.paid().await, 1, "{death}: it is charged once");
        assert_eq!(scene.count("obligation.attempt_requested").await, 1, "{death}: it is one attempt");
        assert_eq!(scene.count("obligation.attempt_answered").await, 1, "{death}: and one answer");
        let policies = Config::read(None, []).expect("the defaults").policies();
        let verified = verify(&*scene.store, &policies, |_| ()).await.expect("the store can be read");
        assert!(verified.differences.is_empty(), "{death}: {:?}", verified.differences);
        if is_whole {
            break;
        }
        deaths += 1;
    }
    deaths
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_process_that_died_anywhere_another_card_never_charges_beside_it() {
    for death in 0..MOST {
        let scene = Scene::new(3600).await;
        let is_whole = scene.life("APRO", Some(death)).await.is_some();
        let other = scene.life("APRO 2", None).await;
        let is_blocked = matches!(&other, Some(Ok(Charged::Blocked { .. })));
        assert!(is_paid(&other) || is_blocked, "{death}: {other:?}");
        let same = scene.life("APRO", None).await;
        assert!(matches!(&same, Some(Ok(_))), "{death}: {same:?}");
        assert_eq!(scene.paid().await, 1, "{death}: it is charged once");
        if is_whole {
            return;
        }
    }
    panic!("more boundaries than a charge has");
}
