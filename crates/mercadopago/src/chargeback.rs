//! Chargeback cases, in the two shapes the provider describes them.
//!
//! The API's own shape has `payments`, `coverage_applied` and the `documentation_*` fields; the shape of its
//! client libraries has one `payment_id` and a `status`. Where a body holds both, the coverage decides, because
//! it says who keeps the money. Field list: the provider's reference of `GET /v1/chargebacks/{id}`.

use domain::chargeback::{Case, Description, Documentation, DocumentationStatus, Observation, Standing};
use domain::ids::{ChargebackId, PaymentId};
use domain::observation::{Observation as Any, Observed};
use domain::stream::StreamId;
use serde::Deserialize;

use crate::observe::{Delivery, Told};
use crate::unreadable::Unreadable;
use crate::wire::{self, Literal};
use crate::{site, time};

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
    #[serde(borrow)]
    payments: Option<Vec<Literal<'a>>>,
    #[serde(borrow)]
    payment_id: Option<Literal<'a>>,
    #[serde(borrow)]
    currency: Option<Literal<'a>>,
    #[serde(borrow)]
    currency_id: Option<Literal<'a>>,
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    #[serde(borrow)]
    reason: Option<Literal<'a>>,
    #[serde(borrow)]
    reason_id: Option<Literal<'a>>,
    #[serde(borrow)]
    status: Option<Literal<'a>>,
    coverage_applied: Option<bool>,
    // The provider's own spelling; its guide writes the next one.
    coverage_elegible: Option<bool>,
    coverage_eligible: Option<bool>,
    documentation_required: Option<bool>,
    #[serde(borrow)]
    documentation_status: Option<Literal<'a>>,
    #[serde(borrow)]
    date_documentation_deadline: Option<Literal<'a>>,
    #[serde(borrow)]
    date_created: Option<Literal<'a>>,
    #[serde(borrow)]
    date_last_updated: Option<Literal<'a>>,
    #[serde(borrow)]
    last_modified: Option<Literal<'a>>,
}

/// Reads a chargeback case. The body names no seller: the delivery must.
///
/// # Errors
/// When the body is not a case, or lacks its id, amount, currency or seller.
pub fn observe(delivery: &Delivery<'_>) -> Result<Told, Unreadable> {
    let wire: Wire<'_> = wire::read(delivery.body)?;
    let seller = wire::seller(None, delivery)?;
    let id = ChargebackId::from(wire::need("id", wire.id.as_ref())?.id("id")?);
    let (documentation, documents_known) = documentation(&wire)?;
    let (standing, status_known) = standing(&wire, documentation.status);
    let case = case(&wire, documentation, delivery)?;
    let updated = wire.date_last_updated.as_ref().or(wire.last_modified.as_ref());
    let updated_at = time::instant("date_last_updated", updated.map(Literal::as_str))?;
    let at = updated_at.or(case.opened_at).unwrap_or(delivery.received_at);
    let description = Box::new(Description { updated_at, standing, case });
    let observation = Any::Chargeback(Observation::Described { description, payments: payments(&wire)?, at });
    let stream = StreamId::chargeback(&seller, &id);
    let unclassified = !(documents_known && status_known);
    Ok(Told { seller, observed: vec![Observed { stream, observation }], unclassified })
}

fn case(wire: &Wire<'_>, documentation: Documentation, delivery: &Delivery<'_>) -> Result<Case, Unreadable> {
    let code = wire.currency.as_ref().or(wire.currency_id.as_ref());
    let currency = site::currency_of("currency", code.map(Literal::as_str), delivery.site)?;
    let reason = wire.reason.as_ref().or(wire.reason_id.as_ref());
    let word = wire.status.as_ref().or(wire.documentation_status.as_ref());
    Ok(Case {
        amount_minor: wire::need("amount", wire.amount.as_ref())?.minor("amount", currency)?,
        currency,
        reason: reason.map(Literal::text),
        eligible: wire.coverage_elegible.or(wire.coverage_eligible),
        documentation,
        word: word.map(Literal::text),
        opened_at: time::instant("date_created", wire.date_created.as_ref().map(Literal::as_str))?,
    })
}

/// The seller's documents, and whether we know the provider's word for them.
fn documentation(wire: &Wire<'_>) -> Result<(Documentation, bool), Unreadable> {
    let status = match wire.documentation_status.as_ref().map(Literal::as_str) {
        None | Some("" | "not_applicable") => DocumentationStatus::NotApplicable,
        Some("pending") => DocumentationStatus::Pending,
        Some("review_pending") => DocumentationStatus::InReview,
        Some("valid") => DocumentationStatus::Valid,
        Some("invalid") => DocumentationStatus::Invalid,
        Some("not_supplied") => DocumentationStatus::NotSupplied,
        Some(_) => DocumentationStatus::Unknown,
    };
    let deadline = wire.date_documentation_deadline.as_ref().map(Literal::as_str);
    let deadline = time::instant("date_documentation_deadline", deadline)?;
    let required = wire.documentation_required.unwrap_or(false);
    Ok((Documentation { required, status, deadline }, status != DocumentationStatus::Unknown))
}

/// Where the case stands, and whether we know the provider's word for it.
fn standing(wire: &Wire<'_>, documents: DocumentationStatus) -> (Standing, bool) {
    let status = wire.status.as_ref().map(Literal::as_str);
    let known = matches!(status, None | Some("" | "new" | "in_review" | "won" | "lost"));
    let standing = match (wire.coverage_applied, status) {
        (Some(true), _) | (None, Some("won")) => Standing::Covered,
        (Some(false), _) | (None, Some("lost")) => Standing::Lost,
        (None, Some("in_review")) => Standing::DocumentationSent,
        (None, _) => open(wire.documentation_required.unwrap_or(false), documents),
    };
    (standing, known)
}

/// The standing of an undecided case, by its documents alone.
fn open(required: bool, documents: DocumentationStatus) -> Standing {
    match documents {
        DocumentationStatus::InReview | DocumentationStatus::Valid | DocumentationStatus::Invalid => {
            Standing::DocumentationSent
        }
        DocumentationStatus::NotSupplied => Standing::DocumentationMissed,
        DocumentationStatus::Pending | DocumentationStatus::NotApplicable | DocumentationStatus::Unknown => {
            if required {
                Standing::DocumentationRequested
            } else {
                Standing::Open
            }
        }
    }
}

fn payments(wire: &Wire<'_>) -> Result<Vec<PaymentId>, Unreadable> {
    let several = wire.payments.iter().flatten().map(|id| id.id("payments[]"));
    let one = wire.payment_id.iter().map(|id| id.id("payment_id"));
    several.chain(one).map(|id| id.map(PaymentId::from)).collect()
}

#[cfg(test)]
mod tests;
