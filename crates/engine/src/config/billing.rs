//! `[billing]`: how the calendar of subscriptions is read where the provider's documentation is open.

use ::billing::options::Options;
use chrono_tz::Tz;
use serde::Deserialize;

use super::ConfigError;
use super::services::at_least_one;

/// How the calendar of subscriptions is read.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct Billing(Options);

impl Billing {
    /// The switches, with the seller's time zone.
    #[must_use]
    pub fn options(&self, zone: Tz) -> Options {
        Options { zone, ..self.0 }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Options { retry_days, cancel_after, .. } = self.0;
        for (key, value) in [("billing.retry_days", retry_days), ("billing.cancel_after", cancel_after)] {
            at_least_one(key, usize::from(value > 0))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ::billing::options::{DayZone, Options, Proration};
    use chrono_tz::Tz;

    use crate::config::Config;

    #[test]
    fn the_defaults_are_those_of_the_calendar_in_the_zone_of_the_reports() {
        let config = Config::read(None, []).expect("the defaults fit");
        let zone = Tz::America__Argentina__Buenos_Aires;
        assert_eq!(config.billing(), Options { zone, ..Options::default() });
    }

    #[test]
    fn a_switch_is_a_word_and_a_zone_is_none_of_them() {
        let read = |set: &str| Config::read(Some(("test", &format!("[billing]\n{set}"))), []);
        let config = read("days = \"seller\"\nproration = \"calendar\"").expect("it fits");
        let options = config.billing();
        assert_eq!((options.days, options.proration), (DayZone::Seller, Proration::Calendar));
        for wrong in ["days = \"mine\"", "zone = \"UTC\""] {
            let refused = read(wrong).expect_err(wrong);
            assert_eq!(
                refused.to_string(),
                "the configuration does not fit; config/default.toml shows every key"
            );
        }
        let refused = read("cancel_after = 0").expect_err("it would end everything");
        assert_eq!(refused.to_string(), "billing.cancel_after must be at least 1");
    }
}
