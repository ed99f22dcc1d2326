//! Orders of the first generation: a phone with a card reader takes them by its name. Reference: "Integrate via
//! API" of Mercado Pago Point.
//!
//! It knows no state between open and closed, and forgets what is deleted.

use domain::money::Money;
use mercadopago::request::point_order::{self as body, CardKind, PointOrder};
use serde::Deserialize;

use super::by_id::by_id;
use super::cancellation::Cancellation;
use super::id::Id;
use super::in_person::text;
use super::rules::positive;
use crate::call::{Call, Idempotency, Method, json, segment};
use crate::invalid::{Field, Invalid};

const PAGE: &str =
    "https://github.com/mercadopago/devsite-docs/blob/master/guides/mp-point/integrate-via-api.en.md";

/// Asks a phone to charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    /// How much.
    pub amount: Money,
    /// What is charged for, at most 20 characters.
    pub description: String,
    /// Name that the phone's owner gave it.
    pub device_name: String,
    /// Which kind of card is expected.
    pub card: CardKind,
    /// The merchant's own reference.
    pub external_reference: Option<String>,
    /// Whether the phone's back button closes the order.
    pub disable_back_button: Option<bool>,
    /// Where its payment is announced.
    pub notification_url: Option<String>,
    /// The payer's address.
    pub payer_email: Option<String>,
}

impl Call for Create {
    type Answer = Order;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/point/services/integrations/v1"
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&PointOrder {
            amount: body::amount(self.amount),
            description: self.description.clone(),
            device_name: self.device_name.clone(),
            cc_type: self.card,
            external_reference: self.external_reference.clone(),
            disable_back_button: self.disable_back_button,
            notification_url: self.notification_url.clone(),
            payer_email: self.payer_email.clone(),
        }))
    }

    fn check(&self) -> Result<(), Invalid> {
        positive(Field::new("amount", PAGE), self.amount)?;
        text(Field::new("description", PAGE), 20, &self.description)?;
        Field::new("device_name", PAGE).filled(&self.device_name)
    }
}

by_id! {
    /// Reads an order.
    Get: GET "/point/services/integrations/v1/{id}" -> Order, PAGE, {}
}

by_id! {
    /// Deletes an order, which is how this generation cancels.
    Delete: DELETE "/point/services/integrations/v1/{id}" -> Cancellation, PAGE, {
        fn answers(&self) -> &'static [u16] {
            &[409]
        }
    }
}

/// Deletes whatever order a phone holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteByDevice {
    /// Name of the phone.
    pub device_name: String,
}

impl Call for DeleteByDevice {
    type Answer = Cancellation;

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn template(&self) -> &'static str {
        "/point/services/integrations/v1/attempt/device/{device_name}"
    }

    fn path(&self) -> String {
        format!("/point/services/integrations/v1/attempt/device/{}", segment(&self.device_name))
    }

    fn answers(&self) -> &'static [u16] {
        &[409]
    }

    /// A second try could delete the order that came after.
    fn idempotency(&self) -> Idempotency {
        Idempotency::Once
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("device_name", PAGE).filled(&self.device_name)
    }
}

/// An order. That it is closed does not say that it was paid well: `payment_status` does.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Order {
    /// `OPEN` or `CLOSED`.
    pub status: String,
    /// Its id.
    pub id: Id,
    /// The payment, once it is closed.
    #[serde(default)]
    pub payment_id: Option<Id>,
    /// Status of the payment, once it is closed.
    #[serde(default)]
    pub payment_status: Option<String>,
    /// The merchant's own reference.
    #[serde(default)]
    pub external_reference: Option<String>,
}

#[cfg(test)]
mod tests;
