//! Changes of a subscription: `PUT /preapproval/{id}`.
//!
//! What the table "Subscription management" promises and what was measured differ: frequency, dates, billing day,
//! currency, payer and plan are answered with 200 and stay as they were, and so they do here, unless the rules say
//! that frequency, billing day and end are followed. A paused subscription can only be resumed or cancelled, a
//! cancelled one not be changed at all.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use super::answer::Answer;
use super::rules::Dates;
use super::terms::{Asked, bad};
use super::{CardOnFile, Preapproval, Secondary, Standing, Terms, billing, create, notices};
use crate::api;
use crate::api::caller::Caller;
use crate::refusal::Refusal;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/preapproval/{id}", get(read).put(change))
}

/// What a change may ask for; every other field is passed over in silence, as the provider does.
#[derive(Deserialize)]
struct Change {
    status: Option<String>,
    reason: Option<String>,
    external_reference: Option<String>,
    back_url: Option<String>,
    auto_recurring: Option<Asked>,
    card_token_id: Option<String>,
    card_token_id_secondary: Option<String>,
    payment_method_id_secondary: Option<String>,
}

impl Change {
    /// Whether it asks for anything beside another status.
    fn is_more_than_status(&self) -> bool {
        self.reason.is_some()
            || self.external_reference.is_some()
            || self.back_url.is_some()
            || self.auto_recurring.as_ref().is_some_and(|asked| asked.transaction_amount.is_some())
            || self.card_token_id.is_some()
            || self.card_token_id_secondary.is_some()
            || self.payment_method_id_secondary.is_some()
    }
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    Ok(api::json(StatusCode::OK, &Answer::of(found(&world, caller.seller, &id)?)))
}

async fn change(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Change = api::read_json(&body)?;
    let mut world = shared.lock();
    // What is due by now comes before the change.
    billing::run_due(&mut world);
    let preapproval = found(&world, caller.seller, &id)?;
    let wanted = asked.status.as_deref().map(|word| {
        Standing::named(word).ok_or_else(|| bad("status must be authorized, paused or cancelled"))
    });
    let wanted = wanted.transpose()?.filter(|wanted| *wanted != preapproval.standing);
    allow(preapproval, wanted, &asked)?;
    let amount = match &asked.auto_recurring {
        Some(recurring) => recurring.amount(preapproval.terms.site)?,
        None => None,
    };
    let dates = match &asked.auto_recurring {
        Some(recurring) if world.subscriptions.rules.dates == Dates::Followed => {
            recurring.dates(&preapproval.terms, world.now())?
        }
        _ => None,
    };
    if let Some(token) = &asked.card_token_id {
        put_card(&mut world, &id, token)?;
    }
    if let Some(terms) = dates {
        put_dates(&mut world, &id, terms);
    }
    rewrite(&mut world, &id, asked, amount);
    match wanted {
        Some(Standing::Cancelled) => billing::cancel(&mut world, &id),
        Some(standing @ (Standing::Paused | Standing::Authorized)) => move_to(&mut world, &id, standing),
        Some(Standing::Pending) | None => {}
    }
    Ok(api::json(StatusCode::OK, &Answer::of(found(&world, caller.seller, &id)?)))
}

/// Refuses what is not possible where the subscription stands.
fn allow(preapproval: &Preapproval, wanted: Option<Standing>, asked: &Change) -> Result<(), Refusal> {
    let is_allowed = match (preapproval.standing, wanted) {
        (Standing::Cancelled, _) => return Err(bad("You can not modify a cancelled preapproval.")),
        (_, Some(Standing::Pending)) | (Standing::Pending, Some(Standing::Paused)) => false,
        (Standing::Pending, Some(Standing::Authorized)) => asked.card_token_id.is_some(),
        (Standing::Paused, _) if asked.is_more_than_status() => {
            return Err(bad("You can not modify a paused preapproval."));
        }
        _ => true,
    };
    if is_allowed { Ok(()) } else { Err(bad("Invalid transition of status.")) }
}

