//! `[guard]`: when another attempt to be paid may be made, and how payers are told apart.

use chrono::TimeDelta;
use domain::rules::GuardRules;
use serde::Deserialize;

use super::ConfigError;
use super::auth::place::Place;
use super::services::at_least_one;

/// When another attempt to be paid may be made.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guard {
    /// Where the key is that payers are told apart by; without one they are not.
    pub payer_key: Option<Place>,
    /// After an attempt, before one that is like it, seconds.
    pub cool_down_seconds: u32,
    /// How long a card's token can be used, days.
    pub card_token_days: u16,
    /// Without a reference, for how long the same payer and amount are one thing that is owed, hours.
    pub payer_window_hours: u16,
    /// How long after an attempt without an answer the provider shows it for certain, hours.
    pub lost_after_hours: u16,
}

impl Guard {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("guard.card_token_days", self.card_token_days),
            ("guard.payer_window_hours", self.payer_window_hours),
            // What is under way must not be given up.
            ("guard.lost_after_hours", self.lost_after_hours),
        ] {
            at_least_one(key, value.into())?;
        }
        Ok(())
    }

    /// The rules that decisions consult.
    #[must_use]
    pub fn rules(&self) -> GuardRules {
        GuardRules {
            cool_down: TimeDelta::seconds(self.cool_down_seconds.into()),
            token_life: TimeDelta::days(self.card_token_days.into()),
            payer_window: TimeDelta::hours(self.payer_window_hours.into()),
            lost_after: TimeDelta::hours(self.lost_after_hours.into()),
        }
    }
}
