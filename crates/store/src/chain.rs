//! The hash chain: each event's digest covers its stored bytes and the digest before it.
//!
//! SHA-256 in position order, so an edited, moved, added or removed event is found. Knows no database and no
//! business; the digest of the head must be kept elsewhere too, or the whole chain could be rewritten.

use sha2::{Digest, Sha256};

use crate::read::{Head, StoredEvent};

/// The digest before the first event.
pub const GENESIS: [u8; 32] = [0; 32];

/// The shard of stores that have a single writer.
pub const ONLY_SHARD: u16 = 0;

/// Keeps these digests apart from every other use of SHA-256 in the product.
const PURPOSE: &str = "conciliar.event.v1";

/// How the chain is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A position is missing, repeated or out of order, or the last event is not the one the head names.
    Linkage,
    /// The digest does not follow from the event's stored bytes and the digest before it.
    Content,
}

/// Where and how the chain is broken first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the hash chain breaks at position {position} ({})", match .fault {
    Fault::Linkage => "an event is missing or out of place",
    Fault::Content => "the digest does not match the stored bytes",
})]
pub struct Broken {
    /// The first bad position.
    pub position: u64,
    /// What is bad there.
    pub fault: Fault,
}

/// Walks a store in position order, page after page, and recomputes every digest.
#[derive(Clone, Debug)]
pub struct Verifier {
    shard: u16,
    position: u64,
    digest: [u8; 32],
}

impl Verifier {
    /// Starts before the first event of a shard.
    #[must_use]
    pub fn new(shard: u16) -> Self {
        Self { shard, position: 0, digest: GENESIS }
    }

    /// Position of the last event that was found good; pass it to the next scan.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Checks the next page.
    ///
    /// # Errors
    /// At the first event that is out of place or whose digest does not follow.
    pub fn walk(&mut self, events: &[StoredEvent]) -> Result<(), Broken> {
        for event in events {
            let next = self.position + 1;
            if event.position != next {
                return Err(Broken { position: next, fault: Fault::Linkage });
            }
            if digest(&self.digest, self.shard, event) != event.digest {
                return Err(Broken { position: next, fault: Fault::Content });
            }
            self.position = next;
            self.digest = event.digest;
        }
        Ok(())
    }

    /// Checks that the walk ended exactly at the head: no event was cut off, none follows it.
    ///
    /// # Errors
    /// When the head names another position, count or digest.
    pub fn finish(&self, head: &Head) -> Result<(), Broken> {
        if head.position != self.position {
            let position = self.position.min(head.position) + 1;
            return Err(Broken { position, fault: Fault::Linkage });
        }
        if head.count != self.position || head.digest != self.digest {
            return Err(Broken { position: self.position, fault: Fault::Linkage });
        }
        Ok(())
    }
}

/// Computes the digest of an event from its stored bytes and the digest before it; the event's own digest is
/// not looked at.
///
/// Every field is preceded by its length in bytes (eight bytes, big-endian), so that no text can pass for two
/// fields; numbers are eight bytes, big-endian; times are microseconds since 1970 UTC.
#[must_use]
pub fn digest(previous: &[u8; 32], shard: u16, event: &StoredEvent) -> [u8; 32] {
    let mut hash = Sha256::new();
    field(&mut hash, PURPOSE.as_bytes());
    field(&mut hash, previous);
    field(&mut hash, &event.position.to_be_bytes());
    field(&mut hash, &u64::from(shard).to_be_bytes());
    field(&mut hash, event.stream.kind().name().as_bytes());
    field(&mut hash, event.stream.key().as_bytes());
    field(&mut hash, &event.sequence.to_be_bytes());
    field(&mut hash, event.name.as_bytes());
    field(&mut hash, &u64::from(event.version).to_be_bytes());
    field(&mut hash, &event.occurred_at.timestamp_micros().to_be_bytes());
    field(&mut hash, &event.recorded_at.timestamp_micros().to_be_bytes());
    field(&mut hash, event.payload.as_bytes());
    field(&mut hash, event.metadata.as_bytes());
    hash.finalize().into()
}

fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests;
