//! Whether a commit still fits what is stored: expected sequences, unused inbox keys, distinct entries and messages.
//!
//! Shared by every store; each one brings its own way of looking things up.

use std::collections::{BTreeSet, HashMap};

use domain::stream::StreamId;
use ledger::journal::EntryId;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::commit::NewMessage;
use crate::inbox::{InboxKey, NewDelivery};
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

/// Keys that are in the inbox already or twice in the commit, in order.
pub(crate) fn stale_keys(deliveries: &[NewDelivery], known: impl Fn(&InboxKey) -> bool) -> Vec<InboxKey> {
    let mut seen: FxHashSet<&InboxKey> = FxHashSet::default();
    let stale: BTreeSet<_> =
        deliveries.iter().map(|new| &new.key).filter(|key| !seen.insert(key) || known(key)).collect();
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
