//! The inbox: every delivery is kept, with each verdict it was ever given.

use std::fmt;

use domain::machine::Instant;
use domain::text::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Key of a delivery: given by the sender, or the SHA-256 of what makes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InboxKey(pub Text);

impl fmt::Display for InboxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of a delivery. The reason is a stable snake_case word, the detail a sentence for a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// It wrote facts.
    Applied,
    /// It told what was already known.
    Unchanged,
    /// A notification that waits for the resource it names.
    NeedsFetch,
    /// Impossible or not ours; kept, can be retried.
    Refused {
        /// Stable word, such as `currency_conflict`.
        reason: Text,
        /// A sentence: what, where, what to do.
        detail: Text,
    },
    /// Cannot be read; kept, can be retried.
    Undecodable {
        /// Stable word, such as `unknown_topic`.
        reason: Text,
        /// A sentence: what, where, what to do.
        detail: Text,
    },
}

impl Verdict {
    /// The verdict's own word: `applied`, `unchanged`, `needs_fetch`, `refused` or `undecodable`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::NeedsFetch => "needs_fetch",
            Self::Refused { .. } => "refused",
            Self::Undecodable { .. } => "undecodable",
        }
    }
}

/// A delivery that is not in the inbox yet.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Key.
    pub key: InboxKey,
    /// `notification`, `resource` or `row`.
    pub kind: Text,
    /// Topic, as delivered.
    pub topic: Text,
    /// Channel: webhook, ipn, poll, response, import.
    pub channel: Text,
    /// Seller, as delivered or found; may be empty when it cannot be known.
    pub seller: Text,
    /// Site (`MLA`), or empty.
    pub site: Text,
    /// Where it came from: file and line, or queue.
    pub origin: Text,
    /// When it was received.
    pub received_at: Instant,
    /// Key of the notification that it was fetched for.
    pub caused_by: Option<InboxKey>,
    /// What it tells or points at, as `kind/id` (`payment/123`), when that is known: by this a store tells who saw a
    /// thing first ([`crate::store::Store::sightings`]).
    pub subject: Option<Text>,
    /// The body's exact bytes. Stored apart, compressed and deduplicated by its SHA-256.
    pub body: Body,
    /// First verdict.
    pub verdict: Verdict,
    /// Whether the delivery carried words outside the known list (applied by status alone).
    pub unclassified: bool,
}

/// Bytes of a delivery, or what is left of one that is too large to keep.
#[derive(Clone, Debug)]
pub enum Body {
    /// All of it.
    Bytes(Hashed),
    /// A line over the limit: only its hash, offset and length are kept.
    TooLarge {
        /// SHA-256 of the whole line, lower-case hex.
        sha256: Text,
        /// Offset of the line in its file, bytes.
        offset: u64,
        /// Length of the line, bytes.
        length: u64,
    },
}

/// Bytes with their SHA-256, which is computed once: the key, the plan and the store all ask for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hashed {
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl Body {
    /// A body that is kept whole.
    #[must_use]
    pub fn whole(bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self::Bytes(Hashed { bytes, sha256 })
    }
}

impl Hashed {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes, without their hash.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Their SHA-256.
    #[must_use]
    pub fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

/// A further verdict on a delivery that is in the inbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Which delivery.
    pub key: InboxKey,
    /// When.
    pub at: Instant,
    /// What became of it this time.
    pub verdict: Verdict,
}
