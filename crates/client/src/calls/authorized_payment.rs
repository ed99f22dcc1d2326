//! Invoices of subscriptions (the provider's authorised payments): reading and finding them. A processed invoice is
//! not a paid one; the payment inside says.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_authorized_payments_id/get>.

use domain::ids::{InvoiceId, PaymentId, PreapprovalId};
use serde::Deserialize;

use super::id::Id;
use super::page::{Page, Wanted};
use crate::call::{Call, Method, segment};
use crate::invalid::{Field, Invalid};

const PAGE: &str =
    "https://www.mercadopago.com.ar/developers/en/reference/subscriptions/_authorized_payments_id/get";

/// Most invoices of a page.
const MOST: u32 = 50;

/// What an invoice's answer says at first sight; the whole is read by `mercadopago`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Invoice {
    /// Its id, which is not the payment's.
    pub id: Id,
    /// `scheduled`, `processed`, `recycling` or `cancelled`.
    pub status: String,
}

/// Reads an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Which.
    pub id: InvoiceId,
}

impl Call for Get {
    type Answer = Invoice;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/authorized_payments/{id}"
    }

    fn path(&self) -> String {
        format!("/authorized_payments/{}", segment(self.id.as_str()))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(self.id.as_str())
    }
}

/// Finds invoices; it can lag behind the subscription (measured).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Of which subscription.
    pub preapproval: Option<PreapprovalId>,
    /// With which payment.
    pub payment: Option<PaymentId>,
    /// Which page.
    pub page: Wanted,
}

impl Call for Search {
    type Answer = Page;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/authorized_payments/search"
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let filters = [
            ("preapproval_id", self.preapproval.as_ref().map(|id| id.as_str().to_owned())),
            ("payment_id", self.payment.as_ref().map(|id| id.as_str().to_owned())),
        ];
        let filters = filters.into_iter().filter_map(|(name, value)| Some((name, value?)));
        filters.chain(self.page.query()).collect()
    }

    fn check(&self) -> Result<(), Invalid> {
        self.page.check(MOST)
    }
}

#[cfg(test)]
mod tests;
