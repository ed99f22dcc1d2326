//! The signature of the message that a report is ready: a bcrypt hash inside the body.
//!
//! It covers `transaction_id-password-generation_date`, and bcrypt reads 72 bytes of that. Whoever sends the message chooses
//! the hash and with it the work of checking it, and the text before the password: both are bounded here before anything is
//! computed. It proves nothing about the files that the message names: they are fetched by name through the API.
//! <https://www.mercadopago.com.ar/developers/en/docs/checkout-api/additional-content/reports/released-money/api>

use super::Unproven;

/// Bytes that bcrypt reads.
const READ_BYTES: usize = 72;
/// Work that is done for a stranger, as the power of two: a quarter of a second of one core.
pub const MOST_COST: u8 = 12;

/// What a report message brings to prove itself.
#[derive(Clone, Copy, Debug)]
pub struct Ready<'a> {
    /// `transaction_id`.
    pub transaction_id: &'a str,
    /// `generation_date`, as it was written.
    pub generation_date: &'a str,
    /// `signature`: the hash.
    pub signature: &'a str,
}

impl Ready<'_> {
    /// Checks the hash against the password of the account. Takes up to a quarter of a second of computing.
    ///
    /// # Errors
    /// [`Unproven::WeakHash`] when the hash would cost more than [`MOST_COST`], or would not cover the whole password;
    /// [`Unproven::Mismatch`].
    pub fn verify(&self, password: &[u8]) -> Result<(), Unproven> {
        if password.is_empty() {
            return Err(Unproven::NoSecret);
        }
        let is_odd = |text: &str| text.chars().any(char::is_control);
        if cost(self.signature).is_none_or(|cost| cost > MOST_COST)
            || self.transaction_id.len() + 1 + password.len() > READ_BYTES
            || is_odd(self.transaction_id)
            || is_odd(self.generation_date)
        {
            return Err(Unproven::WeakHash);
        }
        let mut text = Vec::with_capacity(2 * READ_BYTES);
        text.extend_from_slice(self.transaction_id.as_bytes());
        text.push(b'-');
        text.extend_from_slice(password);
        text.push(b'-');
        text.extend_from_slice(self.generation_date.as_bytes());
        match bcrypt::verify(&text, self.signature) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Unproven::Mismatch),
        }
    }
}

/// The cost of a hash such as `$2y$10$…`; `None` when it is none of a version without known faults.
fn cost(hash: &str) -> Option<u8> {
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|version| hash.strip_prefix(version))?;
    let (cost, _) = rest.split_once('$')?;
    if cost.len() == 2 { cost.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
