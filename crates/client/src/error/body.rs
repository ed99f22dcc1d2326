//! Reads the body of a refusal: `{message, error, status, cause: [{code, description}]}`, or `{errors: [{code, message}]}`
//! of orders. Whatever is missing or has another shape is left out; a refusal is never itself refused.

use mercadopago::wire::{self, Literal, literal_or_nothing};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::call::Endpoint;
use crate::error::code::ErrorCode;
use crate::error::{Cause, Refusal};
use crate::vault::AccessToken;

/// Longest text of the provider that is kept.
const LONGEST: usize = 200;

#[derive(Deserialize, Default)]
struct Body<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    message: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    error: Option<Literal<'a>>,
    #[serde(borrow)]
    cause: Option<&'a RawValue>,
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    code: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    description: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    message: Option<Literal<'a>>,
}

/// What the provider said. The token that was sent is never part of it, not even where the provider repeats it.
pub(crate) fn refusal(
    endpoint: Endpoint,
    status: u16,
    body: &[u8],
    request_id: Option<String>,
    token: Option<&AccessToken>,
) -> Refusal {
    let body: Body<'_> = if is_object(body) { wire::read(body).unwrap_or_default() } else { Body::default() };
    let said = |text: &Literal<'_>| clean(text.as_str(), token);
    let causes: Vec<Cause> = entries(body.cause)
        .into_iter()
        .chain(entries(body.errors))
        .map(|entry| Cause {
            code: entry.code.as_ref().map(said).unwrap_or_default(),
            description: entry.description.or(entry.message).as_ref().map(said).unwrap_or_default(),
        })
        .collect();
    let error = body.error.as_ref().map(said);
    let named = causes.first().map(|cause| cause.code.as_str()).filter(|code| !code.is_empty());
    let code = ErrorCode::of(named.or(error.as_deref()).unwrap_or_default());
    let described = causes.first().map(|cause| cause.description.clone());
    let message = body.message.as_ref().map(said).or(described).unwrap_or_default();
    Refusal { endpoint, status, code, error, message, causes, request_id, follows_silence: false }
}

/// One entry or a list of them; what is no object is left out.
fn entries(raw: Option<&RawValue>) -> Vec<Entry<'_>> {
    let Some(raw) = raw else { return Vec::new() };
    let listed = || serde_json::from_str(raw.get()).unwrap_or_default();
    let entries: Vec<&RawValue> = if raw.get().starts_with('[') { listed() } else { vec![raw] };
    let objects = entries.into_iter().map(RawValue::get).filter(|entry| is_object(entry.as_bytes()));
    objects.filter_map(|entry| serde_json::from_str(entry).ok()).collect()
}

/// A list would be read as the fields of an object in their order.
fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"{")
}

fn clean(text: &str, token: Option<&AccessToken>) -> String {
    let text = match token {
        Some(token) if !token.expose().is_empty() => text.replace(token.expose(), "[REDACTED]"),
        _ => text.to_owned(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
