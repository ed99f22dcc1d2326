//! Every point that the provider's documentation leaves open, as a switch; the default is the reading that is
//! documented best. Decides nothing itself.

use chrono_tz::Tz;
use serde::Deserialize;

/// How calendars, shares, tries and summaries are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Whose days a calendar counts.
    pub days: DayZone,
    /// The seller's time zone; not a key of this section.
    #[serde(skip)]
    pub zone: Tz,
    /// How the days of a first, shorter period are priced.
    pub proration: Proration,
    /// Whether a first day is kept to.
    pub start: StartRule,
    /// What a trial is counted from.
    pub trial: TrialRule,
    /// Whether a charge that is due at the very end is made.
    pub end: EndRule,
    /// How many charges a subscription between two dates is sold as.
    pub quotas: QuotaRule,
    /// Whether what falls into a pause uses up a repetition.
    pub skipped: SkipRule,
    /// What makes the provider's semaphore red.
    pub semaphore: SemaphoreRule,
    /// Whether the first try is one of the retries.
    pub tries: TryRule,
    /// Retries of a charge, by the count of [`Options::tries`].
    pub retries: u32,
    /// Days within which they lie, at most.
    pub retry_days: u32,
    /// Uncollected charges after which the provider ends the subscription.
    pub cancel_after: u32,
    /// Which of them count.
    pub cancel_run: RunRule,
    /// Hours after which an expected charge that nobody told us of is missing.
    pub grace_hours: u32,
}

/// Whose days a calendar counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayZone {
    /// Those of the provider, which prints every time at -04:00.
    Provider,
    /// Those of the seller's time zone.
    Seller,
}

/// How the days of a first, shorter period are priced.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// As if every cycle had 30 days: documented, and so in the samples.
    ThirtyDays,
    /// By the days of the period that the billing day ends.
    Calendar,
}

/// Whether a first day is kept to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartRule {
    /// Only of a subscription that has a last day too: documented.
    WithEnd,
    /// Always.
    Always,
}

/// What a trial is counted from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialRule {
    /// The first day, so that a later start moves the end of the trial.
    FromStart,
    /// The authorisation: a later start and a trial pass together. The provider was seen to report a later start as
    /// a trial.
    FromAuthorization,
}

/// Whether a charge that is due at the very end is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndRule {
    /// It is.
    Inclusive,
    /// It is not.
    Exclusive,
}

/// How many charges a subscription between two dates is sold as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaRule {
    /// As many whole periods as fit: so in the samples.
    WholePeriods,
    /// As many dates as a charge is due on.
    ChargeDates,
}

/// Whether what falls into a pause uses up a repetition.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipRule {
    /// It does not: so many charges are made as were agreed on.
    Free,
    /// It does.
    Counted,
}

/// What makes the provider's semaphore red.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SemaphoreRule {
    /// Any charge that was not collected: documented.
    Any,
    /// The charge that was decided last.
    Last,
}

/// Whether the first try is one of the retries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TryRule {
    /// It is not: the retries follow it.
    RetriesAfterFirst,
    /// It is: the number counts every try.
    InAll,
}

/// Which uncollected charges count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunRule {
    /// Those in a row.
    Consecutive,
    /// All there were.
    Total,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            days: DayZone::Provider,
            zone: Tz::UTC,
            proration: Proration::ThirtyDays,
            start: StartRule::WithEnd,
            trial: TrialRule::FromStart,
            end: EndRule::Inclusive,
            quotas: QuotaRule::WholePeriods,
            skipped: SkipRule::Free,
            semaphore: SemaphoreRule::Any,
            tries: TryRule::RetriesAfterFirst,
            retries: 4,
            retry_days: 10,
            cancel_after: 3,
            cancel_run: RunRule::Consecutive,
            grace_hours: 36,
        }
    }
}
