//! The terminals' own keys, for their page and for tests: what they show, and what can be done at them. JSON, without
//! a token, like all of the administration.
//!
//! Says nothing in the words of one generation but the state.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use crate::api;
use crate::in_person::device::{Hands, SCRIPT, restart};
use crate::in_person::{Asked, Device, End, Intent, Phase, fourth, road, second, third};
use crate::refusal::Refusal;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    let device = "/admin/devices/{device}";
    Router::new()
        .route("/admin/devices", get(list).post(put_up))
        .route(device, get(look))
        .route(&format!("{device}/hands"), post(give_to))
        .route(&format!("{device}/restart"), post(start_again))
        .route(&format!("{device}/take"), post(take))
        .route(&format!("{device}/card"), post(present))
        .route(&format!("{device}/cancel"), post(cancel))
        .route("/admin/intents/{id}/unconfirmed", post(leave_open))
}

/// A terminal with what it shows.
#[derive(Serialize)]
struct Screen<'a> {
    device: Shown<'a>,
    waiting: Option<Charge>,
    holding: Option<Charge>,
    last: Option<Charge>,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    seller: u64,
    name: &'a str,
    external_pos_id: &'a str,
    operating_mode: &'static str,
    hands: &'static str,
}

/// An intent on a screen.
#[derive(Serialize)]
struct Charge {
    id: String,
    generation: &'static str,
    /// In the words of its generation.
    state: &'static str,
    /// The same in every generation.
    outcome: &'static str,
    amount: String,
    currency: &'static str,
    external_reference: Option<String>,
    description: Option<String>,
    payment: Option<Paid>,
}

#[derive(Serialize)]
struct Paid {
    id: String,
    status: &'static str,
    status_detail: &'static str,
}

impl Charge {
    fn of(world: &World, intent: &Intent) -> Self {
        let (generation, state) = match &intent.asked {
            Asked::First(_) if intent.is_final() => ("first", "CLOSED"),
            Asked::First(_) => ("first", "OPEN"),
            Asked::Second(_) => ("second", second::word(&intent.phase)),
            Asked::Refund(_) => ("refund", second::word(&intent.phase)),
            Asked::Third(_) => ("third", third::word(&intent.phase)),
            Asked::Fourth(_) => ("fourth", fourth::standing(world, intent).status),
        };
        let payment = intent.payment().and_then(|charged| world.payment(charged.id));
        Self {
            id: intent.id.clone(),
            generation,
            state,
            outcome: outcome(&intent.phase),
            amount: intent.printed(world),
            currency: world.seller(intent.seller).site.currency(),
            external_reference: intent.reference.clone(),
            description: intent.description.clone(),
            payment: payment.map(|payment| Paid {
                id: payment.id.to_string(),
                status: payment.status(),
                status_detail: payment.detail(),
            }),
        }
    }
}

fn outcome(phase: &Phase) -> &'static str {
    match phase {
        Phase::Open => "open",
        Phase::AtTerminal => "at_terminal",
        Phase::Processing(_) | Phase::Processed => "processing",
        Phase::Ended(End::Charged(charged)) => match charged.status {
            "approved" => "approved",
            "rejected" => "rejected",
            _ => "in_process",
        },
        Phase::Ended(End::Reversed(_)) => "reversed",
        Phase::Ended(End::GivenBack) => "given_back",
        Phase::Ended(End::Canceled(_)) => "canceled",
        Phase::Ended(End::Expired) => "expired",
        Phase::Ended(End::Failed) => "failed",
        Phase::Ended(End::Unconfirmed(_)) => "unconfirmed",
    }
}

fn shown(device: &Device) -> Shown<'_> {
    Shown {
        id: &device.id,
        seller: device.seller,
        name: &device.name,
        external_pos_id: &device.external_pos,
        operating_mode: device.mode.word(),
        hands: if device.hands == Hands::People { "people" } else { "script" },
    }
}

fn screen(world: &World, id: &str) -> Result<Response, Refusal> {
    let counter = &world.in_person;
    let device = counter.devices.get(id).ok_or_else(unknown)?;
    let charge = |id: &Option<String>| id.as_ref().and_then(|id| counter.intents.get(id));
    let held = charge(&device.holds);
    let on = |open: bool| held.filter(|intent| (intent.phase == Phase::Open) == open);
    let screen = Screen {
        device: shown(device),
        waiting: on(true).map(|intent| Charge::of(world, intent)),
        holding: on(false).map(|intent| Charge::of(world, intent)),
        last: charge(&device.last).map(|intent| Charge::of(world, intent)),
    };
    Ok(api::json(StatusCode::OK, &screen))
}

