//! Our own count of a subscription's charges, compared with the provider's, which may lag behind ours.
//!
//! The provider's time of the last charge is not compared: it was seen to be that of the invoice, and elsewhere is
//! that of the payment.

use chrono::TimeDelta;
use domain::machine::Instant;
use domain::preapproval::charge::ChargeStanding;
use domain::preapproval::{self, Health, Standing};

use crate::calendar::Calendar;
use crate::days::hours;
use crate::expected::next_charge_at;
use crate::options::{Options, SemaphoreRule};
use crate::timeline::{Charge, Timeline};

/// How young a charge may be that the provider's count does not show yet.
const LAG: TimeDelta = TimeDelta::days(1);

/// What was charged of what is to be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Charges in all; `None` when it runs until it is cancelled.
    pub total_count: Option<u32>,
    /// Charges that were collected.
    pub charged_count: u32,
    /// Their sum, minor units; `None` when no amount can say it.
    pub charged_minor: Option<i64>,
    /// When the last one was collected.
    pub last_charged_at: Option<Instant>,
    /// Its amount, minor units.
    pub last_charged_minor: Option<i64>,
    /// Charges that are not collected yet, of all.
    pub pending_count: Option<u32>,
    /// Their sum by the newest terms, minor units; `None` without an amount, and when no amount can say it.
    pub pending_minor: Option<i64>,
    /// How collecting goes; `None` before the first charge.
    pub health: Option<Health>,
}

/// A figure of which the provider says something else than our charges do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Difference {
    /// Number of charges in all.
    Total {
        /// By our calendar; `None` without an end.
        ours: Option<u32>,
        /// By the provider.
        theirs: u32,
    },
    /// Number of collected charges.
    Charged {
        /// By our charges.
        ours: u32,
        /// By the provider.
        theirs: u32,
    },
    /// Sum of collected charges.
    ChargedAmount {
        /// By our charges, minor units; `None` when no amount can say it.
        ours_minor: Option<i64>,
        /// By the provider, minor units.
        theirs_minor: i64,
    },
    /// Number of charges to come.
    Pending {
        /// By our calendar; `None` without an end.
        ours: Option<u32>,
        /// By the provider.
        theirs: u32,
    },
    /// How collecting goes.
    Health {
        /// By our charges.
        ours: Option<Health>,
        /// By the provider.
        theirs: Health,
    },
    /// When the next charge is due.
    NextCharge {
        /// By our calendar.
        ours: Instant,
        /// By the provider.
        theirs: Instant,
    },
}

impl Difference {
    /// The name of the figure.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Total { .. } => "total_count",
            Self::Charged { .. } => "charged_count",
            Self::ChargedAmount { .. } => "charged_amount",
            Self::Pending { .. } => "pending_count",
            Self::Health { .. } => "health",
            Self::NextCharge { .. } => "next_charge",
        }
    }
}

impl Summary {
    /// What our charges come to at a moment.
    #[must_use]
    pub fn of(timeline: &Timeline, options: &Options, as_of: Instant) -> Self {
        let known: Vec<&Charge> =
            timeline.charges.values().filter(|charge| charge.stood_at <= as_of).collect();
        let collected = || known.iter().filter(|charge| charge.standing == ChargeStanding::Collected);
        let last = collected().max_by_key(|charge| (charge.stood_at, charge.due_at()));
        let total_count = Calendar::of(timeline, options).quotas();
        let charged_count = u32::try_from(collected().count()).unwrap_or(u32::MAX);
        let pending_count = total_count.map(|total| total.saturating_sub(charged_count));
        let each_minor = timeline.terms_at(as_of).and_then(|terms| terms.recurring.amount_minor);
        Self {
            total_count,
            charged_count,
            charged_minor: collected()
                .try_fold(0, |sum: i64, charge| sum.checked_add(charge.terms.amount_minor)),
            last_charged_at: last.map(|charge| charge.stood_at),
            last_charged_minor: last.map(|charge| charge.terms.amount_minor),
            pending_count,
            pending_minor: pending_count
                .zip(each_minor)
                .and_then(|(count, each)| each.checked_mul(i64::from(count))),
            health: health(&known, options.semaphore),
        }
    }
}

/// What the provider's newest count says differently. It may lack what became of charges within the last day before it
/// was told, and may know what became of them since.
#[must_use]
pub fn differences(timeline: &Timeline, options: &Options, as_of: Instant) -> Vec<Difference> {
    let Some((told_at, progress)) = timeline.told.at.zip(timeline.told.progress.as_ref()) else {
        return Vec::new();
    };
    let counts = progress.summary.iter().flat_map(|theirs| counts(theirs, told_at, timeline, options, as_of));
    let next =
        progress.next_charge_at.and_then(|theirs| next_charge(theirs, told_at, timeline, options, as_of));
    counts.chain(next).collect()
}

