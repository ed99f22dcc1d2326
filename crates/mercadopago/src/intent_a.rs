//! The order of the first generation (`/point/services/integrations/v1`), read into what it tells an intent.
//!
//! It has no notification of its own: payments announce themselves. Who pays is not read.

use domain::intent::{Channel, Generation, Observation, Profile, Progress, ResultKind, Said, Terms};
use domain::text::Text;
use serde::Deserialize;

use crate::in_person;
use crate::observe::{Delivery, Told};
use crate::plan::{filled, unknown_word};
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, literal_or_nothing, need};

/// What we read of an order: the answer to its creation has only `status` and `id`.
/// Reference: "Integrate via API" of Mercado Pago Point.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    #[serde(borrow)]
    device_name: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    payment_id: Option<Literal<'a>>,
    #[serde(borrow)]
    payment_status: Option<Word<'a>>,
    #[serde(borrow)]
    user_id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
}

/// Reads an order of the first generation. Its amount is in major units.
///
/// # Errors
/// When the body is not JSON, lacks its id or status, or holds an amount or word that cannot be read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    let seller = in_person::seller(body.collector_id.as_ref().or(body.user_id.as_ref()), delivery)?;
    let word = need("status", body.status.as_ref())?;
    let currency = in_person::currency(None, delivery.site)?;
    let amount = in_person::amount(("amount", body.amount.as_ref()), currency)?;
    let payment = ("payment_id", body.payment_id.as_ref());
    let observation = Observation {
        generation: Generation::A,
        progress: progress(word.as_str())?,
        said: Said {
            updated_at: None,
            revision: None,
            status: word.text(),
            detail: body.payment_status.as_ref().map_or_else(Text::default, Word::text),
        },
        profile: Profile {
            channel: Some(Channel::Point),
            terms: amount.map(|amount_minor| Terms { currency, amount_minor, cash_out_minor: 0 }),
            reference: filled(body.external_reference.as_ref()),
            device: filled(body.device_name.as_ref()),
            created_at: None,
            expires_at: None,
        },
        payments: in_person::named(ResultKind::Payment, payment)?.into_iter().collect(),
        at: delivery.received_at,
    };
    in_person::told(seller, body.id.as_ref(), observation)
}

/// Closed is called paid, and still comes with a status of the payment: the payment decides.
fn progress(word: &str) -> Result<Progress, Unreadable> {
    match word {
        "OPEN" => Ok(Progress::Open),
        "CLOSED" => Ok(Progress::Finished),
        _ => Err(unknown_word("status", word)),
    }
}

#[cfg(test)]
mod tests;
