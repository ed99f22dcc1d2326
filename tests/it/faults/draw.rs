//! Seeded random numbers (SplitMix64): the same seed tells the same story.

use std::time::Duration;

/// A source of numbers.
pub struct Draw(u64);

impl Draw {
    /// The source of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit.max(1)).expect("a usize fits a u64");
        usize::try_from(self.next() % limit).expect("it is below a usize")
    }

    /// Whether something of so many percent happens.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// Lets a random moment of up to 40 ms pass, so that a fault hits every part of a batch: a batch is filled, read,
    /// committed and acknowledged in less.
    pub fn moment(&mut self) {
        let micros = self.below(40_000);
        std::thread::sleep(Duration::from_micros(u64::try_from(micros).expect("a usize fits a u64")));
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
