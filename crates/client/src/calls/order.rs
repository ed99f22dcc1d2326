//! Orders of the current generation, on a terminal or by QR. Reference: "Orders", in-person payments.
//!
//! Orders of web shops are not made here; they are read, cancelled and refunded like the others.

use chrono::TimeDelta;
use domain::money::Money;
use mercadopago::request::order as body;
pub use mercadopago::request::order::{
    Happening, HappeningStatus, Integration, PaymentMethod, QrMode, Ticket,
};

use super::by_id::by_id;
use super::rules::positive;
use crate::call::{Call, Idempotency, IdempotencyKey, Method, json, segment};
use crate::invalid::{Field, Invalid, Problem};

pub mod answer;
pub mod cancel;
pub mod refund;
pub mod search;

use answer::Order;

/// Fields of an order in person, and how it is cancelled and refunded.
const PAGE: &str = "https://www.mercadopago.com.mx/developers/en/docs/mp-point/payment-processing";
/// The same by QR.
const QR: &str = "https://www.mercadopago.com.br/developers/en/docs/qr-code/payment-processing";

/// Asks a terminal, or shows a QR code, to charge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Create {
    /// Tells repetitions from new orders.
    pub key: IdempotencyKey,
    /// Where it is paid.
    pub place: Place,
    /// How much.
    pub amount: Money,
    /// The merchant's own reference: one for each order, at most 64 letters, digits, `-` and `_`.
    pub external_reference: String,
    /// What is charged for.
    pub description: Option<String>,
    /// How long it lives, 30 seconds to 3 hours; 15 minutes when nothing is said.
    pub lifetime: Option<TimeDelta>,
    /// Which method is offered first.
    pub payment_method: Option<PaymentMethod>,
    /// Who integrated the merchant.
    pub integration: Option<Integration>,
}

/// Where an order is paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// On a terminal.
    Terminal {
        /// Its id.
        id: String,
        /// What it prints.
        print: Option<Ticket>,
        /// Number of the ticket.
        ticket_number: Option<String>,
    },
    /// By a QR code.
    Qr {
        /// The merchant's id of the point of sale.
        pos: String,
        /// Which codes take it.
        mode: Option<QrMode>,
    },
}

impl Call for Create {
    /// A declined order is an answer too (402): it was made, and has an id.
    type Answer = Order;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/v1/orders"
    }

    fn body(&self) -> Option<Vec<u8>> {
        let amount = self.amount.to_string();
        let (kind, total) = match self.place {
            Place::Terminal { .. } => (body::Kind::Point, None),
            Place::Qr { .. } => (body::Kind::Qr, Some(amount.clone())),
        };
        Some(json(&body::Order {
            kind,
            external_reference: self.external_reference.clone(),
            expiration_time: self.lifetime.map(duration),
            total_amount: total,
            description: self.description.clone(),
            transactions: body::Transactions { payments: vec![body::Payment { amount }] },
            config: self.config(),
            integration_data: self.integration.clone(),
        }))
    }

    fn answers(&self) -> &'static [u16] {
        &[402]
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::Keyed(self.key.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        positive(Field::new("transactions.payments.amount", PAGE), self.amount)?;
        let reference = Field::new("external_reference", PAGE);
        reference.filled(&self.external_reference)?;
        reference.at_most(64, &self.external_reference)?;
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !self.external_reference.bytes().all(allowed) {
            return Err(reference.is(Problem::OtherThan("letters, digits, `-` and `_`")));
        }
        match &self.place {
            Place::Terminal { id, .. } => Field::new("config.point.terminal_id", PAGE).filled(id)?,
            Place::Qr { pos, .. } => Field::new("config.qr.external_pos_id", QR).filled(pos)?,
        }
        let Some(lifetime) = self.lifetime else { return Ok(()) };
        let (least, most) = (TimeDelta::seconds(30), TimeDelta::hours(3));
        if (least..=most).contains(&lifetime) && lifetime.subsec_nanos() == 0 {
            return Ok(());
        }
        let outside =
            Problem::Outside { least: duration(least), most: duration(most), actual: lifetime.to_string() };
        Err(Field::new("expiration_time", PAGE).is(outside))
    }
}

impl Create {
    fn config(&self) -> body::Config {
        let (point, qr) = match self.place.clone() {
            Place::Terminal { id, print, ticket_number } => {
                (Some(body::Point { terminal_id: id, print_on_terminal: print, ticket_number }), None)
            }
            Place::Qr { pos, mode } => (None, Some(body::Qr { external_pos_id: pos, mode })),
        };
        body::Config { point, qr, payment_method: self.payment_method.clone() }
    }
}

/// A time as an ISO 8601 duration of hours, minutes and seconds: `PT1H15M`.
fn duration(time: TimeDelta) -> String {
    let (hours, minutes, seconds) = (time.num_hours(), time.num_minutes() % 60, time.num_seconds() % 60);
    let part = |count: i64, unit: char| if count == 0 { String::new() } else { format!("{count}{unit}") };
    format!("PT{}{}{}", part(hours, 'H'), part(minutes, 'M'), part(seconds, 'S'))
}

by_id! {
    /// Reads an order younger than three months.
    Get: GET "/v1/orders/{id}" -> Order, PAGE, {}
}

/// Has something happen to an order of a test account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Simulate {
    /// Tells repetitions from new happenings.
    pub key: IdempotencyKey,
    /// Its id.
    pub id: String,
    /// What happens.
    pub happening: Happening,
}

impl Call for Simulate {
    type Answer = Option<serde::de::IgnoredAny>;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/v1/orders/{id}/events"
    }

    fn path(&self) -> String {
        format!("/v1/orders/{}/events", segment(&self.id))
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.happening))
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::Keyed(self.key.clone())
    }

    fn check(&self) -> Result<(), Invalid> {
        Field::new("id", PAGE).filled(&self.id)
    }
}

#[cfg(test)]
mod tests;
