//! The fourth generation: orders of `/v1/orders`, on terminals and by QR code. Amounts are decimal text with as many
//! decimals as the one who asks cares for.
//!
//! Source: the reference of orders and "Payment processing" of Mercado Pago Point. Knows no online orders.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::api;
use crate::api::caller::Caller;
use crate::idempotency;
use crate::in_person::{By, End, Intent, Phase, Sum, road};
use crate::time;
use crate::world::{Shared, World};

mod answer;
mod asked;
mod keyed;
mod refund;
mod refused;
mod staged;
mod words;

use asked::Create;
use refused::{Refused, refused};

pub(super) use answer::{Answer, Notified};
pub(super) use words::standing;

/// What only this generation asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    on_terminal: bool,
    /// Of the one payment it has.
    payment: String,
    expiration_time: String,
    life_ms: i64,
    installments: u16,
    config: asked::Kept,
    integration_data: Option<asked::Kept>,
    items: Option<asked::Kept>,
}

/// How long an order can be read.
const READABLE: TimeDelta = TimeDelta::days(90);
/// Allows to ask a terminal to give an order up. Source: "Payment processing", cancel an order.
const ALLOW: &str = "x-allow-cancelable-status";

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/orders", post(create).get(search))
        .route("/v1/orders/{id}", get(read))
        .route("/v1/orders/{id}/cancel", post(cancel))
        .route("/v1/orders/{id}/refund", post(refund::refund))
        .route("/v1/orders/{id}/events", post(staged::happen))
}

impl Asked {
    pub(super) fn life_ms(&self) -> i64 {
        self.life_ms
    }

    pub(super) fn installments(&self) -> u16 {
        self.installments
    }
}

async fn create(
    State(shared): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut world = shared.lock();
    keyed::once(&mut world, caller.seller, "orders", &headers, &body, |world| {
        let asked = Create::read(&body)?;
        let intent = make(world, caller.seller, asked)?;
        let id = intent.id.clone();
        road::open(world, intent);
        let answer = Answer::of(world, found(world, caller.seller, &id)?)?;
        Ok(idempotency::Answer::json(StatusCode::CREATED, &answer))
    })
}

fn make(world: &mut World, seller: u64, asked: Create) -> Result<Intent, Refused> {
    let site = world.seller(seller).site;
    let (minor, raw) = asked.total(site.decimals())?;
    let life_ms = asked.life_ms()?;
    asked.check_reference()?;
    let place = asked.place()?;
    let device = match &place {
        asked::Place::Terminal(id) => {
            let device = world.in_person.device(seller, id).ok_or_else(|| {
                refused(StatusCode::BAD_REQUEST, "property_value", "the terminal is not known")
            })?;
            if device.holds.is_some() {
                let message = "there is already a queued order on the terminal";
                return Err(refused(StatusCode::CONFLICT, "already_queued_order_on_terminal", message));
            }
            id.clone()
        }
        asked::Place::Qr(pos) => pos.clone(),
    };
    let id = format!("ORD{}", world.draw.ulid());
    let payment = format!("PAY{}", world.draw.ulid());
    let now = world.now();
    let wanted = Asked {
        on_terminal: matches!(place, asked::Place::Terminal(_)),
        payment,
        expiration_time: asked.expiration_time.unwrap_or_else(|| asked::USUAL_LIFE.to_owned()),
        life_ms,
        installments: 1,
        config: asked.config,
        integration_data: asked.integration_data,
        items: asked.items,
    };
    let sum = Sum { minor, raw };
    Ok(Intent {
        reference: Some(asked.external_reference),
        description: asked.description,
        ..Intent::new(seller, id, device, super::Asked::Fourth(wanted), sum, now)
    })
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let world = shared.lock();
    let answer = Answer::of(&world, found(&world, caller.seller, &id)?)?;
    Ok(api::json(StatusCode::OK, &answer))
}

