//! The envelope of a notification, in all its variants at once: every field is optional, as each of them is
//! missing somewhere.
//!
//! Webhooks carry `type` and `data.id`; merchant orders have no `data.id` and their root `id` is the order;
//! subscriptions have `entity` and `date` and no seller; point bodies are flat and are the charge request
//! itself; the older channel has `topic` and `resource` (an id or an address). Ids are text even where the
//! provider writes numbers, because chargeback ids exceed what a float holds.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::topics::Notice;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal};

/// What an envelope tells about where to look.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow, rename = "type")]
    kind: Option<Literal<'a>>,
    #[serde(borrow)]
    topic: Option<Literal<'a>>,
    #[serde(borrow)]
    resource: Option<Literal<'a>>,
    #[serde(borrow)]
    action: Option<Literal<'a>>,
    #[serde(borrow)]
    user_id: Option<Literal<'a>>,
    /// State of a flat body of the second generation.
    #[serde(borrow)]
    state: Option<Literal<'a>>,
    // Not a struct: bodies of topics that we only name may hold anything here.
    #[serde(borrow, rename = "data")]
    raw_data: Option<&'a RawValue>,
    #[serde(skip)]
    data: Data<'a>,
}

#[derive(Default, Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    resource: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Literal<'a>>,
}

impl<'a> Envelope<'a> {
    /// Reads an envelope of any variant.
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Unreadable> {
        let mut envelope: Self = wire::read(body)?;
        if let Some(raw) = envelope.raw_data.filter(|raw| raw.get().starts_with('{')) {
            envelope.data = wire::read(raw.get().as_bytes())?;
        }
        Ok(envelope)
    }

    /// The topic that the body itself names.
    pub(super) fn topic(&self) -> Option<&str> {
        let flat_point = self.state.is_some() && self.id.is_some();
        text(&self.kind)
            .or_else(|| text(&self.topic))
            .or_else(|| flat_point.then(|| Notice::PointIntegration.name()))
    }

    /// The seller, where the envelope has one.
    pub(super) fn seller(&self) -> Option<&Literal<'a>> {
        self.user_id.as_ref().filter(|id| !id.as_str().is_empty())
    }

    /// What happened, in the provider's word.
    pub(super) fn action(&self) -> Option<&str> {
        text(&self.action)
    }

    /// Whether the body tells a state and not only an id.
    pub(super) fn carries_state(&self) -> bool {
        text(&self.data.status).or_else(|| text(&self.state)).is_some()
    }

    /// The id of the thing that the notification is about.
    pub(super) fn subject(&self, notice: Notice) -> Option<&str> {
        let named = text(&self.data.id)
            .or_else(|| text(&self.data.resource).and_then(last_segment))
            .or_else(|| text(&self.resource).and_then(last_segment));
        // Elsewhere the root id names the message, and taking it would fetch a stranger.
        let root_is_the_thing =
            matches!(notice, Notice::MerchantOrder | Notice::PointIntegration | Notice::InstoreIntegration);
        named.or_else(|| text(&self.id).filter(|_| root_is_the_thing))
    }
}

fn text<'b>(field: &'b Option<Literal<'_>>) -> Option<&'b str> {
    field.as_ref().map(Literal::as_str).filter(|text| !text.is_empty())
}

/// The id at the end of an address, or the id itself.
fn last_segment(resource: &str) -> Option<&str> {
    let path = resource.split(['?', '#']).next().unwrap_or(resource);
    path.rsplit('/').find(|segment| !segment.is_empty())
}
