//! One order to cancel a request to charge: look, send, look again, settle.
//!
//! A terminal may be faster than any call. So what the provider says of the intent goes before its answer: one that was
//! paid meanwhile was overtaken, whatever the answer, and that a terminal was asked is no cancellation.

use client::call::IdempotencyKey;
use client::calls::cancellation::Cancellation;
use client::error::ClientError;
use domain::intent::machine::Intent;
use domain::intent::state::{Cancel, State};
use domain::intent::{CancelAnswer, Command, Progress};
use domain::stream::StreamId;
use domain::text::Text;
use serde::Deserialize;

use super::became::{Became, Why};
use super::courier::{Courier, Sending};
use super::meters;
use super::verdict::verdict_of;
use crate::error::EngineError;
use crate::execute::{ATTEMPTS, By, Wrote};
use crate::intent_call::Address;

/// Who is told to have ended an order.
const PROVIDER: &str = "provider";
/// What is told of an order whose intent ended another way first.
const OVERTAKEN: &str = "overtaken";
/// What is told of an order after which another one was given: that is possible only when it had failed.
const REPLACED: &str = "replaced";
/// What a terminal that holds the intent is told as, where the provider names no code.
const HELD: &str = "409";

/// The code in an answer that refuses.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: Text,
}

/// How an order ended; `None` while it is open. That the terminal was asked ends the order: only news of the intent tell
/// more.
///
/// # Errors
/// When it is not known, or the store fails.
pub(super) async fn standing(
    courier: &Courier,
    stream: &StreamId,
    request: &Text,
) -> Result<Option<Became>, Why> {
    let state = courier.desk.state::<Intent>(stream).await?;
    let unknown = || Why::Unknown { stream: stream.clone() };
    let state = state.ok_or_else(unknown)?;
    let cancel = state.cancel.as_ref().ok_or_else(unknown)?;
    match cancel.request() {
        Some(known) if known == request => {}
        Some(_) => return Ok(Some(Became::Refused { code: REPLACED.into() })),
        None => return Err(unknown()),
    }
    match cancel {
        Cancel::Pending { deferred: false, .. } => Ok(None),
        Cancel::Pending { .. } | Cancel::Answered { .. } => Ok(state.cancel_answer().map(became)),
    }
}

fn became(answer: CancelAnswer) -> Became {
    match answer {
        CancelAnswer::Accepted => Became::Done,
        CancelAnswer::AcceptedLater => Became::Asked,
        CancelAnswer::Refused { code } => Became::Refused { code },
        CancelAnswer::Overtaken => Became::Refused { code: OVERTAKEN.into() },
    }
}

/// Carries an order out that is open.
///
/// # Errors
/// Why it is still open.
pub(super) async fn carry_out(courier: &Courier, sending: &Sending<'_>) -> Result<Became, Why> {
    let unknown = || Why::Unknown { stream: sending.stream.clone() };
    let (address, at_terminal) = Address::of(sending.stream, sending.errand).ok_or_else(unknown)?;
    // What is known to have ended needs no look, and what was cancelled and never answered is found by one.
    if let Some(end) = end(courier, sending).await? {
        return record(courier, sending, end).await;
    }
    if let Some(end) = look(courier, sending, &address).await? {
        return record(courier, sending, end).await;
    }
    meters::sent();
    let call = address.cancel(sending.key.clone(), at_terminal);
    let answer = match courier.client.send(&sending.seller, &call).await {
        Ok(reply) => match reply.read()? {
            Cancellation::Done => CancelAnswer::Accepted,
            Cancellation::Requested => CancelAnswer::AcceptedLater,
            Cancellation::Held => CancelAnswer::Refused { code: code_of(&reply.body) },
        },
        Err(error) => CancelAnswer::Refused { code: verdict_of(error)? },
    };
    let seen = look(courier, sending, &address).await;
    let end = match (&answer, seen) {
        // What was granted is granted, also when nobody can look at it now.
        (CancelAnswer::Accepted | CancelAnswer::AcceptedLater, Err(_)) => None,
        // An earlier try may have been carried out and its answer lost: then this one is refused.
        (CancelAnswer::Refused { .. } | CancelAnswer::Overtaken, Err(why)) => return Err(why),
        (_, Ok(end)) => end,
    };
    record(courier, sending, end.unwrap_or(answer)).await
}

/// Reads the intent and takes in what the provider says; answers the end of the order that it shows.
async fn look(
    courier: &Courier,
    sending: &Sending<'_>,
    address: &Address,
) -> Result<Option<CancelAnswer>, Why> {
    match address.read(&courier.client, &sending.seller).await {
        Ok(body) => {
            courier.take(sending, address.resource(), &address.id, &body).await?;
            end(courier, sending).await
        }
        Err(ClientError::NotFound(_)) if address.is_forgotten() => Ok(Some(CancelAnswer::Accepted)),
        // What nobody can look at is not refused: an earlier try may have been carried out.
        Err(error) => Err(error.into()),
    }
}

/// The end of the order that the intent's own end is.
async fn end(courier: &Courier, sending: &Sending<'_>) -> Result<Option<CancelAnswer>, Why> {
    let state = courier.desk.state::<Intent>(sending.stream).await?;
    Ok(match state.as_ref().map(State::progress) {
        Some(Progress::Canceled) => Some(CancelAnswer::Accepted),
        Some(progress) if progress.is_final() => Some(CancelAnswer::Overtaken),
        Some(_) | None => None,
    })
}

/// Writes how an order ended, unless it has ended meanwhile.
async fn record(courier: &Courier, sending: &Sending<'_>, answer: CancelAnswer) -> Result<Became, Why> {
    for _ in 0..ATTEMPTS {
        if let Some(ended) = standing(courier, sending.stream, sending.request()).await? {
            return Ok(ended);
        }
        let by = By { actor: PROVIDER.into(), key: IdempotencyKey::fresh().as_str().into(), errand: None };
        let command = Command::RecordCancelOutcome(answer.clone());
        match courier.desk.execute::<Intent>(sending.stream, command, by).await {
            Ok(Wrote::Facts | Wrote::Conflict) => {}
            Ok(Wrote::Nothing) => return Err(Why::NotShown),
            Err(error) => return Err(error.into()),
        }
    }
    Err(EngineError::Contended { attempts: ATTEMPTS }.into())
}

fn code_of(body: &[u8]) -> Text {
    let said: Option<Said> = serde_json::from_slice(body).ok();
    let code = said.and_then(|said| said.errors.into_iter().next()).map(|fault| fault.code);
    code.unwrap_or_else(|| HELD.into())
}
