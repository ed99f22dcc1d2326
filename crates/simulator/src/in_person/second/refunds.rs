//! Refund intents: a terminal gives back a payment that it took itself.
//!
//! Source: "Refund processing" of the integrations API.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::{Deserialize, Serialize};

use super::{Gone, bad, free_device, word};
use crate::api;
use crate::api::caller::Caller;
use crate::in_person::{By, End, Intent, Phase, Sum, road};
use crate::refusal::Refusal;
use crate::world::{Shared, World};

/// What a refund intent asks for.
#[derive(Clone, Debug)]
pub(in crate::in_person) struct Asked {
    pub(in crate::in_person) payment: u64,
    print_on_terminal: Option<Vec<String>>,
}

pub(super) fn routes() -> Router<Shared> {
    let root = "/point/integration-api";
    Router::new()
        .route(&format!("{root}/devices/{{device}}/refund"), post(create))
        .route(&format!("{root}/devices/{{device}}/refund/{{id}}"), delete(cancel))
        .route(&format!("{root}/refund/{{id}}"), get(read))
}

#[derive(Deserialize)]
struct Create {
    payment_id: String,
    #[serde(default)]
    additional_info: Info,
}

#[derive(Clone, Default, Deserialize, Serialize)]
struct Info {
    #[serde(skip_serializing_if = "Option::is_none")]
    print_on_terminal: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    payment_id: String,
    device_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    additional_info: Info,
}

async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    Path(device): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    let payment: u64 = asked.payment_id.parse().map_err(|_| bad("payment_id must be a numeric string"))?;
    let known = ["SELLER_TICKET", "BUYER_TICKET"];
    let tickets = asked.additional_info.print_on_terminal.as_deref().unwrap_or_default();
    if tickets.iter().any(|ticket| !known.contains(&ticket.as_str())) {
        return Err(bad("print_on_terminal knows SELLER_TICKET and BUYER_TICKET"));
    }
    let mut world = shared.lock();
    let minor = taken_by(&world, caller.seller, &device, payment)?;
    free_device(&mut world, caller.seller, &device)?;
    let (id, now) = (world.draw.uuid(), world.now());
    let print_on_terminal = asked.additional_info.print_on_terminal.clone();
    let answer = Answer {
        id: &id,
        payment_id: asked.payment_id,
        device_id: &device,
        state: None,
        additional_info: asked.additional_info,
    };
    let answer = api::json(StatusCode::OK, &answer);
    let wanted = crate::in_person::Asked::Refund(Asked { payment, print_on_terminal });
    let sum = Sum { minor, raw: String::new() };
    road::open(&mut world, Intent::new(caller.seller, id, device, wanted, sum, now));
    Ok(answer)
}

/// What the terminal charged with this payment; only the terminal that took it gives it back.
fn taken_by(world: &World, seller: u64, device: &str, payment: u64) -> Result<i64, Refusal> {
    let has_taken = |intent: &&Intent| {
        intent.seller == seller
            && intent.device == device
            && intent.payment().is_some_and(|charged| charged.id == payment)
    };
    let taken = world.in_person.intents.values().find(has_taken);
    taken.map(|intent| intent.amount_minor).ok_or_else(|| bad("the device did not take this payment"))
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let (intent, asked) = refund_intent(&world, caller.seller, &id)?;
    let answer = Answer {
        id: &id,
        payment_id: asked.payment.to_string(),
        device_id: &intent.device,
        state: Some(word(&intent.phase)),
        additional_info: Info { print_on_terminal: asked.print_on_terminal.clone() },
    };
    Ok(api::json(StatusCode::OK, &answer))
}

async fn cancel(
    State(shared): State<Shared>,
    caller: Caller,
    Path((device, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let (intent, _) = refund_intent(&world, caller.seller, &id)?;
    if intent.device != device {
        return Err(no_refund());
    }
    if intent.phase != Phase::Open {
        let message = "the refund is on the terminal or has ended";
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", message));
    }
    road::enter(&mut world, &id, Phase::Ended(End::Canceled(By::Api)));
    Ok(api::json(StatusCode::OK, &Gone { id: &id }))
}

fn refund_intent<'w>(world: &'w World, seller: u64, id: &str) -> Result<(&'w Intent, &'w Asked), Refusal> {
    let intent = world.in_person.intents.get(id).filter(|intent| intent.seller == seller);
    match intent.map(|intent| (intent, &intent.asked)) {
        Some((intent, crate::in_person::Asked::Refund(asked))) => Ok((intent, asked)),
        _ => Err(no_refund()),
    }
}

fn no_refund() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such refund intent")
}
