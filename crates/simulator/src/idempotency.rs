//! Answers kept by idempotency key: the same request again gets the same answer and changes nothing.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// Answers by seller, path and key.
#[derive(Default)]
pub(crate) struct Answers(BTreeMap<(u64, String, String), Kept>);

struct Kept {
    request: [u8; 32],
    answer: Answer,
}

/// An answer as it was given.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

/// What is known of a key.
pub(crate) enum Known {
    /// Nothing: the request is new.
    New,
    /// The same request was answered so.
    Same(Answer),
    /// Another request had this key.
    Other,
}

impl Answers {
    /// What is known of a key.
    pub(crate) fn look(&self, seller: u64, path: &str, key: &str, request: &[u8]) -> Known {
        match self.0.get(&(seller, path.to_owned(), key.to_owned())) {
            None => Known::New,
            Some(kept) if kept.request == hash(request) => Known::Same(kept.answer.clone()),
            Some(_) => Known::Other,
        }
    }

    /// Keeps the answer of a key.
    pub(crate) fn keep(&mut self, seller: u64, path: &str, key: &str, request: &[u8], answer: Answer) {
        let kept = Kept { request: hash(request), answer };
        self.0.insert((seller, path.to_owned(), key.to_owned()), kept);
    }
}

fn hash(request: &[u8]) -> [u8; 32] {
    Sha256::digest(request).into()
}
