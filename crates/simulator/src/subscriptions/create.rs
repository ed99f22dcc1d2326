//! Makes subscriptions, in their three ways: with a plan, without one and paid by a card, without one and waiting for
//! the payer.
//!
//! Source: the reference of `/preapproval` and "Subscriptions with an associated plan", "with authorized payment",
//! "with pending payment". The same request twice makes two: measured.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use chrono::TimeDelta;
use serde::Deserialize;

use super::answer::Answer;
use super::terms::{Asked, Terms, bad};
use super::{CardOnFile, Due, Preapproval, Standing, Tally, notices};
use crate::api;
use crate::api::caller::Caller;
use crate::charge::{Charge, Outcome};
use crate::payment::{Channel, Method, Operation};
use crate::refusal::Refusal;
use crate::world::{Shared, World};

/// How long a subscription stays whose card was refused when it began: measured as 1 to 11 seconds.
const WITHDRAWN_AFTER: TimeDelta = TimeDelta::seconds(5);

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/preapproval", post(create))
}

#[derive(Deserialize)]
struct Create {
    preapproval_plan_id: Option<String>,
    reason: Option<String>,
    external_reference: Option<String>,
    payer_email: Option<String>,
    card_token_id: Option<String>,
    auto_recurring: Option<Asked>,
    back_url: Option<String>,
    status: Option<String>,
}

async fn create(State(shared): State<Shared>, caller: Caller, body: Bytes) -> Result<Response, Refusal> {
    let asked: Create = api::read_json(&body)?;
    if asked.payer_email.as_deref().is_none_or(str::is_empty) {
        return Err(bad("payer_email is required"));
    }
    let mut world = shared.lock();
    let (standing, token) = match (asked.status.as_deref(), asked.card_token_id.as_deref()) {
        (Some("authorized"), Some(token)) => (Standing::Authorized, Some(token)),
        (Some("authorized"), None) => return Err(bad("card_token_id is required")),
        _ if asked.preapproval_plan_id.is_some() => {
            return Err(bad("a subscription with a plan needs card_token_id and status authorized"));
        }
        (Some("pending") | None, _) => (Standing::Pending, None),
        (Some(_), _) => return Err(bad("status must be authorized or pending")),
    };
    let terms = match &asked.preapproval_plan_id {
        Some(plan) => with_plan(&world, caller.seller, plan, asked.auto_recurring.as_ref())?,
        None => without_plan(&world, caller.seller, &asked)?,
    };
    let holder = token.map(|token| holder(&world, token));
    let mut made = fresh(&mut world, caller.seller, terms, standing);
    made.plan = asked.preapproval_plan_id;
    made.reason = asked.reason.unwrap_or(made.reason);
    made.reference = asked.external_reference;
    made.back_url = asked.back_url;
    if let Some(plan) = made.plan.as_ref().and_then(|plan| world.subscriptions.plans.get(plan)) {
        made.reason.clone_from(&plan.reason);
    }
    let id = made.id.clone();
    world.subscriptions.preapprovals.insert(id.clone(), made);
    if let Some(holder) = holder {
        begin(&mut world, &id, holder)?;
    }
    notices::preapproval(&mut world, &id);
    let made = world.subscriptions.preapprovals.get(&id).ok_or_else(|| bad("the subscription is gone"))?;
    Ok(api::json(StatusCode::CREATED, &Answer::of(made)))
}

/// The plan's terms win; another amount is refused.
fn with_plan(world: &World, seller: u64, plan: &str, asked: Option<&Asked>) -> Result<Terms, Refusal> {
    let plan = world.subscriptions.plans.get(plan).filter(|plan| plan.seller == seller && plan.is_active);
    let plan = plan.ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, "not_found", "The template with id does not exist")
    })?;
    let site = plan.terms.site;
    let amount = asked.map(|asked| asked.amount(site)).transpose()?.flatten();
    if amount.is_some() && plan.terms.amount_minor.is_some() && amount != plan.terms.amount_minor {
        return Err(bad("transaction_amount must be that of the plan"));
    }
    let own = asked.map(|asked| asked.terms(site, world.now())).transpose()?;
    Ok(Terms {
        amount_minor: plan.terms.amount_minor.or(amount),
        starts: own.as_ref().and_then(|own| own.starts),
        ends: own.as_ref().and_then(|own| own.ends),
        ..plan.terms.clone()
    })
}

