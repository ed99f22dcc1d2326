//! Payer, card, items and place of a payment: everything around its money, invented where the request says nothing.

use serde::Serialize;

use super::{Nothing, View};
use crate::draw::{Draw, Family};
use crate::payment::{Channel, Payment};
use crate::time::Api;

/// The one bank that issues all cards here.
pub(super) const ISSUER: &str = "310";

#[derive(Serialize)]
pub(super) struct Payer<'a> {
    email: Option<PayerEmail<'a>>,
    entity_type: (),
    first_name: (),
    id: String,
    identification: Identification,
    last_name: (),
    operator_id: (),
    phone: Phone,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum PayerEmail<'a> {
    Given(&'a str),
    Invented(String),
}

#[derive(Serialize)]
struct Identification {
    number: String,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Phone {
    area_code: (),
    extension: (),
    number: (),
}

#[derive(Serialize)]
pub(super) struct Card {
    bin: String,
    cardholder: Holder,
    country: (),
    date_created: Api,
    date_last_updated: Api,
    expiration_month: u8,
    expiration_year: u16,
    first_six_digits: String,
    id: (),
    last_four_digits: String,
    tags: [&'static str; 1],
}

#[derive(Serialize)]
struct Holder {
    identification: Identification,
    name: &'static str,
}

#[derive(Serialize)]
pub(super) struct Additional {
    available_balance: (),
    ip_address: &'static str,
    items: [Item; 1],
    nsu_processadora: (),
    tracking_id: String,
}

#[derive(Serialize)]
struct Item {
    category_id: (),
    description: String,
    id: &'static str,
    picture_url: (),
    // The provider takes numbers here and returns text.
    quantity: &'static str,
    title: String,
    unit_price: String,
}

#[derive(Serialize)]
pub(super) struct Interaction<'a> {
    application_data: (),
    business_info: Business,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Device<'a>>,
    linked_to: (),
    sub_type: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_data: Option<Recurrence<'a>>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Business {
    branch: (),
    sub_unit: &'static str,
    unit: &'static str,
}

#[derive(Serialize)]
struct Device<'a> {
    serial_number: &'a str,
}

#[derive(Serialize)]
struct Recurrence<'a> {
    billing_date: String,
    first_time_use: bool,
    invoice_id: &'a str,
    invoice_period: Period,
    payment_reference: Nothing,
    plan_id: Option<&'a str>,
    subscription_id: &'a str,
    subscription_sequence: Sequence,
    user_present: bool,
}

#[derive(Serialize)]
struct Period {
    period: u8,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct Sequence {
    number: u32,
    total: (),
}

impl<'a> Payer<'a> {
    pub(super) fn of(payment: &'a Payment, view: View) -> Self {
        let number = document(payment, view);
        // The address is shown once money was credited, as measured.
        let email = payment.is_credited().then(|| match &payment.payer_email {
            Some(email) => PayerEmail::Given(email),
            None => PayerEmail::Invented(format!("comprador.{number}@example.com")),
        });
        Self {
            email,
            entity_type: (),
            first_name: (),
            id: (number * 7).to_string(),
            identification: Identification { number: number.to_string(), kind: "DNI" },
            last_name: (),
            operator_id: (),
            phone: Phone { area_code: (), extension: (), number: () },
            kind: "guest",
        }
    }
}

impl Card {
    pub(super) fn of(payment: &Payment, view: View) -> Option<Self> {
        if !payment.method.kind.ends_with("_card") {
            return None;
        }
        let mut draw = Draw::of(view.seed, Family::Payer, payment.id);
        let (first, last) = (450_000 + draw.below(90_000), draw.below(10_000));
        let number = document(payment, view).to_string();
        Some(Self {
            bin: first.to_string(),
            cardholder: Holder { identification: Identification { number, kind: "DNI" }, name: "TITULAR" },
            country: (),
            date_created: Api(payment.created),
            date_last_updated: Api(payment.created),
            expiration_month: 11,
            expiration_year: 2030,
            first_six_digits: first.to_string(),
            id: (),
            last_four_digits: format!("{last:04}"),
            tags: [if payment.method.kind == "credit_card" { "credit" } else { "debit" }],
        })
    }

    /// The six digits of an approval by card.
    pub(super) fn authorization(payment: &Payment, view: View) -> Option<String> {
        let shows = payment.method.kind.ends_with("_card") && payment.approved.is_some();
        shows.then(|| (Draw::of(view.seed, Family::Payer, payment.id).next() % 900_000 + 100_000).to_string())
    }
}

impl Additional {
    pub(super) fn of(payment: &Payment) -> Self {
        let unit_price =
            crate::money::Amount { minor: payment.gross_minor, decimals: payment.site.decimals() };
        let (title, description) = (payment.description.clone(), payment.description.clone());
        Self {
            available_balance: (),
            ip_address: "127.0.0.1",
            items: [Item {
                category_id: (),
                description,
                id: "1",
                picture_url: (),
                quantity: "1",
                title,
                unit_price: unit_price.to_string(),
            }],
            nsu_processadora: (),
            tracking_id: format!("platform:v1-simulated,so:ALL,type:N/A,security:none,{}", payment.id),
        }
    }
}

impl<'a> Interaction<'a> {
    pub(super) fn of(payment: &'a Payment) -> Self {
        let (kind, sub_unit, unit) = match &payment.channel {
            Channel::Online => ("CHECKOUT", "checkout_pro", "online_payments"),
            Channel::Qr { .. } => ("QR", "qr", "online_payments"),
            Channel::Point { .. } => ("POINT", "point", "point"),
            Channel::Subscription { .. } => ("SUBSCRIPTIONS", "recurring", "online_payments"),
        };
        let device = match &payment.channel {
            Channel::Point { serial, .. } => Some(Device { serial_number: serial }),
            Channel::Online | Channel::Qr { .. } | Channel::Subscription { .. } => None,
        };
        Self {
            application_data: (),
            business_info: Business { branch: (), sub_unit, unit },
            device,
            linked_to: (),
            sub_type: (),
            transaction_data: Recurrence::of(&payment.channel),
            kind,
        }
    }
}

impl<'a> Recurrence<'a> {
    fn of(channel: &'a Channel) -> Option<Self> {
        let Channel::Subscription { preapproval, plan, invoice, number, first, billing_date } = channel
        else {
            return None;
        };
        Some(Self {
            billing_date: crate::time::day(*billing_date, -4).to_string(),
            first_time_use: *first,
            invoice_id: invoice,
            invoice_period: Period { period: 1, kind: "monthly" },
            payment_reference: Nothing {},
            plan_id: plan.as_deref(),
            subscription_id: preapproval,
            subscription_sequence: Sequence { number: *number, total: () },
            user_present: false,
        })
    }
}

fn document(payment: &Payment, view: View) -> u64 {
    Draw::of(view.seed, Family::Payer, payment.id).below(30_000_000) + 10_000_000
}
