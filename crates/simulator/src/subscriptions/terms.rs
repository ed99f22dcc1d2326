//! What is charged and how often: `auto_recurring` of plans and subscriptions, as it is asked for and answered.
//!
//! Source: the reference of `/preapproval_plan` and `/preapproval`. The least and the most are those of one measured
//! account in Argentina; other sites name none.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::dates::{Rhythm, Span, Unit};
use super::rules::{Rules, Start};
use crate::money::{self, Amount};
use crate::refusal::Refusal;
use crate::site::Site;
use crate::time::{self, Api, Instant};

/// JSON that is kept as it is.
pub(super) type Kept = Box<RawValue>;

/// What is agreed on.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) site: Site,
    /// A plan may leave it to its subscriptions.
    pub(super) amount_minor: Option<i64>,
    pub(super) every: Span,
    pub(super) repetitions: Option<u32>,
    pub(super) billing_day: Option<u32>,
    pub(super) proportional: bool,
    pub(super) trial: Option<Span>,
    pub(super) starts: Option<Instant>,
    pub(super) ends: Option<Instant>,
}

/// As it is asked for. Every field may be missing from a change.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    frequency: Option<u32>,
    frequency_type: Option<String>,
    repetitions: Option<u32>,
    billing_day: Option<u32>,
    billing_day_proportional: Option<bool>,
    pub(super) transaction_amount: Option<Kept>,
    pub(super) currency_id: Option<String>,
    free_trial: Option<AskedSpan>,
    start_date: Option<String>,
    end_date: Option<String>,
}

#[derive(Deserialize)]
struct AskedSpan {
    frequency: Option<u32>,
    frequency_type: Option<String>,
}

/// As it is answered.
#[derive(Serialize)]
pub(super) struct Told {
    frequency: u32,
    frequency_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repetitions: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_day: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    billing_day_proportional: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_billing_day: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_amount_proportional: Option<Amount>,
    currency_id: &'static str,
    free_trial: Option<ToldTrial>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<Api>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<Api>,
}

#[derive(Serialize)]
struct ToldTrial {
    frequency: u32,
    frequency_type: &'static str,
    first_invoice_offset: u32,
}

/// The least and the most of a charge in Argentina, minor units: measured.
const ARGENTINE_MINOR: std::ops::RangeInclusive<i64> = 1_500..=200_000_000;

impl Asked {
    /// The terms that are asked for.
    ///
    /// # Errors
    /// When a field is missing, of another currency, or outside what can be agreed on.
    pub(super) fn terms(&self, site: Site, now: Instant) -> Result<Terms, Refusal> {
        let every = span(self.frequency, self.frequency_type.as_deref(), "auto_recurring.frequency")?;
        if self.currency_id.as_deref() != Some(site.currency()) {
            return Err(bad("auto_recurring.currency_id must be the currency of the country"));
        }
        check_billing_day(self.billing_day, every)?;
        Ok(Terms {
            site,
            amount_minor: self.amount(site)?,
            every,
            repetitions: self.repetitions,
            billing_day: self.billing_day,
            proportional: self.billing_day_proportional == Some(true),
            trial: self.trial()?,
            starts: date(self.start_date.as_deref(), now)?,
            ends: date(self.end_date.as_deref(), now)?,
        })
    }

    /// The amount, if one is asked for.
    ///
    /// # Errors
    /// When it is none, or outside the limits.
    pub(super) fn amount(&self, site: Site) -> Result<Option<i64>, Refusal> {
        let Some(amount) = &self.transaction_amount else { return Ok(None) };
        let minor = money::parse(amount.get(), site.decimals()).filter(|minor| *minor > 0);
        let minor = minor.ok_or_else(|| bad("transaction_amount must be a positive number"))?;
        if site == Site::Mla && !ARGENTINE_MINOR.contains(&minor) {
            let message = "Cannot pay an amount lower than $ 15.00 or greater than $ 2000000.00";
            return Err(bad(message));
        }
        Ok(Some(minor))
    }

    /// The terms after a change of frequency, billing day or end; nothing when none of them is asked for.
    ///
    /// # Errors
    /// When one of them cannot be.
    pub(super) fn dates(&self, old: &Terms, now: Instant) -> Result<Option<Terms>, Refusal> {
        let ends = date(self.end_date.as_deref(), now)?;
        let is_none = self.billing_day.is_none() && self.billing_day_proportional.is_none() && ends.is_none();
        if is_none && !self.touches_frequency() {
            return Ok(None);
        }
        let every = self.frequency(old.every)?;
        let billing_day = self.billing_day.or(old.billing_day);
        check_billing_day(billing_day, every)?;
        Ok(Some(Terms {
            every,
            billing_day,
            proportional: self.billing_day_proportional.unwrap_or(old.proportional),
            ends: ends.or(old.ends),
            ..old.clone()
        }))
    }

    /// Whether the frequency is asked to change.
    pub(super) fn touches_frequency(&self) -> bool {
        self.frequency.is_some() || self.frequency_type.is_some()
    }

