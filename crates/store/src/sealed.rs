//! What a commit becomes once its place is known: events with positions and digests, entries with positions,
//! sums by account.
//!
//! Shared by every store, so that all of them write the same bytes. Touches no database.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;
use ledger::account::Account;
use ledger::journal::JournalEntry;
use serde::Serialize;

use crate::chain;
use crate::commit::NewEvent;
use crate::fresh;
use crate::inbox::InboxKey;
use crate::read::{Head, StoredEntry, StoredEvent};
use crate::store::StoreError;

/// Sums of debit-positive minor units, in the order in which balances are updated.
pub(crate) type Sums = BTreeMap<(Account, Currency, Text), i64>;

/// The rows of a commit's events, whose place is not known yet: positions count from 1 and digests are empty.
#[derive(Debug)]
pub(crate) struct Draft {
    /// When it was planned.
    recorded_at: Instant,
    events: Vec<StoredEvent>,
    entries: Vec<StoredEntry>,
    /// For each entry the index of the event that posts it.
    posted_by: Vec<usize>,
}

/// The rows of a commit's events, ready to write after a given head.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) events: Vec<StoredEvent>,
    pub(crate) entries: Vec<StoredEntry>,
    pub(crate) head: Head,
}

#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    caused_by: Option<&'a InboxKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a Text>,
}

/// Turns events into rows, as far as that is possible before their place is known.
///
/// # Errors
/// [`StoreError::RepeatedEntry`] when one entry is posted twice.
pub(crate) fn draft(recorded_at: Instant, events: Vec<NewEvent>) -> Result<Draft, StoreError> {
    let recorded_at = micros(recorded_at);
    let mut rows = Vec::with_capacity(events.len());
    let mut entries = Vec::with_capacity(events.len());
    let mut posted_by = Vec::with_capacity(events.len());
    for (new, position) in events.into_iter().zip(1..) {
        let metadata = metadata(&new);
        if let Some(entry) = &new.entry {
            entries.push(stored_entry(entry, position, recorded_at));
            posted_by.push(rows.len());
        }
        rows.push(StoredEvent {
            position,
            stream: new.stream,
            sequence: new.sequence,
            name: new.name.into(),
            version: new.version,
            payload: new.payload,
            metadata,
            occurred_at: micros(new.occurred_at),
            recorded_at,
            digest: chain::GENESIS,
        });
    }
    fresh::distinct_entries(&entries)?;
    Ok(Draft { recorded_at, events: rows, entries, posted_by })
}

impl Draft {
    /// The events, to be checked against what is stored.
    pub(crate) fn events(&self) -> &[StoredEvent] {
        &self.events
    }

    /// The entries, each with the index of the event that posts it.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&StoredEntry, usize)> {
        self.entries.iter().zip(self.posted_by.iter().copied())
    }

    /// Gives the rows their places after `head`, in order.
    pub(crate) fn seal(mut self, head: Head, shard: u16) -> Sealed {
        let mut heads = BTreeMap::from([(shard, head)]);
        self.place(&mut heads, &vec![shard; self.events.len()]);
        let head = heads.remove(&shard).expect("it was given just now");
        Sealed { events: self.events, entries: self.entries, head }
    }

    /// Gives the rows their places after the heads of their shards, in order, and moves the heads. All rows get one
    /// recording time, later than those of the heads. Places that were given before are forgotten.
    pub(crate) fn place(&mut self, heads: &mut BTreeMap<u16, Head>, shards: &[u16]) {
        let recorded_at = self.recorded_after(heads, shards);
        for (event, shard) in self.events.iter_mut().zip(shards) {
            event.recorded_at = recorded_at;
            let head = heads.get_mut(shard).expect("the heads of all shards of a commit are given");
            append(event, head, *shard);
        }
        for (entry, event) in self.entries.iter_mut().zip(&self.posted_by) {
            entry.position = self.events[*event].position;
            entry.recorded_at = recorded_at;
        }
    }

    /// When it was planned, or a microsecond after its heads when they were recorded since then.
    fn recorded_after(&self, heads: &BTreeMap<u16, Head>, shards: &[u16]) -> Instant {
        let last = shards.iter().filter_map(|shard| heads.get(shard)?.recorded_at).max();
        let next = last.and_then(|last| Instant::from_timestamp_micros(last.timestamp_micros() + 1));
        next.map_or(self.recorded_at, |next| next.max(self.recorded_at))
    }
}

fn append(event: &mut StoredEvent, head: &mut Head, shard: u16) {
    event.position = head.position + 1;
    event.digest = chain::digest(&head.digest, shard, event);
    *head = Head {
        position: event.position,
        count: head.count + 1,
        digest: event.digest,
        recorded_at: Some(event.recorded_at),
    };
}

/// Sums the lines of entries by account, currency and seller.
///
/// # Errors
/// When a sum leaves the range of an `i64`.
pub(crate) fn sums(entries: &[StoredEntry]) -> Result<Sums, StoreError> {
    let mut sums = Sums::new();
    for entry in entries {
        let seller = Text::from(entry.stream.seller());
        for line in &entry.lines {
            let sum = sums.entry((line.account, entry.currency, seller.clone())).or_default();
            *sum = add(*sum, line.amount_minor, line.account, entry.currency, &seller)?;
        }
    }
    Ok(sums)
}

/// Adds to a balance.
///
/// # Errors
/// When the sum leaves the range of an `i64`.
pub(crate) fn add(
    balance_minor: i64,
    amount_minor: i64,
    account: Account,
    currency: Currency,
    seller: &Text,
) -> Result<i64, StoreError> {
    balance_minor.checked_add(amount_minor).ok_or_else(|| StoreError::Overflow {
        account,
        currency,
        seller: seller.clone(),
    })
}

/// Cuts an instant to the microseconds that databases keep, towards the past.
pub(crate) fn micros(at: Instant) -> Instant {
    Instant::from_timestamp_micros(at.timestamp_micros())
        .expect("the microseconds of an instant are in its range")
}

fn metadata(event: &NewEvent) -> String {
    let metadata = Metadata { caused_by: event.caused_by.as_ref(), actor: event.actor.as_ref() };
    serde_json::to_string(&metadata).expect("two optional texts always serialise")
}

fn stored_entry(entry: &JournalEntry, position: u64, recorded_at: Instant) -> StoredEntry {
    let fact: &str = entry.fact();
    StoredEntry {
        position,
        id: entry.id().clone(),
        stream: entry.stream().clone(),
        fact: fact.into(),
        at: micros(entry.at()),
        recorded_at,
        currency: entry.currency(),
        lines: entry.lines().to_vec(),
        evidence: entry.evidence(),
        policy: entry.policy(),
    }
}
