//! What of a link may be shown: everything but its tokens.

use domain::ids::SellerId;
use domain::machine::Instant;
use domain::text::Text;

use super::fault::Fault;
use super::link::{Failure, Grant, Link, Look, Standing};
use crate::config::auth::Auth;

/// A link as people see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Whose account.
    pub seller: SellerId,
    /// The application, where one is known.
    pub application: Option<Text>,
    /// How it was made: the grant in the provider's words, or `imported`; none when the link cannot be opened.
    pub grant: Option<&'static str>,
    /// What the provider allows, in its words.
    pub scope: Text,
    /// Where it stands, as a word.
    pub standing: &'static str,
    /// When the access token runs out, where that is known.
    pub expires_at: Option<Instant>,
    /// When the tokens were asked for.
    pub refreshed_at: Option<Instant>,
    /// The last failure, also when it was overcome.
    pub failure: Option<Failure>,
    /// Why the link cannot be opened.
    pub fault: Option<String>,
}

impl Shown {
    /// A link at an instant.
    #[must_use]
    pub fn of(seller: SellerId, link: &Link, settings: &Auth, now: Instant) -> Self {
        let pair = link.pair();
        Self {
            seller,
            application: link.application.clone(),
            grant: Some(grant(link.grant)),
            scope: link.scope.clone(),
            standing: standing(link, settings, now),
            expires_at: pair.and_then(|pair| pair.expires_at),
            refreshed_at: pair.map(|pair| pair.issued_at),
            failure: link.failure,
            fault: None,
        }
    }

    /// A link that cannot be opened.
    #[must_use]
    pub fn closed(seller: SellerId, fault: &Fault) -> Self {
        Self {
            seller,
            application: None,
            grant: None,
            scope: Text::default(),
            standing: "unreadable",
            expires_at: None,
            refreshed_at: None,
            failure: None,
            fault: Some(crate::look::chain(fault)),
        }
    }
}

fn grant(grant: Grant) -> &'static str {
    match grant {
        Grant::AuthorizationCode => "authorization_code",
        Grant::ClientCredentials => "client_credentials",
        Grant::Imported => "imported",
    }
}

fn standing(link: &Link, settings: &Auth, now: Instant) -> &'static str {
    match (link.look(settings, now), &link.standing) {
        (Look::Ended(_) | Look::Over(_), _) => "ended",
        (Look::Wait, _) => "renewing",
        (_, Standing::Asked(asked)) if now < asked.until => "renewing",
        (_, Standing::Asked(_)) => "interrupted",
        (Look::Due(Some(_)), _) => "due",
        (Look::Usable { .. }, _) => "valid",
        (Look::Due(None) | Look::Paused(_), _) => "expired",
    }
}
