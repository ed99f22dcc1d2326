//! Orders of the fourth generation, for terminals and for QR codes: the resource and its rich notification.

use serde::Serialize;

use super::intent::ids;
use super::notice::APPLICATION;
use crate::month::money::Pesos;
use crate::month::sale::{SELLER, Sale, Way};
use crate::month::time::{MINUTE, Printed, SECOND};

/// An order of the fourth generation.
#[derive(Serialize)]
pub struct Order<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    external_reference: &'a str,
    country_code: &'static str,
    currency: &'static str,
    status: &'static str,
    status_detail: &'static str,
    capture_mode: &'static str,
    processing_mode: &'static str,
    user_id: String,
    total_amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_paid_amount: Option<String>,
    expiration_time: &'static str,
    created_date: Printed,
    last_updated_date: Printed,
    transactions: Transactions,
}

#[derive(Serialize)]
struct Transactions {
    payments: [OrderPayment; 1],
}

#[derive(Serialize)]
struct OrderPayment {
    id: String,
    amount: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_amount: Option<String>,
    status: &'static str,
    status_detail: &'static str,
    payment_method: OrderMethod,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
}

#[derive(Serialize)]
struct OrderMethod {
    id: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    installments: i64,
}

#[derive(Serialize)]
struct Reference {
    id: String,
}

/// The rich notification of an order.
#[derive(Serialize)]
pub struct OrderNotice<'a> {
    action: &'static str,
    api_version: &'static str,
    application_id: String,
    data: OrderData<'a>,
    date_created: Printed,
    live_mode: bool,
    #[serde(rename = "type")]
    topic: &'static str,
    user_id: String,
}

#[derive(Serialize)]
struct OrderData<'a> {
    id: String,
    external_reference: &'a str,
    status: &'static str,
    status_detail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_paid_amount: Option<String>,
    transactions: Transactions,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u64,
}

impl<'a> Order<'a> {
    /// The order when it was made (`done` false) or when its payment ended.
    pub fn new(sale: &'a Sale, done: bool) -> Self {
        let paid = done && sale.fate.is_paid();
        let (status, status_detail, payment_detail) = match (done, paid) {
            (false, _) => ("created", "created", "created"),
            (true, true) => ("processed", "processed", "accredited"),
            (true, false) => ("failed", "failed", "rejected_by_issuer"),
        };
        let amount = Pesos(sale.gross_minor).to_string();
        let mut ids = ids(sale);
        let created = sale.created.plus(-MINUTE);
        Self {
            id: format!("ORD{}", ids.ulid()),
            kind: if sale.way == Way::Qr { "qr" } else { "point" },
            external_reference: &sale.reference,
            country_code: "ARG",
            currency: "ARS",
            status,
            status_detail,
            capture_mode: "automatic",
            processing_mode: "automatic",
            user_id: SELLER.to_string(),
            total_amount: amount.clone(),
            total_paid_amount: paid.then(|| amount.clone()),
            expiration_time: "PT15M",
            created_date: created.utc(),
            last_updated_date: if done { sale.created.plus(3 * SECOND).utc() } else { created.utc() },
            transactions: Transactions {
                payments: [OrderPayment {
                    id: format!("PAY{}", ids.ulid()),
                    amount: amount.clone(),
                    paid_amount: paid.then_some(amount),
                    status,
                    status_detail: payment_detail,
                    payment_method: OrderMethod {
                        id: sale.method,
                        kind: sale.method_type,
                        installments: sale.installments,
                    },
                    reference_id: done.then(|| sale.id.to_string()),
                    reference: None,
                }],
            },
        }
    }
}

impl<'a> OrderNotice<'a> {
    /// The notification that the order ended; it spells the payment's reference otherwise than the resource.
    pub fn new(sale: &'a Sale) -> Self {
        let mut order = Order::new(sale, true);
        let payment = &mut order.transactions.payments[0];
        payment.reference = payment.reference_id.take().map(|id| Reference { id });
        Self {
            action: if sale.fate.is_paid() { "order.processed" } else { "order.failed" },
            api_version: "v1",
            application_id: APPLICATION.to_string(),
            date_created: order.last_updated_date,
            live_mode: true,
            topic: "order",
            user_id: order.user_id,
            data: OrderData {
                id: order.id,
                external_reference: order.external_reference,
                status: order.status,
                status_detail: if sale.fate.is_paid() { "accredited" } else { order.status_detail },
                total_paid_amount: order.total_paid_amount,
                transactions: order.transactions,
                kind: order.kind,
                version: 3,
            },
        }
    }
}
