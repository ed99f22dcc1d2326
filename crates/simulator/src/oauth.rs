//! Grants and tokens: codes that are used once, refresh tokens that are used once, access tokens that end.
//!
//! Lives and errors: the provider's OAuth reference. Codes live 10 minutes, tokens of sellers 180 days, tokens of the
//! application's own account 6 hours.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;
use crate::time::Instant;
use crate::world::World;

const CODE_MINUTES: i64 = 10;
const TOKEN_SECONDS: i64 = 15_552_000;
const OWN_TOKEN_SECONDS: i64 = 21_600;

/// All codes and tokens that were given.
#[derive(Default)]
pub(crate) struct Tokens {
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Link>,
    codes: BTreeMap<String, Code>,
}

struct Access {
    seller: u64,
    ends: Instant,
}

struct Link {
    client_id: String,
    seller: u64,
}

struct Code {
    link: Link,
    redirect_uri: String,
    challenge: Option<Challenge>,
    ends: Instant,
}

/// A PKCE challenge.
#[derive(Clone, Debug)]
pub(crate) enum Challenge {
    /// The hash of the verifier.
    S256(String),
    /// The verifier itself.
    Plain(String),
}

/// What an application asks a token for.
#[derive(Clone)]
pub(crate) enum Grant {
    Code { code: String, redirect_uri: String, verifier: Option<String> },
    Refresh { token: String },
    Own,
}

/// A token, as the API returns it.
#[derive(Serialize)]
pub(crate) struct Granted {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    scope: &'static str,
    user_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    public_key: String,
    live_mode: bool,
}

impl Tokens {
    /// The seller of an access token that has not ended.
    pub(crate) fn seller_of(&self, token: &str, now: Instant) -> Option<u64> {
        self.access.get(token).filter(|access| now < access.ends).map(|access| access.seller)
    }

    /// Ends every token and link of a seller, as a changed password does.
    pub(crate) fn revoke(&mut self, seller: u64) -> usize {
        let before = self.access.len() + self.refresh.len();
        self.access.retain(|_, access| access.seller != seller);
        self.refresh.retain(|_, link| link.seller != seller);
        before - self.access.len() - self.refresh.len()
    }
}

impl World {
    /// A seller links itself to an application: the code that its browser brings back.
    ///
    /// # Errors
    /// When there is no such application or seller.
    pub(crate) fn authorize(
        &mut self,
        client_id: &str,
        seller: u64,
        redirect_uri: String,
        challenge: Option<Challenge>,
    ) -> Result<String, Refusal> {
        let known = self.sellers.values().any(|seller| seller.client_id == client_id);
        if !known || !self.sellers.contains_key(&seller) {
            return Err(failed("invalid_client", "invalid client_id or seller"));
        }
        let code = format!("TG-{}-{seller}", self.draw.hex32());
        let ends = self.now() + TimeDelta::minutes(CODE_MINUTES);
        let link = Link { client_id: client_id.to_owned(), seller };
        self.tokens.codes.insert(code.clone(), Code { link, redirect_uri, challenge, ends });
        Ok(code)
    }

    /// Gives a token.
    ///
    /// # Errors
    /// When the application is unknown or its secret wrong, and when the grant is unknown, used, ended or another's.
    pub(crate) fn grant(&mut self, client_id: &str, secret: &str, grant: Grant) -> Result<Granted, Refusal> {
        let application = self.sellers.values().find(|seller| seller.client_id == client_id);
        let own = application
            .filter(|seller| seller.client_secret.expose_secret() == secret)
            .map(|seller| seller.id)
            .ok_or_else(|| failed("invalid_client", "invalid client_id or client_secret"))?;
        self.moment();
        let now = self.now();
        let (seller, lasts, refreshable) = match grant {
            Grant::Own => (own, OWN_TOKEN_SECONDS, false),
            Grant::Refresh { token } => {
                let link = self.tokens.refresh.remove(&token).filter(|link| link.client_id == client_id);
                let link = link.ok_or_else(|| failed("invalid_grant", "refresh token invalid or used"))?;
                (link.seller, TOKEN_SECONDS, true)
            }
            Grant::Code { code, redirect_uri, verifier } => {
                let code = self.tokens.codes.remove(&code).filter(|code| {
                    now < code.ends
                        && code.link.client_id == client_id
                        && code.redirect_uri == redirect_uri
                        && fits(code.challenge.as_ref(), verifier.as_deref())
                });
                let code = code.ok_or_else(|| failed("invalid_grant", "Error validating grant"))?;
                (code.link.seller, TOKEN_SECONDS, true)
            }
        };
        let access_token =
            format!("APP_USR-{client_id}-{}-{}-{seller}", now.format("%m%d%H"), self.draw.hex32());
        let refresh_token = refreshable.then(|| format!("TG-{}-{seller}", self.draw.hex32()));
        let ends = now + TimeDelta::seconds(lasts);
        self.tokens.access.insert(access_token.clone(), Access { seller, ends });
        if let Some(token) = &refresh_token {
            let link = Link { client_id: client_id.to_owned(), seller };
            self.tokens.refresh.insert(token.clone(), link);
        }
        Ok(Granted {
            access_token,
            token_type: "bearer",
            expires_in: lasts,
            scope: if refreshable { "offline_access payments read write" } else { "payments read write" },
            user_id: seller,
            refresh_token,
            public_key: format!("APP_USR-{}", self.draw.uuid()),
            live_mode: true,
        })
    }
}

/// An error of OAuth: its word is the error.
pub(crate) fn failed(error: &'static str, message: &str) -> Refusal {
    Refusal::new(axum::http::StatusCode::BAD_REQUEST, error, message)
}

fn fits(challenge: Option<&Challenge>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, _) => true,
        (Some(Challenge::Plain(challenge)), Some(verifier)) => challenge == verifier,
        (Some(Challenge::S256(challenge)), Some(verifier)) => {
            *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
        }
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Challenge, fits};

    #[test]
    fn a_verifier_fits_the_challenge_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = Challenge::S256("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into());
        assert!(fits(Some(&challenge), Some(verifier)));
        assert!(!fits(Some(&challenge), Some("another")));
        assert!(!fits(Some(&challenge), None));
        assert!(fits(Some(&Challenge::Plain("x".into())), Some("x")));
    }
}
