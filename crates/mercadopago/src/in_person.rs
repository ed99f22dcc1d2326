//! What the modules of the in-person generations share: from the fields of a body to what it tells an intent.
//!
//! Reads no body: shapes and words are each generation's own.

use domain::currency::Currency;
use domain::ids::{PaymentId, SellerId};
use domain::intent::{self, NamedPayment, Progress, ResultKind};
use domain::observation::{Observation, Observed};
use domain::stream::StreamId;

use crate::observe::{Delivery, Told};
use crate::site;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, need};

/// A field with its path, for complaints.
pub(crate) type Field<'b, 'a> = (&'static str, Option<&'b Literal<'a>>);

/// What one statement tells the intent of this id.
pub(crate) fn told(
    seller: SellerId,
    id: Option<&Literal<'_>>,
    told: intent::Observation,
) -> Result<Told, Unreadable> {
    let id = told.generation.id(&need("id", id)?.id("id")?);
    let stream = StreamId::intent(&seller, &id);
    let observed = vec![Observed { stream, observation: Observation::Intent(told) }];
    Ok(Told { seller, observed, unclassified: false })
}

/// The seller that the body names, else the delivery's; an empty text names nobody.
pub(crate) fn seller(named: Option<&Literal<'_>>, delivery: &Delivery<'_>) -> Result<SellerId, Unreadable> {
    wire::seller(named.filter(|id| !id.as_str().is_empty()), delivery)
}

/// The currency that the body names, else the one of the delivery's site, if any.
pub(crate) fn currency(named: Option<&str>, site: Option<&str>) -> Result<Option<Currency>, Unreadable> {
    match named {
        Some(code) => site::currency_of("currency", Some(code), site).map(Some),
        None => Ok(site.and_then(site::currency)),
    }
}

/// An amount in major units. Without a currency it is read in hundredths, as [`intent::Terms`] has it.
pub(crate) fn amount(
    (path, amount): Field<'_, '_>,
    currency: Option<Currency>,
) -> Result<Option<i64>, Unreadable> {
    // Any currency of two decimals reads hundredths.
    let currency = currency.unwrap_or(Currency::ARS);
    amount.map(|amount| amount.minor(path, currency)).transpose()
}

/// The payment or payout that a field names. Some services write zero or an empty text for "none".
pub(crate) fn named(kind: ResultKind, (path, id): Field<'_, '_>) -> Result<Option<NamedPayment>, Unreadable> {
    let named = id.filter(|id| !matches!(id.as_str(), "" | "0"));
    named.map(|id| Ok(NamedPayment { payment: PaymentId::from(id.id(path)?), kind })).transpose()
}

/// Words that the second and third generation share; `None` for any other.
pub(crate) fn progress(word: &str) -> Option<Progress> {
    match word {
        "OPEN" | "OPENED" => Some(Progress::Open),
        "ON_TERMINAL" => Some(Progress::AtTerminal),
        "PROCESSING" => Some(Progress::Processing),
        "PROCESSED" => Some(Progress::Processed),
        "CONFIRMATION_REQUIRED" => Some(Progress::ConfirmationRequired),
        "EXPIRED" => Some(Progress::Expired),
        "CANCELED" | "CANCELLED" => Some(Progress::Canceled),
        "ERROR" => Some(Progress::Failed),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests;
