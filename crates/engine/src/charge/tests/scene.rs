//! A provider on loopback that makes payments, rejects them, or loses calls and answers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, TimeDelta};
use client::vault::Fixed;
use domain::currency::Currency;
use domain::machine::Instant;
use mercadopago::request::card_form::CardForm;
use serde_json::{Value, json};
use store::chain::ONLY_SHARD;
use store::memory::MemoryStore;
use store::store::Store;

use crate::charge::Charges;
use crate::charge::ask::Ask;
use crate::clock::Clock;
use crate::config::Config;
use crate::execute::Desk;
use crate::loopback::Loopback;
use crate::samples::{SELLER, at, config};

/// What becomes of the next payment that is asked for.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// It is made and rejected.
    Reject(&'static str),
    /// It is made and nobody has paid it yet.
    Wait,
    /// It is made, and its answer is lost.
    LoseAnswer,
    /// The same, and its key is not kept.
    LoseAnswerAndKey,
    /// It is not made, and there is no answer.
    LoseCall,
    /// It is refused with a code.
    Refuse(&'static str),
    /// It is refused, and searches show everything from then on.
    RefuseAndShow,
    /// It is refused with a status that is about the caller.
    Forbid,
    /// It is refused with a text that quotes the word of a rejection.
    Quote,
}

/// What the provider holds.
#[derive(Default)]
struct World {
    payments: BTreeMap<u64, Value>,
    by_key: BTreeMap<String, u64>,
    fates: VecDeque<Fate>,
    /// Searches do not show payments from this id on.
    hidden_from: Option<u64>,
    asked: Vec<String>,
    ticks: i64,
}

/// A provider, a store and a person.
pub(super) struct Scene {
    world: Arc<Mutex<World>>,
    pub(super) store: Arc<dyn Store>,
    loopback: Loopback,
    pub(super) config: Config,
    /// Further tries of a call.
    pub(super) retries: usize,
    pub(super) now: Instant,
}

impl Scene {
    pub(super) async fn start() -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let loopback = Loopback::serve(Router::new().fallback(answer).with_state(Arc::clone(&world))).await;
        let (store, now) = (Arc::new(MemoryStore::new()), at("2026-03-08T10:00:00Z"));
        Self { world, store, loopback, config: config(), retries: 0, now }
    }

    pub(super) fn next(&self, fate: Fate) {
        self.world().fates.push_back(fate);
    }

    pub(super) fn pass(&mut self, time: TimeDelta) {
        self.now += time;
    }

    /// Searches show nothing that is made from now on.
    pub(super) fn hide_from_searches(&self) {
        let mut world = self.world();
        world.hidden_from = Some(world.payments.len() as u64 + 1);
    }

    /// Searches show everything.
    pub(super) fn show_in_searches(&self) {
        self.world().hidden_from = None;
    }

    /// The provider keeps keys for some time only.
    pub(super) fn forget_keys(&self) {
        self.world().by_key.clear();
    }

    /// A payment of somebody else's making.
    pub(super) fn put(&self, amount: &str, reference: &str) -> String {
        let amount: Value = serde_json::from_str(amount).expect("a number");
        let request = json!({"transaction_amount": amount, "external_reference": reference});
        self.world().make(&request, "approved", "accredited").to_string()
    }

    /// Changes a payment.
    pub(super) fn turn(&self, id: u64, status: &str, detail: &str) {
        let mut world = self.world();
        let at = world.moment();
        let payment = world.payments.get_mut(&id).expect("it was made");
        payment["status"] = json!(status);
        payment["status_detail"] = json!(detail);
        payment["date_last_updated"] = json!(at);
    }

    /// Changes the amount of a payment.
    pub(super) fn raise(&self, id: u64, amount: &str) {
        let amount: Value = serde_json::from_str(amount).expect("a number");
        self.world().payments.get_mut(&id).expect("it was made")["transaction_amount"] = amount;
    }

    pub(super) fn charges(&self) -> Charges {
        self.charges_with(self.config.clone())
    }

    pub(super) fn charges_with(&self, config: Config) -> Charges {
        let client = self.loopback.client_with(self.retries, Arc::new(Fixed::new("token")));
        let desk = Desk { store: Arc::clone(&self.store), config, clock: Clock::Fixed(self.now) };
        Charges::new(client, desk, SELLER.into(), "ana".into())
    }

    /// The names of what happened to obligations.
    pub(super) async fn events(&self) -> Vec<String> {
        let events = self.store.scan(ONLY_SHARD, 0, 1000).await.expect("the store can be read");
        let names = events.iter().filter_map(|event| event.name.strip_prefix("obligation."));
        names.map(str::to_owned).collect()
    }

    /// Everything that is stored of events, as one text.
    pub(super) async fn stored(&self) -> String {
        let events = self.store.scan(ONLY_SHARD, 0, 1000).await.expect("the store can be read");
        let own = events.iter().filter(|event| event.name.starts_with("obligation."));
        own.map(|event| format!("{} {}\n", event.payload, event.metadata)).collect()
    }

    /// Idempotency keys of every payment that was asked for, in order.
    pub(super) fn keys(&self) -> Vec<String> {
        let asked = self.world().asked.clone();
        asked.iter().filter_map(|call| Some(call.strip_prefix("POST ")?.to_owned())).collect()
    }

    /// How many payments were read by their id.
    pub(super) fn reads(&self) -> usize {
        let reads = |call: &&String| call.starts_with("GET /v1/payments/") && !call.contains("/search");
        self.world().asked.iter().filter(reads).count()
    }

    /// How many payments there are.
    pub(super) fn made(&self) -> usize {
        self.world().payments.len()
    }

    /// A payment as the provider holds it.
    pub(super) fn payment(&self, id: u64) -> Value {
        self.world().payments[&id].clone()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no handler panics")
    }
}

