//! The calendar of one subscription through all changes of its terms: every slot, whether or not it is charged.
//!
//! Other terms hold from the next due date on, and the count of slots goes on. Pauses move no date. What became of
//! the charges that were made does not matter here.

use domain::machine::Instant;
use domain::preapproval::Standing;

use crate::options::{Options, SkipRule};
use crate::schedule::{Schedule, is_past, shape};
use crate::timeline::Timeline;

/// Every slot of a subscription, numbered from 0 on; what is skipped has a number too.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    timeline: &'a Timeline,
    options: Options,
    /// In the order of their slots; empty until it is authorised.
    eras: Vec<Era>,
    /// In the order of their slots; empty when nobody ever agreed on a number of charges.
    spans: Vec<Span>,
}

/// The slots between two changes of the dates.
#[derive(Clone, Debug)]
struct Era {
    first_slot: u32,
    schedule: Schedule,
}

/// The slots between two changes of where the subscription stands.
#[derive(Clone, Copy, Debug)]
struct Span {
    standing: Standing,
    from: u32,
    /// Its end, which is no part of it.
    until: u32,
    /// Slots before it that are due while nothing is charged.
    idle_before: u32,
}

/// What is to become of a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// It is charged.
    Charged,
    /// It is passed over, because of where the subscription stands on that day.
    Skipped(Standing),
    /// It is due after the last day.
    PastEnd,
    /// All charges that were agreed on are made before.
    PastRepetitions,
}

impl<'a> Calendar<'a> {
    /// The calendar of a timeline.
    #[must_use]
    pub fn of(timeline: &'a Timeline, options: &Options) -> Self {
        let mut eras: Vec<Era> = Vec::new();
        let anchor = timeline.anchored_at.and_then(|at| Some((at, timeline.terms_at(at)?)));
        if let Some((anchored_at, agreed)) = anchor {
            let mut current = shape(agreed);
            eras.push(Era { first_slot: 0, schedule: Schedule::of(agreed, anchored_at, options) });
            for (at, terms) in timeline.terms.iter().filter(|(at, _)| *at > anchored_at) {
                let last = eras.last().expect("the first era was pushed above");
                let next = last.schedule.first_slot_from(*at);
                let due_at = last.schedule.due(next).filter(|_| shape(terms) != current);
                let Some(due_at) = due_at else { continue };
                current = shape(terms);
                let first_slot = last.first_slot.saturating_add(next);
                eras.push(Era { first_slot, schedule: Schedule::anew(terms, due_at, options) });
            }
        }
        let is_counted = timeline.terms.iter().any(|(_, terms)| terms.recurring.repetitions.is_some());
        let mut calendar = Self { timeline, options: *options, eras, spans: Vec::new() };
        if is_counted {
            calendar.spans = calendar.count();
        }
        calendar
    }

