//! Requests about orders carry an idempotency key: without one they are refused, and the same one again is answered
//! as before.
//!
//! Source: "Possible errors" of orders.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::refused::{Refused, refused};
use crate::idempotency::{Answer, Known};
use crate::world::World;

const KEY: &str = "x-idempotency-key";
/// The longest key.
const LONGEST_KEY: usize = 128;

/// Does something once for each key; refusals are not kept.
///
/// # Errors
/// When there is no key, it is too long, or it was another request's; and when what is done fails.
pub(super) fn once(
    world: &mut World,
    seller: u64,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
    act: impl FnOnce(&mut World) -> Result<Answer, Refused>,
) -> Result<Response, Refused> {
    let bad = |code, message| Err(refused(StatusCode::BAD_REQUEST, code, message));
    let key = match headers.get(KEY).and_then(|key| key.to_str().ok()) {
        None | Some("") => return bad("empty_required_header", "Missing HTTP header: X-Idempotency-Key"),
        Some(key) if key.len() > LONGEST_KEY => {
            return bad("invalid_idempotency_key_length", "X-Idempotency-Key exceeds 128 characters");
        }
        Some(key) => key,
    };
    match world.answers.look(seller, path, key, body) {
        Known::Same(answer) => Ok(response(answer)),
        Known::Other => {
            let message = "the X-Idempotency-Key was used for another request";
            Err(refused(StatusCode::CONFLICT, "idempotency_key_already_used", message))
        }
        Known::New => {
            let answer = act(world)?;
            world.answers.keep(seller, path, key, body, answer.clone());
            Ok(response(answer))
        }
    }
}

fn response(answer: Answer) -> Response {
    (answer.status, [(header::CONTENT_TYPE, "application/json")], answer.body).into_response()
}
