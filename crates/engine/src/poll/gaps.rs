//! Counts what was missed, now and then, for the metrics.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use report::coverage::Period;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::error::PollError;
use super::{Poller, meters};
use crate::coverage::{Asked, coverage};
use crate::look::chain;

impl Poller {
    /// Counts gaps until the stop, when it is configured to.
    pub(super) async fn keep_counting(self: Arc<Self>, stop: CancellationToken) -> Result<(), PollError> {
        let pause = Duration::from_secs(self.config.poll.coverage_every_seconds.into());
        if pause.is_zero() {
            return Ok(());
        }
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(pause) => {}
            }
            let counted = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                counted = self.count_gaps() => counted,
            };
            match counted {
                Err(error) if error.is_fatal() => return Err(error),
                Err(error) => tracing::warn!(error = chain(&error), "gaps could not be counted"),
                Ok(()) => {}
            }
        }
    }

    async fn count_gaps(&self) -> Result<(), PollError> {
        let asked = Asked {
            period: Period::default(),
            now: self.clock.now(),
            lag: self.config.poll.coverage_lag(),
            sellers: &self.config.sellers,
        };
        let summary = coverage(&*self.store, &asked, |_| {}).await?;
        let mut gaps: BTreeMap<&str, u64> = BTreeMap::new();
        for row in &summary.types {
            *gaps.entry(&row.seller).or_default() += row.gaps;
        }
        for (seller, count) in gaps {
            meters::gaps(seller, count);
        }
        Ok(())
    }
}
