//! Why a payment did not accept what it was told.

use super::Standing;
use super::order::MOST_NAME;
use crate::currency::Currency;
use crate::ids::RefundId;
use crate::machine::Instant;
use crate::money::format_minor;
use crate::text::Text;

/// Why a payment did not accept an observation or an order. Nothing was written; the message is kept.
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
    /// Amounts so large that their sums could not be exact.
    #[error("the amounts together are out of range")]
    AmountOutOfRange,
    /// More refunded than paid.
    #[error("refunds of {} are above the {} paid", format_minor(*.refunded_minor, *.currency), format_minor(*.paid_minor, *.currency))]
    RefundsAbovePaid {
        /// Paid, minor units.
        paid_minor: i64,
        /// Refunded, minor units.
        refunded_minor: i64,
        /// Currency of both.
        currency: Currency,
    },
    /// The same payment in another currency.
    #[error("told in {told}, but known in {known}")]
    CurrencyConflict {
        /// What we knew.
        known: Currency,
        /// What we were told.
        told: Currency,
    },
    /// An order about a payment that nobody described yet.
    #[error("the payment is not known")]
    Unknown,
    /// Only approved money can be refunded.
    #[error("only an approved payment can be refunded; this one is {}", .standing.name())]
    NotApproved {
        /// Where it stands.
        standing: Standing,
    },
    /// The refund window is over (provider's rule).
    #[error("the refund window closed at {closed_at}")]
    WindowClosed {
        /// Last instant of the window.
        closed_at: Instant,
    },
    /// More than what remains.
    #[error("{}", above_remaining(*.remaining_minor, *.asked_minor, *.currency))]
    AboveRemaining {
        /// What remains, minor units.
        remaining_minor: i64,
        /// What was asked for, minor units.
        asked_minor: i64,
        /// Currency of both.
        currency: Currency,
    },
    /// Only a payment that is not decided can be cancelled (provider's rule).
    #[error("only an undecided payment can be cancelled; this one is {}", .standing.name())]
    NotCancellable {
        /// Where it stands.
        standing: Standing,
    },
    /// Only a reservation can be captured.
    #[error("only an authorised payment can be captured; this one is {}", .standing.name())]
    NotCapturable {
        /// Where it stands.
        standing: Standing,
    },
    /// The reservation ended by itself (provider's rule).
    #[error("the capture window closed at {closed_at}")]
    CaptureClosed {
        /// Last instant of the window.
        closed_at: Instant,
    },
    /// A capture of nothing, or of more than is reserved (provider's rule).
    #[error("{}", above_reserved(*.reserved_minor, *.asked_minor, *.currency))]
    AboveReserved {
        /// Reserved, minor units.
        reserved_minor: i64,
        /// What was asked for, minor units.
        asked_minor: i64,
        /// Currency of both.
        currency: Currency,
    },
    /// It has not lapsed yet.
    #[error("it does not lapse before {due_at}")]
    NotDue {
        /// When it does.
        due_at: Instant,
    },
    /// No order can have the name.
    #[error(
        "{request:?} cannot be the name of an order: it must be one line of 1 to {MOST_NAME} characters \
         without blanks around it"
    )]
    UnfitName {
        /// The name.
        request: Text,
    },
    /// Another order has the name, or a refund was made under it.
    #[error("`{request}` is the name of another order of this payment")]
    RequestTaken {
        /// The name.
        request: Text,
    },
    /// A capture or a cancellation that is not at its end.
    #[error("order `{request}` of this payment is not finished yet")]
    OrderOpen {
        /// Its name.
        request: Text,
    },
    /// No such order.
    #[error("the payment has no order `{request}` of this kind")]
    UnknownOrder {
        /// The name that was given.
        request: Text,
    },
    /// It does not wait for a second person.
    #[error("order `{request}` does not wait for approval; it is {stage}")]
    NotHeld {
        /// Its name.
        request: Text,
        /// How far it is.
        stage: &'static str,
    },
    /// The second person is the first one.
    #[error("`{actor}` gave order `{request}`, and another person must approve it")]
    SamePerson {
        /// Its name.
        request: Text,
        /// Who gave it.
        actor: Text,
    },
    /// The provider cannot have answered it.
    #[error("order `{request}` was never sent; it is {stage}")]
    NotSent {
        /// Its name.
        request: Text,
        /// How far it is.
        stage: &'static str,
    },
    /// One refund is not two orders.
    #[error("refund {refund} is that of order `{request}`")]
    RefundTaken {
        /// The refund.
        refund: RefundId,
        /// Whose it is.
        request: Text,
    },
    /// The money was released, and there is less of it in the account.
    #[error("{} {currency} was asked for, but {} {currency} is available in the account", format_minor(*.asked_minor, *.currency), format_minor(*.available_minor, *.currency))]
    NotEnoughFunds {
        /// What the ledger says is available, minor units.
        available_minor: i64,
        /// What was asked for, minor units.
        asked_minor: i64,
        /// Currency of both.
        currency: Currency,
    },
}

