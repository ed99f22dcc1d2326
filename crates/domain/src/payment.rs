//! Payment: what the provider says of one charge, diffed into facts.
//!
//! The provider sends states. The newest state (by its `updated_at`, then rank, then content) always becomes
//! ours; older ones only add keyed facts (refunds, refunded totals). What the books must show is a function of
//! that merged knowledge alone, so every order of arrival ends alike: when the function's value changes, the
//! former booking is reversed exactly and the new one is made.
//!
//! This module holds the nouns; [`machine`] decides and evolves. It does not know the provider's words beyond
//! carrying them, and posts nothing itself.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::event::events;
use crate::ids::{ChargeId, RefundId, RowId};
use crate::machine::Instant;
use crate::refund::RefundStanding;
use crate::rejection::Rejection;
use crate::text::Text;

pub mod books;
mod describe;
pub mod machine;
mod orders;
pub mod refusal;
pub mod state;
pub mod transitions;

/// Where a payment stands, in our words (the provider's pair is kept in [`Said`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The payer has not completed it.
    AwaitingPayer,
    /// The provider reviews it or has not answered.
    InReview,
    /// Card amount reserved, not captured.
    Authorized,
    /// The attempt failed.
    Rejected,
    /// Cancelled by a party before it was paid.
    Cancelled,
    /// Never paid within its life.
    Expired,
    /// Paid and credited.
    Approved,
    /// Credited but disputed by the payer (mediation).
    Disputed,
    /// Fully returned to the payer.
    Refunded,
    /// A card chargeback is open.
    ChargebackOpen,
    /// The chargeback was lost: the money stays withdrawn.
    ChargebackLost,
    /// The chargeback was won or covered: the money came back.
    ChargebackReimbursed,
}

/// What kind of operation a payment is; only some are sales and some move nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// A one-off sale.
    Sale,
    /// A charge of a subscription.
    Subscription,
    /// Money sent by somebody, not a sale of goods.
    Transfer,
    /// The account's own money put into the account.
    TopUp,
    /// A card check: never revenue, whatever its amount.
    CardValidation,
}

/// What a charge is for. The ledger's policy maps kinds to accounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeKind {
    /// The provider's commission, tax included.
    Processing,
    /// Cost of instalments without interest, or of early release.
    Financing,
    /// Shipping charged by the provider.
    Shipping,
    /// Commission of a marketplace.
    Marketplace,
    /// Discount paid by the seller.
    Coupon,
    /// Tax withheld that the seller can recover.
    Withholding,
    /// Tax on the transaction that the seller cannot recover (debits and credits).
    TransactionTax,
    /// A charge of a name we do not know.
    Other,
}

/// One charge paid by the collector.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// The provider's id of the charge, or its name and position when it has none.
    pub id: ChargeId,
    /// What it is for.
    pub kind: ChargeKind,
    /// The provider's name of it (fee name, or tax with its jurisdiction).
    pub name: Text,
    /// Amount in minor units, positive.
    pub amount_minor: i64,
}

/// The money of a sale: `gross - charges = net`; a remainder is nobody's mistake to hide.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Terms {
    /// Currency of every amount here.
    pub currency: Currency,
    /// Charged for the goods, minor units.
    pub gross_minor: i64,
    /// Charges of the collector, in the order of their ids.
    pub charges: Vec<Charge>,
    /// Received by the collector, minor units.
    pub net_minor: i64,
}

impl Terms {
    /// Gross less charges less net: zero when the provider's own numbers agree, minor units.
    #[must_use]
    pub fn remainder_minor(&self) -> i64 {
        self.gross_minor - self.charges.iter().map(|c| c.amount_minor).sum::<i64>() - self.net_minor
    }
}

/// What describes a payment beside its status and money.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// Kind of operation.
    pub operation: Operation,
    /// The merchant's own reference.
    pub reference: Option<Text>,
    /// Payment method in the provider's words (`visa`, `pix`).
    pub method: Text,
    /// Family of the method (`credit_card`, `ticket`).
    pub method_type: Text,
    /// Number of instalments.
    pub installments: u16,
    /// Terminal, when in person.
    pub device: Option<Text>,
    /// Subscription that caused it.
    pub preapproval: Option<Text>,
    /// When it was created.
    pub created_at: Option<Instant>,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// When it lapses if unpaid.
    pub expires_at: Option<Instant>,
    /// When its money is due to be released.
    pub release_at: Option<Instant>,
}

