//! The diff: what follows when the provider describes a subscription. Knows nothing of charges.

use super::{
    Description, Event, MethodsChanged, Opened, Progressed, Reaffirmed, Redescribed, Standing, Stood,
    TermsChanged,
};
use crate::machine::Instant;

/// The facts of a first description.
pub(super) fn open(told: &Description, now: Instant) -> Vec<Event> {
    let mut events = vec![Event::Opened(Box::new(Opened {
        at: told.profile.created_at.unwrap_or_else(|| told_at(told, now)),
        said: told.said,
        progress: told.progress.clone(),
        terms: told.terms.clone(),
        methods: told.methods.clone(),
        profile: told.profile.clone(),
    }))];
    walk(Standing::Pending, told, now, &mut events);
    events
}

/// The facts that make a newer statement ours; nothing when it is not newer.
pub(super) fn adopt(known: &Description, told: &Description, now: Instant) -> Vec<Event> {
    let mut events = Vec::new();
    // The order of the fields is time, version, rank, content.
    if told <= known {
        return events;
    }
    let (at, said) = (told_at(told, now), told.said);
    if known.profile != told.profile {
        events.push(Event::Redescribed(Redescribed { at, said, profile: told.profile.clone() }));
    }
    if known.terms != told.terms {
        events.push(Event::TermsChanged(TermsChanged { at, said, terms: told.terms.clone() }));
    }
    if known.methods != told.methods {
        events.push(Event::MethodsChanged(MethodsChanged { at, said, methods: told.methods.clone() }));
    }
    walk(known.standing, told, now, &mut events);
    if known.progress != told.progress {
        events.push(Event::Progressed(Progressed { at, said, progress: told.progress.clone() }));
    }
    if events.is_empty() {
        events.push(Event::Reaffirmed(Reaffirmed { at, said }));
    }
    events
}

fn walk(from: Standing, told: &Description, now: Instant, events: &mut Vec<Event>) {
    let to = told.standing;
    // Only what charges can be paused: the authorisation happened, though nobody told us.
    if (from, to) == (Standing::Pending, Standing::Paused) {
        events.push(step(from, Standing::Authorized, told, now));
        events.push(step(Standing::Authorized, to, told, now));
    } else if from != to {
        events.push(step(from, to, told, now));
    }
}

fn step(from: Standing, to: Standing, told: &Description, now: Instant) -> Event {
    let outside_rule = !from.next().contains(&to);
    let stood = Stood { at: told_at(told, now), said: told.said, outside_rule };
    match (from, to) {
        (_, Standing::Pending) => Event::AwaitedPayer(stood),
        (Standing::Paused, Standing::Authorized) => Event::Resumed(stood),
        (_, Standing::Authorized) => Event::Authorized(stood),
        (_, Standing::Paused) => Event::Paused(stood),
        (_, Standing::Cancelled) => Event::Cancelled(stood),
    }
}

fn told_at(told: &Description, now: Instant) -> Instant {
    told.said.modified_at.unwrap_or(now)
}
