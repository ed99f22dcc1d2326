//! Chargebacks: reading one, and finding those of a payment. Documents are not sent from here.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/chargebacks/_chargebacks_id/get>.

use domain::ids::{ChargebackId, PaymentId};
use serde::Deserialize;

use super::id::Id;
use super::page::Page;
use crate::call::{Call, Method, segment};
use crate::invalid::{Field, Invalid};

const PAGE: &str = "https://www.mercadopago.com.ar/developers/en/reference/chargebacks/_chargebacks_id/get";

/// What a chargeback's answer says at first sight; the whole is read by `mercadopago`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Chargeback {
    /// Its id.
    pub id: Id,
}

/// Reads a chargeback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Which.
    pub id: ChargebackId,
}

impl Call for Get {
    type Answer = Chargeback;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/chargebacks/{id}"
    }

    fn path(&self) -> String {
        format!("/v1/chargebacks/{}", segment(self.id.as_str()))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(self.id.as_str())
    }
}

/// Finds the chargebacks of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Of which payment.
    pub payment: PaymentId,
}

impl Call for Search {
    type Answer = Page;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/chargebacks/search"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        vec![("payment_id", self.payment.as_str().to_owned())]
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("payment_id", PAGE).filled(self.payment.as_str())
    }
}

#[cfg(test)]
mod tests;