    pub(crate) fn timeline(&self) -> &'a Timeline {
        self.timeline
    }

    /// When a slot is due; `None` before the subscription is authorised, and past representable dates.
    #[must_use]
    pub fn due(&self, slot: u32) -> Option<Instant> {
        let era = self.era(slot)?;
        era.schedule.due(slot - era.first_slot)
    }

    /// What a slot costs by the terms in force on its day, minor units; `None` when they name no amount.
    #[must_use]
    pub fn amount_minor(&self, slot: u32) -> Option<i64> {
        let era = self.era(slot)?;
        let own = slot - era.first_slot;
        let in_force = self.timeline.terms_at(era.schedule.due(own)?)?;
        era.schedule.amount_minor(own, &in_force.recurring)
    }

    /// Whether a slot is for a shorter period than the others.
    #[must_use]
    pub fn is_share(&self, slot: u32) -> bool {
        self.era(slot).is_some_and(|era| era.schedule.is_share(slot - era.first_slot))
    }

    /// What the charge of a slot pays for: from its due date to the next.
    #[must_use]
    pub fn period(&self, slot: u32) -> Option<(Instant, Instant)> {
        self.due(slot).zip(self.due(slot.checked_add(1)?))
    }

    /// The least slot that is not due before a moment.
    #[must_use]
    pub fn first_slot_from(&self, at: Instant) -> u32 {
        let mut least = 0;
        for (number, era) in self.eras.iter().enumerate() {
            least = era.first_slot.saturating_add(era.schedule.first_slot_from(at));
            let next = self.eras.get(number + 1);
            if next.is_none_or(|next| least < next.first_slot) {
                break;
            }
        }
        least
    }

    /// The slot whose due date is nearest to a moment, the earlier of two.
    #[must_use]
    pub fn nearest_slot(&self, at: Instant) -> Option<u32> {
        let after = self.first_slot_from(at);
        let before = after.checked_sub(1).and_then(|slot| Some((slot, at - self.due(slot)?)));
        match (before, self.due(after).map(|due| due - at)) {
            (Some((slot, since)), Some(until)) => Some(if since <= until { slot } else { after }),
            (Some((slot, _)), None) => Some(slot),
            (None, Some(_)) => Some(after),
            (None, None) => None,
        }
    }

    /// What is to become of a slot; `None` when it has no date.
    #[must_use]
    pub fn slot(&self, slot: u32) -> Option<Slot> {
        let due = self.due(slot)?;
        let terms = self.timeline.terms_at(due)?;
        Some(match self.timeline.standing_at(due) {
            Some(Standing::Authorized) if is_past(due, terms.ends_at, self.options.end) => Slot::PastEnd,
            Some(Standing::Authorized) => match terms.recurring.repetitions {
                Some(all) if self.used_before(slot) >= all => Slot::PastRepetitions,
                _ => Slot::Charged,
            },
            Some(standing) => Slot::Skipped(standing),
            None => Slot::Skipped(Standing::Pending),
        })
    }

    /// The number of charges that it is sold as; `None` when it runs until it is cancelled.
    #[must_use]
    pub fn quotas(&self) -> Option<u32> {
        let (_, terms) = self.timeline.terms.last()?;
        let begun = self.timeline.anchored_at.or(self.timeline.opened.map(|opened| opened.at))?;
        Schedule::of(terms, begun, &self.options).quotas()
    }

    /// When the time that the last agreed charge pays for is over; `None` while charges are to come or nobody agreed
    /// on a number of them.
    #[must_use]
    pub fn exhausted_at(&self) -> Option<Instant> {
        self.exhausts(self.timeline.terms.last()?.1.recurring.repetitions?)
    }

    /// When the time that the last of so many charges pays for is over; `None` while charges are to come.
    pub(crate) fn exhausts(&self, all: u32) -> Option<Instant> {
        let last = match self.options.skipped {
            SkipRule::Counted => all.checked_sub(1),
            SkipRule::Free => self.slot_of_repetition(all),
        };
        self.period(last?).map(|(_, until)| until)
    }

    /// The least slot after this one of which something else may be true: the next change of standing or of terms.
    pub(crate) fn slot_after_change(&self, slot: u32) -> Option<u32> {
        let changed_at = self.timeline.changes_after(self.due(slot)?)?;
        Some(self.first_slot_from(changed_at).max(slot.checked_add(1)?))
    }

    /// Repetitions that slots before this one used up.
    fn used_before(&self, slot: u32) -> u32 {
        match self.options.skipped {
            SkipRule::Counted => slot,
            SkipRule::Free => slot - self.skipped_before(slot),
        }
    }

    /// Slots before this one that are due while nothing is charged.
    fn skipped_before(&self, slot: u32) -> u32 {
        let begun = self.spans.partition_point(|span| span.from < slot);
        self.spans[..begun].last().map_or(0, |span| span.idle_before + span.idle(slot))
    }

    /// The slot that uses up the repetition of this number, from 1, when what is skipped does not.
    fn slot_of_repetition(&self, number: u32) -> Option<u32> {
        let mut before = number.checked_sub(1)?;
        for Span { from, until, .. } in self.spans.iter().filter(|span| span.standing == Standing::Authorized)
        {
            let slots = until - from;
            if before < slots {
                return Some(from + before);
            }
            before -= slots;
        }
        None
    }

    fn count(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for (at, standing) in &self.timeline.standings {
            let from = self.first_slot_from(*at);
            let mut idle_before = 0;
            if let Some(before) = spans.last_mut() {
                before.until = from;
                idle_before = before.idle_before + before.idle(from);
            }
            spans.push(Span { standing: *standing, from, until: u32::MAX, idle_before });
        }
        spans
    }

    fn era(&self, slot: u32) -> Option<&Era> {
        let begun = self.eras.partition_point(|era| era.first_slot <= slot);
        self.eras[..begun].last()
    }
}

impl Span {
    /// Of its slots before this one, those that are due while nothing is charged.
    fn idle(&self, slot: u32) -> u32 {
        match self.standing {
            Standing::Authorized => 0,
            Standing::Pending | Standing::Paused | Standing::Cancelled => slot - self.from,
        }
    }
}

#[cfg(test)]
mod tests;
