//! How orders say no: `{errors: [{code, message, details}]}`.
//!
//! Source: "Possible errors" of orders.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::api;
use crate::refusal::Refusal;

/// An answer that refuses.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: String,
}

/// A refusal with its code and message.
pub(super) fn refused(status: StatusCode, code: &'static str, message: impl Into<String>) -> Refused {
    Refused { status, code, message: message.into() }
}

/// Why a body cannot be read, by the words of the reader.
pub(super) fn unreadable(error: &serde_json::Error) -> Refused {
    let message = error.to_string();
    let code = match error.classify() {
        serde_json::error::Category::Data if message.starts_with("unknown field") => "unsupported_properties",
        serde_json::error::Category::Data if message.starts_with("missing field") => "required_properties",
        serde_json::error::Category::Data => "property_type",
        _ => "json_syntax_error",
    };
    refused(StatusCode::BAD_REQUEST, code, message)
}

#[derive(Serialize)]
struct Body<'a> {
    errors: [Error<'a>; 1],
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    message: &'a str,
    details: [&'a str; 0],
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let error = Error { code: self.code, message: &self.message, details: [] };
        api::json(self.status, &Body { errors: [error] })
    }
}

/// What payments refuse, refuses an order's refund too.
impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        refused(refusal.status(), "payment_refused", "the payment does not allow it")
    }
}
