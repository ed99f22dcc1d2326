//! `/v1/payments/{id}/refunds`: total and partial, listed and read. Reference: refunds.
//!
//! The same key with the same body is answered 200 without a body, as measured; the list tells what was done.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use mercadopago::request::refund::RefundRequest;

use crate::api::caller::Caller;
use crate::api::payments::number;
use crate::api::{json, keyed, read_json};
use crate::idempotency::Answer;
use crate::refund::Body;
use crate::refusal::Refusal;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/payments/{id}/refunds", post(create).get(list))
        .route("/v1/payments/{id}/refunds/{refund}", get(read))
}

async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let again = |_: Answer| Answer { status: StatusCode::OK, body: Bytes::new() };
    let path = format!("/v1/payments/{id}/refunds");
    keyed(&mut world, caller.seller, &path, &headers, &body, again, |world| {
        let request: Option<RefundRequest> = if body.is_empty() { None } else { Some(read_json(&body)?) };
        let (amount, metadata) = request.map_or((None, None), |request| (request.amount, request.metadata));
        let id = number(&id)?;
        let amount_minor = amount.map(|amount| {
            let text = "Amount must be a number of the currency";
            world.minor(caller.seller, &amount).map_err(|_| Refusal::bad_request(4041, text))
        });
        let before = world.mine(caller.seller, id)?.clone();
        let refund = world.refund_noted(caller.seller, id, amount_minor.transpose()?, metadata)?;
        world.keep_before(before);
        let payment = world.mine(caller.seller, id)?;
        let made = payment.refunds.iter().find(|made| made.id == refund);
        let made = made.ok_or_else(|| Refusal::not_found(2000, "Refund not found"))?;
        Ok(Answer::json(StatusCode::CREATED, &Body::of(payment, made, world.habits.refund_notes)))
    })
}

async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let payment = world.mine(caller.seller, number(&id)?)?;
    let notes = world.habits.refund_notes;
    let refunds: Vec<_> = payment.refunds.iter().map(|refund| Body::of(payment, refund, notes)).collect();
    Ok(json(StatusCode::OK, &refunds))
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, refund)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let payment = world.mine(caller.seller, number(&id)?)?;
    let found = payment.refunds.iter().find(|found| found.id.to_string() == refund);
    let found = found.ok_or_else(|| Refusal::not_found(2000, "Refund not found"))?;
    Ok(json(StatusCode::OK, &Body::of(payment, found, world.habits.refund_notes)))
}
