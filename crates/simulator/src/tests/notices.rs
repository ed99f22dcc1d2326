//! Notices as a receiver sees them: signed, doubled, retried, superseded, lost, late, and on the older channel.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tokio::net::TcpListener;

use super::Scene;
use crate::notice::signature::hex_hmac;

const SECRET: &str = "the receiver's secret";
const REPORT_PASSWORD: &str = "the receiver's password";

/// A receiver that notes what it gets and answers as it is told.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Inbox>>);

#[derive(Default)]
struct Inbox {
    got: Vec<Got>,
    /// How many answers are 500 before they are 200.
    refuses: usize,
}

#[derive(Clone, Debug)]
struct Got {
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    body: String,
}

#[derive(Deserialize)]
struct Envelope {
    id: u64,
    #[serde(rename = "type")]
    topic: String,
    action: String,
}

#[derive(Deserialize)]
struct Notices {
    fates: BTreeMap<String, u64>,
    notices: Vec<Noted>,
}

#[derive(Deserialize)]
struct Noted {
    id: String,
}

impl Receiver {
    /// Listens, and tells the simulator where.
    async fn of(scene: &Scene) -> Self {
        let receiver = Self::default();
        let router = Router::new().fallback(take).with_state(receiver.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router).await });
        let body = format!(
            r#"{{"url":"http://{address}/hooks","secret":"{SECRET}","report_password":"{REPORT_PASSWORD}"}}"#
        );
        scene.call(0, "PUT", "/admin/webhooks", None, &body).await.is(200);
        receiver
    }

    fn refuse(&self, count: usize) {
        self.0.lock().expect("no test panics while it holds this").refuses = count;
    }

    fn got(&self) -> Vec<Got> {
        self.0.lock().expect("no test panics while it holds this").got.clone()
    }
}

