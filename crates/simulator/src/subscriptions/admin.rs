//! What payers do, which no API of the seller can: they accept a link, subscribe to a plan, and have cards that stop
//! working; and what tests want of the provider: its rules, failures of single instalments, and mistakes. JSON, without
//! a token, like all of the administration.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::answer::Answer;
use super::rules::Rules;
use super::script::Script;
use super::{Standing, billing, create, notices};
use crate::api;
use crate::charge::Outcome;
use crate::refusal::Refusal;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/admin/subscriptions/{id}/accept", post(accept))
        .route("/admin/subscriptions/{id}/card", post(card))
        .route("/admin/subscriptions/{id}/instalments/{number}", post(instalment))
        .route("/admin/subscriptions/{id}/charge", post(charge))
        .route("/admin/billing", get(rules).put(set_rules))
        .route("/admin/plans/{id}/subscribe", post(subscribe))
}

#[derive(Deserialize)]
struct Asked {
    /// The name on the payer's card.
    holder: String,
}

fn read(body: &Bytes) -> Result<String, Refusal> {
    let asked: Asked = api::read_json(body)?;
    known(&asked.holder)?;
    Ok(asked.holder)
}

fn known(holder: &str) -> Result<(), Refusal> {
    match Outcome::of_holder(holder) {
        Some(_) => Ok(()),
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

/// What is to become of an instalment that is still to come, numbered from 0; skipped ones are counted.
async fn instalment(
    State(shared): State<Shared>,
    Path((id, number)): Path<(String, u32)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let script: Script = api::read_json(&body)?;
    for holder in &script.holders {
        known(holder)?;
    }
    let mut world = shared.lock();
    if !world.subscriptions.preapprovals.contains_key(&id) {
        return Err(unknown());
    }
    world.subscriptions.scripts.insert((id.clone(), number), script);
    answer(&world, &id)
}

/// The provider charges a subscription now, wherever it stands: a mistake.
async fn charge(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let mut world = shared.lock();
    let preapproval = world.subscriptions.preapprovals.get(&id).ok_or_else(unknown)?;
    let (number, amount_minor) = (preapproval.passed, preapproval.terms.amount_minor.unwrap_or_default());
    let at = world.now();
    billing::invoice(&mut world, &id, number, amount_minor, at);
    answer(&world, &id)
}

async fn rules(State(shared): State<Shared>) -> Response {
    api::json(StatusCode::OK, &shared.lock().subscriptions.rules)
}

async fn set_rules(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refusal> {
    let rules: Rules = api::read_json(&body)?;
    shared.lock().subscriptions.rules = rules;
    Ok(api::json(StatusCode::OK, &rules))
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
