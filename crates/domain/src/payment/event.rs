//! Facts of a payment, as they are stored: payload structs and the names they are stored by.
//!
//! A payload carries all the money it moves. Its shape never changes: the golden files hold it.

use serde::{Deserialize, Serialize};

use super::ordered::{OrderApproved, OrderDeclined, OrderRefused, Ordered, RefundAnswered};
use super::{Charge, Operation, Profile, RefundMention, Release, Said, Terms};
use crate::currency::Currency;
use crate::event::events;
use crate::machine::Instant;
use crate::rejection::Rejection;
use crate::text::Text;

/// A sale as it stands in the books.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Booking {
    /// When it counts: the approval.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// How many times the sale was booked before this; part of the identity of the entry.
    pub ordinal: u32,
    /// What kind of operation.
    pub operation: Operation,
    /// The money.
    pub terms: Terms,
}

/// First description of a payment. Until another fact follows, it awaits its payer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// When it was created, by the best time known.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// What the provider said.
    pub said: Said,
    /// Whether the pair of words is known.
    pub known_words: bool,
    /// Its money if it is approved.
    pub terms: Terms,
    /// Charges returned that no refund accounts for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<Charge>,
    /// Everything else.
    pub profile: Profile,
}

/// The payment changed its standing; where to is the event's name.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Stood {
    /// When, by the best provider time known.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// What the provider said.
    pub said: Said,
    /// Whether the pair of words is known.
    pub known_words: bool,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
}

/// Money was credited: posts the sale.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Approved {
    /// When it was approved.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// What the provider said.
    pub said: Said,
    /// Whether the pair of words is known.
    pub known_words: bool,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
    /// What is booked; `None` when the operation moves no money (card checks, zero amounts).
    pub sale: Option<Booking>,
}

/// The attempt failed, classified by a version of the rejection table.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rejected {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// What the provider said.
    pub said: Said,
    /// Whether the pair of words is known.
    pub known_words: bool,
    /// The provider went a way that its own rules do not list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outside_rule: bool,
    /// Class, action and retry decision.
    pub rejection: Rejection,
}

/// A sale was booked again with other money, or an earlier booking is reversed exactly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SaleBooked {
    /// The booking date of the sale.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// What is booked or reversed.
    pub sale: Booking,
}

/// Charges returned without a refund that accounts for them: booked, or reversed exactly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChargesReturned {
    /// When, by the best provider time known.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// How many times such a return was booked before.
    pub ordinal: u32,
    /// Currency.
    pub currency: Currency,
    /// The charges.
    pub charges: Vec<Charge>,
}

/// An amount on its own: a loss, or a refund not yet named; booked, or reversed exactly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Amount {
    /// When, by the best provider time known.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// How many times such an amount was booked before.
    pub ordinal: u32,
    /// Currency.
    pub currency: Currency,
    /// Minor units, positive.
    pub amount_minor: i64,
}

impl Amount {
    /// Whether both are the same booking, whatever the day: a loss is given back on a day of its own.
    #[must_use]
    pub fn is_money_of(&self, other: &Self) -> bool {
        let money = |amount: &Self| (amount.ordinal, amount.currency, amount.amount_minor);
        money(self) == money(other)
    }
}

/// Something other than status and money is described differently.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Redescribed {
    /// The provider's time of it.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// The profile from now on.
    pub profile: Profile,
    /// The money it has, or would have if approved. What is booked follows by facts of its own.
    pub terms: Terms,
    /// Charges returned that no refund accounts for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<Charge>,
}

/// The provider confirmed what we knew, at a later time of its own or in other words of the same standing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reaffirmed {
    /// The provider's time of it.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// What it said.
    pub said: Said,
    /// Whether the pair of words is known.
    pub known_words: bool,
}

/// The cumulative refunded amount rose.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundsAccumulated {
    /// The provider's time of it.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// The total from now on, minor units.
    pub total_minor: i64,
}

/// A refund became known, or moved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundNamed {
    /// Best time known.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// The refund.
    pub mention: RefundMention,
}

/// A refund named a payment that nobody described yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundForetold {
    /// Best time known.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Currency of the refund, hence of the payment.
    pub currency: Currency,
    /// The refund.
    pub mention: RefundMention,
}

/// A release row moved its money. Posts between pending, available and held.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Released {
    /// When it hit the available balance.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// The row.
    pub release: Release,
}

