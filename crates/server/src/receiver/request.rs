//! Reading a request within bounds: what kind of body it has, and no more of it than is allowed.

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::request::Parts;
use futures_util::StreamExt;

use super::answer::Answer;

/// The first value of a header.
pub(super) fn header<'a>(head: &'a Parts, name: &str) -> Option<&'a [u8]> {
    head.headers.get(name).map(|value| value.as_bytes())
}

/// The body, when it is JSON by its head and not too long.
pub(super) async fn body(head: &Parts, body: Body, most: usize) -> Result<Vec<u8>, Answer> {
    let length = header(head, CONTENT_LENGTH.as_str()).and_then(|text| std::str::from_utf8(text).ok());
    let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
    if length > most {
        return Err(Answer::TooLarge);
    }
    let has_body = length > 0 || head.headers.contains_key(TRANSFER_ENCODING);
    if has_body && !(is_json(head) && is_plain(head)) {
        return Err(Answer::NotJson);
    }
    let mut bytes = Vec::with_capacity(length);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Answer::Cut)?;
        if bytes.len() + chunk.len() > most {
            return Err(Answer::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A type of JSON, or none at all.
fn is_json(head: &Parts) -> bool {
    let Some(value) = header(head, CONTENT_TYPE.as_str()) else { return true };
    let essence = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    essence.to_ascii_lowercase().ends_with(b"json")
}

/// Not packed: a body of few bytes could become one of many.
fn is_plain(head: &Parts) -> bool {
    header(head, CONTENT_ENCODING.as_str()).is_none_or(|value| value.eq_ignore_ascii_case(b"identity"))
}
