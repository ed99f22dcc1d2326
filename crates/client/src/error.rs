//! What can become of a call, told apart by what can be done about it.
//!
//! No variant holds a token, a body or an address with its query.

use std::fmt;
use std::time::Duration;

use crate::call::Endpoint;
use crate::error::code::ErrorCode;
use crate::invalid::Invalid;
use crate::vault::VaultError;

pub(crate) mod body;
pub mod code;

/// Why a call brought no success.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Ours: it breaks a rule of the provider and was not sent.
    #[error("{endpoint} was not sent")]
    Invalid {
        /// The call.
        endpoint: Endpoint,
        /// The rule.
        #[source]
        source: Box<Invalid>,
    },
    /// There is no token to send it with.
    #[error("{endpoint} was not sent")]
    Vault {
        /// The call.
        endpoint: Endpoint,
        /// Why not.
        #[source]
        source: VaultError,
    },
    /// The provider read it and refused it: any 4xx that is not below, and a redirect.
    #[error("the provider refused {0}")]
    Refused(Box<Refusal>),
    /// 404: there is no such thing, or it belongs to another seller than the token.
    #[error("the provider does not know what was asked for: {0}")]
    NotFound(Box<Refusal>),
    /// 401, also after the vault was asked for another token.
    #[error("the provider refused the token: {0}")]
    Unauthorized(Box<Refusal>),
    /// 429: too many calls.
    #[error("the provider limits {endpoint}")]
    RateLimited {
        /// The call.
        endpoint: Endpoint,
        /// How long the provider asks to wait, where it says so.
        retry_after: Option<Duration>,
    },
    /// 5xx, the network, or time ran out: what became of the call is not known.
    #[error("{endpoint} had no answer: {outage}")]
    Unavailable {
        /// The call.
        endpoint: Endpoint,
        /// What happened.
        outage: Outage,
    },
    /// The answer is longer than what the client takes.
    #[error("the answer to {endpoint} is longer than {limit} bytes")]
    TooLarge {
        /// The call.
        endpoint: Endpoint,
        /// The configured bound.
        limit: usize,
    },
    /// A success whose body is not what the endpoint documents.
    #[error("the answer to {endpoint} cannot be read at line {line} column {column}")]
    Unreadable {
        /// The call.
        endpoint: Endpoint,
        /// Line of the body.
        line: usize,
        /// Column of the body.
        column: usize,
    },
}

impl ClientError {
    /// Whether sending it again later can help without a person.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RateLimited { .. } | Self::Unavailable { .. } => true,
            Self::Vault { source, .. } => source.is_transient(),
            _ => false,
        }
    }

    /// Whether it is certain that what was asked for was not done: it was not sent, or the provider said no to the first
    /// try that reached it.
    #[must_use]
    pub fn leaves_nothing_done(&self) -> bool {
        match self {
            Self::Refused(refusal) | Self::NotFound(refusal) | Self::Unauthorized(refusal) => {
                !refusal.follows_silence
            }
            Self::Invalid { .. }
            | Self::Vault { .. }
            | Self::RateLimited { .. }
            | Self::Unavailable { outage: Outage::NotConnected(_), .. } => true,
            Self::Unavailable { .. } | Self::TooLarge { .. } | Self::Unreadable { .. } => false,
        }
    }

    /// The same, after another try of the call that may have been done.
    pub(crate) fn after_silence(mut self) -> Self {
        if let Self::Refused(refusal) | Self::NotFound(refusal) | Self::Unauthorized(refusal) = &mut self {
            refusal.follows_silence = true;
        }
        self
    }

    /// The provider's name of the request, where it gave one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Unavailable { outage: Outage::Answered { request_id, .. }, .. } => request_id.as_deref(),
            _ => self.refusal().and_then(|refusal| refusal.request_id.as_deref()),
        }
    }

    /// What the provider said, when it refused.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::NotFound(refusal) | Self::Unauthorized(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// What the provider said when it refused a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The call.
    pub endpoint: Endpoint,
    /// The HTTP status.
    pub status: u16,
    /// What the first cause means; where there is none, the word of `error`.
    pub code: ErrorCode,
    /// The word of `error`, as `bad_request` or `invalid_grant`.
    pub error: Option<String>,
    /// The provider's words, cut to 200 characters; for people, never to be read by programs.
    pub message: String,
    /// Every cause, as it came.
    pub causes: Vec<Cause>,
    /// The provider's name of the request.
    pub request_id: Option<String>,
    /// Whether an earlier try of the same call had no answer: what is refused now may have been done then.
    pub follows_silence: bool,
}

/// How codes of rejected cards begin.
const REJECTED_CARD: &str = "cc_rejected_";

impl Refusal {
    /// Why, as one word that can be kept: the code of the first cause; else that of a rejected card, which the provider
    /// only quotes in its text; else the HTTP status.
    #[must_use]
    pub fn reason_code(&self) -> String {
        let named = self.causes.first().map(|cause| cause.code.as_str()).filter(|code| !code.is_empty());
        let texts = || self.causes.iter().map(|cause| &cause.description).chain([&self.message]);
        let named = named.or_else(|| texts().find_map(|text| quoted(text)));
        named.map_or_else(|| self.status.to_string(), str::to_owned)
    }
}

/// The code of a rejected card in a text.
fn quoted(text: &str) -> Option<&str> {
    let code = &text[text.find(REJECTED_CARD)?..];
    let end = code.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(code.len());
    Some(&code[..end])
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.endpoint, self.status)?;
        if !self.code.as_str().is_empty() {
            write!(f, ", code {}", self.code)?;
        }
        if !self.message.is_empty() {
            write!(f, " ({})", self.message)?;
        }
        match self.code.advice() {
            Some(advice) => write!(f, ": {advice}"),
            None => Ok(()),
        }
    }
}

/// One entry of `cause`. Reference: `/v1/payments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Digits or a word.
    pub code: String,
    /// The provider's words, cut to 200 characters.
    pub description: String,
}

/// How a call ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Outage {
    /// The provider answered that it is not well.
    #[error("the provider answered {status}")]
    Answered {
        /// The HTTP status, 500 to 599.
        status: u16,
        /// The provider's name of the request.
        request_id: Option<String>,
    },
    /// The configured time passed.
    #[error("it took too long")]
    TimedOut,
    /// The other side could not be reached.
    #[error("no connection")]
    NotConnected(#[source] reqwest::Error),
    /// The connection broke.
    #[error("the connection broke")]
    Broken(#[source] reqwest::Error),
}
