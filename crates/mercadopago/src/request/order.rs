//! The order of the current generation (`/v1/orders`), on a terminal or by QR, and what can be asked of one.
//! Reference: "Orders", in-person payments. Amounts are decimal text in major units.
//!
//! Orders of web shops are not here: they carry card tokens.

use serde::{Deserialize, Serialize};

/// A request to charge. Where its news go is set in the provider's panel: an address in the body is refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// Where it is paid.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The merchant's own reference, one for each order.
    pub external_reference: String,
    /// How long it lives, as an ISO 8601 duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_time: Option<String>,
    /// Sum of its payments (QR).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_amount: Option<String>,
    /// What is charged for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is paid.
    pub transactions: Transactions,
    /// Where and how it is paid.
    pub config: Config,
    /// Who integrated the merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_data: Option<Integration>,
}

/// Where an order is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// On a terminal.
    Point,
    /// By a QR code.
    Qr,
}

/// What is paid by an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transactions {
    /// In person exactly one.
    pub payments: Vec<Payment>,
}

/// A payment of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// How much, in major units.
    pub amount: String,
}

/// Where and how an order is paid.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Config {
    /// The terminal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr: Option<Qr>,
    /// Which method is offered first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<PaymentMethod>,
}

/// The terminal of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Point {
    /// Id of the terminal.
    pub terminal_id: String,
    /// What it prints.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print_on_terminal: Option<Ticket>,
    /// Number of the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket_number: Option<String>,
}

/// What a terminal prints.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ticket {
    /// The seller's ticket; also when nothing is said.
    SellerTicket,
    /// Nothing.
    NoTicket,
}

/// The QR code of an order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Qr {
    /// The merchant's id of the point of sale.
    pub external_pos_id: String,
    /// Which codes take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<QrMode>,
}

/// A kind of QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QrMode {
    /// The one of the point of sale.
    Static,
    /// One made for the order.
    Dynamic,
    /// Either; whichever is paid first closes the other.
    Hybrid,
}

/// Which method is offered first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PaymentMethod {
    /// Kind of card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_type: Option<String>,
    /// Number of instalments, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_installments: Option<String>,
    /// Who pays for them: `seller` or `buyer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installments_cost: Option<String>,
}

/// Who integrated the merchant.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Integration {
    /// The platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
    /// The integrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrator_id: Option<String>,
    /// Who brought the merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsor: Option<Sponsor>,
}

/// Who brought the merchant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sponsor {
    /// Its account.
    pub id: String,
}

/// Gives a part of a payment back (`POST /v1/orders/{id}/refund`); without a body everything is given back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// Which payments of the order, and how much of each.
    pub transactions: Vec<RefundedPart>,
}

/// How much of one payment is given back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefundedPart {
    /// The payment's id in the order (`PAY…`).
    pub id: String,
    /// How much, in major units.
    pub amount: String,
}

/// What is to happen to an order of a test account (`POST /v1/orders/{id}/events`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Happening {
    /// The status it is to have.
    pub status: HappeningStatus,
    /// Kind of method that it is paid with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_type: Option<String>,
    /// The method that it is paid with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method_id: Option<String>,
    /// Number of instalments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installments: Option<u32>,
    /// Why it has that status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_detail: Option<String>,
}

/// A status that an order of a test account can be given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HappeningStatus {
    /// Paid.
    Processed,
    /// Declined.
    Failed,
    /// Given back.
    Refunded,
    /// Cancelled.
    Canceled,
    /// Its life ended.
    Expired,
    /// Somebody must look at the terminal.
    ActionRequired,
}
