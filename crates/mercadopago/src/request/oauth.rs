//! The body of `/oauth/token`, for its three grants. Every value goes into the body, never into the address.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a token is asked with. It does not print: three of its fields are secrets.
/// Reference: `/developers/en/reference/oauth/_oauth_token/post`.
#[derive(Serialize, Deserialize)]
pub struct TokenRequest {
    /// The application.
    pub client_id: String,
    /// The application's secret.
    pub client_secret: String,
    /// `authorization_code`, `refresh_token` or `client_credentials`.
    pub grant_type: String,
    /// What the redirect brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Where the redirect went, exactly as it was registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// The other half of the PKCE challenge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_verifier: Option<String>,
    /// The single-use token of an earlier answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// `true` asks for a token of a test user, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_token: Option<String>,
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest").field("grant_type", &self.grant_type).finish_non_exhaustive()
    }
}
