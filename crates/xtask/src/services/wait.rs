//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until the condition holds, and says how long that took.
///
/// # Errors
/// When it does not hold within the limit, or looking fails.
#[expect(
    clippy::disallowed_methods,
    reason = "servers start in real time, and looking without a pause slows them"
)]
pub fn until(limit: Duration, what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<Duration> {
    let started = Instant::now();
    while !holds()? {
        if started.elapsed() > limit {
            bail!("waited {} s in vain: {what}", limit.as_secs());
        }
        std::thread::sleep(PAUSE);
    }
    Ok(started.elapsed())
}
