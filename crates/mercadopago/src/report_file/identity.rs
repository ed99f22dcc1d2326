//! Identity of a row: a hash of what makes the row itself, so that overlapping files name it alike.
//!
//! The parts are values (instants, minor units), not the file's text: another separator, decimal mark, display
//! time zone or column set gives the same identity.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use domain::ids::{RowId, SellerId};
use domain::report_line::ReportKind;
use sha2::{Digest, Sha256};

const DOMAIN: &[u8] = b"conciliar.report-row.v1";
const REPEAT_DOMAIN: &[u8] = b"conciliar.report-row.repeat.v1";

/// Hash of the parts of a row, before it is told from its equals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Essence([u8; 32]);

/// Collects the parts of an identity, each with its length before it.
pub(crate) struct Parts(Vec<u8>);

impl Parts {
    /// Starts with the report and the seller.
    pub(crate) fn new(kind: ReportKind, seller: &SellerId) -> Self {
        let kind: &[u8] = match kind {
            ReportKind::Settlement => b"settlement",
            ReportKind::Release => b"release",
        };
        Self(Vec::with_capacity(256)).text(DOMAIN).text(kind).text(seller.as_str().as_bytes())
    }

    /// Adds text.
    pub(crate) fn text(mut self, part: &[u8]) -> Self {
        self.0.extend_from_slice(&(part.len() as u64).to_be_bytes());
        self.0.extend_from_slice(part);
        self
    }

    /// Adds a number.
    pub(crate) fn number(self, part: i64) -> Self {
        self.text(&part.to_be_bytes())
    }

    /// Hashes what was collected.
    pub(crate) fn essence(self) -> Essence {
        Essence(Sha256::digest(&self.0).into())
    }
}

impl Essence {
    /// The identity of the `ordinal`th row (from 0) of this essence in its file.
    pub(crate) fn row(&self, ordinal: u32) -> RowId {
        if ordinal == 0 {
            return id(&self.0);
        }
        let mut hasher = Sha256::new();
        hasher.update((REPEAT_DOMAIN.len() as u64).to_be_bytes());
        hasher.update(REPEAT_DOMAIN);
        hasher.update(self.0);
        hasher.update(ordinal.to_be_bytes());
        id(&hasher.finalize().into())
    }
}

/// Counts equal rows of one file.
///
/// Holds eight bytes for each different row and sixteen for each that repeats: 19 MB for a million rows, 30 MB
/// for the moment the set grows (measured). Two different rows share their eight bytes once in 37 million files
/// of a million rows; the later one is then counted as a repeat.
#[derive(Default)]
pub(crate) struct Ordinals {
    seen: HashSet<u64, BuildHasherDefault<Prefix>>,
    repeats: HashMap<u64, u32, BuildHasherDefault<Prefix>>,
}

impl Ordinals {
    /// How many rows of this essence came before.
    pub(crate) fn next(&mut self, essence: &Essence) -> u32 {
        let head: [u8; 8] = essence.0[..8].try_into().expect("an essence has 32 bytes");
        let key = u64::from_be_bytes(head);
        if self.seen.insert(key) {
            return 0;
        }
        let count = self.repeats.entry(key).or_insert(0);
        *count += 1;
        *count
    }
}

/// Passes a key through that is a piece of a SHA-256 already.
#[derive(Default)]
struct Prefix(u64);

impl Hasher for Prefix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

/// The first 16 bytes in lower-case hex.
fn id(digest: &[u8; 32]) -> RowId {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(digest) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    RowId::from(std::str::from_utf8(&text).expect("hex digits are ASCII"))
}
