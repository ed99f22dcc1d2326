//! Lists of terminals, and their mode: as the second and the fourth generation answer them.
//!
//! A change of mode takes effect when the terminal restarts; until then the list tells the old one.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, patch};
use serde::{Deserialize, Serialize};

use crate::api;
use crate::api::caller::Caller;
use crate::in_person::device::{Device, Mode, NotSet, set_mode};
use crate::refusal::Refusal;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/point/integration-api/devices", get(devices))
        .route("/point/integration-api/devices/{device}", patch(change))
        .route("/terminals/v1/list", get(terminals))
        .route("/terminals/v1/setup", patch(set_up))
}

#[derive(Deserialize)]
struct Asked {
    store_id: Option<String>,
    pos_id: Option<String>,
    #[serde(default = "fifty")]
    limit: usize,
    #[serde(default)]
    offset: usize,
}

fn fifty() -> usize {
    50
}

#[derive(Serialize)]
struct Devices<'a> {
    devices: Vec<Row<'a>>,
    paging: Paging,
}

#[derive(Serialize)]
struct Terminals<'a> {
    data: Page<'a>,
    paging: Paging,
}

#[derive(Serialize)]
struct Page<'a> {
    terminals: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    pos_id: u64,
    store_id: String,
    external_pos_id: &'a str,
    operating_mode: &'static str,
}

#[derive(Serialize)]
struct Paging {
    total: usize,
    limit: usize,
    offset: usize,
}

async fn devices(State(shared): State<Shared>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let mut world = shared.lock();
    let (devices, paging) = page(world.in_person.of_seller(caller.seller), &asked);
    api::json(StatusCode::OK, &Devices { devices, paging })
}

async fn terminals(State(shared): State<Shared>, caller: Caller, Query(asked): Query<Asked>) -> Response {
    let mut world = shared.lock();
    let (terminals, paging) = page(world.in_person.of_seller(caller.seller), &asked);
    api::json(StatusCode::OK, &Terminals { data: Page { terminals }, paging })
}

fn page<'a>(devices: impl Iterator<Item = &'a Device>, asked: &Asked) -> (Vec<Row<'a>>, Paging) {
    let is_asked =
        |wanted: &Option<String>, id: u64| wanted.as_ref().is_none_or(|text| *text == id.to_string());
    let all: Vec<_> = devices
        .filter(|device| is_asked(&asked.store_id, device.store) && is_asked(&asked.pos_id, device.pos))
        .collect();
    let paging = Paging { total: all.len(), limit: asked.limit, offset: asked.offset };
    let rows = all.into_iter().skip(asked.offset).take(asked.limit).map(|device| Row {
        id: &device.id,
        pos_id: device.pos,
        store_id: device.store.to_string(),
        external_pos_id: &device.external_pos,
        operating_mode: device.mode.word(),
    });
    (rows.collect(), paging)
}

#[derive(Deserialize, Serialize)]
struct Change {
    operating_mode: String,
}

async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path(device): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Change = api::read_json(&body)?;
    let mode = mode(&asked.operating_mode)?;
    let mut world = shared.lock();
    set_mode(&mut world, caller.seller, &device, mode).map_err(refused)?;
    Ok(api::json(StatusCode::OK, &asked))
}

#[derive(Deserialize, Serialize)]
struct SetUp {
    terminals: Vec<Terminal>,
}

#[derive(Deserialize, Serialize)]
struct Terminal {
    id: String,
    operating_mode: String,
}

async fn set_up(State(shared): State<Shared>, caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let asked: SetUp = api::read_json(&body)?;
    let mut world = shared.lock();
    for terminal in &asked.terminals {
        let mode = mode(&terminal.operating_mode)?;
        set_mode(&mut world, caller.seller, &terminal.id, mode).map_err(refused)?;
    }
    Ok(api::json(StatusCode::OK, &asked))
}

fn mode(word: &str) -> Result<Mode, Refusal> {
    let message = "operating_mode must be PDV or STANDALONE";
    Mode::named(word).ok_or_else(|| Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message))
}

fn refused(why: NotSet) -> Refusal {
    let message = match why {
        NotSet::Unknown => "the device is not known",
        NotSet::Occupied => "the point of sale has another device in PDV mode",
    };
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
}
