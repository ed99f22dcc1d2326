//! Answers that are behind: payments as they were before a change that was accepted a moment ago.
//!
//! Only reads and searches of payments are; what answers the change itself and the list of refunds are not.

use std::collections::BTreeMap;

use crate::habits::later;
use crate::payment::Payment;
use crate::time::Instant;
use crate::world::World;

/// Payments as they were, by id, the oldest first.
#[derive(Default)]
pub(crate) struct Lag(BTreeMap<u64, Vec<Before>>);

struct Before {
    /// When the change is seen.
    until: Instant,
    payment: Payment,
}

impl World {
    /// Keeps a payment as it was before a change that was just accepted, for as long as the habit says.
    pub(crate) fn keep_before(&mut self, payment: Payment) {
        let (now, seconds) = (self.now(), self.habits.payment_lag_seconds);
        let kept = self.lag.0.entry(payment.id).or_default();
        kept.retain(|before| before.until > now);
        if seconds > 0 {
            kept.push(Before { until: later(now, seconds), payment });
        }
    }

    /// A payment as reads see it.
    pub(crate) fn as_seen<'w>(&'w self, payment: &'w Payment) -> &'w Payment {
        let kept = self.lag.0.get(&payment.id);
        let behind = kept.into_iter().flatten().find(|before| before.until > self.now());
        behind.map_or(payment, |before| &before.payment)
    }
}
