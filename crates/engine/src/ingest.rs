//! The loop around the plan: load, plan, commit; again when somebody else was faster.
//!
//! A delivery that stops a batch is isolated ([`crate::isolate`]), so that the others are taken as usual.

use std::collections::HashMap;
use std::sync::Arc;

use domain::event::UnreadableEvent;
use domain::fact::Fact;
use domain::stream::StreamId;
use store::commit::Outcome;
use store::inbox::{InboxKey, Verdict};
use store::read::{Loaded, StoredEvent};
use store::store::Store;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;
use crate::isolate::{self, Patience, Storm, guarded};
use crate::item::{Item, stored};
use crate::look::{Looked, look};
use crate::machines::{self, AnyState};
use crate::plan::{Book, Ground, Plan, plan, replan};

/// How often a batch is planned again before giving up on it.
const ATTEMPTS: u32 = 20;

/// What became of the deliveries taken in so far.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Deliveries seen.
    pub deliveries: u64,
    /// Already in the inbox.
    pub duplicates: u64,
    /// Wrote facts.
    pub applied: u64,
    /// Told what was known.
    pub unchanged: u64,
    /// Wait for a resource.
    pub needs_fetch: u64,
    /// Refused.
    pub refused: u64,
    /// Unreadable.
    pub undecodable: u64,
    /// Facts written.
    pub events: u64,
}

/// Takes deliveries in.
pub struct Ingester {
    store: Arc<dyn Store>,
    config: Config,
    book: Book,
    clock: Clock,
    patience: Patience,
    storm: Storm,
}

impl Ingester {
    /// An ingester over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, config: Config, clock: Clock) -> Self {
        let book = Book { rules: config.rules(), policy: config.policy.clone() };
        let patience = Patience::For(config.ingest.patience());
        Self { store, config, book, clock, patience, storm: Storm::default() }
    }

    /// The same with another patience towards a store that is busy or away.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Looks at deliveries: the part that needs no store and can run beside a commit.
    #[must_use]
    pub fn look(config: &Config, items: Vec<Item>) -> Vec<(Item, Looked)> {
        items
            .into_iter()
            .map(|item| {
                let looked = guarded(|| Ok::<_, EngineError>(look(&item, &config.sellers)));
                let looked = looked.unwrap_or_else(|panic| isolate::unreadable(&panic));
                (item, looked)
            })
            .collect()
    }

    /// Takes one batch in that was looked at. A delivery that cannot be planned or written is refused alone.
    ///
    /// # Errors
    /// When the store fails for good or for longer than patience lasts, or a newer program wrote to it, or one
    /// delivery after the other fails. What was taken before is in the tally.
    pub async fn take(&self, batch: &[(Item, Looked)], tally: &mut Tally) -> Result<(), EngineError> {
        isolate::take(self, &self.storm, batch, tally).await
    }

    /// Plans and commits one batch, together or not at all.
    pub(crate) async fn attempt(&self, batch: &[(Item, Looked)]) -> Result<Tally, EngineError> {
        self.patience.call(|| self.attempt_once(batch)).await
    }

    async fn attempt_once(&self, batch: &[(Item, Looked)]) -> Result<Tally, EngineError> {
        isolate::askable(batch)?;
        // A plan may name keys that no delivery of the batch has, such as that of a reused key's other body.
        let mut named = Vec::new();
        for _ in 0..ATTEMPTS {
            let ground = self.ground(batch, &named).await?;
            let Plan { commit, duplicates } = guarded(|| plan(batch, ground, self.clock.now(), &self.book))?;
            let mut taken = Tally { deliveries: batch.len() as u64, duplicates, ..Tally::default() };
            taken.events = commit.events.len() as u64;
            for delivery in &commit.deliveries {
                taken.count(&delivery.verdict);
            }
            if commit.deliveries.is_empty() && commit.attempts.is_empty() {
                return Ok(taken);
            }
            match self.store.commit(commit).await? {
                Outcome::Committed { .. } => return Ok(taken),
                Outcome::Stale { keys, .. } => named.extend(keys),
            }
        }
        Err(EngineError::Contended { attempts: ATTEMPTS })
    }

    /// Tries a delivery of the inbox again from its stored bytes, and appends the verdict.
    ///
    /// # Errors
    /// When there is no such delivery, its body is gone, or the store fails.
    pub async fn retry(&self, key: &InboxKey) -> Result<Verdict, EngineError> {
        let gone = || EngineError::NoSuchDelivery { key: key.to_string() };
        let (delivery, _) = self.store.inbox_show(key).await?.ok_or_else(gone)?;
        let body = self.store.inbox_body(key).await?;
        let body = body.ok_or_else(|| EngineError::BodyGone { key: key.to_string() })?;
        // A person who asks for another try vouches for it.
        let item = Item { verified: true, ..stored(&delivery, body) };
        let looked = look(&item, &self.config.sellers);
        for _ in 0..ATTEMPTS {
            let ground = ground_of(self.store.load(&streams_of(&looked), item.caused_by.as_slice()).await?)?;
            let cause = item.caused_by.as_ref();
            let commit = guarded(|| replan(key, cause, &looked, ground, self.clock.now(), &self.book))?;
            let verdict = commit.attempts.last().expect("a replan ends with its attempt").verdict.clone();
            if let Outcome::Committed { .. } = self.store.commit(commit).await? {
                return Ok(verdict);
            }
        }
        Err(EngineError::Contended { attempts: ATTEMPTS })
    }

    async fn ground(&self, batch: &[(Item, Looked)], named: &[InboxKey]) -> Result<Ground, EngineError> {
        let mut streams: Vec<StreamId> = batch.iter().flat_map(|(_, l)| streams_of(l)).collect();
        streams.sort_unstable();
        streams.dedup();
        let mut keys = Vec::with_capacity(batch.len() * 2 + named.len());
        keys.extend_from_slice(named);
        for (item, _) in batch {
            keys.push(item.key.clone());
            keys.extend(item.caused_by.clone());
        }
        keys.sort_unstable();
        keys.dedup();
        let waits = |(_, looked): &&(Item, Looked)| {
            matches!(looked, Looked::Settled { verdict: Verdict::NeedsFetch, .. })
        };
        let waiting: Vec<InboxKey> = batch.iter().filter(waits).map(|(item, _)| item.key.clone()).collect();
        let ground = ground_of(self.store.load(&streams, &keys).await?)?;
        let answers = if waiting.is_empty() { HashMap::new() } else { self.store.answers(&waiting).await? };
        Ok(Ground { answers, ..ground })
    }
}