async fn take(State(receiver): State<Receiver>, request: Request) -> StatusCode {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a body");
    let query = parts.uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let body = String::from_utf8(body.to_vec()).expect("bodies are text");
    let mut inbox = receiver.0.lock().expect("no test panics while it holds this");
    inbox.got.push(Got { query, headers: parts.headers, body });
    if inbox.refuses > 0 {
        inbox.refuses -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    StatusCode::OK
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn envelope(&self) -> Envelope {
        serde_json::from_str(&self.body).expect("an envelope")
    }

    /// Checks the signature by the documented manifest, written out by hand.
    fn is_signed(&self) -> bool {
        let header = self.header("x-signature");
        let Some((ts, v1)) = header.strip_prefix("ts=").and_then(|rest| rest.split_once(",v1=")) else {
            return false;
        };
        let id = self.query.get("data.id").map(|id| format!("id:{id};")).unwrap_or_default();
        let manifest = format!("{id}request-id:{};ts:{ts};", self.header("x-request-id"));
        v1 == hex_hmac(SECRET.as_bytes(), manifest.as_bytes())
    }
}

async fn faults(scene: &Scene, faults: &str) {
    scene.call(0, "PUT", "/admin/faults", None, faults).await.is(200);
}

async fn fates(scene: &Scene) -> BTreeMap<String, u64> {
    scene.get("/admin/notices").await.read::<Notices>(200).fates
}

#[tokio::test]
async fn a_payment_is_told_once_signed_and_not_at_once() {
    let scene = Scene::start(1).await;
    let receiver = Receiver::of(&scene).await;
    let payment = scene.paid("k", "100").await;
    scene.post("/admin/settle", "").await.is(200);
    assert!(receiver.got().is_empty());
    scene.advance(60).await;
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    assert!(got[0].is_signed());
    assert_eq!(got[0].query["data.id"], payment.id.to_string());
    assert_eq!(got[0].query["type"], "payment");
    assert_eq!(got[0].header("user-agent"), "MercadoPago WebHook v1.0 payment");
    let envelope = got[0].envelope();
    assert_eq!((envelope.topic.as_str(), envelope.action.as_str()), ("payment", "payment.created"));
    assert_eq!(fates(&scene).await, BTreeMap::from([("delivered".to_owned(), 1)]));
}

#[tokio::test]
async fn what_fails_is_told_again_five_times_with_new_ids_and_then_given_up() {
    let scene = Scene::start(1).await;
    let receiver = Receiver::of(&scene).await;
    receiver.refuse(100);
    scene.paid("k", "100").await;
    scene.post("/admin/settle", r#"{"all":true}"#).await.is(200);
    let got = receiver.got();
    assert_eq!(got.len(), 5);
    assert!(got.iter().all(Got::is_signed));
    let requests: BTreeSet<_> = got.iter().map(|got| got.header("x-request-id").to_owned()).collect();
    let ids: BTreeSet<_> = got.iter().map(|got| got.envelope().id).collect();
    assert_eq!((requests.len(), ids.len()), (5, 5));
    let signed = |got: &Got| -> i64 {
        let ts = got.header("x-signature").strip_prefix("ts=").and_then(|rest| rest.split(',').next());
        ts.and_then(|ts| ts.parse().ok()).expect("a time")
    };
    let after: Vec<i64> = got.iter().map(|again| signed(again) - signed(&got[0])).collect();
    assert!(after[1] <= 1 && (996..=1_225).contains(&after[2]), "{after:?}");
    assert!((2_099..=2_101).contains(&after[3]) && (21_851..=21_853).contains(&after[4]), "{after:?}");
    assert_eq!(fates(&scene).await, BTreeMap::from([("given_up".to_owned(), 1)]));
}

#[tokio::test]
async fn a_retry_is_dropped_when_something_newer_was_told_of_the_same_payment() {
    let scene = Scene::start(1).await;
    let receiver = Receiver::of(&scene).await;
    receiver.refuse(2);
    let payment = scene.paid("k", "100").await;
    scene.advance(60).await;
    assert_eq!(receiver.got().len(), 2);
    scene.refund(payment.id, "r", r#"{"amount":1}"#).await.is(201);
    scene.post("/admin/settle", r#"{"all":true}"#).await.is(200);
    let got = receiver.got();
    assert_eq!(got.len(), 3);
    assert_eq!(got[2].envelope().action, "payment.updated");
    let expected = BTreeMap::from([("delivered".to_owned(), 1), ("superseded".to_owned(), 1)]);
    assert_eq!(fates(&scene).await, expected);
}

#[tokio::test]
async fn of_many_notices_some_are_lost_doubled_and_overtaken() {
    let scene = Scene::start(5).await;
    let receiver = Receiver::of(&scene).await;
    faults(&scene, r#"{"lost_percent":20,"duplicated_percent":30,"reordered_percent":25}"#).await;
    scene.post("/admin/sell", r#"{"count":400,"days":1}"#).await.is(201);
    scene.advance(86_400).await;
    scene.post("/admin/settle", r#"{"all":true}"#).await.is(200);
    let got = receiver.got();
    assert!(got.iter().all(Got::is_signed));
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for got in &got {
        *times.entry(format!("{} {}", got.query["data.id"], got.envelope().action)).or_default() += 1;
    }
    let lost: Notices = scene.get("/admin/notices?state=lost").await.read(200);
    let told: u64 = lost.fates.values().sum();
    let lost_count = lost.notices.len() as u64;
    assert_eq!(lost.fates["lost"], lost_count);
    assert!((told * 15 / 100..=told * 25 / 100).contains(&lost_count), "{lost_count} of {told}");
    let doubled = times.values().filter(|count| **count == 2).count() as u64;
    let once = told - lost_count;
    assert!((once * 24 / 100..=once * 36 / 100).contains(&doubled), "{doubled} of {once}");
    let order: Vec<_> = got.iter().map(|got| got.query["data.id"].clone()).collect();
    assert!(!order.is_sorted(), "nothing was overtaken");
    let created = |id: &String| !times.contains_key(&format!("{id} payment.created"));
    assert!(lost.notices.iter().any(|noted| created(&noted.id)));
}

#[tokio::test]
async fn the_older_channel_tells_it_too_with_a_signature_that_nobody_can_check() {
    let scene = Scene::start(1).await;
    let receiver = Receiver::of(&scene).await;
    faults(&scene, r#"{"ipn_percent":100}"#).await;
    let payment = scene.paid("k", "100").await;
    scene.advance(60).await;
    let got = receiver.got();
    assert_eq!(got.len(), 2);
    let twin = got.iter().find(|got| got.query.contains_key("topic")).expect("a twin");
    assert_eq!(twin.body, format!(r#"{{"resource":"{}","topic":"payment"}}"#, payment.id));
    assert_eq!(twin.query["id"], payment.id.to_string());
    assert_eq!(twin.header("user-agent"), "MercadoPago Feed v2.0 payment");
    assert!(!twin.header("x-signature").is_empty() && !twin.is_signed());
}

#[derive(Deserialize)]
struct Ready {
    transaction_id: String,
    generation_date: String,
    files: Vec<File>,
    status: String,
    creation_type: String,
    report_type: String,
    signature: String,
}

#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    name: String,
}

#[tokio::test]
async fn a_report_file_is_told_when_it_is_ready_with_its_proof_in_the_body() {
    let scene = Scene::start(1).await;
    let receiver = Receiver::of(&scene).await;
    faults(&scene, r#"{"duplicated_percent":100}"#).await;
    scene.advance(3 * 86_400).await;
    let path = "/v1/account/release_report";
    let period = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-10-02T02:59:59Z"}"#;
    scene.post(path, period).await.is(202);
    scene.advance(899).await;
    assert!(receiver.got().is_empty(), "it is not ready");
    scene.advance(60).await;
    let got = receiver.got();
    assert_eq!(got.len(), 2, "it is doubled");
    assert_eq!(got[0].body, got[1].body, "one transaction");
    assert!(got[0].query.is_empty() && got[0].header("x-signature").is_empty());
    let ready: Ready = serde_json::from_str(&got[0].body).expect("a message");
    assert_eq!((&*ready.status, &*ready.creation_type), ("processed", "manual"));
    assert_eq!((&*ready.report_type, &*ready.files[0].kind), ("release", "CSV"));
    scene.get(&format!("{path}/{}", ready.files[0].name)).await.is(200);
    let proven = format!("{}-{REPORT_PASSWORD}-{}", ready.transaction_id, ready.generation_date);
    assert!(bcrypt::verify(proven, &ready.signature).expect("a hash"));

    let no_password = r#"{"url":"http://127.0.0.1:1/"}"#;
    scene.call(0, "PUT", "/admin/webhooks", None, no_password).await.is(200);
    scene.post(path, period).await.is(202);
    scene.advance(960).await;
    let told: u64 = fates(&scene).await.values().sum();
    assert_eq!(told, 1, "without a password there is nothing to prove it with");
}

#[tokio::test]
async fn answers_of_the_api_fail_as_often_as_they_are_told_to() {
    let scene = Scene::start(1).await;
    faults(&scene, r#"{"rate_limited_percent":100}"#).await;
    assert_eq!(scene.get("/users/me").await.refused().0, 429);
    faults(&scene, r#"{"unavailable_percent":100}"#).await;
    assert_eq!(scene.get("/users/me").await.status, 503);
    let wrong = scene.call(0, "PUT", "/admin/faults", None, r#"{"lost_percent":101}"#).await;
    assert_eq!(wrong.refused().0, 400);
}
