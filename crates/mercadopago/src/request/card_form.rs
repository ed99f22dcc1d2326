//! What the payer's browser posts: the provider's card form, as its guide sends it on, or with its own names.
//!
//! Numbers may be written as text, because forms do so; none passes through a float. A member that is not known is an
//! error that names it: what is silently left out could be what the merchant relies on.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::id::Id;
use super::payment::{AdditionalInfo, Identification, Item, Payer, PaymentRequest};
use crate::number::Number;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, need};

/// What a form says.
#[derive(Debug, Clone)]
pub struct CardForm {
    /// The payment that it asks for.
    pub request: PaymentRequest,
    /// The payer's device, as the provider's script names it in the browser.
    pub device: Option<String>,
    /// When the card was tokenised, where it says so.
    pub tokenised_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form<'a> {
    #[serde(borrow, alias = "amount")]
    transaction_amount: Option<Literal<'a>>,
    #[serde(alias = "paymentMethodId")]
    payment_method_id: Option<String>,
    token: Option<String>,
    #[serde(borrow)]
    installments: Option<Literal<'a>>,
    #[serde(alias = "issuerId")]
    issuer_id: Option<Id>,
    description: Option<String>,
    external_reference: Option<String>,
    statement_descriptor: Option<String>,
    notification_url: Option<String>,
    callback_url: Option<String>,
    capture: Option<bool>,
    binary_mode: Option<bool>,
    date_of_expiration: Option<String>,
    #[serde(borrow)]
    application_fee: Option<Literal<'a>>,
    #[serde(borrow)]
    coupon_amount: Option<Literal<'a>>,
    three_d_secure_mode: Option<String>,
    #[serde(borrow)]
    additional_info: Option<FormInfo<'a>>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    point_of_interaction: Option<&'a RawValue>,
    #[serde(borrow)]
    payer: Option<FormPayer<'a>>,
    // The names of the provider's script in the browser.
    #[serde(rename = "cardholderEmail")]
    cardholder_email: Option<String>,
    #[serde(rename = "identificationType")]
    identification_type: Option<String>,
    #[serde(borrow, rename = "identificationNumber")]
    identification_number: Option<Literal<'a>>,
    // The script adds these two; they matter to gateways only.
    #[serde(rename = "processingMode")]
    processing_mode: Option<String>,
    #[serde(rename = "merchantAccountId")]
    _merchant_account_id: Option<String>,
    // Of the page, and of the token that the provider answered to it.
    #[serde(alias = "deviceId")]
    device_id: Option<String>,
    #[serde(alias = "date_created")]
    tokenised_at: Option<DateTime<FixedOffset>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormPayer<'a> {
    email: Option<String>,
    id: Option<Id>,
    #[serde(rename = "type")]
    kind: Option<String>,
    entity_type: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    #[serde(borrow)]
    identification: Option<FormDocument<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormDocument<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    number: Literal<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormInfo<'a> {
    ip_address: Option<String>,
    #[serde(borrow, default)]
    items: Vec<FormItem<'a>>,
    #[serde(borrow)]
    payer: Option<&'a RawValue>,
    #[serde(borrow)]
    shipments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormItem<'a> {
    id: String,
    title: String,
    description: Option<String>,
    category_id: Option<String>,
    #[serde(borrow)]
    quantity: Literal<'a>,
    #[serde(borrow)]
    unit_price: Literal<'a>,
}

