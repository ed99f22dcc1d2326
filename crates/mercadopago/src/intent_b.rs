//! The payment intent of the second generation (`/point/integration-api`), read into what it tells an intent:
//! the resource, the answer to its creation, a row of its events, and the flat body of its notification.
//!
//! The state of the payment inside is kept as a word only: the payment's own history decides. Intents to refund
//! are not payment intents and lack the amount that tells one.

use domain::currency::Currency;
use domain::intent::{Channel, Generation, Observation, Profile, Progress, ResultKind, Said, Terms};
use domain::money::parse_minor;
use domain::text::Text;
use serde::Deserialize;

use crate::in_person;
use crate::observe::{Delivery, Told};
use crate::plan::{filled, unknown_word};
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, literal_or_nothing, need};

/// What we read of an intent. Reference: "Integrations API" of Mercado Pago Point.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    state: Option<Word<'a>>,
    /// A row of events has these names for id, state and time of creation.
    #[serde(borrow)]
    payment_intent_id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow)]
    created_on: Option<Word<'a>>,
    /// Only in notifications, without a zone.
    #[serde(borrow)]
    created_at: Option<Word<'a>>,
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    #[serde(borrow)]
    device_id: Option<Literal<'a>>,
    #[serde(borrow)]
    payment: Option<Payment<'a>>,
    #[serde(borrow)]
    additional_info: Option<Additional<'a>>,
    #[serde(borrow)]
    user_id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct Payment<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    state: Option<Word<'a>>,
}

#[derive(Deserialize)]
struct Additional<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    external_reference: Option<Literal<'a>>,
}

/// Reads a payment intent. The answer to its creation tells no state: the intent is only known to be asked for.
///
/// # Errors
/// When the body is not JSON, lacks its id or both state and amount, or holds an amount, time or word that cannot
/// be read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    match body.state.as_ref().or(body.status.as_ref()) {
        Some(word) => tell(&body, progress(word.as_str())?, word.text(), delivery),
        // Answers that hold only an id (of a deletion, of a refund) would otherwise be read as creations.
        None if body.amount.is_some() => tell(&body, Progress::Requested, Text::default(), delivery),
        None => Err(Unreadable::Missing { path: "state" }),
    }
}

/// Reads the body of a notification, which is the intent itself and always tells its state.
///
/// # Errors
/// As [`observe`], and when the state is missing.
pub fn observe_notification(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    let word = need("state", body.state.as_ref())?;
    tell(&body, progress(word.as_str())?, word.text(), delivery)
}

fn tell(
    body: &Body<'_>,
    progress: Progress,
    status: Text,
    delivery: &Delivery<'_>,
) -> Result<Told, Unreadable> {
    let seller = in_person::seller(body.collector_id.as_ref().or(body.user_id.as_ref()), delivery)?;
    let payment = body.payment.as_ref();
    let named = ("payment.id", payment.and_then(|payment| payment.id.as_ref()));
    let detail = payment.and_then(|payment| payment.state.as_ref());
    let detail = detail.map_or_else(Text::default, Word::text);
    let observation = Observation {
        generation: Generation::B,
        progress,
        said: Said { updated_at: None, revision: None, status, detail },
        profile: profile(body, delivery.site)?,
        payments: in_person::named(ResultKind::Payment, named)?.into_iter().collect(),
        at: delivery.received_at,
    };
    in_person::told(seller, body.id.as_ref().or(body.payment_intent_id.as_ref()), observation)
}

fn profile(body: &Body<'_>, site: Option<&str>) -> Result<Profile, Unreadable> {
    let currency = in_person::currency(None, site)?;
    let amount = body.amount.as_ref().map(|amount| minor(amount, currency)).transpose()?;
    let reference = body.additional_info.as_ref().and_then(|info| info.external_reference.as_ref());
    let created = match &body.created_at {
        Some(time) => instant("created_at", Some(time.as_str()))?,
        None => instant("created_on", body.created_on.as_ref().map(Word::as_str))?,
    };
    Ok(Profile {
        channel: Some(Channel::Point),
        terms: amount.map(|amount_minor| Terms { currency, amount_minor, cash_out_minor: 0 }),
        reference: filled(reference),
        device: filled(body.device_id.as_ref()),
        created_at: created,
        expires_at: None,
    })
}

/// The amount is written in hundredths, with two implied decimals: `1500` is 15.00 or, without cents, 15.
fn minor(amount: &Literal<'_>, currency: Option<Currency>) -> Result<i64, Unreadable> {
    let text = amount.as_str();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Unreadable::WrongType { path: "amount", expected: "a whole number of hundredths" });
    }
    let currency = currency.unwrap_or(Currency::ARS);
    parse_minor(&format!("{text}e-2"), currency)
        .map_err(|source| Unreadable::BadAmount { path: "amount", source })
}

fn progress(word: &str) -> Result<Progress, Unreadable> {
    match word {
        "FINISHED" => Ok(Progress::Finished),
        "ABANDONED" => Ok(Progress::Abandoned),
        _ => in_person::progress(word).ok_or_else(|| unknown_word("state", word)),
    }
}

#[cfg(test)]
mod tests;
