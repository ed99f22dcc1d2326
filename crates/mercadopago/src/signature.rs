//! The signature of webhooks: header `x-signature`, an HMAC-SHA256 over a manifest.
//!
//! The manifest names the id in the address, the id of the request and a time. It says nothing about the body: whether that
//! is about the same id is for [`crate::webhook`]. Secrets and the clock are arguments; nothing here keeps what was seen.
//! <https://www.mercadopago.com.ar/developers/en/docs/your-integrations/notifications/webhooks>

use chrono::{DateTime, TimeDelta};
use domain::machine::Instant;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub mod report;

/// Longer headers are not read.
const MOST_HEADER_BYTES: usize = 1024;
/// From here on a time counts milliseconds: the documentation prints seconds and milliseconds (measured: both are sent).
const FIRST_MILLISECONDS: i64 = 1_000_000_000_000;
/// Bytes of a hash.
const HASH: usize = 32;

/// What a webhook brings to prove itself.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Header `x-signature`: `ts=<digits>,v1=<64 hex>`.
    pub header: &'a [u8],
    /// Header `x-request-id`.
    pub request_id: Option<&'a [u8]>,
    /// `data.id` of the address.
    pub subject: Option<&'a str>,
}

/// How old or how far ahead a signature may be.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// Our clock.
    pub now: Instant,
    /// The most, either way; `None` is any.
    pub most: Option<TimeDelta>,
}

/// Why a webhook is not proven to come from the provider. Whoever sent it is not told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unproven {
    /// It has no signature.
    #[error("it is not signed")]
    MissingHeader,
    /// The signature's header is nothing like one.
    #[error("the header `x-signature` cannot be read")]
    MalformedHeader,
    /// The signature has no time.
    #[error("the signature has no time")]
    MissingTimestamp,
    /// The signature has no hash of a version that is known.
    #[error("the signature has no hash that is known")]
    MissingHash,
    /// No secret makes this signature.
    #[error("no secret makes this signature")]
    Mismatch,
    /// It was signed too long ago, or in the future.
    #[error("it was signed {seconds} s away from now")]
    OutOfTolerance {
        /// How far; negative is the future.
        seconds: i64,
    },
    /// The address is about another thing than the body.
    #[error("address and body name different things")]
    OtherSubject,
    /// Its hash would cost too much to check, or leaves a part of what it should cover open.
    #[error("its hash is not one that can be relied on")]
    WeakHash,
    /// There is no secret to check it with.
    #[error("there is no secret to check it with")]
    NoSecret,
}

impl Unproven {
    /// A stable word for counters.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::MalformedHeader => "malformed_header",
            Self::MissingTimestamp => "missing_timestamp",
            Self::MissingHash => "missing_hash",
            Self::Mismatch => "mismatch",
            Self::OutOfTolerance { .. } => "out_of_tolerance",
            Self::OtherSubject => "other_subject",
            Self::WeakHash => "weak_hash",
            Self::NoSecret => "no_secret",
        }
    }
}

/// Checks a signature against every secret that is in force; while one replaces another there are two.
///
/// # Errors
/// [`Unproven`].
pub fn verify<'s>(
    signed: &Signed<'_>,
    secrets: impl IntoIterator<Item = &'s [u8]>,
    tolerance: &Tolerance,
) -> Result<(), Unproven> {
    let parts = Parts::read(signed.header)?;
    let (subject, request_id) = (present(signed.subject.map(str::as_bytes)), present(signed.request_id));
    // Else one part could pass for two, and what was signed once could be told as something else.
    if [subject, request_id].into_iter().flatten().any(|part| part.contains(&b';')) {
        return Err(Unproven::MalformedHeader);
    }
    let signed_at = instant(parts.timestamp)?;
    let hash = decode(parts.hash).ok_or(Unproven::MalformedHeader)?;
    let (mut is_proven, mut has_secret) = (false, false);
    for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
        has_secret = true;
        // The provider has signed ids as they are and in lower case, at different times (measured).
        for subject in candidates(subject) {
            is_proven |= holds(secret, &manifest(subject.as_deref(), request_id, parts.timestamp), &hash);
        }
    }
    match (has_secret, is_proven) {
        (false, _) => Err(Unproven::NoSecret),
        (true, false) => Err(Unproven::Mismatch),
        (true, true) => tolerance.check(signed_at),
    }
}

