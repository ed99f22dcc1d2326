//! What was agreed with a payer, and when: a pure fold of the facts of a subscription's stream.
//!
//! Keeps what calendars, findings and reports ask for by time, which the machine's state forgets. Decides nothing:
//! that a fact cannot follow another is the machine's business, and such a fact is passed over here.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::changes::Asked;
use domain::currency::Currency;
use domain::ids::InvoiceId;
use domain::machine::Instant;
use domain::preapproval::change::ChangeAsked;
use domain::preapproval::charge::{ChargeStanding, ChargeTerms};
use domain::preapproval::{
    ChargeReaffirmed, ChargeStood, Event, Opened, Profile, Progress, Said, Standing, Stood, Terms,
};
use domain::text::Text;

use crate::deferral::Deferrals;
use crate::schedule::trial_days;

/// A subscription by time.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    /// What is sold, from which plan, by the newest statement.
    pub profile: Profile,
    /// When it was made; `None` while only an invoice told of it.
    pub opened: Option<Opening>,
    /// When charging could begin: when the payer authorised it. `None` until then.
    pub anchored_at: Option<Instant>,
    /// Where it stood from when on, by time.
    pub standings: Vec<(Instant, Standing)>,
    /// What was charged from when on, by time.
    pub terms: Vec<(Instant, Terms)>,
    /// Its charges.
    pub charges: BTreeMap<InvoiceId, Charge>,
    /// How far the provider says it is.
    pub told: Told,
    /// What people ordered, by the name of the order.
    pub changes: BTreeMap<Text, Asked<ChangeAsked>>,
    /// When the payer was told of a charge, by charge and step.
    pub reminded: BTreeMap<(InvoiceId, Text), Instant>,
    /// Revenue of months to come.
    pub deferrals: Deferrals,
    /// Nobody told of the authorisation: charges prove it.
    is_proven: bool,
}

/// The first description.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Opening {
    /// When it was created, by the best time known.
    pub at: Instant,
    /// The provider's time and version of that statement.
    pub said: Said,
}

/// The newest that the provider said of its own count.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Told {
    /// When it said so.
    pub at: Option<Instant>,
    /// What it said.
    pub progress: Option<Progress>,
}

/// A charge by time.
#[derive(Clone, PartialEq, Debug)]
pub struct Charge {
    /// Where it stands.
    pub standing: ChargeStanding,
    /// When it was first known to be due.
    pub scheduled_at: Instant,
    /// Since when it stands there; each try that fails is a time of its own.
    pub stood_at: Instant,
    /// The provider's time of its newest statement, when given.
    pub modified_at: Option<Instant>,
    /// When it was collected, if it ever was.
    pub collected_at: Option<Instant>,
    /// Why a try failed last, in the provider's words; the newest statement forgets it once the charge is collected.
    pub last_rejection: Option<Text>,
    /// Everything else about it.
    pub terms: ChargeTerms,
}

impl Charge {
    /// When it was to be charged, by the best time known.
    #[must_use]
    pub fn due_at(&self) -> Instant {
        self.terms.due_at.or(self.terms.created_at).unwrap_or(self.scheduled_at)
    }
}

impl Default for Timeline {
    /// Nothing known.
    fn default() -> Self {
        Self {
            profile: Profile { plan: None, title: None, reference: None, created_at: None },
            opened: None,
            anchored_at: None,
            standings: Vec::new(),
            terms: Vec::new(),
            charges: BTreeMap::new(),
            told: Told::default(),
            changes: BTreeMap::new(),
            reminded: BTreeMap::new(),
            deferrals: Deferrals::default(),
            is_proven: false,
        }
    }
}

impl Timeline {
    /// The timeline after one more fact; `None` when nothing can begin with it.
    #[must_use]
    pub fn follow(this: Option<Self>, event: &Event) -> Option<Self> {
        let begins = matches!(event, Event::Opened(_) | Event::ChargeScheduled(_));
        let mut timeline = match this {
            Some(timeline) => timeline,
            None if begins => Self::default(),
            None => return None,
        };
        timeline.apply(event);
        Some(timeline)
    }

    /// The timeline of a whole history.
    #[must_use]
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Self> {
        events.into_iter().fold(None, Self::follow)
    }

    /// Where it stood at a moment; `None` before it was made.
    #[must_use]
    pub fn standing_at(&self, at: Instant) -> Option<Standing> {
        in_force(&self.standings, at).copied()
    }

