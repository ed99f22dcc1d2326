//! What becomes of a refund that was sent: by its answer, or by the list when the answer was given before.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use client::calls::refund::{List, Refund};
use domain::currency::Currency;
use domain::fact::Fact;
use domain::ids::RefundId;
use domain::payment::machine::Payment;
use domain::payment::state::Known;
use domain::payment::{Command, Event, Stage, Wish};
use domain::text::Text;
use mercadopago::time;
use mercadopago::topics::Resource;
use serde_json::value::RawValue;
use store::read::StoredEvent;

use super::attribute::{Listed, Sought, attribute};
use super::became::{Became, Why};
use super::courier::{Courier, Sending};
use super::payment::{look, order_of, payment_of, record, standing};
use crate::error::EngineError;
use crate::ingest::{fact_of, fold};
use crate::machines::Kind;

/// The seller, and whoever works for it.
const OUR_SIDE: [&str; 2] = ["collector", "operator"];
/// How long the provider surely knows the key of a call. It does not say; half a day is below what is usual.
const KEY_LIFE: TimeDelta = TimeDelta::hours(12);
/// Refunds that gave nothing back.
const GAVE_NOTHING: [&str; 3] = ["rejected", "cancelled", "canceled"];

/// Settles by an answer that tells of the refund.
pub(super) async fn answered(courier: &Courier, sending: &Sending<'_>, body: &[u8]) -> Result<Became, Why> {
    courier.take(sending, Resource::Refund, sending.stream.id(), body).await?;
    if let Some(Became::Done) = standing(courier, sending.stream, sending.request()).await? {
        return Ok(Became::Done);
    }
    // It does not say whose order it is, but it answers this one.
    let told: Refund = serde_json::from_slice(body).map_err(Why::Garbled)?;
    named(courier, sending, RefundId::from(told.id.as_str())).await
}

/// Settles after an empty answer: the provider did the same before and tells no more of it. The payment's refunds do.
pub(super) async fn repeated(courier: &Courier, sending: &Sending<'_>) -> Result<Became, Why> {
    let refunds = told(courier, sending).await?;
    look(courier, sending).await?;
    if let Some(Became::Done) = standing(courier, sending.stream, sending.request()).await? {
        return Ok(Became::Done);
    }
    match own(courier, sending, &refunds, |wish, _| sought(wish)).await? {
        Some(refund) => named(courier, sending, refund).await,
        None => Err(Why::NoRefund),
    }
}

/// Settles after a refusal. An earlier try may have been carried out and never answered, and this refusal be of the
/// moment.
pub(super) async fn refused(courier: &Courier, sending: &Sending<'_>, code: Text) -> Result<Became, Why> {
    match made(courier, sending).await? {
        Some(ended) => Ok(ended),
        None => {
            record(courier, sending, Command::RecordRefusal { request: sending.request().clone(), code })
                .await
        }
    }
}

/// How an order ended that is so old that the provider may have forgotten its key: what an earlier try made is looked for
/// then, because another one would make it once more. `None` when it is to be sent.
pub(super) async fn made_long_ago(courier: &Courier, sending: &Sending<'_>) -> Result<Option<Became>, Why> {
    if courier.desk.clock.now() - sending.since < KEY_LIFE {
        return Ok(None);
    }
    made(courier, sending).await
}

/// How an order ended, as far as the payment's refunds tell: one of just its amount that was made since is rather the
/// order's than that money is given back twice.
async fn made(courier: &Courier, sending: &Sending<'_>) -> Result<Option<Became>, Why> {
    let refunds = told(courier, sending).await?;
    if let Some(ended) = standing(courier, sending.stream, sending.request()).await? {
        return Ok(Some(ended));
    }
    // All that was paid can be less by the time it is given back, and then nothing is left.
    let exact = |wish, known: &Known| match wish {
        Wish::Refund { is_whole: true, .. } if is_given_back(known) => Some(None),
        Wish::Refund { amount_minor, .. } => Some(Some(amount_minor)),
        Wish::Capture { .. } | Wish::Cancel => None,
    };
    match own(courier, sending, &refunds, exact).await? {
        Some(refund) => named(courier, sending, refund).await.map(Some),
        None => Ok(None),
    }
}

/// Takes in the refunds of the payment.
async fn told(courier: &Courier, sending: &Sending<'_>) -> Result<Vec<Refund>, Why> {
    let reply = courier.client.send(&sending.seller, &List { payment: payment_of(sending) }).await?;
    let refunds = reply.read()?;
    // What is not looked at in a refund may be no text at all.
    let bodies: Vec<&RawValue> = serde_json::from_slice(&reply.body).map_err(Why::Garbled)?;
    for body in bodies {
        courier.take(sending, Resource::Refund, sending.stream.id(), body.get().as_bytes()).await?;
    }
    Ok(refunds)
}

