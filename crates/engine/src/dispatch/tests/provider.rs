//! A provider on loopback with payments of 100.00, that gives back, takes and cancels, and loses, refuses or hides it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::samples::{SELLER, at};

/// What becomes of the next call of a kind.
#[derive(Clone)]
pub(super) enum Fate {
    /// It is answered so, and nothing is done.
    Answer(u16, String),
    /// It is done, and its answer is lost.
    LoseAnswer,
    /// It is done, and answered so.
    DoAndAnswer(u16, String),
    /// It is done, and its answer takes longer than the test.
    Hang,
    /// It is done, and answered once the test says so.
    Delay,
}

/// How long an answer waits.
enum Wait {
    No,
    Told,
    Ever,
}

/// One payment, as the provider keeps it.
struct Payment {
    status: &'static str,
    detail: &'static str,
    gross_cents: i64,
    refunds: Vec<Value>,
    refunded_cents: i64,
    updated: String,
}

/// What the provider holds, and what it is about to do.
pub(super) struct World {
    payments: BTreeMap<String, Payment>,
    fates: VecDeque<(&'static str, Fate)>,
    /// What becomes of a call once another has come.
    later: VecDeque<(&'static str, &'static str, Fate)>,
    keys: Vec<String>,
    /// Whether refunds tell the notes they were made with.
    pub(super) echoes: bool,
    /// Reads of payments that still show what was before the last change.
    pub(super) stale_reads: u32,
    before: BTreeMap<String, Value>,
    pub(super) calls: Vec<String>,
    /// What answers that are delayed wait for.
    pub(super) delay: Arc<Notify>,
    ticks: i64,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            payments: BTreeMap::new(),
            fates: VecDeque::new(),
            later: VecDeque::new(),
            keys: Vec::new(),
            echoes: true,
            stale_reads: 0,
            before: BTreeMap::new(),
            calls: Vec::new(),
            delay: Arc::new(Notify::new()),
            ticks: 0,
        }
    }

    pub(super) fn put(&mut self, id: &str, status: &'static str, detail: &'static str) {
        let updated = self.moment();
        let (refunds, refunded_cents) = (Vec::new(), 0);
        let payment = Payment { status, detail, gross_cents: 10_000, refunds, refunded_cents, updated };
        self.payments.insert(id.to_owned(), payment);
    }

    /// What becomes of the next call that begins so (`POST`, `GET /v1/payments/57`).
    pub(super) fn next(&mut self, call: &'static str, fate: Fate) {
        self.fates.push_back((call, fate));
    }

    /// What becomes of the next call that begins so, once another has come.
    pub(super) fn after(&mut self, first: &'static str, call: &'static str, fate: Fate) {
        self.later.push_back((first, call, fate));
    }

    /// It keeps no key for ever.
    pub(super) fn forget_keys(&mut self) {
        self.keys.clear();
    }

    /// How many refunds a payment has.
    pub(super) fn refunds(&self, id: &str) -> usize {
        self.payments[id].refunds.len()
    }

    /// Somebody refunds by another way than ours.
    pub(super) fn refund_elsewhere(&mut self, id: &str, cents: i64, giver: &str) {
        self.refund(id, cents, None, giver);
    }

    pub(super) fn body(&self, id: &str) -> Value {
        let payment = &self.payments[id];
        let gross = amount(payment.gross_cents);
        let is_paid = ["approved", "refunded"].contains(&payment.status);
        let approved_at = is_paid.then_some("2026-03-02T14:00:00Z");
        json!({
            "id": id.parse::<u64>().expect("digits"), "collector_id": 7, "currency_id": "ARS",
            "status": payment.status, "status_detail": payment.detail,
            "transaction_amount": gross, "transaction_amount_refunded": amount(payment.refunded_cents),
            "transaction_details": {"net_received_amount": gross}, "charges_details": [],
            "refunds": payment.refunds, "date_created": "2026-03-02T13:00:00Z",
            "date_approved": approved_at,
            "date_last_updated": payment.updated,
        })
    }

    fn refund(&mut self, id: &str, cents: i64, notes: Option<Value>, giver: &str) -> Value {
        let at = self.moment();
        let payment = self.payments.get_mut(id).expect("it is there");
        let number = id.parse::<u64>().expect("digits") * 10 + payment.refunds.len() as u64 + 1;
        let refund = json!({
            "id": number, "payment_id": id.parse::<u64>().expect("digits"), "amount": amount(cents),
            "status": "approved", "date_created": at, "metadata": notes.unwrap_or_else(|| json!([])),
            "source": {"id": SELLER, "name": "Shop", "type": giver},
        });
        payment.refunds.push(refund.clone());
        payment.refunded_cents += cents;
        payment.updated = at;
        if payment.refunded_cents == payment.gross_cents {
            (payment.status, payment.detail) = ("refunded", "refunded");
        }
        refund
    }

    /// Does what is asked for; the answer.
    fn does(&mut self, method: &Method, path: &str, key: &str, body: &Value) -> (u16, String) {
        let id = path.split('/').nth(3).expect("payments have ids").to_owned();
        let before = self.body(&id);
        if *method == Method::POST {
            if self.keys.iter().any(|known| known == key) {
                return (200, String::new());
            }
            self.keys.push(key.to_owned());
            let left = self.payments[&id].gross_cents - self.payments[&id].refunded_cents;
            let cents = body.get("amount").map_or(left, cents_of);
            if cents > left {
                return refusal(400, 2017);
            }
            self.before.insert(id.clone(), before);
            let notes = body.get("metadata").filter(|_| self.echoes).cloned();
            return (201, self.refund(&id, cents, notes, "collector").to_string());
        }
        let at = self.moment();
        let payment = self.payments.get_mut(&id).expect("it is there");
        let is_undecided = matches!(payment.status, "pending" | "authorized");
        if !is_undecided {
            return refusal(400, 2018);
        }
        self.before.insert(id.clone(), before);
        let payment = self.payments.get_mut(&id).expect("it is there");
        if body["status"] == "cancelled" {
            (payment.status, payment.detail) = ("cancelled", "by_collector");
        } else {
            (payment.status, payment.detail) = ("approved", "accredited");
            payment.gross_cents = body.get("transaction_amount").map_or(payment.gross_cents, cents_of);
        }
        payment.updated = at;
        (200, self.body(&id).to_string())
    }

    fn shows(&mut self, path: &str) -> (u16, String) {
        let mut parts = path.split('/').skip(3);
        let id = parts.next().expect("payments have ids");
        if !self.payments.contains_key(id) {
            return refusal(404, 2000);
        }
        if parts.next() == Some("refunds") {
            return (200, Value::from(self.payments[id].refunds.clone()).to_string());
        }
        if self.stale_reads > 0
            && let Some(before) = self.before.get(id)
        {
            self.stale_reads -= 1;
            return (200, before.to_string());
        }
        (200, self.body(id).to_string())
    }

    fn moment(&mut self) -> String {
        self.ticks += 1;
        let at = at("2026-03-08T10:00:01Z") + TimeDelta::milliseconds(self.ticks);
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

/// A refusal as the provider words it.
pub(super) fn refusal(status: u16, code: u32) -> (u16, String) {
    let cause = json!([{"code": code, "description": "no"}]);
    (status, json!({"message": "no", "error": "bad_request", "status": status, "cause": cause}).to_string())
}

pub(super) async fn answer(
    State(world): State<Arc<Mutex<World>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (told, wait, delay) = {
        let mut world = world.lock().expect("no handler panics");
        let (told, wait) = told(&mut world, &method, uri.path(), &headers, &body);
        (told, wait, Arc::clone(&world.delay))
    };
    match wait {
        Wait::No => {}
        Wait::Told => delay.notified().await,
        Wait::Ever => std::future::pending().await,
    }
    let (status, body) = told;
    (StatusCode::from_u16(status).expect("a status"), body).into_response()
}

fn told(
    world: &mut World,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> ((u16, String), Wait) {
    let key = headers.get("x-idempotency-key").map_or("", |key| key.to_str().expect("text"));
    let said = String::from_utf8_lossy(body);
    let call = format!("{method} {path}");
    let fate = world.fates.iter().position(|(begins, _)| call.starts_with(begins));
    let fate = fate.and_then(|at| world.fates.remove(at)).map(|(_, fate)| fate);
    if let Some(at) = world.later.iter().position(|(first, ..)| call.starts_with(first)) {
        let later = world.later.remove(at).map(|(_, call, fate)| (call, fate));
        world.fates.extend(later);
    }
    let noted = if key.is_empty() { call } else { format!("{call} {key} {said}") };
    world.calls.push(noted.trim_end().to_owned());
    if let Some(Fate::Answer(status, body)) = fate {
        return ((status, body), Wait::No);
    }
    let own = if *method == Method::GET {
        world.shows(path)
    } else {
        let asked = serde_json::from_slice(body).expect("an order is JSON");
        world.does(method, path, key, &asked)
    };
    match fate {
        Some(Fate::LoseAnswer) => ((500, String::new()), Wait::No),
        Some(Fate::DoAndAnswer(status, body)) => ((status, body), Wait::No),
        Some(Fate::Delay) => (own, Wait::Told),
        Some(Fate::Hang) => (own, Wait::Ever),
        Some(Fate::Answer(..)) | None => (own, Wait::No),
    }
}

fn amount(cents: i64) -> Value {
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    serde_json::from_str(&text).expect("a number")
}

fn cents_of(amount: &Value) -> i64 {
    let text = amount.to_string();
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let cents = format!("{cents:0<2}");
    whole.parse::<i64>().expect("digits") * 100 + cents.parse::<i64>().expect("digits")
}
