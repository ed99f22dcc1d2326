//! `/v1/chargebacks`: read, and found by payment. Documents are not taken. Reference: chargebacks.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use crate::api::caller::Caller;
use crate::api::json;
use crate::api::search::{Paging, page};
use crate::chargeback::Body;
use crate::refusal::Refusal;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/v1/chargebacks/search", get(search)).route("/v1/chargebacks/{id}", get(read))
}

#[derive(Serialize)]
struct Found {
    paging: Paging,
    results: Vec<Body>,
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let case = id.parse().ok().and_then(|id: u64| world.chargebacks.get(&id));
    let case = case.filter(|case| case.seller == caller.seller);
    let case = case.ok_or_else(|| Refusal::not_found(2000, "Chargeback not found"))?;
    Ok(json(StatusCode::OK, &case.body()))
}

async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, Refusal> {
    let (limit, offset) = page(&asked, 30, 50)?;
    let world = shared.lock();
    let wanted = asked.get("payment_id");
    let mine = world.chargebacks.values().filter(|case| {
        case.seller == caller.seller && wanted.is_none_or(|id| case.payment.to_string() == *id)
    });
    let found: Vec<_> = mine.collect();
    let total = found.len();
    let results = found.into_iter().skip(offset).take(limit).map(|case| case.body()).collect();
    Ok(json(StatusCode::OK, &Found { paging: Paging { total, limit, offset }, results }))
}
