//! One order about a payment: look, send, take the answer in, settle.
//!
//! Each step leaves the order as open as it was, or ended by a fact. So the process may die between any two, and
//! another may work on the same order: the look comes first, and the key is the same.

use std::collections::BTreeMap;

use bytes::Bytes;
use client::call::IdempotencyKey;
use client::calls::payment::{Cancel, Capture, Get};
use client::calls::refund::Create;
use client::error::ClientError;
use client::error::code::ErrorCode;
use domain::currency::Currency;
use domain::ids::PaymentId;
use domain::money::Money;
use domain::payment::machine::Payment;
use domain::payment::state::State;
use domain::payment::{Command, Order, Stage};
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::refund::ORDER_KEY;
use mercadopago::topics::Resource;
use serde_json::value::RawValue;

use super::became::{Became, Why};
use super::courier::{Courier, Sending};
use super::verdict::{is_put_off, verdict_of};
use super::{doubt, meters, refund};
use crate::errand::Errand;
use crate::error::EngineError;
use crate::execute::{ATTEMPTS, By, Wrote};
use crate::look::chain;

/// Who is told to have ended an order.
const PROVIDER: &str = "provider";

/// How an order ended; `None` while it is open.
///
/// # Errors
/// When it is not known, another person must approve it first, or the store fails.
pub(super) async fn standing(
    courier: &Courier,
    stream: &StreamId,
    request: &Text,
) -> Result<Option<Became>, Why> {
    let state = courier.desk.state::<Payment>(stream).await?;
    let known = state.as_ref().and_then(|state| state.known());
    let order = order_of(state.as_ref(), request);
    match known.zip(order).map(|(known, order)| known.stage_of(request, order)) {
        Some(Stage::Open) => Ok(None),
        Some(Stage::Done { .. }) => Ok(Some(Became::Done)),
        Some(Stage::Refused { code }) => Ok(Some(Became::Refused { code })),
        Some(Stage::Held) => Err(Why::Held),
        // Nothing is put into the outbox for an order that was declined.
        Some(Stage::Declined { .. }) | None => Err(Why::Unknown { stream: stream.clone() }),
    }
}

/// An order of a payment.
pub(super) fn order_of<'s>(state: Option<&'s State>, request: &Text) -> Option<&'s Order> {
    state?.known()?.asked.orders.get(request)
}

/// Carries an order out that is open.
///
/// # Errors
/// Why it is still open.
pub(super) async fn carry_out(courier: &Courier, sending: &Sending<'_>) -> Result<Became, Why> {
    // What nobody can look at is not sent. It is not refused either: an earlier try may have been carried out.
    look(courier, sending).await?;
    if let Some(ended) = standing(courier, sending.stream, sending.request()).await? {
        return Ok(ended);
    }
    if let Errand::Refund { .. } = sending.errand
        && let Some(ended) = refund::made_long_ago(courier, sending).await?
    {
        return Ok(ended);
    }
    meters::sent();
    match send(courier, sending).await? {
        Ok(body) => settle(courier, sending, &body).await,
        Err(error) if is_put_off(&error) => Err(error.into()),
        Err(error) => {
            let is_of_state = error.refusal().is_some_and(|refusal| is_of_state(&refusal.code));
            let code = verdict_of(error)?;
            // An earlier try may have been carried out and its answer lost: then this one is refused.
            look(courier, sending).await?;
            if let Some(ended) = standing(courier, sending.stream, sending.request()).await? {
                return Ok(ended);
            }
            if let Errand::Refund { .. } = sending.errand {
                return refund::refused(courier, sending, code).await;
            }
            let is_doubted = is_of_state && is_shown_possible(courier, sending).await?;
            if is_doubted && !doubt::is_over(courier, sending).await? {
                return Err(Why::Contradicted { code });
            }
            refuse(courier, sending, code).await
        }
    }
}

/// Whether a change was refused because of where the payment stands. Refunds are told apart by their key instead.
fn is_of_state(code: &ErrorCode) -> bool {
    matches!(code, ErrorCode::ActionInvalidForState | ErrorCode::ResourceStateForbids)
}

/// Whether the payment is shown where the order could be carried out: then what is shown may be older than the refusal.
async fn is_shown_possible(courier: &Courier, sending: &Sending<'_>) -> Result<bool, Why> {
    let state = courier.desk.state::<Payment>(sending.stream).await?;
    let order = order_of(state.as_ref(), sending.request());
    let known = state.as_ref().and_then(|state| state.known());
    Ok(order.zip(known).is_some_and(|(order, known)| order.wish.is_possible(known.described.standing)))
}

