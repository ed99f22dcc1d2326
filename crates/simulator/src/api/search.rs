//! `GET /v1/payments/search`: windows, filters, order and pages. Reference: payments, search.
//!
//! A page holds at most 50, an offset is at most 10,000, a window less than 365 days of the last 12 months.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{Months, TimeDelta};
use serde::Serialize;

use crate::api::caller::Caller;
use crate::api::json;
use crate::habits::later;
use crate::payment::Payment;
use crate::payment::body::{Body, View};
use crate::refusal::Refusal;
use crate::time::{Instant, parse};
use crate::world::Shared;

const LIMIT: usize = 50;
const USUAL_LIMIT: usize = 30;
const OFFSET_LIMIT: usize = 10_000;
const WINDOW_DAYS: i64 = 365;

/// Where a page lies.
#[derive(Serialize)]
pub(super) struct Paging {
    pub(super) total: usize,
    pub(super) limit: usize,
    pub(super) offset: usize,
}

#[derive(Serialize)]
struct Found<'a> {
    paging: Paging,
    results: Vec<Body<'a>>,
}

type Asked = BTreeMap<String, String>;

/// One of the dates of a payment.
type Date = fn(&Payment) -> Option<Instant>;

pub(super) async fn search(
    State(shared): State<Shared>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let world = shared.lock();
    let now = world.now();
    let (limit, offset) = page(&asked, USUAL_LIMIT, LIMIT)?;
    let window = Window::of(&asked, now)?;
    let year = now.checked_sub_months(Months::new(12)).unwrap_or(now);
    let mut found: Vec<&Payment> = world
        .payments
        .values()
        .filter(|p| p.seller == caller.seller && p.created >= year)
        .filter(|p| later(p.created, world.habits.search_lag_seconds) <= now)
        .map(|p| world.as_seen(p))
        .filter(|p| window.holds(p) && fits(p, &asked))
        .collect();
    order(&mut found, &asked)?;
    let total = found.len();
    let view = View::of(&world);
    let results = found.into_iter().skip(offset).take(limit).map(|p| Body::of(p, view)).collect();
    Ok(json(StatusCode::OK, &Found { paging: Paging { total, limit, offset }, results }))
}

/// Limit and offset of a search.
///
/// # Errors
/// When one is no number or too large.
pub(super) fn page(asked: &Asked, usual: usize, most: usize) -> Result<(usize, usize), Refusal> {
    let number = |name: &'static str, usual: usize, most: usize| {
        let number = asked.get(name).map_or(Ok(usual), |text| text.parse());
        number.ok().filter(|number| *number <= most).ok_or_else(|| {
            Refusal::new(StatusCode::BAD_REQUEST, "bad_request", format!("Invalid {name}: at most {most}"))
                .because(8, format!("invalid {name}"))
        })
    };
    Ok((number("limit", usual, most)?, number("offset", 0, OFFSET_LIMIT)?))
}

/// A window over one of the dates of a payment.
struct Window {
    date: Date,
    begin: Instant,
    end: Instant,
}

impl Window {
    fn of(asked: &Asked, now: Instant) -> Result<Self, Refusal> {
        let date = date(asked.get("range").map_or("date_created", String::as_str))?;
        let time = |name: &str, usual: &str| {
            let text = asked.get(name).map_or(usual, String::as_str);
            parse(text, now).ok_or_else(|| {
                Refusal::bad_request(
                    23,
                    "The following parameters must be valid date and format: begin_date, end_date",
                )
            })
        };
        let (begin, end) = (time("begin_date", "NOW-3MONTHS")?, time("end_date", "NOW")?);
        if end - begin >= TimeDelta::days(WINDOW_DAYS) {
            return Err(Refusal::bad_request(9062, "The interval between dates must be less than 365 days"));
        }
        Ok(Self { date, begin, end })
    }

    fn holds(&self, payment: &Payment) -> bool {
        (self.date)(payment).is_some_and(|at| self.begin <= at && at <= self.end)
    }
}

fn date(name: &str) -> Result<Date, Refusal> {
    let date: Date = match name {
        "date_created" => |payment| Some(payment.created),
        "date_last_updated" => |payment| Some(payment.updated),
        "date_approved" => |payment| payment.approved,
        "money_release_date" => |payment| payment.release,
        _ => return Err(Refusal::bad_request(8, "Invalid range")),
    };
    Ok(date)
}

fn order(found: &mut [&Payment], asked: &Asked) -> Result<(), Refusal> {
    let date: Date = match asked.get("sort").map(String::as_str) {
        None => date("date_created")?,
        Some("id") => |_| None,
        Some("external_reference") => {
            found.sort_by(|a, b| (&a.reference, a.id).cmp(&(&b.reference, b.id)));
            return Ok(());
        }
        Some(name) => date(name)?,
    };
    match asked.get("criteria").map(String::as_str) {
        Some("asc") => found.sort_by_key(|payment| (date(payment), payment.id)),
        None | Some("desc") => found.sort_by_key(|payment| Reverse((date(payment), payment.id))),
        Some(_) => return Err(Refusal::bad_request(8, "Invalid criteria")),
    }
    Ok(())
}

/// Whether a payment fits all filters that are asked for.
fn fits(payment: &Payment, asked: &Asked) -> bool {
    asked.iter().all(|(name, wanted)| match name.as_str() {
        "external_reference" => payment.reference.as_deref() == Some(wanted),
        "status" => payment.status() == wanted,
        "status_detail" => payment.detail() == wanted,
        "payment_method_id" => payment.method.id == *wanted,
        "payment_type_id" => payment.method.kind == *wanted,
        "operation_type" => payment.operation.word() == wanted,
        "installments" => payment.installments.to_string() == *wanted,
        "collector.id" => payment.seller.to_string() == *wanted,
        "id" => payment.id.to_string() == *wanted,
        _ => true,
    })
}
