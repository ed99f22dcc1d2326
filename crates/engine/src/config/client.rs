//! `[client]`: where the provider is, and how patiently and how often it is called.

use std::num::NonZeroU32;
use std::time::Duration;

use client::client::Options;
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use url::Url;

use super::ConfigError;
use super::services::at_least_one;

/// Where the provider is, and how patiently and how often it is called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The provider's address, or that of its stand-in on loopback.
    #[serde(deserialize_with = "address")]
    pub base: Url,
    /// Longest wait for a connection, milliseconds.
    pub connect_timeout_ms: u64,
    /// Longest time of one try, milliseconds.
    pub timeout_ms: u64,
    /// Longest time of one try that brings a file, seconds.
    pub file_timeout_seconds: u64,
    /// Longest answer, KiB.
    pub body_kib: usize,
    /// Longest file, MiB.
    pub file_mib: usize,
    /// Further tries after the first, where they are safe.
    pub retries: usize,
    /// Shortest pause before another try, milliseconds.
    pub retry_min_ms: u64,
    /// Where pauses stop growing, milliseconds.
    pub retry_max_ms: u64,
    /// Calls a second for each seller.
    pub calls_per_second: NonZeroU32,
    /// In-person reads a second for each seller.
    pub in_person_reads_per_second: NonZeroU32,
}

impl Client {
    /// What a client is made with.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            base: self.base.clone(),
            connect_timeout: Duration::from_millis(self.connect_timeout_ms),
            timeout: Duration::from_millis(self.timeout_ms),
            file_timeout: Duration::from_secs(self.file_timeout_seconds),
            max_body_bytes: self.body_kib.saturating_mul(1 << 10),
            max_file_bytes: self.file_mib.saturating_mul(1 << 20),
            retries: self.retries,
            retry_min: Duration::from_millis(self.retry_min_ms),
            retry_max: Duration::from_millis(self.retry_max_ms),
            calls_per_second: self.calls_per_second,
            in_person_reads_per_second: self.in_person_reads_per_second,
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        at_least_one("client.connect_timeout_ms", usize::from(self.connect_timeout_ms > 0))?;
        at_least_one("client.timeout_ms", usize::from(self.timeout_ms > 0))?;
        at_least_one("client.file_timeout_seconds", usize::from(self.file_timeout_seconds > 0))?;
        at_least_one("client.body_kib", self.body_kib)?;
        at_least_one("client.file_mib", self.file_mib)
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn read(key: &str, value: &str) -> Result<Config, String> {
        Config::read(Some(("my.toml", &format!("[client]\n{key} = {value}\n"))), [])
            .map_err(|error| crate::look::chain(&error))
    }

    #[test]
    fn a_client_is_made_as_configured() {
        let options = read("timeout_ms", "1500").expect("it fits").client.options();
        assert_eq!(options.base.as_str(), "https://api.mercadopago.com/");
        assert_eq!((options.timeout.as_millis(), options.max_body_bytes), (1500, 16_777_216));
        assert_eq!(options.in_person_reads_per_second.get(), 1);
    }

    #[test]
    fn what_could_never_be_called_is_refused() {
        for (key, value) in
            [("base", "\"nowhere\""), ("calls_per_second", "0"), ("timeout_ms", "0"), ("body_kib", "0")]
        {
            assert!(read(key, value).is_err(), "{key}");
        }
        assert_eq!(read("timeout_ms", "0").err().as_deref(), Some("client.timeout_ms must be at least 1"));
    }
}
