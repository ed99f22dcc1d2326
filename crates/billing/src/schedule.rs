//! The dates that terms lead to once it is known when charging may begin. Knows nothing of pauses, changes of terms
//! or charges that were made.

use chrono::{Months, NaiveDateTime, TimeDelta};
use domain::machine::Instant;
use domain::plan::{self, Period, PeriodUnit};
use domain::preapproval::Terms;

use crate::days::{Stride, Zone, in_days, next_day_of_month};
use crate::options::{EndRule, Options, Proration, QuotaRule, StartRule, TrialRule};
use crate::proration;

/// A calendar of charges, by slots that are numbered from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    /// Before it nothing is charged.
    starts_at: Instant,
    ends_at: Option<Instant>,
    end: EndRule,
    /// The first slot, when it is for a shorter period.
    share: Option<Share>,
    /// The slots of whole periods; `None` when no date is ever reached.
    stride: Option<Stride>,
    repetitions: Option<u32>,
    /// Number of whole periods between the first and the last day.
    whole_periods: Option<u32>,
    quotas: QuotaRule,
}

/// A first, shorter period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Share {
    due_at: Instant,
    days: u32,
    of_days: u32,
    /// The provider may tell its amount: it is that of the beginning.
    is_beginning: bool,
}

/// A moment with the local time that it stands for, which a clock change may have moved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Moment {
    at: Instant,
    local: NaiveDateTime,
}

impl Moment {
    fn of(zone: Zone, at: Instant) -> Self {
        Self { at, local: zone.local(at) }
    }

    /// The same time of so many days later.
    fn after(zone: Zone, at: Instant, days: i64) -> Option<Self> {
        let start = Self::of(zone, at);
        start.or_later(zone, start.local.checked_add_signed(TimeDelta::try_days(days)?)?)
    }

    /// That of another local time; this very one when it is the same, though the clock may show it twice.
    fn or_later(self, zone: Zone, local: NaiveDateTime) -> Option<Self> {
        if local == self.local { Some(self) } else { Some(Self { at: zone.instant(local)?, local }) }
    }
}

impl Schedule {
    /// The calendar of terms under which charging may begin at a moment: when the payer authorised it.
    #[must_use]
    pub fn of(terms: &Terms, anchored_at: Instant, options: &Options) -> Self {
        let starts_at = starts_at(terms, anchored_at, options);
        let zone = Zone::of(options);
        let trial_days = trial_days(terms);
        let first = match options.trial {
            TrialRule::FromStart => Moment::after(zone, starts_at, trial_days),
            TrialRule::FromAuthorization => Moment::after(zone, anchored_at, trial_days)
                .map(|ended| ended.max(Moment::of(zone, starts_at))),
        };
        let quota_from = terms.starts_at.unwrap_or(anchored_at);
        Self::from(terms, starts_at, first, quota_from, options)
    }

    /// The calendar of terms that replace others, from the next due date of those on: without start or trial.
    #[must_use]
    pub fn anew(terms: &Terms, due_at: Instant, options: &Options) -> Self {
        let first = Some(Moment::of(Zone::of(options), due_at));
        let mut anew = Self::from(terms, due_at, first, due_at, options);
        anew.share = anew.share.map(|share| Share { is_beginning: false, ..share });
        anew
    }

    fn from(
        terms: &Terms,
        starts_at: Instant,
        first: Option<Moment>,
        quota_from: Instant,
        options: &Options,
    ) -> Self {
        let (zone, every) = (Zone::of(options), terms.recurring.every);
        let aligned = first.and_then(|first| match billing_day(terms) {
            Some(day) => next_day_of_month(first.local, day).and_then(|local| first.or_later(zone, local)),
            None => Some(first),
        });
        let share = first.zip(aligned).filter(|_| terms.recurring.proportional);
        let share = share.and_then(|(first, aligned)| {
            let days = (aligned.local.date() - first.local.date()).num_days();
            let of_days = match options.proration {
                Proration::ThirtyDays => 30,
                Proration::Calendar => days_before(aligned.local, every)?,
            };
            let days = u32::try_from(days).ok().filter(|days| *days > 0)?;
            Some(Share { due_at: first.at, days, of_days, is_beginning: true })
        });
        let whole_periods = terms.ends_at.map(|end| {
            let periods = Stride::new(zone, zone.local(quota_from), every);
            let past = periods.first_from(end);
            // A period that ends on the very end is whole.
            if periods.at(past) == Some(end) { past } else { past.saturating_sub(1) }
        });
        Self {
            starts_at,
            ends_at: terms.ends_at,
            end: options.end,
            share,
            stride: aligned.map(|aligned| Stride::new(zone, aligned.local, every).beginning(aligned.at)),
            repetitions: terms.recurring.repetitions,
            whole_periods,
            quotas: options.quotas,
        }
    }

