//! Gives an order back, whole or in parts, up to 90 days after it was paid.

use domain::money::Money;
use mercadopago::request::order as body;

use super::PAGE;
use super::answer::Order;
use crate::call::{Call, Idempotency, IdempotencyKey, Method, json, segment};
use crate::calls::rules::positive;
use crate::invalid::{Field, Invalid};

/// Gives an order back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refund {
    /// Tells repetitions from new refunds.
    pub key: IdempotencyKey,
    /// The order.
    pub id: String,
    /// Parts of its payments; none for everything.
    pub parts: Vec<Part>,
}

/// A part of a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The payment's id in the order (`PAY…`).
    pub payment: String,
    /// How much of it.
    pub amount: Money,
}

impl Call for Refund {
    type Answer = Order;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/v1/orders/{id}/refund"
    }

    fn path(&self) -> String {
        format!("/v1/orders/{}/refund", segment(&self.id))
    }

    /// None for everything.
    fn body(&self) -> Option<Vec<u8>> {
        if self.parts.is_empty() {
            return None;
        }
        let part =
            |part: &Part| body::RefundedPart { id: part.payment.clone(), amount: part.amount.to_string() };
        Some(json(&body::Refund { transactions: self.parts.iter().map(part).collect() }))
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::Keyed(self.key.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)?;
        self.parts.iter().try_for_each(|part| {
            Field::new("transactions.id", PAGE).filled(&part.payment)?;
            positive(Field::new("transactions.amount", PAGE), part.amount)
        })
    }
}
