//! A simulator in this process, whose world the tests can look into.

use std::sync::Arc;

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::api;
use crate::notice::Body;
use crate::notice::courier::drive;
use crate::site::Site;
use crate::world::{Shared, Simulation, World};

/// The seller.
pub(crate) const SELLER: u64 = 1_122_334_455;
/// Its terminal that works by script.
pub(crate) const SCRIPTED: &str = "PAX_A910__SMARTPOS1122334455";
/// Its terminal that waits for people.
pub(crate) const BY_HAND: &str = "NEWLAND_N950__N950NCB1122334455";

/// A simulator with one seller, whose clock stands at noon of 1 October 2026.
pub(crate) struct Scene {
    pub(crate) shared: Shared,
    base: String,
    token: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Scene {
    pub(crate) async fn of(site: Site) -> Self {
        // Another test of this process may have installed it.
        let _there = rustls::crypto::ring::default_provider().install_default();
        let start: DateTime<Utc> = "2026-10-01T12:00:00Z".parse().expect("an instant");
        let mut world = World::new(7, start);
        world.add_seller(SELLER, site);
        let token = world.seller(SELLER).token.clone();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let shared = Arc::new(Simulation::new(world, client));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(axum::serve(listener, api::router(shared.clone())).into_future());
        Self { shared, base, token }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: &str) -> Answer {
        self.call_with(method, path, body, &[]).await
    }

    pub(crate) async fn call_with(
        &self,
        method: Method,
        path: &str,
        body: &str,
        headers: &[(&'static str, &str)],
    ) -> Answer {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.insert(*name, value.parse().expect("a header"));
        }
        let request = self.shared.client.request(method, format!("{}{path}", self.base));
        let request = request.bearer_auth(&self.token).headers(all).body(body.to_owned());
        let answer = request.send().await.expect("the simulator answers");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        Answer { status, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::GET, path, "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.call(Method::POST, path, body).await
    }

    /// Posts what must succeed.
    pub(crate) async fn done(&self, path: &str, body: &str) -> Value {
        let answer = self.post(path, body).await;
        assert!((200..300).contains(&answer.status), "{path}: {answer:?}");
        answer.body
    }

    /// Presses a key of a terminal.
    pub(crate) async fn press(&self, device: &str, key: &str, body: &str) -> Answer {
        self.post(&format!("/admin/devices/{device}/{key}"), body).await
    }

    /// Lets virtual time pass.
    pub(crate) async fn pass(&self, time: TimeDelta) {
        let to = self.shared.lock().now() + time;
        drive(&self.shared, to).await;
    }

    /// What was told so far about a topic, oldest first: bodies that are fixed, as JSON.
    pub(crate) fn told(&self, topic: &str) -> Vec<Value> {
        let world = self.shared.lock();
        let of_topic = world.post.letters.iter().filter(|letter| letter.notice.topic == topic);
        let bodies = of_topic.filter_map(|letter| match &letter.notice.body {
            Body::Fixed(bytes) => Some(serde_json::from_slice(bytes).expect("JSON")),
            _ => None,
        });
        bodies.collect()
    }

    /// Actions and versions that were told of a resource of a subscription.
    pub(crate) fn versions(&self, topic: &str, resource: &str) -> Vec<(&'static str, u64)> {
        let world = self.shared.lock();
        let about = world
            .post
            .letters
            .iter()
            .filter(|letter| letter.notice.topic == topic && letter.notice.resource == resource);
        let told = about.filter_map(|letter| match letter.notice.body {
            Body::Subscription { action, version, .. } => Some((action, version)),
            _ => None,
        });
        told.collect()
    }

    /// Status and detail of a payment.
    pub(crate) fn payment(&self, id: u64) -> (&'static str, &'static str) {
        let world = self.shared.lock();
        let payment = world.payment(id).expect("the payment exists");
        (payment.status(), payment.detail())
    }

    /// How many payments there are.
    pub(crate) fn payments(&self) -> usize {
        self.shared.lock().payments.len()
    }
}

/// The text at a key.
#[track_caller]
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no text in {value}"))
}
