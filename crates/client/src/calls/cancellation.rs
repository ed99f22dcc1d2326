//! What became of a request to cancel a charge: each generation answers in its own way.
//!
//! That a cancellation was asked for is no cancellation: between the two the payer may pay.

use serde::Deserialize;

use super::id::Id;
use crate::reply::Answer;

/// What became of a request to cancel a charge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cancellation {
    /// It is cancelled: 204, or 200 with `OK`, the id, or the cancelled order.
    Done,
    /// It was asked for, and only later news tell whether it was paid first: 202, or a status that is not cancelled.
    Requested,
    /// A terminal holds it, and only whoever stands before it can cancel: 409.
    Held,
}

/// What answers of success may say; the first two generations and the current one differ.
#[derive(Deserialize)]
struct Said {
    status: Option<Id>,
}

impl Answer for Cancellation {
    fn read(status: u16, body: &[u8]) -> Result<Self, serde_json::Error> {
        match status {
            409 => Ok(Self::Held),
            202 => Ok(Self::Requested),
            _ if body.is_empty() => Ok(Self::Done),
            _ => {
                let said: Said = serde_json::from_slice(body)?;
                let canceled = |word: &str| matches!(word, "OK" | "canceled" | "CANCELED");
                let done = said.status.is_none_or(|status| canceled(status.as_str()));
                Ok(if done { Self::Done } else { Self::Requested })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Cancellation};

    #[test]
    fn each_generation_says_in_its_way_whether_it_is_cancelled() {
        let cases = [
            (204, "", Cancellation::Done),
            (200, r#"{"status":"OK"}"#, Cancellation::Done),
            (200, r#"{"id":"7d8c70b6-2ac8-4c57-a441-c319088ca3ca"}"#, Cancellation::Done),
            (200, r#"{"id":"ORD1","status":"canceled"}"#, Cancellation::Done),
            (200, r#"{"id":"ORD1","status":"at_terminal"}"#, Cancellation::Requested),
            (202, r#"{"id":"ORD1","status":"at_terminal"}"#, Cancellation::Requested),
            (409, r#"{"errors":[{"code":"cannot_cancel_order"}]}"#, Cancellation::Held),
        ];
        for (status, body, outcome) in cases {
            let read = Cancellation::read(status, body.as_bytes()).expect("an answer");
            assert_eq!(read, outcome, "{status} {body}");
        }
        assert!(Cancellation::read(200, b"<html>").is_err());
    }
}
