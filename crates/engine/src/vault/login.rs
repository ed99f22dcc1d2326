//! One login of a seller: the address to open, and the one answer to it. Opens no page and listens nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::{Url, form_urlencoded};

use super::chance::{self, NoChance};
use super::orders::Code;
use crate::config::auth::{Address, Pkce};

/// A login that waits for its answer.
pub struct Login {
    url: Url,
    redirect: Address,
    /// None after it was answered.
    state: Option<SecretString>,
    verifier: Option<SecretString>,
}

/// Why an answer brings no code.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AnswerError {
    /// The login has had its answer.
    #[error("the login was answered already")]
    Answered,
    /// It answers another login, or was forged.
    #[error("the answer does not carry the state of this login")]
    OtherState,
    /// The seller or the provider said no.
    #[error("the seller's account was not linked: {word}")]
    Refused {
        /// The word of the provider, when it is one of RFC 6749; otherwise `another reason`.
        word: &'static str,
    },
    /// It has the state of this login and no code.
    #[error("the answer holds no code")]
    NoCode,
}

/// Words of RFC 6749, section 4.1.2.1. Other words are not repeated: whoever calls the redirect chooses them.
const WORDS: [&str; 7] = [
    "access_denied",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_response_type",
];

impl Login {
    /// Begins a login of an application. Parameters of the address are those of
    /// <https://www.mercadopago.com.ar/developers/en/docs/security/oauth/creation>.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn begin(page: &Address, application: &str, redirect: Address, pkce: Pkce) -> Result<Self, NoChance> {
        let state = chance::word()?;
        let verifier = chance::word()?;
        let mut url = page.url.clone();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("response_type", "code").append_pair("client_id", application);
            query.append_pair("platform_id", "mp").append_pair("state", state.expose_secret());
            query.append_pair("redirect_uri", redirect.as_str());
            match pkce {
                Pkce::S256 => {
                    query.append_pair("code_challenge", &challenge(&verifier));
                    query.append_pair("code_challenge_method", "S256");
                }
                Pkce::Plain => {
                    query.append_pair("code_challenge", verifier.expose_secret());
                    query.append_pair("code_challenge_method", "Plain");
                }
                Pkce::Off => {}
            }
        }
        let verifier = (pkce != Pkce::Off).then_some(verifier);
        Ok(Self { url, redirect, state: Some(state), verifier })
    }

    /// The address on which the seller authorises.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Takes the query of the redirect. Only an answer with the state of this login ends it, and it ends it whatever
    /// else it says; the states are compared in a time that does not depend on where they differ.
    ///
    /// # Errors
    /// [`AnswerError::OtherState`] leaves the login waiting; after any other it is over.
    pub fn answer(&mut self, query: &str) -> Result<Code, AnswerError> {
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let state = self.state.as_ref().ok_or(AnswerError::Answered)?;
        let told = SecretString::from(value("state").unwrap_or_default());
        let is_ours = state.expose_secret().as_bytes().ct_eq(told.expose_secret().as_bytes());
        if !bool::from(is_ours) {
            return Err(AnswerError::OtherState);
        }
        self.state = None;
        if let Some(error) = value("error") {
            let word = WORDS.into_iter().find(|word| *word == error).unwrap_or("another reason");
            return Err(AnswerError::Refused { word });
        }
        let code = value("code").filter(|code| !code.is_empty()).ok_or(AnswerError::NoCode)?;
        Ok(self.code(code))
    }

    /// Takes what a person copied: the whole address of the page on which the browser ended, or the code alone. A
    /// code alone carries no state; the provider binds it to this login by the verifier.
    ///
    /// # Errors
    /// As [`Login::answer`]; [`AnswerError::NoCode`] too for a code alone when nothing binds it.
    pub fn answer_by_hand(&mut self, text: &str) -> Result<Code, AnswerError> {
        let text = text.trim();
        if let Some((_, query)) = text.split_once('?') {
            return self.answer(query.split('#').next().unwrap_or_default());
        }
        if self.state.is_none() {
            return Err(AnswerError::Answered);
        }
        if self.verifier.is_none() || text.is_empty() {
            return Err(AnswerError::NoCode);
        }
        self.state = None;
        Ok(self.code(text.to_owned()))
    }

    fn code(&mut self, code: String) -> Code {
        let verifier = self.verifier.take();
        Code { code: SecretString::from(code), redirect: self.redirect.clone(), verifier, is_test: false }
    }
}

/// The challenge of a verifier: RFC 7636, section 4.2.
fn challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

#[cfg(test)]
mod tests;
