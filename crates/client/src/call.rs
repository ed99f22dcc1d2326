//! What one call is: method, path, query, body, whether it may be sent twice, and what must hold before it is sent.
//!
//! A call is a value and is made without a network; sending is [`Client`](crate::client::Client)'s.

use std::fmt;

pub use reqwest::Method;
use serde::Serialize;

use crate::invalid::Invalid;
use crate::reply::Answer;

/// One endpoint with its parameters.
pub trait Call: Send + Sync {
    /// What an answer is read as.
    type Answer: Answer;

    /// The HTTP method.
    fn method(&self) -> Method;

    /// The path with its parameters as names in braces (`/v1/payments/{id}`), for logs, metrics and errors.
    fn template(&self) -> &'static str;

    /// The path as it is sent; parameters go through [`segment`].
    fn path(&self) -> String {
        self.template().to_owned()
    }

    /// Names and values after the `?`, not yet encoded. Never a secret: addresses end up in logs.
    fn query(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Further headers; `Authorization`, `Content-Type` and `X-Idempotency-Key` are the client's.
    fn headers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The JSON to send; see [`json`].
    fn body(&self) -> Option<Vec<u8>> {
        None
    }

    /// Statuses beside 200 to 299 that answer the question instead of refusing it: a 409 that says "not any more".
    fn answers(&self) -> &'static [u16] {
        &[]
    }

    /// Whether it may be sent again when its answer was lost: what changes nothing or ends alike may, the rest not.
    fn idempotency(&self) -> Idempotency {
        let ends_alike = [Method::GET, Method::PUT, Method::DELETE].contains(&self.method());
        if ends_alike { Idempotency::Safe } else { Idempotency::Once }
    }

    /// Whether the answer is a file, which may be longer and take longer than JSON.
    fn is_file(&self) -> bool {
        false
    }

    /// Which limit of calls a second counts it.
    fn class(&self) -> Class {
        Class::General
    }

    /// Looks at the parameters before anything is sent.
    ///
    /// # Errors
    /// The first rule of the provider that the call breaks, with its source.
    fn check(&self) -> Result<(), Invalid>;

    /// Method and template together.
    fn endpoint(&self) -> Endpoint {
        Endpoint { method: self.method(), template: self.template() }
    }
}

/// Whether a call may be sent again when it is not known what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Idempotency {
    /// Twice ends like once.
    Safe,
    /// The provider tells repetitions by the key in `X-Idempotency-Key`; every try carries the same one.
    Keyed(IdempotencyKey),
    /// Twice may do it twice: sent once, whatever happens.
    Once,
}

/// What the provider counts separately when it limits calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Everything that is not below.
    General,
    /// Reads of in-person resources that are asked again and again, as states of intents and their events.
    InPersonRead,
}

/// A method and a path without its parameters: what an error, a log line or a metric calls a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters as names in braces.
    pub template: &'static str,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

/// The value of `X-Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A new one: a random UUID, as the provider asks for.
    #[must_use]
    pub fn fresh() -> Self {
        Self(uuid::Uuid::new_v4().to_string())
    }

    /// A key that the caller derives from what it does, so that a later try of another process carries the same.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text of the header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A parameter as one segment of a path: everything but letters, digits and `-._~` is escaped.
#[must_use]
pub fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// The body as JSON.
#[must_use]
pub fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("a request body has text keys only")
}
