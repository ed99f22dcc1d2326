//! Orders about plans and subscriptions: what a person wants of the provider, from the wish to what became of it.
//!
//! An order is a fact before it is sent, and its end is a fact after the thing was read again: the machines decide what
//! may be ordered and whether a change was made; here is the order of the steps. What is read goes the way of every
//! delivery. What makes something new has a cell of its own, because the provider would make a second one.

use std::sync::Arc;

use bytes::Bytes;
use client::client::Client;
use domain::ids::SellerId;
use domain::stream::StreamId;
use domain::text::Text;
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::execute::{By, Desk, ExecuteError, Wrote};
use crate::response::{Response, Taken};

pub mod change;
pub mod create;
pub mod error;
pub mod kind;

use error::OrderError;
use kind::Orderly;

/// Gives orders in the name of a person, for one account.
pub struct Orders {
    client: Client,
    desk: Desk,
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
        Self { client, desk: Desk { store, config, clock }, seller, actor }
    }

    /// Reads a thing at the provider and takes in what it says. Answers its history and the bytes.
    async fn look<M: Orderly>(&self, id: &str) -> Result<(StreamId, Bytes), OrderError> {
        let reply = self.client.send(&self.seller, &M::get(id)).await?;
        let stream = self.take::<M>(id, &reply.body).await?;
        Ok((stream, reply.body))
    }

    async fn take<M: Orderly>(&self, id: &str, body: &[u8]) -> Result<StreamId, OrderError> {
        let response = Response { seller: &self.seller, resource: M::RESOURCE, id, body };
        match self.desk.take(response).await? {
            Taken::Told(stream) => Ok(stream),
            Taken::Kept { key } => Err(OrderError::NotTaken { thing: M::NOUN, id: id.into(), key }),
        }
    }

    async fn state<M: Orderly>(&self, stream: &StreamId) -> Result<M::State, OrderError> {
        // Only a delivery that was refused before, and is a duplicate now, leaves no state behind.
        let state = self.desk.state::<M>(stream).await?;
        state.ok_or_else(|| OrderError::Unknown { stream: stream.clone() })
    }

    /// Runs a command; answers whether it wrote something.
    async fn execute<M: Orderly>(&self, stream: &StreamId, command: M::Command) -> Result<Wrote, OrderError> {
        let by = By::person(self.actor.clone());
        self.desk.execute::<M>(stream, command, by).await.map_err(|error| match error {
            ExecuteError::Refused(refusal) => {
                OrderError::Refused { reason: M::reason(&refusal), detail: refusal.to_string() }
            }
            ExecuteError::Illegal(source) => OrderError::Failed { source: Box::new(source) },
            ExecuteError::Failed(source) => OrderError::Failed { source },
        })
    }
}

#[cfg(test)]
mod tests;
