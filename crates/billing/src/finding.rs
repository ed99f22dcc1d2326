//! What a person must look at: where a subscription was not charged as agreed, and what goes wrong with it.
//!
//! The same facts at the same moment give the same findings. Nothing is decided here about what to do.

use chrono::{DateTime, Utc};
use domain::changes::Settlement;
use domain::currency::Currency;
use domain::ids::InvoiceId;
use domain::machine::Instant;
use domain::preapproval::charge::ChargeStanding;
use domain::preapproval::{Health, Standing};

use crate::days::hours;
use crate::matching::{Matching, Pair, Surplus, SurplusReason, idle_at, matching};
use crate::options::{Options, RunRule};
use crate::retry::{decision, uncollected_run};
use crate::summary::{Difference, differences};
use crate::timeline::{Charge, Timeline};

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FindingKind {
    /// A charge was due, and nobody told of it within the grace.
    Missing,
    /// A second charge for what was charged already.
    Duplicated,
    /// A charge of another amount than was agreed on.
    WrongAmount,
    /// A charge after the last day, the last repetition or the cancellation.
    AfterEnd,
    /// A charge in a pause.
    WhilePaused,
    /// A charge on a day on which none is due.
    OffCalendar,
    /// The next charge that is not collected ends the subscription.
    UncollectedRun,
    /// The provider's own count differs from its charges, or its next date from the calendar.
    SummaryDiffers,
    /// The provider answered a change with success and did not make it.
    ChangeIgnored,
}

/// A number of a finding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Figure {
    /// Minor units of the finding's currency.
    Minor(i64),
    /// How many.
    Count(u32),
    /// How collecting goes.
    Health(Health),
    /// When.
    At(Instant),
}

/// Something that a person must look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// Of which slot of the calendar.
    pub slot: Option<u32>,
    /// Of charges when they are due, else when it was told.
    pub due_at: Instant,
    /// Of which charge.
    pub invoice: Option<InvoiceId>,
    /// Of which figure of the provider's count, or of which change.
    pub subject: Option<&'static str>,
    /// Of all amounts of the subscription.
    pub currency: Currency,
    /// What was to be.
    pub expected: Option<Figure>,
    /// What is.
    pub actual: Option<Figure>,
}

impl FindingKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Missing,
        Self::Duplicated,
        Self::WrongAmount,
        Self::AfterEnd,
        Self::WhilePaused,
        Self::OffCalendar,
        Self::UncollectedRun,
        Self::SummaryDiffers,
        Self::ChangeIgnored,
    ];

    /// Its name, as reports print it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Duplicated => "duplicated",
            Self::WrongAmount => "wrong_amount",
            Self::AfterEnd => "after_end",
            Self::WhilePaused => "while_paused",
            Self::OffCalendar => "off_calendar",
            Self::UncollectedRun => "uncollected_run",
            Self::SummaryDiffers => "summary_differs",
            Self::ChangeIgnored => "change_ignored",
        }
    }
}

impl From<SurplusReason> for FindingKind {
    fn from(reason: SurplusReason) -> Self {
        match reason {
            SurplusReason::Duplicated => Self::Duplicated,
            SurplusReason::AfterEnd => Self::AfterEnd,
            SurplusReason::WhilePaused => Self::WhilePaused,
            SurplusReason::OffCalendar => Self::OffCalendar,
        }
    }
}

impl Figure {
    /// Minor units, when it is an amount.
    #[must_use]
    pub fn minor(self) -> Option<i64> {
        match self {
            Self::Minor(minor) => Some(minor),
            Self::Count(_) | Self::Health(_) | Self::At(_) => None,
        }
    }
}

/// All findings of a subscription at a moment.
#[must_use]
pub fn findings(timeline: &Timeline, options: &Options, as_of: Instant) -> Vec<Finding> {
    findings_since(timeline, options, DateTime::<Utc>::MIN_UTC, as_of)
}

/// The findings of a subscription at a moment, of what was due or told from another moment on.
#[must_use]
pub fn findings_since(timeline: &Timeline, options: &Options, from: Instant, as_of: Instant) -> Vec<Finding> {
    let Some(currency) = timeline.currency() else { return Vec::new() };
    // What is announced for later is judged already.
    let until = DateTime::<Utc>::MAX_UTC;
    let Matching { pairs, unmet, surplus } = matching(timeline, options, from, until, as_of);
    let mut found: Vec<Finding> = Vec::new();
    found.extend(unmet.iter().map(|expected| Finding {
        slot: Some(expected.slot),
        expected: Some(Figure::Minor(expected.amount_minor)),
        ..about(FindingKind::Missing, expected.due_at, currency)
    }));
    found.extend(surplus.iter().map(|surplus| of_surplus(surplus, currency)));
    found.extend(pairs.iter().flat_map(|pair| of_pair(pair, timeline, options, currency)));
    found.extend(of_run(timeline, options, currency).filter(|finding| finding.due_at >= from));
    if let Some(told_at) = timeline.told.at.filter(|told_at| *told_at >= from) {
        let differences = differences(timeline, options, as_of);
        found.extend(differences.iter().map(|difference| of_difference(difference, told_at, currency)));
    }
    found.extend(of_changes(timeline, currency).filter(|finding| finding.due_at >= from));
    found.sort_by(|a, b| (a.due_at, a.kind, &a.invoice).cmp(&(b.due_at, b.kind, &b.invoice)));
    found
}

