//! Sealing: what the vault keeps is encrypted with XChaCha20-Poly1305 and bound to its seller.
//!
//! A sealed value is `1 | length of the key's id | the key's id | nonce (24 bytes) | ciphertext and tag`. All before
//! the nonce and the seller's id are authenticated with it, so that no value opens under another seller's name or
//! after its head was changed. Nonces are random: 192 bits do not repeat.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::ids::SellerId;
use domain::text::Text;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use super::chance::{self, NoChance};

/// The form of sealed values that this program writes.
const FORM: u8 = 1;
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 24;
/// Most characters of a key's id: its length is one byte.
const MOST_ID: usize = 64;

/// The keys that open what the vault keeps; the first of them seals.
pub struct Keyring(Vec<Key>);

struct Key {
    id: Text,
    cipher: XChaCha20Poly1305,
}

/// Why a text is no list of keys. Never shows the text.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no key in it.
    #[error("there is no key; `conciliar auth key --file PATH` makes one")]
    None,
    /// A line is no key.
    #[error("line {line} is no key: a line is an id, a colon and the Base64 of {KEY_BYTES} bytes")]
    Line {
        /// Which, counted from 1.
        line: usize,
    },
    /// Two keys have one id.
    #[error("two keys have the id `{id}`")]
    Repeated {
        /// Which id.
        id: Text,
    },
}

/// Why a sealed value does not open.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SealError {
    /// It is no sealed value.
    #[error("it is no sealed value")]
    Shape,
    /// A newer program sealed it.
    #[error("it is sealed in form {found}, and this program knows form {FORM}")]
    Newer {
        /// The form.
        found: u8,
    },
    /// The key is not at hand.
    #[error("it is sealed with key `{id}`, which is not among the keys")]
    UnknownKey {
        /// The key's id.
        id: Text,
    },
    /// It was changed, or belongs to another seller, or the key has other bytes under the same id.
    #[error(
        "it does not open with key `{id}`: it was changed, is another seller's, or the key is another one"
    )]
    Forged {
        /// The key's id.
        id: Text,
    },
}

impl Keyring {
    /// Reads keys: a line is an id, a colon and the Base64 of 32 bytes; empty lines and lines with `#` say nothing.
    /// In a variable, commas may stand for the ends of lines. The first key seals, the others only open.
    ///
    /// # Errors
    /// When a line is no key, an id is there twice, or there is no key.
    pub fn parse(text: &SecretString) -> Result<Self, KeyError> {
        let mut keys: Vec<Key> = Vec::new();
        for (line, text) in (1..).zip(text.expose_secret().split(['\n', ','])) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let key = Key::parse(text).ok_or(KeyError::Line { line })?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(KeyError::Repeated { id: key.id });
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeyError::None) } else { Ok(Self(keys)) }
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn sealing(&self) -> &Text {
        &self.sealer().id
    }

    /// Seals a value for a seller.
    ///
    /// # Errors
    /// When the system has no randomness for the nonce.
    pub fn seal(&self, seller: &SellerId, plain: &[u8]) -> Result<Vec<u8>, NoChance> {
        let key = self.sealer();
        let mut sealed = vec![FORM, u8::try_from(key.id.len()).expect("ids are at most MOST_ID long")];
        sealed.extend_from_slice(key.id.as_bytes());
        let bound = bound(&sealed, seller);
        let nonce = chance::bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: plain, aad: &bound };
        let ciphertext = key.cipher.encrypt(&XNonce::from(nonce), payload);
        sealed.extend_from_slice(&nonce);
        sealed.extend(ciphertext.expect("a vector in memory takes what is far below 256 GiB"));
        Ok(sealed)
    }

    /// Opens a value of a seller.
    ///
    /// # Errors
    /// When its key is not at hand, or it was not sealed like this for this seller.
    pub fn open(&self, seller: &SellerId, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let parts = Parts::of(sealed)?;
        let unknown = || SealError::UnknownKey { id: parts.id.into() };
        let key = self.0.iter().find(|key| &*key.id == parts.id).ok_or_else(unknown)?;
        let payload = Payload { msg: parts.ciphertext, aad: &bound(parts.head, seller) };
        let opened = key.cipher.decrypt(&XNonce::from(parts.nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| SealError::Forged { id: parts.id.into() })
    }

    fn sealer(&self) -> &Key {
        self.0.first().expect("a keyring has a key")
    }
}

/// The id of the key that a value is sealed with.
///
/// # Errors
/// When it is no sealed value.
pub fn key_of(sealed: &[u8]) -> Result<Text, SealError> {
    Parts::of(sealed).map(|parts| parts.id.into())
}

/// A line with a new key.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_line(id: &str) -> Result<SecretString, NoChance> {
    let bytes = Zeroizing::new(chance::bytes::<KEY_BYTES>()?);
    let encoded = Zeroizing::new(STANDARD.encode(*bytes));
    Ok(SecretString::from(format!("{id}:{}", encoded.as_str())))
}

/// Whether a text may name a key.
#[must_use]
pub fn is_key_id(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !id.is_empty() && id.len() <= MOST_ID && id.chars().all(fits)
}

/// What is authenticated beside the ciphertext.
fn bound(head: &[u8], seller: &SellerId) -> Vec<u8> {
    [head, seller.as_str().as_bytes()].concat()
}

struct Parts<'s> {
    head: &'s [u8],
    id: &'s str,
    nonce: [u8; NONCE_BYTES],
    ciphertext: &'s [u8],
}

impl<'s> Parts<'s> {
    fn of(sealed: &'s [u8]) -> Result<Self, SealError> {
        let (&form, rest) = sealed.split_first().ok_or(SealError::Shape)?;
        if form != FORM {
            return Err(if form > FORM { SealError::Newer { found: form } } else { SealError::Shape });
        }
        let (&length, rest) = rest.split_first().ok_or(SealError::Shape)?;
        let (id, rest) = rest.split_at_checked(length.into()).ok_or(SealError::Shape)?;
        let (nonce, ciphertext) = rest.split_first_chunk().ok_or(SealError::Shape)?;
        let id = std::str::from_utf8(id).ok().filter(|id| is_key_id(id)).ok_or(SealError::Shape)?;
        Ok(Self { head: &sealed[..2 + id.len()], id, nonce: *nonce, ciphertext })
    }
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        let (id, encoded) = text.split_once(':')?;
        let bytes = Zeroizing::new(STANDARD.decode(encoded.trim()).ok()?);
        let bytes = Zeroizing::new(<[u8; KEY_BYTES]>::try_from(bytes.as_slice()).ok()?);
        let id = Some(id.trim()).filter(|id| is_key_id(id))?;
        Some(Self { id: id.into(), cipher: XChaCha20Poly1305::new((&*bytes).into()) })
    }
}

/// Only the ids.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests;
