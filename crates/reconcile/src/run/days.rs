//! Local days: their bounds, and the available balance at the end of each.

use std::collections::BTreeMap;

use chrono::{Days as DayCount, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::report_line::{ReportKind, ReportLine};

use super::files::File;

/// What the release rows of each day did.
pub(super) struct Days {
    zone: Tz,
    days: BTreeMap<(Currency, NaiveDate), i64>,
    /// The day of the last row, whose bounds are known.
    current: Option<(Instant, Instant, NaiveDate)>,
}

/// First and last instant of the local day that holds the instant.
pub(super) fn bounds(zone: Tz, at: Instant) -> (Instant, Instant) {
    let day = at.with_timezone(&zone).date_naive();
    let start = |day: NaiveDate| {
        let midnight = day.and_time(NaiveTime::MIN);
        // Where clocks are set forward at midnight the day begins an hour later.
        let begins = [0, 1, 2, 3]
            .into_iter()
            .find_map(|hours| zone.from_local_datetime(&(midnight + TimeDelta::hours(hours))).earliest());
        begins.map_or_else(|| midnight.and_utc(), |begins| begins.to_utc())
    };
    let next = day.checked_add_days(DayCount::new(1)).map_or(Instant::MAX_UTC, start);
    (start(day), next - TimeDelta::microseconds(1))
}

impl Days {
    pub(super) fn new(zone: Tz) -> Self {
        Self { zone, days: BTreeMap::new(), current: None }
    }

    pub(super) fn add(&mut self, line: &ReportLine) {
        if line.report == ReportKind::Settlement {
            return;
        }
        let day = match self.current {
            Some((from, to, day)) if from <= line.at && line.at <= to => day,
            _ => {
                let (from, to) = bounds(self.zone, line.at);
                let day = line.at.with_timezone(&self.zone).date_naive();
                self.current = Some((from, to, day));
                day
            }
        };
        let sum = self.days.entry((line.currency, day)).or_insert(0);
        *sum = sum.saturating_add(line.net_minor);
    }

    /// The running sum at the end of every day, from the opening balance of the earliest file; days without rows
    /// keep the balance of the day before. Of several currencies the one with the most days is told.
    pub(super) fn finish(self, files: &[File]) -> (Option<Currency>, Vec<(NaiveDate, i64)>) {
        let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
        for (currency, _) in self.days.keys() {
            *counts.entry(*currency).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|(currency, count)| (**count, std::cmp::Reverse(**currency)));
        let Some((currency, _)) = most.map(|(currency, count)| (*currency, *count)) else {
            return (None, Vec::new());
        };
        let of_currency = |f: &&File| f.summary.kind == ReportKind::Release && f.currency == Some(currency);
        let first = files.iter().filter(of_currency).min_by_key(|file| file.span);
        let mut balance = first.and_then(|file| file.summary.opening_minor).unwrap_or(0);
        let mut out: Vec<(NaiveDate, i64)> = Vec::new();
        for ((_, day), sum) in self.days.iter().filter(|((c, _), _)| *c == currency) {
            while let Some(next) = out.last().and_then(|(last, _)| last.succ_opt()).filter(|next| next < day)
            {
                out.push((next, balance));
            }
            balance = balance.saturating_add(*sum);
            out.push((*day, balance));
        }
        (Some(currency), out)
    }
}
