//! Seeded numbers: the same seed, family and key give the same numbers, in any order of asking. Not for anything
//! that must be secret.

/// What a stream of numbers is for; different families are unrelated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// Everything that is drawn in the order of calls.
    World = 1,
    /// A drawn sale, by its number.
    Sale = 2,
    /// A notice, by its number.
    Notice = 3,
    /// A delivery of a notice, by notice and attempt.
    Delivery = 4,
    /// Credentials of a seller, by its id.
    Seller = 5,
    /// Payer of a payment, by its id.
    Payer = 6,
    /// The message that a report file is ready, by its task.
    Report = 7,
}

/// A stream of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    /// The stream of a seed, a family and a key.
    pub(crate) fn of(seed: u64, family: Family, key: u64) -> Self {
        let mut draw = Self(seed);
        let mixed = draw.next() ^ (family as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let mut draw = Self(mixed);
        Self(draw.next() ^ key.wrapping_mul(0xA076_1D64_78BD_642F))
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to and without `limit`, which is at least 1.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// The same as [`Self::below`] for times and amounts.
    pub(crate) fn below_i64(&mut self, limit: i64) -> i64 {
        let limit = u64::try_from(limit).expect("limits are positive");
        i64::try_from(self.below(limit)).expect("a number below an i64 fits an i64")
    }

    /// Whether something of so many in a hundred happens.
    pub(crate) fn happens(&mut self, percent: u8) -> bool {
        self.below(100) < u64::from(percent)
    }

    /// One of the choices, of which there is at least one.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("an index fits")]
    }

    /// A random UUID's text.
    pub(crate) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let bits = (u128::from(high) << 64) | u128::from(low);
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string()
    }

    /// 32 hexadecimal digits.
    pub(crate) fn hex32(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }

    /// A number of exactly so many decimal digits, at most 18.
    pub(crate) fn digits(&mut self, count: u32) -> u64 {
        let least = 10_u64.pow(count - 1);
        least + self.below(9 * least)
    }

    /// 26 characters of a sortable id, as the orders API uses behind its prefixes.
    pub(crate) fn ulid(&mut self) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut text = String::from("01K6");
        while text.len() < 26 {
            text.push(char::from(self.pick(ALPHABET)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Draw, Family};

    #[test]
    fn the_first_numbers_of_the_generator_are_its_published_ones() {
        // SplitMix64 of seed 1234567, by its author's reference code.
        let mut draw = Draw(1_234_567);
        assert_eq!((draw.next(), draw.next()), (6_457_827_717_110_365_317, 3_203_168_211_198_807_973));
    }

    #[test]
    fn families_and_keys_give_unrelated_streams() {
        let first = |family, key| Draw::of(7, family, key).next();
        assert_eq!(first(Family::Sale, 3), first(Family::Sale, 3));
        assert_ne!(first(Family::Sale, 3), first(Family::Sale, 4));
        assert_ne!(first(Family::Sale, 3), first(Family::Notice, 3));
    }
}
