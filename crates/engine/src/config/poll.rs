//! `[poll]`: how the provider is asked for what nobody told us, and when something counts as missed.

use chrono::TimeDelta;
use serde::Deserialize;

use super::ConfigError;
use super::services::at_least_one;
use crate::poll::window::Rules;

/// How the provider is asked for what nobody told us.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// Between two looks for changed payments, seconds.
    pub every_seconds: u32,
    /// How far in the past a window ends, seconds.
    pub lag_seconds: u32,
    /// How much of the window before is read again, seconds.
    pub overlap_seconds: u32,
    /// The longest window, seconds.
    pub window_seconds: u32,
    /// How far the first look goes back, days.
    pub history_days: u16,
    /// Payments that one answer holds at most.
    pub page: u32,
    /// Payments that one window may hold: the largest offset.
    pub window_most: u64,
    /// Between two looks at charge requests that have not ended, and at their events, seconds.
    pub intents_every_seconds: u32,
    /// Between two reads of charge requests of a seller, milliseconds.
    pub intents_pause_ms: u32,
    /// Age after which a charge request is not read any more, days.
    pub intents_days: u16,
    /// Between two rounds through all subscriptions, seconds.
    pub subscriptions_every_seconds: u32,
    /// How long a cancelled subscription is still read, days.
    pub subscriptions_cancelled_days: u16,
    /// Between two rounds through payments that are overdue, seconds.
    pub overdue_every_seconds: u32,
    /// How long an overdue payment is still read, days.
    pub overdue_days: u16,
    /// Between two looks for report files, seconds.
    pub reports_every_seconds: u32,
    /// Age of the oldest report file that is taken, days.
    pub reports_days: u16,
    /// Whole days that a report file covers which is ordered; 0 orders none.
    pub reports_order_days: u16,
    /// Age of the newest report file after which another is ordered, hours.
    pub reports_order_after_hours: u16,
    /// How long a provider, a broker or a store that is away is tried again within a round, seconds.
    pub patience_seconds: u32,
    /// Age after which something that one source knows and no answer of the API told counts as a gap, seconds.
    pub coverage_lag_seconds: u32,
    /// Between two counts of gaps for the metrics, seconds; 0 counts none.
    pub coverage_every_seconds: u32,
}

impl Poll {
    /// What windows of payments keep to.
    #[must_use]
    pub fn windows(&self) -> Rules {
        Rules {
            history: TimeDelta::days(self.history_days.into()),
            lag: seconds(self.lag_seconds),
            overlap: seconds(self.overlap_seconds),
            longest: seconds(self.window_seconds),
        }
    }

    /// Age after which something missed counts as a gap.
    #[must_use]
    pub fn coverage_lag(&self) -> TimeDelta {
        seconds(self.coverage_lag_seconds)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let needed = [
            ("poll.every_seconds", u64::from(self.every_seconds)),
            ("poll.history_days", self.history_days.into()),
            ("poll.page", self.page.into()),
            ("poll.window_most", self.window_most),
            ("poll.intents_every_seconds", self.intents_every_seconds.into()),
            ("poll.subscriptions_every_seconds", self.subscriptions_every_seconds.into()),
            ("poll.overdue_every_seconds", self.overdue_every_seconds.into()),
            ("poll.reports_every_seconds", self.reports_every_seconds.into()),
            ("poll.reports_order_after_hours", self.reports_order_after_hours.into()),
        ];
        for (key, value) in needed {
            at_least_one(key, usize::from(value > 0))?;
        }
        // The provider's search: https://www.mercadopago.com/developers/en/reference/payments/_payments_search/get
        // It makes files of sixty days at most, and whole days are an hour longer where clocks are put back.
        for (key, value, most) in [
            ("poll.page", u64::from(self.page), 50),
            ("poll.window_most", self.window_most, 10_000),
            ("poll.reports_order_days", self.reports_order_days.into(), 59),
        ] {
            if value > most {
                return Err(ConfigError::TooLarge { key, most });
            }
        }
        if self.window_seconds <= self.overlap_seconds {
            return Err(ConfigError::Window { window: self.window_seconds, overlap: self.overlap_seconds });
        }
        Ok(())
    }
}

fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(seconds.into())
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn windows_that_cannot_get_on_and_pages_that_nobody_gives_are_refused() {
        for (set, expected) in [
            ("window_seconds = 600", "poll.window_seconds = 600 is not over poll.overlap_seconds = 600"),
            ("page = 51", "poll.page must be at most 50"),
            ("page = 0", "poll.page must be at least 1"),
            ("window_most = 10001", "poll.window_most must be at most 10000"),
            ("reports_order_days = 60", "poll.reports_order_days must be at most 59"),
            ("reports_order_after_hours = 0", "poll.reports_order_after_hours must be at least 1"),
        ] {
            let refused = Config::read(Some(("test", &format!("[poll]\n{set}"))), []);
            assert_eq!(refused.expect_err("it cannot be used").to_string(), expected);
        }
    }
}