impl Refusal {
    /// A stable word for the verdict, such as `currency_conflict`.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NegativeAmount { .. } => "negative_amount",
            Self::AmountOutOfRange => "amount_out_of_range",
            Self::RefundsAbovePaid { .. } => "refunds_above_paid",
            Self::CurrencyConflict { .. } => "currency_conflict",
            Self::Unknown => "unknown_payment",
            Self::NotApproved { .. } => "not_approved",
            Self::WindowClosed { .. } => "window_closed",
            Self::AboveRemaining { .. } => "above_remaining",
            Self::NotCancellable { .. } => "not_cancellable",
            Self::NotCapturable { .. } => "not_capturable",
            Self::CaptureClosed { .. } => "capture_closed",
            Self::AboveReserved { .. } => "above_reserved",
            Self::NotDue { .. } => "not_due",
            Self::UnfitName { .. } => "unfit_name",
            Self::RequestTaken { .. } => "request_taken",
            Self::OrderOpen { .. } => "order_open",
            Self::UnknownOrder { .. } => "unknown_order",
            Self::NotHeld { .. } => "not_held",
            Self::SamePerson { .. } => "same_person",
            Self::NotSent { .. } => "not_sent",
            Self::RefundTaken { .. } => "refund_taken",
            Self::NotEnoughFunds { .. } => "not_enough_funds",
        }
    }
}

fn above_remaining(remaining_minor: i64, asked_minor: i64, currency: Currency) -> String {
    let [remaining, asked] = [remaining_minor, asked_minor].map(|minor| format_minor(minor, currency));
    match (remaining_minor > 0, asked_minor > 0) {
        (false, false) => "nothing remains to be refunded".to_owned(),
        (false, true) => format!("{asked} {currency} was asked for, but nothing remains to be refunded"),
        (true, false) => {
            format!("{asked} {currency} was asked for, and that is no refund; {remaining} {currency} remains")
        }
        (true, true) => {
            format!("{asked} {currency} was asked for, but {remaining} {currency} remains to be refunded")
        }
    }
}

fn above_reserved(reserved_minor: i64, asked_minor: i64, currency: Currency) -> String {
    let [reserved, asked] = [reserved_minor, asked_minor].map(|minor| format_minor(minor, currency));
    match (reserved_minor > 0, asked_minor > 0) {
        (false, false) => "nothing is reserved".to_owned(),
        (false, true) => format!("{asked} {currency} was to be captured, but nothing is reserved"),
        (true, false) => format!(
            "{asked} {currency} was to be captured, and that is no capture; {reserved} {currency} is reserved"
        ),
        (true, true) => {
            format!("{asked} {currency} was to be captured, but {reserved} {currency} is reserved")
        }
    }
}
