//! What payments tell: money, words, refunds, and why some cannot be read.

use chrono::DateTime;
use domain::machine::Instant;
use domain::observation::{Observation, Observed};
use domain::payment::{self, Charge, Description, RefundMention};

use super::observe;
use crate::observe::{Channel, Delivery, DeliveryKind, Told};
use crate::unreadable::Unreadable;

mod money;
mod refusals;
mod returns;
mod words;

/// Reads the fixture of a payment.
macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/fixtures/payment/", $name, ".json"))
    };
}
use fixture;

/// A payment as small as it can be read; tests add the field they are about.
const SMALL: &str = r#"{"id":1,"collector_id":7,"currency_id":"ARS","status":"approved","status_detail":"accredited","transaction_amount":100}"#;

fn delivery(body: &str) -> Delivery<'_> {
    Delivery {
        kind: DeliveryKind::Resource,
        topic: "payment",
        channel: Channel::Poll,
        seller: None,
        site: None,
        received_at: DateTime::UNIX_EPOCH,
        verified: false,
        body: body.as_bytes(),
    }
}

fn told(body: &str) -> Result<Told, Unreadable> {
    observe(&delivery(body))
}

/// The small payment with more fields in front.
fn small_with(fields: &str) -> String {
    SMALL.replacen('{', &format!("{{{fields},"), 1)
}

fn described(told: &Told) -> (&Description, i64, &[RefundMention]) {
    match &told.observed[0] {
        Observed {
            observation:
                Observation::Payment(payment::Observation::Described { description, refunded_minor, refunds }),
            ..
        } => (description, *refunded_minor, refunds),
        other => panic!("a payment tells itself first, not {other:?}"),
    }
}

/// The description of a body that must be readable.
fn description(body: &str) -> Description {
    described(&told(body).expect("the body is readable")).0.clone()
}

fn listed(charges: &[Charge]) -> Vec<(&str, payment::ChargeKind, &str, i64)> {
    charges.iter().map(|c| (c.id.as_str(), c.kind, &*c.name, c.amount_minor)).collect()
}

fn at(text: &str) -> Instant {
    DateTime::parse_from_rfc3339(text).expect("the expected time is RFC 3339").to_utc()
}
