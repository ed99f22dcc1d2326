//! What people ordered about payments, one order a row: who wanted what, who agreed, and how far it is.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, numbers, words};
use crate::words::Word;

pub mod lines;

/// An order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderRow {
    /// Whose.
    pub seller: Text,
    /// About which payment.
    pub payment: Text,
    /// Its name.
    pub request: Text,
    /// `refund`, `capture` or `cancel`.
    pub wish: Text,
    /// How much, minor units; a cancellation has no amount.
    pub amount_minor: Option<i64>,
    /// Currency of the amount.
    pub currency: Currency,
    /// When it was ordered.
    pub asked_at: Instant,
    /// Who ordered it.
    pub actor: Text,
    /// Why.
    pub reason: Text,
    /// How far it is.
    pub stage: Text,
    /// The second person who agreed.
    pub approved_by: Option<Text>,
    /// The second person who did not, and why.
    pub declined: Option<(Text, Text)>,
    /// The provider's refund.
    pub refund: Option<Text>,
    /// The provider's code, when it refused.
    pub code: Option<Text>,
    /// What the code means and what to do.
    pub advice: Option<Text>,
}

/// Puts rows in the order in which they were given.
pub fn sort(rows: &mut [OrderRow]) {
    let place = |row: &OrderRow| (row.asked_at, row.seller.clone(), row.payment.clone(), row.request.clone());
    rows.sort_by_cached_key(place);
}

impl Listing for OrderRow {
    const NAME: &'static str = "orders";
    const FILE: &'static str = "orders.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("payment", Word::Payment),
        words("order", Word::Order),
        words("wish", Word::Wish),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("asked_at", Word::AskedAt),
        words("actor", Word::AskedBy),
        words("reason", Word::Reason),
        words("stage", Word::Stage),
        words("approved_by", Word::ApprovedBy),
        words("declined_by", Word::DeclinedBy),
        words("declined_for", Word::DeclinedFor),
        words("refund", Word::Refund),
        words("code", Word::Code),
        words("advice", Word::Advice),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let (by, why) = self.declined.as_ref().map(|(by, why)| (by, why)).unzip();
        vec![
            Cell::text(&self.seller),
            Cell::text(&self.payment),
            Cell::text(&self.request),
            Cell::text(&self.wish),
            Cell::maybe_amount(self.amount_minor, Some(self.currency)),
            Cell::maybe_currency(Some(self.currency)),
            Cell::At(self.asked_at),
            Cell::text(&self.actor),
            Cell::text(&self.reason),
            Cell::text(&self.stage),
            Cell::maybe(self.approved_by.as_ref()),
            Cell::maybe(by),
            Cell::maybe(why),
            Cell::maybe(self.refund.as_ref()),
            Cell::maybe(self.code.as_ref()),
            Cell::maybe(self.advice.as_ref()),
        ]
    }
}

/// An order as people read it in a table: who agreed stands beside who ordered it, and what it came to is one column.
pub struct Brief(pub OrderRow);

impl Listing for Brief {
    const NAME: &'static str = OrderRow::NAME;
    const FILE: &'static str = OrderRow::FILE;
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("payment", Word::Payment),
        words("order", Word::Order),
        words("wish", Word::Wish),
        numbers("amount", Word::Amount),
        words("currency", Word::Currency),
        words("asked_at", Word::AskedAt),
        words("by", Word::ByWhom),
        words("reason", Word::Reason),
        words("stage", Word::Stage),
        words("result", Word::Result),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        let Self(row) = self;
        let by = match &row.approved_by {
            Some(second) => Cell::owned(format_args!("{}, {second}", row.actor)),
            None => Cell::text(&row.actor),
        };
        vec![
            Cell::text(&row.seller),
            Cell::text(&row.payment),
            Cell::text(&row.request),
            Cell::text(&row.wish),
            Cell::maybe_amount(row.amount_minor, Some(row.currency)),
            Cell::maybe_currency(Some(row.currency)),
            Cell::At(row.asked_at),
            by,
            Cell::text(&row.reason),
            Cell::text(&row.stage),
            result(row),
        ]
    }
}

/// The refund that an order became, or who did not want it and why.
fn result(row: &OrderRow) -> Cell<'_> {
    match (&row.refund, &row.declined, &row.code, &row.advice) {
        (Some(refund), ..) => Cell::text(refund),
        (None, Some((by, why)), ..) => Cell::owned(format_args!("{by}: {why}")),
        (None, None, Some(code), Some(advice)) => Cell::owned(format_args!("{code}: {advice}")),
        (None, None, code, _) => Cell::maybe(code.as_ref()),
    }
}

#[cfg(test)]
mod tests;
