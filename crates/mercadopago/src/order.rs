//! The order of the current generation (`/v1/orders`), on a terminal, by QR or online, read into what it tells an
//! intent. The rich body of its notification holds a smaller order under `data`.
//!
//! Refunds and chargebacks inside are not read: the payments that the order names have them. A notification's date
//! describes nothing certain and is not read; its version only decides between statements of equal progress.

use domain::currency::Currency;
use domain::intent::{Channel, Generation, NamedPayment, Observation, Profile, ResultKind, Said, Terms};
use domain::money::MoneyError;
use domain::text::Text;

use crate::in_person;
use crate::observe::{Delivery, Told};
use crate::plan::filled;
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Word, need};

mod body;
mod lapse;
mod words;

use body::{Body, Enclosed};

/// Reads an order, also inside the answer to a refused charge, which is an error and yet made one.
///
/// # Errors
/// When the body is not JSON, lacks its id or status, or holds an amount, time, currency or word that cannot be
/// read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    if body.id.is_some() {
        return tell(&body, delivery);
    }
    let answer: Enclosed<'_> = wire::read(delivery.body)?;
    tell(answer.data.as_ref().unwrap_or(&body), delivery)
}

/// Reads the rich body of a notification. Paths of errors start below `data`.
///
/// # Errors
/// As [`observe`], and when there is no `data`.
pub fn observe_notification(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let Enclosed { user_id, data } = wire::read(delivery.body)?;
    let mut body = need("data", data)?;
    body.user_id = body.user_id.or(user_id);
    tell(&body, delivery)
}

fn tell(body: &Body<'_>, delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let seller = in_person::seller(body.seller(), delivery)?;
    let (channel, known_channel) = words::channel(text(body.kind.as_ref()));
    let status = need("status", body.status.as_ref())?;
    let detail = body.status_detail.as_ref().map_or_else(Text::default, Word::text);
    let known = known_channel && words::is_known(status.as_str(), &detail);
    let updated = instant("last_updated_date", text(body.last_updated_date.as_ref()))?;
    let observation = Observation {
        generation: Generation::D,
        progress: words::progress(status.as_str(), channel)?,
        said: Said { updated_at: updated, revision: body.revision(), status: status.text(), detail },
        profile: profile(body, channel, delivery.site)?,
        payments: payments(body)?,
        at: updated.unwrap_or(delivery.received_at),
    };
    let told = in_person::told(seller, body.id.as_ref(), observation)?;
    Ok(Told { unclassified: !known, ..told })
}

fn profile(body: &Body<'_>, channel: Option<Channel>, site: Option<&str>) -> Result<Profile, Unreadable> {
    let currency = in_person::currency(text(body.currency.as_ref()), site)?;
    let created = instant("created_date", text(body.created_date.as_ref()))?;
    Ok(Profile {
        channel,
        terms: terms(body, currency)?,
        reference: filled(body.external_reference.as_ref()),
        device: filled(body.device()),
        created_at: created,
        expires_at: lapse::expires_at(created, text(body.expiration_time.as_ref()))?,
    })
}

/// The total holds the cash that the payer takes out as well. A notification has no total, but on a terminal an
/// order is exactly one payment, whose amount is the charge.
fn terms(body: &Body<'_>, currency: Option<Currency>) -> Result<Option<Terms>, Unreadable> {
    let path = "transactions.cash_outs.amount";
    let too_much = || Unreadable::BadAmount { path, source: MoneyError::OutOfRange };
    let mut cash_out_minor: i64 = 0;
    for cash_out in body.cash_outs() {
        let Some(amount) = in_person::amount((path, cash_out.amount.as_ref()), currency)? else {
            return Ok(None);
        };
        cash_out_minor = cash_out_minor.checked_sub(amount).ok_or_else(too_much)?;
    }
    let total = in_person::amount(("total_amount", body.total_amount.as_ref()), currency)?;
    let charged = match (total, body.payments()) {
        (Some(total), _) => Some(total.checked_add(cash_out_minor).ok_or_else(too_much)?),
        (None, [payment]) => {
            in_person::amount(("transactions.payments.amount", payment.amount.as_ref()), currency)?
        }
        (None, _) => None,
    };
    Ok(charged.map(|amount_minor| Terms { currency, amount_minor, cash_out_minor }))
}

/// Payments by their numbers in the payments API. Online orders may hold a reference of another kind, with
/// letters, which names nothing that we can follow.
fn payments(body: &Body<'_>) -> Result<Vec<NamedPayment>, Unreadable> {
    let mut payments = Vec::new();
    for payment in body.payments() {
        let (path, id) = payment.reference();
        let number = id.filter(|id| id.as_str().bytes().all(|byte| byte.is_ascii_digit()));
        payments.extend(in_person::named(ResultKind::Payment, (path, number))?);
    }
    Ok(payments)
}

fn text<'b>(field: Option<&'b Word<'_>>) -> Option<&'b str> {
    field.map(Word::as_str)
}

#[cfg(test)]
mod tests;
