//! `[rules]`: windows of the provider's rules, with what differs on a site.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::currency::Currency;
use domain::rules::{Rules, SiteRules};
use domain::text::Text;
use serde::Deserialize;

use super::ConfigError;

/// Windows of the provider's rules, in days.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Windows {
    /// For refunds, after approval.
    pub refund_window_days: u16,
    /// For confirmation, after creation.
    pub confirmation_window_days: u16,
    /// What differs on a site (`MLA`).
    pub sites: BTreeMap<String, SiteWindows>,
}

/// What differs on one site, in days.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteWindows {
    /// For captures, after creation.
    pub capture_window_days: Option<u16>,
    /// For refunds, after approval.
    pub refund_window_days: Option<u16>,
    /// For refunds of payments at a terminal.
    pub refund_window_days_in_person: Option<u16>,
    /// For refunds by method, or by family of methods.
    #[serde(default)]
    pub refund_window_days_by_method: BTreeMap<Text, u16>,
}

impl Windows {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        match self.sites.keys().find(|site| currency(site).is_none()) {
            Some(site) => Err(ConfigError::UnknownSite { site: site.clone() }),
            None => Ok(()),
        }
    }

    /// The rules that decisions consult.
    #[must_use]
    pub fn rules(&self) -> Rules {
        let mut sites = BTreeMap::<Currency, SiteRules>::new();
        // A variable names a site in small letters; these come after the capitals of files, and win key by key.
        for (site, windows) in &self.sites {
            if let Some(currency) = currency(site) {
                windows.lay_over(sites.entry(currency).or_default());
            }
        }
        Rules {
            refund_window: days(self.refund_window_days),
            confirmation_window: days(self.confirmation_window_days),
            sites,
            ..Rules::default()
        }
    }
}

impl SiteWindows {
    fn lay_over(&self, site: &mut SiteRules) {
        let lay = |window: &mut Option<TimeDelta>, new: Option<u16>| *window = new.map(days).or(*window);
        lay(&mut site.capture_window, self.capture_window_days);
        lay(&mut site.refund_window, self.refund_window_days);
        lay(&mut site.refund_window_in_person, self.refund_window_days_in_person);
        let by_method = self.refund_window_days_by_method.iter();
        site.refund_window_of_method.extend(by_method.map(|(method, count)| (method.clone(), days(*count))));
    }
}

fn currency(site: &str) -> Option<Currency> {
    mercadopago::site::currency(&site.to_uppercase())
}

fn days(count: u16) -> TimeDelta {
    TimeDelta::days(count.into())
}

#[cfg(test)]
mod tests;
