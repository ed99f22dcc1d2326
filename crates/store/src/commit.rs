//! What is written together or not at all.

use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use ledger::journal::JournalEntry;

use crate::inbox::{Attempt, InboxKey, NewDelivery};

/// One transaction: deliveries with their verdicts, events in order, the entries the events post, and messages to send.
#[derive(Clone, Debug)]
pub struct Commit {
    /// When it was planned, truncated to microseconds: recording time of everything in it, but that its events and
    /// entries are recorded later when their shard holds something recorded later ([`crate::store::Store::commit`]).
    pub recorded_at: Instant,
    /// Deliveries not seen before, each with its first verdict.
    pub deliveries: Vec<NewDelivery>,
    /// Further verdicts on deliveries that are already in the inbox (or earlier in this commit).
    pub attempts: Vec<Attempt>,
    /// Events in the order of their positions.
    pub events: Vec<NewEvent>,
    /// Messages to send once all of it is durable, in order.
    pub outbox: Vec<NewMessage>,
}

/// An event to append.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Whose history.
    pub stream: StreamId,
    /// Its number in the history, from 1; must be the stream's last sequence plus one.
    pub sequence: u64,
    /// Stored name, such as `payment.approved`.
    pub name: &'static str,
    /// Version of the payload's shape.
    pub version: u16,
    /// The exact text that is stored and hashed.
    pub payload: String,
    /// Business time.
    pub occurred_at: Instant,
    /// The delivery it follows from; `None` for the clock and for people. Stored in `metadata`.
    pub caused_by: Option<InboxKey>,
    /// Who ordered it, for commands of people and of the clock. Stored in `metadata`.
    pub actor: Option<Text>,
    /// What it posts.
    pub entry: Option<JournalEntry>,
}

/// A message that is sent because the commit was written, and only then.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewMessage {
    /// Its identity for whoever receives it; no message was or will be stored under the same key.
    pub key: Text,
    /// Where it goes: a word of the sender.
    pub destination: Text,
    /// What is sent.
    pub payload: String,
    /// Whose facts caused it.
    pub caused_by: StreamId,
}

/// The longest text by which rows are found, bytes: an index of PostgreSQL takes rows of at most 2,704.
pub const MOST_KEY_BYTES: usize = 2_000;

/// Whether every store can keep a text by which rows are found, such as a delivery's key.
#[must_use]
pub fn is_storable(key: &str) -> bool {
    key.len() <= MOST_KEY_BYTES && is_storable_text(key)
}

/// Whether every store can keep a text: PostgreSQL has no place for U+0000.
#[must_use]
pub fn is_storable_text(text: &str) -> bool {
    !text.contains('\0')
}

/// How a commit ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All of it is durable.
    Committed {
        /// Position after it of the last event of the lowest shard it touches.
        head: u64,
    },
    /// None of it was written: something it was planned on has moved. Load again and plan again.
    Stale {
        /// Streams whose last sequence is not the expected one.
        streams: Vec<StreamId>,
        /// Deliveries that are already in the inbox, and notifications that something else was known of when it was
        /// planned: they have come, or were answered, since.
        keys: Vec<InboxKey>,
    },
}
