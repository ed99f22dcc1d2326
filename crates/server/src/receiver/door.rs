//! What is known of a seller's webhooks: the secrets that prove them, and which unproven ones are taken.
//!
//! Secrets are read once, from the places that the configuration names.

use std::collections::BTreeMap;

use engine::config::Config;
use engine::config::auth::place::{Place, PlaceError};
use engine::config::serve::Hooks;
use engine::item::derived_key;
use secrecy::{ExposeSecret, SecretString};

/// Shorter ends of an address could be guessed.
const LEAST_PATH: usize = 16;

/// Why a seller's webhooks cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// A secret cannot be read.
    #[error("sellers.{seller}.hooks.{key} cannot be read")]
    Secret {
        /// Whose.
        seller: String,
        /// Which.
        key: &'static str,
        /// Why.
        source: PlaceError,
    },
    /// Whoever may ask for answers to challenges could have webhooks signed.
    #[error("sellers.{seller}.hooks.point_token is one of its hooks.secrets; they must differ")]
    SameSecret {
        /// Whose.
        seller: String,
    },
    /// The end of an address that could be guessed, or would not fit into one.
    #[error("sellers.{seller}.hooks.point_path needs {LEAST_PATH} letters, digits, `-` or `_`, or more")]
    Path {
        /// Whose.
        seller: String,
    },
}

/// The addresses of all configured sellers.
pub struct Doors(BTreeMap<String, Door>);

/// A seller's address.
pub(super) struct Door {
    site: String,
    secrets: Vec<SecretString>,
    report_password: Option<SecretString>,
    point_token: Option<SecretString>,
    point_path: Option<SecretString>,
    takes_triggers: bool,
}

impl Doors {
    /// Reads the secrets of all configured sellers.
    ///
    /// # Errors
    /// [`DoorError`]: one cannot be read, or cannot be used.
    pub fn read(config: &Config) -> Result<Self, DoorError> {
        let doors = config.sellers.hooks().map(|(seller, hooks)| {
            let site = config.sellers.site(seller).unwrap_or_default();
            Ok((seller.to_owned(), Door::open(seller, site, hooks)?))
        });
        doors.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sellers none of whose webhooks can be proven.
    pub fn without_secret(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, door)| door.secrets.is_empty()).map(|(seller, _)| seller.as_str())
    }

    /// The door of a seller at an address with this end.
    pub(super) fn at(&self, seller: &str, end: Option<&str>) -> Option<&Door> {
        self.0.get(seller).filter(|door| door.is_at(end))
    }
}

impl Door {
    fn open(seller: &str, site: &str, hooks: &Hooks) -> Result<Self, DoorError> {
        let read = |key: &'static str, place: &Place| {
            place.read().map_err(|source| DoorError::Secret { seller: seller.to_owned(), key, source })
        };
        let maybe = |key, place: &Option<Place>| place.as_ref().map(|place| read(key, place)).transpose();
        let secrets: Result<Vec<_>, _> = hooks.secrets.iter().map(|place| read("secrets", place)).collect();
        let door = Self {
            site: site.to_owned(),
            secrets: secrets?,
            report_password: maybe("report_password", &hooks.report_password)?,
            point_token: maybe("point_token", &hooks.point_token)?,
            point_path: maybe("point_path", &hooks.point_path)?,
            takes_triggers: hooks.ipn,
        };
        let token = door.point_token.as_ref().map(ExposeSecret::expose_secret);
        if door.secrets.iter().any(|secret| Some(secret.expose_secret()) == token) {
            return Err(DoorError::SameSecret { seller: seller.to_owned() });
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let is_path = |path: &str| path.len() >= LEAST_PATH && path.chars().all(fits);
        if door.point_path.as_ref().is_some_and(|path| !is_path(path.expose_secret())) {
            return Err(DoorError::Path { seller: seller.to_owned() });
        }
        Ok(door)
    }

    /// Whether it is at an address with this end; none is always right. Compares hashes, so that time tells nothing.
    fn is_at(&self, end: Option<&str>) -> bool {
        let Some(end) = end else { return true };
        let hashed = |text: &str| derived_key(&[text.as_bytes()]);
        self.point_path.as_ref().is_some_and(|path| hashed(path.expose_secret()) == hashed(end))
    }

    /// The secrets of `x-signature` that are in force.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &[u8]> {
        self.secrets.iter().map(|secret| secret.expose_secret().as_bytes())
    }

    /// The password of report messages.
    pub(super) fn report_password(&self) -> Option<&SecretString> {
        self.report_password.as_ref()
    }

    /// The integrator's token.
    pub(super) fn point_token(&self) -> Option<&SecretString> {
        self.point_token.as_ref()
    }

    /// Whether the older channel may say what to look at.
    pub(super) fn takes_triggers(&self) -> bool {
        self.takes_triggers
    }

    /// The provider's site.
    pub(super) fn site(&self) -> &str {
        &self.site
    }
}
