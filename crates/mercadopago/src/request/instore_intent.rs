//! The in-store intent of the third generation (`/instore-api/integrations/v1/intents`), on a terminal or by QR, as
//! it is asked for. Reference: "In-store API", intents. Amounts are decimal text in major units.

use serde::{Deserialize, Serialize};

use crate::number::Number;

/// A request to charge on a terminal or by a QR code.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InstoreIntent {
    /// What is charged for.
    pub description: String,
    /// The merchant's own reference.
    pub external_reference: String,
    /// On a terminal one purchase; by QR also cash that the payer takes out with it.
    pub operations: Vec<Operation>,
    /// Who brought the merchant (QR).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsor: Option<Sponsor>,
    /// Settings of the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabler_configuration: Option<Enabler>,
}

/// One operation of an intent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Operation {
    /// What it does.
    #[serde(rename = "type")]
    pub kind: OperationKind,
    /// How much, in major units; by QR items may stand in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// What is bought (QR).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// What handing out cash in Brazil asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_configuration: Option<CashOut>,
}

/// What an operation does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OperationKind {
    /// The payer buys.
    Purchase,
    /// The payer takes cash out (QR).
    CashOut,
}

/// One item of a purchase by QR.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Item {
    /// The merchant's number of the article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku_number: Option<String>,
    /// Its name.
    pub title: String,
    /// How many.
    pub quantity: Number,
    /// In which unit.
    pub unit_measure: UnitMeasure,
    /// Price of one, in major units.
    pub unit_price: String,
    /// Price of all, in major units.
    pub total_amount: String,
}

/// A unit of quantities.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum UnitMeasure {
    /// Packs.
    Pack,
    /// Pieces.
    Unit,
}

/// What handing out cash in Brazil asks for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CashOut {
    /// Whether the payer may not change the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_amount: Option<bool>,
    /// Kind of agent who hands it out: `AGTEC`, `AGTOT` or `AGPSS`.
    pub agency_type: String,
    /// Code of the bank's service.
    pub bank_service_code: String,
}

/// Who brought the merchant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sponsor {
    /// Its account.
    pub id: Number,
}

/// Settings of the device, each of one kind of device only.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Enabler {
    /// How a terminal takes the payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_payment_mode: Option<PaymentMode>,
    /// What a terminal prints.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub print_on_terminal: Vec<Ticket>,
    /// Number of the ticket (terminals in Argentina).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_number: Option<String>,
    /// Which QR codes take it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qr_payment_mode: Vec<QrMode>,
}

/// How a terminal takes the payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PaymentMode {
    /// By card.
    Card,
}

/// A printed ticket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Ticket {
    /// The seller's.
    SellerTicket,
}

/// A kind of QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum QrMode {
    /// The one of the point of sale.
    Static,
    /// One made for the intent.
    Dynamic,
}
