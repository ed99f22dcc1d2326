//! Section `[auth]`: the keys of the vault, the applications at the provider, and when tokens are renewed.
//!
//! Holds no secret: it names the places where secrets are read.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::machine::Instant;
use serde::Deserialize;
use url::{Host, Url};

use super::ConfigError;
use super::services::at_least_one;
use place::Place;

pub mod place;

/// How access to the accounts of sellers is obtained and kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Where the keys are that seal what the vault keeps.
    pub keys: Place,
    /// The provider's page on which a seller authorises.
    pub authorization_url: Address,
    /// How long before its end a token of months is renewed, days.
    pub renew_before_days: u16,
    /// How long before its end a token of hours is renewed, minutes.
    pub renew_before_minutes: u16,
    /// How long one process may take for a renewal before another tries, seconds.
    pub lease_seconds: u16,
    /// How long the old secret or token of a rotation is tried beside the new one, hours.
    pub overlap_hours: u16,
    /// How long a login waits for the seller, seconds.
    pub login_seconds: u16,
    /// The applications at the provider, by their ids.
    #[serde(default)]
    pub applications: BTreeMap<String, Application>,
}

/// An application at the provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Where its client secret is.
    pub secret: Place,
    /// The secret before this one.
    pub previous: Option<Previous>,
    /// The redirect address, exactly as the provider knows it; without one nobody can authorise.
    pub redirect: Option<Address>,
    /// How the code of a login is bound to the program that asked for it.
    #[serde(default)]
    pub pkce: Pkce,
}

/// The client secret before a rotation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// Where it is.
    pub secret: Place,
    /// When the provider was asked for the new one.
    pub rotated_at: DateTime<Utc>,
}

/// An address, read when the configuration is.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    /// What is opened or called.
    pub url: Url,
    /// As it was written: the provider compares redirect addresses letter by letter.
    text: String,
}

/// A text that is no address of a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an address begins with https://, or with http:// on this machine, and has no user in it")]
pub struct NoAddress;

/// How a login proves that the one who redeems the code is the one who asked for it: RFC 7636.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Deserialize)]
pub enum Pkce {
    /// The address holds a hash of what is sent with the code.
    #[default]
    S256,
    /// The address holds what is sent with the code. Only for applications that are set up so.
    #[serde(rename = "plain")]
    Plain,
    /// Nothing. Only for applications that are set up without.
    #[serde(rename = "off")]
    Off,
}

impl Auth {
    /// How long before its end a token is renewed that was issued for so long. Never more than half of its life, or
    /// a short-lived token would always be due.
    #[must_use]
    pub fn renew_before(&self, life: TimeDelta) -> TimeDelta {
        let margin = if life > TimeDelta::days(1) {
            TimeDelta::days(self.renew_before_days.into())
        } else {
            TimeDelta::minutes(self.renew_before_minutes.into())
        };
        margin.min(life / 2)
    }

    /// How long one process may take for a renewal.
    #[must_use]
    pub fn lease(&self) -> TimeDelta {
        TimeDelta::seconds(self.lease_seconds.into())
    }

    /// How long the old half of a rotation is tried.
    #[must_use]
    pub fn overlap(&self) -> TimeDelta {
        TimeDelta::hours(self.overlap_hours.into())
    }

    /// How long a login waits for the seller.
    #[must_use]
    pub fn login(&self) -> Duration {
        Duration::from_secs(self.login_seconds.into())
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        at_least_one("auth.lease_seconds", self.lease_seconds.into())?;
        at_least_one("auth.login_seconds", self.login_seconds.into())
    }
}

impl TryFrom<String> for Address {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        let url = Url::parse(&text).map_err(|_| NoAddress)?;
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here(&url));
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if is_safe && is_plain { Ok(Self { url, text }) } else { Err(NoAddress) }
    }
}

impl Address {
    /// Whether it is an address of this machine, spoken to without encryption.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The same address with another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        let mut url = self.url.clone();
        url.set_port(Some(port)).expect("addresses of http and https take a port");
        Self { text: url.to_string(), url }
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl Application {
    /// The places of the secrets that the provider may take at an instant, the one to try first first.
    #[must_use]
    pub fn secrets(&self, overlap: TimeDelta, now: Instant) -> Vec<&Place> {
        let old = self.previous.as_ref().filter(|previous| now < previous.rotated_at + overlap);
        [Some(&self.secret), old.map(|previous| &previous.secret)].into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests;
