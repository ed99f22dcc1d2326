//! Writes what is due for some histories, planned again until nobody else was faster.

use std::collections::BTreeMap;

use domain::fact::Fact;
use domain::machine::{Context, Instant};
use domain::stream::StreamId;
use store::commit::{NewMessage, Outcome};
use store::read::StoredEvent;

use super::Broom;
use super::faults::Faults;
use crate::config::Config;
use crate::error::EngineError;
use crate::ingest::fold;
use crate::machines::{self, AnyState, Kind, Refused};
use crate::plan::plan_facts;

/// Histories handled in one transaction.
const BATCH: usize = 500;
/// How often a batch is planned again before giving up on it.
const ATTEMPTS: u32 = 20;

/// What one history gets: facts in their order, and the messages that are sent because of them.
#[derive(Default)]
pub(super) struct Due {
    pub(super) facts: Vec<Fact>,
    pub(super) messages: Vec<NewMessage>,
}

/// How much was written.
#[derive(Clone, Default)]
pub(super) struct Written {
    pub(super) facts: u64,
    pub(super) messages: u64,
    /// Facts by their stored name.
    pub(super) by_name: BTreeMap<&'static str, u64>,
}

/// A history as it stands when something is decided on it.
pub(super) struct Standing<'h> {
    pub(super) stream: &'h StreamId,
    pub(super) history: &'h [StoredEvent],
    pub(super) state: &'h AnyState,
}

/// Decides on each of the histories and writes what follows; those that are gone, and those that cannot be read, are
/// passed over.
///
/// # Errors
/// When the store fails, or others keep writing to the same histories.
pub(super) async fn write(
    broom: Broom<'_>,
    faults: &mut Faults,
    streams: &[StreamId],
    decide: impl Fn(&Standing<'_>) -> Result<Due, EngineError>,
) -> Result<Written, EngineError> {
    let mut all = Written::default();
    for batch in streams.chunks(BATCH) {
        let written = write_batch(broom, faults, batch, &decide).await?;
        all.facts += written.facts;
        all.messages += written.messages;
        for (name, count) in written.by_name {
            *all.by_name.entry(name).or_default() += count;
        }
    }
    Ok(all)
}

async fn write_batch(
    broom: Broom<'_>,
    faults: &mut Faults,
    batch: &[StreamId],
    decide: &impl Fn(&Standing<'_>) -> Result<Due, EngineError>,
) -> Result<Written, EngineError> {
    let Broom { store, config, clock, .. } = broom;
    for _ in 0..ATTEMPTS {
        let loaded = store.load(batch, &[]).await?;
        let (mut facts, mut messages) = (Vec::new(), Vec::new());
        for stream in batch {
            let Some(history) = loaded.histories.get(stream) else { continue };
            let (Some(last), Some(state)) = (history.last(), faults.pass(fold(history))?) else { continue };
            let due = faults.pass(decide(&Standing { stream, history, state: &state }))?;
            let numbered = (last.sequence + 1..).zip(due.facts);
            facts.extend(numbered.map(|(sequence, fact)| (stream.clone(), sequence, fact)));
            messages.extend(due.messages);
        }
        if facts.is_empty() {
            return Ok(Written::default());
        }
        let mut written =
            Written { facts: facts.len() as u64, messages: messages.len() as u64, by_name: BTreeMap::new() };
        for (_, _, fact) in &facts {
            *written.by_name.entry(fact.name()).or_default() += 1;
        }
        let mut commit = plan_facts(facts, &"clock".into(), clock.now(), &config.policy)?;
        commit.outbox = messages;
        if let Outcome::Committed { .. } = store.commit(commit).await? {
            return Ok(written);
        }
    }
    Err(EngineError::Contended { attempts: ATTEMPTS })
}

/// The facts of commands to one machine, each decided on the state that the ones before it left. A command that is
/// refused writes nothing: the history moved on since it was found due.
pub(super) fn decided<M: Kind>(
    state: &AnyState,
    commands: impl IntoIterator<Item = M::Command>,
    config: &Config,
    as_of: Instant,
) -> Vec<Fact> {
    let rules = config.rules();
    let context = Context { now: as_of, rules: &rules };
    let mut state = state.clone();
    let mut facts = Vec::new();
    for command in commands {
        let decided = machines::order::<M>(Some(&state), command, &context);
        let decided = decided.unwrap_or_else(|Refused { reason, detail }| {
            tracing::warn!(reason = %reason, detail = %detail, "what was due is refused");
            Vec::new()
        });
        for fact in decided {
            let next = machines::evolve(Some(state), &fact);
            state = next.expect("evolve accepts whatever decide writes: a property of every machine");
            facts.push(fact);
        }
    }
    facts
}
