//! A provider on loopback that answers from a list of payments and fixed bodies, and sinks that can be looked into.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::DateTime;
use domain::ids::SellerId;
use domain::machine::Instant;
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::item::Item;
use crate::loopback::Loopback;
use crate::poll::Poller;
use crate::samples::SELLER;
use crate::sink::{Sink, SinkError};

/// The instant at which the tests look.
pub(super) const NOW: &str = "2026-10-20T12:00:00Z";

/// What the provider holds.
#[derive(Default)]
pub(super) struct World {
    /// Milliseconds of the last change, by payment.
    pub(super) payments: BTreeMap<u64, i64>,
    /// What is done before the next searches are answered, one each.
    pub(super) happenings: VecDeque<fn(&mut World)>,
    /// Answers of other paths; a missing one is 404.
    pub(super) bodies: BTreeMap<String, String>,
    /// Paths that are answered with 503.
    pub(super) broken: BTreeSet<String>,
    /// Statuses that the next calls get instead of an answer.
    pub(super) refusals: VecDeque<u16>,
    /// Every path with its query, in order.
    pub(super) asked: Vec<String>,
}

/// A provider that answers until it is dropped.
pub(super) struct Provider {
    pub(super) world: Arc<Mutex<World>>,
    loopback: Loopback,
}

impl Provider {
    pub(super) async fn start() -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let loopback = Loopback::serve(Router::new().fallback(answer).with_state(Arc::clone(&world))).await;
        Self { world, loopback }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no handler panics")
    }

    /// A poller of this provider.
    pub(super) fn poller(
        &self,
        store: &Arc<dyn Store>,
        sink: Arc<dyn Sink>,
        config: &Config,
        now: &str,
    ) -> Poller {
        let clock = Clock::Fixed(now.parse().expect("a literal instant"));
        self.poller_with(store, sink, config, clock)
    }

    /// A poller of this provider with a clock.
    pub(super) fn poller_with(
        &self,
        store: &Arc<dyn Store>,
        sink: Arc<dyn Sink>,
        config: &Config,
        clock: Clock,
    ) -> Poller {
        let client = self.loopback.client();
        Poller::new(client, sink, Arc::clone(store), config.clone(), clock)
    }
}

pub(super) fn seller() -> SellerId {
    SELLER.into()
}

pub(super) fn millis(text: &str) -> i64 {
    text.parse::<Instant>().expect("a literal instant").timestamp_millis()
}

/// Our defaults, without waiting and with what a test sets.
pub(super) fn config(set: &str) -> Config {
    let text = format!("[poll]\nintents_pause_ms = 0\n{set}");
    Config::read(Some(("test", &text)), []).expect("the test's configuration fits")
}

async fn answer(State(world): State<Arc<Mutex<World>>>, uri: Uri) -> Response {
    let mut world = world.lock().expect("no handler panics");
    world.asked.push(uri.to_string());
    if let Some(status) = world.refusals.pop_front() {
        let status = StatusCode::from_u16(status).expect("a status");
        return (status, [(header::RETRY_AFTER, "0")], "{}").into_response();
    }
    if world.broken.contains(uri.path()) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if uri.path() == "/v1/payments/search" {
        return json(search(&mut world, uri.query().unwrap_or_default()));
    }
    match world.bodies.get(uri.path()) {
        Some(body) => json(body.clone()),
        None => (StatusCode::NOT_FOUND, r#"{"message":"not found","error":"not_found","status":404}"#)
            .into_response(),
    }
}

fn json(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// As the provider does: both ends count, sorted by the last change.
fn search(world: &mut World, query: &str) -> String {
    if let Some(happening) = world.happenings.pop_front() {
        happening(world);
    }
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let number = |name: &str| query[name].parse::<usize>().expect("a number");
    assert_eq!(
        (&*query["range"], &*query["sort"], &*query["criteria"]),
        ("date_last_updated", "date_last_updated", "asc")
    );
    assert_eq!(query["collector.id"], SELLER);
    let (begin, end) = (millis(&query["begin_date"]), millis(&query["end_date"]));
    let mut found: Vec<(i64, u64)> = world
        .payments
        .iter()
        .map(|(id, at)| (*at, *id))
        .filter(|(at, _)| (begin..=end).contains(at))
        .collect();
    found.sort_unstable();
    let (total, limit, offset) = (found.len(), number("limit"), number("offset"));
    let rows: Vec<String> =
        found.into_iter().skip(offset).take(limit).map(|(at, id)| payment(id, at)).collect();
    let paging = format!(r#"{{"total":{total},"limit":{limit},"offset":{offset}}}"#);
    format!(r#"{{"paging":{paging},"results":[{}]}}"#, rows.join(", "))
}

/// A payment as a search shows it.
pub(super) fn payment(id: u64, changed: i64) -> String {
    let changed = DateTime::from_timestamp_millis(changed).expect("a date in range").to_rfc3339();
    format!(
        r#"{{"id":"{id}", "collector_id":{SELLER},"currency_id":"ARS","status":"approved","status_detail":"accredited",
        "transaction_amount":10.50,"transaction_details":{{"net_received_amount":10.50}},"charges_details":[],
        "date_created":"2026-10-01T00:00:00Z","date_approved":"2026-10-01T00:00:01Z","date_last_updated":"{changed}"}}"#
    )
}

/// Keeps what it accepts.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<Item>>);

impl Kept {
    pub(super) fn items(&self) -> Vec<Item> {
        self.0.lock().expect("no code panics while it holds the lock").clone()
    }

    /// The bodies, in the order in which they were accepted.
    pub(super) fn bodies(&self) -> Vec<String> {
        self.items()
            .iter()
            .map(|item| String::from_utf8(item.bytes().to_vec()).expect("JSON is text"))
            .collect()
    }
}

#[async_trait]
impl Sink for Kept {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.0.lock().expect("no code panics while it holds the lock").extend(items);
        Ok(())
    }

    async fn hand_on(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.accept(items).await
    }
}
