//! What is told to a payer whose charges fail, and when: once for each charge and step.
//!
//! Only the newest state of a charge is told, and only while it is news; what was not told in time is never told. The
//! words are those of a [`template`]; who reads them and where they are sent is the merchant's matter.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::changes::Settlement;
use domain::ids::InvoiceId;
use domain::machine::Instant;
use domain::preapproval::Standing;
use domain::preapproval::change::Change;
use domain::preapproval::charge::{ChargeStanding, PaymentOutcome};
use domain::text::Text;
use serde::Deserialize;

use crate::days::hours;
use crate::options::Options;
use crate::retry::{cancels_by_uncollected, decision};
use crate::timeline::{Charge, Timeline};

pub mod letter;
pub mod template;

/// Which steps there are, and how long something is news.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dunning {
    /// The steps; none tells nobody anything.
    pub steps: Vec<Step>,
    /// Days after which what happened is not told any more.
    pub most_days: u32,
}

/// One thing that is told.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name, which is that of its template.
    pub name: Text,
    /// What makes it due.
    pub on: Cue,
    /// From which try on of a charge that is tried again, or from which charge on of those in a row that were not
    /// collected. Of several steps with one cue only the last one reached is told.
    #[serde(default = "one")]
    pub from: u32,
    /// Hours between the event and the message.
    #[serde(default)]
    pub after_hours: u32,
}

/// What makes a step due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// A try failed, and there will be another.
    Recycling,
    /// The provider gave up on a charge.
    Uncollected,
    /// The provider ended the subscription, because too many charges were not collected.
    Ended,
}

/// Something to tell a payer now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reminder {
    /// About which charge.
    pub invoice: InvoiceId,
    /// Which step.
    pub step: Text,
}

/// What happened to a charge, as steps see it.
struct News {
    cue: Cue,
    level: u32,
    since: Instant,
}

fn one() -> u32 {
    1
}

/// What is to be told now and was not told before, by charge.
#[must_use]
pub fn due(timeline: &Timeline, dunning: &Dunning, options: &Options, now: Instant) -> Vec<Reminder> {
    let mut due = Vec::new();
    if dunning.steps.is_empty() {
        return due;
    }
    for (invoice, News { cue, level, since }) in news(timeline, options) {
        let reached = dunning.steps.iter().filter(|step| step.on == cue && step.from <= level);
        let Some(step) = reached.max_by_key(|step| step.from) else { continue };
        let is_ripe = since.checked_add_signed(hours(step.after_hours)).is_some_and(|at| at <= now);
        let is_news = now - since <= TimeDelta::days(i64::from(dunning.most_days));
        let reminder = Reminder { invoice: invoice.clone(), step: step.name.clone() };
        let is_told = timeline.reminded.contains_key(&(reminder.invoice.clone(), reminder.step.clone()));
        if is_ripe && is_news && !is_told {
            due.push(reminder);
        }
    }
    due
}

/// What is new about each charge.
fn news<'t>(timeline: &'t Timeline, options: &Options) -> BTreeMap<&'t InvoiceId, News> {
    let run = open_run(timeline);
    let mut news = BTreeMap::new();
    match timeline.standings.last() {
        Some((ended_at, Standing::Cancelled)) => {
            if let Some((invoice, _)) = run.last()
                && is_ended_by_provider(timeline, options, *ended_at)
            {
                let level = u32::try_from(run.len()).unwrap_or(u32::MAX);
                news.insert(*invoice, News { cue: Cue::Ended, level, since: *ended_at });
            }
        }
        Some(_) => {
            for (number, (invoice, charge)) in (1..).zip(&run) {
                let since = charge.stood_at;
                news.insert(*invoice, News { cue: Cue::Uncollected, level: number, since });
            }
            for (invoice, charge) in timeline.charges.iter().filter(|(_, charge)| is_declined(charge)) {
                let level = charge.terms.attempt.unwrap_or(1).max(1);
                news.insert(invoice, News { cue: Cue::Recycling, level, since: charge.stood_at });
            }
        }
        // Nobody has described it yet.
        None => {}
    }
    news
}

/// A try failed and there will be another. One that waits for its answer has not failed yet.
fn is_declined(charge: &Charge) -> bool {
    let failed = |outcome| outcome == PaymentOutcome::Failed;
    charge.standing == ChargeStanding::Recycling
        && charge.terms.payment.as_ref().is_some_and(|payment| failed(payment.outcome))
}

/// The charges in a row that were not collected, since the last one that was, by when that was decided.
fn open_run(timeline: &Timeline) -> Vec<(&InvoiceId, &Charge)> {
    let mut run: Vec<_> = timeline.charges.iter().filter(|(_, charge)| decision(charge).is_some()).collect();
    run.sort_by_key(|(_, charge)| decision(charge));
    let is_collected = |(_, charge): &(_, &Charge)| charge.standing == ChargeStanding::Collected;
    let begin = run.iter().rposition(is_collected).map_or(0, |collected| collected + 1);
    run.split_off(begin)
}

/// Whether the provider ended it by its rule: too many charges were not collected, and nobody of ours ordered it.
fn is_ended_by_provider(timeline: &Timeline, options: &Options, ended_at: Instant) -> bool {
    let is_ours = timeline.changes.values().any(|change| {
        let is_cancel = change.asked.change == Change::Cancel && change.asked.at <= ended_at;
        let is_refused = matches!(change.outcome, Some(Settlement::Refused { .. } | Settlement::Undelivered));
        is_cancel && !is_refused
    });
    !is_ours && cancels_by_uncollected(timeline.charges.values(), options).is_some_and(|at| at <= ended_at)
}

#[cfg(test)]
mod tests;
