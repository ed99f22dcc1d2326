//! What the outbox tells its sender to do at the provider, and which fact makes it so. Pure.

use domain::currency::Currency;
use domain::fact::Fact;
use domain::intent::{self, Generation};
use domain::money::format_minor;
use domain::payment::{self, Wish};
use domain::text::Text;
use serde::{Deserialize, Serialize};

use crate::machines::AnyState;

/// Where orders go: the word by which the outbox and their sender know them.
pub const DESTINATION: &str = "provider";

/// What is done at the provider for an order; which thing it is about is the row's stream.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "snake_case", deny_unknown_fields)]
pub enum Errand {
    /// Give a payment back, or part of it.
    Refund {
        /// Name of the order.
        request: Text,
        /// Decimal text in major units; absent for the whole payment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Text>,
        /// Currency of the amount.
        currency: Currency,
    },
    /// Take what is reserved, or part of it.
    Capture {
        /// Name of the order.
        request: Text,
        /// Decimal text in major units; absent for all of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Text>,
        /// Currency of the amount.
        currency: Currency,
    },
    /// Cancel a payment that nobody decided.
    Cancel {
        /// Name of the order.
        request: Text,
    },
    /// Cancel a request to charge.
    CancelIntent {
        /// Name of the order.
        request: Text,
        /// Which API it was made with.
        generation: Generation,
        /// Its terminal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<Text>,
        /// The merchant's id of its point of sale.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pos: Option<Text>,
        /// It is paid by a QR code.
        is_qr: bool,
        /// The terminal is asked when it has it already.
        at_terminal: bool,
        /// It is of a virtual terminal.
        is_sandbox: bool,
    },
}

impl Errand {
    /// What is sent because of a fact: an order that waits for nobody, or one that was approved. `after` is the state that
    /// the fact led to, and `given` what its command told where the fact does not say it all.
    #[must_use]
    pub fn of(fact: &Fact, after: Option<&AnyState>, given: Option<&Self>) -> Option<Self> {
        match (fact, after) {
            (Fact::Payment(event), Some(AnyState::Payment(after))) => of_payment(event, after),
            (Fact::Intent(intent::Event::CancelRequested(_)), _) => given.cloned(),
            _ => None,
        }
    }

    /// The name of the order.
    #[must_use]
    pub fn request(&self) -> &Text {
        match self {
            Self::Refund { request, .. }
            | Self::Capture { request, .. }
            | Self::Cancel { request }
            | Self::CancelIntent { request, .. } => request,
        }
    }

    /// What is done, in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Refund { .. } => "refund",
            Self::Capture { .. } => "capture",
            Self::Cancel { .. } => "cancel",
            Self::CancelIntent { .. } => "cancel_intent",
        }
    }

    /// The currency, where it has one.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        match self {
            Self::Refund { currency, .. } | Self::Capture { currency, .. } => Some(*currency),
            Self::Cancel { .. } | Self::CancelIntent { .. } => None,
        }
    }

    /// The amount, decimal text in major units, where it has one and it is not all there is.
    #[must_use]
    pub fn amount(&self) -> Option<&Text> {
        match self {
            Self::Refund { amount, .. } | Self::Capture { amount, .. } => amount.as_ref(),
            Self::Cancel { .. } | Self::CancelIntent { .. } => None,
        }
    }
}

fn of_payment(event: &payment::Event, after: &payment::state::State) -> Option<Errand> {
    let known = after.known()?;
    let currency = known.described.terms.currency;
    let refund = |request: &Text, amount_minor, is_whole| Errand::Refund {
        request: request.clone(),
        amount: part(amount_minor, is_whole, currency),
        currency,
    };
    let capture = |request: &Text, amount_minor, is_whole| Errand::Capture {
        request: request.clone(),
        amount: part(amount_minor, is_whole, currency),
        currency,
    };
    match event {
        payment::Event::RefundRequested(asked) if !asked.is_held => {
            Some(refund(&asked.request, asked.amount_minor?, asked.is_whole))
        }
        payment::Event::CaptureRequested(asked) if !asked.is_held => {
            Some(capture(&asked.request, asked.amount_minor?, asked.is_whole))
        }
        payment::Event::CancelRequested(asked) if !asked.is_held => {
            Some(Errand::Cancel { request: asked.request.clone() })
        }
        payment::Event::OrderApproved(approved) => {
            let request = &approved.request;
            // What was all when it was asked for may be a part by now, and no more is sent than was agreed to.
            let is_all = |amount_minor| amount_minor == known.described.terms.gross_minor;
            Some(match known.asked.orders.get(request)?.wish {
                Wish::Refund { amount_minor, is_whole } => {
                    refund(request, amount_minor, is_whole && is_all(amount_minor))
                }
                Wish::Capture { amount_minor, is_whole } => {
                    capture(request, amount_minor, is_whole && is_all(amount_minor))
                }
                Wish::Cancel => Errand::Cancel { request: request.clone() },
            })
        }
        _ => None,
    }
}

/// An amount in major units; none where it is all there is, so that the provider counts it.
fn part(amount_minor: i64, is_whole: bool, currency: Currency) -> Option<Text> {
    (!is_whole).then(|| format_minor(amount_minor, currency).into())
}

#[cfg(test)]
mod tests;
