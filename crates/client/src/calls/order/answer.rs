//! An order as the provider answers with it.

use serde::Deserialize;
use serde_json::Error;

use crate::calls::id::Id;
use crate::reply::Answer;

/// An order as it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Its id.
    pub id: String,
    /// `created`, `at_terminal`, `processed`, `action_required`, `failed`, `canceled`, `expired`, `refunded`, and
    /// more for orders of web shops.
    pub status: String,
    /// Why it has that status.
    pub status_detail: Option<String>,
    /// The merchant's own reference.
    pub external_reference: Option<String>,
    /// Its payments; the transaction decides whether something was paid, not the order.
    pub payments: Vec<Payment>,
    /// What was given back.
    pub refunds: Vec<Refund>,
    /// What the payer scans (QR).
    pub qr: Option<String>,
}

/// A payment of an order.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Payment {
    /// Its id in the order (`PAY…`).
    pub id: String,
    /// Its id among payments, once there is one.
    #[serde(default)]
    pub reference_id: Option<Id>,
    /// How much, in major units.
    #[serde(default)]
    pub amount: Option<String>,
    /// How far it went.
    #[serde(default)]
    pub status: Option<String>,
    /// Why it has that status.
    #[serde(default)]
    pub status_detail: Option<String>,
}

/// A part of an order that was given back.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Refund {
    /// Its id in the order (`REF…`).
    pub id: String,
    /// The payment it belongs to.
    #[serde(default)]
    pub transaction_id: Option<String>,
    /// How much, in major units.
    #[serde(default)]
    pub amount: Option<String>,
    /// How far it went.
    #[serde(default)]
    pub status: Option<String>,
}

/// The order as it is written.
#[derive(Deserialize)]
struct Wire {
    id: String,
    status: String,
    #[serde(default)]
    status_detail: Option<String>,
    #[serde(default)]
    external_reference: Option<String>,
    #[serde(default)]
    transactions: Option<Transactions>,
    #[serde(default)]
    type_response: Option<TypeResponse>,
}

#[derive(Deserialize, Default)]
struct Transactions {
    #[serde(default)]
    payments: Option<Vec<Payment>>,
    #[serde(default)]
    refunds: Option<Vec<Refund>>,
}

#[derive(Deserialize)]
struct TypeResponse {
    #[serde(default)]
    qr_data: Option<String>,
}

/// An order whose charge was declined stands inside the error.
#[derive(Deserialize)]
struct Declined {
    data: Wire,
}

impl Answer for Order {
    fn read(status: u16, body: &[u8]) -> Result<Self, Error> {
        let wire = match status {
            402 => serde_json::from_slice::<Declined>(body).map(|declined| declined.data)?,
            _ => serde_json::from_slice(body)?,
        };
        Ok(Self::from(wire))
    }
}

impl From<Wire> for Order {
    fn from(wire: Wire) -> Self {
        let transactions = wire.transactions.unwrap_or_default();
        Self {
            id: wire.id,
            status: wire.status,
            status_detail: wire.status_detail,
            external_reference: wire.external_reference,
            payments: transactions.payments.unwrap_or_default(),
            refunds: transactions.refunds.unwrap_or_default(),
            qr: wire.type_response.and_then(|response| response.qr_data),
        }
    }
}
