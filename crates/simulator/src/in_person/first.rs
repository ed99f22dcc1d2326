//! The first generation: orders for a phone or tablet with a reader, `/point/services/integrations/v1`.
//!
//! Source: "Integrate via API" of Mercado Pago Point. What reading a deleted order answers is not documented: here
//! it is gone.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get, post};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::api;
use crate::api::caller::Caller;
use crate::in_person::{End, Intent, Phase, Sum, road};
use crate::money;
use crate::refusal::Refusal;
use crate::world::{Shared, World};

/// What only this generation asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) notification_url: Option<String>,
    payer_email: Option<String>,
}

/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 20;

pub(super) fn routes() -> Router<Shared> {
    let root = "/point/services/integrations/v1";
    Router::new()
        .route("/point/services/user/status/integrators", post(enable))
        .route(root, post(create))
        .route(&format!("{root}/{{id}}"), get(read).delete(remove))
        .route(&format!("{root}/attempt/device/{{name}}"), delete(remove_by_device))
        .route(&format!("{root}/devices"), get(devices))
        .route(&format!("{root}/devices/{{name}}"), delete(forget))
}

#[derive(Deserialize)]
struct Enable {
    #[serde(alias = "Id")]
    id: Box<RawValue>,
}

/// Switches the integration on for the user whose token it is.
async fn enable(State(shared): State<Shared>, caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let asked: Enable = api::read_json(&body)?;
    if asked.id.get().trim_matches('"') != caller.seller.to_string() {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden", "the token is another user's"));
    }
    let mut world = shared.lock();
    world.in_person.integrator(caller.seller).enabled = true;
    Ok(ok())
}

#[derive(Deserialize)]
struct Create {
    amount: Box<RawValue>,
    description: String,
    device_name: String,
    cc_type: String,
    external_reference: Option<String>,
    notification_url: Option<String>,
    payer_email: Option<String>,
}

#[derive(Serialize)]
struct Order<'a> {
    status: &'static str,
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payer_email: Option<&'a str>,
}

async fn create(State(shared): State<Shared>, caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    let mut world = shared.lock();
    if !world.in_person.integrator(caller.seller).enabled {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden", "the integration is not enabled"));
    }
    let minor = check(&world, caller.seller, &asked)?;
    let device = free_device(&mut world, caller.seller, &asked.device_name)?;
    let id = world.draw.digits(8);
    let now = world.now();
    let wanted = Asked { notification_url: asked.notification_url, payer_email: asked.payer_email };
    let sum = Sum { minor, raw: asked.amount.get().to_owned() };
    let intent = Intent {
        reference: asked.external_reference,
        description: Some(asked.description),
        ..Intent::new(caller.seller, id.to_string(), device, super::Asked::First(wanted), sum, now)
    };
    road::open(&mut world, intent);
    let order = Order {
        status: "OPEN",
        id,
        payment_id: None,
        payment_status: None,
        external_reference: None,
        payer_email: None,
    };
    Ok(api::json(StatusCode::OK, &order))
}

fn check(world: &World, seller: u64, asked: &Create) -> Result<i64, Refusal> {
    let decimals = world.seller(seller).site.decimals();
    let amount = money::parse(asked.amount.get(), decimals).filter(|minor| *minor > 0);
    let amount = amount.ok_or_else(|| bad("amount must be a positive number"))?;
    if asked.description.chars().count() > LONGEST_DESCRIPTION {
        return Err(bad("description has more than 20 characters"));
    }
    if !matches!(asked.cc_type.as_str(), "credit_card" | "debit_card") {
        return Err(bad("cc_type must be credit_card or debit_card"));
    }
    Ok(amount)
}

fn free_device(world: &mut World, seller: u64, name: &str) -> Result<String, Refusal> {
    let device = world.in_person.named(seller, name).ok_or_else(no_device)?;
    let is_busy = world.in_person.devices.get(&device).is_some_and(|device| device.holds.is_some());
    if is_busy {
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", "the device already has an order"));
    }
    Ok(device)
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let intent = order(&world, caller.seller, &id)?;
    let (status, payment) = match &intent.phase {
        Phase::Ended(End::Charged(payment) | End::Reversed(payment)) => ("CLOSED", Some(payment)),
        _ => ("OPEN", None),
    };
    // The payment may have moved on since: a reversed one was given back.
    let paid_status = payment.map(|paid| world.payment(paid.id).map_or(paid.status, |now| now.status()));
    let super::Asked::First(asked) = &intent.asked else { return Err(no_order()) };
    let answer = Order {
        status,
        id: id.parse().map_err(|_| no_order())?,
        payment_id: payment.map(|paid| paid.id),
        payment_status: paid_status,
        external_reference: payment.and(intent.reference.as_deref()),
        payer_email: payment.and(asked.payer_email.as_deref()),
    };
    Ok(api::json(StatusCode::OK, &answer))
}

async fn remove(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let mut world = shared.lock();
    order(&world, caller.seller, &id)?;
    withdraw(&mut world, &id)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_by_device(
    State(shared): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let device = world.in_person.named(caller.seller, &name).ok_or_else(no_device)?;
    let held = world.in_person.devices.get(&device).and_then(|device| device.holds.clone());
    let id = held.filter(|id| order(&world, caller.seller, id).is_ok()).ok_or_else(no_order)?;
    withdraw(&mut world, &id)?;
    Ok(ok())
}

/// An order is deleted as long as it is open and no card is on its way.
fn withdraw(world: &mut World, id: &str) -> Result<(), Refusal> {
    let counter = &mut world.in_person;
    let intent = counter.intents.get(id).ok_or_else(no_order)?;
    if !matches!(intent.phase, Phase::Open | Phase::AtTerminal) {
        return Err(Refusal::new(StatusCode::CONFLICT, "conflict", "the order is being paid or closed"));
    }
    if let Some(device) = counter.devices.get_mut(&intent.device) {
        device.holds = None;
    }
    counter.intents.remove(id);
    Ok(())
}

#[derive(Serialize)]
struct Devices<'a> {
    devices: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    caller: u64,
    id: u64,
    status: Status,
}

#[derive(Serialize)]
struct Status {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_attempt: Option<u64>,
}

async fn devices(State(shared): State<Shared>, caller: Caller) -> Response {
    let mut world = shared.lock();
    let devices = world.in_person.of_seller(caller.seller).map(|device| Listed {
        name: &device.name,
        caller: device.caller,
        id: device.number,
        status: Status {
            status: if device.holds.is_some() { "BUSY" } else { "FREE" },
            payment_attempt: device.holds.as_ref().and_then(|id| id.parse().ok()),
        },
    });
    api::json(StatusCode::OK, &Devices { devices: devices.collect() })
}

async fn forget(
    State(shared): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let device = free_device(&mut world, caller.seller, &name)?;
    world.in_person.devices.remove(&device);
    Ok(ok())
}

fn order<'w>(world: &'w World, seller: u64, id: &str) -> Result<&'w Intent, Refusal> {
    let found = world.in_person.intents.get(id).filter(|intent| intent.seller == seller);
    found.filter(|intent| matches!(intent.asked, super::Asked::First(_))).ok_or_else(no_order)
}

fn ok() -> Response {
    #[derive(Serialize)]
    struct Done {
        status: &'static str,
    }
    api::json(StatusCode::OK, &Done { status: "OK" })
}

fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
}

fn no_order() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such order")
}

fn no_device() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no device of this name")
}
