//! A store in memory, for tests: the same semantics, no durability, one lock around everything.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use ledger::journal::EntryId;

use crate::bodies::{self, BodyName};
use crate::cell;
use crate::chain::ONLY_SHARD;
use crate::commit::{Commit, NewMessage, Outcome};
use crate::fresh;
use crate::inbox::{Attempt, Body, InboxKey, NewDelivery, Verdict};
use crate::read::{
    Balance, Cell, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, Snapshot, StoredEntry, StoredEvent,
    StoredMessage,
};
use crate::sealed::{self, Sums, micros};
use crate::store::{Store, StoreError, Visit};

mod cells;
mod sightings;

/// A store that ends with the process.
#[derive(Default, Debug)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default, Debug)]
struct State {
    events: Vec<StoredEvent>,
    /// Indexes into `events`, by kind and key.
    histories: BTreeMap<(StreamKind, Text), Vec<usize>>,
    entries: Vec<StoredEntry>,
    /// An id belongs to its stream.
    entry_ids: HashSet<(StreamId, EntryId)>,
    balances: Sums,
    deliveries: Vec<(Delivery, Vec<Attempt>)>,
    /// Indexes into `deliveries`.
    by_key: HashMap<InboxKey, usize>,
    /// The last delivery that was fetched for a notification.
    answers: HashMap<InboxKey, usize>,
    /// By SHA-256 in hexadecimal digits.
    bodies: HashMap<Text, Vec<u8>>,
    outbox: Vec<StoredMessage>,
    cells: BTreeMap<Text, Cell>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no code panics while it holds the lock")
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn shards(&self) -> u16 {
        1
    }

    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError> {
        let state = self.state();
        let mut loaded = Loaded::default();
        for stream in streams {
            if let Some(indexes) = state.histories.get(&history_of(stream)) {
                loaded.histories.insert(stream.clone(), state.pick(indexes));
            }
        }
        for key in keys {
            if let Some((delivery, _)) = state.delivery(key) {
                loaded.known.insert(key.clone(), delivery.body_sha256.clone());
            }
        }
        Ok(loaded)
    }

    async fn answers(&self, notifications: &[InboxKey]) -> Result<HashMap<InboxKey, Verdict>, StoreError> {
        let state = self.state();
        let answer = |key: &InboxKey| {
            let (delivery, _) = &state.deliveries[*state.answers.get(key)?];
            Some((key.clone(), delivery.verdict.clone()))
        };
        Ok(notifications.iter().filter_map(answer).collect())
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        self.state().commit(commit)
    }