impl Tally {
    /// Adds what became of further deliveries.
    pub fn add(&mut self, other: &Self) {
        self.deliveries += other.deliveries;
        self.duplicates += other.duplicates;
        self.applied += other.applied;
        self.unchanged += other.unchanged;
        self.needs_fetch += other.needs_fetch;
        self.refused += other.refused;
        self.undecodable += other.undecodable;
        self.events += other.events;
    }

    fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Applied => self.applied += 1,
            Verdict::Unchanged => self.unchanged += 1,
            Verdict::NeedsFetch => self.needs_fetch += 1,
            Verdict::Refused { .. } => self.refused += 1,
            Verdict::Undecodable { .. } => self.undecodable += 1,
        }
    }
}

fn streams_of(looked: &Looked) -> Vec<StreamId> {
    match looked {
        Looked::Told { observed, .. } => observed.iter().map(|one| one.stream.clone()).collect(),
        Looked::Settled { .. } => Vec::new(),
    }
}

/// Folds loaded histories into states.
///
/// # Errors
/// When an event cannot be read or cannot follow.
pub fn ground_of(loaded: Loaded) -> Result<Ground, EngineError> {
    let mut states = HashMap::with_capacity(loaded.histories.len());
    for (stream, events) in loaded.histories {
        let sequence = events.last().map_or(0, |event| event.sequence);
        if let Some(state) = fold(&events)? {
            states.insert(stream, (state, sequence));
        }
    }
    Ok(Ground { states, known: loaded.known, answers: HashMap::new() })
}

/// Folds a stored history.
///
/// # Errors
/// When an event cannot be read or cannot follow.
pub fn fold(events: &[StoredEvent]) -> Result<Option<AnyState>, EngineError> {
    let mut state = None;
    for event in events {
        state = Some(follow(state, event, &fact_of(event)?)?);
    }
    Ok(state)
}

/// Reads a stored event as a fact.
///
/// # Errors
/// When its name, version or payload is unknown.
pub fn fact_of(event: &StoredEvent) -> Result<Fact, EngineError> {
    Fact::from_stored(event.stream.kind(), &event.name, event.version, &event.payload).map_err(|source| {
        let (stream, sequence, position) = (event.stream.clone(), event.sequence, event.position);
        match source {
            UnreadableEvent::Unknown { .. } => EngineError::Newer { stream, sequence, position, source },
            UnreadableEvent::Payload { .. } => EngineError::Unreadable { stream, sequence, position, source },
        }
    })
}

/// Applies a stored event.
///
/// # Errors
/// When it cannot follow.
pub fn follow(state: Option<AnyState>, event: &StoredEvent, fact: &Fact) -> Result<AnyState, EngineError> {
    machines::evolve(state, fact).map_err(|source| EngineError::Illegal {
        stream: event.stream.clone(),
        sequence: event.sequence,
        position: event.position,
        source,
    })
}
