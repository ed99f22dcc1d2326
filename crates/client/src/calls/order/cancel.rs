//! Cancels an order: at once while nothing has taken it, else by asking the terminal.
//!
//! A terminal may finish a payment first. So the answer to the second way is no cancellation; a later
//! notification is.

use super::PAGE;
use crate::call::{Call, Idempotency, IdempotencyKey, Method, segment};
use crate::calls::cancellation::Cancellation;
use crate::invalid::{Field, Invalid};

/// Cancels an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cancel {
    /// Tells repetitions from new requests.
    pub key: IdempotencyKey,
    /// Its id.
    pub id: String,
    /// Whether the terminal is asked too when it has the order. New Point Smart terminals alone understand it.
    pub at_terminal: bool,
}

impl Call for Cancel {
    type Answer = Cancellation;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/v1/orders/{id}/cancel"
    }

    fn path(&self) -> String {
        format!("/v1/orders/{}/cancel", segment(&self.id))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let header = self.at_terminal.then(|| ("x-allow-cancelable-status", "at_terminal".to_owned()));
        header.into_iter().collect()
    }

    fn answers(&self) -> &'static [u16] {
        &[409]
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::Keyed(self.key.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)
    }
}
