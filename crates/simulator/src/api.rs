//! The addresses: who answers what, and what all answers share.
//!
//! A handler reads, takes the world's lock, acts and answers; what it may do is said in the modules of the world.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use mercadopago::number::Number;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::idempotency::{Answer, Known};
use crate::money::parse;
use crate::refusal::Refusal;
use crate::world::{Shared, World};

mod admin;
mod behaviour;
mod books;
pub(crate) mod caller;
mod chargebacks;
mod oauth;
mod payments;
mod refunds;
mod reports;
mod search;
mod users;

/// Everything that is answered.
pub(crate) fn router(shared: Shared) -> Router {
    let provider = Router::new()
        .merge(payments::routes())
        .merge(refunds::routes())
        .merge(chargebacks::routes())
        .merge(oauth::routes())
        .merge(reports::routes())
        .merge(users::routes())
        .merge(crate::in_person::routes())
        .merge(crate::subscriptions::routes())
        .layer(middleware::from_fn_with_state(shared.clone(), behaviour::obstruct))
        .layer(middleware::from_fn_with_state(shared.clone(), fail_sometimes));
    let own = Router::new()
        .merge(admin::routes())
        .merge(behaviour::routes())
        .merge(books::routes())
        .merge(crate::in_person::administration())
        .merge(crate::subscriptions::administration())
        .merge(crate::terminal::routes());
    own.merge(provider).with_state(shared)
}

/// Reads a JSON body.
///
/// # Errors
/// When it is not of the wanted shape.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        Refusal::new(StatusCode::BAD_REQUEST, "bad_request", format!("invalid json: {error}"))
            .because(8, "The json you submitted is invalid")
    })
}

/// An answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(body).expect("answers have text keys");
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], bytes).into_response()
}

/// Answers a POST that names an idempotency key: what was answered before is answered again, as `again` says.
///
/// # Errors
/// When the key is missing or was used for something else, and whatever `act` refuses: that is not kept.
pub(crate) fn keyed(
    world: &mut World,
    seller: u64,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    again: fn(Answer) -> Answer,
    act: impl FnOnce(&mut World) -> Result<Answer, Refusal>,
) -> Result<Response, Refusal> {
    let key =
        headers.get("x-idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty());
    let Some(key) = key else {
        return Err(Refusal::bad_request(4292, "Header X-Idempotency-Key can't be null"));
    };
    let answer = match world.answers.look(seller, path, key, body) {
        Known::Same(answer) => again(answer),
        Known::Other => {
            let text = "The idempotency key was used for another request";
            return Err(Refusal::new(StatusCode::CONFLICT, "idempotency_key_already_used", text)
                .of_code("idempotency_key_already_used"));
        }
        Known::New => {
            let answer = act(world)?;
            world.answers.keep(seller, path, key, body, answer.clone());
            answer
        }
    };
    Ok((answer.status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], answer.body)
        .into_response())
}

impl Answer {
    /// An answer with a JSON body.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).expect("answers have text keys");
        Self { status, body: Bytes::from(bytes) }
    }
}

impl World {
    /// An amount of a request in the seller's currency.
    ///
    /// # Errors
    /// When it is no amount of the currency.
    pub(crate) fn minor(&self, seller: u64, amount: &Number) -> Result<i64, Refusal> {
        parse(amount.as_str(), self.seller(seller).site.decimals())
            .ok_or_else(|| Refusal::bad_request(2072, "Invalid value for transaction_amount"))
    }
}

/// Lets some answers fail before anything is done, as the faults say.
async fn fail_sometimes(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let failed = {
        let mut world = shared.lock();
        let faults = world.post.faults;
        if faults.rate_limited_percent > 0 && world.draw.happens(faults.rate_limited_percent) {
            Some(StatusCode::TOO_MANY_REQUESTS)
        } else if faults.unavailable_percent > 0 && world.draw.happens(faults.unavailable_percent) {
            Some(StatusCode::SERVICE_UNAVAILABLE)
        } else {
            None
        }
    };
    match failed {
        Some(StatusCode::TOO_MANY_REQUESTS) => {
            let refusal =
                Refusal::new(StatusCode::TOO_MANY_REQUESTS, "local_rate_limited", "too many requests");
            let mut answer = refusal.into_response();
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
            answer
        }
        Some(status) => (status, Body::empty()).into_response(),
        None => next.run(request).await,
    }
}
