//! A provider on loopback that holds subscriptions and a plan, and carries orders out, ignores or loses them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, TimeDelta};
use domain::machine::Instant;
use mercadopago::number::Number;
use mercadopago::request::preapproval::{PreapprovalRequest, Recurring};
use serde_json::{Value, json};
use store::chain::ONLY_SHARD;
use store::memory::MemoryStore;
use store::store::Store;

use super::{ID, Orders};
use crate::clock::Clock;
use crate::config::Config;
use crate::loopback::Loopback;
use crate::samples::{SELLER, at, config};

/// What becomes of the next order.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// It is answered with success, and nothing is changed.
    Ignore,
    /// It is refused.
    Refuse,
    /// It is carried out, and its answer is lost.
    LoseAnswer,
    /// It is not carried out, and there is no answer.
    LoseCall,
    /// It is carried out, and the next read has no answer.
    ApplyAndHide,
    /// It is carried out, and the next read cannot be understood.
    ApplyAndGarble,
    /// It is carried out, and its answer takes longer than the test.
    Hang,
}

/// What the provider holds, by path.
#[derive(Default)]
struct World {
    things: BTreeMap<String, Value>,
    fates: VecDeque<Fate>,
    hides: bool,
    garbles: bool,
    hangs: bool,
    asked: Vec<String>,
    /// Milliseconds, so that every change has a time of its own.
    ticks: i64,
}

/// A provider, a store and a person.
pub(super) struct Scene {
    world: Arc<Mutex<World>>,
    store: Arc<dyn Store>,
    loopback: Loopback,
    now: Instant,
}

impl Scene {
    pub(super) async fn start() -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let loopback = Loopback::serve(Router::new().fallback(answer).with_state(Arc::clone(&world))).await;
        Self { world, store: Arc::new(MemoryStore::new()), loopback, now: at("2026-03-08T10:00:00Z") }
    }

    /// With a subscription of 10.00 a month.
    pub(super) async fn with_yoga() -> Self {
        let scene = Self::start().await;
        let made = serde_json::to_value(yoga_request()).expect("a request is JSON");
        scene.world().make("/preapproval", ID, made);
        scene
    }

    pub(super) fn put_plan(&self, id: &str) {
        let terms = json!({"frequency": 1, "frequency_type": "months", "transaction_amount": 10, "currency_id": "ARS"});
        self.world().make("/preapproval_plan", id, json!({"status": "active", "auto_recurring": terms}));
    }

    pub(super) fn next(&self, fate: Fate) {
        self.world().fates.push_back(fate);
    }

    pub(super) fn pass_minutes(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
    }

    pub(super) fn orders(&self) -> Orders {
        self.orders_with(config())
    }

    pub(super) fn orders_with(&self, config: Config) -> Orders {
        let client = self.loopback.client();
        let clock = Clock::Fixed(self.now);
        Orders::new(client, Arc::clone(&self.store), config, clock, SELLER.into(), "ana".into())
    }

    /// The names of all events in order, with who ordered them.
    pub(super) async fn events(&self) -> Vec<String> {
        let events = self.store.scan(ONLY_SHARD, 0, 100).await.expect("the store can be read");
        let by_ana = |metadata: &str| if metadata == r#"{"actor":"ana"}"# { " ana" } else { "" };
        events.iter().map(|event| format!("{}{}", event.name, by_ana(&event.metadata))).collect()
    }

    /// Every call, with its body.
    pub(super) fn asked(&self) -> Vec<String> {
        self.world().asked.clone()
    }

    /// How many calls of a method came.
    pub(super) fn sent(&self, method: &str) -> usize {
        self.asked().iter().filter(|call| call.starts_with(method)).count()
    }

    /// Waits until a call of a method came.
    pub(super) async fn taken(&self, method: &str) {
        while self.sent(method) == 0 {
            tokio::task::yield_now().await;
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().expect("no handler panics")
    }
}

