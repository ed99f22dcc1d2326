//! The simulator as a server: options in, an address out, and a clock that stands still or runs.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use crate::api;
use crate::notice::courier::drive;
use crate::notice::faults::Faults;
use crate::seller::{Credentials, Hook};
use crate::site::Site;
use crate::subscriptions::rules::Rules;
use crate::time::wall;
use crate::world::{Shared, Simulation, World};

/// The seller of a simulator that is told none.
const SELLER: u64 = 1_122_334_455;
/// How often a running clock moves on.
const TICK: Duration = Duration::from_millis(100);

/// What a simulator is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What everything is drawn from.
    pub seed: u64,
    /// What its clock does.
    pub clock: Clock,
    /// Its sellers; one of Argentina when empty.
    pub sellers: Vec<SellerOptions>,
    /// How badly notices are delivered at first.
    pub faults: Faults,
    /// Whether webhooks are signed with the real time, which a receiver compares with its own, instead of the virtual
    /// one.
    pub signs_in_real_time: bool,
    /// How subscriptions are billed where the provider's documents leave it open.
    pub billing: Rules,
}

/// What the virtual clock does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// It stands where it is until it is moved.
    Held {
        /// Where it stands at first.
        start: DateTime<Utc>,
    },
    /// It runs with the machine's clock, ahead of it by what it was moved.
    Running,
}

/// A seller to begin with.
#[derive(Clone, Debug)]
pub struct SellerOptions {
    /// Its id.
    pub id: u64,
    /// Where it sells.
    pub site: Site,
    /// Where its webhooks go.
    pub webhook: Option<Webhook>,
}

/// A receiver of webhooks.
#[derive(Clone)]
pub struct Webhook {
    /// Its address.
    pub url: String,
    /// What they are signed with.
    pub secret: SecretString,
    /// What the message that a report file is ready is proven with; without one it is not sent.
    pub report_password: Option<SecretString>,
}

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It would serve others than this machine, and it asks for no secrets.
    #[error("{address} is not loopback, and the simulator guards nothing")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
    },
    /// There is no client to bring notices with.
    #[error("cannot make an HTTP client")]
    Client(#[from] reqwest::Error),
}

/// Starts simulators.
#[derive(Clone, Copy, Debug)]
pub struct Simulator;

/// A simulator that runs; it stops when this is dropped.
pub struct Running {
    address: SocketAddr,
    shared: Shared,
    router: Router,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Options {
    /// A simulator on a free port whose clock stands at the first of October 2026 in Argentina, with one seller and no
    /// faults.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let start = DateTime::from_timestamp_millis(1_790_823_600_000).expect("the instant is in range");
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed,
            clock: Clock::Held { start },
            sellers: Vec::new(),
            faults: Faults::default(),
            signs_in_real_time: false,
            billing: Rules::default(),
        }
    }
}

impl Simulator {
    /// Starts a simulator. The process needs a default provider of cryptography for its client.
    ///
    /// # Errors
    /// When the address is not loopback or cannot be listened at.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(StartError::NotLoopback { address });
        }
        let client = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(64).build()?;
        let listening = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listening)?;
        let address = listener.local_addr().map_err(listening)?;
        let shared = Arc::new(Simulation::new(world(&options), client));
        let stop = CancellationToken::new();
        let router = api::router(shared.clone());
        let (stopped, serving) = (stop.clone(), router.clone());
        let mut tasks = vec![tokio::spawn(async move {
            let served = axum::serve(listener, serving).with_graceful_shutdown(stopped.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(%error, "the simulator stopped serving");
            }
        })];
        if options.clock == Clock::Running {
            tasks.push(tokio::spawn(run_clock(shared.clone(), stop.clone())));
        }
        Ok(Running { address, shared, router, stop, tasks })
    }
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that the provider's own stands for: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How to sign in as each of its sellers.
    #[must_use]
    pub fn sellers(&self) -> Vec<Credentials> {
        self.shared.lock().sellers.values().map(Credentials::of).collect()
    }

    /// Its virtual time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.shared.lock().now()
    }

    /// Asks what is asked over HTTP, without a connection: for the many calls of long tests.
    ///
    /// # Panics
    /// When the path is none.
    pub async fn call(&self, method: Method, path: &str, token: &str, body: String) -> (StatusCode, Bytes) {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(Body::from(body)).expect("the path is one");
        let (head, body) = self.answer(request).await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("answers are in memory");
        (head.status, body)
    }

    /// Answers a request that came on a connection of somebody else: for stand-ins between it and its callers.
    pub async fn answer(&self, request: Request<Body>) -> Response {
        let Ok(answer) = self.router.clone().call(request).await;
        answer
    }

    /// Waits for its end; only a broken listener ends it by itself.
    pub async fn ended(&mut self) {
        if let Some(serving) = self.tasks.first_mut() {
            let _broken_off = serving.await;
        }
    }

    /// Stops it, after what is being answered.
    pub async fn stop(mut self) {
        self.stop.cancel();
        for task in self.tasks.drain(..) {
            let _broken_off = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

fn world(options: &Options) -> World {
    let start = match options.clock {
        Clock::Held { start } => start,
        Clock::Running => wall(),
    };
    let mut world = World::new(options.seed, start);
    world.post.faults = options.faults;
    world.post.signs_in_real_time = options.signs_in_real_time;
    world.subscriptions.rules = options.billing;
    let usual = [SellerOptions { id: SELLER, site: Site::Mla, webhook: None }];
    let sellers = if options.sellers.is_empty() { &usual[..] } else { &options.sellers };
    for seller in sellers {
        world.add_seller(seller.id, seller.site);
        let hook = seller.webhook.clone();
        world.seller_mut(seller.id).hook =
            hook.map(|Webhook { url, secret, report_password }| Hook { url, secret, report_password });
    }
    world
}

/// Moves the clock on by as much as the machine's has.
async fn run_clock(shared: Shared, stop: CancellationToken) {
    let mut last = wall();
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now = wall();
        let to = shared.lock().now() + (now - last).max(chrono::TimeDelta::zero());
        last = now;
        drive(&shared, to).await;
    }
}
