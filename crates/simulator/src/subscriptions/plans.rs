//! Plans: `/preapproval_plan`.
//!
//! Source: the reference of plans. A change of amount or reason reaches the subscriptions, a change of frequency does
//! not and drops a trial that is not sent with it: measured.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use super::answer::APPLICATION;
use super::rules::Rules;
use super::search::Page;
use super::terms::{Asked, Kept, Told, bad};
use super::{Plan, notices};
use crate::api;
use crate::api::caller::Caller;
use crate::refusal::Refusal;
use crate::time::Api;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/preapproval_plan", post(create))
        .route("/preapproval_plan/search", get(search))
        .route("/preapproval_plan/{id}", get(read).put(change))
}

#[derive(Deserialize)]
struct Create {
    reason: String,
    back_url: String,
    external_reference: Option<String>,
    auto_recurring: Asked,
    payment_methods_allowed: Option<Kept>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    back_url: &'a str,
    collector_id: u64,
    application_id: u64,
    reason: &'a str,
    external_reference: Option<&'a str>,
    status: &'static str,
    date_created: Api,
    last_modified: Api,
    init_point: String,
    auto_recurring: Told,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_methods_allowed: Option<&'a Kept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribed: Option<usize>,
}

impl<'a> Answer<'a> {
    fn of(plan: &'a Plan, rules: Rules) -> Self {
        Self {
            id: &plan.id,
            back_url: &plan.back_url,
            collector_id: plan.seller,
            application_id: APPLICATION,
            reason: &plan.reason,
            external_reference: plan.reference.as_deref(),
            status: if plan.is_active { "active" } else { "cancelled" },
            date_created: Api(plan.created),
            last_modified: Api(plan.modified),
            init_point: format!(
                "https://www.mercadopago.com.ar/subscriptions/checkout?preapproval_plan_id={}",
                plan.id
            ),
            auto_recurring: plan.terms.of_plan(plan.created, rules),
            payment_methods_allowed: plan.methods_allowed.as_ref(),
            subscribed: None,
        }
    }
}

async fn create(State(shared): State<Shared>, caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    if asked.reason.is_empty() || asked.back_url.is_empty() {
        return Err(bad("reason and back_url are required"));
    }
    let mut world = shared.lock();
    let terms = asked.auto_recurring.terms(world.seller(caller.seller).site, world.now())?;
    let now = world.moment();
    let plan = Plan {
        id: world.draw.hex32(),
        seller: caller.seller,
        reason: asked.reason,
        back_url: asked.back_url,
        reference: asked.external_reference,
        is_active: true,
        terms,
        methods_allowed: asked.payment_methods_allowed,
        created: now,
        modified: now,
        version: 0,
    };
    let answer = api::json(StatusCode::CREATED, &Answer::of(&plan, world.subscriptions.rules));
    let id = plan.id.clone();
    world.subscriptions.plans.insert(id.clone(), plan);
    notices::plan(&mut world, &id);
    Ok(answer)
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    Ok(api::json(StatusCode::OK, &Answer::of(found(&world, caller.seller, &id)?, world.subscriptions.rules)))
}

#[derive(Deserialize)]
struct Change {
    reason: Option<String>,
    back_url: Option<String>,
    external_reference: Option<String>,
    status: Option<String>,
    auto_recurring: Option<Asked>,
    payment_methods_allowed: Option<Kept>,
}

async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Change = api::read_json(&body)?;
    let mut world = shared.lock();
    let mut plan = found(&world, caller.seller, &id)?.clone();
    match asked.status.as_deref() {
        None => {}
        Some("active") if plan.is_active => {}
        Some("cancelled" | "inactive") => plan.is_active = false,
        Some(_) => return Err(bad("status must be cancelled")),
    }
    if let Some(recurring) = &asked.auto_recurring {
        apply(&mut plan, recurring)?;
    }
    plan.reason = asked.reason.unwrap_or(plan.reason);
    plan.back_url = asked.back_url.unwrap_or(plan.back_url);
    plan.reference = asked.external_reference.or(plan.reference);
    plan.methods_allowed = asked.payment_methods_allowed.or(plan.methods_allowed);
    plan.modified = world.moment();
    plan.version += 1;
    pass_on(&mut world, &plan);
    let answer = api::json(StatusCode::OK, &Answer::of(&plan, world.subscriptions.rules));
    world.subscriptions.plans.insert(id.clone(), plan);
    notices::plan(&mut world, &id);
    Ok(answer)
}

fn apply(plan: &mut Plan, asked: &Asked) -> Result<(), Refusal> {
    let terms = &mut plan.terms;
    terms.amount_minor = asked.amount(terms.site)?.or(terms.amount_minor);
    let trial = asked.trial()?;
    if asked.touches_frequency() {
        terms.every = asked.frequency(terms.every)?;
        terms.trial = trial;
    } else {
        terms.trial = trial.or(terms.trial);
    }
    Ok(())
}

/// What of a plan its subscriptions follow.
fn pass_on(world: &mut World, plan: &Plan) {
    let of_plan = |id: &Option<String>| id.as_deref() == Some(plan.id.as_str());
    for preapproval in world.subscriptions.preapprovals.values_mut().filter(|sub| of_plan(&sub.plan)) {
        let amount_minor = plan.terms.amount_minor.or(preapproval.terms.amount_minor);
        if (preapproval.terms.amount_minor, &preapproval.reason) == (amount_minor, &plan.reason) {
            continue;
        }
        preapproval.terms.amount_minor = amount_minor;
        preapproval.reason.clone_from(&plan.reason);
        preapproval.version += 1;
        preapproval.modified = plan.modified;
    }
}

#[derive(Deserialize)]
struct Wanted {
    status: Option<String>,
    q: Option<String>,
    #[serde(flatten)]
    page: Page,
}

async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let calendar = &world.subscriptions;
    let is_wanted = |plan: &&Plan| {
        let status = if plan.is_active { "active" } else { "cancelled" };
        plan.seller == caller.seller
            && wanted.status.as_deref().is_none_or(|word| word == status)
            && wanted.q.as_deref().is_none_or(|text| plan.reason.contains(text))
    };
    let mut plans: Vec<_> = calendar.plans.values().filter(is_wanted).collect();
    plans.sort_by_key(|plan| (plan.created, &plan.id));
    let mut subscribed: BTreeMap<&str, usize> = BTreeMap::new();
    for plan in calendar.preapprovals.values().filter_map(|preapproval| preapproval.plan.as_deref()) {
        *subscribed.entry(plan).or_default() += 1;
    }
    let rows = plans.into_iter().map(|plan| {
        let subscribed = subscribed.get(plan.id.as_str()).copied().unwrap_or(0);
        Answer { subscribed: Some(subscribed), ..Answer::of(plan, calendar.rules) }
    });
    wanted.page.answer(rows.collect())
}

fn found<'w>(world: &'w World, seller: u64, id: &str) -> Result<&'w Plan, Refusal> {
    let found = world.subscriptions.plans.get(id).filter(|plan| plan.seller == seller);
    found.ok_or_else(|| {
        let message = format!("The template with id {id} does not exist");
        Refusal::new(StatusCode::NOT_FOUND, "not_found", message)
    })
}
