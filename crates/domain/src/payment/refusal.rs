//! Why a payment did not accept what it was told.

use super::Standing;
use crate::currency::Currency;
use crate::machine::Instant;
use crate::money::format_minor;

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
    #[error("{} was asked for, but {} remains to be refunded", format_minor(*.asked_minor, *.currency), format_minor(*.remaining_minor, *.currency))]
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
    #[error("{} was to be captured, but {} is reserved", format_minor(*.asked_minor, *.currency), format_minor(*.reserved_minor, *.currency))]
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
        }
    }
}