/// Without a plan there are no repetitions and no billing day: both are dropped in silence, measured.
fn without_plan(world: &World, seller: u64, asked: &Create) -> Result<Terms, Refusal> {
    if asked.reason.as_deref().is_none_or(str::is_empty) {
        return Err(bad("reason is required"));
    }
    let recurring = asked.auto_recurring.as_ref().ok_or_else(|| bad("auto_recurring is required"))?;
    let terms = recurring.terms(world.seller(seller).site, world.now())?;
    if terms.amount_minor.is_none() {
        return Err(bad("auto_recurring.transaction_amount is required"));
    }
    Ok(Terms { repetitions: None, billing_day: None, proportional: false, ..terms })
}

/// The name on the card behind a token; the tokens of the documentation's samples are approved.
pub(super) fn holder(world: &World, token: &str) -> String {
    world.cards.holder(token).unwrap_or("APRO").to_owned()
}

/// A new subscription of these terms.
pub(super) fn fresh(world: &mut World, seller: u64, terms: Terms, standing: Standing) -> Preapproval {
    let (id, payer) = (world.draw.hex32(), world.draw.digits(9));
    let now = world.moment();
    let rules = world.subscriptions.rules;
    Preapproval {
        id,
        seller,
        plan: None,
        reason: String::new(),
        reference: None,
        back_url: None,
        payer,
        standing,
        rhythm: terms.rhythm(now, rules),
        quotas: terms.quotas(now, rules),
        terms,
        card: None,
        secondary: None,
        created: now,
        modified: now,
        version: 0,
        begun: None,
        position: 0,
        passed: 0,
        made: 0,
        tally: Tally::default(),
    }
}

/// A card is put on a subscription, which is charged from its creation or its authorisation on. A check of the card
/// comes first.
///
/// # Errors
/// When the card is refused: the subscription then ends by itself a little later.
pub(super) fn begin(world: &mut World, id: &str, holder: String) -> Result<(), Refusal> {
    let checked = check_card(world, id, &holder);
    let now = world.moment();
    let card = world.draw.digits(10);
    let calendar = &mut world.subscriptions;
    let rules = calendar.rules;
    if let Err(refused) = checked {
        calendar.due.insert((now + WITHDRAWN_AFTER, Due::Withdraw(id.to_owned())));
        if let Some(preapproval) = calendar.preapprovals.get_mut(id) {
            preapproval.standing = Standing::Pending;
        }
        return Err(refused);
    }
    if let Some(preapproval) = calendar.preapprovals.get_mut(id) {
        let begun = match preapproval.standing {
            // It waited for its payer until now.
            Standing::Pending => {
                preapproval.version += 1;
                preapproval.modified = now;
                now
            }
            Standing::Authorized | Standing::Paused | Standing::Cancelled => preapproval.created,
        };
        preapproval.standing = Standing::Authorized;
        preapproval.rhythm = preapproval.terms.rhythm(begun, rules);
        preapproval.quotas = preapproval.terms.quotas(begun, rules);
        preapproval.begun = Some(begun);
        preapproval.card = Some(CardOnFile { id: card, holder });
    }
    calendar.note_next(id);
    calendar.note_end(id);
    Ok(())
}

/// Charges a card nothing, to see whether it works.
///
/// # Errors
/// When it does not.
pub(super) fn check_card(world: &mut World, id: &str, holder: &str) -> Result<(), Refusal> {
    let seller = world.subscriptions.preapprovals.get(id).map(|preapproval| preapproval.seller);
    let seller = seller.ok_or_else(|| bad("the subscription is gone"))?;
    let charged = world.charge(Charge {
        seller,
        amount_minor: 0,
        method: Method { id: "master".into(), kind: "credit_card".into() },
        installments: 1,
        reference: None,
        description: "Recurring payment validation".to_owned(),
        operation: Operation::CardValidation,
        outcome: Outcome::of_holder(holder).unwrap_or(Outcome::Approved),
        channel: Channel::Online,
    });
    if charged.status == "approved" {
        return Ok(());
    }
    Err(bad("CC_VAL_433 Credit card validation has failed").of_code("CC_VAL_433"))
}
