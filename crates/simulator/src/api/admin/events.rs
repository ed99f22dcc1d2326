//! What payers and the provider do: decide a payment that waits, dispute one, end a dispute, revoke a seller's tokens.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::api::admin::which;
use crate::api::{json, read_json};
use crate::payment::body::{Body, View};
use crate::refusal::Refusal;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/decide", post(decide))
        .route("/admin/dispute", post(dispute))
        .route("/admin/revoke", post(revoke))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decide {
    payment: u64,
    status: Decision,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Approved,
    Rejected,
    Expired,
}

async fn decide(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let wanted: Decide = read_json(&body)?;
    let mut world = shared.lock();
    match wanted.status {
        Decision::Approved => world.approve(wanted.payment),
        Decision::Rejected => world.reject(wanted.payment, "cc_rejected_high_risk"),
        Decision::Expired => world.lapse(wanted.payment),
    }
    shown(&world, wanted.payment)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dispute {
    payment: u64,
    /// How it begins; absent to end the one that is open.
    open: Option<Kind>,
    /// How it ends; absent to leave it open.
    end: Option<End>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Chargeback,
    Mediation,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    Won,
    Lost,
}

async fn dispute(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let wanted: Dispute = read_json(&body)?;
    let mut world = shared.lock();
    if let Some(kind) = wanted.open {
        world.dispute(wanted.payment, matches!(kind, Kind::Chargeback))?;
    }
    if let Some(end) = wanted.end {
        world.end_dispute(wanted.payment, matches!(end, End::Won));
    }
    shown(&world, wanted.payment)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    seller: Option<u64>,
}

#[derive(Serialize)]
struct Revoked {
    tokens: usize,
}

async fn revoke(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let wanted: Revoke = read_json(&body)?;
    let mut world = shared.lock();
    let seller = which(&world, wanted.seller)?;
    Ok(json(StatusCode::OK, &Revoked { tokens: world.tokens.revoke(seller) }))
}

fn shown(world: &World, id: u64) -> Result<Response, Refusal> {
    let payment = world.payment(id).ok_or_else(|| Refusal::not_found(2000, "Payment not found"))?;
    Ok(json(StatusCode::OK, &Body::of(payment, View::of(world))))
}