    /// The frequency after a change.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn frequency(&self, old: Span) -> Result<Span, Refusal> {
        let word = self.frequency_type.as_deref().unwrap_or(unit_word(old.unit));
        span(Some(self.frequency.unwrap_or(old.count)), Some(word), "auto_recurring.frequency")
    }

    /// The trial, if one is asked for; the documentation's own empty one is none.
    ///
    /// # Errors
    /// When it is incomplete.
    pub(super) fn trial(&self) -> Result<Option<Span>, Refusal> {
        match &self.free_trial {
            Some(trial) if trial.frequency.is_some() || trial.frequency_type.is_some() => {
                let word = trial.frequency_type.as_deref();
                span(trial.frequency, word, "free_trial.frequency").map(Some)
            }
            _ => Ok(None),
        }
    }
}

impl Terms {
    /// The calendar of a subscription that starts to be charged now, or at its start if that is later.
    ///
    /// A start is honoured only together with an end, unless the rules say otherwise.
    pub(super) fn rhythm(&self, now: Instant, rules: Rules) -> Rhythm {
        let is_honoured = rules.start == Start::Alone || self.ends.is_some();
        let starts = self.starts.filter(|starts| is_honoured && *starts > now);
        Rhythm {
            agreed_at: now,
            starts_at: starts.unwrap_or(now),
            ends_at: self.ends,
            every: self.every,
            repetitions: self.repetitions,
            billing_day: self.billing_day,
            proportional: self.proportional,
            trial: self.trial,
            rules,
        }
    }

    /// The calendar that follows another from its next date on, without start and trial.
    pub(super) fn anew(&self, from: Instant, rules: Rules) -> Rhythm {
        Rhythm { agreed_at: from, starts_at: from, trial: None, ..self.rhythm(from, rules) }
    }

    /// The charges it is sold as; whole periods by the dates that were asked for.
    pub(super) fn quotas(&self, now: Instant, rules: Rules) -> Option<u32> {
        self.rhythm(now, rules).quotas(self.starts.unwrap_or(now))
    }

    /// As a plan answers it; the share is that of a subscription that starts now.
    pub(super) fn of_plan(&self, now: Instant, rules: Rules) -> Told {
        let share = self.amount_minor.filter(|_| self.proportional && self.billing_day.is_some());
        let share = share.map(|full| self.rhythm(now, rules).first_minor(full));
        Told {
            transaction_amount_proportional: share.map(|minor| self.printed(minor)),
            billing_day_proportional: self.billing_day.map(|_| self.proportional),
            has_billing_day: None,
            start_date: None,
            end_date: None,
            ..self.told()
        }
    }

    /// As a subscription answers it.
    pub(super) fn of_preapproval(&self, begun: Option<Instant>) -> Told {
        Told {
            has_billing_day: Some(self.billing_day.is_some()),
            billing_day_proportional: Some(self.proportional),
            start_date: self.starts.or(begun).map(Api),
            end_date: self.ends.map(Api),
            ..self.told()
        }
    }

    /// Its amount as the API writes it.
    pub(super) fn printed(&self, minor: i64) -> Amount {
        Amount { minor, decimals: self.site.decimals() }
    }

    fn told(&self) -> Told {
        Told {
            frequency: self.every.count,
            frequency_type: unit_word(self.every.unit),
            repetitions: self.repetitions,
            billing_day: self.billing_day,
            billing_day_proportional: None,
            has_billing_day: None,
            transaction_amount: self.amount_minor.map(|minor| self.printed(minor)),
            transaction_amount_proportional: None,
            currency_id: self.site.currency(),
            free_trial: self.trial.map(|trial| ToldTrial {
                frequency: trial.count,
                frequency_type: unit_word(trial.unit),
                first_invoice_offset: trial.in_days(),
            }),
            start_date: None,
            end_date: None,
        }
    }
}

fn check_billing_day(day: Option<u32>, every: Span) -> Result<(), Refusal> {
    if day.is_some_and(|day| every.unit != Unit::Months || !(1..=28).contains(&day)) {
        return Err(bad("auto_recurring.billing_day must be 1 to 28 and needs months"));
    }
    Ok(())
}

fn span(count: Option<u32>, word: Option<&str>, field: &str) -> Result<Span, Refusal> {
    let unit = match word {
        Some("days") => Unit::Days,
        Some("months") => Unit::Months,
        _ => return Err(bad(&format!("{field}_type must be days or months"))),
    };
    match count {
        Some(count) if count > 0 => Ok(Span { count, unit }),
        _ => Err(bad(&format!("{field} must be a positive number"))),
    }
}

fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "days",
        Unit::Months => "months",
    }
}

fn date(text: Option<&str>, now: Instant) -> Result<Option<Instant>, Refusal> {
    let read = |text| time::parse(text, now).ok_or_else(|| bad("dates of auto_recurring are ISO 8601"));
    text.map(read).transpose()
}

/// A request that is refused with this message.
pub(super) fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message)
}
