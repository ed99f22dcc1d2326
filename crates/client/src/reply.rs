//! A success as it came: its exact bytes, read only when asked.
//!
//! The bytes are what goes into the inbox; they may hold tokens or personal data, so nothing here prints them.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::call::Endpoint;
use crate::error::ClientError;

/// What an answer is read as. Everything that JSON is read into is one; an empty body is read as `null`, so that an
/// `Option` admits it. Where the status matters too, a type reads itself.
pub trait Answer: Sized {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is not what the endpoint documents.
    fn read(status: u16, body: &[u8]) -> Result<Self, serde_json::Error>;
}

impl<T: DeserializeOwned> Answer for T {
    fn read(_status: u16, body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(if body.is_empty() { b"null" } else { body })
    }
}

/// The answer to a call.
pub struct Reply<A> {
    /// Which call it answers.
    pub endpoint: Endpoint,
    /// The HTTP status: 200 to 299, or what the call takes for an answer too.
    pub status: u16,
    /// The body, exactly.
    pub body: Bytes,
    /// The provider's name of the request (`x-request-id`), for its support.
    pub request_id: Option<String>,
    /// How often it was sent.
    pub tries: u32,
    answer: PhantomData<fn() -> A>,
}

impl<A> Reply<A> {
    pub(crate) fn new(
        endpoint: Endpoint,
        status: u16,
        body: Bytes,
        request_id: Option<String>,
        tries: u32,
    ) -> Self {
        Self { endpoint, status, body, request_id, tries, answer: PhantomData }
    }
}

impl<A: Answer> Reply<A> {
    /// Reads the body.
    ///
    /// # Errors
    /// [`ClientError::Unreadable`] when it is not what the endpoint documents.
    pub fn read(&self) -> Result<A, ClientError> {
        A::read(self.status, &self.body).map_err(|error| ClientError::Unreadable {
            endpoint: self.endpoint.clone(),
            line: error.line(),
            column: error.column(),
        })
    }
}

impl<A> fmt::Debug for Reply<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("endpoint", &self.endpoint.to_string())
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .field("request_id", &self.request_id)
            .field("tries", &self.tries)
            .finish_non_exhaustive()
    }
}
