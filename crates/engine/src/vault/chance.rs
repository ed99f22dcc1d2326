//! The only place of the engine where chance comes in: what others must not be able to guess or repeat.
//!
//! Nothing that is decided or stored as a fact depends on it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoChance(#[source] rand::rngs::SysError);

/// Random bytes of the system.
///
/// # Errors
/// When it has none to give.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoChance> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(NoChance)?;
    Ok(bytes)
}

/// 256 random bits as 43 characters that may stand in an address and are what RFC 7636 asks of a verifier.
///
/// # Errors
/// When the system has none to give.
pub fn word() -> Result<SecretString, NoChance> {
    let bytes = Zeroizing::new(bytes::<32>()?);
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(*bytes)))
}