/// The refund that is the order's, as far as its amount and time tell. `amount` says which amount is sought, if any.
async fn own(
    courier: &Courier,
    sending: &Sending<'_>,
    refunds: &[Refund],
    amount: impl Fn(Wish, &Known) -> Option<Option<i64>>,
) -> Result<Option<RefundId>, Why> {
    let state = courier.desk.state::<Payment>(sending.stream).await?;
    let unknown = || Why::Unknown { stream: sending.stream.clone() };
    let order = order_of(state.as_ref(), sending.request()).ok_or_else(unknown)?;
    let known = state.as_ref().and_then(|state| state.known()).ok_or_else(unknown)?;
    let amount_minor = amount(order.wish, known).ok_or_else(unknown)?;
    let mut taken = taken(known);
    taken.extend(older(courier, sending).await?);
    let currency = known.described.terms.currency;
    let listed: Vec<Listed> = refunds.iter().filter_map(|refund| listed(refund, currency)).collect();
    let found = attribute(&listed, Sought { amount_minor, asked_at: sending.since }, &taken);
    Ok(found.map(|found| found.refund.clone()))
}

/// The amount by which a refund of the order is known; any for all that was there, whose amount the provider chose.
fn sought(wish: Wish) -> Option<Option<i64>> {
    match wish {
        Wish::Refund { amount_minor, is_whole } => Some((!is_whole).then_some(amount_minor)),
        Wish::Capture { .. } | Wish::Cancel => None,
    }
}

/// Whether the payer has everything back.
fn is_given_back(known: &Known) -> bool {
    known.keyed.returned_to_payer_minor() >= known.described.terms.gross_minor
}

async fn named(courier: &Courier, sending: &Sending<'_>, refund: RefundId) -> Result<Became, Why> {
    record(courier, sending, Command::RecordRefund { request: sending.request().clone(), refund }).await
}

/// The refunds that the books knew before the order was to be sent: none of them is its own.
async fn older(courier: &Courier, sending: &Sending<'_>) -> Result<Vec<RefundId>, Why> {
    let loaded = courier.desk.store.load(std::slice::from_ref(sending.stream), &[]).await;
    let history = loaded.map_err(EngineError::from)?.histories.remove(sending.stream).unwrap_or_default();
    let lets_go = |event: &StoredEvent| match fact_of(event) {
        Ok(Fact::Payment(Event::RefundRequested(given))) => {
            !given.is_held && given.request == *sending.request()
        }
        Ok(Fact::Payment(Event::OrderApproved(approved))) => approved.request == *sending.request(),
        Ok(_) | Err(_) => false,
    };
    let let_go = history.iter().position(lets_go).unwrap_or(history.len());
    let before = fold(&history[..let_go])?.and_then(Payment::unwrap);
    let named = before.iter().flat_map(|before| &before.keyed().refunds);
    Ok(named.map(|refund| refund.refund.clone()).collect())
}

/// The refunds of orders: those that name one, and those that an order was answered with.
fn taken(known: &Known) -> BTreeSet<RefundId> {
    let named = known.keyed.refunds.iter().filter(|mention| mention.order.is_some());
    let named = named.map(|mention| mention.refund.clone());
    let answered = known.asked.orders.values().filter_map(|order| match &order.stage {
        Stage::Done { refund } => refund.clone(),
        Stage::Held | Stage::Open | Stage::Refused { .. } | Stage::Declined { .. } => None,
    });
    named.chain(answered).collect()
}

/// A refund that may be an order's; one that tells no amount or time, or gave nothing back, is none's.
fn listed(refund: &Refund, currency: Currency) -> Option<Listed> {
    let status = refund.status.as_deref();
    if status.is_some_and(|status| GAVE_NOTHING.contains(&status)) {
        return None;
    }
    let amount = refund.amount.as_ref()?.to_money(currency).ok()?;
    let made_at = time::parse(refund.date_created.as_deref()?).ok()??.instant;
    // Older renderings do not tell who gave it.
    let is_ours = refund.given_by.as_deref().is_none_or(|giver| OUR_SIDE.contains(&giver));
    Some(Listed { refund: RefundId::from(refund.id.as_str()), amount_minor: amount.minor, made_at, is_ours })
}
