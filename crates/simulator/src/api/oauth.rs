//! `/authorization`, where a browser would ask the seller, and `/oauth/token`. Reference: OAuth.
//!
//! The seller always agrees: which one is said by `seller` in the address, else the first.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use mercadopago::request::oauth::TokenRequest;
use serde::Deserialize;

use crate::api::{json, read_json};
use crate::oauth::{Challenge, Grant, failed};
use crate::refusal::Refusal;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/authorization", get(authorize)).route("/oauth/token", post(token))
}

#[derive(Deserialize)]
struct Asked {
    client_id: String,
    response_type: String,
    redirect_uri: String,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    seller: Option<u64>,
}

async fn authorize(State(shared): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    if asked.response_type != "code" {
        return Err(failed("invalid_request", "response_type must be code"));
    }
    let challenge = match (asked.code_challenge, asked.code_challenge_method.as_deref()) {
        (None, None) => None,
        (Some(challenge), Some("S256")) => Some(Challenge::S256(challenge)),
        (Some(challenge), None | Some("plain" | "Plain")) => Some(Challenge::Plain(challenge)),
        _ => return Err(failed("invalid_request", "code_challenge_method must be S256 or Plain")),
    };
    let mut world = shared.lock();
    let first = world.sellers.keys().next().copied().unwrap_or_default();
    let seller = asked.seller.unwrap_or(first);
    let code = world.authorize(&asked.client_id, seller, asked.redirect_uri.clone(), challenge)?;
    let mark = if asked.redirect_uri.contains('?') { '&' } else { '?' };
    let state = asked.state.map(|state| format!("&state={}", escaped(&state))).unwrap_or_default();
    Ok(Redirect::to(&format!("{}{mark}code={code}{state}", asked.redirect_uri)).into_response())
}

async fn token(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let request: TokenRequest = read_json(&body)?;
    let missing = |name: &str| failed("invalid_request", &format!("{name} is required"));
    let grant = match request.grant_type.as_str() {
        "authorization_code" => Grant::Code {
            code: request.code.ok_or_else(|| missing("code"))?,
            redirect_uri: request.redirect_uri.ok_or_else(|| missing("redirect_uri"))?,
            verifier: request.code_verifier,
        },
        "refresh_token" => {
            Grant::Refresh { token: request.refresh_token.ok_or_else(|| missing("refresh_token"))? }
        }
        "client_credentials" => Grant::Own,
        _ => return Err(failed("unsupported_grant_type", "grant_type is none of the supported ones")),
    };
    let granted = shared.lock().grant(&request.client_id, &request.client_secret, grant)?;
    Ok(json(StatusCode::OK, &granted))
}

/// A text as a value of an address.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut address, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
        address
    })
}
