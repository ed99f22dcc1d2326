//! Sharing out: the broker gives a shard to whoever asked first, so the first worker would hold every shard.
//! Whoever is fed by more than its share closes the consumers of what is over, and goes to the end of their lines.

use std::collections::BTreeMap;

/// Rounds for which a shard that keeps coming back rests at most.
const LONGEST_REST: u32 = 64;

/// What one worker remembers of sharing out.
///
/// It cannot see who else waits for a shard, only how many workers run. A shard that nobody takes comes back, and
/// rests longer each time before it is offered again.
#[derive(Default, Debug)]
pub struct Sharing {
    workers: u32,
    offers: BTreeMap<u16, Offer>,
}

#[derive(Clone, Copy, Default, Debug)]
struct Offer {
    /// How often it was handed on since the number of workers changed.
    times: u32,
    /// Rounds until it may be handed on again.
    rest: u32,
}

impl Sharing {
    /// Shards to hand on in this round, when `fed` are those that fed this worker lately, out of `shards` that are
    /// shared by so many `workers`.
    pub fn round(&mut self, fed: &[u16], shards: u16, workers: u32) -> Vec<u16> {
        if self.workers != workers {
            (self.workers, self.offers) = (workers, BTreeMap::new());
        }
        for offer in self.offers.values_mut() {
            offer.rest = offer.rest.saturating_sub(1);
        }
        let share = u32::from(shards).div_ceil(workers.max(1));
        let share = usize::try_from(share).expect("a usize has 32 bits at least");
        let over = fed.len().saturating_sub(share);
        let may_go = |shard: &u16| self.offers.get(shard).is_none_or(|offer| offer.rest == 0);
        let handed_on: Vec<u16> = fed.iter().rev().copied().filter(may_go).take(over).collect();
        for shard in &handed_on {
            let offer = self.offers.entry(*shard).or_default();
            offer.times += 1;
            offer.rest = 1_u32.checked_shl(offer.times).unwrap_or(LONGEST_REST).min(LONGEST_REST);
        }
        handed_on
    }
}
