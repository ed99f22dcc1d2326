//! A test says what happens to an order, and it happens: `POST /v1/orders/{id}/events`.
//!
//! Source: "Test payment processing" of Mercado Pago Point. An order that waits for its seller can still turn out
//! to be paid, and cannot be canceled: measured.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;

use super::found;
use super::refused::{Refused, refused, unreadable};
use super::words::{rejection, standing};
use crate::api::caller::Caller;
use crate::charge::Outcome;
use crate::in_person::{Asked, By, Card, End, GivenBack, Intent, Phase, notices, road};
use crate::world::{Shared, World};

#[derive(Deserialize)]
struct Event {
    status: String,
    status_detail: Option<String>,
    payment_method_id: Option<String>,
    installments: Option<u16>,
}

pub(super) async fn happen(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    let event: Event = serde_json::from_slice(&body).map_err(|error| unreadable(&error))?;
    let mut world = shared.lock();
    let intent = found(&world, caller.seller, &id)?.clone();
    let (is_live, is_open_question) = match intent.phase {
        Phase::Open | Phase::AtTerminal | Phase::Processing(_) => (true, false),
        Phase::Ended(End::Unconfirmed(_)) => (false, true),
        _ => (false, false),
    };
    match event.status.as_str() {
        "processed" if is_live || is_open_question => {
            charge(&mut world, &intent, &event, Outcome::Approved)?;
        }
        "failed" if is_live => fail(&mut world, &intent, &event)?,
        "canceled" if is_live => end(&mut world, &id, End::Canceled(By::Terminal)),
        "expired" if is_live => end(&mut world, &id, End::Expired),
        "action_required" if is_live => end(&mut world, &id, End::Unconfirmed(None)),
        "refunded" if standing(&world, &intent).status == "processed" => give_back(&mut world, &intent)?,
        "processed" | "failed" | "canceled" | "expired" | "action_required" | "refunded" => {
            let message = "the order cannot change to this status";
            return Err(refused(StatusCode::CONFLICT, "invalid_order_status", message));
        }
        _ => return Err(refused(StatusCode::BAD_REQUEST, "property_value", "the status is not known")),
    }
    Ok(StatusCode::NO_CONTENT)
}

fn end(world: &mut World, id: &str, end: End) {
    road::enter(world, id, Phase::Ended(end));
}

fn charge(world: &mut World, intent: &Intent, event: &Event, outcome: Outcome) -> Result<(), Refused> {
    let method = event.payment_method_id.as_deref().unwrap_or("visa");
    let card = Card::named(method).ok_or_else(|| {
        refused(StatusCode::BAD_REQUEST, "property_value", "payment_method_id is not known")
    })?;
    if let Some(kept) = world.in_person.intents.get_mut(&intent.id) {
        kept.card = Some(card);
        if let (Asked::Fourth(asked), Some(installments)) = (&mut kept.asked, event.installments) {
            asked.installments = installments;
        }
    }
    // What the bank has charged already is not charged again.
    let charged = match intent.payment() {
        Some(charged) => *charged,
        None => {
            let charge = road::charge(world, intent, card, outcome);
            world.charge(charge)
        }
    };
    end(world, &intent.id, End::Charged(charged));
    Ok(())
}

fn fail(world: &mut World, intent: &Intent, event: &Event) -> Result<(), Refused> {
    match event.status_detail.as_deref() {
        None | Some("failed" | "processing_error") => {
            end(world, &intent.id, End::Failed);
            Ok(())
        }
        Some(detail) => {
            let rejected = rejection(detail).ok_or_else(|| {
                refused(StatusCode::BAD_REQUEST, "property_value", "status_detail is not known")
            })?;
            charge(world, intent, event, Outcome::Rejected(rejected))
        }
    }
}

fn give_back(world: &mut World, intent: &Intent) -> Result<(), Refused> {
    let Some(charged) = intent.payment() else { return Ok(()) };
    let remaining = world.payment(charged.id).map_or(0, |payment| payment.remaining_minor());
    let refund = world.refund(intent.seller, charged.id, None)?;
    let id = format!("REF{}", world.draw.ulid());
    note(world, &intent.id, GivenBack { id, refund, amount_minor: remaining });
    Ok(())
}

/// Notes a refund and tells of it.
pub(super) fn note(world: &mut World, id: &str, refund: GivenBack) {
    let now = world.moment();
    if let Some(intent) = world.in_person.intents.get_mut(id) {
        intent.refunds.push(refund);
        intent.since = now;
        intent.version += 1;
    }
    notices::tell(world, id);
}
