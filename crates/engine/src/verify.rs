//! Proves that the store is what was written: chain, histories, postings and balances, each made again.
//!
//! The chain covers the events' exact bytes; entries are posted again from the events by the policy version they
//! name; balances are summed again from the entries. Every difference is a finding, and the walk goes on as far
//! as it can.

use std::collections::{BTreeMap, HashMap};

use domain::currency::Currency;
use domain::stream::StreamKind;
use domain::text::Text;
use ledger::account::Account;
use ledger::policy::PolicyBook;
use ledger::rules::post;
use serde::Serialize;
use store::chain::{Broken, Fault, Verifier};
use store::read::{Cut, StoredEntry, StoredEvent};
use store::store::{Store, StoreError};

use crate::error::EngineError;
use crate::ingest::{fact_of, follow};
use crate::look::chain;

/// Events or entries in one page.
const PAGE: usize = 20_000;

/// The result of a verification.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Verified {
    /// Events read.
    pub events: u64,
    /// Histories folded.
    pub streams: u64,
    /// Entries compared.
    pub entries: u64,
    /// What is not as it was written, in the order it was found.
    pub differences: Vec<Difference>,
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// What differs: `chain`, `history`, `entry` or `balance`.
    pub what: &'static str,
    /// Position of the event in its shard, when one is at fault.
    pub position: Option<u64>,
    /// Which stream or account.
    pub subject: String,
    /// A sentence for a person.
    pub detail: String,
}

type Sums = BTreeMap<(Account, Currency, Text), i64>;

/// Makes everything again and compares, shard after shard. `progress` is told after each page how many events were
/// read.
///
/// # Errors
/// When the store does not answer; differences are no errors.
pub async fn verify(
    store: &dyn Store,
    policies: &PolicyBook,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Verified, EngineError> {
    let mut verified = Verified::default();
    let mut sums = Sums::new();
    for shard in 0..store.shards() {
        events(store, shard, policies, &mut verified, &mut sums, &mut progress).await?;
    }
    for kind in StreamKind::ALL {
        histories(store, kind, &mut verified).await?;
    }
    balances(store, &sums, &mut verified).await?;
    Ok(verified)
}

async fn events(
    store: &dyn Store,
    shard: u16,
    policies: &PolicyBook,
    verified: &mut Verified,
    sums: &mut Sums,
    progress: &mut (impl FnMut(u64) + Send),
) -> Result<(), EngineError> {
    let (events, heads) = (named(store, "events", shard), named(store, "heads", shard));
    let (end, head) = match store.head(shard).await {
        Ok(head) => (head.position, Some(head)),
        // The end was cut off: what is left is still compared.
        Err(error @ StoreError::Corrupt { position, .. }) => {
            verified.found("chain", Some(position), &heads, chain(&error));
            (position, None)
        }
        Err(error) => return Err(error.into()),
    };
    let mut walker = Verifier::new(shard);
    let (mut position, mut whole) = (0, true);
    let before = verified.events;
    let mut entries = Entries::of(shard);
    while position < end {
        let page = match store.scan(shard, position, PAGE).await {
            Ok(page) if !page.is_empty() => page,
            Ok(_) => {
                let what = "the store ends before its head".to_owned();
                verified.found("chain", Some(position), &events, what);
                break;
            }
            Err(error @ StoreError::Corrupt { position, .. }) => {
                verified.found("chain", Some(position), &events, chain(&error));
                break;
            }
            Err(error) => return Err(error.into()),
        };
        if whole && let Err(Broken { position, fault }) = walker.walk(&page) {
            whole = false;
            let what = match fault {
                Fault::Linkage => "an event is missing, added or out of its place",
                Fault::Content => "the event is not what was written, or the one before it",
            };
            verified.found("chain", Some(position), &events, what.to_owned());
        }
        for event in &page {
            let stored = entries.at(store, event.position).await?;
            compare(event, stored.as_ref(), policies, verified);
            if let Some(entry) = stored {
                verified.entries += 1;
                add(sums, &entry);
            }
            position = event.position;
        }
        verified.events = before + position;
        progress(verified.events);
    }
    if let Some(head) = head
        && whole
        && position == head.position
        && let Err(broken) = walker.finish(&head)
    {
        let what = "the head does not close the chain".to_owned();
        verified.found("chain", Some(broken.position), &heads, what);
    }
    Ok(())
}

/// A table, and which part of it when it has several.
fn named(store: &dyn Store, table: &str, shard: u16) -> String {
    if store.shards() == 1 { table.to_owned() } else { format!("{table} of shard {shard}") }
}

/// The stored entries of a shard in the order of positions, read a page at a time.
struct Entries {
    shard: u16,
    page: HashMap<u64, StoredEntry>,
    read_to: u64,
    ended: bool,
}

impl Entries {
    fn of(shard: u16) -> Self {
        Self { shard, page: HashMap::new(), read_to: 0, ended: false }
    }

    async fn at(&mut self, store: &dyn Store, position: u64) -> Result<Option<StoredEntry>, EngineError> {
        while !self.ended && self.read_to < position {
            let page = store.scan_entries(self.shard, self.read_to, PAGE).await?;
            match page.last() {
                Some(last) => self.read_to = last.position,
                None => self.ended = true,
            }
            self.page.extend(page.into_iter().map(|entry| (entry.position, entry)));
        }
        Ok(self.page.remove(&position))
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

async fn histories(store: &dyn Store, kind: StreamKind, verified: &mut Verified) -> Result<(), EngineError> {
    let mut after: Option<String> = None;
    loop {
        let page = store.scan_streams(kind, after.as_deref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.stream.key().to_owned());
        for history in page.chunk_by(|a, b| a.stream == b.stream) {
            verified.streams += 1;
            if let Err(error) = fold(history) {
                verified.found("history", None, &history[0].stream.to_string(), chain(&error));
            }
        }
    }
}

fn fold(history: &[StoredEvent]) -> Result<(), EngineError> {
    let mut state = None;
    for event in history {
        state = Some(follow(state, event, &fact_of(event)?)?);
    }
    Ok(())
}

async fn balances(store: &dyn Store, sums: &Sums, verified: &mut Verified) -> Result<(), EngineError> {
    let mut stored = Sums::new();
    for balance in store.balances(Cut::default()).await? {
        stored.insert((balance.account, balance.currency, balance.seller), balance.balance_minor);
    }
    let mut keys: Vec<_> = sums.keys().chain(stored.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (summed, kept) = (sums.get(key).unwrap_or(&0), stored.get(key).unwrap_or(&0));
        if summed != kept {
            let (account, currency, seller) = key;
            let subject = format!("account {} of seller {seller}", account.code());
            let print = |minor: i64| domain::money::format_minor(minor, *currency);
            let detail = format!(
                "the balance says {} {currency}, but its entries sum to {}",
                print(*kept),
                print(*summed)
            );
            verified.found("balance", None, &subject, detail);
        }
    }
    Ok(())
}

fn add(sums: &mut Sums, entry: &StoredEntry) {
    for line in &entry.lines {
        let key = (line.account, entry.currency, Text::from(entry.stream.seller()));
        let sum = sums.entry(key).or_insert(0);
        *sum = sum.saturating_add(line.amount_minor);
    }
}

impl Verified {
    fn found(&mut self, what: &'static str, position: Option<u64>, subject: &str, detail: String) {
        self.differences.push(Difference { what, position, subject: subject.to_owned(), detail });
    }
}
