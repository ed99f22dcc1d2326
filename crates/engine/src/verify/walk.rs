//! The walk by position: the chain, what every event posts, and the sums of the entries. A page is proven while the
//! next one is fetched.

use std::collections::HashMap;

use domain::text::Text;
use ledger::policy::PolicyBook;
use ledger::rules::post;
use store::chain::{Broken, Fault, Verifier};
use store::read::{Head, StoredEntry, StoredEvent};
use store::store::{Store, StoreError};

use super::{PAGE, Sums, Verified};
use crate::beside::Beside;
use crate::error::EngineError;
use crate::ingest::fact_of;
use crate::look::chain;

/// What was proven so far, and what it takes to go on.
pub(super) struct Walk {
    policies: PolicyBook,
    walker: Verifier,
    /// Whether the chain of the shard has held so far.
    is_whole: bool,
    pub(super) verified: Verified,
    pub(super) sums: Sums,
}

/// Walks every shard up to its head.
pub(super) async fn by_position(
    store: &dyn Store,
    heads: &[Head],
    mut walk: Walk,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<Walk, EngineError> {
    for (shard, head) in (0..).zip(heads) {
        walk = of_shard(store, shard, head, walk, progress).await?;
    }
    Ok(walk)
}

async fn of_shard(
    store: &dyn Store,
    shard: u16,
    head: &Head,
    mut walk: Walk,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<Walk, EngineError> {
    let (events, heads) = (named(store, "events", shard), named(store, "heads", shard));
    // The end was cut off: what is left is still compared.
    let is_cut = head.position > 0 && head.recorded_at.is_none();
    if is_cut {
        let what = "the event at the head is missing".to_owned();
        walk.verified.found("chain", Some(head.position), &heads, what);
    }
    (walk.walker, walk.is_whole) = (Verifier::new(shard), true);
    let (mut position, before) = (0, walk.verified.events);
    let mut entries = Entries::of(shard);
    let mut walking = Beside::begin(move || walk);
    let mut end = None;
    while position < head.position {
        let mut page = match store.scan(shard, position, PAGE).await {
            Ok(page) if !page.is_empty() => page,
            Ok(_) => {
                end = Some((position, "the store ends before its head".to_owned()));
                break;
            }
            Err(error @ StoreError::Corrupt { position, .. }) => {
                end = Some((position, chain(&error)));
                break;
            }
            Err(error) => return Err(error.into()),
        };
        page.retain(|event| event.position <= head.position);
        position = page.last().map_or(head.position, |event| event.position);
        let posted = entries.up_to(store, position).await?;
        let table = events.clone();
        let walk = walking.done().await;
        walking = Beside::begin(move || walk.page(&page, posted, &table));
        progress(before + position);
    }
    let mut walk = walking.done().await;
    if let Some((position, what)) = end {
        walk.verified.found("chain", Some(position), &events, what);
    }
    if walk.is_whole
        && !is_cut
        && position == head.position
        && let Err(broken) = walk.walker.finish(head)
    {
        let what = "the head does not close the chain".to_owned();
        walk.verified.found("chain", Some(broken.position), &heads, what);
    }
    Ok(walk)
}

/// A table, and which part of it when it has several.
fn named(store: &dyn Store, table: &str, shard: u16) -> String {
    if store.shards() == 1 { table.to_owned() } else { format!("{table} of shard {shard}") }
}

impl Walk {
    pub(super) fn new(policies: PolicyBook) -> Self {
        let walker = Verifier::new(0);
        Self { policies, walker, is_whole: true, verified: Verified::default(), sums: Sums::new() }
    }

    /// Proves a page of events with the entries that are stored for them.
    fn page(mut self, page: &[StoredEvent], entries: Vec<StoredEntry>, table: &str) -> Self {
        if self.is_whole
            && let Err(Broken { position, fault }) = self.walker.walk(page)
        {
            self.is_whole = false;
            let what = match fault {
                Fault::Linkage => "an event is missing, added or out of its place",
                Fault::Content => "the event is not what was written, or the one before it",
            };
            self.verified.found("chain", Some(position), table, what.to_owned());
        }
        let mut entries: HashMap<u64, StoredEntry> =
            entries.into_iter().map(|entry| (entry.position, entry)).collect();
        for event in page {
            let stored = entries.remove(&event.position);
            compare(event, stored.as_ref(), &self.policies, &mut self.verified);
            if let Some(entry) = stored {
                self.verified.entries += 1;
                add(&mut self.sums, &entry);
            }
        }
        self.verified.events += page.len() as u64;
        self
    }
}

/// The stored entries of a shard in the order of positions, read a page at a time.
struct Entries {
    shard: u16,
    /// Those that were read and not asked for yet.
    ahead: Vec<StoredEntry>,
    read_to: u64,
    ended: bool,
}

impl Entries {
    fn of(shard: u16) -> Self {
        Self { shard, ahead: Vec::new(), read_to: 0, ended: false }
    }

    /// The next ones, of events up to a position.
    async fn up_to(&mut self, store: &dyn Store, position: u64) -> Result<Vec<StoredEntry>, EngineError> {
        while !self.ended && self.read_to < position {
            let page = store.scan_entries(self.shard, self.read_to, PAGE).await?;
            match page.last() {
                Some(last) => self.read_to = last.position,
                None => self.ended = true,
            }
            self.ahead.extend(page);
        }
        let later = self.ahead.partition_point(|entry| entry.position <= position);
        let later = self.ahead.split_off(later);
        Ok(std::mem::replace(&mut self.ahead, later))
    }
}

fn compare(
    event: &StoredEvent,
    stored: Option<&StoredEntry>,
    policies: &PolicyBook,
    verified: &mut Verified,
) {
    let subject = event.stream.to_string();
    let found = |verified: &mut Verified, detail: String| {
        verified.found("entry", Some(event.position), &subject, detail);
    };
    let fact = match fact_of(event) {
        Ok(fact) => fact,
        Err(error) => return verified.found("history", Some(event.position), &subject, chain(&error)),
    };
    let version = stored.map_or(policies.current().version(), |entry| entry.policy);
    let Some(policy) = policies.version(version) else {
        return found(
            verified,
            format!("posting policy {version} is not configured, so it cannot be checked"),
        );
    };
    let wanted = match post(&event.stream, &fact, policy) {
        Ok(wanted) => wanted,
        Err(error) => return found(verified, chain(&error)),
    };
    match (wanted, stored) {
        (None, None) => {}
        (Some(wanted), Some(stored)) => {
            let same = wanted.id() == &stored.id
                && wanted.lines() == stored.lines
                && wanted.currency() == stored.currency
                && wanted.at() == stored.at
                && wanted.evidence() == stored.evidence;
            if !same {
                found(verified, format!("`{}` posts something else than what is stored", event.name));
            }
        }
        (Some(_), None) => found(verified, format!("the entry of `{}` is missing", event.name)),
        (None, Some(_)) => found(verified, format!("`{}` posts nothing, but an entry is stored", event.name)),
    }
}

fn add(sums: &mut Sums, entry: &StoredEntry) {
    for line in &entry.lines {
        let key = (line.account, entry.currency, Text::from(entry.stream.seller()));
        let sum = sums.entry(key).or_insert(0);
        *sum = sum.saturating_add(line.amount_minor);
    }
}