/// Signs as the provider does: the value of `x-signature` for a time as it is to be written.
#[must_use]
pub fn sign(secret: &[u8], subject: Option<&str>, request_id: Option<&[u8]>, timestamp: &str) -> String {
    let (subject, request_id) = (present(subject.map(str::as_bytes)), present(request_id));
    let mac = mac(secret, &manifest(subject, request_id, timestamp));
    format!("ts={timestamp},v1={}", hex(&mac.finalize().into_bytes()))
}

impl Tolerance {
    fn check(&self, signed_at: Instant) -> Result<(), Unproven> {
        let age = self.now - signed_at;
        match self.most {
            Some(most) if age.abs() > most => Err(Unproven::OutOfTolerance { seconds: age.num_seconds() }),
            _ => Ok(()),
        }
    }
}

/// The parts of the header that count; of one that is repeated the first.
struct Parts<'a> {
    timestamp: &'a str,
    hash: &'a str,
}

impl<'a> Parts<'a> {
    fn read(header: &'a [u8]) -> Result<Self, Unproven> {
        let text = std::str::from_utf8(header).map_err(|_| Unproven::MalformedHeader)?;
        if text.len() > MOST_HEADER_BYTES {
            return Err(Unproven::MalformedHeader);
        }
        let (mut timestamp, mut hash, mut is_any) = (None, None, false);
        for (key, value) in text.split(',').filter_map(|part| part.split_once('=')) {
            is_any = true;
            let value = Some(value.trim()).filter(|value| !value.is_empty());
            match key.trim() {
                key if key.eq_ignore_ascii_case("ts") => timestamp = timestamp.or(value),
                key if key.eq_ignore_ascii_case("v1") => hash = hash.or(value),
                _ => {}
            }
        }
        if !is_any {
            return Err(Unproven::MalformedHeader);
        }
        let timestamp = timestamp.ok_or(Unproven::MissingTimestamp)?;
        Ok(Self { timestamp, hash: hash.ok_or(Unproven::MissingHash)? })
    }
}

/// The signed text. A part that has no value is left out as a whole; the time is there as it was written.
fn manifest(subject: Option<&[u8]>, request_id: Option<&[u8]>, timestamp: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(128);
    for (name, value) in [("id:", subject), ("request-id:", request_id), ("ts:", Some(timestamp.as_bytes()))]
    {
        if let Some(value) = value {
            text.extend_from_slice(name.as_bytes());
            text.extend_from_slice(value);
            text.push(b';');
        }
    }
    text
}

/// A value without the blanks around it; an empty one is none.
fn present(value: Option<&[u8]>) -> Option<&[u8]> {
    value.map(<[u8]>::trim_ascii).filter(|value| !value.is_empty())
}

/// The id as it came, and in lower case where that differs.
fn candidates(subject: Option<&[u8]>) -> impl Iterator<Item = Option<Vec<u8>>> {
    let as_it_came = subject.map(<[u8]>::to_vec);
    let lower = subject.map(<[u8]>::to_ascii_lowercase).filter(|lower| Some(lower) != as_it_came.as_ref());
    std::iter::once(as_it_came).chain(lower.map(Some))
}

/// Compares in constant time.
fn holds(secret: &[u8], manifest: &[u8], hash: &[u8; HASH]) -> bool {
    mac(secret, manifest).verify_slice(hash).is_ok()
}

pub(crate) fn mac(secret: &[u8], text: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("an HMAC takes keys of every length");
    mac.chain_update(text)
}

/// A time by its magnitude: seconds, or milliseconds.
fn instant(text: &str) -> Result<Instant, Unproven> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = if is_number { text.parse().ok() } else { None }.ok_or(Unproven::MalformedHeader)?;
    let at = if number >= FIRST_MILLISECONDS {
        DateTime::from_timestamp_millis(number)
    } else {
        DateTime::from_timestamp(number, 0)
    };
    at.ok_or(Unproven::MalformedHeader)
}

/// 64 hex digits of either case.
fn decode(text: &str) -> Option<[u8; HASH]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * HASH {
        return None;
    }
    let mut hash = [0; HASH];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests;
