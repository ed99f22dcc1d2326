//! Seeded numbers for the sample month: the same seed and the same key give the same numbers, in any order.
//! Not for anything that must be secret.

/// A stream of numbers.
pub struct Draw(u64);

impl Draw {
    /// The stream of a seed and a key; different keys give unrelated streams.
    pub fn new(seed: u64, family: u64, key: u64) -> Self {
        let mut draw = Self(seed);
        let mixed = draw.next() ^ family.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let mut draw = Self(mixed);
        Self(draw.next() ^ key.wrapping_mul(0xA076_1D64_78BD_642F))
    }

    /// The next number (SplitMix64).
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to and without `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// The same as [`Self::below`] for times and amounts.
    pub fn below_i64(&mut self, limit: i64) -> i64 {
        let limit = u64::try_from(limit).expect("limits are positive");
        i64::try_from(self.below(limit)).expect("a number below an i64 fits an i64")
    }

    /// One of the choices.
    pub fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::try_from(self.below(choices.len() as u64)).expect("an index fits")]
    }

    /// A uuid-shaped text.
    pub fn uuid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xFFFF,
            a & 0xFFF,
            b >> 52,
            b & 0xFFFF_FFFF_FFFF
        )
    }

    /// 32 hexadecimal digits.
    pub fn hex32(&mut self) -> String {
        format!("{:016x}{:016x}", self.next(), self.next())
    }

    /// 26 characters of a sortable id, as the orders API uses behind its prefixes.
    pub fn ulid(&mut self) -> String {
        const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut text = String::from("01K6");
        while text.len() < 26 {
            text.push(char::from(self.pick(ALPHABET)));
        }
        text
    }
}
