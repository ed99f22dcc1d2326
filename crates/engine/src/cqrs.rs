//! The machines as `cqrs-es` aggregates, and our store as its event store: the road of people's commands.
//!
//! Observations take the batch road of [`crate::plan`] with the same `decide`, `evolve` and commit. `evolve` can
//! fail and `Aggregate::apply` cannot, so it runs first where its error can be told: in `handle` and in
//! `load_aggregate`.

use std::collections::HashMap;
use std::sync::Arc;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, DomainEvent, EventEnvelope, EventStore};
use domain::event::Event;
use domain::machine::{Context, Machine};
use domain::stream::StreamId;
use ledger::policy::Policy;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use store::commit::{NewMessage, Outcome};
use store::read::StoredEvent;
use store::store::Store;

use crate::clock::Clock;
use crate::errand::{DESTINATION, Errand};
use crate::ingest::fact_of;
use crate::machines::Kind;
use crate::plan::plan_facts;

/// A machine's state as an aggregate root; absent until its first fact.
pub struct Root<M: Machine>(pub Option<M::State>);

/// A machine's event as a domain event.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Fact<M: Machine>(pub M::Event);

// By hand, because a derive would ask the machine itself, a mere name, for what only its types need.
macro_rules! by_content {
    ($($wrapper:ident)*) => {$(
        impl<M: Machine> Clone for $wrapper<M> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        impl<M: Machine> PartialEq for $wrapper<M> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl<M: Machine> std::fmt::Debug for $wrapper<M> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}
by_content! { Root Fact }

/// What commands consult.
#[derive(Clone, Debug)]
pub struct Services {
    /// The provider's rules.
    pub rules: domain::rules::Rules,
    /// The clock.
    pub clock: Clock,
}

impl<M: Machine> Default for Root<M> {
    fn default() -> Self {
        Self(None)
    }
}

// A root is rebuilt from its facts. `cqrs-es` asks for these two only for its snapshot stores, which apply every
// event twice and are not used.
impl<M: Machine> Serialize for Root<M> {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(ser::Error::custom("a root is rebuilt from its facts, never stored"))
    }
}

impl<'de, M: Machine> Deserialize<'de> for Root<M> {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("a root is rebuilt from its facts, never stored"))
    }
}

impl<M: Machine> DomainEvent for Fact<M> {
    fn event_type(&self) -> String {
        self.0.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.0.version().to_string()
    }
}

/// Why a command wrote nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError<R: std::error::Error + 'static> {
    /// The machine refused it.
    #[error(transparent)]
    Refused(R),
    /// The machine wrote a fact that cannot follow.
    #[error("the machine contradicts itself")]
    Illegal(#[source] domain::machine::IllegalEvent),
}

impl<M: Kind> Aggregate for Root<M> {
    const TYPE: &'static str = M::TYPE;
    type Command = M::Command;
    type Event = Fact<M>;
    type Error = CommandError<M::Refusal>;
    type Services = Services;

