//! Why access to a seller's account was lost, or could not be renewed. Kept with the sealed tokens.

/// What is known of a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// It ran out before it was renewed.
    Expired,
    /// The seller took the authorisation back: a notification of the topic `mp-connect` said so.
    Revoked,
    /// The provider takes no secret of the application that is configured.
    CredentialsRotated,
    /// Somebody else has used the refresh token, which holds once: the account works, its renewal does not.
    UsedTwice,
    /// A renewal was begun and its answer never kept: the new tokens were lost between the provider and the store.
    AnswerLost,
    /// The provider could not be asked.
    Unavailable,
    /// The provider ended it and does not say why: a new password of the seller, a suspicion of fraud, sessions that
    /// were closed, or an application that is gone.
    Unknown,
}

impl Cause {
    /// Every cause, in the order of the enum.
    pub const ALL: [Self; 7] = [
        Self::Expired,
        Self::Revoked,
        Self::CredentialsRotated,
        Self::UsedTwice,
        Self::AnswerLost,
        Self::Unavailable,
        Self::Unknown,
    ];

    /// The word that is stored and printed.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked_by_seller",
            Self::CredentialsRotated => "credentials_rotated",
            Self::UsedTwice => "refresh_token_used_twice",
            Self::AnswerLost => "answer_lost",
            Self::Unavailable => "provider_unavailable",
            Self::Unknown => "unknown",
        }
    }

    /// The cause of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }

    /// What happened and what a person does about it.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::Expired => {
                "it ran out before it was renewed; `conciliar auth login` links the seller again"
            }
            Self::Revoked => {
                "the seller took the authorisation back; `conciliar auth login` asks the seller again"
            }
            Self::CredentialsRotated => {
                "the provider does not take the secret of the application; put the new one where \
                 auth.applications says"
            }
            Self::UsedTwice => {
                "somebody else has used its refresh token; `conciliar auth login` links the seller again"
            }
            Self::AnswerLost => {
                "the answer to a renewal was lost before it was kept; `conciliar auth login` links the seller again"
            }
            Self::Unavailable => "the provider could not be asked; it is tried again",
            Self::Unknown => {
                "the provider ended it without saying why; `conciliar auth login` links the seller again"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cause;

    #[test]
    fn every_cause_has_a_word_of_its_own() {
        for cause in Cause::ALL {
            assert_eq!(Cause::of(cause.word()), Some(cause));
        }
        assert_eq!(Cause::of("weather"), None);
    }
}
