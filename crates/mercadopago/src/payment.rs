//! The payment resource (`/v1/payments/{id}` and each result of its search), read into what it tells the payment
//! and its refunds.
//!
//! Reads nothing about the payer: no names, e-mails, documents or card digits. The net amount and the fees of the
//! provider keep their first values after a refund; what came back is in the charges.

use domain::currency::Currency;
use domain::ids::PaymentId;
use domain::money::MoneyError;
use domain::observation::{Observation, Observed};
use domain::payment::{self, Charge, Description, Operation, Profile, Said, Standing, Terms};
use domain::refund;
use domain::stream::StreamId;
use domain::text::Text;

use crate::observe::{Delivery, Told};
use crate::refund::{IN_PAYMENT, OF_SALE, OF_SUBSCRIPTION, Refund};
use crate::site;
use crate::time::instant;
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal, Word, need};

mod body;
mod charges;
mod words;

use body::Body;
use charges::Charges;

/// Reads a payment: what it tells its own stream, then its refunds, then the charges that came back with them.
///
/// # Errors
/// When the body is not JSON, lacks its id, status or amount, or holds an amount, time, currency or status that
/// cannot be read.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let body: Body<'_> = wire::read(delivery.body)?;
    let seller = wire::seller(body.collector_id(), delivery)?;
    let id = PaymentId::from(need("id", body.id.as_ref())?.id("id")?);
    let currency = site::currency_of("currency_id", text(body.currency_id.as_ref()), delivery.site)?;
    let (operation, known_operation) = operation(text(body.operation_type.as_ref()));
    let refunds = body.refunds().iter().map(|item| item.read(&IN_PAYMENT, currency));
    let refunds = refunds.collect::<Result<Vec<Refund>, Unreadable>>()?;
    let Charges { paid, returned, by_refund } = charges::read(&body, currency, &seller, &refunds)?;
    let description = describe(&body, currency, operation, paid, returned)?;
    let unclassified = !description.known_words || !known_operation;
    let path = "transaction_amount_refunded";
    let refunded = body.transaction_amount_refunded.as_ref();
    let told = payment::Observation::Described {
        description: Box::new(description),
        refunded_minor: refunded.map_or(Ok(0), |amount| amount.minor(path, currency))?,
        refunds: refunds.iter().map(Refund::mention).collect(),
    };
    let mut observed = Vec::with_capacity(1 + refunds.len() + by_refund.len());
    let stream = StreamId::payment(&seller, &id);
    observed.push(Observed { stream, observation: Observation::Payment(told) });
    let source = if operation == Operation::Subscription { OF_SUBSCRIPTION } else { OF_SALE };
    for refund in &refunds {
        let stream = StreamId::refund(&seller, &id, &refund.id);
        let told = refund.described(currency, Text::from(source));
        observed.push(Observed { stream, observation: Observation::Refund(told) });
    }
    for (refund, charge) in by_refund {
        let stream = StreamId::refund(&seller, &id, &refund);
        let told = refund::Observation::ChargeReturned(charge);
        observed.push(Observed { stream, observation: Observation::Refund(told) });
    }
    Ok(Told { seller, observed, unclassified })
}

fn describe(
    body: &Body<'_>,
    currency: Currency,
    operation: Operation,
    charges: Vec<Charge>,
    returned: Vec<Charge>,
) -> Result<Description, Unreadable> {
    let status = need("status", body.status.as_ref())?.as_str();
    let detail = text(body.status_detail.as_ref()).unwrap_or_default();
    let words::Read { standing, known, status } = words::read(status, detail)?;
    let said = Said {
        updated_at: instant("date_last_updated", text(body.date_last_updated.as_ref()))?,
        status: Text::from(status),
        detail: Text::from(detail),
    };
    let terms = terms(body, currency, standing, charges)?;
    let profile = profile(body, operation)?;
    Ok(Description { said, standing, known_words: known, terms, returned, profile })
}

