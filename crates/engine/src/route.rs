//! Which shard a delivery goes to: all that touches one root goes one way, so that its order holds.

use sha2::{Digest, Sha256};

use crate::item::Item;
use crate::look::Looked;

/// The shard of a delivery that was looked at.
///
/// A notification goes the way of what it names, so that it is taken before the resource that is fetched for it.
/// What touches no history is spread by its key.
#[must_use]
pub fn shard_of(item: &Item, looked: &Looked, shards: u16) -> u16 {
    let stream = match looked {
        Looked::Told { observed, .. } => observed.first().map(|one| &one.stream),
        Looked::Settled { named, .. } => named.as_ref(),
    };
    stream.map_or_else(|| shard_of_key(&item.key.0, shards), |stream| stream.shard(shards))
}

fn shard_of_key(key: &str, shards: u16) -> u16 {
    let digest = Sha256::digest(key.as_bytes());
    let head: [u8; 8] = digest[..8].try_into().expect("a SHA-256 digest has 32 bytes");
    u16::try_from(u64::from_be_bytes(head) % u64::from(shards.max(1)))
        .expect("a remainder of a u16 fits a u16")
}

#[cfg(test)]
mod tests;
