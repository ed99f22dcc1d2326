//! Journal entries: balanced by construction, one currency each, named by their cause.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use serde::{Deserialize, Serialize};

use crate::account::Account;

/// Identity of an entry: the first 16 bytes of SHA-256 over stream, fact kind and the provider id of its cause, in hex.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub Text);

/// Who told us: totals of proofs are kept apart by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The provider's API or webhooks.
    Api,
    /// A report file.
    Report,
}

/// One line: debit positive, credit negative, minor units of the entry's currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Account.
    pub account: Account,
    /// Debit positive, credit negative, minor units; never zero.
    pub amount_minor: i64,
}

/// A balanced entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalEntry {
    id: EntryId,
    stream: StreamId,
    fact: Text,
    at: Instant,
    currency: Currency,
    lines: Vec<Line>,
    evidence: Evidence,
    policy: u32,
}
