//! How a seller's own system is registered: switched on for the first generation, with an address and a token for the
//! notifications of the first edition, with e-mails for events of terminals.
//!
//! Source: "Integrations API", webhook configuration. The check asks the address, by GET, to prove that it knows the
//! token; calls nothing else.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::api;
use crate::api::caller::Caller;
use crate::in_person::Counter;
use crate::refusal::Refusal;
use crate::world::Shared;

/// What is registered for a seller.
#[derive(Clone, Debug, Default)]
pub(crate) struct Integrator {
    /// For the first generation.
    pub(super) enabled: bool,
    token: String,
    webhook: String,
    is_valid_webhook: bool,
    event_channel_devices: Vec<String>,
}

/// How long the address may take to prove that it knows the token.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Router<Shared> {
    let root = "/point/integration-api";
    Router::new()
        .route(&format!("{root}/integrators"), get(read).patch(register))
        .route(&format!("{root}/integrators/check"), post(check))
        .route(&format!("{root}/integrator"), get(channels).patch(set_channels))
}

impl Counter {
    /// What is registered for a seller; nothing at first.
    pub(super) fn integrator(&mut self, seller: u64) -> &mut Integrator {
        self.integrators.entry(seller).or_default()
    }

    /// Where notifications of the first edition go: the address that proved itself.
    pub(super) fn proven_webhook(&self, seller: u64) -> Option<&str> {
        let integrator = self.integrators.get(&seller)?;
        integrator.is_valid_webhook.then_some(integrator.webhook.as_str())
    }
}

#[derive(Serialize)]
struct Registered<'a> {
    token: &'a str,
    webhook: &'a str,
    is_valid_webhook: bool,
}

async fn read(State(shared): State<Shared>, caller: Caller) -> Response {
    let mut world = shared.lock();
    let token = world.draw.uuid();
    let integrator = world.in_person.integrator(caller.seller);
    if integrator.token.is_empty() {
        integrator.token = token;
    }
    let Integrator { token, webhook, is_valid_webhook, .. } = &*integrator;
    api::json(StatusCode::OK, &Registered { token, webhook, is_valid_webhook: *is_valid_webhook })
}

#[derive(Deserialize)]
struct Webhook {
    webhook: String,
}

async fn register(State(shared): State<Shared>, caller: Caller, body: Bytes) -> Result<StatusCode, Refusal> {
    let asked: Webhook = api::read_json(&body)?;
    let is_address = reqwest::Url::parse(&asked.webhook).is_ok_and(|url| url.has_host());
    if !is_address && !asked.webhook.is_empty() {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "webhook is no address"));
    }
    let mut world = shared.lock();
    let integrator = world.in_person.integrator(caller.seller);
    integrator.is_valid_webhook = false;
    integrator.webhook = asked.webhook;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct Proof {
    encrypted_challenge: String,
}

/// Asks the registered address to prove that it knows the token. The answer is the same whatever comes of it; reading
/// the registration tells.
async fn check(State(shared): State<Shared>, caller: Caller) -> Result<StatusCode, Refusal> {
    let (token, webhook, code) = {
        let mut world = shared.lock();
        let code = world.draw.hex32();
        let integrator = world.in_person.integrator(caller.seller);
        (integrator.token.clone(), integrator.webhook.clone(), code)
    };
    if webhook.is_empty() {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "no webhook is registered"));
    }
    let is_proven = !token.is_empty() && prove(&shared.client, &webhook, &token, &code).await;
    let mut world = shared.lock();
    let integrator = world.in_person.integrator(caller.seller);
    // Another address may have been registered meanwhile.
    integrator.is_valid_webhook = is_proven && integrator.webhook == webhook;
    Ok(StatusCode::NO_CONTENT)
}

async fn prove(client: &reqwest::Client, webhook: &str, token: &str, code: &str) -> bool {
    match answer(client, webhook, code).await {
        Ok(proof) => proof.encrypted_challenge == encrypted(token, code),
        Err(error) => {
            tracing::debug!(error = %error.without_url(), "the webhook did not answer its challenge");
            false
        }
    }
}

async fn answer(client: &reqwest::Client, webhook: &str, code: &str) -> Result<Proof, reqwest::Error> {
    let asked = client.get(webhook).query(&[("challengeCode", code)]).timeout(PATIENCE);
    let bytes = asked.send().await?.error_for_status()?.bytes().await?;
    // What is no proof proves nothing.
    Ok(serde_json::from_slice(&bytes).unwrap_or(Proof { encrypted_challenge: String::new() }))
}

/// HMAC-SHA256 of the code with the token, in lower-case hexadecimal.
fn encrypted(token: &str, code: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).expect("any key length is allowed");
    mac.update(code.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Serialize, Deserialize)]
struct Channels {
    event_channel_devices: Vec<String>,
}

async fn channels(State(shared): State<Shared>, caller: Caller) -> Response {
    let mut world = shared.lock();
    let event_channel_devices = world.in_person.integrator(caller.seller).event_channel_devices.clone();
    api::json(StatusCode::OK, &Channels { event_channel_devices })
}

/// Events of terminals are e-mailed, which the simulator does not do.
async fn set_channels(
    State(shared): State<Shared>,
    caller: Caller,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let asked: Channels = api::read_json(&body)?;
    if asked.event_channel_devices.iter().any(|channel| channel != "email") {
        let message = "event_channel_devices knows only email";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message));
    }
    shared.lock().in_person.integrator(caller.seller).event_channel_devices = asked.event_channel_devices;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::encrypted;

    #[test]
    fn a_challenge_is_answered_by_the_algorithm_of_the_documentation() {
        // By the program that the documentation prints, with its token.
        let token = "0230abf9-79e9-493b-b288-32d123456789";
        let expect = "0f1a330a038b2ceb102971c28a413a377cd90e69bc7db4e9ca448f37f33a32d7";
        assert_eq!(encrypted(token, "abc123"), expect);
    }
}