    async fn handle(
        &mut self,
        command: M::Command,
        services: &Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        let context = Context { now: services.clock.now(), rules: &services.rules };
        let events = M::decide(self.0.as_ref(), command, &context).map_err(CommandError::Refused)?;
        let mut state = self.0.clone();
        for event in &events {
            state = Some(M::evolve(state.take(), event).map_err(CommandError::Illegal)?);
        }
        for event in events {
            sink.write(Fact(event), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Fact<M>) {
        let next = M::evolve(self.0.take(), &event.0);
        self.0 = Some(next.expect("handle and load_aggregate let no fact pass that cannot follow"));
    }
}

/// An aggregate on its way through a command: id, state and the sequence it was loaded at.
pub struct Loaded<M: Machine> {
    stream: StreamId,
    root: Root<M>,
    sequence: u64,
}

impl<M: Kind> AggregateContext<Root<M>> for Loaded<M> {
    fn aggregate(&mut self) -> &mut Root<M> {
        &mut self.root
    }
}

/// Our store as the event store of one machine. Ids are stream keys: `seller/id[/id]`.
#[derive(Clone)]
pub struct Streams {
    /// The store both roads share.
    pub store: Arc<dyn Store>,
    /// The posting policy in force.
    pub policy: Policy,
    /// The clock that stamps recording times.
    pub clock: Clock,
    /// What is sent for a fact that does not say it all.
    pub errand: Option<Errand>,
}

/// What `cqrs-es` is told when the store or a history fails.
fn broken<E>(error: impl std::error::Error + Send + Sync + 'static) -> AggregateError<E>
where
    E: std::error::Error,
{
    AggregateError::UnexpectedError(Box::new(error))
}

/// The id is no stream key.
#[derive(Debug, thiserror::Error)]
#[error("`{id}` is no stream key; write seller/id")]
struct NotAKey {
    id: String,
}

/// A fact must be sent, and nothing tells its sending apart from others.
#[derive(Debug, thiserror::Error)]
#[error("{stream}: an order cannot be written without a key of its own")]
struct NoKey {
    stream: StreamId,
}

impl Streams {
    /// What is sent because of the facts of one command, which is one order at most: there is one key.
    ///
    /// # Errors
    /// When something is to be sent and no key was given.
    fn outbox<M: Kind>(
        &self,
        stream: &StreamId,
        events: &[Fact<M>],
        after: Option<&M::State>,
        key: Option<&String>,
    ) -> Result<Vec<NewMessage>, NoKey> {
        let after = after.cloned().map(M::wrap);
        let facts = events.iter().map(|event| M::fact(event.0.clone()));
        let mut errands =
            facts.filter_map(|fact| Errand::of(&fact, after.as_ref(), self.errand.as_ref())).peekable();
        if errands.peek().is_none() {
            return Ok(Vec::new());
        }
        let key = key.filter(|key| !key.is_empty()).ok_or_else(|| NoKey { stream: stream.clone() })?;
        let message = |errand| NewMessage {
            key: key.as_str().into(),
            destination: DESTINATION.into(),
            payload: serde_json::to_string(&errand).expect("an errand is texts and flags"),
            caused_by: stream.clone(),
        };
        Ok(errands.map(message).collect())
    }

    async fn history<M: Kind, E: std::error::Error>(
        &self,
        id: &str,
    ) -> Result<(StreamId, Vec<StoredEvent>), AggregateError<E>> {
        let stream =
            StreamId::from_stored(M::KIND, id).ok_or_else(|| broken(NotAKey { id: id.to_owned() }))?;
        let mut loaded = self.store.load(std::slice::from_ref(&stream), &[]).await.map_err(broken)?;
        let events = loaded.histories.remove(&stream).unwrap_or_default();
        Ok((stream, events))
    }
}

impl<M: Kind> EventStore<Root<M>> for Streams {
    type AC = Loaded<M>;

    async fn load_events(
        &self,
        id: &str,
    ) -> Result<Vec<EventEnvelope<Root<M>>>, AggregateError<CommandError<M::Refusal>>> {
        let (_, events) = self.history::<M, _>(id).await?;
        let mut envelopes = Vec::with_capacity(events.len());
        for event in events {
            let fact = fact_of(&event).map_err(broken)?;
            let payload = M::event(&fact).expect("a stream holds facts of its own machine only").clone();
            envelopes.push(EventEnvelope {
                aggregate_id: id.to_owned(),
                sequence: usize::try_from(event.sequence).expect("a sequence fits the address space"),
                payload: Fact(payload),
                metadata: HashMap::new(),
            });
        }
        Ok(envelopes)
    }

    async fn load_aggregate(&self, id: &str) -> Result<Loaded<M>, AggregateError<CommandError<M::Refusal>>> {
        let (stream, events) = self.history::<M, _>(id).await?;
        let sequence = events.last().map_or(0, |event| event.sequence);
        let state = crate::ingest::fold(&events).map_err(broken)?;
        Ok(Loaded { stream, root: Root(state.and_then(M::unwrap)), sequence })
    }

    async fn commit(
        &self,
        events: Vec<Fact<M>>,
        loaded: Loaded<M>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Root<M>>>, AggregateError<CommandError<M::Refusal>>> {
        let actor = metadata.get("actor").map_or("unknown", String::as_str).into();
        let numbered = (loaded.sequence + 1..).zip(&events);
        let facts = numbered.map(|(n, event)| (loaded.stream.clone(), n, M::fact(event.0.clone()))).collect();
        let mut commit = plan_facts(facts, &actor, self.clock.now(), &self.policy).map_err(broken)?;
        // `handle` has led the root to the state after the last of the facts.
        let after = loaded.root.0.as_ref();
        commit.outbox =
            self.outbox::<M>(&loaded.stream, &events, after, metadata.get("key")).map_err(broken)?;
        match self.store.commit(commit).await.map_err(broken)? {
            Outcome::Stale { .. } => Err(AggregateError::AggregateConflict),
            Outcome::Committed { .. } => Ok((loaded.sequence + 1..)
                .zip(events)
                .map(|(sequence, payload)| EventEnvelope {
                    aggregate_id: loaded.stream.key().to_owned(),
                    sequence: usize::try_from(sequence).expect("a sequence fits the address space"),
                    payload,
                    metadata: metadata.clone(),
                })
                .collect()),
        }
    }
}

#[cfg(test)]
mod tests;
