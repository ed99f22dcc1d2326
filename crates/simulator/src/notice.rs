//! What is told to a seller's receiver: that something was made or changed, once or more, sooner or later, or never.
//!
//! Latency, duplicates, retries, supersession and twins on the older channel follow measurements of the provider;
//! how much of each is [`faults::Faults`]. Bodies only point, except those that others of this crate bring along.

use crate::time::Instant;
use crate::world::World;

pub(crate) mod courier;
pub(crate) mod envelope;
pub mod faults;
pub(crate) mod post;
pub(crate) mod signature;

/// Something to tell.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) seller: u64,
    /// The webhook's `type`.
    pub(crate) topic: &'static str,
    /// Id of what it is about; a later notice of the same topic and id supersedes the retries of this one.
    pub(crate) resource: String,
    pub(crate) body: Body,
    pub(crate) signed: bool,
    /// Where to, if not to the seller's webhook.
    pub(crate) target: Option<String>,
    pub(crate) query: Query,
    /// Whether, and under which topic, the older channel may tell it too.
    pub(crate) ipn: Option<Ipn>,
}

/// What stands in the body. All but the fixed ones get a new id with each delivery.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// The envelope of payments and most others.
    Envelope { action: &'static str, created: Instant },
    /// The envelope of subscriptions: no user, no mode, `date`.
    Subscription { entity: &'static str, action: &'static str, version: u64, date: Instant },
    /// The envelope of chargebacks: a list of actions and a number beyond what a float holds.
    Chargeback { action: &'static str, payment: u64, at: Instant },
    /// The older channel's: topic and resource.
    Ipn { topic: &'static str },
    /// These bytes.
    Fixed(Vec<u8>),
}

/// What the address says beside the path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Query {
    /// `data.id` and `type`.
    DataId,
    /// `topic` and `id`.
    TopicId,
    /// Nothing.
    None,
}

/// The twin of a webhook on the older channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ipn {
    pub(crate) topic: &'static str,
}

impl World {
    /// Tells something.
    pub(crate) fn notify(&mut self, notice: Notice) {
        let hook = self.sellers.get(&notice.seller).is_some_and(|seller| seller.hook.is_some());
        let reachable = hook || notice.target.is_some();
        let now = self.now();
        self.post.take(self.seed, now, notice, reachable);
    }

    /// Tells that a payment was made or changed.
    pub(crate) fn tell_payment(&mut self, id: u64, first: bool) {
        let Some(payment) = self.payments.get(&id) else { return };
        let action = if first { "payment.created" } else { "payment.updated" };
        self.notify(Notice {
            seller: payment.seller,
            topic: "payment",
            resource: id.to_string(),
            body: Body::Envelope { action, created: payment.created },
            signed: true,
            target: None,
            query: Query::DataId,
            ipn: Some(Ipn { topic: "payment" }),
        });
    }

    /// Tells that a chargeback opened or ended.
    pub(crate) fn tell_chargeback(&mut self, id: u64, first: bool) {
        let Some(case) = self.chargebacks.get(&id) else { return };
        let action = if first { "created" } else { "changed_case_status" };
        self.notify(Notice {
            seller: case.seller,
            topic: "topic_chargebacks_wh",
            resource: id.to_string(),
            body: Body::Chargeback { action, payment: case.payment, at: self.now() },
            signed: true,
            target: None,
            query: Query::DataId,
            ipn: Some(Ipn { topic: "chargebacks" }),
        });
    }
}
