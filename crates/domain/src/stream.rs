//! Streams: one history for each thing, named by natural keys that start with the seller.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{
    ChargebackId, IntentId, ObligationId, PaymentId, PlanId, PreapprovalId, RefundId, RowId, SellerId,
};
use crate::text::Text;

/// Which machine owns a stream.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// In-person charge request.
    Intent,
    /// Payment.
    Payment,
    /// Refund of a payment.
    Refund,
    /// Subscription plan.
    Plan,
    /// Subscription.
    Preapproval,
    /// Chargeback case.
    Chargeback,
    /// Money that only a report tells.
    Movement,
    /// What somebody owes, and our attempts to be paid for it.
    Obligation,
}

impl StreamKind {
    /// All kinds, in the order of the enum.
    pub const ALL: [Self; 8] = [
        Self::Intent,
        Self::Payment,
        Self::Refund,
        Self::Plan,
        Self::Preapproval,
        Self::Chargeback,
        Self::Movement,
        Self::Obligation,
    ];

    /// The name stored as `aggregate_type`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Plan => "plan",
            Self::Preapproval => "preapproval",
            Self::Chargeback => "chargeback",
            Self::Movement => "movement",
            Self::Obligation => "obligation",
        }
    }

    /// The kind of a stored `aggregate_type`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Name of one history: kind and a key of the form `seller/id[/id]`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    kind: StreamKind,
    key: Text,
}

impl StreamId {
    /// The history of an in-person charge request.
    #[must_use]
    pub fn intent(seller: &SellerId, id: &IntentId) -> Self {
        Self::new(StreamKind::Intent, seller, id.as_str())
    }

    /// The history of a payment.
    #[must_use]
    pub fn payment(seller: &SellerId, id: &PaymentId) -> Self {
        Self::new(StreamKind::Payment, seller, id.as_str())
    }

    /// The history of a refund; its root is the payment.
    #[must_use]
    pub fn refund(seller: &SellerId, payment: &PaymentId, id: &RefundId) -> Self {
        Self { kind: StreamKind::Refund, key: format!("{seller}/{payment}/{id}").into() }
    }

    /// The history of a subscription plan.
    #[must_use]
    pub fn plan(seller: &SellerId, id: &PlanId) -> Self {
        Self::new(StreamKind::Plan, seller, id.as_str())
    }

    /// The history of a subscription; its invoices are inside.
    #[must_use]
    pub fn preapproval(seller: &SellerId, id: &PreapprovalId) -> Self {
        Self::new(StreamKind::Preapproval, seller, id.as_str())
    }

    /// The history of a chargeback case.
    #[must_use]
    pub fn chargeback(seller: &SellerId, id: &ChargebackId) -> Self {
        Self::new(StreamKind::Chargeback, seller, id.as_str())
    }

    /// The history of one report row.
    #[must_use]
    pub fn movement(seller: &SellerId, row: &RowId) -> Self {
        Self::new(StreamKind::Movement, seller, row.as_str())
    }

    /// The history of something that is owed.
    #[must_use]
    pub fn obligation(seller: &SellerId, id: &ObligationId) -> Self {
        Self::new(StreamKind::Obligation, seller, id.as_str())
    }

    fn new(kind: StreamKind, seller: &SellerId, id: &str) -> Self {
        Self { kind, key: format!("{seller}/{id}").into() }
    }

    /// Rebuilds an id from its stored columns; `None` when the key lacks a seller.
    #[must_use]
    pub fn from_stored(kind: StreamKind, key: &str) -> Option<Self> {
        key.contains('/').then(|| Self { kind, key: key.into() })
    }

    /// Which machine owns it.
    #[must_use]
    pub fn kind(&self) -> StreamKind {
        self.kind
    }

    /// The stored `aggregate_id`: `seller/id[/id]`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The seller's part of the key.
    #[must_use]
    pub fn seller(&self) -> &str {
        self.key.split('/').next().expect("a stream key starts with its seller")
    }

    /// The last part of the key: the id of the thing itself.
    #[must_use]
    pub fn id(&self) -> &str {
        self.key.rsplit('/').next().expect("a stream key has an id")
    }

    /// The part all streams of one root share: `seller/root`, where the root of a refund is its payment.
    #[must_use]
    pub fn root(&self) -> &str {
        let mut slashes = self.key.match_indices('/').map(|(at, _)| at);
        let _seller_end = slashes.next();
        slashes.next().map_or(&*self.key, |second| &self.key[..second])
    }

    /// The shard of the stream, which is that of its root.
    #[must_use]
    pub fn shard(&self, shards: u16) -> u16 {
        shard_of(self.root(), shards)
    }
}

/// The shard of a name: its SHA-256, first eight bytes, modulo the number of shards.
#[must_use]
pub fn shard_of(name: &str, shards: u16) -> u16 {
    let digest = Sha256::digest(name.as_bytes());
    let head: [u8; 8] = digest[..8].try_into().expect("a SHA-256 digest has 32 bytes");
    u16::try_from(u64::from_be_bytes(head) % u64::from(shards.max(1)))
        .expect("a remainder of a u16 fits a u16")
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.key)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
