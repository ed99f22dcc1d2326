//! A customer scans a QR code: the administration's way to pay an intent that stands on no terminal.
//!
//! Serves no QR image.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use serde::{Deserialize, Serialize};

use crate::api;
use crate::in_person::{Card, Intent, Phase, road};
use crate::refusal::Refusal;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/admin/qr/{id}/pay", post(pay))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default = "visa")]
    card: String,
    #[serde(default = "approved")]
    holder: String,
}

fn visa() -> String {
    "visa".to_owned()
}

fn approved() -> String {
    "APRO".to_owned()
}

#[derive(Serialize)]
struct Paid {
    payment: Option<u64>,
}

async fn pay(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Result<Response, Refusal> {
    let asked: Asked = api::read_json(&body)?;
    let card = Card::named(&asked.card)
        .ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "the card is not known"))?;
    let mut world = shared.lock();
    let is_loose = world.in_person.loose.contains(&id);
    let intent = world.in_person.intents.get(&id).filter(|intent| is_loose && intent.phase == Phase::Open);
    let intent = intent.cloned().ok_or_else(|| {
        Refusal::new(StatusCode::CONFLICT, "conflict", "there is no QR code to pay for this intent")
    })?;
    road::pay(&mut world, &intent, card, &asked.holder)?;
    let payment = world.in_person.intents.get(&id).and_then(Intent::payment).map(|charged| charged.id);
    Ok(api::json(StatusCode::OK, &Paid { payment }))
}
