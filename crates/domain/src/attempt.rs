//! Attempts to pay: what reports over many payments need of each one, whatever channel it came by.
//!
//! An attempt is a payment that the provider described, seen from outside its machine. [`obligation`] ties together
//! those that pay for one thing, [`doubled`] finds what was paid twice, [`rates`] counts rejections and [`verdicts`]
//! asks another rejection table about them. Nothing here decides a fact or moves money.
//!
//! Facts name no payer, so an obligation is known by the merchant's reference and the amount, or by the charge of a
//! subscription.

use crate::currency::Currency;
use crate::intent::Channel;
use crate::machine::Instant;
use crate::payment::state::Known;
use crate::payment::{Operation, Standing};
use crate::rules::Rules;
use crate::stream::StreamId;
use crate::text::Text;

pub mod doubled;
pub mod obligation;
pub mod rates;
pub mod verdicts;

/// One payment, as an attempt to pay for something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// Id of the payment.
    pub payment: Text,
    /// Whose.
    pub seller: Text,
    /// Best time known of its making.
    pub at: Option<Instant>,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Where it stands.
    pub standing: Standing,
    /// Status in the provider's words.
    pub status: Text,
    /// Detail in the provider's words.
    pub detail: Text,
    /// Where the payer paid.
    pub way: Way,
    /// Payment method in the provider's words.
    pub method: Text,
    /// Terminal, when in person.
    pub device: Option<Text>,
    /// The merchant's own reference.
    pub reference: Option<Text>,
    /// Subscription that caused it.
    pub subscription: Option<Text>,
    /// What it was to pay, minor units.
    pub amount_minor: i64,
    /// Currency of every amount.
    pub currency: Currency,
    /// What of it could still be given back, minor units: nothing when it was not paid or is being given back.
    pub held_minor: i64,
    /// Last instant at which a refund may be asked for.
    pub refund_closes_at: Option<Instant>,
}

/// Where a payer pays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Way {
    /// A web shop or a payment link, which facts do not tell apart.
    Online,
    /// A QR code.
    Qr,
    /// A card terminal.
    Point,
    /// The provider's calendar of a subscription.
    Subscription,
}

impl Way {
    /// The name of the way, as reports print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Qr => "qr",
            Self::Point => "point",
            Self::Subscription => "subscription",
        }
    }
}

impl From<Channel> for Way {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Point => Self::Point,
            Channel::Qr => Self::Qr,
            Channel::Online => Self::Online,
        }
    }
}

impl Attempt {
    /// A payment as an attempt; the rules say until when it can be refunded.
    #[must_use]
    pub fn of(stream: &StreamId, known: &Known, rules: &Rules) -> Self {
        let (described, profile) = (&known.described, &known.described.profile);
        let way = match (profile.operation, &profile.preapproval, &profile.device) {
            (Operation::Subscription, ..) | (_, Some(_), _) => Way::Subscription,
            (_, None, Some(_)) => Way::Point,
            (_, None, None) => Way::Online,
        };
        Self {
            payment: stream.id().into(),
            seller: stream.seller().into(),
            at: profile.created_at.or(profile.approved_at).or(described.said.updated_at),
            approved_at: profile.approved_at,
            standing: described.standing,
            status: described.said.status.clone(),
            detail: described.said.detail.clone(),
            way,
            method: profile.method.clone(),
            device: profile.device.clone(),
            reference: profile.reference.clone(),
            subscription: profile.preapproval.clone(),
            amount_minor: described.terms.gross_minor,
            currency: described.terms.currency,
            held_minor: held_minor(known),
            refund_closes_at: known.refund_closes_at(rules),
        }
    }

    /// Whether the provider said yes: paid, whatever came later, or reserved.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.standing.is_credited() || self.standing == Standing::Authorized
    }

    /// Whether the provider said no.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.standing == Standing::Rejected
    }
}

/// What the seller has of a payment and could give back, minor units. A card check moves nothing, a lost chargeback
/// took the money already.
fn held_minor(known: &Known) -> i64 {
    let described = &known.described;
    let has_money = match described.standing {
        Standing::Approved
        | Standing::Disputed
        | Standing::ChargebackOpen
        | Standing::ChargebackReimbursed => described.profile.operation.moves_money(),
        Standing::AwaitingPayer
        | Standing::InReview
        | Standing::Authorized
        | Standing::Rejected
        | Standing::Cancelled
        | Standing::Expired
        | Standing::Refunded
        | Standing::ChargebackLost => false,
    };
    if has_money { known.refundable_minor().max(0) } else { 0 }
}

#[cfg(test)]
mod tests;
