//! One command of a person, through `cqrs-es`, and what it wrote.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use cqrs_es::{AggregateError, CqrsFramework, EventEnvelope, Query};
use domain::machine::IllegalEvent;
use domain::stream::StreamId;
use domain::text::Text;
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::cqrs::{CommandError, Root, Services, Streams};
use crate::errand::Errand;
use crate::error::EngineError;
use crate::ingest::fold;
use crate::machines::Kind;

/// How often a command is run again when others wrote to the same history.
pub const ATTEMPTS: u32 = 20;

/// What commands are run with.
#[derive(Clone)]
pub struct Desk {
    /// Where facts are.
    pub store: Arc<dyn Store>,
    /// Rules and posting policy.
    pub config: Config,
    /// The clock of decisions.
    pub clock: Clock,
}

/// In whose name a command is run, and what tells its sending apart from others.
#[derive(Clone, Debug)]
pub struct By {
    /// Who orders it.
    pub actor: Text,
    /// The key of the message that the command puts into the outbox, if it does: a new UUID.
    pub key: Text,
    /// What is sent for a fact that does not say it all.
    pub errand: Option<Errand>,
}

/// What a command wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wrote {
    /// Something.
    Facts,
    /// It told what was known.
    Nothing,
    /// Others wrote to the history meanwhile: look again.
    Conflict,
}

/// Why a command wrote nothing.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError<R: std::error::Error + 'static> {
    /// The machine refused it.
    #[error(transparent)]
    Refused(R),
    /// The machine wrote a fact that cannot follow.
    #[error("the machine contradicts itself")]
    Illegal(#[source] IllegalEvent),
    /// The store failed, or a history is corrupt.
    #[error("the command could not be run")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Desk {
    /// Runs a command on a history.
    ///
    /// # Errors
    /// See [`ExecuteError`]; nothing was written then, but that a commit whose answer was lost may have been.
    pub async fn execute<M: Kind>(
        &self,
        stream: &StreamId,
        command: M::Command,
        by: By,
    ) -> Result<Wrote, ExecuteError<M::Refusal>> {
        let wrote = Arc::new(AtomicBool::new(false));
        let By { actor, key, errand } = by;
        let (store, policy) = (Arc::clone(&self.store), self.config.policy.clone());
        let streams = Streams { store, policy, clock: self.clock, errand };
        let services = Services { rules: self.config.rules(), clock: self.clock };
        let watch: Box<dyn Query<Root<M>>> = Box::new(Watch(Arc::clone(&wrote)));
        let framework = CqrsFramework::<Root<M>, _>::new(streams, vec![watch], services);
        let by =
            HashMap::from([("actor".to_owned(), actor.to_string()), ("key".to_owned(), key.to_string())]);
        match framework.execute_with_metadata(stream.key(), command, by).await {
            Ok(()) if wrote.load(Ordering::Relaxed) => Ok(Wrote::Facts),
            Ok(()) => Ok(Wrote::Nothing),
            Err(AggregateError::AggregateConflict) => Ok(Wrote::Conflict),
            Err(AggregateError::UserError(CommandError::Refused(refusal))) => {
                Err(ExecuteError::Refused(refusal))
            }
            Err(AggregateError::UserError(CommandError::Illegal(source))) => {
                Err(ExecuteError::Illegal(source))
            }
            Err(
                AggregateError::DatabaseConnectionError(source)
                | AggregateError::DeserializationError(source)
                | AggregateError::UnexpectedError(source),
            ) => Err(ExecuteError::Failed(source)),
        }
    }

    /// What is known of a thing; `None` when it has no history.
    ///
    /// # Errors
    /// When the store fails or the history is corrupt.
    pub async fn state<M: Kind>(&self, stream: &StreamId) -> Result<Option<M::State>, EngineError> {
        let mut loaded = self.store.load(std::slice::from_ref(stream), &[]).await?;
        let state = fold(&loaded.histories.remove(stream).unwrap_or_default())?;
        Ok(state.and_then(M::unwrap))
    }
}

impl By {
    /// A person, under a new key.
    #[must_use]
    pub fn person(actor: Text) -> Self {
        let key = client::call::IdempotencyKey::fresh().as_str().into();
        Self { actor, key, errand: None }
    }
}

/// Sees whether something was written.
struct Watch(Arc<AtomicBool>);

#[async_trait]
impl<M: Kind> Query<Root<M>> for Watch {
    async fn dispatch(&self, _: &str, _: &[EventEnvelope<Root<M>>]) {
        self.0.store(true, Ordering::Relaxed);
    }
}
