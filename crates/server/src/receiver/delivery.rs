//! A webhook as a delivery: under which key, and with what to be believed.

use chrono::SecondsFormat;
use domain::machine::Instant;
use domain::text::Text;
use engine::item::{Item, Kind, channel_word, derived_key};
use mercadopago::observe::{Channel, DeliveryKind};
use mercadopago::webhook::{Claim, Push, Reading};
use store::inbox::{Body, InboxKey};

use super::door::Door;

/// Longer ids of requests are not used as keys.
const MOST_KEY_BYTES: usize = 200;

/// The delivery of a webhook that was taken.
pub(super) fn item(seller: &str, door: &Door, push: &Push<'_>, reading: &Reading<'_>, now: Instant) -> Item {
    let (channel, body, verified) = match &reading.claim {
        Claim::Trigger { body } => {
            let made = body.as_ref().map(|made| made.clone().into_bytes());
            (Channel::Ipn, made.unwrap_or_else(|| push.body.to_vec()), false)
        }
        Claim::Signed { is_read, .. } => (Channel::Webhook, push.body.to_vec(), *is_read),
        Claim::Report { .. } => (Channel::Webhook, push.body.to_vec(), true),
        Claim::Flat | Claim::Unsigned => (Channel::Webhook, push.body.to_vec(), false),
    };
    Item {
        kind: Kind::Message(DeliveryKind::Notification),
        key: key(seller, push, reading, now),
        topic: Text::from(&*reading.topic),
        channel,
        seller: Some(seller.into()),
        site: Some(door.site().into()),
        origin: "receiver".into(),
        received_at: now,
        caused_by: None,
        body: Body::whole(body),
        problem: None,
        verified,
    }
}

/// The id of the request where the signature covers it: a retry of the network has the same. The provider's own retries have
/// another each, and a message that nobody signed could take the key of one that is still to come.
fn key(seller: &str, push: &Push<'_>, reading: &Reading<'_>, now: Instant) -> InboxKey {
    let seller = seller.as_bytes();
    match &reading.claim {
        Claim::Signed { .. } => request_id(push).unwrap_or_else(|| {
            let signature = push.signature.unwrap_or_default();
            derived_key(&[b"webhook", seller, push.query.as_bytes(), signature, push.body])
        }),
        // Nothing in the message ages, so that it is taken once for each transaction.
        Claim::Report { transaction_id, .. } => derived_key(&[b"report", seller, transaction_id.as_bytes()]),
        Claim::Flat => derived_key(&[b"point", seller, push.body]),
        Claim::Trigger { .. } | Claim::Unsigned => {
            let at = now.to_rfc3339_opts(SecondsFormat::Nanos, true);
            let channel = channel_word(Channel::Ipn).as_bytes();
            let (topic, query) = (reading.topic.as_bytes(), push.query.as_bytes());
            derived_key(&[channel, topic, seller, at.as_bytes(), query, push.body])
        }
    }
}

fn request_id(push: &Push<'_>) -> Option<InboxKey> {
    let id = push.request_id?.trim_ascii();
    let fits = !id.is_empty() && id.len() <= MOST_KEY_BYTES && id.iter().all(u8::is_ascii_graphic);
    let id = std::str::from_utf8(id).ok().filter(|_| fits)?;
    Some(InboxKey(id.into()))
}
