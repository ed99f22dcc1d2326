//! Why a subscription did not accept what it was told or asked.

use super::Standing;
use super::charge::ChargeStanding;
use crate::currency::Currency;
use crate::ids::{InvoiceId, PaymentId};
use crate::machine::Instant;
use crate::money::format_minor;
use crate::text::Text;

/// Why a subscription did not accept an observation or an order. Nothing was written; the message is kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An amount that cannot be negative is.
    #[error("{what} is negative ({amount_minor} minor units)")]
    NegativeAmount {
        /// Which amount.
        what: &'static str,
        /// Its value, minor units.
        amount_minor: i64,
    },
    /// The same subscription, or one of its charges, in another currency.
    #[error("told in {told}, but known in {known}")]
    CurrencyConflict {
        /// What we knew.
        known: Currency,
        /// What we were told.
        told: Currency,
    },
    /// An order about a subscription that nobody described yet.
    #[error("the subscription is not known")]
    Unknown,
    /// Cancelled is for good (provider's rule).
    #[error("the subscription is cancelled: nothing about it can be changed")]
    Ended,
    /// Of a paused subscription only the standing can be changed (provider's rule).
    #[error("the subscription is paused: it can only be resumed or cancelled")]
    Paused,
    /// The provider's rules list no such way.
    #[error("{change} is not possible while the subscription is {}", .standing.name())]
    NotAllowed {
        /// What was ordered.
        change: &'static str,
        /// Where it stands.
        standing: Standing,
    },
    /// The newest statement already shows it.
    #[error("{change}: the subscription already is what was asked for")]
    AlreadySo {
        /// What was ordered.
        change: &'static str,
    },
    /// Billing days and shares of the first month exist for periods of months only (provider's rule).
    #[error("{change} needs a period of months")]
    NotMonthly {
        /// What was ordered.
        change: &'static str,
    },
    /// A day that not every month has.
    #[error("{day} is no billing day: 1 to 28 are")]
    NoBillingDay {
        /// The day.
        day: u8,
    },
    /// An end that is over.
    #[error("it would end at {until}, which is past")]
    EndsInThePast {
        /// The end.
        until: Instant,
    },
    /// Something that has to be above zero is not.
    #[error("{what} has to be above zero and is {value}")]
    NotPositive {
        /// What.
        what: &'static str,
        /// Its value, in its smallest unit.
        value: i64,
    },
    /// Nobody knows the end of another order.
    #[error("`{change}` was ordered at {asked_at} and nobody knows what became of it")]
    ChangeOpen {
        /// What was ordered.
        change: &'static str,
        /// When.
        asked_at: Instant,
    },
    /// An order without an answer may still arrive.
    #[error("`{change}` is under way; look again after {until}")]
    ChangeUnderWay {
        /// What was ordered.
        change: &'static str,
        /// Until when it may arrive.
        until: Instant,
    },
    /// An answer to an order that was never given.
    #[error("no order is called `{request}`")]
    UnknownRequest {
        /// Its name.
        request: Text,
    },
    /// A charge that nobody told.
    #[error("invoice {invoice} is not known")]
    UnknownCharge {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// Only collected money can be deferred.
    #[error("only a collected charge can be deferred; invoice {invoice} is {}", .standing.name())]
    NotCollected {
        /// The invoice.
        invoice: InvoiceId,
        /// Where it stands.
        standing: ChargeStanding,
    },
    /// Another payment than the one that collected the charge.
    #[error("invoice {invoice} was not collected by payment {payment}")]
    OtherPayment {
        /// The invoice.
        invoice: InvoiceId,
        /// The payment.
        payment: PaymentId,
    },
    /// More deferred than was charged.
    #[error("{} was to be deferred of a charge of {}", format_minor(*.asked_minor, *.currency), format_minor(*.charged_minor, *.currency))]
    AboveCharge {
        /// Charged, minor units.
        charged_minor: i64,
        /// To be deferred, minor units.
        asked_minor: i64,
        /// Currency of both.
        currency: Currency,
    },
    /// The revenue of a charge is deferred once.
    #[error("the revenue of invoice {invoice} was deferred in another way")]
    DeferredOtherwise {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// Nothing of this charge was deferred.
    #[error("no revenue of invoice {invoice} was deferred")]
    NotDeferred {
        /// The invoice.
        invoice: InvoiceId,
    },
    /// Months are recognised one after the other.
    #[error("month {month} of invoice {invoice} cannot be recognised: the next one is {next}")]
    NotNext {
        /// The invoice.
        invoice: InvoiceId,
        /// The month that was asked for.
        month: u32,
        /// The month that is next.
        next: u32,
    },
    /// Its time has not come.
    #[error("it is not due before {due_at}")]
    NotDue {
        /// When it is.
        due_at: Instant,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NegativeAmount { .. } => "negative_amount",
            Self::CurrencyConflict { .. } => "currency_conflict",
            Self::Unknown => "unknown_subscription",
            Self::Ended => "ended",
            Self::Paused => "paused",
            Self::NotAllowed { .. } => "not_allowed",
            Self::AlreadySo { .. } => "already_so",
            Self::NotMonthly { .. } => "not_monthly",
            Self::NoBillingDay { .. } => "no_billing_day",
            Self::EndsInThePast { .. } => "ends_in_the_past",
            Self::NotPositive { .. } => "not_positive",
            Self::ChangeOpen { .. } => "change_open",
            Self::ChangeUnderWay { .. } => "change_under_way",
            Self::UnknownRequest { .. } => "unknown_request",
            Self::UnknownCharge { .. } => "unknown_charge",
            Self::NotCollected { .. } => "not_collected",
            Self::OtherPayment { .. } => "other_payment",
            Self::AboveCharge { .. } => "above_charge",
            Self::DeferredOtherwise { .. } => "deferred_otherwise",
            Self::NotDeferred { .. } => "not_deferred",
            Self::NotNext { .. } => "not_next",
            Self::NotDue { .. } => "not_due",
        }
    }
}