fn counts(
    theirs: &preapproval::Summary,
    told_at: Instant,
    timeline: &Timeline,
    options: &Options,
    as_of: Instant,
) -> Vec<Difference> {
    let ours = Summary::of(timeline, options, as_of);
    let behind = Summary::of(timeline, options, told_at - LAG);
    let mut found = Vec::new();
    if let Some(theirs) = theirs.total_count.filter(|theirs| ours.total_count != Some(*theirs)) {
        found.push(Difference::Total { ours: ours.total_count, theirs });
    }
    if let Some(theirs) = theirs.charged_count
        && !(behind.charged_count..=ours.charged_count).contains(&theirs)
    {
        found.push(Difference::Charged { ours: ours.charged_count, theirs });
    }
    if let Some(theirs_minor) = theirs.charged_minor
        && !is_between(theirs_minor, behind.charged_minor, ours.charged_minor)
    {
        found.push(Difference::ChargedAmount { ours_minor: ours.charged_minor, theirs_minor });
    }
    if let Some(theirs) = theirs.pending_count
        && !is_pending(theirs, &behind, &ours, timeline, options)
    {
        found.push(Difference::Pending { ours: ours.pending_count, theirs });
    }
    // A colour between two of ours cannot be told from a wrong one, so it waits until nothing moves.
    let is_settled = timeline.charges.values().all(|charge| charge.stood_at <= told_at - LAG);
    if let Some(theirs) = theirs.health.filter(|theirs| is_settled && *theirs != Health::Discounted)
        && ours.health != Some(theirs)
    {
        found.push(Difference::Health { ours: ours.health, theirs });
    }
    found
}

/// Whether the provider names another day for the next charge. It goes on to the next date a while before or after the
/// charge, without calling that a change, and leaves a date standing where nothing is charged any more (measured): what
/// it names is to be a date of the calendar between its statement and now.
fn next_charge(
    theirs: Instant,
    told_at: Instant,
    timeline: &Timeline,
    options: &Options,
    as_of: Instant,
) -> Option<Difference> {
    let is_charged = timeline.standing_at(told_at) == Some(Standing::Authorized);
    let ours = next_charge_at(timeline, options, told_at).filter(|_| is_charged)?;
    let calendar = Calendar::of(timeline, options);
    let nearest = calendar.nearest_slot(theirs)?;
    let [earliest, latest] = [told_at - LAG, as_of.max(told_at) + LAG].map(|at| calendar.first_slot_from(at));
    let is_near = calendar.due(nearest).is_some_and(|due| (theirs - due).abs() <= hours(options.grace_hours));
    let is_known = is_near && (earliest..=latest).contains(&nearest);
    (!is_known).then_some(Difference::NextCharge { ours, theirs })
}

/// Whether a sum lies between two others; none does when one of them cannot be said.
fn is_between(sum_minor: i64, least: Option<i64>, most: Option<i64>) -> bool {
    least.zip(most).is_some_and(|(least, most)| (least..=most).contains(&sum_minor))
}

/// Whether a number of charges to come can be: whether one that was given up or skipped still counts is not said.
fn is_pending(theirs: u32, behind: &Summary, ours: &Summary, timeline: &Timeline, options: &Options) -> bool {
    let (Some(total), Some(most)) = (ours.total_count, behind.pending_count) else { return false };
    let passed = timeline.told.at.map_or(0, |at| Calendar::of(timeline, options).first_slot_from(at + LAG));
    (total.saturating_sub(passed.max(ours.charged_count))..=most).contains(&theirs)
}

fn health(charges: &[&Charge], rule: SemaphoreRule) -> Option<Health> {
    let newest = |standing| {
        let of_it = charges.iter().filter(move |charge| charge.standing == standing);
        of_it.map(|charge| charge.stood_at).max()
    };
    let uncollected = newest(ChargeStanding::Uncollected);
    let collected = newest(ChargeStanding::Collected);
    let recycling = newest(ChargeStanding::Recycling);
    match rule {
        SemaphoreRule::Any if uncollected.is_some() => Some(Health::SomeUncollected),
        SemaphoreRule::Any if recycling.is_some() => Some(Health::Retrying),
        SemaphoreRule::Any => collected.map(|_| Health::AllCollected),
        SemaphoreRule::Last if uncollected.is_some() && uncollected > collected => {
            Some(Health::SomeUncollected)
        }
        SemaphoreRule::Last if recycling > collected => Some(Health::Retrying),
        SemaphoreRule::Last => collected.map(|_| Health::AllCollected),
    }
}

#[cfg(test)]
mod tests;