impl CardForm {
    /// Reads a form.
    ///
    /// # Errors
    /// When it is not JSON, has a member that is not known, or lacks the amount, the method or the payer.
    pub fn read(body: &[u8]) -> Result<Self, Unreadable> {
        let form: Form<'_> = wire::read(body).map_err(named)?;
        if form.processing_mode.as_deref().is_some_and(|mode| mode != "aggregator") {
            return Err(Unreadable::WrongType { path: "processingMode", expected: "`aggregator`" });
        }
        let payer =
            payer(form.payer, form.cardholder_email, form.identification_type, form.identification_number)?;
        let amount = need("transaction_amount", form.transaction_amount)?;
        let request = PaymentRequest {
            transaction_amount: number("transaction_amount", &amount)?,
            payment_method_id: need("payment_method_id", form.payment_method_id)?,
            payer,
            token: form.token,
            installments: form.installments.map(|count| whole("installments", &count)).transpose()?,
            issuer_id: form.issuer_id.filter(|issuer| !issuer.as_text().is_empty()),
            description: form.description,
            external_reference: form.external_reference,
            statement_descriptor: form.statement_descriptor,
            notification_url: form.notification_url,
            callback_url: form.callback_url,
            capture: form.capture,
            binary_mode: form.binary_mode,
            date_of_expiration: form.date_of_expiration,
            application_fee: maybe_number("application_fee", form.application_fee)?,
            coupon_amount: maybe_number("coupon_amount", form.coupon_amount)?,
            three_d_secure_mode: form.three_d_secure_mode,
            additional_info: form.additional_info.map(info).transpose()?,
            metadata: form.metadata.map(ToOwned::to_owned),
            point_of_interaction: form.point_of_interaction.map(ToOwned::to_owned),
        };
        let tokenised_at = form.tokenised_at.map(|at| at.to_utc());
        Ok(Self { request, device: form.device_id, tokenised_at })
    }
}

/// The same complaint without the list of everything that is known, and without what was found: that may be a card's
/// token, or worse.
fn named(unreadable: Unreadable) -> Unreadable {
    match unreadable {
        Unreadable::WrongTypeAt { line, column, problem } => {
            let (found, expected) =
                problem.split_once(", expected ").unwrap_or((&problem, "another kind of value"));
            let problem = match found.starts_with("invalid") {
                true => format!("expected {expected}"),
                false => found.to_owned(),
            };
            Unreadable::WrongTypeAt { line, column, problem }
        }
        other => other,
    }
}

/// Who pays, told in one of the two ways.
fn payer(
    nested: Option<FormPayer<'_>>,
    email: Option<String>,
    kind: Option<String>,
    number: Option<Literal<'_>>,
) -> Result<Payer, Unreadable> {
    let is_flat = email.is_some() || kind.is_some() || number.is_some();
    if let Some(nested) = nested {
        if is_flat {
            return Err(Unreadable::WrongType { path: "payer", expected: "told once, nested or flat" });
        }
        let document = nested.identification.map(|document| Identification {
            kind: document.kind,
            number: document.number.as_str().to_owned(),
        });
        return Ok(Payer {
            email: nested.email,
            id: nested.id,
            kind: nested.kind,
            entity_type: nested.entity_type,
            first_name: nested.first_name,
            last_name: nested.last_name,
            identification: document,
        });
    }
    let identification = match (kind, number) {
        (Some(kind), Some(number)) => Some(Identification { kind, number: number.as_str().to_owned() }),
        (None, None) => None,
        (Some(_), None) => return Err(Unreadable::Missing { path: "identificationNumber" }),
        (None, Some(_)) => return Err(Unreadable::Missing { path: "identificationType" }),
    };
    let email = need("payer.email", email)?;
    Ok(Payer { email: Some(email), identification, ..Payer::default() })
}

fn info(info: FormInfo<'_>) -> Result<AdditionalInfo, Unreadable> {
    let item = |item: FormItem<'_>| {
        Ok(Item {
            id: item.id,
            title: item.title,
            description: item.description,
            category_id: item.category_id,
            quantity: number("additional_info.items.quantity", &item.quantity)?,
            unit_price: number("additional_info.items.unit_price", &item.unit_price)?,
        })
    };
    Ok(AdditionalInfo {
        ip_address: info.ip_address,
        items: info.items.into_iter().map(item).collect::<Result<_, Unreadable>>()?,
        payer: info.payer.map(ToOwned::to_owned),
        shipments: info.shipments.map(ToOwned::to_owned),
    })
}

fn maybe_number(path: &'static str, literal: Option<Literal<'_>>) -> Result<Option<Number>, Unreadable> {
    literal.map(|literal| number(path, &literal)).transpose()
}

fn number(path: &'static str, literal: &Literal<'_>) -> Result<Number, Unreadable> {
    Number::parse(literal.as_str()).map_err(|_| Unreadable::WrongType { path, expected: "a number" })
}

fn whole(path: &'static str, literal: &Literal<'_>) -> Result<u32, Unreadable> {
    literal.as_str().parse().map_err(|_| Unreadable::WrongType { path, expected: "a whole number" })
}

#[cfg(test)]
mod tests;
