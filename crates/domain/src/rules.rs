//! The provider's rules as values: windows and limits, per site where they differ.
//!
//! A site is told by its currency: each sells in its own, and a payment always has one. Windows are lengths of time and
//! not days of a calendar: neither a seller's zone nor its clock changes move their ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::currency::Currency;
use crate::payment::Profile;
use crate::rejection::RejectionTable;
use crate::text::Text;

/// Windows and tables that decisions consult.
#[derive(Clone, Debug)]
pub struct Rules {
    /// A refund must be asked for within this time after approval (provider's rule: 180 days).
    pub refund_window: TimeDelta,
    /// An unconfirmed payment expires after this time (provider's rule: 30 days).
    pub confirmation_window: TimeDelta,
    /// What differs on a site, by the currency it sells in.
    pub sites: BTreeMap<Currency, SiteRules>,
    /// Above what amount, minor units, an order about a payment waits for a second person. Where a currency has none,
    /// nothing waits.
    pub approval_above: BTreeMap<Currency, i64>,
    /// What every rejection means.
    pub rejections: Arc<RejectionTable>,
    /// When another attempt to be paid may be made.
    pub guard: GuardRules,
}

/// When another attempt to be paid may be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GuardRules {
    /// After an attempt, before one that is like it: the provider takes it for a duplicate (its error 2001: a minute).
    pub cool_down: TimeDelta,
    /// How long a card's token can be used (provider's rule: 7 days).
    pub token_life: TimeDelta,
    /// Without a reference, for how long the same payer and amount are one thing that is owed.
    pub payer_window: TimeDelta,
    /// How long after an attempt without an answer the provider, asked for it, shows it for certain.
    pub lost_after: TimeDelta,
}

impl Default for GuardRules {
    fn default() -> Self {
        Self {
            cool_down: TimeDelta::seconds(60),
            token_life: TimeDelta::days(7),
            payer_window: TimeDelta::hours(24),
            lost_after: TimeDelta::hours(24),
        }
    }
}

/// What differs on one site.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SiteRules {
    /// How long after its creation a reservation can be captured; nobody knows where there is none.
    pub capture_window: Option<TimeDelta>,
    /// In the place of the common refund window.
    pub refund_window: Option<TimeDelta>,
    /// For payments at a terminal.
    pub refund_window_in_person: Option<TimeDelta>,
    /// For a method (`pix`) or a family of methods (`debit_card`).
    pub refund_window_of_method: BTreeMap<Text, TimeDelta>,
}

impl Rules {
    /// How long after its approval a payment can be refunded: by its method, the family of it, a terminal, its site, or
    /// the common rule, whichever of them there is first.
    #[must_use]
    pub fn refund_window_of(&self, currency: Currency, profile: &Profile) -> TimeDelta {
        let Some(site) = self.sites.get(&currency) else { return self.refund_window };
        let by_method = [&profile.method, &profile.method_type]
            .into_iter()
            .find_map(|method| site.refund_window_of_method.get(method).copied());
        let in_person = || site.refund_window_in_person.filter(|_| profile.device.is_some());
        by_method.or_else(in_person).or(site.refund_window).unwrap_or(self.refund_window)
    }

    /// How long after its creation a reservation can be captured; `None` where the provider names no time.
    #[must_use]
    pub fn capture_window_of(&self, currency: Currency) -> Option<TimeDelta> {
        self.sites.get(&currency)?.capture_window
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            refund_window: TimeDelta::days(180),
            confirmation_window: TimeDelta::days(30),
            sites: captures(),
            approval_above: BTreeMap::new(),
            rejections: Arc::new(RejectionTable::builtin()),
            guard: GuardRules::default(),
        }
    }
}

/// Reservations end by themselves after this time (the provider's guide on reserving funds).
fn captures() -> BTreeMap<Currency, SiteRules> {
    let lives = [("ARS", 7), ("BRL", 5), ("MXN", 7), ("PEN", 22)];
    let site = |(code, days): (&str, i64)| {
        let currency = code.parse().expect("every site of the table sells in a currency of ISO 4217");
        (currency, SiteRules { capture_window: Some(TimeDelta::days(days)), ..SiteRules::default() })
    };
    lives.into_iter().map(site).collect()
}

#[cfg(test)]
mod tests;
