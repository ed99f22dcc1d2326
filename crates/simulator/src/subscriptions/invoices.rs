//! Invoices: `/authorized_payments`.
//!
//! Source: the reference of authorized payments. An invoice names no payment before its first try.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use super::search::Page;
use super::{Invoice, Preapproval, Stage};
use crate::api;
use crate::api::caller::Caller;
use crate::money::Amount;
use crate::refusal::Refusal;
use crate::time::Api;
use crate::world::{Shared, World};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/authorized_payments/search", get(search))
        .route("/authorized_payments/{id}", get(read))
}

#[derive(Serialize)]
struct Answer<'a> {
    id: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    date_created: Api,
    last_modified: Api,
    preapproval_id: &'a str,
    reason: &'a str,
    external_reference: Option<&'a str>,
    currency_id: &'static str,
    transaction_amount: Amount,
    payment_method_id: &'static str,
    debit_date: Api,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_retry_date: Option<Api>,
    retry_attempt: u32,
    status: &'static str,
    summarized: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejection_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Paid>,
}

#[derive(Serialize)]
struct Paid {
    id: u64,
    status: &'static str,
    status_detail: &'static str,
}

impl<'a> Answer<'a> {
    fn of(world: &World, invoice: &'a Invoice, preapproval: &'a Preapproval) -> Self {
        let payment = invoice.payment.and_then(|payment| world.payment(payment));
        let is_open = matches!(invoice.stage, Stage::Scheduled | Stage::Recycling);
        let rejected = payment.filter(|payment| payment.status() == "rejected");
        Self {
            id: invoice.id,
            kind: "recurring",
            date_created: Api(invoice.created),
            last_modified: Api(invoice.modified),
            preapproval_id: &invoice.preapproval,
            reason: &preapproval.reason,
            external_reference: preapproval.reference.as_deref(),
            currency_id: preapproval.terms.site.currency(),
            transaction_amount: preapproval.terms.printed(invoice.amount_minor),
            payment_method_id: "card",
            debit_date: Api(invoice.debit_date),
            next_retry_date: invoice.next_retry.map(Api),
            retry_attempt: invoice.attempts,
            status: invoice.stage.word(),
            summarized: if is_open { "pending" } else { "done" },
            rejection_code: rejected.map(|payment| payment.detail()),
            payment: payment.map(|payment| Paid {
                id: payment.id,
                status: payment.status(),
                status_detail: payment.detail(),
            }),
        }
    }
}

async fn read(
    State(shared): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let calendar = &world.subscriptions;
    let invoice = id.parse().ok().and_then(|id: u64| calendar.invoices.get(&id));
    let invoice = invoice.filter(|invoice| invoice.seller == caller.seller);
    let found = invoice.and_then(|invoice| Some((invoice, calendar.preapprovals.get(&invoice.preapproval)?)));
    let (invoice, preapproval) = found.ok_or_else(|| {
        Refusal::new(StatusCode::NOT_FOUND, "not_found", "the authorized payment does not exist")
    })?;
    Ok(api::json(StatusCode::OK, &Answer::of(&world, invoice, preapproval)))
}

#[derive(Deserialize)]
struct Wanted {
    id: Option<String>,
    preapproval_id: Option<String>,
    payment_id: Option<String>,
    payer_id: Option<String>,
    #[serde(flatten)]
    page: Page,
}

async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let calendar = &world.subscriptions;
    let is = |wanted: &Option<String>, actual: u64| {
        wanted.as_deref().is_none_or(|word| word == actual.to_string())
    };
    let candidates: Box<dyn Iterator<Item = &Invoice>> = match &wanted.preapproval_id {
        Some(id) => Box::new(calendar.invoices_of(id)),
        None => Box::new(calendar.invoices.values()),
    };
    let of_seller = candidates.filter(|invoice| invoice.seller == caller.seller);
    let with_preapproval =
        of_seller.filter_map(|invoice| Some((invoice, calendar.preapprovals.get(&invoice.preapproval)?)));
    let found = with_preapproval.filter(|(invoice, preapproval)| {
        is(&wanted.id, invoice.id)
            && is(&wanted.payer_id, preapproval.payer)
            && is(&wanted.payment_id, invoice.payment.unwrap_or_default())
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(invoice, _)| (invoice.created, invoice.id));
    let rows = found.into_iter().map(|(invoice, preapproval)| Answer::of(&world, invoice, preapproval));
    wanted.page.answer(rows.collect())
}
