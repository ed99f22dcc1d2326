//! The body of `/v1/payments/{id}`.

use serde::Serialize;

use super::charges::{Charge, Fee, charges, fees};
use crate::month::draw::Draw;
use crate::month::money::{Pesos, share_minor};
use crate::month::sale::{Origin, Refund, SELLER, Sale, Way};
use crate::month::subscriber::Subscriber;
use crate::month::time::Time;
use crate::month::told::Told;

/// A payment as the API returns it.
#[derive(Serialize)]
pub struct Payment<'a> {
    id: u64,
    date_created: Time,
    date_approved: Option<Time>,
    date_last_updated: Time,
    date_of_expiration: Option<Time>,
    money_release_date: Option<Time>,
    money_release_status: Option<&'static str>,
    operation_type: &'static str,
    issuer_id: &'static str,
    payment_method_id: &'static str,
    payment_type_id: &'static str,
    payment_method: Method,
    status: &'static str,
    status_detail: &'static str,
    currency_id: &'static str,
    description: &'static str,
    live_mode: bool,
    collector_id: u64,
    payer: Payer,
    metadata: Metadata<'a>,
    external_reference: Option<&'a str>,
    transaction_amount: Pesos,
    transaction_amount_refunded: Pesos,
    coupon_amount: Pesos,
    taxes_amount: Pesos,
    shipping_amount: Pesos,
    installments: i64,
    captured: bool,
    binary_mode: bool,
    statement_descriptor: &'static str,
    processing_mode: &'static str,
    order: Nothing,
    store_id: Option<&'static str>,
    pos_id: Option<&'static str>,
    transaction_details: Details,
    fee_details: Vec<Fee>,
    charges_details: Vec<Charge>,
    refunds: Vec<RefundBody>,
    point_of_interaction: Interaction<'a>,
    acquirer_reconciliation: [u8; 0],
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct Method {
    id: &'static str,
    #[serde(rename = "type")]
    family: &'static str,
    issuer_id: &'static str,
}

#[derive(Serialize)]
struct Payer {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    email: Option<String>,
    identification: Identification,
}

#[derive(Serialize)]
struct Identification {
    #[serde(rename = "type")]
    kind: &'static str,
    number: String,
}

#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    preapproval_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Details {
    net_received_amount: Pesos,
    total_paid_amount: Pesos,
    installment_amount: Pesos,
    overpaid_amount: Pesos,
    external_resource_url: Option<&'static str>,
    financial_institution: Option<&'static str>,
    payment_method_reference_id: Option<String>,
    acquirer_reference: Option<&'static str>,
}

/// A refund, alone or inside its payment.
#[derive(Serialize)]
pub struct RefundBody {
    id: u64,
    payment_id: u64,
    amount: Pesos,
    adjustment_amount: Pesos,
    amount_refunded_to_payer: Option<Pesos>,
    status: &'static str,
    source: Source,
    refund_mode: &'static str,
    reason: Option<&'static str>,
    unique_sequence_number: Option<&'static str>,
    date_created: Time,
    metadata: Nothing,
    labels: [u8; 0],
}

#[derive(Serialize)]
struct Source {
    id: String,
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Interaction<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    business_info: Business,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_data: Option<Recurrence<'a>>,
}

#[derive(Serialize)]
struct Business {
    unit: &'static str,
    sub_unit: &'static str,
}

#[derive(Serialize)]
struct Recurrence<'a> {
    subscription_id: &'a str,
    first_time_use: bool,
    user_present: bool,
    billing_date: String,
    subscription_sequence: Sequence,
}

#[derive(Serialize)]
struct Sequence {
    number: u64,
    total: Option<u64>,
}

