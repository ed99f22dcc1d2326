//! When a charge that failed is tried again, and when too many uncollected ones end a subscription.
//!
//! Source: <https://www.mercadopago.com.ar/developers/en/docs/subscriptions/payment-retry>: up to four retries within
//! ten days, fewer days when the next charge comes sooner, and the end after three uncollected charges. On which of
//! these days it tries is not said: they are taken to lie evenly.

use chrono::TimeDelta;
use domain::machine::Instant;
use domain::plan::Period;
use domain::preapproval::charge::ChargeStanding;

use crate::days::in_days;
use crate::options::{Options, RunRule, TryRule};
use crate::timeline::Charge;

/// Retries after the first try.
#[must_use]
pub fn retries(options: &Options) -> u32 {
    match options.tries {
        TryRule::RetriesAfterFirst => options.retries,
        TryRule::InAll => options.retries.saturating_sub(1),
    }
}

/// How long after the first try a charge is tried again at most.
#[must_use]
pub fn window(every: Period, options: &Options) -> TimeDelta {
    TimeDelta::days(i64::from(options.retry_days).min(in_days(every).max(1)))
}

/// The retries of a charge whose first try was made then, as long as they all fail, by time.
pub fn retries_after(
    tried_at: Instant,
    every: Period,
    options: &Options,
) -> impl Iterator<Item = Instant> + use<> {
    let count = retries(options);
    let step_seconds = window(every, options).num_seconds() / (i64::from(count) + 1);
    (1..=count).filter_map(move |number| {
        tried_at.checked_add_signed(TimeDelta::seconds(step_seconds * i64::from(number)))
    })
}

/// Uncollected charges in a row, by the time at which they were decided, up to the newest one.
#[must_use]
pub fn uncollected_run<'c>(charges: impl IntoIterator<Item = &'c Charge>) -> u32 {
    let mut run = 0;
    for charge in decided(charges) {
        run = if charge.standing == ChargeStanding::Uncollected { run + 1 } else { 0 };
    }
    run
}

/// When uncollected charges were too many, so that the provider ends the subscription; `None` while they are not.
#[must_use]
pub fn cancels_by_uncollected<'c>(
    charges: impl IntoIterator<Item = &'c Charge>,
    options: &Options,
) -> Option<Instant> {
    let mut count = 0;
    for charge in decided(charges) {
        match (charge.standing, options.cancel_run) {
            (ChargeStanding::Uncollected, _) => count += 1,
            (_, RunRule::Consecutive) => count = 0,
            (_, RunRule::Total) => {}
        }
        if count >= options.cancel_after {
            return Some(charge.stood_at);
        }
    }
    None
}

/// Charges that were collected or given up, by when.
fn decided<'c>(charges: impl IntoIterator<Item = &'c Charge>) -> Vec<&'c Charge> {
    let mut decided: Vec<_> = charges.into_iter().filter(|charge| decision(charge).is_some()).collect();
    decided.sort_by_key(|charge| decision(charge));
    decided
}

/// What orders charges that were collected or given up: when, then when they were due. `None` while it is open.
pub(crate) fn decision(charge: &Charge) -> Option<(Instant, Instant)> {
    match charge.standing {
        ChargeStanding::Collected | ChargeStanding::Uncollected => Some((charge.stood_at, charge.due_at())),
        ChargeStanding::Scheduled | ChargeStanding::Recycling | ChargeStanding::Cancelled => None,
    }
}

#[cfg(test)]
mod tests;
