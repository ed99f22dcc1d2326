//! Refunds of a payment: whole, in part, listed and read.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/chargebacks/_payments_id_refunds/post>.

use domain::ids::{PaymentId, RefundId};
use domain::money::Money;
use mercadopago::number::Number;
use mercadopago::request::refund::RefundRequest;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::id::Id;
use super::rules;
use crate::call::{Call, Idempotency, IdempotencyKey, Method, json, segment};
use crate::invalid::{Field, Invalid};

const PAGE: &str =
    "https://www.mercadopago.com.ar/developers/en/reference/chargebacks/_payments_id_refunds/post";

/// What a refund's answer says at first sight; the whole is read by `mercadopago`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: Id,
    /// How much, in major units.
    pub amount: Option<Number>,
    /// Only an approved refund moves money.
    pub status: Option<String>,
    /// When it was made, as the provider writes times.
    pub date_created: Option<String>,
    /// Who gave it: `collector`, `operator`, `admin`, `bpp`.
    #[serde(default, rename = "source", deserialize_with = "giver")]
    pub given_by: Option<String>,
}

/// The type of a source, which is an object, or a list of one. What has another shape tells nobody.
fn giver<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Source {
        r#type: Option<String>,
    }
    let raw: Option<Box<RawValue>> = Option::deserialize(deserializer)?;
    let Some(raw) = raw.as_deref().map(RawValue::get) else { return Ok(None) };
    let one = || serde_json::from_str::<Vec<Source>>(raw).ok().and_then(|list| list.into_iter().next());
    let source = if raw.starts_with('[') { one() } else { serde_json::from_str(raw).ok() };
    Ok(source.and_then(|source| source.r#type))
}

/// Gives back a payment, or part of it.
///
/// A repetition with the same key is answered without a body (measured): then the answer is `None` and [`List`] tells
/// what was done.
#[derive(Debug, Clone)]
pub struct Create {
    /// Which payment.
    pub payment: PaymentId,
    /// How much; `None` gives back all that remains.
    pub amount: Option<Money>,
    /// What remains, where it is known.
    pub remaining: Option<Money>,
    /// The merchant's own notes, which come back with the refund.
    pub metadata: Option<Box<RawValue>>,
    /// What tells a repetition from a second refund.
    pub key: IdempotencyKey,
}

impl Call for Create {
    type Answer = Option<Refund>;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/v1/payments/{id}/refunds"
    }

    fn path(&self) -> String {
        path(&self.payment)
    }

    fn body(&self) -> Option<Vec<u8>> {
        if self.amount.is_none() && self.metadata.is_none() {
            return None;
        }
        let amount = self.amount.map(Number::from);
        Some(json(&RefundRequest { amount, metadata: self.metadata.clone() }))
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::Keyed(self.key.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(self.payment.as_str())?;
        let Some(amount) = self.amount else { return Ok(()) };
        let field = Field::new("amount", PAGE);
        rules::positive(field, amount)?;
        match self.remaining {
            Some(remaining) => rules::no_more(field, remaining, amount),
            None => Ok(()),
        }
    }
}

/// Lists the refunds of a payment, also those that a search hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Which payment.
    pub payment: PaymentId,
}

impl Call for List {
    type Answer = Vec<Refund>;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/payments/{id}/refunds"
    }

    fn path(&self) -> String {
        path(&self.payment)
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(self.payment.as_str())
    }
}

/// Reads one refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Of which payment.
    pub payment: PaymentId,
    /// Which.
    pub refund: RefundId,
}

impl Call for Get {
    type Answer = Refund;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/payments/{id}/refunds/{refund_id}"
    }

    fn path(&self) -> String {
        format!("{}/{}", path(&self.payment), segment(self.refund.as_str()))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(self.payment.as_str())?;
        Field::new("refund_id", PAGE).filled(self.refund.as_str())
    }
}

fn path(payment: &PaymentId) -> String {
    format!("/v1/payments/{}/refunds", segment(payment.as_str()))
}

#[cfg(test)]
mod tests;
