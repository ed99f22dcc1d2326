//! What the provider would be sent for an order, as it is shown where nothing is written.

use client::call::{Call, IdempotencyKey};
use client::calls::payment::{Cancel, Capture};
use client::calls::refund::Create;
use domain::ids::PaymentId;
use domain::money::Money;
use domain::payment::Wish;
use domain::text::Text;
use engine::act::Placed;
use mercadopago::refund::ORDER_KEY;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;

/// In the place of a name that is not made up yet.
const NEW: &str = "(new)";

/// A call, without its secrets.
#[derive(Clone, Debug, Serialize)]
pub struct Sends {
    method: String,
    path: String,
    body: Option<Box<RawValue>>,
}

impl Sends {
    /// What an order sends; `None` for one that is over.
    pub fn of(payment: &PaymentId, placed: &Placed, request: Option<&Text>) -> Option<Self> {
        if !placed.order.stage.is_unfinished() {
            return None;
        }
        let id = payment.clone();
        let currency = placed.known.described.terms.currency;
        let part = |amount_minor, is_whole: bool| (!is_whole).then(|| Money::new(amount_minor, currency));
        match placed.order.wish {
            Wish::Refund { amount_minor, is_whole } => {
                let note = BTreeMap::from([(ORDER_KEY, request.map_or(NEW, Text::as_str))]);
                let metadata = Some(to_raw_value(&note).expect("texts are JSON"));
                let key = IdempotencyKey::new(NEW);
                let amount = part(amount_minor, is_whole);
                Self::call(&Create { payment: id, amount, remaining: None, metadata, key })
            }
            Wish::Capture { amount_minor, is_whole } => {
                Self::call(&Capture { id, amount: part(amount_minor, is_whole), reserved: None, key: None })
            }
            Wish::Cancel => Self::call(&Cancel { id, key: None }),
        }
    }

    fn call(call: &impl Call) -> Option<Self> {
        let body = call.body().map(|body| serde_json::from_slice(&body).expect("a request is JSON"));
        Some(Self { method: call.method().to_string(), path: call.path(), body })
    }
}
