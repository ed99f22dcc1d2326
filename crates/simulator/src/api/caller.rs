//! Who calls: the seller of the bearer token. A token in the address is no token here.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::refusal::Refusal;
use crate::world::Shared;

/// The seller that calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) seller: u64,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Refusal> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
        let seller = shared.lock().seller_of_token(token);
        seller.map(|seller| Self { seller }).ok_or_else(Refusal::unauthorized)
    }
}
