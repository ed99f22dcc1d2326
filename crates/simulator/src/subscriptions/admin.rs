//! What payers do, which no API of the seller can: they accept a link, subscribe to a plan, and have cards that stop
//! working. JSON, without a token, like all of the administration.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;

use super::answer::Answer;
use super::{Standing, create, notices};
use crate::api;
use crate::charge::Outcome;
use crate::refusal::Refusal;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/subscriptions/{id}/accept", post(accept))
        .route("/admin/subscriptions/{id}/card", post(card))
        .route("/admin/plans/{id}/subscribe", post(subscribe))
}

#[derive(Deserialize)]
struct Asked {
    /// The name on the payer's card.
    holder: String,
}

fn read(body: &Bytes) -> Result<String, Refusal> {
    let asked: Asked = api::read_json(body)?;
    match Outcome::of_holder(&asked.holder) {
        Some(_) => Ok(asked.holder),
        None => Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", "the name is on no test card")),
    }
}

/// The payer follows the link of a subscription that waits.
async fn accept(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let holder = read(&body)?;
    let mut world = shared.lock();
    let standing = world.subscriptions.preapprovals.get(&id).map(|preapproval| preapproval.standing);
    if standing != Some(Standing::Pending) {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "conflict",
            "no such subscription waits for its payer",
        ));
    }
    create::begin(&mut world, &id, holder)?;
    let now = world.moment();
    if let Some(preapproval) = world.subscriptions.preapprovals.get_mut(&id) {
        preapproval.version += 1;
        preapproval.modified = now;
    }
    notices::preapproval(&mut world, &id);
    answer(&world, &id)
}

/// What the card of a subscription does from now on. Nobody is told.
async fn card(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let holder = read(&body)?;
    let mut world = shared.lock();
    let preapproval = world.subscriptions.preapprovals.get_mut(&id).ok_or_else(unknown)?;
    if let Some(card) = &mut preapproval.card {
        card.holder = holder;
    }
    answer(&world, &id)
}

/// A payer subscribes through the link of a plan: the seller first hears of it by a notice, without a reference.
async fn subscribe(
    State(shared): State<Shared>,
    Path(plan): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let holder = read(&body)?;
    let mut world = shared.lock();
    let found = world.subscriptions.plans.get(&plan).filter(|plan| plan.is_active).cloned();
    let found = found.ok_or_else(unknown)?;
    let mut made = create::fresh(&mut world, found.seller, found.terms, Standing::Authorized);
    made.plan = Some(plan);
    made.reason = found.reason;
    made.back_url = Some(found.back_url);
    let id = made.id.clone();
    world.subscriptions.preapprovals.insert(id.clone(), made);
    create::begin(&mut world, &id, holder)?;
    notices::preapproval(&mut world, &id);
    answer(&world, &id)
}

fn answer(world: &World, id: &str) -> Result<Response, Refusal> {
    let preapproval = world.subscriptions.preapprovals.get(id).ok_or_else(unknown)?;
    Ok(api::json(StatusCode::OK, &Answer::of(preapproval)))
}

fn unknown() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such plan or subscription")
}