/// 100.50 by Visa for till-4-0017, with a token.
pub(super) fn visa(token: &str) -> Ask {
    form(token, "visa", Some("till-4-0017"))
}

/// 100.50 by a method.
pub(super) fn form(token: &str, method: &str, reference: Option<&str>) -> Ask {
    let reference = reference.map(|text| format!(r#","external_reference":"{text}""#)).unwrap_or_default();
    let form = format!(
        r#"{{"token":"{token}","payment_method_id":"{method}","transaction_amount":"100.5","installments":1,
        "issuer_id":310,"payer":{{"email":"Payer@Mail.example"}}{reference}}}"#
    );
    let CardForm { request, device, .. } = CardForm::read(form.as_bytes()).expect("it is a form");
    Ask { request, currency: Currency::ARS, device, name: None, reason: None, token_at: None }
}

impl World {
    fn make(&mut self, asked: &Value, status: &str, detail: &str) -> u64 {
        let at = self.moment();
        let id = self.payments.len() as u64 + 1;
        let approved = (status == "approved").then(|| at.clone());
        let payment = json!({
            "id": id, "collector_id": SELLER.parse::<u64>().expect("digits"), "currency_id": "ARS",
            "status": status, "status_detail": detail,
            "transaction_amount": asked["transaction_amount"],
            "transaction_details": {"net_received_amount": asked["transaction_amount"]},
            "charges_details": [], "date_created": at, "date_approved": approved, "date_last_updated": at,
            "payment_method_id": "visa", "payment_type_id": "credit_card",
            "external_reference": asked["external_reference"], "metadata": asked["metadata"],
        });
        self.payments.insert(id, payment);
        id
    }

    fn moment(&mut self) -> String {
        self.ticks += 1;
        let at = at("2026-03-04T10:00:00Z") + TimeDelta::milliseconds(self.ticks);
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

async fn answer(
    State(world): State<Arc<Mutex<World>>>,
    method: Method,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let mut world = world.lock().expect("no handler panics");
    if method == Method::POST {
        let key = headers["x-idempotency-key"].to_str().expect("a key is text").to_owned();
        return create(&mut world, key, &body);
    }
    world.asked.push(format!("GET {uri}"));
    match uri.path().strip_prefix("/v1/payments/") {
        Some("search") => search(&world, uri.query().unwrap_or_default()),
        Some(id) => match world.payments.get(&id.parse().expect("an id")) {
            Some(payment) => payment.to_string().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn search(world: &World, query: &str) -> Response {
    let reference = query.split('&').find_map(|part| part.strip_prefix("external_reference="));
    let shown = world.payments.iter().filter(|(id, _)| world.hidden_from.is_none_or(|from| **id < from));
    let found: Vec<&Value> =
        shown.map(|(_, payment)| payment).filter(|p| p["external_reference"].as_str() == reference).collect();
    let paging = json!({"total": found.len(), "limit": 50, "offset": 0});
    json!({"paging": paging, "results": found}).to_string().into_response()
}

fn create(world: &mut World, key: String, body: &[u8]) -> Response {
    world.asked.push(format!("POST {key}"));
    if let Some(id) = world.by_key.get(&key) {
        return world.payments[id].to_string().into_response();
    }
    let asked: Value = serde_json::from_slice(body).expect("a payment is JSON");
    let refuse = |status: StatusCode, code: &str, message: &str| {
        let cause = json!([{"code": code, "description": message}]);
        let told = json!({"message": message, "error": "bad_request", "cause": cause});
        (status, told.to_string()).into_response()
    };
    let fate = world.fates.pop_front();
    let (status, detail) = match fate {
        Some(Fate::LoseCall) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fate::Refuse(code)) => return refuse(StatusCode::BAD_REQUEST, code, "no"),
        Some(Fate::RefuseAndShow) => {
            world.hidden_from = None;
            return refuse(StatusCode::BAD_REQUEST, "3003", "no");
        }
        Some(Fate::Forbid) => return refuse(StatusCode::FORBIDDEN, "4", "no"),
        Some(Fate::Quote) => {
            let text = "the processor said \"cc_rejected_high_risk\" to it";
            return refuse(StatusCode::BAD_REQUEST, "3000", text);
        }
        Some(Fate::Reject(detail)) => ("rejected", detail),
        Some(Fate::Wait) => ("in_process", "pending_contingency"),
        Some(Fate::LoseAnswer | Fate::LoseAnswerAndKey) | None => ("approved", "accredited"),
    };
    let id = world.make(&asked, status, detail);
    if !matches!(fate, Some(Fate::LoseAnswerAndKey)) {
        world.by_key.insert(key, id);
    }
    match fate {
        Some(Fate::LoseAnswer | Fate::LoseAnswerAndKey) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        _ => (StatusCode::CREATED, world.payments[&id].to_string()).into_response(),
    }
}
