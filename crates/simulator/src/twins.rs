//! Charges that were sent a moment ago: where the habit is on, the same again under another key is refused.
//!
//! The provider's old table of errors has code 2001 for the same request within a minute, beside the header of the key.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::habits::later;
use crate::refusal::Refusal;
use crate::time::Instant;
use crate::world::World;

/// When each request was last charged, by seller and hash.
#[derive(Default)]
pub(crate) struct Twins(BTreeMap<(u64, [u8; 32]), Instant>);

impl World {
    /// Refuses a request that was charged a moment ago.
    ///
    /// # Errors
    /// When it was.
    pub(crate) fn refuse_twin(&self, seller: u64, request: &[u8]) -> Result<(), Refusal> {
        let last = self.twins.0.get(&(seller, Sha256::digest(request).into()));
        if last.is_some_and(|last| later(*last, self.habits.twin_seconds) > self.now()) {
            return Err(Refusal::bad_request(2001, "Already posted the same request in the last minute"));
        }
        Ok(())
    }

    /// Notes that a request was charged.
    pub(crate) fn note_charge(&mut self, seller: u64, request: &[u8]) {
        let now = self.now();
        self.twins.0.insert((seller, Sha256::digest(request).into()), now);
    }
}