/// Another card, which is checked first. It authorizes a subscription that waits for its payer.
fn put_card(world: &mut World, id: &str, token: &str) -> Result<(), Refusal> {
    let holder = create::holder(world, token);
    let standing = world.subscriptions.preapprovals.get(id).map(|preapproval| preapproval.standing);
    if standing == Some(Standing::Pending) {
        create::begin(world, id, holder)?;
    } else {
        create::check_card(world, id, &holder)?;
        let card = world.draw.digits(10);
        let now = world.moment();
        if let Some(preapproval) = world.subscriptions.preapprovals.get_mut(id) {
            preapproval.card = Some(CardOnFile { id: card, holder });
            preapproval.version += 1;
            preapproval.modified = now;
        }
    }
    notices::preapproval(world, id);
    Ok(())
}

/// Other dates, from the next instalment on.
fn put_dates(world: &mut World, id: &str, terms: Terms) {
    let now = world.moment();
    let calendar = &mut world.subscriptions;
    let rules = calendar.rules;
    let Some(preapproval) = calendar.preapprovals.get_mut(id) else { return };
    let has_other_days =
        (terms.every, terms.billing_day) != (preapproval.terms.every, preapproval.terms.billing_day);
    preapproval.terms = terms;
    preapproval.version += 1;
    preapproval.modified = now;
    let terms = &preapproval.terms;
    match preapproval.begun {
        Some(begun) => {
            preapproval.quotas = terms.quotas(begun, rules);
            preapproval.rhythm.ends_at = terms.ends;
            if let Some(next) = preapproval.next().filter(|_| has_other_days) {
                preapproval.rhythm = preapproval.terms.anew(next, rules);
                preapproval.position = 0;
            }
        }
        None => {
            preapproval.rhythm = terms.rhythm(preapproval.created, rules);
            preapproval.quotas = terms.quotas(preapproval.created, rules);
        }
    }
    calendar.note_next(id);
    calendar.note_end(id);
}

/// Texts, the amount from the next charge on, and the second method. Nobody is told of these: measured.
fn rewrite(world: &mut World, id: &str, asked: Change, amount: Option<i64>) {
    let now = world.moment();
    let card = world.draw.digits(10);
    let Some(preapproval) = world.subscriptions.preapprovals.get_mut(id) else { return };
    let is_secondary = asked.payment_method_id_secondary.is_some() || asked.card_token_id_secondary.is_some();
    let texts = asked.reason.is_some() || asked.external_reference.is_some() || asked.back_url.is_some();
    if !(is_secondary || texts || amount.is_some()) {
        return;
    }
    if is_secondary {
        preapproval.secondary = Some(Secondary {
            method: asked.payment_method_id_secondary,
            card: asked.card_token_id_secondary.map(|_| card),
        });
    }
    preapproval.reason = asked.reason.unwrap_or_else(|| preapproval.reason.clone());
    preapproval.reference = asked.external_reference.or(preapproval.reference.take());
    preapproval.back_url = asked.back_url.or(preapproval.back_url.take());
    preapproval.terms.amount_minor = amount.or(preapproval.terms.amount_minor);
    preapproval.version += 1;
    preapproval.modified = now;
}

/// Pauses or resumes. The dates go on while it is paused, and nothing is made up for afterwards.
fn move_to(world: &mut World, id: &str, standing: Standing) {
    let now = world.moment();
    let Some(preapproval) = world.subscriptions.preapprovals.get_mut(id) else { return };
    if preapproval.standing == standing {
        return;
    }
    preapproval.standing = standing;
    preapproval.version += 1;
    preapproval.modified = now;
    notices::preapproval(world, id);
}

/// The seller's subscription of this id.
pub(super) fn found<'w>(world: &'w World, seller: u64, id: &str) -> Result<&'w Preapproval, Refusal> {
    let found = world.subscriptions.preapprovals.get(id).filter(|found| found.seller == seller);
    found.ok_or_else(|| {
        let message = format!("The preapproval with id {id} does not exist");
        Refusal::new(StatusCode::NOT_FOUND, "not_found", message)
    })
}