    /// Where it stands by the newest fact.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.standings.last().map(|(_, standing)| *standing)
    }

    /// What was agreed at a moment, and before the first statement what that one says; `None` while nobody
    /// described the subscription.
    #[must_use]
    pub fn terms_at(&self, at: Instant) -> Option<&Terms> {
        in_force(&self.terms, at).or_else(|| self.terms.first().map(|(_, terms)| terms))
    }

    /// When it stands elsewhere or other terms hold, the next time after a moment.
    pub(crate) fn changes_after(&self, at: Instant) -> Option<Instant> {
        let next = [next_after(&self.standings, at), next_after(&self.terms, at)];
        next.into_iter().flatten().min()
    }

    /// When it ended or will end: it was cancelled, or its last day passes. `None` when neither is known.
    #[must_use]
    pub fn ended_at(&self) -> Option<Instant> {
        let cancelled_at =
            self.standings.last().filter(|(_, standing)| *standing == Standing::Cancelled).map(|(at, _)| *at);
        let ends_at = self.terms.last().and_then(|(_, terms)| terms.ends_at);
        [cancelled_at, ends_at].into_iter().flatten().min()
    }

    /// The currency of every amount.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        let agreed = self.terms.last().map(|(_, terms)| terms.recurring.currency);
        agreed.or_else(|| self.charges.values().next().map(|charge| charge.terms.currency))
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Opened(opened) => self.open(opened),
            Event::AwaitedPayer(stood) => self.stand(Standing::Pending, stood),
            Event::Authorized(stood) | Event::Resumed(stood) => self.stand(Standing::Authorized, stood),
            Event::Paused(stood) => self.stand(Standing::Paused, stood),
            Event::Cancelled(stood) => self.stand(Standing::Cancelled, stood),
            Event::TermsChanged(changed) => {
                push(&mut self.terms, changed.at, changed.terms.clone());
                self.told.at = Some(changed.at);
            }
            Event::MethodsChanged(changed) => self.told.at = Some(changed.at),
            Event::Progressed(progressed) => {
                self.told = Told { at: Some(progressed.at), progress: Some(progressed.progress.clone()) };
            }
            Event::Redescribed(redescribed) => {
                self.profile.clone_from(&redescribed.profile);
                self.told.at = Some(redescribed.at);
            }
            Event::Reaffirmed(reaffirmed) => self.told.at = Some(reaffirmed.at),
            Event::ChargeScheduled(stood) => self.charge(Some(ChargeStanding::Scheduled), stood),
            Event::ChargeRecycled(stood) => self.charge(Some(ChargeStanding::Recycling), stood),
            Event::ChargeCollected(stood) => self.charge(Some(ChargeStanding::Collected), stood),
            Event::ChargeUncollected(stood) => self.charge(Some(ChargeStanding::Uncollected), stood),
            Event::ChargeCancelled(stood) => self.charge(Some(ChargeStanding::Cancelled), stood),
            Event::ChargeRestated(stood) => self.charge(None, stood),
            Event::ChargeReaffirmed(ChargeReaffirmed { invoice, modified_at, .. }) => {
                if let Some(charge) = self.charges.get_mut(invoice) {
                    charge.modified_at = *modified_at;
                }
            }
            Event::RevenueDeferred(_) | Event::RevenueRecognised(_) | Event::DeferralEnded(_) => {
                self.deferrals.follow(event);
            }
            Event::ChangeAsked(asked) => {
                let change = Asked { asked: asked.clone(), outcome: None };
                self.changes.insert(asked.request.clone(), change);
            }
            Event::ChangeSettled(settled) => {
                if let Some(change) = self.changes.get_mut(&settled.request) {
                    change.outcome = Some(settled.outcome.clone());
                }
            }
            Event::Reminded(reminded) => {
                let step = (reminded.invoice.clone(), reminded.step.clone());
                self.reminded.insert(step, reminded.at);
            }
        }
    }

    fn open(&mut self, opened: &Opened) {
        self.profile.clone_from(&opened.profile);
        self.opened = Some(Opening { at: opened.at, said: opened.said });
        push(&mut self.standings, opened.at, Standing::Pending);
        push(&mut self.terms, opened.at, opened.terms.clone());
        // When it said so is the time of the statement, which may be long after the creation.
        let told_at = opened.said.modified_at.unwrap_or(opened.at);
        self.told = Told { at: Some(told_at), progress: Some(opened.progress.clone()) };
    }

    fn stand(&mut self, standing: Standing, stood: &Stood) {
        self.told.at = Some(stood.at);
        self.is_proven = false;
        if standing == Standing::Authorized && self.anchored_at.is_none() {
            // The first statement of all tells that it is authorised, not since when: since it was made.
            let is_first = self.opened.filter(|opened| opened.said == stood.said);
            let at = is_first.map_or(stood.at, |opened| opened.at);
            self.anchored_at = Some(at);
            push(&mut self.standings, at, standing);
            if let Some(first_at) = self.charges.values().map(Charge::due_at).min() {
                self.anchor_before(first_at);
            }
        } else {
            push(&mut self.standings, stood.at, standing);
        }
        self.prove();
    }

    fn charge(&mut self, to: Option<ChargeStanding>, stood: &ChargeStood) {
        let ChargeStood { at, invoice, modified_at, terms, .. } = stood;
        let known = self.charges.get(invoice);
        let charge = Charge {
            standing: to.or(known.map(|known| known.standing)).unwrap_or(ChargeStanding::Scheduled),
            scheduled_at: known.map_or(*at, |known| known.scheduled_at),
            stood_at: known.filter(|_| to.is_none()).map_or(*at, |known| known.stood_at),
            modified_at: *modified_at,
            collected_at: match to {
                Some(ChargeStanding::Collected) => Some(*at),
                _ => known.and_then(|known| known.collected_at),
            },
            last_rejection: terms.rejection.clone().or_else(|| known?.last_rejection.clone()),
            terms: terms.clone(),
        };
        let due_at = charge.due_at();
        self.charges.insert(invoice.clone(), charge);
        self.anchor_before(due_at);
        self.prove();
    }

    /// A charge is due only of a subscription that is authorised: one that was heard to be so later than its first charge
    /// was due, less the trial before that one, was so by then.
    fn anchor_before(&mut self, due_at: Instant) {
        let (Some(opened), Some(anchored_at)) = (self.opened, self.anchored_at) else { return };
        let trial = self.terms.first().map_or(0, |(_, terms)| trial_days(terms));
        let trial = TimeDelta::try_days(trial).and_then(|trial| due_at.checked_sub_signed(trial));
        let Some(begun) = trial.map(|begun| begun.max(opened.at)) else { return };
        if self.is_proven || begun >= anchored_at {
            return;
        }
        let since = self.standings.partition_point(|(from, _)| *from < anchored_at);
        let later = self.standings.split_off(since);
        push(&mut self.standings, begun, Standing::Authorized);
        self.standings.extend(later.into_iter().skip(1));
        self.anchored_at = Some(begun);
    }

    /// A subscription that was cancelled before anybody told us that it was authorised, and that has charges, was:
    /// since it was made when the first statement came after its end, else since the first of them, whichever of them
    /// is told first.
    fn prove(&mut self) {
        let Some(opened) = self.opened.filter(|_| self.is_proven || self.anchored_at.is_none()) else {
            return;
        };
        let Some((cancelled_at, Standing::Cancelled)) = self.standings.last().copied() else { return };
        let Some(first_at) = self.charges.values().map(Charge::due_at).min() else { return };
        let is_first = opened.said.modified_at == Some(cancelled_at);
        let at = if is_first { opened.at } else { first_at.clamp(opened.at, cancelled_at.max(opened.at)) };
        self.anchored_at = Some(at);
        self.standings.pop();
        if self.is_proven {
            self.standings.pop();
        }
        self.is_proven = true;
        push(&mut self.standings, at, Standing::Authorized);
        push(&mut self.standings, cancelled_at, Standing::Cancelled);
    }
}

/// What holds at a moment of things that each hold from a time on.
fn in_force<T>(by_time: &[(Instant, T)], at: Instant) -> Option<&T> {
    let after = by_time.partition_point(|(from, _)| *from <= at);
    by_time[..after].last().map(|(_, held)| held)
}

/// When the next of them begins to hold.
fn next_after<T>(by_time: &[(Instant, T)], at: Instant) -> Option<Instant> {
    let after = by_time.partition_point(|(from, _)| *from <= at);
    by_time.get(after).map(|(from, _)| *from)
}

/// A newer statement holds from its time on, whatever older ones said of later times.
fn push<T>(by_time: &mut Vec<(Instant, T)>, at: Instant, held: T) {
    by_time.truncate(by_time.partition_point(|(from, _)| *from <= at));
    by_time.push((at, held));
}

#[cfg(test)]
mod tests;
