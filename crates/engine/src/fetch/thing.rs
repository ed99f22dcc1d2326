//! What an answer gave, and the deliveries that are made of it: one for each notification that asked, with the
//! same bytes and a key of its own.

use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use store::inbox::Body;

use super::aim::Target;
use crate::files::kept;
use crate::item::{Answer, Item, Kind, derived_key};

/// One thing that the provider told, or the word that it told none.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    kind: Kind,
    topic: &'static str,
    /// What was asked, for people.
    asked: Text,
    body: Body,
    problem: Option<String>,
}

/// Everything that one question brought.
#[derive(Debug, Default)]
pub(super) struct Got {
    /// For each notification that waits.
    pub(super) things: Vec<Thing>,
    /// Deliveries that have keys of their own, whoever asked.
    pub(super) rows: Vec<Item>,
    /// What must be asked next.
    pub(super) leads: Vec<Target>,
}

/// For whom a thing is delivered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cause<'a> {
    /// The notification.
    pub(super) notice: &'a Item,
    /// How many verdicts it had when it was asked for: another try, after a person asked for one, is another cause.
    pub(super) round: u32,
    /// Whose thing it is.
    pub(super) seller: Option<&'a SellerId>,
    /// The seller's site.
    pub(super) site: Option<&'a str>,
    /// When the answer came.
    pub(super) at: Instant,
}

impl Thing {
    /// A resource.
    pub(super) fn resource(topic: &'static str, asked: &Text, body: &[u8]) -> Self {
        let kind = Kind::Message(DeliveryKind::Resource);
        Self { kind, topic, asked: asked.clone(), body: kept(body), problem: None }
    }

    /// An answer that is no resource, with its bytes where there are some.
    pub(super) fn answer(
        answer: Answer,
        topic: &'static str,
        asked: &Text,
        body: &[u8],
        problem: Option<String>,
    ) -> Self {
        Self { kind: Kind::Answer(answer), topic, asked: asked.clone(), body: kept(body), problem }
    }

    /// The word that nobody can be asked.
    pub(super) fn nowhere(problem: String) -> Self {
        Self::answer(Answer::Unaskable, "", &Text::default(), &[], Some(problem))
    }

    /// The answer that it is, when it is no resource.
    pub(super) fn as_answer(&self) -> Option<Answer> {
        if let Kind::Answer(answer) = self.kind { Some(answer) } else { None }
    }

    /// The delivery for one notification. The same thing told again to the same notification has the same key, so
    /// that a fetch which was interrupted and repeated leaves no trace.
    pub(super) fn item(&self, cause: Cause<'_>) -> Item {
        let mut item = Item {
            kind: self.kind,
            key: cause.notice.key.clone(),
            topic: self.topic.into(),
            channel: Channel::Response,
            seller: cause.seller.map(|seller| Text::from(seller.as_str())),
            site: cause.site.map(Text::from),
            origin: self.asked.clone(),
            received_at: cause.at,
            caused_by: Some(cause.notice.key.clone()),
            body: self.body.clone(),
            problem: self.problem.clone(),
            verified: true,
        };
        item.key = derived_key(&[
            b"fetched",
            cause.notice.key.0.as_bytes(),
            &cause.round.to_be_bytes(),
            item.kind_word().as_bytes(),
            self.topic.as_bytes(),
            self.asked.as_bytes(),
            item.body_sha256().as_bytes(),
        ]);
        item
    }
}
