//! A change, from the order to what became of it: look, order, send, look again, settle.
//!
//! The look before makes sure that the rules are held against what is, and ends the doubt about an earlier order. A
//! process that dies in between leaves an open order, which the next one finds.

use bytes::Bytes;
use client::call::{Call, IdempotencyKey};
use client::error::ClientError;
use domain::changes::{Answer, Asked, Settlement};
use domain::money::Money;
use domain::stream::StreamId;
use domain::text::Text;

use super::Orders;
use super::error::OrderError;
use super::kind::Orderly;
use crate::execute::{ATTEMPTS, Wrote};

/// A change to order.
#[derive(Clone, Debug)]
pub struct Wanted<Change, C> {
    /// What.
    pub change: Change,
    /// The call that asks the provider for it.
    pub call: C,
    /// The amount in it, whose currency must be that of the thing.
    pub amount: Option<Money>,
    /// The name of the order: the same name again is the same order. `None` makes a new one up.
    pub name: Option<Text>,
}

/// An order and what became of it.
#[derive(Debug)]
pub struct Ordered {
    /// Its name.
    pub request: Text,
    /// What became of it.
    pub outcome: Settlement,
    /// What the provider says of the thing now, or said last.
    pub body: Bytes,
    /// Whether an earlier run had sent it, and nothing was sent now.
    pub was_sent: bool,
    /// Why it was refused, or why nobody knows.
    pub failure: Option<ClientError>,
}

/// How far an order is before it is sent.
enum Begun {
    /// It is to be sent.
    Now(Text),
    /// An earlier run sent it.
    Before(Text, Settlement),
    /// Others wrote meanwhile: look again.
    Again,
}

impl Orders {
    /// Orders a change of one thing and waits for what becomes of it.
    ///
    /// # Errors
    /// See [`OrderError`]. What the provider answers is no error: it is in the outcome.
    pub async fn change<M: Orderly, C: Call>(
        &self,
        id: &str,
        wanted: &Wanted<M::Change, C>,
    ) -> Result<Ordered, OrderError> {
        let call = &wanted.call;
        call.check()
            .map_err(|broken| OrderError::Invalid { endpoint: call.endpoint(), source: Box::new(broken) })?;
        for _ in 0..ATTEMPTS {
            let (stream, body) = self.look::<M>(id).await?;
            match self.begin::<M, C>(&stream, wanted).await? {
                Begun::Again => {}
                Begun::Now(request) => return self.carry_out::<M, C>(id, &stream, request, call, body).await,
                Begun::Before(request, outcome) => {
                    return Ok(Ordered { request, outcome, body, was_sent: true, failure: None });
                }
            }
        }
        Err(OrderError::Contended { attempts: ATTEMPTS })
    }

    async fn begin<M: Orderly, C: Call>(
        &self,
        stream: &StreamId,
        wanted: &Wanted<M::Change, C>,
    ) -> Result<Begun, OrderError> {
        let mut state = self.state::<M>(stream).await?;
        let known = M::currency(&state);
        if let Some(asked) = wanted.amount.map(|amount| amount.currency).filter(|asked| *asked != known) {
            return Err(OrderError::OtherCurrency { known, asked });
        }
        let mut name = wanted.name.clone();
        if let Some((request, order)) = open::<M>(&state) {
            // The same change again, while nobody knows the end of it, is the same order.
            if name.is_none() && *M::change(&order.asked) == wanted.change {
                name = Some(request.clone());
            }
            let settle = M::settle(request, Answer::Looked);
            if self.execute::<M>(stream, settle).await? == Wrote::Conflict {
                return Ok(Begun::Again);
            }
            state = self.state::<M>(stream).await?;
        }
        let order = name.as_ref().and_then(|name| M::changes(&state)?.by_request.get(name));
        match (name, order) {
            (Some(request), Some(order)) => match &order.outcome {
                _ if *M::change(&order.asked) != wanted.change => {
                    Err(OrderError::NameTaken { request, change: M::name(M::change(&order.asked)) })
                }
                Some(Settlement::Undelivered) => Ok(Begun::Now(request)),
                Some(outcome) => Ok(Begun::Before(request, outcome.clone())),
                None => Ok(Begun::Again),
            },
            (name, _) => {
                let request = name.unwrap_or_else(|| IdempotencyKey::fresh().as_str().into());
                let ask = M::ask(request.clone(), self.actor.clone(), wanted.change.clone());
                Ok(match self.execute::<M>(stream, ask).await? {
                    Wrote::Facts => Begun::Now(request),
                    // Somebody else gave the order of this name.
                    Wrote::Nothing | Wrote::Conflict => Begun::Again,
                })
            }
        }
    }

    /// Sends an order that is a fact, and sees what became of it.
    async fn carry_out<M: Orderly, C: Call>(
        &self,
        id: &str,
        stream: &StreamId,
        request: Text,
        call: &C,
        before: Bytes,
    ) -> Result<Ordered, OrderError> {
        let sent = self.client.send(&self.seller, call).await.map(|_| ());
        let ended = self.settle::<M>(id, stream, request.clone(), sent, before).await;
        ended.map_err(|source| OrderError::NotSettled { request, source: Box::new(source) })
    }

    /// Looks at what the thing is now, and settles an order that was sent.
    async fn settle<M: Orderly>(
        &self,
        id: &str,
        stream: &StreamId,
        request: Text,
        sent: Result<(), ClientError>,
        before: Bytes,
    ) -> Result<Ordered, OrderError> {
        let (mut answer, mut failure) = match sent {
            Ok(()) => (Answer::Accepted, None),
            Err(error) => (answer_of(&error), Some(error)),
        };
        let body = match self.look::<M>(id).await {
            Ok((_, body)) => body,
            Err(OrderError::Client(error)) => {
                // A success that nobody can look at is no more than a doubt.
                if answer == Answer::Accepted {
                    (answer, failure) = (Answer::Missing, Some(error));
                }
                before
            }
            Err(error) => return Err(error),
        };
        for _ in 0..ATTEMPTS {
            let settle = M::settle(request.clone(), answer.clone());
            if self.execute::<M>(stream, settle).await? != Wrote::Conflict {
                let state = self.state::<M>(stream).await?;
                let order = M::changes(&state).and_then(|changes| changes.by_request.get(&request));
                let outcome = order.and_then(|order| order.outcome.clone()).unwrap_or(Settlement::Unknown);
                return Ok(Ordered { request, outcome, body, was_sent: false, failure });
            }
        }
        Err(OrderError::Contended { attempts: ATTEMPTS })
    }
}

fn open<M: Orderly>(state: &M::State) -> Option<(Text, Asked<M::Asked>)> {
    let (request, order) = M::changes(state)?.open()?;
    Some((request.clone(), order.clone()))
}

/// What a failed call says of what was sent: refused, or nobody knows.
fn answer_of(error: &ClientError) -> Answer {
    match error {
        ClientError::Refused(refusal)
        | ClientError::NotFound(refusal)
        | ClientError::Unauthorized(refusal) => {
            let code = match (refusal.code.as_str(), &refusal.error) {
                ("", Some(word)) => word.clone(),
                ("", None) => refusal.status.to_string(),
                (code, _) => code.to_owned(),
            };
            Answer::Refused { code: code.into() }
        }
        ClientError::Invalid { .. } | ClientError::Vault { .. } => {
            Answer::Refused { code: "not_sent".into() }
        }
        // An earlier try of the same call may have had no answer.
        ClientError::RateLimited { .. }
        | ClientError::Unavailable { .. }
        | ClientError::TooLarge { .. }
        | ClientError::Unreadable { .. } => Answer::Missing,
    }
}