/// Reads the payment and takes in what the provider says.
pub(super) async fn look(courier: &Courier, sending: &Sending<'_>) -> Result<(), Why> {
    let reply = courier.client.send(&sending.seller, &Get { id: payment_of(sending) }).await?;
    courier.take(sending, Resource::Payment, sending.stream.id(), &reply.body).await
}

async fn send(courier: &Courier, sending: &Sending<'_>) -> Result<Result<Bytes, ClientError>, Why> {
    let (client, seller, id) = (&courier.client, &sending.seller, payment_of(sending));
    let key = sending.key.clone();
    Ok(match sending.errand {
        Errand::Refund { request, amount, currency } => {
            let (amount, metadata) = (money(amount.as_ref(), *currency)?, Some(noted(request)));
            let call = Create { payment: id, amount, remaining: None, metadata, key };
            client.send(seller, &call).await.map(|reply| reply.body)
        }
        Errand::Capture { amount, currency, .. } => {
            let amount = money(amount.as_ref(), *currency)?;
            let call = Capture { id, amount, reserved: None, key: Some(key) };
            client.send(seller, &call).await.map(|reply| reply.body)
        }
        Errand::Cancel { .. } => {
            client.send(seller, &Cancel { id, key: Some(key) }).await.map(|reply| reply.body)
        }
        Errand::CancelIntent { .. } => return Err(Why::Unknown { stream: sending.stream.clone() }),
    })
}

/// Takes the answer in, which is a statement like any other, and sees what became of the order.
async fn settle(courier: &Courier, sending: &Sending<'_>, body: &[u8]) -> Result<Became, Why> {
    let is_empty = body.trim_ascii().is_empty();
    match sending.errand {
        Errand::Refund { .. } if is_empty => refund::repeated(courier, sending).await,
        Errand::Refund { .. } => {
            let ended = refund::answered(courier, sending, body).await?;
            look_after(courier, sending, &ended).await;
            Ok(ended)
        }
        Errand::Capture { .. } | Errand::Cancel { .. } | Errand::CancelIntent { .. } => {
            if is_empty {
                look(courier, sending).await?;
            } else {
                courier.take(sending, Resource::Payment, sending.stream.id(), body).await?;
            }
            let ended = standing(courier, sending.stream, sending.request()).await?;
            ended.ok_or(Why::NotShown)
        }
    }
}

/// The answer to a refund tells of the refund alone: where the payment stands with it and which charges came back, only
/// the payment tells. The order has ended without that too.
async fn look_after(courier: &Courier, sending: &Sending<'_>, ended: &Became) {
    if !matches!(ended, Became::Done) {
        return;
    }
    if let Err(why) = look(courier, sending).await {
        tracing::warn!(
            order.stream = %sending.stream, order.request = %sending.request(), error = chain(&why),
            "a refund was made, and its payment cannot be read yet; polling reads it again"
        );
    }
}

async fn refuse(courier: &Courier, sending: &Sending<'_>, code: Text) -> Result<Became, Why> {
    record(courier, sending, Command::RecordRefusal { request: sending.request().clone(), code }).await
}

/// Writes how an order ended, unless that is written already.
pub(super) async fn record(
    courier: &Courier,
    sending: &Sending<'_>,
    command: Command,
) -> Result<Became, Why> {
    // A refund that was made is told whatever another sender, whose try was refused, has written meanwhile.
    let is_made = matches!(command, Command::RecordRefund { .. });
    for _ in 0..ATTEMPTS {
        match standing(courier, sending.stream, sending.request()).await? {
            Some(Became::Refused { .. }) if is_made => {}
            Some(ended) => return Ok(ended),
            None => {}
        }
        let by = By { actor: PROVIDER.into(), key: IdempotencyKey::fresh().as_str().into(), errand: None };
        match courier.desk.execute::<Payment>(sending.stream, command.clone(), by).await {
            Ok(Wrote::Conflict) => {}
            Ok(Wrote::Facts | Wrote::Nothing) => {
                let ended = standing(courier, sending.stream, sending.request()).await?;
                return ended.ok_or(Why::NotShown);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(EngineError::Contended { attempts: ATTEMPTS }.into())
}

/// The payment that an order is about.
pub(super) fn payment_of(sending: &Sending<'_>) -> PaymentId {
    PaymentId::from(sending.stream.id())
}

fn money(amount: Option<&Text>, currency: Currency) -> Result<Option<Money>, Why> {
    Ok(amount.map(|amount| Money::parse(amount, currency)).transpose()?)
}

/// The note by which a refund tells whose order it is.
fn noted(request: &Text) -> Box<RawValue> {
    let note = BTreeMap::from([(ORDER_KEY, request)]);
    serde_json::value::to_raw_value(&note).expect("texts are JSON")
}
