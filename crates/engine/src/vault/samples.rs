//! Links for tests, and the instants of their lives.

use chrono::TimeDelta;
use client::vault::AccessToken;
use domain::machine::Instant;
use secrecy::SecretString;

use super::link::{Grant, Link, Pair, Standing};
use crate::config::Config;
use crate::config::auth::Auth;

/// So many hours after the tokens of the samples were asked for.
pub fn at(hours: i64) -> Instant {
    "2026-11-01T00:00:00Z".parse::<Instant>().expect("an instant") + TimeDelta::hours(hours)
}

/// The settings by default.
pub fn auth() -> Auth {
    Config::read(None, []).expect("the defaults fit").auth
}

/// A link with the tokens A1 and TG-1 that hold for some hours.
pub fn held(grant: Grant, hours: i64) -> Link {
    let refresh = (grant == Grant::AuthorizationCode).then(|| SecretString::from("TG-1"));
    let pair = Pair {
        access: AccessToken::new("A1"),
        refresh,
        issued_at: at(0),
        expires_at: Some(at(hours)),
        is_rejected: false,
    };
    Link {
        application: Some("77".into()),
        grant,
        scope: "offline_access read write".into(),
        standing: Standing::Held(pair),
        spare: None,
        failure: None,
    }
}

/// A link with the imported token A1.
pub fn imported(expires_at: Option<Instant>) -> Link {
    let mut link = Link { application: None, ..held(Grant::Imported, 0) };
    if let Standing::Held(pair) = &mut link.standing {
        pair.expires_at = expires_at;
    }
    link
}
