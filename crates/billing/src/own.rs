//! Recurrence that the merchant runs: when an obligation is tried again with payments of its own.
//!
//! The provider already tries other ways by itself, and may approve a payment that it still looks at: while one is
//! undecided, another would charge twice. What a refusal allows is told by its class and its retry decision; on which
//! day a charge may still be tried is told by the same window as for the provider's own. Sends nothing.

use chrono::{Days, TimeDelta};
use domain::machine::Instant;
use domain::rejection::{Rejection, RejectionClass, Retry};

use crate::days::{Zone, hours};
use crate::options::Options;
use crate::retry::retries;

/// Hours after which a payer who was asked to act is believed to have acted (the provider's pages name a day).
const PAYER_HOURS: u32 = 24;

/// Something that is to be paid once.
#[derive(Clone, PartialEq, Debug)]
pub struct Obligation {
    /// When it is due.
    pub due_at: Instant,
    /// End of what it pays for: the next one is due then.
    pub pays_until: Instant,
    /// What was tried so far, in order.
    pub tries: Vec<Try>,
}

/// One payment for an obligation.
#[derive(Clone, PartialEq, Debug)]
pub struct Try {
    /// When it was sent.
    pub at: Instant,
    /// What became of it.
    pub outcome: TryOutcome,
}

/// What became of a payment.
#[derive(Clone, PartialEq, Debug)]
pub enum TryOutcome {
    /// The provider has not decided, or did not answer.
    Undecided,
    /// It is paid.
    Approved,
    /// It is not, for a reason.
    Rejected(Rejection),
}

/// What is next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Nothing: it is paid.
    Paid,
    /// Nothing while a payment is undecided: read it.
    Wait,
    /// A payment, then or later.
    TryAt(Instant),
    /// The payer must do something first.
    Ask {
        /// What.
        what: Ask,
        /// When it may be tried again without an answer; `None` never.
        again_at: Option<Instant>,
    },
    /// Nothing: it stays unpaid.
    GiveUp(GiveUp),
}

/// What the payer must do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ask {
    /// Give another card or method.
    OtherMethod,
    /// Give the data again.
    Data,
    /// Call the bank, or prove who they are.
    Act,
}

/// Why it stays unpaid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GiveUp {
    /// As often tried as agreed.
    TriesUsed,
    /// Its days are over.
    WindowClosed,
}

impl Obligation {
    /// What is next, by its tries so far.
    #[must_use]
    pub fn next(&self, options: &Options) -> Next {
        if self.tries.iter().any(|tried| tried.outcome == TryOutcome::Approved) {
            return Next::Paid;
        }
        if self.tries.iter().any(|tried| tried.outcome == TryOutcome::Undecided) {
            return Next::Wait;
        }
        let Some(last) = self.tries.last() else { return Next::TryAt(self.due_at) };
        let TryOutcome::Rejected(rejection) = &last.outcome else { return Next::Wait };
        if self.tries.len() as u64 > u64::from(retries(options)) {
            return Next::GiveUp(GiveUp::TriesUsed);
        }
        let closes_at = self.closes_at(options);
        match after(rejection, last.at, options) {
            Next::TryAt(at) if at >= closes_at => Next::GiveUp(GiveUp::WindowClosed),
            Next::Ask { what, again_at } => {
                Next::Ask { what, again_at: again_at.filter(|at| *at < closes_at) }
            }
            next => next,
        }
    }

    /// The key under which the next try is sent, so that the same try is never two payments.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        format!("{name}/{}", self.tries.len() + 1)
    }

    /// From then on it is not tried again: the window of retries is over, or the next obligation is due.
    #[must_use]
    pub fn closes_at(&self, options: &Options) -> Instant {
        let window = TimeDelta::days(i64::from(options.retry_days));
        self.due_at.checked_add_signed(window).map_or(self.pays_until, |end| end.min(self.pays_until))
    }
}

/// What a refusal allows. Fraud prevention is never asked again with the same card, whatever a table says, and an
/// unknown word is for a person to read.
fn after(rejection: &Rejection, at: Instant, options: &Options) -> Next {
    let later = |count| at.checked_add_signed(hours(count));
    let other = Next::Ask { what: Ask::OtherMethod, again_at: None };
    match (rejection.class, rejection.retry) {
        (RejectionClass::Fraud | RejectionClass::Unknown, _) | (_, Retry::Never) => other,
        (_, Retry::NewData) => Next::Ask { what: Ask::Data, again_at: None },
        // A challenge needs the payer; a call to the bank only time.
        (RejectionClass::Authentication, Retry::PayerAction) => Next::Ask { what: Ask::Act, again_at: None },
        (_, Retry::PayerAction) => Next::Ask { what: Ask::Act, again_at: later(PAYER_HOURS) },
        (_, Retry::Later(count)) => later(u32::from(count)).map_or(other, Next::TryAt),
        (_, Retry::NextDay) => next_day(at, options).map_or(other, Next::TryAt),
    }
}

/// The same time of the next day of the calendar that charges count in.
fn next_day(at: Instant, options: &Options) -> Option<Instant> {
    let zone = Zone::of(options);
    zone.instant(zone.local(at).checked_add_days(Days::new(1))?)
}

#[cfg(test)]
mod tests;
