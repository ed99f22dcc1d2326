//! Whether a failed try is followed by another, and after which pause.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::call::Idempotency;
use crate::client::Options;
use crate::error::ClientError;

/// The pauses that are left for one call.
pub(crate) struct Pauses {
    backoff: ExponentialBackoff,
    longest: Duration,
    may_repeat: bool,
}

impl Pauses {
    /// All pauses of a call.
    pub(crate) fn new(options: &Options, idempotency: &Idempotency) -> Self {
        let backoff = ExponentialBuilder::default()
            .with_min_delay(options.retry_min)
            .with_max_delay(options.retry_max)
            .with_max_times(options.retries)
            .with_jitter()
            .build();
        let may_repeat = *idempotency != Idempotency::Once;
        Self { backoff, longest: options.retry_max, may_repeat }
    }

    /// The pause after this failure; `None` when it is final: repeating could do it twice, cannot help, or the
    /// provider asks for more patience than there is.
    pub(crate) fn after(&mut self, error: &ClientError, retry_after: Option<Duration>) -> Option<Duration> {
        let passes = matches!(error, ClientError::RateLimited { .. } | ClientError::Unavailable { .. });
        if !self.may_repeat || !passes || retry_after.is_some_and(|asked| asked > self.longest) {
            return None;
        }
        let pause = self.backoff.next()?;
        Some(pause.max(retry_after.unwrap_or_default()))
    }
}

/// How long an answer asks to wait: seconds, or a date, which is read against the answer's own `Date`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(asked).ok()?;
    let sent = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((until - sent).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests;
