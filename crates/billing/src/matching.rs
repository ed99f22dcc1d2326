//! Which charge is for which slot of the calendar, and what is left over on either side.
//!
//! A charge belongs to the slot whose due date is nearest, at most half a period away. Of several for one slot the
//! nearest is the slot's; a cancelled one only when there is no other. Why a charge is over is told by its own day
//! first: after the end, or in a pause. Says nothing of amounts.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::InvoiceId;
use domain::machine::Instant;
use domain::preapproval::Standing;
use domain::preapproval::charge::ChargeStanding;

use crate::calendar::{Calendar, Slot};
use crate::days::hours;
use crate::expected::{Expected, Upcoming};
use crate::options::Options;
use crate::schedule::is_past;
use crate::timeline::{Charge, Timeline};

/// A slot and its charge.
#[derive(Clone, Debug)]
pub struct Pair<'a> {
    /// What was to be charged.
    pub expected: Expected,
    /// Which charge it is.
    pub invoice: &'a InvoiceId,
    /// What was charged.
    pub charge: &'a Charge,
}

/// A charge that nothing asked for.
#[derive(Clone, Debug)]
pub struct Surplus<'a> {
    /// Why it should not be.
    pub reason: SurplusReason,
    /// When it is due.
    pub due_at: Instant,
    /// The slot that has another charge already, of duplicates.
    pub expected: Option<Expected>,
    /// Which charge it is.
    pub invoice: &'a InvoiceId,
    /// What was charged.
    pub charge: &'a Charge,
}

/// Why a charge should not be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SurplusReason {
    /// Its slot has another one.
    Duplicated,
    /// The subscription had ended: its last day, its last repetition, or it was cancelled.
    AfterEnd,
    /// Nothing is charged in a pause.
    WhilePaused,
    /// No slot is near.
    OffCalendar,
}

/// The charges of a span beside the slots of it. Each part is in the order of due dates.
#[derive(Clone, Debug, Default)]
pub struct Matching<'a> {
    /// Slots with their charges.
    pub pairs: Vec<Pair<'a>>,
    /// Slots without a charge, once it should be known.
    pub unmet: Vec<Expected>,
    /// Charges without a slot of their own.
    pub surplus: Vec<Surplus<'a>>,
}

/// Where a charge belongs.
enum Place {
    Slot(u32),
    /// Its slot has no amount to compare with.
    Unpriced,
    Nowhere(SurplusReason),
}

/// A charge that competes for a slot. The least has it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rival<'a> {
    is_cancelled: bool,
    distance: TimeDelta,
    invoice: &'a InvoiceId,
}