fn terms(
    body: &Body<'_>,
    currency: Currency,
    standing: Standing,
    charges: Vec<Charge>,
) -> Result<Terms, Unreadable> {
    let path = "transaction_amount";
    let gross_minor = need(path, body.transaction_amount.as_ref())?.minor(path, currency)?;
    let charged = |sum, charge: &Charge| charges::sum("charges_details", sum, charge.amount_minor);
    let rest_minor = less("charges_details", gross_minor, charges.iter().try_fold(0, charged)?)?;
    let path = "transaction_details.net_received_amount";
    let told_minor = body.net_received_amount().map(|net| net.minor(path, currency)).transpose()?;
    // Before the approval a zero says only that nothing was received yet.
    let told_minor = told_minor.filter(|net| *net != 0 || is_credited(standing));
    let net_minor = told_minor.unwrap_or(rest_minor);
    less(path, rest_minor, net_minor)?;
    Ok(Terms { currency, gross_minor, charges, net_minor })
}

/// The difference, or the complaint that these amounts cannot be counted together.
fn less(path: &'static str, from: i64, amount: i64) -> Result<i64, Unreadable> {
    from.checked_sub(amount).ok_or(Unreadable::BadAmount { path, source: MoneyError::OutOfRange })
}

fn is_credited(standing: Standing) -> bool {
    match standing {
        Standing::AwaitingPayer
        | Standing::InReview
        | Standing::Authorized
        | Standing::Rejected
        | Standing::Cancelled
        | Standing::Expired => false,
        Standing::Approved
        | Standing::Disputed
        | Standing::Refunded
        | Standing::ChargebackOpen
        | Standing::ChargebackLost
        | Standing::ChargebackReimbursed => true,
    }
}

fn profile(body: &Body<'_>, operation: Operation) -> Result<Profile, Unreadable> {
    Ok(Profile {
        operation,
        reference: filled(body.external_reference.as_ref()),
        method: Text::from(text(body.payment_method_id.as_ref()).unwrap_or_default()),
        method_type: Text::from(text(body.payment_type_id.as_ref()).unwrap_or_default()),
        installments: installments(body.installments.as_ref())?,
        device: filled(body.device()),
        preapproval: filled(body.preapproval_id()),
        created_at: instant("date_created", text(body.date_created.as_ref()))?,
        approved_at: instant("date_approved", text(body.date_approved.as_ref()))?,
        expires_at: instant("date_of_expiration", text(body.date_of_expiration.as_ref()))?,
        release_at: instant("money_release_date", text(body.money_release_date.as_ref()))?,
    })
}

/// Our word for the kind of operation, and whether the provider's is known; a payment that names none is a sale.
fn operation(word: Option<&str>) -> (Operation, bool) {
    match word {
        None | Some("regular_payment" | "pos_payment" | "cellphone_recharge" | "payment_addition") => {
            (Operation::Sale, true)
        }
        Some("recurring_payment") => (Operation::Subscription, true),
        Some("money_transfer" | "investment" | "money_exchange") => (Operation::Transfer, true),
        Some("account_fund") => (Operation::TopUp, true),
        Some("card_validation") => (Operation::CardValidation, true),
        Some(_) => (Operation::Sale, false),
    }
}

/// A payment that names no instalments is paid at once.
fn installments(count: Option<&Literal<'_>>) -> Result<u16, Unreadable> {
    let wrong = Unreadable::WrongType { path: "installments", expected: "a count" };
    count.map_or(Ok(1), |count| count.as_str().parse().map_err(|_| wrong))
}

fn filled(field: Option<&Literal<'_>>) -> Option<Text> {
    field.filter(|literal| !literal.as_str().is_empty()).map(Literal::text)
}

fn text<'a>(field: Option<&'a Word<'_>>) -> Option<&'a str> {
    field.map(Word::as_str)
}

#[cfg(test)]
mod tests;
