//! Bodies that make a payment and change one. Card data never passes here: a card is its token.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::text::Text;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::id::Id;
use crate::number::Number;
use crate::wire::{Literal, object_or_nothing};

pub mod helpful;

/// The note that names the attempt which a payment was made by; the provider echoes it.
const ATTEMPT: &str = "conciliar_attempt";

/// A payment to make. Reference: `/developers/en/reference/payments/_payments/post`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PaymentRequest {
    /// What the payer is charged for the goods, in major units.
    pub transaction_amount: Number,
    /// `visa`, `pix`, `rapipago`, …
    pub payment_method_id: String,
    /// Who pays.
    pub payer: Payer,
    /// The card, tokenised by the payer's browser; used once, kept for 7 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// How many instalments; 1 is one charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installments: Option<u32>,
    /// Who issued the card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_id: Option<Id>,
    /// What is sold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The merchant's own reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// What the payer's statement shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_descriptor: Option<String>,
    /// Where this payment's notifications go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_url: Option<String>,
    /// Where the payer returns to after a bank's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// `false` reserves the amount until it is captured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<bool>,
    /// `true` answers approved or rejected at once, nothing between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binary_mode: Option<bool>,
    /// When a voucher or transfer lapses, RFC 3339 with milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_of_expiration: Option<String>,
    /// What a marketplace keeps, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_fee: Option<Number>,
    /// A discount that a third party pays, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_amount: Option<Number>,
    /// `not_supported`, `optional` or `mandatory`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_d_secure_mode: Option<String>,
    /// What helps the provider's prevention of fraud: payer, items, address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_info: Option<AdditionalInfo>,
    /// The merchant's own notes, which come back with the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<RawValue>>,
    /// What says that this is one charge of a subscription that the merchant runs himself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_of_interaction: Option<Box<RawValue>>,
}

/// Who pays. Reference: `/developers/en/reference/payments/_payments/post`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Where receipts go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A customer of the merchant's, when the payer is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// `customer` or `guest`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `individual` or `association`, for bank transfers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Identity document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identification: Option<Identification>,
}

/// An identity document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identification {
    /// `DNI`, `CPF`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number.
    pub number: String,
}

/// What helps the provider's prevention of fraud.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct AdditionalInfo {
    /// Where the payer's browser is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// What is sold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// What is known of the payer, as the provider's page lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<Box<RawValue>>,
    /// Where the goods go, as the provider's page lists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipments: Option<Box<RawValue>>,
}

/// One thing that is sold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    /// The merchant's own code.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The provider's category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_id: Option<String>,
    /// How many.
    pub quantity: Number,
    /// Price of one, in major units.
    pub unit_price: Number,
}

/// The merchant's notes are not an object, so that none can be added to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("metadata must be an object")]
pub struct NoNotes;

impl PaymentRequest {
    /// The same, with a note that names the attempt: the payment says later which attempt made it.
    ///
    /// # Errors
    /// When the merchant's own notes are not an object.
    pub fn named(mut self, attempt: &str) -> Result<Self, NoNotes> {
        let name = serde_json::value::to_raw_value(attempt).expect("text becomes JSON");
        let mut notes: BTreeMap<Cow<'_, str>, &RawValue> = match &self.metadata {
            None => BTreeMap::new(),
            Some(notes) => serde_json::from_str(notes.get()).map_err(|_| NoNotes)?,
        };
        notes.insert(ATTEMPT.into(), &name);
        self.metadata = Some(serde_json::value::to_raw_value(&notes).expect("notes have text keys"));
        Ok(self)
    }
}

/// The attempt that a payment says it was made by.
#[must_use]
pub fn attempt_of(payment: &[u8]) -> Option<Text> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow, default, deserialize_with = "object_or_nothing")]
        metadata: Option<Notes<'a>>,
    }
    #[derive(Deserialize)]
    struct Notes<'a> {
        #[serde(borrow)]
        conciliar_attempt: Option<Literal<'a>>,
    }
    let body: Body<'_> = serde_json::from_slice(payment).ok()?;
    Some(body.metadata?.conciliar_attempt?.text())
}

/// A change of a payment: cancel it, or capture what is reserved.
/// Reference: `/developers/en/reference/payments/_payments_id/put`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct PaymentUpdate {
    /// `cancelled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `true` takes what is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<bool>,
    /// Less than what is reserved, in major units; goes with `capture`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_amount: Option<Number>,
}

#[cfg(test)]
mod tests;
