//! What the books say a seller has available, and what orders of one run are going to take from it.

use std::collections::BTreeMap;

use domain::currency::Currency;
use domain::ids::SellerId;
use domain::payment::{Stage, Wish};
use ledger::account::Account;
use store::read::Balance;

use super::Placed;

/// Available money by currency, minor units.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Available(BTreeMap<Currency, i64>);

impl Available {
    /// Of one seller, by the balances of all.
    #[must_use]
    pub fn of(seller: &SellerId, balances: &[Balance]) -> Self {
        let ours = balances.iter().filter(|balance| {
            balance.account == Account::Available && balance.seller.as_str() == seller.as_str()
        });
        Self(ours.map(|balance| (balance.currency, balance.balance_minor)).collect())
    }

    /// In a currency, minor units; below zero when more was taken than there was.
    #[must_use]
    pub fn minor(&self, currency: Currency) -> i64 {
        self.0.get(&currency).copied().unwrap_or_default()
    }

    /// Sets apart what an order takes once it is carried out: a refund, whose money was released.
    pub fn set_apart(&mut self, placed: &Placed) {
        let (Wish::Refund { amount_minor, .. }, Stage::Held | Stage::Open) =
            (&placed.order.wish, &placed.order.stage)
        else {
            return;
        };
        if placed.known.keyed.is_released() {
            let left = self.0.entry(placed.known.described.terms.currency).or_default();
            *left = left.saturating_sub(*amount_minor);
        }
    }
}
