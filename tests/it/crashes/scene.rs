//! One shop: a store that survives everything, a provider, and the processes between them, which die.

use std::sync::{Arc, OnceLock};

use client::client::Client;
use client::vault::Fixed;
use domain::ids::{PaymentId, SellerId};
use domain::machine::Instant;
use domain::payment::machine::Payment;
use domain::payment::state::{Known, State};
use domain::stream::StreamId;
use domain::text::Text;
use engine::act::{Act, ActError, Acts, Placed};
use engine::charge::ask::Ask;
use engine::charge::error::ChargeError;
use engine::charge::{Charged, Charges};
use engine::clock::Clock;
use engine::config::Config;
use engine::dispatch::{Dispatched, Dispatcher};
use engine::error::EngineError;
use engine::execute::Desk;
use engine::response::{Response, Taken};
use mercadopago::topics::Resource;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use super::fuse::{End, Fuse};
use super::gate::Gate;
use super::provider::Provider;
use super::store::Fragile;

/// The seller of every payment: the simulator's own.
pub const SELLER: &str = "1122334455";

/// What survives.
pub struct Scene {
    pub provider: Provider,
    pub store: Arc<dyn Store>,
    /// Configuration beside the address of the provider.
    pub rules: &'static str,
}

/// A process: its own connections to the store and to the provider, and a fuse.
pub struct Process {
    pub fuse: Arc<Fuse>,
    _gate: Gate,
    store: Arc<dyn Store>,
    config: Config,
    token: String,
    client: OnceLock<Client>,
}

impl Scene {
    /// A shop over a store.
    pub async fn new(seed: u64, store: Arc<dyn Store>, rules: &'static str) -> Self {
        Self { provider: Provider::start(seed).await, store, rules }
    }

    /// A process that has the shop's store and speaks to its provider. It dies at a boundary, if it gets there.
    pub async fn process(&self, death: Option<End>) -> Process {
        let fuse = Arc::new(Fuse::new(death));
        let gate = Gate::open(Arc::clone(&self.provider.running), Arc::clone(&fuse)).await;
        let store = Arc::new(Fragile { store: Arc::clone(&self.store), fuse: Arc::clone(&fuse) });
        let config = self.config(gate.base());
        Process {
            fuse,
            _gate: gate,
            store,
            config,
            token: self.provider.token().to_owned(),
            client: OnceLock::new(),
        }
    }

    /// A payment is told, whole, as a webhook or the poller would bring it.
    pub async fn hear(&self, payment: u64) {
        assert!(self.try_hear(payment).await, "payment {payment} can be read");
    }

    /// The same, unless something is in the way; answers whether it was told.
    pub async fn try_hear(&self, payment: u64) -> bool {
        let Some(body) = self.provider.try_read(payment).await else { return false };
        let desk = self.desk();
        let (seller, id) = (SellerId::from(SELLER), payment.to_string());
        let response = Response { seller: &seller, resource: Resource::Payment, id: &id, body: &body };
        let taken = desk.take(response).await.expect("the store takes what is told");
        assert!(matches!(taken, Taken::Told(_)), "{taken:?}: {}", String::from_utf8_lossy(&body));
        true
    }

    /// What is known of a payment.
    pub async fn known(&self, payment: u64) -> Known {
        let state = self.desk().state::<Payment>(&stream(payment)).await.expect("a history can be read");
        match state {
            Some(State::Known(known)) => *known,
            other => panic!("payment {payment} is described, not {other:?}"),
        }
    }

    /// The books as they are, without a process that could die.
    pub fn desk(&self) -> Desk {
        let (store, clock) = (Arc::clone(&self.store), Clock::Fixed(self.provider.now()));
        Desk { store, config: self.config("http://127.0.0.1:1"), clock }
    }

    fn config(&self, base: &str) -> Config {
        let text = format!(
            "[client]\nbase = '{base}'\nretries = 0\ncalls_per_second = 1000000\n\
             in_person_reads_per_second = 1000000\n[sellers.{SELLER}]\nsite = 'MLA'\n{}",
            self.rules
        );
        Config::read(Some(("shop.toml", &text)), []).expect("a configuration")
    }
}

impl Process {
    /// Orders something in somebody's name. `None` when the process died meanwhile.
    pub async fn place(
        &self,
        now: Instant,
        actor: &str,
        payment: u64,
        act: &Act,
    ) -> Option<Result<Placed, ActError>> {
        let acts = Acts::new(self.desk(now), SellerId::from(SELLER), actor.into());
        let payment = PaymentId::from(payment.to_string().as_str());
        let ordered = async {
            let available = acts.available().await?;
            acts.place(&payment, act, Some(&available)).await
        };
        self.fuse.live(ordered).await
    }

    /// Sends what waits, as a relay that was just started does. `None` when the process died meanwhile.
    pub async fn dispatch(&self, now: Instant) -> Option<Result<Dispatched, EngineError>> {
        let desk = self.desk(now);
        let dispatcher = Dispatcher::new(self.client(), desk.store, desk.config, desk.clock);
        let stop = CancellationToken::new();
        self.fuse.live(dispatcher.once(&stop)).await
    }

    /// Makes an attempt to be paid. `None` when the process died meanwhile.
    pub async fn charge(&self, now: Instant, ask: &Ask) -> Option<Result<Charged, ChargeError>> {
        let charges = Charges::new(self.client(), self.desk(now), SellerId::from(SELLER), "ana".into());
        self.fuse.live(charges.charge(ask)).await
    }

    fn client(&self) -> Client {
        let made = || {
            let vault = Arc::new(Fixed::new(self.token.clone()));
            Client::new(self.config.client.options(), vault).expect("a client can be made")
        };
        self.client.get_or_init(made).clone()
    }

    fn desk(&self, now: Instant) -> Desk {
        Desk { store: Arc::clone(&self.store), config: self.config.clone(), clock: Clock::Fixed(now) }
    }
}

/// The history of a payment.
pub fn stream(payment: u64) -> StreamId {
    StreamId::payment(&SellerId::from(SELLER), &PaymentId::from(payment.to_string().as_str()))
}

/// A text of ours.
pub fn text(text: &str) -> Text {
    text.into()
}