impl<'a> Payment<'a> {
    /// The body of a sale in a state; subscription charges name their subscriber.
    pub fn new(sale: &'a Sale, told: &Told, subscriber: Option<&'a Subscriber>) -> Self {
        let money = told.credited && sale.way != Way::CardCheck;
        let net = if money { sale.net_minor() } else { 0 };
        let (operation_type, description) = match sale.way {
            Way::Subscription => ("recurring_payment", "Abono semanal"),
            Way::CardCheck => ("card_validation", "Recurring payment validation"),
            Way::Point => ("pos_payment", "Venta en el local"),
            Way::OnlineCard | Way::Voucher | Way::Qr => ("regular_payment", "Compra en la tienda"),
        };
        let in_person = matches!(sale.way, Way::Qr | Way::Point);
        Self {
            id: sale.id,
            date_created: sale.created,
            date_approved: told.credited.then_some(sale.approved),
            date_last_updated: told.updated,
            date_of_expiration: (sale.way == Way::Voucher).then(|| sale.expires()),
            money_release_date: money.then_some(sale.release),
            money_release_status: money.then_some(if sale.release <= told.updated {
                "released"
            } else {
                "pending"
            }),
            operation_type,
            issuer_id: "310",
            payment_method_id: sale.method,
            payment_type_id: sale.method_type,
            payment_method: Method { id: sale.method, family: sale.method_type, issuer_id: "310" },
            status: told.status,
            status_detail: told.detail,
            currency_id: "ARS",
            description,
            live_mode: true,
            collector_id: SELLER,
            payer: Payer::of(sale, money),
            metadata: Metadata {
                preapproval_id: recurring(sale, subscriber).map(|s| s.preapproval.as_str()),
            },
            external_reference: (sale.way != Way::CardCheck).then_some(&sale.reference),
            transaction_amount: Pesos(sale.gross_minor),
            transaction_amount_refunded: Pesos(told.refunded_minor()),
            coupon_amount: Pesos(0),
            taxes_amount: Pesos(0),
            shipping_amount: Pesos(0),
            installments: sale.installments,
            captured: true,
            binary_mode: false,
            statement_descriptor: "MERPAGO*TIENDA",
            processing_mode: "aggregator",
            order: Nothing {},
            store_id: in_person.then_some("51234567"),
            pos_id: in_person.then_some("84512301"),
            transaction_details: Details::of(sale, net),
            fee_details: if money { fees(sale) } else { Vec::new() },
            charges_details: if money { charges(sale, told) } else { Vec::new() },
            refunds: told.refunds.iter().map(|refund| RefundBody::new(sale, refund)).collect(),
            point_of_interaction: Interaction::of(sale, subscriber),
            acquirer_reconciliation: [],
        }
    }
}

impl RefundBody {
    /// The body of a refund.
    pub fn new(sale: &Sale, refund: &Refund) -> Self {
        Self {
            id: refund.id,
            payment_id: sale.id,
            amount: Pesos(refund.amount_minor),
            adjustment_amount: Pesos(0),
            amount_refunded_to_payer: None,
            status: "approved",
            source: Source { id: SELLER.to_string(), name: "Tienda", kind: "collector" },
            refund_mode: "standard",
            reason: None,
            unique_sequence_number: None,
            date_created: refund.at,
            metadata: Nothing {},
            labels: [],
        }
    }
}

impl Payer {
    fn of(sale: &Sale, named: bool) -> Self {
        let number = Draw::new(sale.id, 4, 0).below(30_000_000) + 10_000_000;
        Self {
            id: (number * 7).to_string(),
            kind: "guest",
            email: named.then(|| format!("comprador.{number}@example.com")),
            identification: Identification { kind: "DNI", number: number.to_string() },
        }
    }
}

impl Details {
    fn of(sale: &Sale, net_minor: i64) -> Self {
        let voucher = sale.way == Way::Voucher;
        Self {
            net_received_amount: Pesos(net_minor),
            total_paid_amount: Pesos(sale.gross_minor),
            installment_amount: Pesos(share_minor(sale.gross_minor, 1, sale.installments)),
            overpaid_amount: Pesos(0),
            external_resource_url: voucher.then_some("https://www.mercadopago.com.ar/payments/ticket"),
            financial_institution: voucher.then_some("rapipago"),
            payment_method_reference_id: voucher.then(|| (sale.id * 3).to_string()),
            acquirer_reference: None,
        }
    }
}

impl<'a> Interaction<'a> {
    fn of(sale: &Sale, subscriber: Option<&'a Subscriber>) -> Self {
        let (kind, sub_unit) = match sale.way {
            Way::OnlineCard | Way::Voucher => ("CHECKOUT", "checkout_pro"),
            Way::Qr => ("QR", "qr"),
            Way::Point => ("POINT", "point"),
            Way::Subscription | Way::CardCheck => ("SUBSCRIPTIONS", "recurring"),
        };
        let transaction_data = recurring(sale, subscriber).map(|subscriber| {
            let attempt = match sale.origin {
                Origin::Charge(_, attempt) => attempt,
                Origin::Sale(_) | Origin::CardCheck(_) | Origin::Phantom => 0,
            };
            let week = Subscriber::week(attempt);
            Recurrence {
                subscription_id: &subscriber.preapproval,
                first_time_use: week == 0,
                user_present: false,
                billing_date: subscriber.due(week).local_date(),
                subscription_sequence: Sequence { number: week + 1, total: None },
            }
        });
        Self { kind, business_info: Business { unit: "online_payments", sub_unit }, transaction_data }
    }
}

fn recurring<'a>(sale: &Sale, subscriber: Option<&'a Subscriber>) -> Option<&'a Subscriber> {
    subscriber.filter(|_| sale.way == Way::Subscription)
}
