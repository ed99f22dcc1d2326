//! A message as it is sent: one line of JSON.

use domain::machine::Instant;
use serde::Serialize;
use serde_json::value::RawValue;
use store::read::StoredMessage;

use super::error::RelayError;

/// What a receiver gets.
#[derive(Serialize)]
struct Line<'m> {
    key: &'m str,
    destination: &'m str,
    recorded_at: Instant,
    message: &'m RawValue,
}

/// The message with its envelope, without a line end. Equal messages make equal lines.
///
/// # Errors
/// When what is stored is no JSON.
pub(super) fn line_of(message: &StoredMessage) -> Result<String, RelayError> {
    let payload: &RawValue = serde_json::from_str(&message.payload)
        .map_err(|source| RelayError::Payload { key: message.key.clone(), source })?;
    let line = Line {
        key: &message.key,
        destination: &message.destination,
        recorded_at: message.recorded_at,
        message: payload,
    };
    Ok(serde_json::to_string(&line).expect("texts and JSON are JSON"))
}
