//! The signature of webhooks, by our own arithmetic and not by the code that verifies them.
//!
//! `v1` is the HMAC-SHA256 of `id:<data.id>;request-id:<x-request-id>;ts:<ts>;`, where a part without a value is left
//! out. Source: the provider's guide on webhooks.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// What is signed.
pub(crate) struct Signed<'a> {
    /// `data.id` of the address, empty when there is none.
    pub(crate) id: &'a str,
    /// The header `x-request-id`, empty when there is none.
    pub(crate) request_id: &'a str,
    /// The time, as its digits.
    pub(crate) ts: &'a str,
}

/// The header `x-signature`.
pub(crate) fn header(secret: &SecretString, signed: &Signed<'_>) -> String {
    let Signed { id, request_id, ts } = *signed;
    let mut manifest = String::new();
    for (name, value) in [("id", id), ("request-id", request_id), ("ts", ts)] {
        if !value.is_empty() {
            let _infallible = write!(manifest, "{name}:{value};");
        }
    }
    format!("ts={ts},v1={}", hex_hmac(secret.expose_secret().as_bytes(), manifest.as_bytes()))
}

/// HMAC-SHA256 in lower-case hex.
pub(crate) fn hex_hmac(key: &[u8], message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{Signed, header};

    /// Made with another implementation (OpenSSL) from the documented manifest.
    const VECTORS: [(&str, &str, &str, &str); 5] = [
        ("999999999", REQUEST, TS, "b52df37d9895a745fabd2adb4cf3c2db507b472c520ace32f9d4cdac966d9d09"),
        (ORDER, REQUEST, TS, "9b10a4de21055ae4ee2e980e25decd6ced40cb12432e3ad11c01e3d94a84716e"),
        (LOWER, REQUEST, TS, "d568551a3929afe312cfd5771e3fe9365a9ee7fbccd97712645be11c30059a51"),
        ("999999999", "", "1704908010", "a9169cce8d061b7fdc681944c4ace922f52dbe87cdc87e7ebad98b6d1997f159"),
        ("", "", "1704908010", "2fd69226daacb8ae0a8d45feb01fb01a0440163f386940df57e4e7bcea6972de"),
    ];
    const ORDER: &str = "ORD01JQ4S4KY8HWQ6NA5PXB65B3D3";
    const LOWER: &str = "ord01jq4s4ky8hwq6na5pxb65b3d3";
    const REQUEST: &str = "2066ca19-c6f1-498a-be75-1923005edd06";
    const TS: &str = "1742505638683";

    #[test]
    fn signatures_are_those_of_another_implementation() {
        for (id, request_id, ts, expected) in VECTORS {
            let signed = Signed { id, request_id, ts };
            assert_eq!(header(&"test-secret".into(), &signed), format!("ts={ts},v1={expected}"), "{id}");
        }
    }
}
