//! Calls a second: one limit for each seller and class, so that one seller's crawl does not slow another's sales.

use std::num::NonZeroU32;
use std::time::Duration;

use domain::ids::SellerId;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::call::Class;

type Limiter<C> =
    RateLimiter<SellerId, HashMapStateStore<SellerId>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The limits of every seller.
pub(crate) struct Limits<C: Clock = DefaultClock> {
    general: Limiter<C>,
    in_person_reads: Limiter<C>,
    clock: C,
}

impl<C: Clock + Clone> Limits<C> {
    /// Limits in calls a second; as many may be made at once.
    pub(crate) fn new(general: NonZeroU32, in_person_reads: NonZeroU32, clock: C) -> Self {
        let limiter = |rate| Limiter::<C>::hashmap_with_clock(Quota::per_second(rate), clock.clone());
        Self { general: limiter(general), in_person_reads: limiter(in_person_reads), clock }
    }

    /// Counts a call and answers `None`, or how long there is no room for it.
    pub(crate) fn take(&self, seller: &SellerId, class: Class) -> Option<Duration> {
        let limiter = match class {
            Class::General => &self.general,
            Class::InPersonRead => &self.in_person_reads,
        };
        limiter.check_key(seller).err().map(|full| full.wait_time_from(self.clock.now()))
    }

    /// Waits until there is room for a call, and counts it.
    pub(crate) async fn wait(&self, seller: &SellerId, class: Class) {
        while let Some(pause) = self.take(seller, class) {
            tokio::time::sleep(pause).await;
        }
    }
}

#[cfg(test)]
mod tests;