    /// When a slot is due, whether or not the terms still hold then; `None` past representable dates only.
    #[must_use]
    pub fn due(&self, slot: u32) -> Option<Instant> {
        let stride = self.stride.as_ref()?;
        match (&self.share, slot) {
            (None, slot) => stride.at(slot),
            (Some(share), 0) => Some(share.due_at),
            (Some(_), slot) => stride.at(slot - 1),
        }
    }

    /// What is charged in a slot by the terms in force then, minor units; `None` when they name no amount.
    #[must_use]
    pub fn amount_minor(&self, slot: u32, in_force: &plan::Terms) -> Option<i64> {
        let full_minor = in_force.amount_minor?;
        let Some(share) = self.share.filter(|_| slot == 0) else { return Some(full_minor) };
        let told_minor = in_force.first_amount_minor.filter(|_| share.is_beginning);
        told_minor.or_else(|| proration::share(full_minor, share.days, share.of_days))
    }

    /// Whether a slot is for a shorter period than the others.
    #[must_use]
    pub fn is_share(&self, slot: u32) -> bool {
        slot == 0 && self.share.is_some()
    }

    /// The least slot that is not due before a moment.
    #[must_use]
    pub fn first_slot_from(&self, at: Instant) -> u32 {
        let Some(stride) = &self.stride else { return 0 };
        match &self.share {
            None => stride.first_from(at),
            Some(share) if at <= share.due_at => 0,
            Some(_) => stride.first_from(at).saturating_add(1),
        }
    }

    /// Whether a charge that is due then is due between the first and the last day.
    #[must_use]
    pub fn is_within(&self, due: Instant) -> bool {
        self.starts_at <= due && !is_past(due, self.ends_at, self.end)
    }

    /// What the charge of a slot pays for: from its due date to the next.
    #[must_use]
    pub fn period(&self, slot: u32) -> Option<(Instant, Instant)> {
        self.due(slot).zip(self.due(slot.checked_add(1)?))
    }

    /// The number of charges that it is sold as; `None` when it runs until it is cancelled.
    #[must_use]
    pub fn quotas(&self) -> Option<u32> {
        let end = self.ends_at;
        self.repetitions.or_else(|| match self.quotas {
            QuotaRule::WholePeriods => self.whole_periods,
            QuotaRule::ChargeDates => end.map(|end| {
                let slot = self.first_slot_from(end);
                let is_charged = self.due(slot) == Some(end) && self.end == EndRule::Inclusive;
                slot.saturating_add(u32::from(is_charged))
            }),
        })
    }
}

/// Whether a charge that is due then is due too late.
pub(crate) fn is_past(due: Instant, ends_at: Option<Instant>, rule: EndRule) -> bool {
    ends_at.is_some_and(|end| match rule {
        EndRule::Inclusive => due > end,
        EndRule::Exclusive => due >= end,
    })
}

/// What the dates of terms follow from, beside where they begin.
pub(crate) fn shape(terms: &Terms) -> (Period, Option<u8>) {
    (terms.recurring.every, billing_day(terms))
}

/// The first moment at which the terms allow a charge, before any trial.
#[must_use]
pub fn starts_at(terms: &Terms, anchored_at: Instant, options: &Options) -> Instant {
    let is_kept = match options.start {
        StartRule::WithEnd => terms.ends_at.is_some(),
        StartRule::Always => true,
    };
    terms.starts_at.filter(|_| is_kept).map_or(anchored_at, |start| start.max(anchored_at))
}

/// Days of a trial: as the provider tells them, else by its count of 30 days a month.
pub(crate) fn trial_days(terms: &Terms) -> i64 {
    let counted = || terms.recurring.free_trial.map_or(0, in_days);
    terms.recurring.first_charge_after_days.map_or_else(counted, i64::from)
}

/// The billing day, which only periods of months have.
fn billing_day(terms: &Terms) -> Option<u8> {
    terms.recurring.billing_day.filter(|_| terms.recurring.every.unit == PeriodUnit::Months)
}

/// Days of the period of months that ends then.
fn days_before(aligned: NaiveDateTime, every: Period) -> Option<u32> {
    let before = aligned.checked_sub_months(Months::new(every.count))?;
    u32::try_from((aligned.date() - before.date()).num_days()).ok()
}

#[cfg(test)]
mod tests;
