//! The third generation: in-store intents of `/instore-api/integrations/v1/intents`, on terminals and by QR code.
//! Amounts are decimal text in major units.
//!
//! Source: the reference of the in-store API and "Create and manage intents". A cancellation that comes too late
//! answers 409, which the reference does not list: the guide only says that it is not allowed.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::Serialize;

use crate::api;
use crate::api::caller::Caller;
use crate::in_person::second::free_device;
use crate::in_person::{By, End, Intent, Phase, Sum, limits, road};
use crate::refusal::Refusal;
use crate::world::{Shared, World};

mod body;

use body::Create;

/// What only this generation asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    place: Place,
    operations: Vec<body::Operation>,
    enabler: Option<body::Kept>,
    /// The payout of the cash that is taken out.
    payout: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Terminal,
    Qr,
}

const ROOT: &str = "/instore-api/integrations/v1/intents";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{ROOT}/point/pos/{{pos}}"), post(create_at_pos))
        .route(&format!("{ROOT}/point/{{device}}"), post(create_on_device))
        .route(&format!("{ROOT}/{{id}}/point"), get(read_point).delete(cancel_point))
        .route(&format!("{ROOT}/qr/pos/{{pos}}"), post(create_by_qr))
        .route(&format!("{ROOT}/{{id}}/qr"), get(read_qr))
        .route(&format!("{ROOT}/{{id}}/qr/pos/{{pos}}"), delete(cancel_qr))
}

impl Asked {
    pub(super) fn is_on_terminal(&self) -> bool {
        self.place == Place::Terminal
    }
}

/// An intent as it is answered, and as `data` of its notification, which has its address and no results.
#[derive(Serialize)]
pub(super) struct Answer<'a> {
    id: &'a str,
    external_reference: Option<&'a str>,
    description: Option<&'a str>,
    pub(super) status: &'static str,
    operations: Vec<body::Told<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabler_configuration: Option<&'a body::Kept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl<'a> Answer<'a> {
    pub(super) fn of(intent: &'a Intent, asked: &'a Asked) -> Self {
        let status = word(&intent.phase);
        let paid = intent.payment().filter(|_| status == "CLOSED").map(|payment| payment.id);
        let told = asked.operations.iter().map(|operation| operation.told(paid, asked.payout));
        Self {
            id: &intent.id,
            external_reference: intent.reference.as_deref(),
            description: intent.description.as_deref(),
            status,
            operations: told.collect(),
            enabler_configuration: asked.enabler.as_ref(),
            url: None,
        }
    }

    /// As it is notified.
    pub(super) fn notified(intent: &'a Intent, asked: &'a Asked) -> Self {
        let place = if asked.is_on_terminal() { "point" } else { "qr" };
        let url = format!("https://api.mercadopago.com{ROOT}/{}/{place}", intent.id);
        let operations = asked.operations.iter().map(|operation| operation.told(None, 0)).collect();
        Self { operations, url: Some(url), ..Self::of(intent, asked) }
    }
}

async fn create_at_pos(
    State(shared): State<Shared>,
    caller: Caller,
    Path(pos): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    let mut world = shared.lock();
    let device = world.in_person.at_pos(caller.seller, &pos).ok_or_else(no_pos)?;
    create(&mut world, caller.seller, device, Place::Terminal, asked)
}

async fn create_on_device(
    State(shared): State<Shared>,
    caller: Caller,
    Path(device): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    let mut world = shared.lock();
    if world.in_person.device(caller.seller, &device).is_none() {
        return Err(no_pos());
    }
    create(&mut world, caller.seller, device, Place::Terminal, asked)
}

async fn create_by_qr(
    State(shared): State<Shared>,
    caller: Caller,
    Path(pos): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    let mut world = shared.lock();
    if world.in_person.at_pos(caller.seller, &pos).is_none() {
        return Err(no_pos());
    }
    create(&mut world, caller.seller, pos, Place::Qr, asked)
}

fn create(
    world: &mut World,
    seller: u64,
    at: String,
    place: Place,
    asked: Create,
) -> Result<Response, Refusal> {
    let site = world.seller(seller).site;
    let total = asked.check(site.decimals(), place == Place::Qr)?;
    let limits = if place == Place::Terminal { limits::of_instore(site) } else { None };
    if !limits::allow(limits, total.minor) {
        return Err(bad("the amount is outside the limits of the device"));
    }
    if place == Place::Terminal {
        free_device(world, seller, &at)?;
    }
    let (id, payout, now) = (world.draw.uuid(), world.draw.digits(11), world.now());
    let wanted = Asked { place, operations: asked.operations, enabler: asked.enabler_configuration, payout };
    let sum = Sum { minor: total.minor, raw: total.raw };
    let intent = Intent {
        reference: Some(asked.external_reference),
        description: Some(asked.description),
        ..Intent::new(seller, id, at, super::Asked::Third(wanted.clone()), sum, now)
    };
    let answer = api::json(StatusCode::CREATED, &Answer::of(&intent, &wanted));
    road::open(world, intent);
    Ok(answer)
}

async fn read_point(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let (intent, asked) = found(&world, caller.seller, &id, Place::Terminal)?;
    Ok(api::json(StatusCode::OK, &Answer::of(intent, asked)))
}

async fn read_qr(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let (intent, asked) = found(&world, caller.seller, &id, Place::Qr)?;
    Ok(api::json(StatusCode::OK, &Answer::of(intent, asked)))
}

async fn cancel_point(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    cancel(&mut shared.lock(), caller.seller, &id, Place::Terminal)
}

async fn cancel_qr(
    State(shared): State<Shared>,
    caller: Caller,
    Path((id, pos)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let mut world = shared.lock();
    let (intent, _) = found(&world, caller.seller, &id, Place::Qr)?;
    if intent.device != pos {
        return Err(no_pos());
    }
    cancel(&mut world, caller.seller, &id, Place::Qr)
}

fn cancel(world: &mut World, seller: u64, id: &str, place: Place) -> Result<StatusCode, Refusal> {
    let (intent, _) = found(world, seller, id, place)?;
    if intent.phase != Phase::Open {
        let message = "only an intent that is OPENED can be canceled here";
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", message));
    }
    road::enter(world, id, Phase::Ended(End::Canceled(By::Api)));
    Ok(StatusCode::NO_CONTENT)
}

/// The provider's word for a phase.
pub(super) fn word(phase: &Phase) -> &'static str {
    match phase {
        Phase::Open => "OPENED",
        Phase::AtTerminal => "ON_TERMINAL",
        Phase::Processing(_) => "PROCESSING",
        Phase::Processed => "PROCESSED",
        Phase::Ended(End::Charged(_) | End::Reversed(_) | End::GivenBack) => "CLOSED",
        Phase::Ended(End::Canceled(_)) => "CANCELED",
        Phase::Ended(End::Expired) => "EXPIRED",
        Phase::Ended(End::Failed) => "ERROR",
        Phase::Ended(End::Unconfirmed(_)) => "CONFIRMATION_REQUIRED",
    }
}

fn found<'w>(
    world: &'w World,
    seller: u64,
    id: &str,
    place: Place,
) -> Result<(&'w Intent, &'w Asked), Refusal> {
    let intent = world.in_person.intents.get(id).filter(|intent| intent.seller == seller);
    match intent.map(|intent| (intent, &intent.asked)) {
        Some((intent, super::Asked::Third(asked))) if asked.place == place => Ok((intent, asked)),
        _ => Err(Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such intent")),
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
}

fn no_pos() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "pos_not_found", "there is no such point of sale or device")
}
