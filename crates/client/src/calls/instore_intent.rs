//! In-store intents of the third generation, on a terminal or by QR. Reference: "In-store API", intents.
//!
//! There is no list of them: an intent whose id was lost is found by its notification alone.

use domain::money::Money;
use mercadopago::number::Number;
use mercadopago::request::instore_intent as body;
pub use mercadopago::request::instore_intent::{Enabler, PaymentMode, QrMode, Ticket, UnitMeasure};
use serde::Deserialize;

use super::cancellation::Cancellation;
use super::id::Id;
use crate::call::{Call, Method, json, segment};
use crate::invalid::{Field, Invalid};

mod check;

/// Fields and their lengths, and how an intent is cancelled.
const PAGE: &str =
    "https://github.com/mercadopago/devsite-docs/blob/master/reference/api/instore_api_mla.yaml";

/// Asks a terminal, or shows a QR code, to charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    /// Where it is paid.
    pub place: Place,
    /// What is charged for, 1 to 255 characters.
    pub description: String,
    /// The merchant's own reference, 1 to 100 characters.
    pub external_reference: String,
    /// What the payer buys.
    pub purchase: Purchase,
    /// Cash that the payer takes out with it (QR).
    pub cash_out: Option<CashOut>,
    /// Account of whoever brought the merchant (QR).
    pub sponsor: Option<Number>,
    /// Settings of the device.
    pub enabler: Option<Enabler>,
    /// Who integrated the merchant.
    pub integrator: Option<String>,
}

/// Where an intent is paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// On this terminal.
    Terminal(String),
    /// On the terminal of the point of sale with this id of the merchant's.
    TerminalOfPos(String),
    /// By the QR code of the point of sale with this id of the merchant's.
    QrOfPos(String),
}

/// What the payer buys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purchase {
    /// For one amount.
    Amount(Money),
    /// Item by item (QR); the amount is the sum of their totals.
    Items(Vec<Item>),
}

/// One item of a purchase by QR.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The merchant's number of the article, at most 100 characters.
    pub sku_number: Option<String>,
    /// Its name, 1 to 100 characters.
    pub title: String,
    /// How many, 1 to 1,000,000.
    pub quantity: u32,
    /// In which unit.
    pub unit_measure: UnitMeasure,
    /// Price of one.
    pub unit_price: Money,
    /// Price of all.
    pub total: Money,
}

/// Cash that the payer takes out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CashOut {
    /// How much.
    pub amount: Money,
    /// What handing out cash in Brazil asks for.
    pub configuration: Option<body::CashOut>,
}

impl Call for Create {
    type Answer = Intent;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        match self.place {
            Place::Terminal(_) => "/instore-api/integrations/v1/intents/point/{device_id}",
            Place::TerminalOfPos(_) => "/instore-api/integrations/v1/intents/point/pos/{external_id}",
            Place::QrOfPos(_) => "/instore-api/integrations/v1/intents/qr/pos/{external_id}",
        }
    }

    fn path(&self) -> String {
        let intents = "/instore-api/integrations/v1/intents";
        match &self.place {
            Place::Terminal(id) => format!("{intents}/point/{}", segment(id)),
            Place::TerminalOfPos(pos) => format!("{intents}/point/pos/{}", segment(pos)),
            Place::QrOfPos(pos) => format!("{intents}/qr/pos/{}", segment(pos)),
        }
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        self.integrator.iter().map(|id| ("x-integrator-id", id.clone())).collect()
    }

    fn body(&self) -> Option<Vec<u8>> {
        let mut operations = vec![self.purchase.operation()];
        operations.extend(self.cash_out.as_ref().map(CashOut::operation));
        Some(json(&body::InstoreIntent {
            description: self.description.clone(),
            external_reference: self.external_reference.clone(),
            operations,
            sponsor: self.sponsor.clone().map(|id| body::Sponsor { id }),
            enabler_configuration: self.enabler.clone(),
        }))
    }

    fn check(&self) -> Result<(), Invalid> {
        check::create(self)
    }
}

