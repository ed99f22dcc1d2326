//! Section `[serve]`, and what a seller's entry says of its webhooks: `hooks`.
//!
//! Holds no secret: it names the places where secrets are read.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer};

use super::ConfigError;
use super::auth::place::Place;
use super::services::at_least_one;

/// Seconds in which the provider wants its answer: <https://www.mercadopago.com.ar/developers/en/docs/your-integrations/notifications/webhooks>.
const PROVIDER_SECONDS: u64 = 22;

/// How webhooks are received.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Serve {
    /// The largest body, KiB.
    pub body_kib: usize,
    /// Webhooks that are worked on at once.
    pub in_flight: usize,
    /// Connections at once.
    pub connections: usize,
    /// How long a body may take to arrive, seconds.
    pub body_seconds: u64,
    /// How long an answer may take, seconds.
    pub answer_seconds: u64,
    /// How old or how far ahead a signature may be, seconds; 0 is any age.
    pub tolerance_seconds: u32,
}

/// How a seller's webhooks are proven.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hooks {
    /// Where the secrets of `x-signature` are; while one replaces another there are two.
    #[serde(default, deserialize_with = "one_or_many")]
    pub secrets: Vec<Place>,
    /// Where the password of report messages is.
    #[serde(default)]
    pub report_password: Option<Place>,
    /// Where the integrator's token is, with which challenges are answered: first edition for terminals.
    #[serde(default)]
    pub point_token: Option<Place>,
    /// Where the end of the address is at which unsigned messages of terminals are taken: first edition.
    #[serde(default)]
    pub point_path: Option<Place>,
    /// Whether the older channel, which nobody can verify, may say what to look at.
    #[serde(default = "yes")]
    pub ipn: bool,
}

impl Default for Hooks {
    fn default() -> Self {
        Self { secrets: Vec::new(), report_password: None, point_token: None, point_path: None, ipn: true }
    }
}

impl Serve {
    /// The largest body, bytes.
    #[must_use]
    pub fn body_bytes(&self) -> usize {
        self.body_kib.saturating_mul(1024)
    }

    /// How long a body may take to arrive.
    #[must_use]
    pub fn body_wait(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    /// How long an answer may take.
    #[must_use]
    pub fn answer(&self) -> Duration {
        Duration::from_secs(self.answer_seconds)
    }

    /// How old or how far ahead a signature may be; `None` is any age.
    #[must_use]
    pub fn tolerance(&self) -> Option<TimeDelta> {
        Some(TimeDelta::seconds(self.tolerance_seconds.into())).filter(|most| !most.is_zero())
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        at_least_one("serve.body_kib", self.body_kib)?;
        at_least_one("serve.in_flight", self.in_flight)?;
        at_least_one("serve.connections", self.connections)?;
        at_least_one("serve.body_seconds", usize::from(self.body_seconds > 0))?;
        at_least_one("serve.answer_seconds", usize::from(self.answer_seconds > 0))?;
        if self.answer_seconds >= PROVIDER_SECONDS {
            return Err(ConfigError::LateAnswer { seconds: self.answer_seconds, most: PROVIDER_SECONDS });
        }
        Ok(())
    }
}

fn yes() -> bool {
    true
}

/// A list, or the one thing that would be in it: a variable can only be a text.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Place>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    let texts = match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    };
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::look::chain;

    fn read(file: &str) -> Result<Config, String> {
        Config::read(Some(("my.toml", file)), []).map_err(|error| chain(&error))
    }

    #[test]
    fn an_answer_that_would_come_too_late_is_refused() {
        read("[serve]\nanswer_seconds = 21\n").expect("one second is left");
        let error = read("[serve]\nanswer_seconds = 22\n").expect_err("too late");
        assert_eq!(error, "serve.answer_seconds = 22 is not under the 22 that the provider waits");
    }

    #[test]
    fn a_secret_that_is_written_down_is_refused_and_not_repeated() {
        for hooks in ["secrets = 's3cret'", "secrets = ['env:A', 's3cret']", "point_token = 's3cret'"] {
            let error = read(&format!("[sellers.1]\nsite = 'MLA'\nhooks = {{ {hooks} }}\n"));
            let error = error.expect_err("no place");
            assert!(error.contains("write env:NAME or file:PATH"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn one_secret_may_be_named_without_a_list() {
        for secrets in ["'env:A'", "['env:A']"] {
            let file = format!("[sellers.1]\nsite = 'MLA'\nhooks = {{ secrets = {secrets} }}\n");
            let config = read(&file).expect("fits");
            let hooks: Vec<_> = config.sellers.hooks().collect();
            assert_eq!((hooks.len(), hooks[0].0, hooks[0].1.secrets.len()), (1, "1", 1), "{secrets}");
            assert!(hooks[0].1.ipn);
        }
    }
}
