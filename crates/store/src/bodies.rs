//! Bodies of deliveries as they are kept: named by their SHA-256, compressed one by one.

use crate::inbox::Body;
use crate::store::StoreError;

/// The fastest of the ordinary levels: bodies are many, and a commit waits for them.
const LEVEL: i32 = 1;

/// What the inbox row says of a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct BodyName {
    /// SHA-256 of the whole body.
    pub(crate) sha256: [u8; 32],
    /// Bytes of the whole body.
    pub(crate) length: u64,
    /// Where the body is in its file, when it was too large to keep.
    pub(crate) offset: Option<u64>,
}

/// Names a body.
///
/// # Errors
/// When the given hash of a body that was too large is not 64 hexadecimal digits, or a number is not below 2^63.
pub(crate) fn name(body: &Body) -> Result<BodyName, StoreError> {
    match body {
        Body::Bytes(body) => {
            Ok(BodyName { sha256: *body.sha256(), length: body.bytes().len() as u64, offset: None })
        }
        Body::TooLarge { sha256, offset, length } => {
            let sha256 = from_hex(sha256).ok_or(StoreError::Unstorable {
                what: "the SHA-256 of a body is not 64 hexadecimal digits",
            })?;
            if i64::try_from(*length.max(offset)).is_err() {
                return Err(StoreError::Unstorable {
                    what: "the length or offset of a body is not below 2^63",
                });
            }
            Ok(BodyName { sha256, length: *length, offset: Some(*offset) })
        }
    }
}

/// Compresses bodies with one context.
pub(crate) struct Packer(zstd::bulk::Compressor<'static>);

impl Packer {
    /// Prepares the context.
    pub(crate) fn new() -> Self {
        Self(zstd::bulk::Compressor::new(LEVEL).expect("zstd knows its own first level"))
    }

    /// Compresses one body.
    pub(crate) fn pack(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.0.compress(bytes).expect("zstd sizes its own output buffer")
    }
}

/// Decompresses a stored body; `None` when the bytes are not what was written.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    zstd::stream::decode_all(packed).ok()
}

/// Lower-case hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}
