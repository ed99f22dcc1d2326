//! A renewal of a link in three steps: it is claimed, the provider answers, and the answer settles it. Pure.

use client::vault::AccessToken;
use domain::machine::Instant;
use domain::text::Text;

use super::cause::Cause;
use super::link::{Asked, Failure, Grant, Link, Pair, Standing};

/// What came of asking the provider for new tokens.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// New tokens.
    Granted {
        /// The tokens.
        pair: Pair,
        /// What they allow.
        scope: Text,
    },
    /// The refresh token is not taken.
    InvalidGrant,
    /// No secret of the application is taken.
    SecretRefused,
    /// It was refused for another reason.
    Refused,
    /// The question did not reach the provider, or it did not look at it.
    NotAsked,
    /// The question may have been answered, and the answer is lost.
    NoAnswer,
}

impl Outcome {
    /// As a word, for logs and counters.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Granted { .. } => "granted",
            Self::InvalidGrant => "invalid_grant",
            Self::SecretRefused => "secret_refused",
            Self::Refused => "refused",
            Self::NotAsked => "not_asked",
            Self::NoAnswer => "no_answer",
        }
    }
}

impl Link {
    /// The renewal that begins with this, and the link that says so; `None` when the link has ended.
    #[must_use]
    pub fn claimed(&self, by: &Text, now: Instant, until: Instant) -> Option<(Asked, Self)> {
        let is_repeated = matches!(self.standing, Standing::Asked(_));
        let pair = self.pair()?.clone();
        let asked = Asked { pair, by: by.clone(), since: now, until, is_repeated };
        let link = Self { standing: Standing::Asked(asked.clone()), ..self.clone() };
        Some((asked, link))
    }

    /// The link after the answer to a renewal of it.
    #[must_use]
    pub fn settled(&self, asked: Asked, outcome: Outcome, now: Instant) -> Self {
        let failed = |cause| Some(Failure { cause, at: now });
        let (standing, failure) = match outcome {
            Outcome::Granted { pair, scope } => {
                return Self { scope, standing: Standing::Held(pair), spare: None, ..self.clone() };
            }
            Outcome::InvalidGrant if self.grant == Grant::AuthorizationCode => {
                let cause = cause_of(&asked, now);
                let pair = Pair { refresh: None, ..asked.pair };
                if !pair.holds(now) {
                    return self.ended(cause, now);
                }
                (Standing::Held(pair), failed(cause))
            }
            Outcome::SecretRefused => (unanswered(asked), failed(Cause::CredentialsRotated)),
            Outcome::InvalidGrant | Outcome::Refused => (unanswered(asked), failed(Cause::Unknown)),
            Outcome::NotAsked => (unanswered(asked), failed(Cause::Unavailable)),
            Outcome::NoAnswer => (Standing::Asked(Asked { until: now, ..asked }), failed(Cause::Unavailable)),
        };
        Self { standing, failure, ..self.clone() }
    }

    /// Whether this, found where a renewal should be settled, gives way to the tokens that the renewal brought: it
    /// was made by somebody who took the renewal for lost, and not by a person or the seller.
    #[must_use]
    pub fn gives_way(&self, replaced: &AccessToken) -> bool {
        match &self.standing {
            Standing::Held(pair) | Standing::Asked(Asked { pair, .. }) => pair.access == *replaced,
            Standing::Ended { cause, .. } => *cause != Cause::Revoked,
        }
    }
}

/// Back to where it was before it was claimed: the refresh token was not used by this renewal.
fn unanswered(asked: Asked) -> Standing {
    if asked.is_repeated {
        let until = asked.since;
        Standing::Asked(Asked { until, ..asked })
    } else {
        Standing::Held(asked.pair)
    }
}

/// Why a refresh token is not taken: the provider has one word for all of it.
fn cause_of(asked: &Asked, now: Instant) -> Cause {
    if asked.is_repeated {
        Cause::AnswerLost
    } else if asked.pair.is_rejected {
        Cause::Unknown
    } else if asked.pair.holds(now) {
        Cause::UsedTwice
    } else {
        Cause::Expired
    }
}

#[cfg(test)]
mod tests;