/// A subscription of 10.00 a month, paid by card.
pub(super) fn yoga_request() -> PreapprovalRequest {
    PreapprovalRequest {
        preapproval_plan_id: None,
        reason: Some("Yoga classes".to_owned()),
        external_reference: Some("YG-1234".to_owned()),
        payer_email: "payer@mail.example".to_owned(),
        card_token_id: Some("token-of-a-card".to_owned()),
        auto_recurring: Some(Recurring {
            frequency: 1,
            frequency_type: "months".to_owned(),
            start_date: None,
            end_date: None,
            free_trial: None,
            transaction_amount: Number::parse("10.00").expect("a number"),
            currency_id: "ARS".to_owned(),
        }),
        back_url: Some("https://shop.example/thanks".to_owned()),
        status: Some("authorized".to_owned()),
    }
}

impl World {
    fn make(&mut self, place: &str, id: &str, mut told: Value) {
        let at = self.moment();
        for (name, value) in [("id", id), ("date_created", &at), ("last_modified", &at)] {
            told[name] = json!(value);
        }
        told["collector_id"] = json!(SELLER);
        told["version"] = json!(0);
        self.things.insert(format!("{place}/{id}"), told);
    }

    /// Carries a change out.
    fn change(&mut self, path: &str, change: Value) {
        let at = self.moment();
        let Some(thing) = self.things.get_mut(path) else { return };
        merge(thing, change);
        thing["last_modified"] = json!(at);
        thing["version"] = json!(thing["version"].as_u64().expect("a number") + 1);
    }

    fn moment(&mut self) -> String {
        self.ticks += 1;
        let at = at("2026-03-04T10:00:00Z") + TimeDelta::milliseconds(self.ticks);
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

async fn answer(State(world): State<Arc<Mutex<World>>>, method: Method, uri: Uri, body: Bytes) -> Response {
    let (told, hangs) = {
        let mut world = world.lock().expect("no handler panics");
        let told = told(&mut world, &method, uri.path().to_owned(), &body);
        (told, std::mem::take(&mut world.hangs))
    };
    if hangs { std::future::pending().await } else { told }
}

fn told(world: &mut World, method: &Method, path: String, body: &[u8]) -> Response {
    let text = String::from_utf8_lossy(body);
    world.asked.push(format!("{method} {path} {text}").trim_end().to_owned());
    if *method == Method::GET {
        if std::mem::take(&mut world.hides) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if std::mem::take(&mut world.garbles) {
            return "soon".into_response();
        }
        return thing(world, &path);
    }
    let asked: Value = serde_json::from_slice(body).expect("an order is JSON");
    let fate = world.fates.pop_front();
    match fate {
        Some(Fate::Refuse) => {
            let cause = json!([{"code": "CC_VAL_433", "description": "the card was refused"}]);
            let told = json!({"message": "no", "error": "bad_request", "status": 400, "cause": cause});
            return (StatusCode::BAD_REQUEST, told.to_string()).into_response();
        }
        Some(Fate::LoseCall) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fate::Ignore) => return thing(world, &path),
        Some(Fate::LoseAnswer | Fate::ApplyAndHide | Fate::ApplyAndGarble | Fate::Hang) | None => {}
    }
    let made = if *method == Method::POST {
        let id = format!("made{}", world.things.len());
        world.make(&path, &id, asked);
        format!("{path}/{id}")
    } else {
        world.change(&path, asked);
        path
    };
    match fate {
        Some(Fate::LoseAnswer) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        fate => {
            world.hangs = matches!(fate, Some(Fate::Hang));
            world.hides = matches!(fate, Some(Fate::ApplyAndHide));
            world.garbles = matches!(fate, Some(Fate::ApplyAndGarble));
            thing(world, &made)
        }
    }
}

fn thing(world: &World, path: &str) -> Response {
    match world.things.get(path) {
        Some(thing) => thing.to_string().into_response(),
        None => {
            (StatusCode::NOT_FOUND, r#"{"message":"no","error":"not_found","status":404}"#).into_response()
        }
    }
}
