//! What is written together or not at all.

use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use ledger::journal::JournalEntry;

use crate::inbox::{Attempt, InboxKey, NewDelivery};

/// One transaction: deliveries with their verdicts, events in order, and the entries the events post.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Recording time of everything in it, truncated to microseconds.
    pub recorded_at: Instant,
    /// Deliveries not seen before, each with its first verdict.
    pub deliveries: Vec<NewDelivery>,
    /// Further verdicts on deliveries that are already in the inbox (or earlier in this commit).
    pub attempts: Vec<Attempt>,
    /// Events in the order of their positions.
    pub events: Vec<NewEvent>,
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

/// How a commit ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All of it is durable.
    Committed {
        /// Position of the last event of the store after it.
        head: u64,
    },
    /// None of it was written: something it was planned on has moved. Load again and plan again.
    Stale {
        /// Streams whose last sequence is not the expected one.
        streams: Vec<StreamId>,
        /// Deliveries that are already in the inbox.
        keys: Vec<InboxKey>,
    },
}
