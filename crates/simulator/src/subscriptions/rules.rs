//! What the provider's documents leave open about subscriptions: one position each, the measured or most documented
//! one at first.
//!
//! Positions alone: what they mean for a calendar is said in `dates`, for an instalment in `billing`.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// How subscriptions are billed where the documents leave it open. Counts for what happens after it was set; the
/// calendar of a subscription keeps the rules under which it began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Whose days are counted: four hours west of Greenwich when absent.
    pub zone: Option<Tz>,
    /// What the days before the first billing day are a share of.
    pub cycle: Cycle,
    /// Whether a start counts.
    pub start: Start,
    /// What a trial is counted from.
    pub trial: Trial,
    /// Whether the very end is still charged.
    pub end: End,
    /// How many charges a subscription with an end is sold as.
    pub quotas: Quotas,
    /// What becomes of a repetition that falls into a pause.
    pub paused: Paused,
    /// Tries of an instalment in all: 5 when the first is none of the four, 4 when it is.
    pub tries: u32,
    /// Days in which they lie.
    pub window_days: u32,
    /// Instalments that nobody paid which end a subscription.
    pub most_unpaid: u32,
    /// Which of them are counted.
    pub unpaid: Unpaid,
    /// What makes the semaphore red.
    pub red: Red,
    /// What a change of frequency, billing day or end does.
    pub dates: Dates,
}

/// What the days before the first billing day are a share of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cycle {
    /// Of thirty days, whatever the month.
    Thirty,
    /// Of the days of the period that the billing day ends.
    Month,
}

/// Whether a start counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// Only together with an end.
    WithEnd,
    /// By itself.
    Alone,
}

/// What a trial is counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// From the start.
    Start,
    /// From the authorisation, so that it may be over before a later start.
    Authorization,
}

/// Whether the very end is still charged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It is.
    Charged,
    /// It is not.
    Free,
}

/// How many charges a subscription with an end is sold as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quotas {
    /// As whole periods lie between its dates.
    Periods,
    /// As dates of charges do.
    Dates,
}

/// What becomes of a repetition that falls into a pause.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paused {
    /// It is charged after the others.
    Kept,
    /// It is gone.
    Spent,
}

/// Which instalments that nobody paid are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unpaid {
    /// Those in a row.
    InRow,
    /// All.
    InAll,
}

/// What makes the semaphore red.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Red {
    /// Any instalment that nobody paid.
    Any,
    /// The one that was decided last.
    Last,
}

/// What a change of frequency, billing day or end does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dates {
    /// Nothing, and it is answered with 200: measured.
    PassedOver,
    /// It counts from the next instalment: the management guide.
    Followed,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            zone: None,
            cycle: Cycle::Thirty,
            start: Start::WithEnd,
            trial: Trial::Start,
            end: End::Charged,
            quotas: Quotas::Periods,
            paused: Paused::Kept,
            tries: 5,
            window_days: 10,
            most_unpaid: 3,
            unpaid: Unpaid::InRow,
            red: Red::Any,
            dates: Dates::PassedOver,
        }
    }
}