#[derive(Deserialize)]
struct Wanted {
    external_reference: Option<String>,
    status: Option<String>,
    begin_date: Option<String>,
    end_date: Option<String>,
    #[serde(default = "fifty")]
    limit: usize,
    #[serde(default)]
    offset: usize,
}

fn fifty() -> usize {
    50
}

#[derive(Serialize)]
struct Found<'a> {
    data: Vec<Answer<'a>>,
    paging: Paging,
}

/// Numbers as text, as the provider's own libraries read them.
#[derive(Serialize)]
struct Paging {
    total: String,
    total_pages: String,
    offset: String,
    limit: String,
}

async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refused> {
    let world = shared.lock();
    let date = |text: &Option<String>| {
        let read = |text: &String| {
            let wrong = || refused(StatusCode::BAD_REQUEST, "property_value", "dates are ISO 8601");
            time::parse(text, world.now()).ok_or_else(wrong)
        };
        text.as_ref().map(read).transpose()
    };
    let (begin, end) = (date(&wanted.begin_date)?, date(&wanted.end_date)?);
    let is_wanted = |intent: &&Intent| {
        let reference = wanted.external_reference.as_deref();
        intent.seller == caller.seller
            && matches!(intent.asked, super::Asked::Fourth(_))
            && begin.is_none_or(|begin| intent.created_at >= begin)
            && end.is_none_or(|end| intent.created_at <= end)
            && reference.is_none_or(|reference| intent.reference.as_deref() == Some(reference))
            && wanted.status.as_deref().is_none_or(|status| standing(&world, intent).status == status)
    };
    let mut all: Vec<_> = world.in_person.intents.values().filter(is_wanted).collect();
    all.sort_by_key(|intent| (intent.created_at, &intent.id));
    let limit = wanted.limit.max(1);
    let paging = Paging {
        total: all.len().to_string(),
        total_pages: all.len().div_ceil(limit).to_string(),
        offset: wanted.offset.to_string(),
        limit: limit.to_string(),
    };
    let page = all.into_iter().skip(wanted.offset).take(limit);
    let data: Result<_, _> = page.map(|intent| Answer::of(&world, intent)).collect();
    Ok(api::json(StatusCode::OK, &Found { data: data?, paging }))
}

/// Cancels at once what no terminal has; asks a terminal to give up what it has, when the caller allows that.
async fn cancel(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut world = shared.lock();
    let path = format!("orders/{id}/cancel");
    keyed::once(&mut world, caller.seller, &path, &headers, &body, |world| {
        let phase = found(world, caller.seller, &id)?.phase.clone();
        let may_ask = headers.get(ALLOW).is_some_and(|status| status.as_bytes() == b"at_terminal");
        let status = match phase {
            Phase::Open => {
                road::enter(world, &id, Phase::Ended(End::Canceled(By::Api)));
                StatusCode::OK
            }
            Phase::AtTerminal if may_ask => {
                let now = world.moment();
                if let Some(intent) = world.in_person.intents.get_mut(&id) {
                    intent.cancel_asked_at.get_or_insert(now);
                    intent.version += 1;
                }
                StatusCode::ACCEPTED
            }
            _ => {
                let message = "the order cannot be canceled in its current status";
                return Err(refused(StatusCode::CONFLICT, "cannot_cancel_order", message));
            }
        };
        let answer = Answer::of(world, found(world, caller.seller, &id)?)?;
        Ok(idempotency::Answer::json(status, &answer))
    })
}

/// The seller's order of this id, as long as it can be read.
fn found<'w>(world: &'w World, seller: u64, id: &str) -> Result<&'w Intent, Refused> {
    let intent = world.in_person.intents.get(id).filter(|intent| intent.seller == seller);
    let order = intent.filter(|intent| matches!(intent.asked, super::Asked::Fourth(_)));
    let recent = order.filter(|intent| world.now() - intent.created_at <= READABLE);
    recent.ok_or_else(|| refused(StatusCode::NOT_FOUND, "order_not_found", "there is no such order"))
}
