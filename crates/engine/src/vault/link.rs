//! What is kept of a seller: the tokens, how far their renewal is, and what ended them.
//!
//! Pure: instants are arguments, and nothing is sent or stored here. One value holds the tokens, the lease of whoever
//! renews them and the last failure, so that one comparison of versions guards all three.

use chrono::TimeDelta;
use client::vault::AccessToken;
use domain::machine::Instant;
use domain::text::Text;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::cause::Cause;
use super::stored;
use crate::config::auth::Auth;

/// How long nobody tries again after a failure.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// A renewable token that is refused at this age would be refused again: it is not renewed for it.
const NEW: TimeDelta = TimeDelta::seconds(60);

/// The link to a seller's account.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The id of the application that it was made through; imported tokens name none.
    pub application: Option<Text>,
    /// How it was made.
    pub grant: Grant,
    /// What the provider allows, in its words.
    pub scope: Text,
    /// Where it stands.
    pub standing: Standing,
    /// The token before this one, while the provider takes both.
    pub spare: Option<Spare>,
    /// The last failure, also after it was overcome.
    pub failure: Option<Failure>,
}

/// How a link was made, and so how it is renewed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// The seller authorised; renewed with the refresh token.
    AuthorizationCode,
    /// The seller is the owner of the application; renewed with its credentials.
    ClientCredentials,
    /// A person brought the token; not renewed.
    Imported,
}

/// Where a link stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// There are tokens, and nobody renews them.
    Held(Pair),
    /// Somebody asks the provider for new ones, or did and never kept an answer.
    Asked(Asked),
    /// There are no tokens any more.
    Ended {
        /// Why.
        cause: Cause,
        /// Since when.
        at: Instant,
    },
}

/// An access token and what renews it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The access token.
    #[serde(with = "stored::access")]
    pub access: AccessToken,
    /// The refresh token, which holds once; none for grants without one, and after the provider refused it.
    #[serde(with = "stored::secret")]
    pub refresh: Option<SecretString>,
    /// When it was asked for.
    pub issued_at: Instant,
    /// When it runs out, where that is known.
    pub expires_at: Option<Instant>,
    /// Whether the provider refused the access token.
    pub is_rejected: bool,
}

/// A renewal that is under way, or was cut short.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The tokens that are being replaced.
    pub pair: Pair,
    /// Who asks.
    pub by: Text,
    /// Since when.
    pub since: Instant,
    /// Until when nobody else does.
    pub until: Instant,
    /// Whether the same refresh token may have been used before, in a renewal without an answer.
    pub is_repeated: bool,
}

/// The token before the current one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spare {
    /// The token.
    #[serde(with = "stored::access")]
    pub access: AccessToken,
    /// Until when the provider takes it.
    pub until: Instant,
}

/// A failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// What is known of it.
    pub cause: Cause,
    /// When.
    pub at: Instant,
}

/// What is to be done with a link at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Look {
    /// The token holds.
    Usable {
        /// The token.
        access: AccessToken,
        /// Until when it holds, where that is known.
        until: Option<Instant>,
    },
    /// It should be renewed now; the token still holds where there is one.
    Due(Option<AccessToken>),
    /// Somebody else renews it, and the old token does not hold.
    Wait,
    /// It does not hold, and its renewal has just failed.
    Paused(Cause),
    /// It does not hold, nothing renews it, and that is not written down yet.
    Over(Cause),
    /// It has ended.
    Ended(Cause),
}

impl Link {
    /// What is to be done at an instant.
    #[must_use]
    pub fn look(&self, settings: &Auth, now: Instant) -> Look {
        let (pair, asked) = match &self.standing {
            Standing::Ended { cause, .. } => return Look::Ended(*cause),
            Standing::Held(pair) => (pair, None),
            Standing::Asked(asked) => (&asked.pair, Some(asked)),
        };
        let is_asked = asked.is_some_and(|asked| now < asked.until);
        let is_due = self.is_renewable() && (asked.is_some() || pair.is_due(settings, now));
        let pause = self.failure.filter(|failure| now < failure.at + PAUSE);
        if pair.holds(now) {
            return if is_due && !is_asked && pause.is_none() {
                Look::Due(Some(pair.access.clone()))
            } else {
                Look::Usable { access: pair.access.clone(), until: pair.expires_at }
            };
        }
        if is_asked {
            Look::Wait
        } else if !self.is_renewable() {
            Look::Over(self.end_of(pair))
        } else {
            pause.map_or(Look::Due(None), |failure| Look::Paused(failure.cause))
        }
    }

    /// Whether new tokens can be had without a person.
    #[must_use]
    pub fn is_renewable(&self) -> bool {
        match self.grant {
            Grant::ClientCredentials => self.pair().is_some(),
            Grant::AuthorizationCode => self.pair().is_some_and(|pair| pair.refresh.is_some()),
            Grant::Imported => false,
        }
    }

    /// The tokens, unless the link has ended.
    #[must_use]
    pub fn pair(&self) -> Option<&Pair> {
        match &self.standing {
            Standing::Held(pair) => Some(pair),
            Standing::Asked(asked) => Some(&asked.pair),
            Standing::Ended { .. } => None,
        }
    }

    /// The link after the provider refused a token of it; `None` when the token is not its own any more, or is so new
    /// that a renewal would not help.
    #[must_use]
    pub fn rejected(&self, token: &AccessToken, now: Instant) -> Option<Self> {
        let mut link = self.clone();
        if let Some(spare) = link.spare.take_if(|spare| now < spare.until && spare.access != *token)
            && let Standing::Held(pair) = &mut link.standing
            && pair.access == *token
        {
            (pair.access, pair.expires_at) = (spare.access, Some(spare.until));
            link.failure = Some(Failure { cause: Cause::Unknown, at: now });
            return Some(link);
        }
        let is_renewable = link.is_renewable();
        let pair = match &mut link.standing {
            Standing::Held(pair) => pair,
            Standing::Asked(asked) => &mut asked.pair,
            Standing::Ended { .. } => return None,
        };
        if pair.access != *token || (is_renewable && now < pair.issued_at + NEW) {
            return None;
        }
        pair.is_rejected = true;
        Some(link)
    }

    /// The link after its end.
    #[must_use]
    pub fn ended(&self, cause: Cause, at: Instant) -> Self {
        Self {
            standing: Standing::Ended { cause, at },
            spare: None,
            failure: Some(Failure { cause, at }),
            ..self.clone()
        }
    }

    /// Why a pair that does not hold and cannot be renewed does not hold.
    fn end_of(&self, pair: &Pair) -> Cause {
        let since = self.failure.filter(|failure| failure.at >= pair.issued_at);
        match since {
            Some(failure) if failure.cause != Cause::Unavailable => failure.cause,
            _ if pair.is_rejected => Cause::Unknown,
            _ => Cause::Expired,
        }
    }
}

impl Pair {
    /// Whether the access token should be taken by the provider.
    #[must_use]
    pub fn holds(&self, now: Instant) -> bool {
        !self.is_rejected && self.expires_at.is_none_or(|at| now < at)
    }

    fn is_due(&self, settings: &Auth, now: Instant) -> bool {
        self.expires_at.is_some_and(|at| now >= at - settings.renew_before(at - self.issued_at))
    }
}

#[cfg(test)]
mod tests;
