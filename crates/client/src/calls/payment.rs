//! Payments: making, reading, finding, cancelling and capturing them.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/payments/_payments/post>.

use domain::currency::Currency;
use domain::ids::PaymentId;
use domain::money::Money;
use mercadopago::number::Number;
use mercadopago::request::payment::{PaymentRequest, PaymentUpdate};
use serde::Deserialize;

use super::id::Id;
use super::rules;
use crate::call::{Call, Idempotency, IdempotencyKey, Method, json, segment};
use crate::invalid::{Field, Invalid, Problem};

pub use search::{Moment, Order, Search, Window};

mod search;

const CREATE: &str = "https://www.mercadopago.com.ar/developers/en/reference/payments/_payments/post";
const UPDATE: &str = "https://www.mercadopago.com.ar/developers/en/reference/payments/_payments_id/put";
const READ: &str = "https://www.mercadopago.com.ar/developers/en/reference/payments/_payments_id/get";

/// What a payment's answer says at first sight; the whole is read by `mercadopago`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Payment {
    /// Its id.
    pub id: Id,
    /// Where it stands. A payment that was rejected is made all the same.
    pub status: String,
    /// Why.
    pub status_detail: Option<String>,
}

/// Makes a payment. The answer is a success also when the payment was rejected.
#[derive(Debug, Clone)]
pub struct Create {
    /// What is sent.
    pub request: PaymentRequest,
    /// The seller's currency, which the body does not name.
    pub currency: Currency,
    /// What tells a repetition from a second payment.
    pub key: IdempotencyKey,
    /// The payer's device, as the provider's script names it in the browser.
    pub device: Option<String>,
}

impl Call for Create {
    type Answer = Payment;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/v1/payments"
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.device.iter().map(|device| ("X-meli-session-id", device.clone())).collect()
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.request))
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::Keyed(self.key.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = |name| Field::new(name, CREATE);
        let request = &self.request;
        field("transaction_amount").positive(&request.transaction_amount, self.currency)?;
        field("payment_method_id").filled(&request.payment_method_id)?;
        if let Some(token) = &request.token {
            field("token").filled(token)?;
            if request.installments.is_none() {
                return Err(field("installments").is(Problem::Missing));
            }
        }
        if let Some(count) = request.installments {
            field("installments").within(1, u32::MAX, count)?;
        }
        if let Some(device) = &self.device {
            field("X-meli-session-id").filled(device)?;
        }
        self.payer()?;
        self.amounts()?;
        self.texts()
    }
}

impl Create {
    fn payer(&self) -> Result<(), Invalid> {
        let payer = &self.request.payer;
        match &payer.email {
            Some(email) => {
                Field::new("payer.email", CREATE).at_most(253, email)?;
                rules::email(Field::new("payer.email", CREATE), email)
            }
            None if payer.id.is_some() => Ok(()),
            None => Err(Field::new("payer.email", CREATE).is(Problem::Missing)),
        }
    }

    fn amounts(&self) -> Result<(), Invalid> {
        if let Some(coupon) = &self.request.coupon_amount {
            Field::new("coupon_amount", CREATE).positive(coupon, self.currency)?;
        }
        let Some(fee) = &self.request.application_fee else { return Ok(()) };
        let field = Field::new("application_fee", CREATE);
        let fee = fee.to_money(self.currency).map_err(|error| field.is(Problem::NotAnAmount(error)))?;
        let gross = self.request.transaction_amount.to_money(self.currency);
        let gross = gross.map_err(|error| field.is(Problem::NotAnAmount(error)))?;
        field.within(Money::new(0, self.currency), gross, fee)
    }

    fn texts(&self) -> Result<(), Invalid> {
        let request = &self.request;
        if let Some(url) = &request.notification_url {
            let field = Field::new("notification_url", CREATE);
            field.at_most(248, url)?;
            rules::address(field, url)?;
        }
        if let Some(date) = &request.date_of_expiration {
            rules::instant(Field::new("date_of_expiration", CREATE), date)?;
        }
        let Some(mode) = &request.three_d_secure_mode else { return Ok(()) };
        let field = Field::new("three_d_secure_mode", CREATE);
        let modes = ["not_supported", "optional", "mandatory"];
        rules::word(field, &modes, "not_supported, optional, mandatory", mode)
    }
}

/// Reads a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Get {
    /// Which.
    pub id: PaymentId,
}

impl Call for Get {
    type Answer = Payment;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        "/v1/payments/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", READ).filled(self.id.as_str())
    }
}

/// Cancels a payment that is pending, in process or reserved. One that is approved is refunded instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// Which.
    pub id: PaymentId,
    /// What tells a repetition, where the caller has it.
    pub key: Option<IdempotencyKey>,
}

impl Call for Cancel {
    type Answer = Payment;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn template(&self) -> &'static str {
        "/v1/payments/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn body(&self) -> Option<Vec<u8>> {
        // The spelling of payments; orders have one `l`.
        Some(json(&PaymentUpdate { status: Some("cancelled".to_owned()), ..PaymentUpdate::default() }))
    }

    fn idempotency(&self) -> Idempotency {
        keyed(self.key.as_ref())
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", UPDATE).filled(self.id.as_str())
    }
}

/// Takes what is reserved, or less. What it takes becomes the payment's amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Which.
    pub id: PaymentId,
    /// Less than what is reserved; `None` takes it all.
    pub amount: Option<Money>,
    /// What is reserved, where it is known.
    pub reserved: Option<Money>,
    /// What tells a repetition, where the caller has it.
    pub key: Option<IdempotencyKey>,
}

impl Call for Capture {
    type Answer = Payment;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn template(&self) -> &'static str {
        "/v1/payments/{id}"
    }

    fn path(&self) -> String {
        path(&self.id)
    }

    fn body(&self) -> Option<Vec<u8>> {
        let transaction_amount = self.amount.map(Number::from);
        Some(json(&PaymentUpdate { capture: Some(true), transaction_amount, ..PaymentUpdate::default() }))
    }

    fn idempotency(&self) -> Idempotency {
        keyed(self.key.as_ref())
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", UPDATE).filled(self.id.as_str())?;
        let Some(amount) = self.amount else { return Ok(()) };
        let field = Field::new("transaction_amount", UPDATE);
        rules::positive(field, amount)?;
        match self.reserved {
            Some(reserved) => rules::no_more(field, reserved, amount),
            None => Ok(()),
        }
    }
}

/// A change ends alike however often it is sent, with a key or without.
fn keyed(key: Option<&IdempotencyKey>) -> Idempotency {
    key.cloned().map_or(Idempotency::Safe, Idempotency::Keyed)
}

fn path(id: &PaymentId) -> String {
    format!("/v1/payments/{}", segment(id.as_str()))
}

#[cfg(test)]
mod tests;
