//! The in-store intent of the third generation (`/instore-api/integrations/v1/intents`), on a terminal or by QR,
//! read into what it tells an intent. Its notification holds the same thing under `data`.
//!
//! The date of the notification is not read, because it is not said of what it is the date.

use domain::currency::Currency;
use domain::intent::{
    Channel, Generation, NamedPayment, Observation, Profile, Progress, ResultKind, Said, Terms,
};
use domain::money::MoneyError;
use domain::text::Text;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::in_person;
use crate::observe::{Delivery, Told};
use crate::plan::{filled, unknown_word};
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, literal_or_nothing, need};

#[derive(Deserialize)]
struct Notification<'a> {
    #[serde(borrow)]
    user_id: Option<Literal<'a>>,
    #[serde(borrow)]
    data: Option<Body<'a>>,
}

/// What we read of an intent. Reference: "In-store API", intents.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    operations: Option<Vec<Operation<'a>>>,
    #[serde(borrow)]
    device_id: Option<Literal<'a>>,
    #[serde(borrow)]
    url: Option<Word<'a>>,
    enabler_configuration: Option<Enabler>,
    /// Of QR intents only.
    #[serde(borrow)]
    expiration_date: Option<Word<'a>>,
    #[serde(borrow)]
    user_id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
}

/// Settings that one kind of device has and the other lacks.
#[derive(Deserialize)]
struct Enabler {
    device_payment_mode: Option<IgnoredAny>,
    qr_payment_mode: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Operation<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Word<'a>>,
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    /// In place of the amount, by QR.
    #[serde(borrow)]
    items: Option<Vec<Item<'a>>>,
    /// Only once it is closed.
    #[serde(borrow)]
    results: Option<Vec<Outcome<'a>>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    total_amount: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct Outcome<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    source: Option<Word<'a>>,
}

/// Reads an in-store intent.
///
/// # Errors
/// When the body is not JSON, lacks its id or status, or holds an amount, time or word that cannot be read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    tell(&body, None, delivery)
}

/// Reads the body of a notification. Paths of errors start below `data`.
///
/// # Errors
/// As [`observe`], and when there is no `data`.
pub fn observe_notification(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let notification: Notification<'_> = wire::read(delivery.body)?;
    let body = need("data", notification.data.as_ref())?;
    tell(body, notification.user_id.as_ref(), delivery)
}

fn tell(body: &Body<'_>, user: Option<&Literal<'_>>, delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let named = body.collector_id.as_ref().or(body.user_id.as_ref()).or(user);
    let seller = in_person::seller(named, delivery)?;
    let word = need("status", body.status.as_ref())?;
    let currency = in_person::currency(None, delivery.site)?;
    let operations = body.operations.as_deref().unwrap_or_default();
    let observation = Observation {
        generation: Generation::C,
        progress: progress(word.as_str())?,
        said: Said { updated_at: None, revision: None, status: word.text(), detail: Text::default() },
        profile: Profile {
            channel: body.channel(),
            terms: terms(operations, currency)?,
            reference: filled(body.external_reference.as_ref()),
            device: filled(body.device_id.as_ref()),
            created_at: None,
            expires_at: instant("expiration_date", body.expiration_date.as_ref().map(Word::as_str))?,
        },
        payments: payments(operations)?,
        at: delivery.received_at,
    };
    in_person::told(seller, body.id.as_ref(), observation)
}

impl Body<'_> {
    /// By its address, else by the settings of its kind of device.
    fn channel(&self) -> Option<Channel> {
        let enabler = self.enabler_configuration.as_ref();
        let address = self.url.as_ref().and_then(|url| url.as_str().rsplit('/').next());
        match address {
            Some("point") => Some(Channel::Point),
            Some("qr") => Some(Channel::Qr),
            _ if enabler.is_some_and(|has| has.qr_payment_mode.is_some()) => Some(Channel::Qr),
            _ if enabler.is_some_and(|has| has.device_payment_mode.is_some()) => Some(Channel::Point),
            _ => None,
        }
    }
}

fn progress(word: &str) -> Result<Progress, Unreadable> {
    match word {
        "CLOSED" => Ok(Progress::Finished),
        _ => in_person::progress(word).ok_or_else(|| unknown_word("status", word)),
    }
}

/// The purchases, and the cash that the payer takes out with them, which is no charge; `None` when an amount is
/// not told.
fn terms(operations: &[Operation<'_>], currency: Option<Currency>) -> Result<Option<Terms>, Unreadable> {
    let mut terms = Terms { currency, amount_minor: 0, cash_out_minor: 0 };
    let mut all_told = !operations.is_empty();
    for operation in operations {
        let path = "operations.type";
        let amount = operation.amount(currency)?;
        all_told &= amount.is_some();
        let amount = amount.unwrap_or_default();
        match need(path, operation.kind.as_ref())?.as_str() {
            "PURCHASE" => terms.amount_minor = sum(terms.amount_minor.checked_add(amount))?,
            "CASH_OUT" => terms.cash_out_minor = sum(terms.cash_out_minor.checked_sub(amount))?,
            word => return Err(unknown_word(path, word)),
        }
    }
    Ok(all_told.then_some(terms))
}

impl Operation<'_> {
    /// Its amount, else the sum of its items.
    fn amount(&self, currency: Option<Currency>) -> Result<Option<i64>, Unreadable> {
        let Some(items) = self.items.as_deref().filter(|_| self.amount.is_none()) else {
            return in_person::amount(("operations.amount", self.amount.as_ref()), currency);
        };
        items.iter().try_fold(Some(0), |before: Option<i64>, item| {
            let path = "operations.items.total_amount";
            let amount = in_person::amount((path, item.total_amount.as_ref()), currency)?;
            before.zip(amount).map(|(before, amount)| sum(before.checked_add(amount))).transpose()
        })
    }
}

fn sum(sum: Option<i64>) -> Result<i64, Unreadable> {
    sum.ok_or(Unreadable::BadAmount { path: "operations.amount", source: MoneyError::OutOfRange })
}

fn payments(operations: &[Operation<'_>]) -> Result<Vec<NamedPayment>, Unreadable> {
    let mut payments = Vec::new();
    for outcome in operations.iter().flat_map(|operation| operation.results.iter().flatten()) {
        let path = "operations.results.source";
        let kind = match need(path, outcome.source.as_ref())?.as_str() {
            "PAYMENT" => ResultKind::Payment,
            "PAYOUT" => ResultKind::Payout,
            word => return Err(unknown_word(path, word)),
        };
        payments.extend(in_person::named(kind, ("operations.results.id", outcome.id.as_ref()))?);
    }
    Ok(payments)
}

#[cfg(test)]
mod tests;
