//! Which known things are read again, and when. Pure: no call, no clock.

use chrono::TimeDelta;
use domain::intent::state::State as Intent;
use domain::machine::Instant;
use domain::payment::Standing as Paid;
use domain::payment::state::Known as Payment;
use domain::preapproval::Standing;
use domain::preapproval::state::State as Preapproval;
use domain::rules::Rules;

/// The longest pause between two reads of a charge request that does not end.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// Age of an open order from which on the provider is asked what became of it.
const ORDER_AGE: TimeDelta = TimeDelta::hours(1);

/// Whether a charge request is read again: until the provider says that it ended, and as long as the provider keeps it.
///
/// The older it is, the longer is the pause: a tenth of its age, but no less than `pause`.
#[must_use]
pub fn intent_is_due(
    state: &Intent,
    read_at: Option<Instant>,
    now: Instant,
    pause: TimeDelta,
    kept: TimeDelta,
) -> bool {
    let begun = state.profile().created_at.unwrap_or(state.requested_at);
    let age = now - begun;
    if state.progress().is_final() || age > kept {
        return false;
    }
    let pause = (age / 10).min(LONGEST_PAUSE).max(pause);
    now - read_at.unwrap_or(begun) >= pause
}

/// Whether a subscription is read in a round: always, unless it was cancelled longer than `kept` ago.
#[must_use]
pub fn preapproval_is_due(state: &Preapproval, now: Instant, kept: TimeDelta) -> bool {
    let Some(known) = state.known() else { return true };
    let described = &known.described;
    let is_old = described.said.modified_at.is_some_and(|at| now - at > kept);
    !(described.standing == Standing::Cancelled && is_old)
}

/// Whether the provider should have said more of a payment by now, and did not long ago: it is presumed expired and not
/// decided, its reservation should have ended, or an order about it stays open. `kept` is how long after that it is
/// still asked for.
#[must_use]
pub fn payment_is_overdue(known: &Payment, rules: &Rules, now: Instant, kept: TimeDelta) -> bool {
    let presumed = match known.described.standing {
        Paid::AwaitingPayer | Paid::InReview if known.asked.expired => {
            known.lapses_at(rules.confirmation_window)
        }
        Paid::Authorized => known.capture_closes_at(rules).filter(|closed_at| now > *closed_at),
        _ => None,
    };
    let unanswered = known.asked.open().map(|(_, order)| order.at + ORDER_AGE).filter(|since| now > *since);
    presumed.into_iter().chain(unanswered).any(|since| now - since <= kept)
}

#[cfg(test)]
mod tests;
