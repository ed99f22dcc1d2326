//! What is read back.

use std::collections::HashMap;

use domain::currency::Currency;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use ledger::account::Account;
use ledger::journal::{EntryId, Evidence, Line};

use crate::chain::GENESIS;
use crate::inbox::{InboxKey, Verdict};

/// A stored event with its envelope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    /// Place in its shard, from 1, without gaps, in commit order.
    pub position: u64,
    /// Whose history.
    pub stream: StreamId,
    /// Number in the history, from 1.
    pub sequence: u64,
    /// Stored name.
    pub name: Text,
    /// Version of the payload's shape.
    pub version: u16,
    /// The exact stored text.
    pub payload: String,
    /// The exact stored metadata text (JSON).
    pub metadata: String,
    /// Business time.
    pub occurred_at: Instant,
    /// Recording time.
    pub recorded_at: Instant,
    /// Hash chain up to and including this event.
    pub digest: [u8; 32],
}

/// A stored entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEntry {
    /// Position in its shard of the event that posted it.
    pub position: u64,
    /// Identity.
    pub id: EntryId,
    /// Whose history caused it.
    pub stream: StreamId,
    /// Stored name of the fact that caused it.
    pub fact: Text,
    /// Business time.
    pub at: Instant,
    /// Recording time.
    pub recorded_at: Instant,
    /// Currency.
    pub currency: Currency,
    /// Lines, debit positive.
    pub lines: Vec<Line>,
    /// Who told us.
    pub evidence: Evidence,
    /// Version of the posting policy that made it.
    pub policy: u32,
}

/// What a plan is made on.
#[derive(Clone, Default, Debug)]
pub struct Loaded {
    /// Full histories of the streams asked for, in sequence order; absent streams are not in the map.
    pub histories: HashMap<StreamId, Vec<StoredEvent>>,
    /// Deliveries asked for that are in the inbox, with the SHA-256 of their bodies (hex).
    pub known: HashMap<InboxKey, Text>,
}

/// A balance of one account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Balance {
    /// Account.
    pub account: Account,
    /// Currency.
    pub currency: Currency,
    /// Seller.
    pub seller: Text,
    /// Debit positive, minor units.
    pub balance_minor: i64,
}

/// The end of a shard.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// Position of the last event; 0 when empty.
    pub position: u64,
    /// Number of events.
    pub count: u64,
    /// Digest of the chain.
    pub digest: [u8; 32],
    /// Recording time of the last event.
    pub recorded_at: Option<Instant>,
}

impl Head {
    /// Of a shard without events.
    pub const EMPTY: Self = Self { position: 0, count: 0, digest: GENESIS, recorded_at: None };
}

/// A moment of a store: its ends, and its balances as they were there.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Snapshot {
    /// By shard, from 0.
    pub heads: Vec<Head>,
    /// Ordered by account, currency, seller; those of zero are left out.
    pub balances: Vec<Balance>,
}

impl Snapshot {
    /// Recording time of the last event of all; `None` when there is none.
    #[must_use]
    pub fn recorded_at(&self) -> Option<Instant> {
        self.heads.iter().filter_map(|head| head.recorded_at).max()
    }
}

/// One delivery of the inbox, without its body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Its number, from 1, unique in the store. In the order of arrival among the deliveries of one shard, which need
    /// not be the order of arrival in a store of several: a quiet shard counts more slowly.
    pub arrival: u64,
    /// Key.
    pub key: InboxKey,
    /// `notification`, `resource` or `row`.
    pub kind: Text,
    /// Topic.
    pub topic: Text,
    /// Channel.
    pub channel: Text,
    /// Seller, or empty.
    pub seller: Text,
    /// Site, or empty.
    pub site: Text,
    /// File and line, or queue.
    pub origin: Text,
    /// When it was received.
    pub received_at: Instant,
    /// Key of the notification that it was fetched for.
    pub caused_by: Option<InboxKey>,
    /// What it tells or points at ([`crate::inbox::NewDelivery::subject`]).
    pub subject: Option<Text>,
    /// SHA-256 of the body, lower-case hex.
    pub body_sha256: Text,
    /// Length of the body, bytes.
    pub body_length: u64,
    /// Offset of the body in its file, bytes, when it was too large to keep.
    pub body_offset: Option<u64>,
    /// Verdict of the last attempt.
    pub verdict: Verdict,
    /// Number of attempts.
    pub attempts: u32,
    /// Whether it carried words outside the known list.
    pub unclassified: bool,
}

/// A message of the outbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredMessage {
    /// Place in the order of the outbox, from 1, without gaps, in commit order.
    pub number: u64,
    /// Its identity for whoever receives it.
    pub key: Text,
    /// Where it goes.
    pub destination: Text,
    /// What is sent.
    pub payload: String,
    /// Whose facts caused it.
    pub caused_by: StreamId,
    /// Recording time of its commit.
    pub recorded_at: Instant,
}

/// How the deliveries of one channel and one kind saw one thing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Sighting {
    /// Whose it is, or empty.
    pub seller: Text,
    /// What was seen: [`crate::inbox::NewDelivery::subject`].
    pub subject: Text,
    /// Channel of the deliveries.
    pub channel: Text,
    /// Kind of the deliveries.
    pub kind: Text,
    /// When the first of them was received.
    pub first_at: Instant,
    /// How many there are.
    pub count: u64,
}

/// A small value that is replaced as a whole: a checkpoint, a sealed token, a lease.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// How often it was written.
    pub version: u64,
    /// As it was last written.
    pub value: Vec<u8>,
}

/// Deliveries by verdict of their last attempt.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct InboxCounts {
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
}

impl InboxCounts {
    /// The counter of a verdict.
    pub(crate) fn of(&mut self, verdict: &Verdict) -> &mut u64 {
        match verdict {
            Verdict::Applied => &mut self.applied,
            Verdict::Unchanged => &mut self.unchanged,
            Verdict::NeedsFetch => &mut self.needs_fetch,
            Verdict::Refused { .. } => &mut self.refused,
            Verdict::Undecodable { .. } => &mut self.undecodable,
        }
    }
}

/// Which deliveries to list.
#[derive(Clone, Default, Debug)]
pub struct InboxFilter {
    /// Only this verdict's word (`refused`).
    pub verdict: Option<Text>,
    /// Only this kind (`file`).
    pub kind: Option<Text>,
    /// Only deliveries with words outside the known list.
    pub unclassified: bool,
    /// Only deliveries with a number above this one ([`Delivery::arrival`]); 0 starts at the first. In a store of
    /// several shards lower numbers may still be given, so this pages through what is there and does not wait for more.
    pub after: u64,
    /// At most this many.
    pub limit: u64,
}

/// Bitemporal cut: facts that happened by `as_of` and were recorded by `known_at`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Cut {
    /// Business time, inclusive; `None` is no bound.
    pub as_of: Option<Instant>,
    /// Recording time, inclusive; `None` is no bound.
    pub known_at: Option<Instant>,
}
