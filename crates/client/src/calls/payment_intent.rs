//! Payment intents of the second generation, on terminals in integrated mode. Reference: "Integrations API" of
//! Mercado Pago Point.
//!
//! The answer to a creation tells no state, and an answer to a reading no time: the list of events has both.
//! Refunds on the terminal are in [`refund`].

use domain::currency::Currency;
use domain::money::{Money, MoneyError};
use mercadopago::request::payment_intent as body;
pub use mercadopago::request::payment_intent::{
    AdditionalInfo, CardKind, InstallmentsCost, Payment, VoucherKind,
};
use serde::Deserialize;

use super::by_id::by_id;
use super::cancellation::Cancellation;
use super::id::Id;
use super::in_person;
use crate::call::{Call, Class, Idempotency, Method, json, segment};
use crate::invalid::{Field, Invalid, Problem};

pub mod events;
pub mod refund;

/// Limits and fields of a charge.
const PAGE: &str = "https://www.mercadopago.com.mx/developers/en/docs/mp-point-legacy/integration-configuration/integrate-with-pdv/payment-processing";
/// Fields that one site alone has, and instalments.
const REFERENCE: &str = "https://github.com/mercadopago/devsite-docs/blob/master/reference/api-json/integrations_api_paymentintent_mlb.json";

/// What terminals take, from the page above.
const LIMITS: [(Currency, i64, i64); 3] =
    [(Currency::ARS, 500, 400_000_000), (Currency::BRL, 100, 7_000_000), (Currency::MXN, 500, 35_000_000)];

/// Smallest instalment, in minor units.
const LEAST_INSTALMENT: i64 = 500;

/// Asks a terminal to charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    /// Id of the terminal.
    pub device: String,
    /// How much.
    pub amount: Money,
    /// What is charged for (Brazil).
    pub description: Option<String>,
    /// How it is to be paid (Brazil).
    pub payment: Option<Payment>,
    /// References and printing.
    pub info: Option<AdditionalInfo>,
}

impl Call for Create {
    type Answer = Created;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/point/integration-api/devices/{device_id}/payment-intents"
    }

    fn path(&self) -> String {
        format!("/point/integration-api/devices/{}/payment-intents", segment(&self.device))
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&body::PaymentIntent {
            amount: body::amount(self.amount)?,
            description: self.description.clone(),
            payment: self.payment.clone(),
            additional_info: self.info.clone(),
        }))
    }

    fn check(&self) -> Result<(), Invalid> {
        let amount = Field::new("amount", PAGE);
        Field::new("device_id", PAGE).filled(&self.device)?;
        in_person::amount(amount, self.amount, &LIMITS)?;
        if body::amount(self.amount).is_none() {
            return Err(amount.is(Problem::NotAnAmount(MoneyError::OutOfRange)));
        }
        self.check_site()?;
        self.payment.as_ref().map_or(Ok(()), |payment| payment_is_sound(payment, self.amount))
    }
}

impl Create {
    /// Some fields exist on one site only.
    fn check_site(&self) -> Result<(), Invalid> {
        let only = |field, sent: bool, currency, site| {
            let foreign = sent && self.amount.currency != currency;
            if foreign { Err(Field::new(field, REFERENCE).is(Problem::Without(site))) } else { Ok(()) }
        };
        let ticket = self.info.as_ref().is_some_and(|info| info.ticket_number.is_some());
        only("description", self.description.is_some(), Currency::BRL, "site MLB")?;
        only("payment", self.payment.is_some(), Currency::BRL, "site MLB")?;
        only("additional_info.ticket_number", ticket, Currency::ARS, "site MLA")
    }
}

/// Instalments are of credit cards, brands of voucher cards.
fn payment_is_sound(payment: &Payment, amount: Money) -> Result<(), Invalid> {
    let credit = payment.kind == CardKind::CreditCard;
    if !credit && payment.installments.is_some() {
        return Err(Field::new("payment.installments", REFERENCE).is(Problem::Without("credit_card")));
    }
    if !credit && payment.installments_cost.is_some() {
        return Err(Field::new("payment.installments_cost", REFERENCE).is(Problem::Without("credit_card")));
    }
    if payment.kind != CardKind::VoucherCard && payment.voucher_type.is_some() {
        return Err(Field::new("payment.voucher_type", REFERENCE).is(Problem::Without("voucher_card")));
    }
    let Some(count) = payment.installments else { return Ok(()) };
    let field = Field::new("payment.installments", REFERENCE);
    field.within(1, 72, count)?;
    let most = (amount.minor / LEAST_INSTALMENT).max(1);
    field.within(1, most, i64::from(count))
}

by_id! {
    /// Reads an intent. The provider limits it to one a second, and to intents younger than three months.
    Get: GET "/point/integration-api/payment-intents/{id}" -> Intent, PAGE, {
        fn class(&self) -> Class {
            Class::InPersonRead
        }
    }
}

/// Cancels an intent that no terminal has taken yet.
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
        "/point/integration-api/devices/{device_id}/payment-intents/{id}"
    }

    fn path(&self) -> String {
        let (device, id) = (segment(&self.device), segment(&self.id));
        format!("/point/integration-api/devices/{device}/payment-intents/{id}")
    }

    fn answers(&self) -> &'static [u16] {
        &[409]
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("device_id", PAGE).filled(&self.device)?;
        Field::new("id", PAGE).filled(&self.id)
    }
}

/// A call to the virtual terminals of test accounts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sandbox<C>(pub C);

impl<C: Call> Call for Sandbox<C> {
    type Answer = C::Answer;

    fn method(&self) -> Method {
        self.0.method()
    }

    fn template(&self) -> &'static str {
        self.0.template()
    }

    fn path(&self) -> String {
        self.0.path()
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        self.0.query()
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.0.headers();
        headers.push(("x-test-scope", "sandbox".to_owned()));
        headers
    }

    fn body(&self) -> Option<Vec<u8>> {
        self.0.body()
    }

    fn answers(&self) -> &'static [u16] {
        self.0.answers()
    }

    fn idempotency(&self) -> Idempotency {
        self.0.idempotency()
    }

    fn class(&self) -> Class {
        self.0.class()
    }

    fn check(&self) -> Result<(), Invalid> {
        self.0.check()
    }
}

/// An intent that was made.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Created {
    /// Its id.
    pub id: String,
    /// The terminal, as the provider writes it; not always as it was asked for.
    #[serde(default)]
    pub device_id: Option<String>,
}

/// An intent as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Intent {
    /// Its id.
    pub id: String,
    /// `OPEN`, `ON_TERMINAL`, `PROCESSING`, `PROCESSED`, `FINISHED`, `CANCELED`, `ERROR`, `ABANDONED` or
    /// `CONFIRMATION_REQUIRED`. That it is finished does not say that it was paid.
    pub state: String,
    /// The terminal, as the provider writes it; never to be joined on.
    #[serde(default)]
    pub device_id: Option<String>,
    /// Hundredths.
    #[serde(default)]
    pub amount: Option<Id>,
    /// What was paid.
    #[serde(default)]
    pub payment: Option<PaymentOf>,
}

/// The payment of an intent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct PaymentOf {
    /// Its id, once there is one.
    #[serde(default)]
    pub id: Option<Id>,
    /// Kind of card.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

#[cfg(test)]
mod tests;
