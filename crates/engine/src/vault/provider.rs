//! Asking the provider for tokens, with each secret of the application that it may take.

use chrono::TimeDelta;
use client::calls::oauth;
use client::client::Client;
use client::error::{ClientError, Outage};
use client::vault::AccessToken;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;
use secrecy::SecretString;

use super::fault::Fault;
use super::link::{Asked, Grant, Link, Pair};
use super::settle::Outcome;
use crate::config::auth::Auth;
use crate::config::auth::place::Place;
use crate::look::chain;

/// An application with the secrets that the provider may take, in the order in which they are tried.
pub struct Application {
    id: String,
    secrets: Vec<SecretString>,
}

impl Application {
    /// Reads the secrets of an application.
    pub fn read(settings: &Auth, id: &str, now: Instant) -> Result<Self, Fault> {
        let configured = settings.applications.get(id);
        let configured = configured.ok_or_else(|| Fault::NoApplication { id: id.to_owned() })?;
        let places = configured.secrets(settings.overlap(), now);
        let secrets = places.into_iter().map(Place::read).collect::<Result<_, _>>()?;
        Ok(Self { id: id.to_owned(), secrets })
    }

    /// Asks for tokens. The last answer counts when no secret is taken.
    pub async fn ask(&self, client: &Client, grant: &oauth::Grant) -> Result<oauth::Granted, ClientError> {
        let mut secrets = self.secrets.iter();
        let mut secret = secrets.next().expect("an application has a secret");
        loop {
            let call = oauth::Token {
                client_id: self.id.clone(),
                client_secret: secret.clone(),
                grant: grant.clone(),
            };
            let answer = async { client.send_unsigned(&call).await?.read() }.await;
            match (answer, secrets.next()) {
                (Err(error), Some(next)) if is_of_secret(&error) => secret = next,
                (answer, _) => return answer,
            }
        }
    }
}

/// Asks for the successors of a link's tokens.
pub async fn renew(
    application: &Application,
    client: &Client,
    seller: &SellerId,
    link: &Link,
    asked: &Asked,
) -> Outcome {
    let grant = match (&asked.pair.refresh, link.grant) {
        (Some(token), Grant::AuthorizationCode) => oauth::Grant::RefreshToken(token.clone()),
        _ => oauth::Grant::ClientCredentials,
    };
    match application.ask(client, &grant).await {
        Ok(granted) if check_owner(seller, &granted).is_ok() => {
            let scope = granted.scope.as_deref().map_or_else(|| link.scope.clone(), Text::from);
            Outcome::Granted { pair: pair(granted, asked.since), scope }
        }
        Ok(_) => {
            tracing::error!(seller.id = %seller, "the provider granted access to another account");
            Outcome::Refused
        }
        Err(error) => {
            tracing::warn!(seller.id = %seller, error = chain(&error), "tokens were not renewed");
            outcome(&error)
        }
    }
}

/// The tokens of an answer; their life counts from the question.
pub fn pair(granted: oauth::Granted, asked_at: Instant) -> Pair {
    let life = i64::try_from(granted.expires_in).ok().and_then(TimeDelta::try_seconds);
    Pair {
        access: granted.access_token,
        refresh: granted.refresh_token,
        issued_at: asked_at,
        expires_at: life.and_then(|life| asked_at.checked_add_signed(life)),
        is_rejected: false,
    }
}

/// Refuses access to another account than the one that was asked for.
pub fn check_owner(seller: &SellerId, granted: &oauth::Granted) -> Result<(), Fault> {
    match &granted.user_id {
        Some(id) if id.as_str() != seller.as_str() => {
            Err(Fault::OtherSeller { seller: seller.clone(), found: id.to_string() })
        }
        _ => check_token(seller, &granted.access_token),
    }
}

/// Refuses a token that names another account at its end: the provider writes
/// `APP_USR-application-date-hash-account`. What is written otherwise names none.
pub fn check_token(seller: &SellerId, token: &AccessToken) -> Result<(), Fault> {
    let parts: Vec<&str> = token.expose().split('-').collect();
    match parts[..] {
        ["APP_USR" | "TEST", _, _, _, owner]
            if owner != seller.as_str() && owner.bytes().all(|digit| digit.is_ascii_digit()) =>
        {
            Err(Fault::OtherSeller { seller: seller.clone(), found: owner.to_owned() })
        }
        _ => Ok(()),
    }
}

fn outcome(error: &ClientError) -> Outcome {
    match error {
        error if is_of_secret(error) => Outcome::SecretRefused,
        error if word(error) == Some("invalid_grant") => Outcome::InvalidGrant,
        ClientError::RateLimited { .. }
        | ClientError::Unavailable { outage: Outage::NotConnected(_), .. } => Outcome::NotAsked,
        ClientError::Unavailable { .. } | ClientError::Unreadable { .. } | ClientError::TooLarge { .. } => {
            Outcome::NoAnswer
        }
        _ => Outcome::Refused,
    }
}

/// Whether it is the application that the provider refuses, not what it asks for. Words of
/// <https://www.mercadopago.com.ar/developers/en/reference/oauth/_oauth_token/post>.
fn is_of_secret(error: &ClientError) -> bool {
    matches!(word(error), Some("invalid_client" | "unauthorized_client"))
}

fn word(error: &ClientError) -> Option<&str> {
    error.refusal()?.error.as_deref()
}
