//! Orders about plans and subscriptions: what a person wants of the provider, from the wish to what became of it.
//!
//! An order is a fact before it is sent, and its end is a fact after the thing was read again: the machines decide what
//! may be ordered and whether a change was made; here is the order of the steps. What is read goes the way of every
//! delivery. What makes something new has a cell of its own, because the provider would make a second one.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use client::client::Client;
use cqrs_es::{AggregateError, CqrsFramework, EventEnvelope, Query};
use domain::ids::SellerId;
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::cqrs::{CommandError, Root, Services, Streams};
use crate::error::EngineError;
use crate::files::kept;
use crate::ingest::{Ingester, Tally, fold};
use crate::item::{Item, Kind as ItemKind, derived_key};
use crate::look::Looked;

pub mod change;
pub mod create;
pub mod error;
pub mod kind;

use error::OrderError;
use kind::Orderly;

/// How often a step is tried again when others wrote to the same history.
const ATTEMPTS: u32 = 20;

/// Gives orders in the name of a person, for one account.
pub struct Orders {
    client: Client,
    store: Arc<dyn Store>,
    config: Config,
    clock: Clock,
    seller: SellerId,
    actor: Text,
}

impl Orders {
    /// Orders of a person, for a seller.
    #[must_use]
    pub fn new(
        client: Client,
        store: Arc<dyn Store>,
        config: Config,
        clock: Clock,
        seller: SellerId,
        actor: Text,
    ) -> Self {
        Self { client, store, config, clock, seller, actor }
    }

    /// Reads a thing at the provider and takes in what it says. Answers its history and the bytes.
    async fn look<M: Orderly>(&self, id: &str) -> Result<(StreamId, Bytes), OrderError> {
        let reply = self.client.send(&self.seller, &M::get(id)).await?;
        let stream = self.take::<M>(id, &reply.body).await?;
        Ok((stream, reply.body))
    }

    async fn take<M: Orderly>(&self, id: &str, body: &[u8]) -> Result<StreamId, OrderError> {
        let topic = M::RESOURCE.name();
        let item = Item {
            kind: ItemKind::Message(DeliveryKind::Resource),
            key: derived_key(&[b"order", self.seller.as_str().as_bytes(), topic.as_bytes(), body]),
            topic: topic.into(),
            channel: Channel::Response,
            seller: Some(self.seller.as_str().into()),
            site: self.config.sellers.site(self.seller.as_str()).map(Text::from),
            origin: format!("{topic}/{id}").into(),
            received_at: self.clock.now(),
            caused_by: None,
            body: kept(body),
            problem: None,
            verified: true,
        };
        let key = item.key.clone();
        let looked = Ingester::look(&self.config, vec![item]);
        let mut tally = Tally::default();
        let ingester = Ingester::new(Arc::clone(&self.store), self.config.clone(), self.clock);
        ingester.take(&looked, &mut tally).await?;
        let told = looked.into_iter().find_map(|(_, looked)| match looked {
            Looked::Told { observed, .. } => observed.into_iter().map(|one| one.stream).next(),
            Looked::Settled { .. } => None,
        });
        match told {
            Some(stream) if tally.refused + tally.undecodable == 0 => Ok(stream),
            _ => Err(OrderError::NotTaken { thing: M::NOUN, id: id.into(), key: key.0 }),
        }
    }

    async fn state<M: Orderly>(&self, stream: &StreamId) -> Result<M::State, OrderError> {
        let mut loaded =
            self.store.load(std::slice::from_ref(stream), &[]).await.map_err(EngineError::from)?;
        let state = fold(&loaded.histories.remove(stream).unwrap_or_default())?;
        // Only a delivery that was refused before, and is a duplicate now, leaves no state behind.
        state.and_then(M::unwrap).ok_or_else(|| OrderError::Unknown { stream: stream.clone() })
    }

    /// Runs a command; answers whether it wrote something.
    async fn execute<M: Orderly>(&self, stream: &StreamId, command: M::Command) -> Result<Wrote, OrderError> {
        let wrote = Arc::new(AtomicBool::new(false));
        let (store, policy) = (Arc::clone(&self.store), self.config.policy.clone());
        let streams = Streams { store, policy, clock: self.clock };
        let services = Services { rules: self.config.rules(), clock: self.clock };
        let watch: Box<dyn Query<Root<M>>> = Box::new(Watch(Arc::clone(&wrote)));
        let framework = CqrsFramework::<Root<M>, _>::new(streams, vec![watch], services);
        let by = HashMap::from([("actor".to_owned(), self.actor.to_string())]);
        match framework.execute_with_metadata(stream.key(), command, by).await {
            Ok(()) if wrote.load(Ordering::Relaxed) => Ok(Wrote::Facts),
            Ok(()) => Ok(Wrote::Nothing),
            Err(AggregateError::AggregateConflict) => Ok(Wrote::Conflict),
            Err(AggregateError::UserError(CommandError::Refused(refusal))) => {
                Err(OrderError::Refused { reason: M::reason(&refusal), detail: refusal.to_string() })
            }
            Err(AggregateError::UserError(CommandError::Illegal(source))) => {
                Err(OrderError::Failed { source: Box::new(source) })
            }
            Err(
                AggregateError::DatabaseConnectionError(source)
                | AggregateError::DeserializationError(source)
                | AggregateError::UnexpectedError(source),
            ) => Err(OrderError::Failed { source }),
        }
    }
}

/// What a command wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wrote {
    Facts,
    Nothing,
    /// Others wrote to the history meanwhile: look again.
    Conflict,
}

/// Sees whether something was written.
struct Watch(Arc<AtomicBool>);

#[async_trait]
impl<M: Orderly> Query<Root<M>> for Watch {
    async fn dispatch(&self, _: &str, _: &[EventEnvelope<Root<M>>]) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
