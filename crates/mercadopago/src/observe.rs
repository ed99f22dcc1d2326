//! The single entry of this crate: one delivery in, what it tells out.
//!
//! Dispatches by kind and topic, and reads nothing itself. It decides nothing about the thing that is told:
//! whether an observation is news is the machines' business.

use domain::ids::SellerId;
use domain::machine::Instant;
use domain::observation::Observed;
use domain::text::Text;

use crate::topics::Resource;
use crate::unreadable::Unreadable;
use crate::{
    chargeback, device, intent_a, intent_b, intent_c, invoice, notification, order, payment, plan,
    preapproval, refund,
};

mod shape;

pub use shape::{Part, recognise, split};

/// Deliveries longer than this are not read: 16 MiB, far above any body the provider sends.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// One message as it reached us, whatever the road.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Whether the body announces a thing or is the thing.
    pub kind: DeliveryKind,
    /// Topic of the notification or name of the resource; a notification may leave it empty, then its body tells.
    pub topic: &'a str,
    /// How it reached us.
    pub channel: Channel,
    /// The seller by the receiver's path or by the credential that fetched it.
    pub seller: Option<&'a str>,
    /// The provider's site (`MLA`), which tells the currency where a body does not.
    pub site: Option<&'a str>,
    /// Our own clock at receipt.
    pub received_at: Instant,
    /// The provider's signature was checked and holds; imports by an operator need none.
    pub verified: bool,
    /// The provider's JSON.
    pub body: &'a [u8],
}

impl Delivery<'_> {
    /// Whether state in a notification's body may be believed: it is signed, or an operator brought it.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.verified || self.channel == Channel::Import
    }
}

/// Whether a body announces a thing or is the thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeliveryKind {
    /// A hint that something happened.
    Notification,
    /// The provider's own rendering of a thing.
    Resource,
}

/// How a delivery reached us.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// A signed push.
    Webhook,
    /// The older, unsigned push.
    Ipn,
    /// Our own search.
    Poll,
    /// The answer to our own call.
    Response,
    /// A file that an operator brought.
    Import,
}

/// What a delivery is for us.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
    /// It tells something about things we follow.
    Told(Told),
    /// It announces a thing that must be fetched.
    NeedsFetch {
        /// The seller, when the body or the delivery names one.
        seller: Option<SellerId>,
        /// Topic of the resource to fetch.
        topic: &'static str,
        /// Its id.
        id: Text,
    },
    /// A seller gave or took back the right to act for them.
    Linked {
        /// Who.
        seller: SellerId,
        /// Given (`true`) or taken back.
        authorized: bool,
    },
    /// A topic that we do not follow.
    NotFollowed {
        /// The provider's topic.
        topic: Text,
    },
}

/// What a resource tells.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// Whose it is.
    pub seller: SellerId,
    /// What was told, stream by stream, all of one root; empty for things without a history (devices).
    pub observed: Vec<Observed>,
    /// It holds a word that we do not know and that was applied by its status alone.
    pub unclassified: bool,
}

/// Reads one delivery.
///
/// # Errors
/// When the body cannot be read as what its topic promises, or a resource's topic is unknown.
pub fn observe(delivery: &Delivery<'_>) -> Result<Seen, Unreadable> {
    if delivery.body.len() > MAX_BODY_BYTES {
        return Err(Unreadable::TooLarge { length: delivery.body.len() });
    }
    match delivery.kind {
        DeliveryKind::Notification => notification::observe(delivery),
        DeliveryKind::Resource => resource(delivery).map(Seen::Told),
    }
}

fn resource(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let resource = Resource::of(delivery.topic)
        .ok_or_else(|| Unreadable::UnknownTopic { topic: delivery.topic.to_owned() })?;
    match resource {
        Resource::Payment => payment::observe(delivery),
        Resource::Refund => refund::observe(delivery),
        Resource::Chargeback => chargeback::observe(delivery),
        Resource::Order => order::observe(delivery),
        Resource::PaymentIntent => intent_b::observe(delivery),
        Resource::InstoreIntent => intent_c::observe(delivery),
        Resource::PointOrder => intent_a::observe(delivery),
        Resource::Preapproval => preapproval::observe(delivery),
        Resource::PreapprovalPlan => plan::observe(delivery),
        Resource::AuthorizedPayment => invoice::observe(delivery),
        Resource::Device => device::observe(delivery),
    }
}

#[cfg(test)]
mod tests;
