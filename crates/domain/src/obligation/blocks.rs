//! What the guard did not allow, counted by reason.

use std::collections::{BTreeMap, BTreeSet};

use super::guard::{Why, is_paid};
use super::state::State;
use crate::currency::Currency;

/// What was not allowed for one reason, in one currency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Blocks {
    /// Why.
    pub why: Why,
    /// Currency of the amount.
    pub currency: Currency,
    /// How often.
    pub count: u64,
    /// At how many obligations.
    pub obligations: u64,
    /// What those are, each once, minor units.
    pub amount_minor: i128,
    /// How many of them one of our attempts paid, before or later.
    pub paid: u64,
}

/// Counts obligations one after the other.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<(Currency, Why), Blocks>);

impl Tally {
    /// Counts one more obligation.
    pub fn add(&mut self, state: &State) {
        let currency = state.terms.currency;
        let is_paid = state.answered().any(|(_, answer)| is_paid(answer.standing));
        let mut seen = BTreeSet::new();
        for blocked in &state.blocked {
            let why = blocked.block.why;
            let empty = || Blocks { why, currency, count: 0, obligations: 0, amount_minor: 0, paid: 0 };
            let blocks = self.0.entry((currency, why)).or_insert_with(empty);
            blocks.count += 1;
            if seen.insert(why) {
                blocks.obligations += 1;
                blocks.amount_minor += i128::from(state.terms.amount_minor);
                blocks.paid += u64::from(is_paid);
            }
        }
    }

    /// What was counted, by currency and reason.
    #[must_use]
    pub fn blocks(self) -> Vec<Blocks> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests;
