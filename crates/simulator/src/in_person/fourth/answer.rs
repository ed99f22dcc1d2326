//! An order as it is answered, and as its notification tells it: in full with other names, or by its id alone.
//!
//! Source: the reference of orders, and its page on notifications.

use axum::http::StatusCode;
use serde::Serialize;

use super::asked::Kept;
use super::refused::{Refused, refused};
use super::words::{Standing, standing};
use crate::in_person::{Asked, Intent};
use crate::money::Amount;
use crate::site::Site;
use crate::time::Instant;
use crate::world::World;

/// An order.
#[derive(Serialize)]
pub(in crate::in_person) struct Answer<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    external_reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
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
    expiration_time: &'a str,
    created_date: String,
    last_updated_date: String,
    config: &'a Kept,
    #[serde(skip_serializing_if = "Option::is_none")]
    integration_data: Option<&'a Kept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<&'a Kept>,
    transactions: Transactions<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    type_response: Option<QrData>,
}

/// An order in its notification.
#[derive(Serialize)]
pub(in crate::in_person) struct Notified<'a> {
    id: &'a str,
    external_reference: Option<&'a str>,
    status: &'static str,
    status_detail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_paid_amount: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    transactions: Transactions<'a>,
}

#[derive(Serialize)]
struct Transactions<'a> {
    payments: [Payment<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refunds: Vec<Refund<'a>>,
}

#[derive(Serialize)]
struct Payment<'a> {
    id: &'a str,
    amount: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded_amount: Option<String>,
    status: &'static str,
    status_detail: &'static str,
    /// What reading an order calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<String>,
    /// What a notification calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method: Option<Method>,
}

#[derive(Serialize)]
struct Reference {
    id: String,
}

#[derive(Serialize)]
struct Method {
    id: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    installments: u16,
}

/// A refund through the order.
#[derive(Serialize)]
pub(super) struct Refund<'a> {
    id: &'a str,
    transaction_id: &'a str,
    reference_id: String,
    amount: String,
    status: &'static str,
}

#[derive(Serialize)]
struct QrData {
    qr_data: String,
}

/// An order's numbers and words before they are given their names.
struct Facts<'a> {
    asked: &'a super::Asked,
    standing: Standing,
    decimals: u32,
    paid_minor: Option<i64>,
    refunded_minor: i64,
}

impl<'a> Answer<'a> {
    /// The order now.
    ///
    /// # Errors
    /// When the intent is none of this generation.
    pub(super) fn of(world: &World, intent: &'a Intent) -> Result<Self, Refused> {
        let facts = Facts::of(world, intent)?;
        let Facts { asked, standing, .. } = facts;
        let site = world.seller(intent.seller).site;
        let mut transactions = facts.transactions(intent);
        let [payment] = &mut transactions.payments;
        payment.reference_id = intent.payment().map(|charged| charged.id.to_string());
        transactions.refunds = facts.refunds(intent);
        Ok(Self {
            id: &intent.id,
            kind: kind(asked),
            external_reference: intent.reference.as_deref(),
            description: intent.description.as_deref(),
            country_code: country(site),
            currency: site.currency(),
            status: standing.status,
            status_detail: standing.detail,
            capture_mode: "automatic",
            processing_mode: "automatic",
            user_id: intent.seller.to_string(),
            total_amount: facts.text(intent.amount_minor),
            total_paid_amount: facts.paid_minor.map(|minor| facts.text(minor)),
            expiration_time: &asked.expiration_time,
            created_date: zulu(intent.created_at),
            last_updated_date: zulu(intent.since),
            config: &asked.config,
            integration_data: asked.integration_data.as_ref(),
            items: asked.items.as_ref(),
            transactions,
            type_response: (!asked.on_terminal)
                .then(|| QrData { qr_data: format!("00020101021243650016com.mercadolibre{}", intent.id) }),
        })
    }
}

impl<'a> Notified<'a> {
    /// The order as its notification tells it: it names the payment otherwise and calls paid what the order calls
    /// processed.
    pub(in crate::in_person) fn of(world: &World, intent: &'a Intent) -> Option<Self> {
        let facts = Facts::of(world, intent).ok()?;
        let standing = facts.standing;
        let mut transactions = facts.transactions(intent);
        let [payment] = &mut transactions.payments;
        payment.reference = intent.payment().map(|charged| Reference { id: charged.id.to_string() });
        transactions.refunds = facts.refunds(intent);
        let detail =
            if standing.status == standing.detail { standing.payment_detail } else { standing.detail };
        Some(Self {
            id: &intent.id,
            external_reference: intent.reference.as_deref(),
            status: standing.status,
            status_detail: detail,
            total_paid_amount: facts.paid_minor.map(|minor| facts.text(minor)),
            kind: kind(facts.asked),
            version: intent.version,
            transactions,
        })
    }
}

impl<'a> Facts<'a> {
    fn of(world: &World, intent: &'a Intent) -> Result<Self, Refused> {
        let Asked::Fourth(asked) = &intent.asked else {
            return Err(refused(StatusCode::NOT_FOUND, "order_not_found", "there is no such order"));
        };
        let standing = standing(world, intent);
        let payment = intent.payment().and_then(|charged| world.payment(charged.id));
        let is_paid = matches!(standing.status, "processed" | "refunded" | "charged_back");
        Ok(Self {
            asked,
            standing,
            decimals: world.seller(intent.seller).site.decimals(),
            paid_minor: is_paid.then_some(intent.amount_minor),
            refunded_minor: payment.filter(|_| is_paid).map_or(0, |payment| payment.refunded_minor()),
        })
    }

    fn text(&self, minor: i64) -> String {
        Amount { minor, decimals: self.decimals }.to_string()
    }

    fn transactions(&self, intent: &'a Intent) -> Transactions<'a> {
        let card = intent.card.filter(|_| intent.payment().is_some());
        let payment = Payment {
            id: &self.asked.payment,
            amount: &intent.raw,
            paid_amount: self.paid_minor.map(|minor| self.text(minor)),
            refunded_amount: (self.refunded_minor > 0).then(|| self.text(self.refunded_minor)),
            status: self.standing.status,
            status_detail: self.standing.payment_detail,
            reference_id: None,
            reference: None,
            payment_method: card.map(|card| Method {
                id: card.method,
                kind: card.kind,
                installments: self.asked.installments,
            }),
        };
        Transactions { payments: [payment], refunds: Vec::new() }
    }

    fn refunds(&self, intent: &'a Intent) -> Vec<Refund<'a>> {
        let refunds = intent.refunds.iter().map(|refund| Refund {
            id: &refund.id,
            transaction_id: &self.asked.payment,
            reference_id: refund.refund.to_string(),
            amount: self.text(refund.amount_minor),
            status: "processed",
        });
        refunds.collect()
    }
}

/// What was given back through an order, oldest first.
///
/// # Errors
/// When the intent is none of this generation.
pub(super) fn refunds<'a>(world: &World, intent: &'a Intent) -> Result<Vec<Refund<'a>>, Refused> {
    Ok(Facts::of(world, intent)?.refunds(intent))
}

fn kind(asked: &super::Asked) -> &'static str {
    if asked.on_terminal { "point" } else { "qr" }
}

/// ISO 3166-1, three letters.
fn country(site: Site) -> &'static str {
    match site {
        Site::Mla => "ARG",
        Site::Mlb => "BRA",
        Site::Mlc => "CHL",
        Site::Mco => "COL",
        Site::Mlm => "MEX",
        Site::Mlu => "URY",
        Site::Mpe => "PER",
    }
}

fn zulu(at: Instant) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
