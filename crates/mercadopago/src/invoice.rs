//! The invoice resource (`/authorized_payments/{id}` and each result of its search), read into what it tells the
//! subscription it belongs to.
//!
//! Says how far the provider is and what became of the payment; which of the two makes a charge collected is decided
//! in `domain`. The word `summarized` and the kind of invoice say nothing more and are not read.

use domain::ids::{InvoiceId, PaymentId, PreapprovalId};
use domain::observation::{Observation, Observed};
use domain::preapproval;
use domain::preapproval::charge::{ChargePayment, ChargeTerms, Invoice, PaymentOutcome, Stage};
use domain::stream::StreamId;
use serde::Deserialize;

use crate::observe::{Delivery, Told};
use crate::plan::recurring::optional_number;
use crate::plan::{filled, unknown_word};
use crate::site;
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, literal_or_nothing, need, object_or_nothing};

/// What we read of an invoice. Reference: `/authorized_payments`.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
    #[serde(borrow)]
    preapproval_id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
    #[serde(borrow)]
    date_created: Option<Word<'a>>,
    #[serde(borrow)]
    last_modified: Option<Word<'a>>,
    #[serde(borrow)]
    debit_date: Option<Word<'a>>,
    #[serde(borrow)]
    next_retry_date: Option<Word<'a>>,
    #[serde(borrow)]
    currency_id: Option<Word<'a>>,
    #[serde(borrow)]
    transaction_amount: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    retry_attempt: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    rejection_code: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    payment: Option<Payment<'a>>,
}

#[derive(Deserialize)]
struct Payment<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Word<'a>>,
}

/// Reads an invoice.
///
/// # Errors
/// When the body is not JSON, lacks its id, subscription, status or amount, or holds an amount, time, currency or
/// word that cannot be read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    let seller = wire::seller(body.collector_id.as_ref(), delivery)?;
    let path = "preapproval_id";
    let preapproval = PreapprovalId::from(need(path, body.preapproval_id.as_ref())?.id(path)?);
    let invoice = Invoice {
        invoice: InvoiceId::from(need("id", body.id.as_ref())?.id("id")?),
        modified_at: instant("last_modified", text(body.last_modified.as_ref()))?,
        stage: stage(need("status", body.status.as_ref())?.as_str())?,
        terms: terms(&body, delivery.site)?,
    };
    let told = preapproval::Observation::Invoiced(Box::new(invoice));
    let stream = StreamId::preapproval(&seller, &preapproval);
    let observed = vec![Observed { stream, observation: Observation::Preapproval(told) }];
    Ok(Told { seller, observed, unclassified: false })
}

fn stage(word: &str) -> Result<Stage, Unreadable> {
    match word {
        "scheduled" => Ok(Stage::Scheduled),
        // Argentina's guide, with blanks; while a payment is being processed.
        "waiting for gateway" | "waiting_for_gateway" => Ok(Stage::AwaitingAnswer),
        "recycling" => Ok(Stage::Recycling),
        "processed" => Ok(Stage::Processed),
        "cancelled" | "canceled" => Ok(Stage::Cancelled),
        _ => Err(unknown_word("status", word)),
    }
}

fn terms(body: &Body<'_>, site: Option<&str>) -> Result<ChargeTerms, Unreadable> {
    let currency = site::currency_of("currency_id", text(body.currency_id.as_ref()), site)?;
    let path = "transaction_amount";
    Ok(ChargeTerms {
        attempt: optional_number("retry_attempt", body.retry_attempt.as_ref())?,
        payment: body.payment.as_ref().map(Payment::read).transpose()?.flatten(),
        currency,
        amount_minor: need(path, body.transaction_amount.as_ref())?.minor(path, currency)?,
        due_at: instant("debit_date", text(body.debit_date.as_ref()))?,
        next_retry_at: instant("next_retry_date", text(body.next_retry_date.as_ref()))?,
        rejection: filled(body.rejection_code.as_ref()),
        reference: filled(body.external_reference.as_ref()),
        created_at: instant("date_created", text(body.date_created.as_ref()))?,
    })
}

impl Payment<'_> {
    /// `None` for an empty object: no attempt was made.
    fn read(&self) -> Result<Option<ChargePayment>, Unreadable> {
        if self.id.is_none() && self.status.is_none() {
            return Ok(None);
        }
        let payment = PaymentId::from(need("payment.id", self.id.as_ref())?.id("payment.id")?);
        let outcome = outcome(need("payment.status", self.status.as_ref())?.as_str())?;
        Ok(Some(ChargePayment { outcome, payment }))
    }
}

/// Disputed, returned and charged back payments were approved before.
fn outcome(word: &str) -> Result<PaymentOutcome, Unreadable> {
    match word {
        "approved" | "in_mediation" | "refunded" | "charged_back" => Ok(PaymentOutcome::Approved),
        "pending" | "in_process" | "authorized" => Ok(PaymentOutcome::Undecided),
        "rejected" | "cancelled" | "canceled" => Ok(PaymentOutcome::Failed),
        _ => Err(unknown_word("payment.status", word)),
    }
}

fn text<'a>(word: Option<&'a Word<'_>>) -> Option<&'a str> {
    word.map(Word::as_str)
}

#[cfg(test)]
mod tests;
