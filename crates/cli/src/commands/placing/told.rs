//! What was not ordered, and what to do next.

use anyhow::anyhow;
use client::error::code::ErrorCode;
use domain::ids::{PaymentId, SellerId};
use domain::payment::Standing;
use domain::payment::refusal::Refusal;
use engine::act::ActError;

use crate::exit::Usage;

/// An error with what to do next.
pub fn explained(error: ActError, payment: &PaymentId, seller: &SellerId) -> anyhow::Error {
    match error {
        ActError::Refused(Refusal::Unknown) => anyhow!(
            "payment {payment} of seller {seller} is not known; `conciliar poll --once` takes in what changed lately, \
             `conciliar payment get {payment} --format json > {payment}.json` and `conciliar ingest {payment}.json` \
             this one"
        ),
        ActError::Refused(refusal) => match next(&refusal, payment) {
            Some(next) => anyhow!("payment {payment}: {refusal}; {next}"),
            None => anyhow!("payment {payment}: {refusal}"),
        },
        ActError::OtherCurrency { .. } => Usage(format!("payment {payment}: {error}")).into(),
        ActError::SeveralWait { .. } => Usage(format!("{error}; write --order NAME")).into(),
        ActError::NothingWaits => {
            anyhow!("payment {payment}: {error}; `conciliar report orders` tells how far its orders are")
        }
        ActError::Unsure { .. } => anyhow!(
            "payment {payment}: {:#}; `conciliar report orders` tells, and the same again under that name is no \
             second order",
            anyhow::Error::new(error)
        ),
        error @ (ActError::Contended { .. } | ActError::Books(_)) => error.into(),
    }
}

/// What to do after a refusal of the rules.
fn next(refusal: &Refusal, payment: &PaymentId) -> Option<String> {
    let text = |text: &str| Some(text.to_owned());
    match refusal {
        Refusal::NotApproved {
            standing: Standing::AwaitingPayer | Standing::InReview | Standing::Authorized,
        } => Some(format!("`conciliar payment cancel {payment}` cancels it")),
        Refusal::NotCancellable { standing: Standing::Approved } => {
            Some(format!("`conciliar refund {payment}` gives it back"))
        }
        Refusal::WindowClosed { .. } => {
            text("the provider takes no refund of it any more: give the money back in another way")
        }
        Refusal::CaptureClosed { .. } => text("the reservation is gone: charge the payer again"),
        Refusal::NotEnoughFunds { .. } => text(
            "wait for a release, add money to the account, or write --despite-balance to let the provider decide",
        ),
        Refusal::RequestTaken { .. } => text("give this one a --key of its own"),
        Refusal::OrderOpen { .. } => text("`conciliar report orders --open` shows it"),
        Refusal::UnknownOrder { .. } => text("`conciliar report orders` lists its orders"),
        Refusal::NotHeld { .. } => text("`conciliar report orders` tells how far it is"),
        _ => None,
    }
}

/// A code of the provider with what it means.
pub fn code(code: &str) -> String {
    match advice(code) {
        Some(advice) => format!("{code} ({advice})"),
        None => code.to_owned(),
    }
}

/// What a code of the provider means.
pub fn advice(code: &str) -> Option<&'static str> {
    ErrorCode::of(code).advice()
}
