//! The registration of a seller's own receiver, and what the first edition tells it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::routing::get;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use super::scene::{SCRIPTED, Scene, text};
use super::{devices, intent};
use crate::site::Site;

const INTEGRATORS: &str = "/point/integration-api/integrators";

#[derive(Default)]
struct Receiver {
    token: Mutex<String>,
    told: Mutex<Vec<(bool, Value)>>,
}

#[derive(Deserialize)]
struct Challenge {
    #[serde(rename = "challengeCode")]
    code: String,
}

async fn prove(State(receiver): State<Arc<Receiver>>, Query(challenge): Query<Challenge>) -> String {
    let token = receiver.token.lock().expect("a token").clone();
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("a key");
    mac.update(challenge.code.as_bytes());
    let hash: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "encrypted_challenge": hash }).to_string()
}

async fn take(State(receiver): State<Arc<Receiver>>, headers: axum::http::HeaderMap, body: Bytes) {
    let told = serde_json::from_slice(&body).expect("JSON");
    receiver.told.lock().expect("a list").push((headers.contains_key("x-signature"), told));
}

async fn receiver() -> (Arc<Receiver>, String) {
    let receiver = Arc::new(Receiver::default());
    let router = Router::new().route("/hook", get(prove).post(take)).with_state(receiver.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, router).into_future());
    (receiver, address)
}

#[tokio::test]
async fn an_address_that_knows_the_token_is_told_of_every_change() {
    let scene = Scene::of(Site::Mla).await;
    let (receiver, address) = receiver().await;
    let registered = scene.get(INTEGRATORS).await;
    let token = text(&registered, "token").to_owned();
    assert_eq!(registered, json!({"token": token, "webhook": "", "is_valid_webhook": false}));
    let body = json!({ "webhook": address }).to_string();
    assert_eq!(scene.call(Method::PATCH, INTEGRATORS, &body).await.status, 204);
    // It does not know the token yet.
    assert_eq!(scene.post(&format!("{INTEGRATORS}/check"), "").await.status, 204);
    assert_eq!(scene.get(INTEGRATORS).await["is_valid_webhook"], json!(false));
    receiver.token.lock().expect("a token").clone_from(&token);
    assert_eq!(scene.post(&format!("{INTEGRATORS}/check"), "").await.status, 204);
    let registered = scene.get(INTEGRATORS).await;
    assert_eq!(registered, json!({"token": token, "webhook": address, "is_valid_webhook": true}));

    let id = intent(&scene, SCRIPTED, 1500).await;
    scene.pass(TimeDelta::hours(1)).await;
    let told = receiver.told.lock().expect("a list").clone();
    let mut states: Vec<_> = told.iter().map(|(_, body)| text(body, "state")).collect();
    states.sort_unstable();
    states.dedup();
    assert_eq!(states, ["FINISHED", "ON_TERMINAL", "PROCESSED", "PROCESSING"]);
    assert!(told.iter().all(|(signed, body)| !signed && text(body, "id") == id));
    // Another address has to prove itself again.
    assert_eq!(scene.call(Method::PATCH, INTEGRATORS, &body).await.status, 204);
    assert_eq!(scene.get(INTEGRATORS).await["is_valid_webhook"], json!(false));
}

#[tokio::test]
async fn an_address_that_is_none_is_not_registered() {
    let scene = Scene::of(Site::Mla).await;
    let wrong = scene.call(Method::PATCH, INTEGRATORS, r#"{"webhook":"not an address"}"#).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(scene.post(&format!("{INTEGRATORS}/check"), "").await.status, 400);
}

#[tokio::test]
async fn events_of_terminals_go_by_mail_or_nowhere() {
    let scene = Scene::of(Site::Mla).await;
    let path = "/point/integration-api/integrator";
    let channels = r#"{"event_channel_devices":["email"]}"#;
    assert_eq!(scene.call(Method::PATCH, path, channels).await.status, 204);
    assert_eq!(scene.get(path).await, json!({"event_channel_devices": ["email"]}));
    assert_eq!(scene.call(Method::PATCH, path, r#"{"event_channel_devices":["pigeon"]}"#).await.status, 400);
}

#[tokio::test]
async fn a_stranger_is_let_in_nowhere() {
    let scene = Scene::of(Site::Mla).await;
    let client = &scene.shared.client;
    let base = scene.base();
    for path in
        [INTEGRATORS, "/v1/orders/ORD1", "/terminals/v1/list", "/preapproval/search", &devices(SCRIPTED)]
    {
        let url = format!("{base}{path}?access_token={}", scene.token());
        let answer = client.get(url).send().await.expect("an answer");
        let expect = if path == devices(SCRIPTED) { 405 } else { 401 };
        assert_eq!(answer.status().as_u16(), expect, "{path}");
    }
}
