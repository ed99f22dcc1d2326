//! What is read of a body before it is known whether it can be believed.
//!
//! Only where it points, in all variants at once. Fields of an unexpected kind count as absent.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::topics::Notice;
use crate::wire::{self, Literal, literal_or_nothing};

/// Digits of a number that survive a sender which reads numbers as floats.
const SURE_DIGITS: usize = 15;

#[derive(Default, Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    id: Option<Literal<'a>>,
    #[serde(borrow, default, rename = "type", deserialize_with = "literal_or_nothing")]
    kind: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    topic: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    resource: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    state: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    transaction_id: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    generation_date: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    signature: Option<Literal<'a>>,
    #[serde(borrow, rename = "data")]
    raw_data: Option<&'a RawValue>,
    #[serde(skip)]
    data: Data<'a>,
}

#[derive(Default, Deserialize)]
struct Data<'a> {
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    id: Option<Literal<'a>>,
}

impl<'a> Body<'a> {
    /// `None` when it is no JSON object, or one that says something twice.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut body: Self = wire::read(bytes).ok()?;
        if let Some(raw) = body.raw_data.filter(|raw| raw.get().starts_with('{')) {
            body.data = wire::read(raw.get().as_bytes()).ok()?;
        }
        Some(body)
    }

    /// `type`, or the topic of a flat body, which has none.
    pub(super) fn kind(&self) -> Option<Cow<'a, str>> {
        let flat = self.is_flat().then(|| Cow::Borrowed(Notice::PointIntegration.name()));
        text(&self.kind).map(|kind| Cow::Owned(kind.to_owned())).or(flat)
    }

    /// `topic`.
    pub(super) fn topic(&self) -> Option<Cow<'a, str>> {
        text(&self.topic).map(|topic| Cow::Owned(topic.to_owned()))
    }

    /// A charge request itself, without an envelope: <https://www.mercadopago.com.ar/developers/en/docs/mp-point/integrate-api/notifications>.
    pub(super) fn is_flat(&self) -> bool {
        let has_envelope = self.kind.is_some() || self.topic.is_some() || self.raw_data.is_some();
        !has_envelope && text(&self.id).is_some() && text(&self.state).is_some()
    }

    /// A message of the older channel.
    pub(super) fn is_trigger(&self) -> bool {
        text(&self.topic).is_some() && text(&self.resource).is_some() && self.kind.is_none()
    }

    /// What a message of the older channel points at: the end of an address, or the id itself.
    pub(super) fn pointed(&self) -> Option<&str> {
        let path = text(&self.resource)?.split(['?', '#']).next()?;
        path.rsplit('/').find(|segment| !segment.is_empty())
    }

    /// The proof of a report's message: transaction, date, hash.
    pub(super) fn ready(&self) -> Option<(Cow<'a, str>, Cow<'a, str>, Cow<'a, str>)> {
        let parts = (text(&self.transaction_id)?, text(&self.generation_date)?, text(&self.signature)?);
        let own = |part: &str| Cow::Owned(part.to_owned());
        Some((own(parts.0), own(parts.1), own(parts.2)))
    }

    /// Whether the body is about what the address names, as far as both say. The id of a body names a thing where it tells a
    /// state, and else the message.
    pub(super) fn agrees(&self, subject: Option<&str>) -> bool {
        let Some(subject) = subject else { return true };
        let own = text(&self.id).filter(|_| text(&self.state).is_some());
        [text(&self.data.id), own].into_iter().flatten().all(|named| is_same(subject, named))
    }
}

/// Ids are compared without their case, as the provider signs them in either. Long numbers of a body may have passed through
/// a float at the sender: chargebacks are numbered above 2^53 and told as JSON numbers.
fn is_same(subject: &str, named: &str) -> bool {
    let is_long = |text: &str| text.len() > SURE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_long(subject) && is_long(named) && subject.len() == named.len() {
        return subject[..SURE_DIGITS] == named[..SURE_DIGITS];
    }
    subject.eq_ignore_ascii_case(named)
}

fn text<'b>(field: &'b Option<Literal<'_>>) -> Option<&'b str> {
    field.as_ref().map(Literal::as_str).filter(|text| !text.is_empty())
}
