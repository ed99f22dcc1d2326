//! What we read of an order and of its notification. Reference: `/v1/orders/{id}`, and the notification page of
//! orders.
//!
//! Holds no words' meanings.

use serde::Deserialize;

use crate::in_person::Field;
use crate::wire::{Literal, Word, literal_or_nothing};

/// An order under `data`: a notification, or the answer to a refused charge.
#[derive(Deserialize)]
pub(super) struct Enclosed<'a> {
    #[serde(borrow)]
    pub(super) user_id: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) data: Option<Body<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Literal<'a>>,
    #[serde(borrow, rename = "type")]
    pub(super) kind: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) status_detail: Option<Word<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    pub(super) external_reference: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) currency: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) total_amount: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) user_id: Option<Literal<'a>>,
    /// Of the first drafts, which have no user.
    #[serde(borrow)]
    collector_id: Option<Literal<'a>>,
    #[serde(borrow)]
    pub(super) created_date: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) last_updated_date: Option<Word<'a>>,
    #[serde(borrow)]
    pub(super) expiration_time: Option<Word<'a>>,
    /// Count of changes, in notifications only.
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    version: Option<Literal<'a>>,
    #[serde(borrow)]
    config: Option<Config<'a>>,
    #[serde(borrow)]
    transactions: Option<Transactions<'a>>,
}

#[derive(Deserialize)]
struct Config<'a> {
    #[serde(borrow)]
    point: Option<Point<'a>>,
    #[serde(borrow)]
    qr: Option<Qr<'a>>,
}

#[derive(Deserialize)]
struct Point<'a> {
    #[serde(borrow)]
    terminal_id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct Qr<'a> {
    #[serde(borrow)]
    external_pos_id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
struct Transactions<'a> {
    #[serde(borrow)]
    payments: Option<Vec<Payment<'a>>>,
    #[serde(borrow)]
    cash_outs: Option<Vec<CashOut<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct Payment<'a> {
    #[serde(borrow)]
    pub(super) amount: Option<Literal<'a>>,
    #[serde(borrow)]
    reference_id: Option<Literal<'a>>,
    /// What a notification has in place of `reference_id`.
    #[serde(borrow)]
    reference: Option<Reference<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
}

#[derive(Deserialize)]
pub(super) struct CashOut<'a> {
    #[serde(borrow)]
    pub(super) amount: Option<Literal<'a>>,
}

impl<'a> Body<'a> {
    pub(super) fn seller(&self) -> Option<&Literal<'a>> {
        self.user_id.as_ref().or(self.collector_id.as_ref())
    }

    /// The terminal, else the point of sale.
    pub(super) fn device(&self) -> Option<&Literal<'a>> {
        let config = self.config.as_ref()?;
        let terminal = config.point.as_ref().and_then(|point| point.terminal_id.as_ref());
        terminal.or_else(|| config.qr.as_ref()?.external_pos_id.as_ref())
    }

    /// A hint only: what is no count is none.
    pub(super) fn revision(&self) -> Option<u64> {
        self.version.as_ref().and_then(|version| version.as_str().parse().ok())
    }

    pub(super) fn payments(&self) -> &[Payment<'a>] {
        self.transactions.as_ref().and_then(|all| all.payments.as_deref()).unwrap_or_default()
    }

    pub(super) fn cash_outs(&self) -> &[CashOut<'a>] {
        self.transactions.as_ref().and_then(|all| all.cash_outs.as_deref()).unwrap_or_default()
    }
}

impl<'a> Payment<'a> {
    /// The payment's id in the payments API, with its path.
    pub(super) fn reference(&self) -> Field<'_, 'a> {
        match &self.reference {
            Some(reference) if self.reference_id.is_none() => {
                ("transactions.payments.reference.id", reference.id.as_ref())
            }
            _ => ("transactions.payments.reference_id", self.reference_id.as_ref()),
        }
    }
}
