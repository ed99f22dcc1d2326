//! Gives an order's money back, all of it or a part: `POST /v1/orders/{id}/refund`.
//!
//! Source: "Refunds" of orders on Point: within 90 days of the payment, which is half of what payments allow.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::refused::{Refused, refused, unreadable};
use super::words::standing;
use super::{answer, found, keyed, staged};
use crate::api::caller::Caller;
use crate::idempotency;
use crate::in_person::GivenBack;
use crate::money;
use crate::world::{Shared, World};

/// How long after its payment an order can be refunded.
const WINDOW: TimeDelta = TimeDelta::days(90);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    transactions: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    id: String,
    amount: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    status: &'static str,
    status_detail: &'static str,
    transactions: Refunds<'a>,
}

#[derive(Serialize)]
struct Refunds<'a> {
    refunds: Vec<answer::Refund<'a>>,
}

pub(super) async fn refund(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refused> {
    let mut world = shared.lock();
    let path = format!("orders/{id}/refund");
    keyed::once(&mut world, caller.seller, &path, &headers, &body, |world| {
        give_back(world, caller.seller, &id, &body)?;
        let intent = found(world, caller.seller, &id)?;
        let standing = standing(world, intent);
        let mut refunds = answer::refunds(world, intent)?;
        let latest = refunds.split_off(refunds.len().saturating_sub(1));
        let answer = Answer {
            id: &id,
            status: standing.status,
            status_detail: standing.detail,
            transactions: Refunds { refunds: latest },
        };
        Ok(idempotency::Answer::json(StatusCode::CREATED, &answer))
    })
}

fn give_back(world: &mut World, seller: u64, id: &str, body: &[u8]) -> Result<(), Refused> {
    let intent = found(world, seller, id)?;
    let standing = standing(world, intent);
    let charged = intent.payment().filter(|_| standing.status == "processed").copied();
    let charged = charged.ok_or_else(|| conflict("the order is not paid, or not any more"))?;
    let payment = world.payment(charged.id).ok_or_else(|| conflict("the order is not paid"))?;
    if payment.approved.is_none_or(|approved| world.now() - approved > WINDOW) {
        return Err(conflict("the order was paid more than 90 days ago"));
    }
    let remaining = payment.remaining_minor();
    let decimals = world.seller(seller).site.decimals();
    let part = part(body)?.map(|part| read(&part, intent, decimals)).transpose()?;
    if part.is_some_and(|minor| minor > remaining) {
        return Err(value("the amount is more than what is left of the payment"));
    }
    let refund = world.refund(seller, charged.id, part)?;
    let refund = GivenBack {
        id: format!("REF{}", world.draw.ulid()),
        refund,
        amount_minor: part.unwrap_or(remaining),
    };
    staged::note(world, id, refund);
    Ok(())
}

/// The part that is asked for; an empty body asks for all of it.
fn part(body: &[u8]) -> Result<Option<Part>, Refused> {
    if body.iter().all(u8::is_ascii_whitespace) || body == b"{}" {
        return Ok(None);
    }
    let wanted: Wanted = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
    let parts = <[Part; 1]>::try_from(wanted.transactions);
    let [part] = parts.map_err(|_| value("transactions must name the one payment"))?;
    Ok(Some(part))
}

fn read(part: &Part, intent: &crate::in_person::Intent, decimals: u32) -> Result<i64, Refused> {
    let crate::in_person::Asked::Fourth(asked) = &intent.asked else {
        return Err(conflict("the order is not paid"));
    };
    if part.id != asked.payment {
        return Err(value("the transaction is not the order's"));
    }
    let minor = money::parse(&part.amount, decimals).filter(|minor| *minor > 0);
    minor.ok_or_else(|| value("amount must be a positive decimal text"))
}

fn conflict(message: &str) -> Refused {
    refused(StatusCode::CONFLICT, "cannot_refund_order", message)
}

fn value(message: &str) -> Refused {
    refused(StatusCode::BAD_REQUEST, "property_value", message)
}
