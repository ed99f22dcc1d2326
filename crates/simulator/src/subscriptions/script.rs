//! What tests want to become of single instalments: cards that fail at chosen tries, and mistakes of the provider.

use serde::Deserialize;

/// What is to become of an instalment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    /// Names on the card at each try; the last one holds for all later tries. The subscription's own card when empty.
    pub(super) holders: Vec<String>,
    /// What the provider does wrong.
    pub(super) mistake: Option<Mistake>,
}

/// What the provider does wrong with an instalment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mistake {
    /// There is no invoice.
    Missed,
    /// There are two.
    Doubled,
    /// It is of double the amount.
    Overcharged,
}

impl Script {
    /// The name on the card at a try, counted from 0.
    pub(super) fn holder(&self, attempt: u32) -> Option<&str> {
        let last = self.holders.len().checked_sub(1)?;
        let place = usize::try_from(attempt).map_or(last, |attempt| attempt.min(last));
        self.holders.get(place).map(String::as_str)
    }
}
