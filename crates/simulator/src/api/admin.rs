//! `/admin`: what no provider offers. The clock, drawn sales, faults, receivers, and the fate of each notice.
//!
//! It asks for no token: it serves loopback only.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::api::{json, read_json};
use crate::notice::courier::{Driven, drive, settle};
use crate::notice::faults::Faults;
use crate::notice::post::{Fate, Letter};
use crate::refusal::Refusal;
use crate::seller::{Credentials, Hook};
use crate::time::{Api, Instant, parse};
use crate::world::{Shared, World};

mod events;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/clock", get(clock))
        .route("/admin/advance", post(advance))
        .route("/admin/settle", post(settle_all))
        .route("/admin/sell", post(sell))
        .route("/admin/faults", get(faults).put(set_faults))
        .route("/admin/webhooks", axum::routing::put(set_webhook))
        .route("/admin/sellers", get(sellers))
        .route("/admin/notices", get(notices))
        .merge(events::routes())
}

/// A seller of an administrative call: the one that is named, else the first.
pub(super) fn which(world: &World, seller: Option<u64>) -> Result<u64, Refusal> {
    let first = world.sellers.keys().next().copied();
    let known = seller.map_or(first, |id| world.sellers.contains_key(&id).then_some(id));
    known.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such seller"))
}

#[derive(Serialize)]
struct Moved {
    now: Api,
    #[serde(flatten)]
    driven: Driven,
    /// Deliveries that wait for a later time.
    waiting: usize,
    /// What else is to happen.
    noted: usize,
}

impl Moved {
    fn of(shared: &Shared, driven: Driven) -> Self {
        let world = shared.lock();
        Self { now: Api(world.now()), driven, waiting: world.post.waiting(), noted: world.agenda.len() }
    }
}

async fn clock(State(shared): State<Shared>) -> Response {
    json(StatusCode::OK, &Moved::of(&shared, Driven::default()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    to: Option<String>,
    by_seconds: Option<i64>,
}

async fn advance(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let advance: Advance = read_json(&body)?;
    let now = shared.lock().now();
    let to = match (advance.to, advance.by_seconds) {
        (Some(to), None) => parse(&to, now),
        (None, Some(seconds)) => TimeDelta::try_seconds(seconds).and_then(|by| now.checked_add_signed(by)),
        _ => None,
    };
    let to: Instant = to.filter(|to| *to >= now).ok_or_else(|| {
        Refusal::bad_request(8, "name `to`, a time not before now, or `by_seconds`, which is not negative")
    })?;
    let driven = finish(&shared, move |shared| async move { drive(&shared, to).await }).await?;
    Ok(json(StatusCode::OK, &Moved::of(&shared, driven)))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Settle {
    /// Whether the clock may move to the last delivery that waits.
    all: bool,
}

async fn settle_all(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let wanted: Settle = if body.is_empty() { Settle::default() } else { read_json(&body)? };
    let driven = if wanted.all {
        finish(&shared, |shared| async move { settle(&shared).await }).await?
    } else {
        let now = shared.lock().now();
        finish(&shared, move |shared| async move { drive(&shared, now).await }).await?
    };
    Ok(json(StatusCode::OK, &Moved::of(&shared, driven)))
}

/// Moves the clock to the end even when the caller goes away meanwhile: half a move would lose deliveries.
async fn finish<F: Future<Output = Driven> + Send + 'static>(
    shared: &Shared,
    work: impl FnOnce(Shared) -> F,
) -> Result<Driven, Refusal> {
    let moving = tokio::spawn(work(shared.clone()));
    moving.await.map_err(|error| {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", format!("broken off: {error}"))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sell {
    seller: Option<u64>,
    count: u64,
    #[serde(default = "month")]
    days: u32,
}

fn month() -> u32 {
    30
}

async fn sell(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let sell: Sell = read_json(&body)?;
    {
        let mut world = shared.lock();
        let seller = which(&world, sell.seller)?;
        world.draw_sales(seller, sell.count, sell.days.max(1));
    }
    Ok(json(StatusCode::CREATED, &Moved::of(&shared, Driven::default())))
}

async fn faults(State(shared): State<Shared>) -> Response {
    json(StatusCode::OK, &shared.lock().post.faults)
}

async fn set_faults(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let faults: Faults = read_json(&body)?;
    let faults = faults.check().map_err(|error| Refusal::bad_request(8, &error.to_string()))?;
    shared.lock().post.faults = faults;
    Ok(json(StatusCode::OK, &faults))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    seller: Option<u64>,
    /// Where to; nowhere when absent.
    url: Option<String>,
    /// What it is signed with; the seller's own secret when absent.
    secret: Option<String>,
    /// What the message that a report file is ready is proven with; it is not sent when absent.
    report_password: Option<String>,
}

async fn set_webhook(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let receiver: Receiver = read_json(&body)?;
    let mut world = shared.lock();
    let id = which(&world, receiver.seller)?;
    let seller = world.seller_mut(id);
    let secret = receiver.secret.map_or_else(|| seller.webhook_secret.clone(), Into::into);
    let report_password = receiver.report_password.map(Into::into);
    seller.hook = receiver.url.map(|url| Hook { url, secret, report_password });
    Ok(json(StatusCode::OK, &Credentials::of(seller)))
}

async fn sellers(State(shared): State<Shared>) -> Response {
    let world = shared.lock();
    let sellers: Vec<Credentials> = world.sellers.values().map(Credentials::of).collect();
    json(StatusCode::OK, &sellers)
}

#[derive(Deserialize)]
struct Wanted {
    state: Option<String>,
    topic: Option<String>,
    /// The first number that is wanted.
    from: Option<usize>,
}

#[derive(Serialize)]
struct Notices<'a> {
    fates: BTreeMap<Fate, u64>,
    notices: Vec<Noted<'a>>,
}

#[derive(Serialize)]
struct Noted<'a> {
    number: usize,
    seller: u64,
    topic: &'static str,
    id: &'a str,
    told_at: Api,
    state: Fate,
    deliveries: u32,
}

async fn notices(State(shared): State<Shared>, Query(wanted): Query<Wanted>) -> Response {
    let world = shared.lock();
    let fits = |letter: &Letter| {
        let state = serde_json::to_value(letter.fate).ok();
        wanted.topic.as_deref().is_none_or(|topic| letter.notice.topic == topic)
            && wanted
                .state
                .as_deref()
                .is_none_or(|wanted| state.as_ref().and_then(|s| s.as_str()) == Some(wanted))
    };
    let from = wanted.from.unwrap_or(0);
    let noted = world.post.letters.iter().enumerate().skip(from).filter(|(_, letter)| fits(letter));
    let notices = noted.map(|(number, letter)| Noted {
        number,
        seller: letter.notice.seller,
        topic: letter.notice.topic,
        id: &letter.notice.resource,
        told_at: Api(letter.told),
        state: letter.fate,
        deliveries: letter.made,
    });
    json(StatusCode::OK, &Notices { fates: world.post.fates(from), notices: notices.collect() })
}
