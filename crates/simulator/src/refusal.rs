//! How the provider says no: `{message, error, status, cause: [{code, description, data}]}`.
//!
//! Codes: the API reference, errors of payments and refunds.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer that refuses.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Refusal {
    message: String,
    error: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    cause: Vec<Cause>,
}

#[derive(Clone, Debug, Serialize)]
struct Cause {
    code: Code,
    description: String,
    data: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Code {
    Number(u32),
    Word(&'static str),
}

impl Refusal {
    /// A refusal without a cause.
    pub(crate) fn new(status: StatusCode, error: &'static str, message: impl Into<String>) -> Self {
        Self { message: message.into(), error, status, cause: Vec::new() }
    }

    /// The same with a cause.
    pub(crate) fn because(mut self, code: u32, description: impl Into<String>) -> Self {
        self.cause.push(Cause { code: Code::Number(code), description: description.into(), data: None });
        self
    }

    /// The same with a cause whose code is a word.
    pub(crate) fn of_code(mut self, code: &'static str) -> Self {
        self.cause.push(Cause { code: Code::Word(code), description: self.message.clone(), data: None });
        self
    }

    /// A request that is refused for one numbered cause, which is also its message.
    pub(crate) fn bad_request(code: u32, description: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", description).because(code, description)
    }

    /// What is asked for is not there, or is another seller's.
    pub(crate) fn not_found(code: u32, description: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", description).because(code, description)
    }

    /// The token is missing or unknown.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "invalid access token")
            .because(401, "unauthorized use of live credentials")
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The number of its first cause.
    pub(crate) fn code(&self) -> Option<u32> {
        match self.cause.first()?.code {
            Code::Number(code) => Some(code),
            Code::Word(_) => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