fn about(kind: FindingKind, due_at: Instant, currency: Currency) -> Finding {
    Finding { kind, slot: None, due_at, invoice: None, subject: None, currency, expected: None, actual: None }
}

fn of_surplus(surplus: &Surplus<'_>, currency: Currency) -> Finding {
    Finding {
        slot: surplus.expected.map(|expected| expected.slot),
        invoice: Some(surplus.invoice.clone()),
        actual: Some(Figure::Minor(surplus.charge.terms.amount_minor)),
        ..about(surplus.reason.into(), surplus.due_at, currency)
    }
}

/// What is wrong with a charge that has its slot. What was cancelled is not charged, whatever it says.
fn of_pair(
    pair: &Pair<'_>,
    timeline: &Timeline,
    options: &Options,
    currency: Currency,
) -> impl Iterator<Item = Finding> + use<> {
    let Pair { expected, invoice, charge } = pair;
    let (due_at, actual_minor) = (charge.due_at(), charge.terms.amount_minor);
    let told = |kind| Finding {
        slot: Some(expected.slot),
        invoice: Some((*invoice).clone()),
        expected: Some(Figure::Minor(expected.amount_minor)),
        actual: Some(Figure::Minor(actual_minor)),
        ..about(kind, due_at, currency)
    };
    let is_charged = charge.standing != ChargeStanding::Cancelled;
    let is_other = actual_minor != expected.amount_minor && !was_agreed(charge, expected.is_share, timeline);
    let is_off = (due_at - expected.due_at).abs() > hours(options.grace_hours);
    let amount = (is_charged && is_other).then(|| told(FindingKind::WrongAmount));
    let off = idle_at(timeline, options, due_at).map_or(FindingKind::OffCalendar, FindingKind::from);
    let day = (is_charged && is_off).then(|| told(off));
    amount.into_iter().chain(day)
}

/// Whether the amount was agreed on when the invoice was made: a change in the hours between that and its due date
/// may be for this charge or for the next.
fn was_agreed(charge: &Charge, is_share: bool, timeline: &Timeline) -> bool {
    let terms = timeline.terms_at(charge.terms.created_at.unwrap_or(charge.scheduled_at));
    let agreed = terms.and_then(|terms| terms.recurring.amount_minor);
    !is_share && agreed == Some(charge.terms.amount_minor)
}

/// Uncollected charges of a subscription that still runs, when one more ends it.
fn of_run(
    timeline: &Timeline,
    options: &Options,
    currency: Currency,
) -> impl Iterator<Item = Finding> + use<> {
    let charges = || timeline.charges.iter();
    let run = match options.cancel_run {
        RunRule::Consecutive => uncollected_run(timeline.charges.values()),
        RunRule::Total => {
            let all = charges().filter(|(_, charge)| charge.standing == ChargeStanding::Uncollected);
            u32::try_from(all.count()).unwrap_or(u32::MAX)
        }
    };
    let is_running = !matches!(timeline.standing(), None | Some(Standing::Cancelled));
    let last = charges().filter(|(_, charge)| charge.standing == ChargeStanding::Uncollected);
    let last = last.max_by_key(|(_, charge)| decision(charge));
    let is_long = run > 0 && run.saturating_add(1) >= options.cancel_after;
    last.filter(|_| is_running && is_long)
        .map(|(invoice, charge)| Finding {
            invoice: Some(invoice.clone()),
            expected: Some(Figure::Count(options.cancel_after)),
            actual: Some(Figure::Count(run)),
            ..about(FindingKind::UncollectedRun, charge.due_at(), currency)
        })
        .into_iter()
}

fn of_difference(difference: &Difference, told_at: Instant, currency: Currency) -> Finding {
    let (expected, actual) = match *difference {
        Difference::Total { ours, theirs } | Difference::Pending { ours, theirs } => {
            (ours.map(Figure::Count), Figure::Count(theirs))
        }
        Difference::Charged { ours, theirs } => (Some(Figure::Count(ours)), Figure::Count(theirs)),
        Difference::ChargedAmount { ours_minor, theirs_minor } => {
            (ours_minor.map(Figure::Minor), Figure::Minor(theirs_minor))
        }
        Difference::Health { ours, theirs } => (ours.map(Figure::Health), Figure::Health(theirs)),
        Difference::NextCharge { ours, theirs } => (Some(Figure::At(ours)), Figure::At(theirs)),
    };
    Finding {
        subject: Some(difference.name()),
        expected,
        actual: Some(actual),
        ..about(FindingKind::SummaryDiffers, told_at, currency)
    }
}

/// Changes that the provider ignored, unless one of the same name was made later.
fn of_changes(timeline: &Timeline, currency: Currency) -> impl Iterator<Item = Finding> {
    let changes = || timeline.changes.values();
    let is_mended = move |name: &str, asked_at: Instant| {
        changes().any(|change| {
            let is_later = change.asked.at > asked_at && change.asked.change.name() == name;
            is_later && change.outcome == Some(Settlement::Done)
        })
    };
    let ignored = changes().filter(|change| change.outcome == Some(Settlement::Ignored));
    ignored.filter(move |change| !is_mended(change.asked.change.name(), change.asked.at)).map(move |change| {
        Finding {
            subject: Some(change.asked.change.name()),
            ..about(FindingKind::ChangeIgnored, change.asked.at, currency)
        }
    })
}

#[cfg(test)]
mod tests;
