//! The merchant's own receiver: messages are posted to an address of the merchant, never the provider's.
//!
//! Sends once. Whether and when it is sent again is decided by whoever has the message.

use std::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect;
use rustls::crypto::CryptoProvider;
use url::Url;

use crate::client::SetupError;
use crate::client::wire::{is_loopback, outage_of};
use crate::error::Outage;
use crate::retry;
use crate::vault::AccessToken;

/// The header that names a message, so that its receiver knows what it has already. The word is that of the draft
/// <https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header>.
pub const KEY: &str = "idempotency-key";

/// How long a receiver may take.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time of one post, from connecting to the answer.
    pub timeout: Duration,
}

/// A receiver of the merchant.
pub struct Hook {
    http: reqwest::Client,
    at: Url,
    authorization: Option<HeaderValue>,
}

/// Why a receiver cannot be posted to.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// Plain HTTP would show messages and token to the network, and what is in an address is seen in logs.
    #[error("the receiver must be https, or http on loopback, without a user or password in its address")]
    Insecure,
    /// No header can carry the token.
    #[error("the token of the receiver has characters that no header can carry")]
    Token,
    /// No connection can be made at all.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// Why a message was not taken. No variant holds the message or the address.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// There was no answer: what became of the message is not known.
    #[error("the receiver did not answer: {0}")]
    Unavailable(Outage),
    /// It is not well, or asks for time: 408, 425, 429 and any 5xx.
    #[error("the receiver answered {status}")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// How long it asks to wait, where it says so.
        retry_after: Option<Duration>,
    },
    /// The key of the message cannot be sent.
    #[error("its key has characters that no header can carry")]
    Key,
    /// It read the message and refused it: any other 4xx, and a redirect.
    #[error("the receiver refused it with {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
}

impl Hook {
    /// A receiver; nothing is sent yet. A TLS provider must be installed in the process before.
    ///
    /// # Errors
    /// When the address would show messages to the network, or there is no TLS provider.
    pub fn new(at: Url, token: Option<&AccessToken>, options: Options) -> Result<Self, AddressError> {
        let is_plain = at.scheme() == "http";
        let is_safe = at.scheme() == "https" || (is_plain && is_loopback(&at));
        if !is_safe || !at.username().is_empty() || at.password().is_some() {
            return Err(AddressError::Insecure);
        }
        if CryptoProvider::get_default().is_none() {
            return Err(SetupError::NoTlsProvider.into());
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("conciliar/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            // A redirect could carry messages and token elsewhere.
            .redirect(redirect::Policy::none());
        if is_plain {
            // Loopback needs neither a proxy nor the system's certificates.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        let authorization = token.map(bearer).transpose()?;
        Ok(Self { http: builder.build().map_err(SetupError::Http)?, at, authorization })
    }

    /// Posts a message under its key. Any 2xx takes it; what the answer says beside is not read.
    ///
    /// # Errors
    /// See [`HookError`].
    pub async fn post(&self, key: &str, body: String) -> Result<(), HookError> {
        // As UTF-8: a name in it may have accents.
        let named = HeaderValue::from_bytes(key.as_bytes()).map_err(|_| HookError::Key)?;
        let mut request = self.http.post(self.at.clone()).header(KEY, named);
        request = request.header(CONTENT_TYPE, "application/json").body(body);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let response = request.send().await.map_err(|error| HookError::Unavailable(outage_of(error)))?;
        match response.status().as_u16() {
            200..300 => Ok(()),
            status @ (408 | 425 | 429 | 500..) => {
                Err(HookError::Busy { status, retry_after: retry::retry_after(response.headers()) })
            }
            status => Err(HookError::Refused { status }),
        }
    }
}

fn bearer(token: &AccessToken) -> Result<HeaderValue, AddressError> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
    let mut value = value.map_err(|_| AddressError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An address may hold a secret in its path or query.
        f.debug_struct("Hook").field("host", &self.at.host_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
