//! What a run tells: counts and times, in whole numbers.

use std::time::Duration;

use serde::Serialize;

/// The result of one run.
#[derive(Debug, Serialize)]
pub struct Measured {
    /// Commands executed, or events read.
    pub done: u64,
    /// Events written or read.
    pub events: u64,
    /// Wall clock.
    pub elapsed_us: u64,
    /// The half of the commands took at most this long; absent where no single commands are measured.
    pub p50_us: Option<u64>,
    /// 95 in 100.
    pub p95_us: Option<u64>,
    /// 99 in 100.
    pub p99_us: Option<u64>,
    /// What was read, summed up, so that runs compare and no work is optimised away.
    pub digest: u64,
}

impl Measured {
    /// Sums a run up; `latencies_us` in any order.
    pub fn new(done: u64, events: u64, elapsed: Duration, mut latencies_us: Vec<u64>, digest: u64) -> Self {
        latencies_us.sort_unstable();
        let rank = |percent: usize| latencies_us.get(latencies_us.len() * percent / 100).copied();
        let elapsed_us = u64::try_from(elapsed.as_micros()).expect("a run takes less than 500,000 years");
        Self { done, events, elapsed_us, p50_us: rank(50), p95_us: rank(95), p99_us: rank(99), digest }
    }
}
