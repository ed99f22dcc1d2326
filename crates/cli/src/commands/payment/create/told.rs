//! What a clerk is told: why an attempt was not made, why it was rejected, and what may be done next.

use anyhow::anyhow;
use domain::machine::Instant;
use domain::obligation::guard::{Block, Why, may_again};
use domain::obligation::machine::Refusal;
use domain::obligation::state::Answer;
use domain::rejection::{Rejection, Retry};
use engine::charge::error::ChargeError;
use report::listing::moment;

use crate::app::App;
use crate::exit::Usage;
use crate::provider;

/// Why an attempt is not allowed, and what helps.
pub(super) fn blocked(app: &App, block: &Block) -> anyhow::Error {
    let payment = block.payment.as_ref().map(ToString::to_string).unwrap_or_default();
    let other = block.other.as_deref().unwrap_or("another one");
    let until = block.until.map(|until| format!("; it may be tried again from {} on", moment(until)));
    let until = until.unwrap_or_default();
    let rejection = block.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    let sentence = match block.why {
        Why::AlreadyPaid => format!(
            "it is paid already, by payment {payment}; what is for something else needs a reference of its own"
        ),
        Why::TwinPending if block.payment.is_some() => format!(
            "payment {payment} may still be paid; wait for it, or cancel it with `conciliar payment cancel {payment}`"
        ),
        Why::TwinPending => format!(
            "nobody knows yet what became of attempt {other}; the same again with its file finds out, and charges once"
        ),
        Why::TokenUsed => {
            format!("attempt {other} used the card's token; the payer must enter the card again")
        }
        Why::TokenExpired => "the card's token is too old; the payer must enter the card again".to_owned(),
        Why::OtherMethodNeeded => {
            format!(
                "what it is paid with was rejected for good{rejection}; ask for another method, or a card of another \
                 brand or bank"
            )
        }
        Why::NewDataNeeded => {
            format!("the same data was rejected{rejection}; the payer must enter it again")
        }
        Why::PayerMustAct => {
            format!("the payer must act first{rejection}; --reason says that it was done{until}")
        }
        Why::TooSoon => format!("it was rejected a while ago{rejection}{until}"),
        Why::CoolDown => format!("it is too much like an attempt of a moment ago{rejection}{until}"),
    };
    let advice = block.detail.as_ref().and_then(|detail| {
        let table = app.config.rules().rejections;
        let action = table.classify("rejected", detail).action;
        table.message(&action, report::words::code(app.lang)).map(str::to_owned)
    });
    let advice = advice.map(|advice| format!(" [{advice}]")).unwrap_or_default();
    anyhow!("not allowed ({}): {sentence}{advice}; nothing was sent", block.why.name())
}

/// What a payment means that was made before and pays nothing any more.
pub(super) fn over(answer: &Answer) -> String {
    let payment = answer.payment.as_ref().map(ToString::to_string).unwrap_or_default();
    let standing = answer.standing.name();
    format!("payment {payment} is {standing}, and pays nothing; --key TEXT makes another attempt")
}

/// What a rejection means, what the payer is told, and what may be tried when.
pub(super) fn rejected(app: &App, answer: &Answer, rejection: &Rejection) -> String {
    let rules = app.config.rules();
    let message = rules.rejections.message(&rejection.action, report::words::code(app.lang));
    let message = message.map(|message| format!(" {message}")).unwrap_or_default();
    let next = next(rejection, may_again(rejection, answer.at, &rules));
    format!("rejected ({}, {}):{message} {next}", rejection.class.name(), answer.detail)
}

fn next(rejection: &Rejection, from: Option<Instant>) -> String {
    let from = from.map(|from| format!("from {} on", moment(from)));
    match (from, rejection.retry) {
        (None, _) => "Only another method, or a card of another brand or bank, may be tried.".to_owned(),
        (Some(from), Retry::NewData) => format!("With new data it may be tried again {from}."),
        (Some(from), Retry::PayerAction) => {
            format!("It may be tried again {from}, or before with --reason, when the payer acted.")
        }
        (Some(from), _) => format!("It may be tried again {from}; another method or card at once."),
    }
}

/// An error with what to do next.
pub(super) fn explained(error: ChargeError) -> anyhow::Error {
    match error {
        ChargeError::Invalid { endpoint, source } => {
            Usage(format!("{endpoint} was not sent: {source}")).into()
        }
        ChargeError::Notes(_) => Usage(format!("it was not sent: {error}")).into(),
        ChargeError::Unmarked => {
            let next =
                "write --reference TEXT, or external_reference in the file; or configure guard.payer_key";
            Usage(format!("{error}; {next}")).into()
        }
        ChargeError::Refused(refusal) => {
            let next = match refusal {
                Refusal::RequestTaken { .. } => "; give this one a --key of its own",
                Refusal::TwoPayments { .. } => "; it was charged twice: `conciliar report double-charges`",
                Refusal::OtherTerms | Refusal::UnknownRequest { .. } => "",
            };
            anyhow!("refused ({}): {refusal}{next}", refusal.reason())
        }
        ChargeError::Look(source) => {
            anyhow!(
                "nothing was sent, because the provider could not be asked what it knows: {:#}",
                provider::explained(source)
            )
        }
        ChargeError::Open { request, source } => anyhow!(
            "nobody knows what became of attempt {request}: {:#}; the same again finds out, and charges once",
            anyhow::Error::from(source)
        ),
        ChargeError::Doubtful { request, from, source } => anyhow!(
            "nobody knows what became of attempt {request}: it is refused now, but an earlier try may have come through. If \
             the provider does not show it, another is allowed from {} on. Said now: {:#}",
            moment(from),
            anyhow::Error::from(source)
        ),
        ChargeError::NotSettled { request, source } => anyhow!(
            "attempt {request} was sent, but what became of it could not be written: {:#}; the same again finds out, and \
             charges once",
            explained(*source)
        ),
        other => other.into(),
    }
}
