//! How badly notices are delivered, in whole percents.

use serde::{Deserialize, Serialize};

/// How many notices of a hundred have which fate. A receiver that does not answer well is a matter of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Never sent.
    pub lost_percent: u8,
    /// Sent twice, half a second apart.
    pub duplicated_percent: u8,
    /// Held back for up to twenty minutes, so that later ones overtake it.
    pub reordered_percent: u8,
    /// Sent over the older channel too.
    pub ipn_percent: u8,
    /// Signed over the lower-case id where the address has capitals.
    pub lower_case_percent: u8,
    /// Signed with a time in milliseconds.
    pub millisecond_percent: u8,
    /// Answers of the API that are 429 with `Retry-After`.
    pub rate_limited_percent: u8,
    /// Answers of the API that are 503.
    pub unavailable_percent: u8,
}

/// A percentage above a hundred.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is {percent}, more than a hundred")]
pub(crate) struct TooMuch {
    name: &'static str,
    percent: u8,
}

impl Faults {
    /// Checks that each percentage is one.
    ///
    /// # Errors
    /// The first that is not.
    pub(crate) fn check(self) -> Result<Self, TooMuch> {
        let all = [
            ("lost_percent", self.lost_percent),
            ("duplicated_percent", self.duplicated_percent),
            ("reordered_percent", self.reordered_percent),
            ("ipn_percent", self.ipn_percent),
            ("lower_case_percent", self.lower_case_percent),
            ("millisecond_percent", self.millisecond_percent),
            ("rate_limited_percent", self.rate_limited_percent),
            ("unavailable_percent", self.unavailable_percent),
        ];
        match all.into_iter().find(|(_, percent)| *percent > 100) {
            Some((name, percent)) => Err(TooMuch { name, percent }),
            None => Ok(self),
        }
    }
}
