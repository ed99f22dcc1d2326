//! The charges that are to be expected of a subscription.
//!
//! From any moment on, without a walk from the first: what comes out for a span is the same however the spans before
//! it were cut.

use chrono::DateTime;
use domain::currency::Currency;
use domain::machine::Instant;

use crate::calendar::{Calendar, Slot};
use crate::options::Options;
use crate::timeline::Timeline;

/// A charge that is to be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expected {
    /// Its number in the calendar, from 0; what is skipped has a number too.
    pub slot: u32,
    /// When it is due.
    pub due_at: Instant,
    /// Minor units.
    pub amount_minor: i64,
    /// Of the amount.
    pub currency: Currency,
    /// First moment of what it pays for.
    pub pays_from: Instant,
    /// End of what it pays for, which is no part of it.
    pub pays_until: Instant,
    /// It is for a shorter period than the others.
    pub is_share: bool,
}

impl Expected {
    /// What a slot is charged for, whether or not it is charged; `None` when it has no date or no amount.
    pub(crate) fn of(calendar: &Calendar<'_>, slot: u32) -> Option<Self> {
        let (pays_from, pays_until) = calendar.period(slot)?;
        Some(Self {
            slot,
            due_at: pays_from,
            amount_minor: calendar.amount_minor(slot)?,
            currency: calendar.timeline().terms_at(pays_from)?.recurring.currency,
            pays_from,
            pays_until,
            is_share: calendar.is_share(slot),
        })
    }
}

/// The charges that are due from a moment on and before another, by time. A subscription whose terms name no amount
/// has none.
pub fn expected<'a>(
    timeline: &'a Timeline,
    options: &Options,
    from: Instant,
    until: Instant,
) -> Upcoming<'a> {
    Upcoming::of(Calendar::of(timeline, options), from, until)
}

/// When the next charge is due, now included.
#[must_use]
pub fn next_charge_at(timeline: &Timeline, options: &Options, now: Instant) -> Option<Instant> {
    expected(timeline, options, now, DateTime::<chrono::Utc>::MAX_UTC).next().map(|next| next.due_at)
}

/// Walks expected charges by time.
#[derive(Clone, Debug)]
pub struct Upcoming<'a> {
    calendar: Calendar<'a>,
    /// `None` when there are no more.
    slot: Option<u32>,
    until: Instant,
}

impl<'a> Upcoming<'a> {
    /// The expected charges of a calendar in a span.
    #[must_use]
    pub fn of(calendar: Calendar<'a>, from: Instant, until: Instant) -> Self {
        let slot = Some(calendar.first_slot_from(from));
        Self { calendar, slot, until }
    }
}

impl Iterator for Upcoming<'_> {
    type Item = Expected;

    fn next(&mut self) -> Option<Expected> {
        while let Some(slot) = self.slot.take() {
            self.calendar.due(slot).filter(|due| *due < self.until)?;
            let found = match self.calendar.slot(slot)? {
                Slot::Charged => Expected::of(&self.calendar, slot),
                Slot::Skipped(_) | Slot::PastEnd | Slot::PastRepetitions => None,
            };
            // Until something changes, what is not charged stays so.
            self.slot = match found {
                Some(_) => slot.checked_add(1),
                None => self.calendar.slot_after_change(slot),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