    async fn scan(&self, shard: u16, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        if shard != ONLY_SHARD {
            return Ok(vec![]);
        }
        let state = self.state();
        let start = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(state.events.iter().skip(start).take(limit).cloned().collect())
    }

    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let state = self.state();
        let mut events = Vec::new();
        for ((_, key), indexes) in state.histories.iter().filter(|((of, _), _)| *of == kind) {
            if after.is_some_and(|after| &**key <= after) {
                continue;
            }
            if !events.is_empty() && events.len() + indexes.len() > limit {
                break;
            }
            events.extend(state.pick(indexes));
        }
        Ok(events)
    }

    async fn scan_entries(
        &self,
        shard: u16,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        if shard != ONLY_SHARD {
            return Ok(vec![]);
        }
        let state = self.state();
        Ok(state.entries.iter().filter(|entry| entry.position > after).take(limit).cloned().collect())
    }

    async fn head(&self, shard: u16) -> Result<Head, StoreError> {
        Ok(if shard == ONLY_SHARD { self.state().head() } else { Head::EMPTY })
    }

    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError> {
        let state = self.state();
        if cut == Cut::default() {
            return Ok(balances(&state.balances));
        }
        let entries: Vec<_> = state
            .entries
            .iter()
            .filter(|entry| cut.as_of.is_none_or(|as_of| entry.at <= as_of))
            .filter(|entry| cut.known_at.is_none_or(|known_at| entry.recorded_at <= known_at))
            .cloned()
            .collect();
        Ok(balances(&sealed::sums(&entries)?))
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let state = self.state();
        Ok(Snapshot { heads: vec![state.head()], balances: balances(&state.balances) })
    }

    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError> {
        let mut counts = InboxCounts::default();
        for (delivery, _) in &self.state().deliveries {
            *counts.of(&delivery.verdict) += 1;
        }
        Ok(counts)
    }

    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError> {
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let state = self.state();
        let wanted = state.deliveries.iter().map(|(delivery, _)| delivery).filter(|delivery| {
            delivery.arrival > filter.after
                && (delivery.unclassified || !filter.unclassified)
                && filter.verdict.as_deref().is_none_or(|word| word == delivery.verdict.word())
                && filter.kind.as_deref().is_none_or(|kind| kind == &*delivery.kind)
        });
        Ok(wanted.take(limit).cloned().collect())
    }

    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
        Ok(self.state().delivery(key).cloned())
    }

    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.state();
        Ok(state.delivery(key).and_then(|(delivery, _)| state.bodies.get(&delivery.body_sha256)).cloned())
    }

    async fn purge_bodies(&self, received_before: Instant) -> Result<u64, StoreError> {
        let mut state = self.state();
        let State { deliveries, bodies, .. } = &mut *state;
        let kept: HashSet<&Text> = deliveries
            .iter()
            .filter(|(delivery, _)| delivery.received_at >= received_before)
            .map(|(delivery, _)| &delivery.body_sha256)
            .collect();
        let before = bodies.len();
        bodies.retain(|sha256, _| kept.contains(sha256));
        Ok((before - bodies.len()) as u64)
    }

    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        let state = self.state();
        let start = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(state.outbox.iter().skip(start).take(limit).cloned().collect())
    }

    async fn sightings(&self, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let seen = self.state().sightings();
        seen.into_iter().for_each(visit);
        Ok(())
    }

    async fn cell(&self, name: &str) -> Result<Option<Cell>, StoreError> {
        Ok(self.state().cells.get(name).cloned())
    }

    async fn cells(&self, prefix: &str) -> Result<Vec<(Text, Cell)>, StoreError> {
        Ok(self.state().cells_of(prefix))
    }

    async fn put_cell(
        &self,
        name: &str,
        expected: Option<u64>,
        value: &[u8],
        _: Instant,
    ) -> Result<bool, StoreError> {
        cell::refuse_unstorable(name)?;
        Ok(self.state().put_cell(name, expected, value))
    }
}

impl State {
    fn commit(&mut self, commit: Commit) -> Result<Outcome, StoreError> {
        let draft = sealed::draft(commit.recorded_at, commit.events)?;
        let names =
            commit.deliveries.iter().map(|new| bodies::name(&new.body)).collect::<Result<Vec<_>, _>>()?;
        let last = fresh::streams(draft.events())
            .into_iter()
            .filter_map(|stream| {
                Some((stream.clone(), self.histories.get(&history_of(stream))?.len() as u64))
            })
            .collect();
        let streams = fresh::stale_streams(draft.events(), &last);
        let granted = fresh::granted(&commit.deliveries, &commit.attempts);
        let known = |key: &InboxKey| self.by_key.contains_key(key);
        let keys =
            fresh::stale_keys(&commit.deliveries, &granted, known, |key| self.answers.contains_key(key));
        if !streams.is_empty() || !keys.is_empty() {
            return Ok(Outcome::Stale { streams, keys });
        }
        let new_keys: HashSet<_> = commit.deliveries.iter().map(|new| &new.key).collect();
        let known = |key| new_keys.contains(key) || self.by_key.contains_key(key);
        if let Some(attempt) = commit.attempts.iter().find(|attempt| !known(&attempt.key)) {
            return Err(StoreError::UnknownDelivery { key: attempt.key.clone() });
        }
        fresh::distinct_messages(&commit.outbox, |key| self.outbox.iter().any(|stored| *stored.key == *key))?;
        let sealed = draft.seal(self.head(), ONLY_SHARD);
        if let Some(entry) = sealed.entries.iter().find(|entry| self.entry_ids.contains(&entry_of(entry))) {
            return Err(StoreError::RepeatedEntry { id: entry.id.clone() });
        }
        let moved = self.moved_balances(&sealed.entries)?;

        // Nothing below can fail: the commit is written whole.
        for (new, name) in commit.deliveries.into_iter().zip(names) {
            self.receive(new, name, commit.recorded_at);
        }
        for attempt in commit.attempts {
            self.attempt(attempt);
        }
        for message in commit.outbox {
            self.send(message, commit.recorded_at);
        }
        self.balances.extend(moved);
        for event in sealed.events {
            self.histories.entry(history_of(&event.stream)).or_default().push(self.events.len());
            self.events.push(event);
        }
        self.entry_ids.extend(sealed.entries.iter().map(entry_of));
        self.entries.extend(sealed.entries);
        Ok(Outcome::Committed { head: sealed.head.position })
    }