/// The provider's own words and time of one statement.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Said {
    /// The provider's time of the statement (`date_last_updated`), when given.
    pub updated_at: Option<Instant>,
    /// Status in the provider's words.
    pub status: Text,
    /// Detail in the provider's words.
    pub detail: Text,
}

/// One statement of the provider about a payment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Description {
    /// Words and time.
    pub said: Said,
    /// Where it stands.
    pub standing: Standing,
    /// Whether the pair (status, detail) is one we know.
    pub known_words: bool,
    /// Its money.
    pub terms: Terms,
    /// Charges returned that no refund accounts for, in the order of their ids.
    pub returned: Vec<Charge>,
    /// Everything else.
    pub profile: Profile,
}

/// A refund as a payment or the refund itself mentions it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct RefundMention {
    /// Its id.
    pub refund: RefundId,
    /// Its amount, minor units of the payment's currency.
    pub amount_minor: i64,
    /// Where it stands.
    pub standing: RefundStanding,
}

/// What a release row does with a payment's money.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseWay {
    /// Pending money became available, or available money was taken back.
    Moved,
    /// Available money was put on hold, or a hold ended.
    Held,
}

/// One row of the release report that names a payment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Release {
    /// Identity of the row.
    pub row: RowId,
    /// What it does.
    pub way: ReleaseWay,
    /// The report's own word for it (`payment`, `refund`, `mediation`).
    pub word: Text,
    /// Signed effect on the available balance, minor units: positive is in.
    pub amount_minor: i64,
    /// Currency.
    pub currency: Currency,
    /// When it hit the available balance.
    pub at: Instant,
}

/// What can be told about a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Observation {
    /// A full statement of the provider, with the refunds it lists and the total it says was refunded.
    Described {
        /// The statement.
        description: Box<Description>,
        /// Cumulative refunded amount, minor units.
        refunded_minor: i64,
        /// Refunds it lists.
        refunds: Vec<RefundMention>,
    },
    /// A refund told by itself.
    RefundSeen {
        /// The refund.
        mention: RefundMention,
        /// Its currency.
        currency: Currency,
        /// Best time known.
        at: Instant,
    },
    /// A row of the release report.
    Released(Release),
}

/// What a payment can be told: an observation, or an order of a person or of the clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// The provider said something.
    Observe(Observation),
    /// A person wants to give money back; `None` means all that remains.
    RequestRefund {
        /// Minor units, or everything that remains.
        amount_minor: Option<i64>,
        /// Who asks.
        actor: Text,
        /// Why.
        reason: Text,
    },
    /// The provider refused a refund that was requested.
    RecordRefundRefusal {
        /// The provider's code.
        code: Text,
        /// The amount that was asked for, minor units.
        amount_minor: i64,
    },
    /// A person wants to cancel it.
    RequestCancel {
        /// Who asks.
        actor: Text,
        /// Why.
        reason: Text,
    },
    /// The clock says that it should have expired.
    PresumeExpired,
}

/// A sale as it stands in the books.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Booking {
    /// When it counts: the approval.
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
    pub at: Instant,
    /// What is booked or reversed.
    pub sale: Booking,
}

/// Charges returned without a refund that accounts for them: booked, or reversed exactly.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChargesReturned {
    /// When, by the best provider time known.
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
    pub at: Instant,
    /// How many times such an amount was booked before.
    pub ordinal: u32,
    /// Currency.
    pub currency: Currency,
    /// Minor units, positive.
    pub amount_minor: i64,
}

/// Something other than status and money is described differently.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Redescribed {
    /// The provider's time of it.
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
    pub at: Instant,
    /// The total from now on, minor units.
    pub total_minor: i64,
}

/// A refund became known, or moved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundNamed {
    /// Best time known.
    pub at: Instant,
    /// The refund.
    pub mention: RefundMention,
}

/// A refund named a payment that nobody described yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefundForetold {
    /// Best time known.
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
    pub at: Instant,
    /// The row.
    pub release: Release,
}

/// Somebody, or the clock, asked for something.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Requested {
    /// When.
    pub at: Instant,
    /// Who asked (`clock` for the sweep).
    pub actor: Text,
    /// Why.
    pub reason: Text,
    /// Minor units, for refunds.
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
        /// A person asked for a refund.
        RefundRequested(Requested) = "payment.refund_requested",
        /// The provider refused a refund.
        RefundRefused(Requested) = "payment.refund_refused",
        /// A person asked to cancel it.
        CancelRequested(Requested) = "payment.cancel_requested",
        /// It should have expired by now.
        PresumedExpired(Requested) = "payment.presumed_expired",
    }
}

#[cfg(test)]
mod tests;
