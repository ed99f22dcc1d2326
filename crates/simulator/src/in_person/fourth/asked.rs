//! What an order is asked for with, and the rules of its fields.
//!
//! Source: the reference of orders on Point and by QR code. An unknown field is refused, as the provider does.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::refused::{Refused, refused, unreadable};
use crate::money;

/// JSON that is kept as it is.
pub(super) type Kept = Box<RawValue>;

/// A request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    #[serde(rename = "type")]
    kind: String,
    pub(super) external_reference: String,
    pub(super) expiration_time: Option<String>,
    pub(super) description: Option<String>,
    /// Of orders by QR code; terminals have it in the payment alone.
    total_amount: Option<String>,
    transactions: Transactions,
    pub(super) config: Kept,
    pub(super) integration_data: Option<Kept>,
    pub(super) items: Option<Kept>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transactions {
    payments: Vec<Payment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payment {
    amount: String,
}

#[derive(Deserialize)]
struct Config {
    point: Option<Point>,
    qr: Option<Qr>,
}

#[derive(Deserialize)]
struct Point {
    terminal_id: String,
    print_on_terminal: Option<String>,
}

#[derive(Deserialize)]
struct Qr {
    external_pos_id: String,
}

/// Where it is paid.
pub(super) enum Place {
    /// On the terminal of this id.
    Terminal(String),
    /// By the QR code of the point of sale of this name.
    Qr(String),
}

/// The life of an order that names none.
pub(super) const USUAL_LIFE: &str = "PT15M";
/// The shortest and the longest life, in seconds.
const LIFE_SECONDS: std::ops::RangeInclusive<i64> = 30..=3 * 3_600;
/// The longest reference.
const LONGEST_REFERENCE: usize = 64;

impl Create {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is not JSON, lacks a field, or has one that orders do not have.
    pub(super) fn read(body: &[u8]) -> Result<Self, Refused> {
        serde_json::from_slice(body).map_err(|error| unreadable(&error))
    }

    /// The amount of its one payment, in minor units and as it was sent.
    pub(super) fn total(&self, decimals: u32) -> Result<(i64, String), Refused> {
        let [payment] = self.transactions.payments.as_slice() else {
            let message = "transactions.payments must have exactly one payment";
            return Err(refused(StatusCode::BAD_REQUEST, "maximum_items", message));
        };
        let read = |text: &str| money::parse(text, decimals).filter(|minor| *minor > 0);
        let minor = read(&payment.amount).ok_or_else(|| value("amount must be a positive decimal text"))?;
        if self.total_amount.as_deref().is_some_and(|total| read(total) != Some(minor)) {
            let message = "total_amount is not the sum of the payments";
            return Err(refused(StatusCode::BAD_REQUEST, "invalid_total_amount", message));
        }
        Ok((minor, payment.amount.clone()))
    }

    /// How long it lives.
    pub(super) fn life_ms(&self) -> Result<i64, Refused> {
        let text = self.expiration_time.as_deref().unwrap_or(USUAL_LIFE);
        let seconds = seconds(text).filter(|seconds| LIFE_SECONDS.contains(seconds));
        let seconds = seconds.ok_or_else(|| value("expiration_time must be between PT30S and PT3H"))?;
        Ok(seconds * 1_000)
    }

    /// Checks the reference.
    pub(super) fn check_reference(&self) -> Result<(), Refused> {
        let reference = &self.external_reference;
        let is_plain = reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if is_plain && (1..=LONGEST_REFERENCE).contains(&reference.len()) {
            return Ok(());
        }
        Err(value("external_reference must have 1 to 64 letters, digits, hyphens and underscores"))
    }

    /// Where it is paid.
    pub(super) fn place(&self) -> Result<Place, Refused> {
        let config: Config = serde_json::from_str(self.config.get()).map_err(|error| unreadable(&error))?;
        match (self.kind.as_str(), config.point, config.qr) {
            ("point", Some(point), _) => {
                let print = point.print_on_terminal.as_deref();
                if print.is_some_and(|print| !matches!(print, "seller_ticket" | "no_ticket")) {
                    return Err(value("print_on_terminal must be seller_ticket or no_ticket"));
                }
                Ok(Place::Terminal(point.terminal_id))
            }
            ("qr", _, Some(qr)) => Ok(Place::Qr(qr.external_pos_id)),
            ("point" | "qr", ..) => {
                Err(refused(StatusCode::BAD_REQUEST, "required_properties", "config names no place to pay"))
            }
            _ => Err(value("type must be point or qr")),
        }
    }
}

/// Seconds of a duration of hours, minutes and seconds.
fn seconds(text: &str) -> Option<i64> {
    let mut rest = text.strip_prefix("PT").filter(|rest| !rest.is_empty())?;
    let mut seconds = 0;
    for (unit, length) in [('H', 3_600), ('M', 60), ('S', 1)] {
        if let Some((count, after)) = rest.split_once(unit) {
            seconds += count.parse::<u16>().map(i64::from).ok()? * length;
            rest = after;
        }
    }
    rest.is_empty().then_some(seconds)
}

fn value(message: &str) -> Refused {
    refused(StatusCode::BAD_REQUEST, "property_value", message)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_life_is_hours_minutes_and_seconds() {
        for (text, expect) in [
            ("PT30S", Some(30)),
            ("PT16M", Some(960)),
            ("PT1H2M3S", Some(3_723)),
            ("PT", None),
            ("P1D", None),
            ("PT5", None),
            ("PT-1M", None),
            ("PT1S1H", None),
        ] {
            assert_eq!(seconds(text), expect, "{text}");
        }
    }
}
