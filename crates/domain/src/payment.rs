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
use crate::ids::{ChargeId, RefundId, RowId};
use crate::machine::Instant;
use crate::refund::RefundStanding;
use crate::text::Text;

pub mod books;
mod describe;
mod event;
pub mod machine;
mod order;
mod ordered;
mod orders;
pub mod refusal;
pub mod state;
pub mod transitions;

pub use event::{
    Amount, Approved, Booking, ChargesReturned, Event, Opened, Reaffirmed, Redescribed, RefundForetold,
    RefundNamed, RefundsAccumulated, Rejected, Released, Requested, SaleBooked, Stood,
};
pub use order::{Asked, Funds, Order, Stage, Wish, is_order_name};
pub use ordered::{OrderApproved, OrderDeclined, OrderRefused, Ordered, RefundAnswered};

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
    ///
    /// Cannot overflow for terms that were accepted: amounts that together exceed a quarter of the range are
    /// refused before anything is decided.
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
    #[serde(default, deserialize_with = "crate::instant::read_some")]
    pub created_at: Option<Instant>,
    /// When it was approved.
    #[serde(default, deserialize_with = "crate::instant::read_some")]
    pub approved_at: Option<Instant>,
    /// When it lapses if unpaid.
    #[serde(default, deserialize_with = "crate::instant::read_some")]
    pub expires_at: Option<Instant>,
    /// When its money is due to be released.
    #[serde(default, deserialize_with = "crate::instant::read_some")]
    pub release_at: Option<Instant>,
}

/// The provider's own words and time of one statement.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Said {
    /// The provider's time of the statement (`date_last_updated`), when given.
    #[serde(default, deserialize_with = "crate::instant::read_some")]
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
    /// Name of the order it was made for, where the provider gives that back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Text>,
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
    #[serde(deserialize_with = "crate::instant::read")]
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
        /// Name of the order: the same again is the same order.
        request: Text,
        /// Minor units, or everything that remains.
        amount_minor: Option<i64>,
        /// What there is to pay it from.
        funds: Funds,
        /// Who asks.
        actor: Text,
        /// Why.
        reason: Text,
    },
    /// A person wants to take the money that is reserved; `None` means all of it.
    RequestCapture {
        /// Name of the order: the same again is the same order.
        request: Text,
        /// Minor units, or everything that is reserved.
        amount_minor: Option<i64>,
        /// Who asks.
        actor: Text,
        /// Why.
        reason: Text,
    },
    /// A person wants to cancel it.
    RequestCancel {
        /// Name of the order: the same again is the same order.
        request: Text,
        /// Who asks.
        actor: Text,
        /// Why.
        reason: Text,
    },
    /// A second person lets an order go.
    ApproveOrder {
        /// Name of the order.
        request: Text,
        /// What there is to pay it from.
        funds: Funds,
        /// Who agrees.
        actor: Text,
    },
    /// A person says no to an order that waits.
    DeclineOrder {
        /// Name of the order.
        request: Text,
        /// Who says no.
        actor: Text,
        /// Why.
        reason: Text,
    },
    /// The provider refused an order.
    RecordRefusal {
        /// Name of the order.
        request: Text,
        /// The provider's code.
        code: Text,
    },
    /// The provider answered an order with a refund.
    RecordRefund {
        /// Name of the order.
        request: Text,
        /// The refund.
        refund: RefundId,
    },
    /// The clock says that it should have expired.
    PresumeExpired,
}

#[cfg(test)]
mod tests;
