//! Intents to refund a payment on the terminal that took it, for the same user.

pub use mercadopago::request::payment_intent::Ticket;
use mercadopago::request::payment_intent::{RefundInfo, RefundIntent};
use serde::Deserialize;

use crate::call::{Call, Class, Method, json, segment};
use crate::calls::by_id::by_id;
use crate::calls::cancellation::Cancellation;
use crate::calls::id::Id;
use crate::invalid::{Field, Invalid, Problem};

const PAGE: &str = "https://github.com/mercadopago/devsite-docs/blob/master/guides/mp-point/integration-api/refund-processing.en.md";

/// Asks a terminal to refund a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    /// Id of the terminal that took the payment.
    pub device: String,
    /// The payment.
    pub payment: String,
    /// What is printed.
    pub print: Vec<Ticket>,
}

impl Call for Create {
    type Answer = Refund;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/devices/{device_id}/refund"
    }

    fn path(&self) -> String {
        format!("/point/integration-api/devices/{}/refund", segment(&self.device))
    }

    fn body(&self) -> Option<Vec<u8>> {
        let print = (!self.print.is_empty()).then(|| RefundInfo { print_on_terminal: self.print.clone() });
        Some(json(&RefundIntent { payment_id: self.payment.clone(), additional_info: print }))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("device_id", PAGE).filled(&self.device)?;
        let payment = Field::new("payment_id", PAGE);
        payment.filled(&self.payment)?;
        let digits = self.payment.bytes().all(|byte| byte.is_ascii_digit());
        if digits { Ok(()) } else { Err(payment.is(Problem::OtherThan("digits"))) }
    }
}

by_id! {
    /// Reads an intent to refund.
    Get: GET "/point/integration-api/refund/{id}" -> Refund, PAGE, {
        fn class(&self) -> Class {
            Class::InPersonRead
        }
    }
}

/// Cancels an intent to refund. Once a terminal has it, only contactless refunds can be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cancel {
    /// Id of the terminal it was made for.
    pub device: String,
    /// Its id.
    pub id: String,
}

impl Call for Cancel {
    type Answer = Cancellation;

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/devices/{device_id}/refund/{id}"
    }

    fn path(&self) -> String {
        format!("/point/integration-api/devices/{}/refund/{}", segment(&self.device), segment(&self.id))
    }

    fn answers(&self) -> &'static [u16] {
        &[409]
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("device_id", PAGE).filled(&self.device)?;
        Field::new("id", PAGE).filled(&self.id)
    }
}

/// An intent to refund.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: String,
    /// The payment.
    #[serde(default)]
    pub payment_id: Option<Id>,
    /// How far it went; the answer to its creation does not tell.
    #[serde(default)]
    pub state: Option<String>,
    /// The terminal, as the provider writes it.
    #[serde(default)]
    pub device_id: Option<String>,
}
