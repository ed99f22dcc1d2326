//! `GET /admin/books`: the simulator's own books of a seller, as decimal text. Not an address of the provider.
//!
//! `GET /admin/books/payments` tells each payment and what was given back of it.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::account::days::{Day, days};
use crate::account::{Account, Money};
use crate::api::admin::which;
use crate::api::json;
use crate::money::Amount;
use crate::payment::{Payment, Refund};
use crate::refusal::Refusal;
use crate::site::Site;
use crate::time::Api;
use crate::world::Shared;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/admin/books", get(books)).route("/admin/books/payments", get(payments))
}

#[derive(Deserialize)]
struct Asked {
    seller: Option<u64>,
}

#[derive(Serialize)]
struct Books {
    seller: u64,
    currency: &'static str,
    as_of: Api,
    available: String,
    pending: String,
    held: String,
    sales: Sum,
    refunds: Sum,
    losses: Sum,
    payouts: Sum,
    days: Vec<DayBody>,
}

/// A sum of movements of a kind: costs are negative when they were charged.
#[derive(Serialize)]
struct Sum {
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    gross: String,
    fees: String,
    financing: String,
    taxes: String,
    net: String,
}

#[derive(Serialize)]
struct DayBody {
    day: String,
    sales: Sum,
    refunds: Sum,
    chargebacks: Sum,
    payouts: Sum,
    moved: String,
    available: String,
}

async fn books(State(shared): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    let world = shared.lock();
    let id = which(&world, asked.seller)?;
    world.check_books(id).map_err(|imbalance| {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "books_do_not_add_up", imbalance.to_string())
    })?;
    let seller = world.seller(id);
    let (account, site) = (&seller.account, seller.site);
    let Account { totals, .. } = account;
    let text = |minor| Amount { minor, decimals: site.decimals() }.to_string();
    let books = Books {
        seller: id,
        currency: site.currency(),
        as_of: Api(world.now()),
        available: text(account.available_minor),
        pending: text(account.pending_minor),
        held: text(account.held_minor),
        sales: Sum::of(totals.sold, Some(totals.sales), site),
        refunds: Sum::of(totals.refunded, Some(totals.refunds), site),
        losses: Sum::of(totals.lost, Some(totals.losses), site),
        payouts: Sum::of(totals.paid_out, Some(totals.payouts), site),
        days: days(account, site.offset_hours())
            .iter()
            .map(|(day, sums)| DayBody::of(day, sums, site))
            .collect(),
    };
    Ok(json(StatusCode::OK, &books))
}

#[derive(Serialize)]
struct Kept<'a> {
    payment: u64,
    reference: Option<&'a str>,
    status: &'static str,
    detail: &'static str,
    gross: String,
    /// As they were sent.
    notes: Option<&'a RawValue>,
    refunds: Vec<Given<'a>>,
    refunded: String,
}

#[derive(Serialize)]
struct Given<'a> {
    refund: u64,
    amount: String,
    /// As they were sent, whatever is shown of them.
    notes: Option<&'a RawValue>,
}

async fn payments(State(shared): State<Shared>, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    let world = shared.lock();
    let id = which(&world, asked.seller)?;
    let mine = world.payments.values().filter(|payment| payment.seller == id);
    Ok(json(StatusCode::OK, &mine.map(Kept::of).collect::<Vec<_>>()))
}

impl<'a> Kept<'a> {
    fn of(payment: &'a Payment) -> Self {
        let text = |minor| Amount { minor, decimals: payment.site.decimals() }.to_string();
        let given = |refund: &'a Refund| Given {
            refund: refund.id,
            amount: text(refund.amount_minor),
            notes: refund.metadata.as_deref(),
        };
        Self {
            payment: payment.id,
            reference: payment.reference.as_deref(),
            status: payment.status(),
            detail: payment.detail(),
            gross: text(payment.gross_minor),
            notes: payment.metadata.as_deref(),
            refunds: payment.refunds.iter().map(given).collect(),
            refunded: text(payment.refunded_minor()),
        }
    }
}

impl Sum {
    fn of(money: Money, count: Option<u64>, site: Site) -> Self {
        let text = |minor| Amount { minor, decimals: site.decimals() }.to_string();
        Self {
            count,
            gross: text(money.gross),
            fees: text(money.fee),
            financing: text(money.financing),
            taxes: text(money.taxes()),
            net: text(money.net()),
        }
    }
}

impl DayBody {
    fn of(day: &chrono::NaiveDate, sums: &Day, site: Site) -> Self {
        let text = |minor| Amount { minor, decimals: site.decimals() }.to_string();
        Self {
            day: day.to_string(),
            sales: Sum::of(sums.sold, None, site),
            refunds: Sum::of(sums.refunded, None, site),
            chargebacks: Sum::of(sums.charged_back, None, site),
            payouts: Sum::of(sums.paid_out, None, site),
            moved: text(sums.moved_minor),
            available: text(sums.available_minor),
        }
    }
}
