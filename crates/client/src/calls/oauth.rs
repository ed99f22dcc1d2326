//! Tokens of sellers: the three grants of `/oauth/token`. They carry the application's own credentials, so they are
//! sent unsigned, and once: codes and refresh tokens are used up by being sent.
//! Reference: <https://www.mercadopago.com.ar/developers/en/reference/oauth/_oauth_token/post>.

use std::fmt;

use mercadopago::request::oauth::TokenRequest;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::id::Id;
use super::rules;
use crate::call::{Call, Method, json};
use crate::invalid::{Field, Invalid, Problem};
use crate::vault::AccessToken;

const PAGE: &str = "https://www.mercadopago.com.ar/developers/en/reference/oauth/_oauth_token/post";

/// Asks for a token.
#[derive(Clone)]
pub struct Token {
    /// The application.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: SecretString,
    /// What it is asked with.
    pub grant: Grant,
}

/// What a token is asked with.
#[derive(Clone)]
pub enum Grant {
    /// What a seller's consent brought back; lives 10 minutes.
    AuthorizationCode {
        /// The code of the redirect.
        code: SecretString,
        /// Where the redirect went, exactly as it was registered.
        redirect_uri: String,
        /// The other half of the PKCE challenge, whether `S256` or `plain`.
        verifier: Option<SecretString>,
        /// Whether the token is for tests; nothing is sent for `None`.
        is_test: Option<bool>,
    },
    /// The single-use token of an earlier answer.
    RefreshToken(SecretString),
    /// Nothing but the application's own credentials: a token for its own account, for 6 hours.
    ClientCredentials,
}

/// A token that was granted.
#[derive(Clone, Deserialize)]
pub struct Granted {
    /// What calls are made with.
    pub access_token: AccessToken,
    /// What the next one is asked with; used up by it.
    #[serde(default, deserialize_with = "secret")]
    pub refresh_token: Option<SecretString>,
    /// For how many seconds it holds.
    pub expires_in: u64,
    /// Whose it is.
    pub user_id: Option<Id>,
    /// What it may do, words with blanks between.
    pub scope: Option<String>,
    /// What a browser tokenises cards with.
    pub public_key: Option<String>,
    /// `false` for tests.
    pub live_mode: Option<bool>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Option::<String>::deserialize(deserializer).map(|text| text.map(SecretString::from))
}

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Granted")
            .field("user_id", &self.user_id)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

impl Call for Token {
    type Answer = Granted;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/oauth/token"
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(json(&self.request()))
    }

    fn check(&self) -> Result<(), Invalid> {
        let field = |name| Field::new(name, PAGE);
        field("client_id").filled(&self.client_id)?;
        field("client_secret").filled(self.client_secret.expose_secret())?;
        match &self.grant {
            Grant::AuthorizationCode { code, redirect_uri, verifier, .. } => {
                field("code").filled(code.expose_secret())?;
                rules::address(field("redirect_uri"), redirect_uri)?;
                verifier.as_ref().map_or(Ok(()), |verifier| check_verifier(verifier.expose_secret()))
            }
            Grant::RefreshToken(token) => field("refresh_token").filled(token.expose_secret()),
            Grant::ClientCredentials => Ok(()),
        }
    }
}

impl Token {
    fn request(&self) -> TokenRequest {
        let request = TokenRequest {
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.expose_secret().to_owned(),
            grant_type: String::new(),
            code: None,
            redirect_uri: None,
            code_verifier: None,
            refresh_token: None,
            test_token: None,
        };
        match &self.grant {
            Grant::AuthorizationCode { code, redirect_uri, verifier, is_test } => TokenRequest {
                grant_type: "authorization_code".to_owned(),
                code: Some(code.expose_secret().to_owned()),
                redirect_uri: Some(redirect_uri.clone()),
                code_verifier: verifier.as_ref().map(|verifier| verifier.expose_secret().to_owned()),
                test_token: is_test.map(|is_test| is_test.to_string()),
                ..request
            },
            Grant::RefreshToken(token) => TokenRequest {
                grant_type: "refresh_token".to_owned(),
                refresh_token: Some(token.expose_secret().to_owned()),
                ..request
            },
            Grant::ClientCredentials => {
                TokenRequest { grant_type: "client_credentials".to_owned(), ..request }
            }
        }
    }
}

/// 43 to 128 letters, digits and `-._~`. Reference: RFC 7636 §4.1 and the page above.
fn check_verifier(verifier: &str) -> Result<(), Invalid> {
    let field = Field::new("code_verifier", PAGE);
    field.at_least(43, verifier)?;
    field.at_most(128, verifier)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if verifier.bytes().all(fits) { Ok(()) } else { Err(field.is(Problem::BadCharacter)) }
}

#[cfg(test)]
mod tests;
