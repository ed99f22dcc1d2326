//! Both sides of a subscription when its time is over.

use billing::calendar::Calendar;
use billing::expected::{Expected, expected, next_charge_at};
use billing::options::Options;
use billing::retry::{cancels_by_uncollected, retries, retries_after};
use billing::summary::{Summary, differences};
use billing::timeline::Timeline;
use chrono::TimeDelta;
use domain::machine::Instant;
use domain::preapproval::Standing;
use domain::preapproval::charge::ChargeStanding;

use super::book::Book;

/// Everything of a subscription that the provider sees otherwise than we.
pub fn differing(book: &Book, options: &Options, begin: Instant, now: Instant) -> Vec<String> {
    let timeline = book.timeline();
    let mut found = Vec::new();
    calendar(book, options, begin, now, &mut found);
    tries(book, options, &mut found);
    end(book, options, &mut found);
    summary(timeline, options, now, &mut found);
    next(timeline, options, now, &mut found);
    found.iter().map(|found| format!("{}: {found}", book.id)).collect()
}

/// Every date and amount, at once and from each of a few moments on.
fn calendar(book: &Book, options: &Options, begin: Instant, now: Instant, found: &mut Vec<String>) {
    let timeline = book.timeline();
    let whole: Vec<_> = expected(timeline, options, begin, now).collect();
    let mut charged: Vec<_> =
        timeline.charges.values().map(|charge| (charge.due_at(), charge.terms.amount_minor)).collect();
    charged.sort_unstable();
    let ours: Vec<_> = whole.iter().map(|due| (due.due_at, due.amount_minor)).collect();
    if ours != charged {
        let place = ours.iter().zip(&charged).take_while(|(ours, theirs)| ours == theirs).count();
        let (ours, theirs) = (ours.get(place), charged.get(place));
        found.push(format!("charge {place} is {theirs:?} there and {ours:?} here"));
    }
    // How long a charge pays for may be told later: when other dates are agreed on.
    let told = |due: &Expected| (due.slot, due.due_at, due.amount_minor, due.is_share);
    if book.daily.iter().map(told).ne(whole.iter().map(told)) {
        found.push("the days do not sum to the whole".to_owned());
    }
    for place in [1, 2, 3] {
        let Some(cut) = whole.get(whole.len() * place / 4) else { continue };
        let resumed: Vec<_> = expected(timeline, options, cut.due_at, now).collect();
        if whole[whole.len() * place / 4..] != resumed {
            found.push(format!("from {} on it goes otherwise", cut.due_at));
        }
    }
}

/// When each try was made, and how many there were.
fn tries(book: &Book, options: &Options, found: &mut Vec<String>) {
    let timeline = book.timeline();
    let all = retries(options) + 1;
    for failed in &book.failed {
        // The first try comes an hour after the charge is due; a pause puts tries off, another frequency moves them.
        let first_at = failed.due_at + TimeDelta::hours(1);
        if is_disturbed_between(timeline, failed.due_at, failed.at) {
            continue;
        }
        let Some(terms) = timeline.terms_at(failed.at) else { continue };
        let number = usize::try_from(failed.attempt).expect("a small count") - 1;
        let next = retries_after(first_at, terms.recurring.every, options).nth(number);
        if failed.next_retry_at != next {
            let (theirs, attempt, due_at) = (failed.next_retry_at, failed.attempt, failed.due_at);
            found.push(format!("after try {attempt} of {due_at} comes {theirs:?} there and {next:?} here"));
        }
    }
    for charge in timeline.charges.values() {
        let (made, due_at) = (charge.terms.attempt.unwrap_or(0), charge.due_at());
        let is_possible = match charge.standing {
            ChargeStanding::Scheduled => made == 0,
            ChargeStanding::Recycling => (1..all).contains(&made),
            ChargeStanding::Collected => (1..=all).contains(&made),
            ChargeStanding::Uncollected => made == all,
            ChargeStanding::Cancelled => made < all,
        };
        if !is_possible {
            found.push(format!("{made} tries of {due_at}, which is {}", charge.standing.name()));
        }
    }
}

fn is_disturbed_between(timeline: &Timeline, from: Instant, until: Instant) -> bool {
    let standings = timeline.standings.iter().map(|(at, _)| *at);
    let terms = timeline.terms.iter().map(|(at, _)| *at);
    let within = standings.chain(terms).any(|at| (from..=until).contains(&at));
    within || timeline.standing_at(from) == Some(Standing::Paused)
}

/// What ended it.
fn end(book: &Book, options: &Options, found: &mut Vec<String>) {
    let timeline = book.timeline();
    let too_many = cancels_by_uncollected(timeline.charges.values(), options);
    // The last try and the end are moments of their own there.
    let moment = TimeDelta::milliseconds(100);
    if let Some(at) = too_many
        && timeline.standing_at(at + moment) != Some(Standing::Cancelled)
    {
        found.push(format!("too many were uncollected at {at}, and it went on"));
    }
    let Some((ended_at, Standing::Cancelled)) = timeline.standings.last().copied() else { return };
    let is_near = |at: Instant| (ended_at - at).abs() <= moment;
    // One that is authorised after its end ends at once. A charge that is tried on after the end moves the time at which
    // the provider says that it changed last, until it is read.
    let agreed =
        timeline.terms_at(ended_at).and_then(|terms| Some(terms.ends_at?.max(timeline.anchored_at?)));
    let is_agreed = agreed.is_some_and(|at| (at..=at + TimeDelta::days(2)).contains(&ended_at));
    if !(book.is_cancelled_by_us || too_many.is_some_and(is_near) || is_agreed) {
        found.push(format!("it ended at {ended_at}, and nothing here says why"));
    }
}

/// The provider's own count.
fn summary(timeline: &Timeline, options: &Options, now: Instant, found: &mut Vec<String>) {
    found.extend(differences(timeline, options, now).iter().map(|differs| format!("{differs:?}")));
    let told = timeline.told.progress.as_ref().and_then(|progress| progress.summary.clone());
    let theirs = told.expect("the simulator tells its count");
    let ours = Summary::of(timeline, options, now);
    let mine = (ours.total_count, ours.charged_count, ours.charged_minor, ours.last_charged_minor);
    let their = (
        theirs.total_count,
        theirs.charged_count.unwrap_or(0),
        Some(theirs.charged_minor.unwrap_or(0)),
        theirs.last_charged_minor,
    );
    if mine != their {
        found.push(format!("the count is {their:?} there and {mine:?} here"));
    }
    let mine = (ours.pending_count, ours.pending_minor, ours.health);
    let their = (theirs.pending_count, theirs.pending_minor, theirs.health);
    if mine != their {
        found.push(format!("what is to come is {their:?} there and {mine:?} here"));
    }
}

/// The next date that the provider shows, charged or not.
fn next(timeline: &Timeline, options: &Options, now: Instant, found: &mut Vec<String>) {
    if next_charge_at(timeline, options, now).is_none() {
        return;
    }
    let calendar = Calendar::of(timeline, options);
    let ours = calendar.due(calendar.first_slot_from(now));
    let theirs = timeline.told.progress.as_ref().and_then(|progress| progress.next_charge_at);
    if ours != theirs {
        found.push(format!("the next date is {theirs:?} there and {ours:?} here"));
    }
}
