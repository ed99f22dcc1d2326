//! How notifications are fetched for.

use std::time::Duration;

use serde::Deserialize;

use super::ConfigError;
use super::services::at_least_one;
use crate::fetch::Limits;

/// How notifications are fetched for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// Notifications held at once.
    pub window: u16,
    /// Calls at once.
    pub at_once: usize,
    /// Calls at once for one seller.
    pub per_seller: usize,
    /// The first pause before what had no answer is asked again, milliseconds.
    pub pause_ms: u64,
    /// How long a notification waits for an answer before it is left open, seconds.
    pub patience_seconds: u64,
    /// How often the inbox is looked at for open notifications, seconds.
    pub open_seconds: u64,
    /// How long a stopped fetcher may finish what it has begun, seconds.
    pub drain_seconds: u64,
}

impl Fetch {
    /// The first pause before what had no answer is asked again.
    #[must_use]
    pub fn pause(&self) -> Duration {
        Duration::from_millis(self.pause_ms)
    }

    /// How long a notification waits for an answer before it is left open.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }

    /// How often the inbox is looked at for open notifications.
    #[must_use]
    pub fn open(&self) -> Duration {
        Duration::from_secs(self.open_seconds)
    }

    /// How long a stopped fetcher may finish what it has begun.
    #[must_use]
    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }

    /// What goes on at once. Sellers that do not answer may hold half of the window.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            at_once: self.at_once,
            per_seller: self.per_seller,
            in_doubt: usize::from(self.window).div_ceil(2),
            patience: self.patience(),
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        at_least_one("fetch.window", self.window.into())?;
        at_least_one("fetch.at_once", self.at_once)?;
        at_least_one("fetch.per_seller", self.per_seller)?;
        at_least_one("fetch.open_seconds", usize::from(self.open_seconds > 0))
    }
}
