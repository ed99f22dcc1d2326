//! What became of a seller's payment intents: the way back for those whose notification was lost.
//!
//! Lists only intents that have ended. The zone of the days is not documented; the API's own offset is used.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{bad, payment_intent, word};
use crate::api;
use crate::api::caller::Caller;
use crate::in_person::{Asked, Intent};
use crate::refusal::Refusal;
use crate::time::{self, Api};
use crate::world::Shared;

/// The longest range of days.
const LONGEST_DAYS: i64 = 30;
/// Hours from UTC of the API's own times.
const OFFSET_HOURS: i32 = -4;

pub(super) fn routes() -> Router<Shared> {
    let root = "/point/integration-api/payment-intents";
    Router::new()
        .route(&format!("{root}/events"), get(list))
        .route(&format!("{root}/{{id}}/events"), get(last))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Days {
    start_date: String,
    end_date: String,
}

#[derive(Serialize)]
struct Events<'a> {
    events: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    payment_intent_id: &'a str,
    #[serde(flatten)]
    last: Last,
}

#[derive(Serialize)]
struct Last {
    status: &'static str,
    created_on: Api,
}

async fn list(
    State(shared): State<Shared>,
    caller: Caller,
    Query(days): Query<Days>,
) -> Result<Response, Refusal> {
    let day =
        |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| bad("dates are YYYY-MM-DD"));
    let (from, to) = (day(&days.start_date)?, day(&days.end_date)?);
    if to < from || (to - from).num_days() > LONGEST_DAYS {
        return Err(bad("the range of dates must be at most 30 days"));
    }
    let world = shared.lock();
    let is_listed = |intent: &&Intent| {
        let day = time::day(intent.created_at, OFFSET_HOURS);
        let is_asked = intent.seller == caller.seller && matches!(intent.asked, Asked::Second(_));
        is_asked && intent.is_final() && (from..=to).contains(&day)
    };
    let mut ended: Vec<_> = world.in_person.intents.values().filter(is_listed).collect();
    ended.sort_by_key(|intent| (intent.created_at, &intent.id));
    let events = ended.iter().map(|intent| Event { payment_intent_id: &intent.id, last: last_of(intent) });
    Ok(api::json(StatusCode::OK, &Events { events: events.collect() }))
}

async fn last(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let (intent, _) = payment_intent(&world, caller.seller, &id)?;
    Ok(api::json(StatusCode::OK, &last_of(intent)))
}

fn last_of(intent: &Intent) -> Last {
    Last { status: word(&intent.phase), created_on: Api(intent.created_at) }
}