/// The clock asked for something.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// When.
    #[serde(deserialize_with = "crate::instant::read")]
    pub at: Instant,
    /// Who asked (`clock` for the sweep).
    pub actor: Text,
    /// Why.
    pub reason: Text,
    /// Minor units; the clock names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
}

events! {
    /// What happened to a payment.
    pub enum Event {
        /// First description.
        Opened(Opened) = "payment.opened",
        /// The provider reviews it.
        PlacedInReview(Stood) = "payment.placed_in_review",
        /// It awaits its payer (again).
        AwaitedPayer(Stood) = "payment.awaited_payer",
        /// A card amount was reserved.
        Authorized(Stood) = "payment.authorized",
        /// A reservation was captured; the approval follows.
        Captured(Stood) = "payment.captured",
        /// Money was credited.
        Approved(Approved) = "payment.approved",
        /// Back to approved, after a dispute or against the rules; the sale stays booked.
        Reinstated(Stood) = "payment.reinstated",
        /// The attempt failed.
        Rejected(Rejected) = "payment.rejected",
        /// Cancelled before it was paid.
        Cancelled(Stood) = "payment.cancelled",
        /// Not paid within its life.
        Expired(Stood) = "payment.expired",
        /// The payer opened a dispute.
        DisputeOpened(Stood) = "payment.dispute_opened",
        /// The dispute ended; the standing that follows says how.
        DisputeClosed(Stood) = "payment.dispute_closed",
        /// All was returned to the payer.
        FullyRefunded(Stood) = "payment.fully_refunded",
        /// A chargeback was opened.
        ChargebackOpened(Stood) = "payment.chargeback_opened",
        /// The chargeback was lost; the loss is booked by the fact that follows.
        ChargebackLost(Stood) = "payment.chargeback_lost",
        /// The chargeback was won or covered.
        ChargebackReimbursed(Stood) = "payment.chargeback_reimbursed",
        /// The sale is booked again with other money.
        Restated(SaleBooked) = "payment.restated",
        /// A booking of the sale is reversed exactly.
        SaleReversed(SaleBooked) = "payment.sale_reversed",
        /// The loss of a lost chargeback.
        LossBooked(Amount) = "payment.loss_booked",
        /// A booked loss is reversed exactly.
        LossReversed(Amount) = "payment.loss_reversed",
        /// Charges came back without a refund that names them.
        ChargesReturned(ChargesReturned) = "payment.charges_returned",
        /// Such a return is reversed exactly.
        ChargesReturnReversed(ChargesReturned) = "payment.charges_return_reversed",
        /// More was refunded than the refunds we know.
        RefundUnidentified(Amount) = "payment.refund_unidentified",
        /// An unidentified refund became known: its booking is reversed exactly.
        RefundIdentified(Amount) = "payment.refund_identified",
        /// The refunded total rose.
        RefundsAccumulated(RefundsAccumulated) = "payment.refunds_accumulated",
        /// A refund became known or moved.
        RefundNamed(RefundNamed) = "payment.refund_named",
        /// A refund named it before anybody described it.
        RefundForetold(RefundForetold) = "payment.refund_foretold",
        /// A release row moved its money.
        Released(Released) = "payment.released",
        /// Something beside status and booked money is described differently.
        Redescribed(Redescribed) = "payment.redescribed",
        /// The provider confirmed what we knew.
        Reaffirmed(Reaffirmed) = "payment.reaffirmed",
        /// A person ordered a refund.
        RefundRequested(Ordered) = "payment.refund_requested",
        /// The provider refused a refund.
        RefundRefused(OrderRefused) = "payment.refund_refused",
        /// The provider answered an order with a refund.
        RefundAnswered(RefundAnswered) = "payment.refund_answered",
        /// A person ordered to cancel it.
        CancelRequested(Ordered) = "payment.cancel_requested",
        /// The provider refused to cancel it.
        CancelRefused(OrderRefused) = "payment.cancel_refused",
        /// A person ordered to take the money that is reserved.
        CaptureRequested(Ordered) = "payment.capture_requested",
        /// The provider refused a capture.
        CaptureRefused(OrderRefused) = "payment.capture_refused",
        /// A second person let an order go.
        OrderApproved(OrderApproved) = "payment.order_approved",
        /// A person said no to an order that waited.
        OrderDeclined(OrderDeclined) = "payment.order_declined",
        /// It should have expired by now.
        PresumedExpired(Requested) = "payment.presumed_expired",
    }
}
