//! The only place where the time of day is read.

use chrono::{DateTime, Timelike, Utc};
use domain::machine::Instant;

/// Where "now" comes from: the system, or a fixed instant for reproducible batch runs (`--at`).
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// Always this instant.
    Fixed(Instant),
}

impl Clock {
    /// The instant, cut to microseconds: what databases keep and digests cover.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one clock; everything else takes an instant")]
    pub fn now(self) -> Instant {
        let now: DateTime<Utc> = match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => at,
        };
        now.with_nanosecond(now.nanosecond() / 1000 * 1000).expect("a cut nanosecond is in range")
    }
}