    fn moved_balances(&self, entries: &[StoredEntry]) -> Result<Sums, StoreError> {
        let mut moved = sealed::sums(entries)?;
        for ((account, currency, seller), sum) in &mut moved {
            let before = self.balances.get(&(*account, *currency, seller.clone())).copied().unwrap_or(0);
            *sum = sealed::add(before, *sum, *account, *currency, seller)?;
        }
        Ok(moved)
    }

    fn receive(&mut self, new: NewDelivery, name: BodyName, recorded_at: Instant) {
        let body_sha256 = Text::from(bodies::to_hex(&name.sha256));
        if let Body::Bytes(body) = new.body {
            self.bodies.entry(body_sha256.clone()).or_insert_with(|| body.into_bytes());
        }
        let attempt = Attempt { key: new.key.clone(), at: micros(recorded_at), verdict: new.verdict.clone() };
        let delivery = Delivery {
            arrival: self.deliveries.len() as u64 + 1,
            key: new.key.clone(),
            kind: new.kind,
            topic: new.topic,
            channel: new.channel,
            seller: new.seller,
            site: new.site,
            origin: new.origin,
            received_at: micros(new.received_at),
            caused_by: new.caused_by,
            subject: new.subject,
            body_sha256,
            body_length: name.length,
            body_offset: name.offset,
            verdict: new.verdict,
            attempts: 1,
            unclassified: new.unclassified,
        };
        if let Some(cause) = &delivery.caused_by {
            self.answers.insert(cause.clone(), self.deliveries.len());
        }
        self.by_key.insert(new.key, self.deliveries.len());
        self.deliveries.push((delivery, vec![attempt]));
    }

    fn send(&mut self, message: NewMessage, recorded_at: Instant) {
        self.outbox.push(StoredMessage {
            number: self.outbox.len() as u64 + 1,
            key: message.key,
            destination: message.destination,
            payload: message.payload,
            caused_by: message.caused_by,
            recorded_at: micros(recorded_at),
        });
    }

    fn attempt(&mut self, attempt: Attempt) {
        let index = self.by_key[&attempt.key];
        let (delivery, attempts) = &mut self.deliveries[index];
        delivery.verdict = attempt.verdict.clone();
        delivery.attempts += 1;
        attempts.push(Attempt { at: micros(attempt.at), ..attempt });
    }

    fn head(&self) -> Head {
        let position = self.events.len() as u64;
        self.events.last().map_or(Head::EMPTY, |last| Head {
            position,
            count: position,
            digest: last.digest,
            recorded_at: Some(last.recorded_at),
        })
    }

    fn delivery(&self, key: &InboxKey) -> Option<&(Delivery, Vec<Attempt>)> {
        self.by_key.get(key).map(|&index| &self.deliveries[index])
    }

    fn pick(&self, indexes: &[usize]) -> Vec<StoredEvent> {
        indexes.iter().map(|&index| self.events[index].clone()).collect()
    }
}

fn history_of(stream: &StreamId) -> (StreamKind, Text) {
    (stream.kind(), stream.key().into())
}

fn entry_of(entry: &StoredEntry) -> (StreamId, EntryId) {
    (entry.stream.clone(), entry.id.clone())
}

fn balances(sums: &Sums) -> Vec<Balance> {
    sums.iter()
        .filter(|(_, balance_minor)| **balance_minor != 0)
        .map(|((account, currency, seller), balance_minor)| Balance {
            account: *account,
            currency: *currency,
            seller: seller.clone(),
            balance_minor: *balance_minor,
        })
        .collect()
}
