//! What two versions of the rejection table say of the same rejections.

use std::collections::BTreeMap;

use super::obligation::Obligation;
use crate::currency::Currency;
use crate::rejection::{Rejection, RejectionTable};
use crate::text::Text;

/// Rejections of one status, detail and currency, and what two tables say of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// The provider's detail.
    pub detail: Text,
    /// Currency of the amount.
    pub currency: Currency,
    /// How many.
    pub count: u64,
    /// What they would have paid, minor units.
    pub amount_minor: i128,
    /// After how many another attempt of the same obligation was accepted.
    pub recovered: u64,
    /// What the table in force says.
    pub now: Rejection,
    /// What the other one says.
    pub then: Rejection,
}

impl Verdict {
    /// Whether the two say different things, whatever their versions.
    #[must_use]
    pub fn differs(&self) -> bool {
        let said = |by: &Rejection| (by.class, by.action.clone(), by.retry);
        said(&self.now) != said(&self.then)
    }
}

/// Asks both tables about every rejection, by status, detail and currency.
#[must_use]
pub fn verdicts(obligations: &[Obligation], now: &RejectionTable, then: &RejectionTable) -> Vec<Verdict> {
    let mut verdicts: BTreeMap<(&str, &str, Currency), Verdict> = BTreeMap::new();
    for obligation in obligations {
        for (place, attempt) in obligation.attempts.iter().enumerate().filter(|(_, a)| a.is_rejected()) {
            let key = (attempt.status.as_str(), attempt.detail.as_str(), attempt.currency);
            let verdict = verdicts.entry(key).or_insert_with(|| Verdict {
                detail: attempt.detail.clone(),
                currency: attempt.currency,
                count: 0,
                amount_minor: 0,
                recovered: 0,
                now: now.classify(&attempt.status, &attempt.detail),
                then: then.classify(&attempt.status, &attempt.detail),
            });
            verdict.count += 1;
            verdict.amount_minor += i128::from(attempt.amount_minor);
            verdict.recovered += u64::from(obligation.recovers(place));
        }
    }
    verdicts.into_values().collect()
}

#[cfg(test)]
mod tests;
