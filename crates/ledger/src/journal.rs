//! Journal entries: balanced by construction, one currency each, named by their cause.
//!
//! It does not know what is posted for which fact; that is [`rules`](crate::rules).

use std::fmt;

use domain::currency::Currency;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

/// What an entry says beside its lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heading {
    /// Whose history caused it.
    pub stream: StreamId,
    /// Stored name of the fact that caused it.
    pub fact: Text,
    /// Business time: the day it is booked on.
    pub at: Instant,
    /// Currency of every line.
    pub currency: Currency,
    /// Who told us.
    pub evidence: Evidence,
    /// Version of the posting policy that made it.
    pub policy: u32,
}

/// A balanced entry: at least two lines, one for each account, in the order of the accounts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JournalEntry {
    id: EntryId,
    heading: Heading,
    lines: Vec<Line>,
}

/// Why lines make no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEntry {
    /// Debits and credits differ.
    #[error("debits less credits are {difference_minor} minor units, not zero")]
    Unbalanced {
        /// Debits less credits, minor units.
        difference_minor: i128,
    },
    /// An entry needs a debit and a credit.
    #[error("an entry of {lines} lines moves nothing")]
    TooFewLines {
        /// How many there are.
        lines: usize,
    },
    /// A line moves nothing.
    #[error("the line of account {account} is zero")]
    ZeroLine {
        /// Whose line.
        account: Account,
    },
    /// Stored lines are not as they were written: one for each account, in the order of the accounts.
    #[error("the line of account {account} is out of order")]
    OutOfOrder {
        /// Whose line follows one that it should precede, or repeats one.
        account: Account,
    },
    /// The lines of one account exceed 64 bits of minor units together.
    #[error("the amount on account {account} is out of range")]
    OutOfRange {
        /// Which account.
        account: Account,
    },
}

impl EntryId {
    /// The identity of what a fact of a stream posts for one cause. The cause is the provider's id of what
    /// happened, or an ordinal where the provider gives none.
    #[must_use]
    pub fn of(stream: &StreamId, fact: &str, cause: &str) -> Self {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut hash = Sha256::new();
        for part in [stream.kind().name(), stream.key(), fact, cause] {
            let length = u64::try_from(part.len()).expect("a length fits 64 bits");
            hash.update(length.to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut hex = [0; 32];
        for (pair, byte) in hex.chunks_exact_mut(2).zip(hash.finalize()) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        Self(std::str::from_utf8(&hex).expect("hex digits are ASCII").into())
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JournalEntry {
    /// An entry for one cause. Lines of one account are merged and put in the order of the accounts.
    ///
    /// # Errors
    /// When the lines do not sum to zero, one is zero (before or after merging), fewer than two remain, or a
    /// sum overflows.
    pub fn new(heading: Heading, cause: &str, mut lines: Vec<Line>) -> Result<Self, InvalidEntry> {
        check_not_zero(&lines)?;
        merge(&mut lines)?;
        check(&lines)?;
        let id = EntryId::of(&heading.stream, &heading.fact, cause);
        Ok(Self { id, heading, lines })
    }

    /// An entry as it was stored. Nothing is repaired.
    ///
    /// # Errors
    /// When the lines do not balance, or are not as an entry writes them.
    pub fn from_stored(id: EntryId, heading: Heading, lines: Vec<Line>) -> Result<Self, InvalidEntry> {
        check(&lines)?;
        match lines.windows(2).find(|pair| pair[0].account >= pair[1].account) {
            Some(pair) => Err(InvalidEntry::OutOfOrder { account: pair[1].account }),
            None => Ok(Self { id, heading, lines }),
        }
    }

    /// Identity.
    #[must_use]
    pub fn id(&self) -> &EntryId {
        &self.id
    }

    /// Whose history caused it.
    #[must_use]
    pub fn stream(&self) -> &StreamId {
        &self.heading.stream
    }

    /// Stored name of the fact that caused it.
    #[must_use]
    pub fn fact(&self) -> &str {
        &self.heading.fact
    }

    /// Business time.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.heading.at
    }

    /// Currency of every line.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.heading.currency
    }

    /// Lines, one for each account, in the order of the accounts.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Who told us.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.heading.evidence
    }

    /// Version of the posting policy that made it.
    #[must_use]
    pub fn policy(&self) -> u32 {
        self.heading.policy
    }
}

fn merge(lines: &mut Vec<Line>) -> Result<(), InvalidEntry> {
    lines.sort_unstable_by_key(|line| line.account);
    let mut overflow = None;
    lines.dedup_by(|line, kept| {
        if line.account != kept.account {
            return false;
        }
        match kept.amount_minor.checked_add(line.amount_minor) {
            Some(sum) => kept.amount_minor = sum,
            None => overflow = Some(kept.account),
        }
        true
    });
    overflow.map_or(Ok(()), |account| Err(InvalidEntry::OutOfRange { account }))
}

fn check(lines: &[Line]) -> Result<(), InvalidEntry> {
    check_not_zero(lines)?;
    // A sum of 64-bit amounts cannot overflow 128 bits, so only the total counts, not the order of the lines.
    let difference_minor = lines.iter().map(|line| i128::from(line.amount_minor)).sum();
    if difference_minor != 0 {
        return Err(InvalidEntry::Unbalanced { difference_minor });
    }
    if lines.len() < 2 {
        return Err(InvalidEntry::TooFewLines { lines: lines.len() });
    }
    Ok(())
}

fn check_not_zero(lines: &[Line]) -> Result<(), InvalidEntry> {
    match lines.iter().find(|line| line.amount_minor == 0) {
        Some(line) => Err(InvalidEntry::ZeroLine { account: line.account }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
