//! `GET /preapproval/search`, and the pages of all searches here.
//!
//! A search passes over the reference of the merchant: measured.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use super::Preapproval;
use super::answer::Answer;
use super::terms::bad;
use crate::api;
use crate::api::caller::Caller;
use crate::money;
use crate::refusal::Refusal;
use crate::world::Shared;

/// Rows of a page, if none are asked for.
const USUAL_ROWS: usize = 20;
/// Most rows of a page.
const MOST_ROWS: usize = 100;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/preapproval/search", get(search))
}

/// Which part of what is found is asked for. Text, because it is read beside other fields of a query.
#[derive(Deserialize)]
pub(super) struct Page {
    offset: Option<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct Found<T> {
    paging: Paging,
    results: Vec<T>,
}

#[derive(Serialize)]
struct Paging {
    offset: usize,
    limit: usize,
    total: usize,
}

impl Page {
    /// The page of all rows.
    ///
    /// # Errors
    /// When offset or limit is no number.
    pub(super) fn answer<T: Serialize>(&self, rows: Vec<T>) -> Result<Response, Refusal> {
        let number = |text: &Option<String>, usual| match text {
            Some(text) => text.parse().map_err(|_| bad("offset and limit are numbers")),
            None => Ok(usual),
        };
        let offset = number(&self.offset, 0)?;
        let limit = number(&self.limit, USUAL_ROWS)?.min(MOST_ROWS);
        let paging = Paging { offset, limit, total: rows.len() };
        let results = rows.into_iter().skip(offset).take(limit).collect();
        Ok(api::json(StatusCode::OK, &Found { paging, results }))
    }
}

#[derive(Deserialize)]
struct Wanted {
    q: Option<String>,
    payer_id: Option<String>,
    preapproval_plan_id: Option<String>,
    transaction_amount: Option<String>,
    semaphore: Option<String>,
    /// Words with commas between them.
    status: Option<String>,
    /// `field:asc` or `field:desc`.
    sort: Option<String>,
    #[serde(flatten)]
    page: Page,
}

impl Wanted {
    fn takes(&self, preapproval: &Preapproval) -> bool {
        let is = |wanted: &Option<String>, actual: &str| wanted.as_deref().is_none_or(|word| word == actual);
        let decimals = preapproval.terms.site.decimals();
        let amount = self.transaction_amount.as_deref().map(|text| money::parse(text, decimals));
        let standing = preapproval.standing.word();
        is(&self.payer_id, &preapproval.payer.to_string())
            && is(&self.preapproval_plan_id, preapproval.plan.as_deref().unwrap_or_default())
            && is(&self.semaphore, preapproval.light().map_or("", super::Light::word))
            && self.q.as_deref().is_none_or(|text| preapproval.reason.contains(text))
            && self.status.as_deref().is_none_or(|words| words.split(',').any(|word| word == standing))
            && amount.is_none_or(|amount| amount == preapproval.terms.amount_minor)
    }
}

async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let all = world.subscriptions.preapprovals.values();
    let mut found: Vec<_> =
        all.filter(|found| found.seller == caller.seller && wanted.takes(found)).collect();
    match wanted.sort.as_deref() {
        Some("last_modified:asc") => found.sort_by_key(|row| (row.modified, &row.id)),
        Some("last_modified:desc") => found.sort_by_key(|row| std::cmp::Reverse((row.modified, &row.id))),
        Some("date_created:desc") => found.sort_by_key(|row| std::cmp::Reverse((row.created, &row.id))),
        _ => found.sort_by_key(|row| (row.created, &row.id)),
    }
    wanted.page.answer(found.into_iter().map(Answer::row).collect())
}
