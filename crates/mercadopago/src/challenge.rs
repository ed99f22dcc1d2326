//! The question by which the provider finds out whether an address is ours: first edition of the webhooks of terminals.
//!
//! It calls the address with a `challengeCode`, and expects the HMAC-SHA256 of it under the integrator's token. That token
//! must sign nothing else: whoever may ask can have any text signed.
//! <https://www.mercadopago.com.ar/developers/en/docs/mp-point/integrate-api/notifications>

use crate::signature::{hex, mac};

/// Name of the code in the address.
pub const CODE: &str = "challengeCode";
/// Longer codes are not answered.
pub const MOST_CODE_BYTES: usize = 512;

/// The answer to a code: 64 hex digits in lower case.
#[must_use]
pub fn answer(token: &[u8], code: &str) -> String {
    use hmac::Mac;
    hex(&mac(token, code.as_bytes()).finalize().into_bytes())
}

/// The answer as the body that the provider reads.
#[must_use]
pub fn body(token: &[u8], code: &str) -> String {
    format!(r#"{{"encrypted_challenge":"{}"}}"#, answer(token, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_answered_with_its_hash_in_lower_case() {
        // Computed with `openssl dgst -sha256 -hmac`.
        let expected = "0f1a330a038b2ceb102971c28a413a377cd90e69bc7db4e9ca448f37f33a32d7";
        assert_eq!(answer(b"0230abf9-79e9-493b-b288-32d123456789", "abc123"), expected);
        let body = body(b"0230abf9-79e9-493b-b288-32d123456789", "abc123");
        assert_eq!(body, format!(r#"{{"encrypted_challenge":"{expected}"}}"#));
    }
}
