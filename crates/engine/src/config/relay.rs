//! `[relay]`: how messages of the outbox are handed to the merchant's own sender, and orders to the provider.

use std::time::Duration;

use client::hook::Options;
use serde::Deserialize;

use super::ConfigError;
use super::services::at_least_one;

/// How messages of the outbox are handed to the merchant's own sender, and orders to the provider.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// Between two looks at an outbox that was empty, seconds.
    pub every_seconds: u32,
    /// Longest wait for a connection, milliseconds.
    pub connect_timeout_ms: u64,
    /// Longest time of one post, milliseconds.
    pub timeout_ms: u64,
    /// Shortest pause before a message is sent again, milliseconds.
    pub retry_min_ms: u64,
    /// Where pauses stop growing, milliseconds.
    pub retry_max_ms: u64,
    /// Orders that are carried out at once at the provider.
    pub orders_at_once: usize,
    /// How long a receiver or a store that is away is tried again with `--once`, seconds.
    pub patience_seconds: u32,
}

impl Relay {
    /// The pause between two looks.
    #[must_use]
    pub fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds.into())
    }

    /// How long what is away is tried again.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds.into())
    }

    /// How long a receiver may take.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            connect_timeout: Duration::from_millis(self.connect_timeout_ms),
            timeout: Duration::from_millis(self.timeout_ms),
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("relay.every_seconds", self.every_seconds.into()),
            ("relay.connect_timeout_ms", self.connect_timeout_ms),
            ("relay.timeout_ms", self.timeout_ms),
            ("relay.retry_min_ms", self.retry_min_ms),
            ("relay.retry_max_ms", self.retry_max_ms),
        ] {
            at_least_one(key, usize::from(value > 0))?;
        }
        at_least_one("relay.orders_at_once", self.orders_at_once)
    }
}