/// Puts up the first terminals of all sellers, which are otherwise put up when a seller first looks for them.
fn put_all_up(world: &mut World) {
    let sellers: Vec<u64> = world.sellers.keys().copied().collect();
    for seller in sellers {
        world.in_person.put_up(seller);
    }
}

#[derive(Serialize)]
struct List<'a> {
    devices: Vec<Shown<'a>>,
}

async fn list(State(shared): State<Shared>) -> Response {
    let mut world = shared.lock();
    put_all_up(&mut world);
    let devices = world.in_person.devices.values().map(shown).collect();
    api::json(StatusCode::OK, &List { devices })
}

#[derive(Deserialize)]
struct New {
    seller: u64,
    id: String,
    name: Option<String>,
    external_pos_id: Option<String>,
    #[serde(flatten)]
    hands: GivenTo,
}

#[derive(Deserialize)]
struct GivenTo {
    hands: Option<Whose>,
    take_ms: Option<u32>,
    card_ms: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Whose {
    Script,
    People,
}

impl GivenTo {
    fn hands(&self) -> Hands {
        match (self.hands, SCRIPT) {
            (Some(Whose::Script), Hands::Script { take_ms, card_ms }) => Hands::Script {
                take_ms: self.take_ms.map_or(take_ms, i64::from),
                card_ms: self.card_ms.map_or(card_ms, i64::from),
            },
            _ => Hands::People,
        }
    }
}

/// A new terminal.
async fn put_up(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let asked: New = api::read_json(&body)?;
    let mut world = shared.lock();
    put_all_up(&mut world);
    let is_known = world.sellers.contains_key(&asked.seller);
    if !is_known || world.in_person.devices.contains_key(&asked.id) || asked.id.is_empty() {
        let message = "the seller is not known, or the id is taken";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message));
    }
    let number = world.in_person.devices.len() as u64 + 1;
    let mut device = Device::new(asked.seller, asked.id.clone(), number, asked.hands.hands());
    device.name = asked.name.unwrap_or(device.name);
    device.external_pos = asked.external_pos_id.unwrap_or(device.external_pos);
    world.in_person.devices.insert(asked.id.clone(), device);
    screen(&world, &asked.id)
}

async fn look(State(shared): State<Shared>, Path(device): Path<String>) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    put_all_up(&mut world);
    screen(&world, &device)
}

/// Does something with a terminal, and shows its screen.
fn at(
    shared: &Shared,
    device: &str,
    act: impl FnOnce(&mut World) -> Result<(), Refusal>,
) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    put_all_up(&mut world);
    act(&mut world)?;
    screen(&world, device)
}

async fn give_to(
    State(shared): State<Shared>,
    Path(device): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: GivenTo = api::read_json(&body)?;
    at(&shared, &device, |world| {
        let found = world.in_person.devices.get_mut(&device).ok_or_else(unknown)?;
        found.hands = asked.hands();
        Ok(())
    })
}

async fn start_again(State(shared): State<Shared>, Path(device): Path<String>) -> Result<Response, Refusal> {
    at(&shared, &device, |world| {
        restart(world.in_person.devices.get_mut(&device).ok_or_else(unknown)?);
        Ok(())
    })
}

async fn take(State(shared): State<Shared>, Path(device): Path<String>) -> Result<Response, Refusal> {
    at(&shared, &device, |world| road::take(world, &device))
}

#[derive(Deserialize)]
struct Card {
    card: String,
    holder: String,
}

async fn present(
    State(shared): State<Shared>,
    Path(device): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Card = api::read_json(&body)?;
    at(&shared, &device, |world| road::present(world, &device, &asked.card, &asked.holder))
}

async fn cancel(State(shared): State<Shared>, Path(device): Path<String>) -> Result<Response, Refusal> {
    at(&shared, &device, |world| road::cancel_on_device(world, &device))
}

/// The terminal loses sight of what it holds: the seller has to look.
async fn leave_open(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let intent = world
        .in_person
        .intents
        .get(&id)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such intent"))?;
    let payment = match intent.phase {
        Phase::AtTerminal => None,
        Phase::Processing(payment) => payment,
        _ => {
            let message = "only an intent that is on a terminal can end without an answer";
            return Err(Refusal::new(StatusCode::CONFLICT, "conflict", message));
        }
    };
    let device = intent.device.clone();
    road::enter(&mut world, &id, Phase::Ended(End::Unconfirmed(payment)));
    screen(&world, &device)
}

fn unknown() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such terminal")
}
