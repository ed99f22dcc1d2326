//! Notifications: hints that something happened, in every envelope the provider has used.
//!
//! A hint creates no facts: it names what to fetch. The exception are bodies of in-person charges that carry
//! state, when the signature holds or an operator brought them. Dates and versions of envelopes are not read:
//! they describe the resource, are malformed in places, and order nothing.

use domain::ids::SellerId;
use domain::text::Text;

use crate::observe::{Delivery, Seen, Told};
use crate::topics::Notice;
use crate::unreadable::Unreadable;
use crate::{intent_b, intent_c, order, wire};

mod envelope;
mod report;

use envelope::Envelope;

/// Reads one notification.
///
/// # Errors
/// When the body of a topic that we follow is not JSON of its envelope, or names nothing.
pub fn observe(delivery: &Delivery<'_>) -> Result<Seen, Unreadable> {
    if delivery.topic.is_empty() {
        let envelope = Envelope::read(delivery.body)?;
        let topic = envelope.topic().ok_or(Unreadable::Missing { path: "type" })?;
        return of_topic(topic, delivery);
    }
    of_topic(delivery.topic, delivery)
}

fn of_topic(topic: &str, delivery: &Delivery<'_>) -> Result<Seen, Unreadable> {
    let Some(notice) = Notice::of(topic) else {
        return Ok(Seen::NotFollowed { topic: topic.into() });
    };
    match notice {
        Notice::Link => link(delivery),
        Notice::Report => report::observe(delivery),
        Notice::Order => in_person(notice, delivery, order::observe_notification),
        Notice::PointIntegration => in_person(notice, delivery, intent_b::observe_notification),
        Notice::InstoreIntegration => in_person(notice, delivery, intent_c::observe_notification),
        Notice::Payment
        | Notice::MerchantOrder
        | Notice::Claim
        | Notice::Preapproval
        | Notice::PreapprovalPlan
        | Notice::AuthorizedPayment
        | Notice::Chargeback => fetch(notice, &Envelope::read(delivery.body)?, delivery),
    }
}

/// Believes the state of a body that can be trusted; without trust or state the charge request is fetched.
fn in_person(
    notice: Notice,
    delivery: &Delivery<'_>,
    read: fn(&Delivery<'_>) -> Result<Told, Unreadable>,
) -> Result<Seen, Unreadable> {
    let envelope = Envelope::read(delivery.body)?;
    if !delivery.is_trusted() || !envelope.carries_state() {
        return fetch(notice, &envelope, delivery);
    }
    read(delivery).map(Seen::Told)
}

fn fetch(notice: Notice, envelope: &Envelope<'_>, delivery: &Delivery<'_>) -> Result<Seen, Unreadable> {
    let id = envelope.subject(notice).ok_or(Unreadable::Missing { path: "data.id" })?;
    Ok(Seen::NeedsFetch { seller: seller(envelope, delivery)?, topic: notice.fetches(), id: segment(id)? })
}

fn link(delivery: &Delivery<'_>) -> Result<Seen, Unreadable> {
    let envelope = Envelope::read(delivery.body)?;
    let seller = wire::need("user_id", seller(&envelope, delivery)?)?;
    match envelope.action() {
        Some("application.authorized") => Ok(Seen::Linked { seller, authorized: true }),
        Some("application.deauthorized") => Ok(Seen::Linked { seller, authorized: false }),
        Some(word) => Err(Unreadable::UnknownStatus { path: "action", word: word.to_owned() }),
        None => Err(Unreadable::Missing { path: "action" }),
    }
}

/// The id becomes part of an address of the API, so it must be one path segment.
fn segment(id: &str) -> Result<Text, Unreadable> {
    let fits = |c: char| !matches!(c, '/' | '?' | '#' | '%') && !c.is_whitespace() && !c.is_control();
    if id.starts_with('.') || !id.chars().all(fits) {
        return Err(Unreadable::WrongType { path: "data.id", expected: "an id" });
    }
    Ok(Text::from(id))
}

/// The seller of the body, else of the delivery; an announcement may have none.
fn seller(envelope: &Envelope<'_>, delivery: &Delivery<'_>) -> Result<Option<SellerId>, Unreadable> {
    match (envelope.seller(), delivery.seller) {
        (None, None) => Ok(None),
        (named, _) => wire::seller(named, delivery).map(Some),
    }
}

#[cfg(test)]
mod tests;