/// Pairs the slots and charges that are due from a moment on and before another, by what is known at a third.
///
/// A subscription that nobody has described yet has neither slots nor surplus.
#[must_use]
pub fn matching<'a>(
    timeline: &'a Timeline,
    options: &Options,
    from: Instant,
    until: Instant,
    as_of: Instant,
) -> Matching<'a> {
    let mut matching = Matching::default();
    if timeline.opened.is_none() {
        return matching;
    }
    let calendar = Calendar::of(timeline, options);
    let is_inside = |at: Instant| from <= at && at < until;
    // A charge of the span may have its slot before it, whose other charges are half a period before that at most.
    let before = calendar.first_slot_from(from).checked_sub(2).and_then(|slot| calendar.due(slot));
    let nearby = before.unwrap_or(DateTime::<Utc>::MIN_UTC);
    let mut rivals: BTreeMap<u32, Vec<Rival<'a>>> = BTreeMap::new();
    for (invoice, charge) in &timeline.charges {
        let due_at = charge.due_at();
        let is_cancelled = charge.standing == ChargeStanding::Cancelled;
        if due_at < nearby {
            continue;
        }
        match place(&calendar, due_at, options) {
            Place::Slot(slot) => {
                let distance = calendar.due(slot).map_or(TimeDelta::MAX, |due| (due_at - due).abs());
                rivals.entry(slot).or_default().push(Rival { is_cancelled, distance, invoice });
            }
            Place::Nowhere(reason) if is_inside(due_at) && !is_cancelled => {
                let reason = idle_at(timeline, options, due_at).unwrap_or(reason);
                matching.surplus.push(Surplus { reason, due_at, expected: None, invoice, charge });
            }
            Place::Nowhere(_) | Place::Unpriced => {}
        }
    }
    for (slot, rivals) in &mut rivals {
        rivals.sort_unstable();
        let Some(expected) = Expected::of(&calendar, *slot) else { continue };
        for (number, Rival { is_cancelled, invoice, .. }) in rivals.iter().enumerate() {
            let charge = &timeline.charges[*invoice];
            let due_at = charge.due_at();
            if number == 0 && is_inside(expected.due_at) {
                matching.pairs.push(Pair { expected, invoice, charge });
            } else if number > 0 && !is_cancelled && is_inside(due_at) {
                let idle = idle_at(timeline, options, due_at);
                let (reason, expected) = match idle {
                    Some(reason) => (reason, None),
                    None => (SurplusReason::Duplicated, Some(expected)),
                };
                matching.surplus.push(Surplus { reason, due_at, expected, invoice, charge });
            }
        }
    }
    matching.surplus.sort_by_key(|surplus| (surplus.due_at, surplus.invoice));
    let known_until = as_of.checked_sub_signed(hours(options.grace_hours)).unwrap_or(as_of);
    let expected = Upcoming::of(calendar, from, until.min(known_until));
    matching.unmet = expected.filter(|expected| !rivals.contains_key(&expected.slot)).collect();
    matching
}

/// Why nothing is charged at a moment, by where the subscription stands then; `None` when it could be.
pub(crate) fn idle_at(timeline: &Timeline, options: &Options, at: Instant) -> Option<SurplusReason> {
    let is_over = timeline.terms_at(at).is_some_and(|terms| is_past(at, terms.ends_at, options.end));
    match timeline.standing_at(at) {
        Some(Standing::Cancelled) => Some(SurplusReason::AfterEnd),
        _ if is_over => Some(SurplusReason::AfterEnd),
        Some(Standing::Paused) => Some(SurplusReason::WhilePaused),
        Some(Standing::Pending | Standing::Authorized) | None => None,
    }
}

fn place(calendar: &Calendar<'_>, due_at: Instant, options: &Options) -> Place {
    let Some(slot) = calendar.nearest_slot(due_at) else {
        return Place::Nowhere(SurplusReason::OffCalendar);
    };
    match calendar.slot(slot) {
        Some(Slot::Charged) if !is_near(calendar, slot, due_at, options) => {
            Place::Nowhere(SurplusReason::OffCalendar)
        }
        Some(Slot::Charged) if calendar.amount_minor(slot).is_none() => Place::Unpriced,
        Some(Slot::Charged) => Place::Slot(slot),
        Some(Slot::Skipped(Standing::Paused)) => Place::Nowhere(SurplusReason::WhilePaused),
        Some(Slot::PastEnd | Slot::PastRepetitions | Slot::Skipped(Standing::Cancelled)) => {
            Place::Nowhere(SurplusReason::AfterEnd)
        }
        Some(Slot::Skipped(Standing::Pending | Standing::Authorized)) | None => {
            Place::Nowhere(SurplusReason::OffCalendar)
        }
    }
}

/// Whether a charge can be for a slot: half a period away at most, or so little that it is the provider's delay. A slot
/// without an end pays for nothing that could be told, so no charge is for it.
fn is_near(calendar: &Calendar<'_>, slot: u32, due_at: Instant, options: &Options) -> bool {
    let Some((from, until)) = calendar.period(slot) else { return false };
    let distance = (due_at - from).abs();
    distance <= hours(options.grace_hours) || distance * 2 <= until - from
}

#[cfg(test)]
mod tests;
