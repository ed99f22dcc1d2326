//! Whether a commit still fits what is stored: expected sequences, unused inbox keys, distinct entries and messages.
//!
//! Shared by every store; each one brings its own way of looking things up.

use std::collections::{BTreeSet, HashMap};

use domain::stream::StreamId;
use ledger::journal::EntryId;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::commit::NewMessage;
use crate::inbox::{Attempt, InboxKey, NewDelivery, Verdict};
use crate::read::{StoredEntry, StoredEvent};
use crate::store::StoreError;

/// Streams whose events do not continue at the last stored sequence, in order. `last` has no row for absent streams.
pub(crate) fn stale_streams(events: &[StoredEvent], last: &HashMap<StreamId, u64>) -> Vec<StreamId> {
    let mut reached: FxHashMap<&StreamId, u64> = FxHashMap::default();
    let mut stale = BTreeSet::new();
    for event in events {
        let before =
            reached.entry(&event.stream).or_insert_with(|| last.get(&event.stream).copied().unwrap_or(0));
        if event.sequence == *before + 1 {
            *before = event.sequence;
        } else {
            stale.insert(event.stream.clone());
        }
    }
    stale.into_iter().collect()
}

/// What a commit takes for granted of notifications and of what is fetched for them.
#[derive(Debug)]
pub(crate) struct Granted<'c> {
    /// Notifications that are not in the inbox, though something fetched for them is in the commit.
    pub(crate) absent: Vec<&'c InboxKey>,
    /// New notifications that nothing was fetched for.
    pub(crate) waiting: Vec<&'c InboxKey>,
}

/// A notification that the commit has a further attempt at is closed by it, and nothing is taken for granted.
pub(crate) fn granted<'c>(deliveries: &'c [NewDelivery], attempts: &[Attempt]) -> Granted<'c> {
    let closed: FxHashSet<&InboxKey> = attempts.iter().map(|attempt| &attempt.key).collect();
    let open = |key: &&InboxKey| !closed.contains(key);
    let waiting = deliveries.iter().filter(|new| new.verdict == Verdict::NeedsFetch).map(|new| &new.key);
    Granted {
        absent: deliveries.iter().filter_map(|new| new.caused_by.as_ref()).filter(open).collect(),
        waiting: waiting.filter(open).collect(),
    }
}

/// Keys that are in the inbox already or twice in the commit, and notifications that are not as the commit takes for
/// granted, in order.
pub(crate) fn stale_keys(
    deliveries: &[NewDelivery],
    granted: &Granted<'_>,
    known: impl Fn(&InboxKey) -> bool,
    answered: impl Fn(&InboxKey) -> bool,
) -> Vec<InboxKey> {
    let mut seen: FxHashSet<&InboxKey> = FxHashSet::default();
    let twice = deliveries.iter().map(|new| &new.key).filter(|key| !seen.insert(key) || known(key));
    let come = granted.absent.iter().copied().filter(|key| known(key));
    let answered = granted.waiting.iter().copied().filter(|key| answered(key));
    let stale: BTreeSet<_> = twice.chain(come).chain(answered).collect();
    stale.into_iter().cloned().collect()
}

/// The streams of a commit, each once, in order of first appearance.
pub(crate) fn streams(events: &[StoredEvent]) -> Vec<&StreamId> {
    let mut seen: FxHashSet<&StreamId> = FxHashSet::default();
    events.iter().map(|event| &event.stream).filter(|stream| seen.insert(stream)).collect()
}

/// Refuses a commit that posts one entry twice.
///
/// # Errors
/// Names the first repeated id.
pub(crate) fn distinct_entries(entries: &[StoredEntry]) -> Result<(), StoreError> {
    let mut seen: FxHashSet<(&StreamId, &EntryId)> = FxHashSet::default();
    match entries.iter().find(|entry| !seen.insert((&entry.stream, &entry.id))) {
        Some(entry) => Err(StoreError::RepeatedEntry { id: entry.id.clone() }),
        None => Ok(()),
    }
}

/// Refuses a commit that sends one message twice, or one whose key is stored.
///
/// # Errors
/// Names the first repeated key.
pub(crate) fn distinct_messages(
    outbox: &[NewMessage],
    stored: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    match outbox.iter().find(|message| !seen.insert(&message.key) || stored(&message.key)) {
        Some(message) => Err(StoreError::RepeatedMessage { key: message.key.clone() }),
        None => Ok(()),
    }
}