impl Purchase {
    fn operation(&self) -> body::Operation {
        let (amount, items) = match self {
            Self::Amount(amount) => (Some(amount.to_string()), Vec::new()),
            Self::Items(items) => (None, items.iter().map(Item::body).collect()),
        };
        let kind = body::OperationKind::Purchase;
        body::Operation { kind, amount, items, additional_configuration: None }
    }
}

impl Item {
    fn body(&self) -> body::Item {
        body::Item {
            sku_number: self.sku_number.clone(),
            title: self.title.clone(),
            quantity: Number::from(u64::from(self.quantity)),
            unit_measure: self.unit_measure,
            unit_price: self.unit_price.to_string(),
            total_amount: self.total.to_string(),
        }
    }
}

impl CashOut {
    fn operation(&self) -> body::Operation {
        body::Operation {
            kind: body::OperationKind::CashOut,
            amount: Some(self.amount.to_string()),
            items: Vec::new(),
            additional_configuration: self.configuration.clone(),
        }
    }
}

/// The kind of device that an intent belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Device {
    /// A terminal.
    Point,
    /// A QR code.
    Qr,
}

/// Reads an intent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Get {
    /// Its id.
    pub id: String,
    /// Its kind of device.
    pub device: Device,
}

impl Call for Get {
    type Answer = Intent;

    fn method(&self) -> Method {
        Method::GET
    }

    fn template(&self) -> &'static str {
        match self.device {
            Device::Point => "/instore-api/integrations/v1/intents/{id}/point",
            Device::Qr => "/instore-api/integrations/v1/intents/{id}/qr",
        }
    }

    fn path(&self) -> String {
        self.template().replace("{id}", &segment(&self.id))
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)
    }
}

/// Cancels an intent that nothing has taken yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cancel {
    /// On a terminal.
    Point {
        /// Its id.
        id: String,
    },
    /// By QR.
    Qr {
        /// Its id.
        id: String,
        /// The merchant's id of the point of sale.
        pos: String,
    },
}

impl Call for Cancel {
    type Answer = Cancellation;

    fn method(&self) -> Method {
        Method::DELETE
    }

    fn template(&self) -> &'static str {
        match self {
            Self::Point { .. } => "/instore-api/integrations/v1/intents/{id}/point",
            Self::Qr { .. } => "/instore-api/integrations/v1/intents/{id}/qr/pos/{external_id}",
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Point { id } => format!("/instore-api/integrations/v1/intents/{}/point", segment(id)),
            Self::Qr { id, pos } => {
                format!("/instore-api/integrations/v1/intents/{}/qr/pos/{}", segment(id), segment(pos))
            }
        }
    }

    fn answers(&self) -> &'static [u16] {
        &[409]
    }

    fn check(&self) -> Result<(), Invalid> {
        let (Self::Point { id } | Self::Qr { id, .. }) = self;
        Field::new("id", PAGE).filled(id)?;
        match self {
            Self::Point { .. } => Ok(()),
            Self::Qr { pos, .. } => Field::new("external_id", PAGE).filled(pos),
        }
    }
}

/// An intent. That it is closed does not say that it was paid: its results say where to look.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Intent {
    /// Its id; some answers leave it out.
    #[serde(default, alias = "intent_id")]
    pub id: Option<String>,
    /// `OPENED`, `ON_TERMINAL`, `PROCESSING`, `PROCESSED`, `CLOSED`, `CANCELED`, `EXPIRED`, `ERROR` or
    /// `CONFIRMATION_REQUIRED`.
    #[serde(default)]
    pub status: Option<String>,
    /// The merchant's own reference.
    #[serde(default)]
    pub external_reference: Option<String>,
    /// Its operations.
    #[serde(default)]
    pub operations: Vec<Operation>,
}

/// An operation of an intent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Operation {
    /// `PURCHASE` or `CASH_OUT`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How much, in major units.
    #[serde(default)]
    pub amount: Option<String>,
    /// What it came to, once it is closed.
    #[serde(default)]
    pub results: Vec<Outcome>,
}

/// What an operation came to.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Outcome {
    /// A payment or a payout.
    pub id: Id,
    /// `PAYMENT` or `PAYOUT`.
    pub source: String,
}

#[cfg(test)]
mod tests;
