//! What was when: the times at which facts count, and what only later facts prove.

use domain::changes::Settlement;
use domain::preapproval::change::{Change, ChangeSettled};
use domain::preapproval::{ChargeReaffirmed, Reaffirmed, Redescribed, Reminded};

use super::*;
use crate::samples::{History, at, months, terms};

fn monthly() -> Terms {
    terms(1_000, months(1))
}

#[test]
fn a_subscription_first_seen_authorised_was_since_it_was_made() {
    let mut history = History::authorized("2026-01-05", &monthly());
    // The first statement is of March, and says only that it was made in January.
    let said = Said { modified_at: Some(at("2026-03-01")), version: Some(9) };
    let [Event::Opened(opened), Event::Authorized(stood)] = &mut history.events[..] else {
        panic!("it is opened and authorised");
    };
    (opened.said, stood.said, stood.at) = (said, said, at("2026-03-01"));
    let timeline = history.timeline();
    assert_eq!(timeline.anchored_at, Some(at("2026-01-05")));
    assert_eq!(timeline.standing_at(at("2026-01-06")), Some(Standing::Authorized));
    assert_eq!(timeline.told.at, Some(at("2026-03-01")));
}

#[test]
fn one_that_waited_for_its_payer_is_anchored_when_the_payer_came() {
    let timeline = History::pending("2026-01-05", &monthly()).authorize("2026-02-10").timeline();
    assert_eq!(timeline.anchored_at, Some(at("2026-02-10")));
    assert_eq!(timeline.standing_at(at("2026-02-09")), Some(Standing::Pending));
    assert_eq!(timeline.standing_at(at("2026-02-10")), Some(Standing::Authorized));
    assert_eq!(timeline.standing_at(at("2026-01-04")), None);
}

#[test]
fn a_charge_that_was_due_before_we_heard_of_the_authorisation_anchors_it() {
    let check = |history: History, anchored: &str| {
        let timeline = history.timeline();
        assert_eq!(timeline.anchored_at, Some(at(anchored)));
        assert_eq!(timeline.standing_at(at(anchored)), Some(Standing::Authorized));
        assert_eq!(timeline.standing_at(at("2026-01-04")), Some(Standing::Pending));
        assert_eq!(timeline.standing_at(at("2026-02-11")), Some(Standing::Paused));
    };
    let pending = History::pending("2026-01-01", &monthly());
    let charged =
        |history: History| history.scheduled("2", "2026-02-05", 1_000).scheduled("1", "2026-01-05", 1_000);
    // The payer came on 5 January; the statement that tells of it is of 10 February.
    check(charged(pending.clone().authorize("2026-02-10").pause("2026-02-11")), "2026-01-05");
    check(charged(pending.clone()).authorize("2026-02-10").pause("2026-02-11"), "2026-01-05");
    // A trial of days passed before the first charge.
    let mut trial = monthly();
    trial.recurring.first_charge_after_days = Some(3);
    let tried = History::pending("2025-12-01", &trial).authorize("2026-02-10");
    let anchored_at = charged(tried).timeline().anchored_at;
    assert_eq!(anchored_at, Some(at("2026-01-02")));
}

#[test]
fn a_pause_and_another_authorisation_do_not_anchor_it_again() {
    let history = History::authorized("2026-01-05", &monthly()).pause("2026-02-01").resume("2026-04-01");
    let timeline = history.timeline();
    assert_eq!(timeline.anchored_at, Some(at("2026-01-05")));
    let standings =
        ["2026-01-31", "2026-02-01", "2026-03-31", "2026-04-01"].map(|on| timeline.standing_at(at(on)));
    let [authorized, paused] = [Some(Standing::Authorized), Some(Standing::Paused)];
    assert_eq!(standings, [authorized, paused, paused, authorized]);
}

#[test]
fn a_charge_proves_that_a_cancelled_subscription_was_authorised() {
    let collected = |history: History| {
        history.scheduled("1", "2026-02-05", 1_000).collected("1", "2026-02-05", "2026-02-05", 1_000)
    };
    // Seen pending, then cancelled: authorised no later than its first charge.
    let seen = collected(History::pending("2026-01-05", &monthly()).cancel("2026-03-01")).timeline();
    assert_eq!(seen.anchored_at, Some(at("2026-02-05")));
    assert_eq!(seen.standing_at(at("2026-02-06")), Some(Standing::Authorized));
    assert_eq!(seen.standing_at(at("2026-03-01")), Some(Standing::Cancelled));
    // First seen cancelled: authorised since it was made, in whatever order it was told.
    let mut gone = History::pending("2026-01-05", &monthly());
    let said = Said { modified_at: Some(at("2026-03-01")), version: Some(9) };
    let [Event::Opened(opened)] = &mut gone.events[..] else { panic!("it is opened") };
    opened.said = said;
    let cancelled = Event::Cancelled(Stood { at: at("2026-03-01"), said, outside_rule: false });
    let before = collected(gone.clone().then(cancelled.clone())).timeline();
    let after = collected(gone).then(cancelled).timeline();
    assert_eq!(before.anchored_at, Some(at("2026-01-05")));
    assert_eq!((before.anchored_at, before.standings), (after.anchored_at, after.standings));
}

#[test]
fn charges_prove_the_same_in_whatever_order_they_are_told() {
    let begun = || History::pending("2026-01-05", &monthly());
    let charge = |history: History, due| history.scheduled(due, due, 1_000);
    let [first, second] = ["2026-02-05", "2026-03-05"];
    let last = || begun().cancel("2026-04-01");
    let orders = [
        charge(charge(last(), first), second),
        charge(charge(last(), second), first),
        charge(charge(begun(), second).cancel("2026-04-01"), first),
    ];
    let [told, turned, late] = orders.map(|history| history.timeline());
    assert_eq!((told.anchored_at, told.standings.len()), (Some(at(first)), 3));
    assert_eq!([&turned, &late], [&told, &told]);
}

#[test]
fn without_a_charge_a_cancelled_subscription_never_began() {
    let timeline = History::pending("2026-01-05", &monthly()).cancel("2026-03-01").timeline();
    assert_eq!((timeline.anchored_at, timeline.ended_at()), (None, Some(at("2026-03-01"))));
}

#[test]
fn a_charge_may_be_heard_of_first() {
    let described = History::authorized("2026-01-05", &monthly());
    let charged = described.clone().scheduled("1", "2026-01-05", 1_000);
    let mut events = charged.events.clone();
    events.rotate_right(1);
    let foretold = Timeline::of(&events[..1]).expect("a charge begins a timeline");
    assert_eq!((foretold.opened, foretold.terms_at(at("2026-02-01"))), (None, None));
    assert_eq!(foretold.currency(), Some(Currency::ARS));
    assert_eq!(Timeline::of(&events), Some(charged.timeline()));
    assert_eq!(Timeline::of(&described.events[1..]), None);
}

#[test]
fn terms_hold_from_their_time_on() {
    let history = History::authorized("2026-01-05", &monthly());
    let timeline = history.change("2026-02-10", &terms(1_200, months(1))).timeline();
    let amount = |on: &str| timeline.terms_at(at(on)).and_then(|terms| terms.recurring.amount_minor);
    let amounts = ["2025-12-01", "2026-01-05", "2026-02-09", "2026-02-10"].map(amount);
    assert_eq!(amounts, [Some(1_000), Some(1_000), Some(1_000), Some(1_200)]);
}

#[test]
fn a_newer_statement_of_an_older_time_wins_from_that_time_on() {
    let history = History::authorized("2026-01-05", &monthly());
    let timeline = history.pause("2026-03-01").cancel("2026-02-01").timeline();
    let standings = ["2026-01-31", "2026-02-15", "2026-03-02"].map(|on| timeline.standing_at(at(on)));
    assert_eq!(standings, [Standing::Authorized, Standing::Cancelled, Standing::Cancelled].map(Some));
}

#[test]
fn it_ends_when_it_is_cancelled_or_its_last_day_passes() {
    let until = Terms { ends_at: Some(at("2026-06-01")), ..monthly() };
    let ended = |history: History| history.timeline().ended_at();
    assert_eq!(ended(History::authorized("2026-01-05", &monthly())), None);
    assert_eq!(ended(History::authorized("2026-01-05", &until)), Some(at("2026-06-01")));
    let cancelled = History::authorized("2026-01-05", &until).cancel("2026-03-01");
    assert_eq!(ended(cancelled), Some(at("2026-03-01")));
    let late = History::authorized("2026-01-05", &until).cancel("2026-06-02");
    assert_eq!(ended(late), Some(at("2026-06-01")));
}

#[test]
fn a_charge_keeps_when_it_was_collected_and_why_it_failed_before() {
    let history = History::authorized("2026-01-05", &monthly())
        .scheduled("1", "2026-01-05", 1_000)
        .recycled("1", "2026-01-05", "2026-01-06", 1_000)
        .recycled("1", "2026-01-05", "2026-01-08", 1_000);
    let retried = history.timeline().charges[&"1".into()].clone();
    assert_eq!((retried.scheduled_at, retried.stood_at), (at("2026-01-05"), at("2026-01-08")));
    assert_eq!((retried.standing, retried.collected_at), (ChargeStanding::Recycling, None));
    let paid =
        history.collected("1", "2026-01-05", "2026-01-10", 1_000).timeline().charges[&"1".into()].clone();
    assert_eq!((paid.standing, paid.collected_at), (ChargeStanding::Collected, Some(at("2026-01-10"))));
    assert_eq!(paid.terms.rejection, None);
    assert_eq!(paid.last_rejection, Some("cc_rejected_insufficient_amount".into()));
    assert_eq!(paid.due_at(), at("2026-01-05"));
}

#[test]
fn a_restated_or_reaffirmed_charge_stands_since_when_it_stood() {
    let history = History::authorized("2026-01-05", &monthly())
        .scheduled("1", "2026-01-05", 1_000)
        .collected("1", "2026-01-05", "2026-01-06", 1_000);
    let Some(Event::ChargeCollected(stood)) = history.events.last().cloned() else {
        panic!("it is collected")
    };
    let mut other = stood.clone();
    (other.at, other.terms.amount_minor) = (at("2026-01-09"), 999);
    let again = ChargeReaffirmed {
        at: at("2026-01-12"),
        invoice: stood.invoice.clone(),
        modified_at: Some(at("2026-01-12")),
    };
    let timeline = history.then(Event::ChargeRestated(other)).then(Event::ChargeReaffirmed(again)).timeline();
    let charge = &timeline.charges[&stood.invoice];
    assert_eq!((charge.standing, charge.terms.amount_minor), (ChargeStanding::Collected, 999));
    assert_eq!((charge.stood_at, charge.modified_at), (at("2026-01-06"), Some(at("2026-01-12"))));
}

#[test]
fn orders_and_reminders_are_kept_by_name() {
    let history = History::authorized("2026-01-05", &monthly());
    let said = Said { modified_at: None, version: None };
    let (asked_at, request) = (at("2026-01-06"), Text::from("raise"));
    let change = Change::Amount { amount_minor: 1_200 };
    let asked = ChangeAsked { at: asked_at, said, request: request.clone(), actor: "ana".into(), change };
    let settled = ChangeSettled { at: asked_at, request: request.clone(), outcome: Settlement::Ignored };
    let reminded = Reminded { at: at("2026-01-07"), invoice: "1".into(), step: "retrying".into() };
    let timeline = history
        .then(Event::ChangeAsked(asked.clone()))
        .then(Event::ChangeSettled(settled))
        .then(Event::Reminded(reminded))
        .timeline();
    let expected = Asked { asked, outcome: Some(Settlement::Ignored) };
    assert_eq!(timeline.changes, BTreeMap::from([(request, expected)]));
    let step = (InvoiceId::from("1"), Text::from("retrying"));
    assert_eq!(timeline.reminded, BTreeMap::from([(step, at("2026-01-07"))]));
}

#[test]
fn what_is_said_last_is_when_it_was_told() {
    let history = History::authorized("2026-01-05", &monthly());
    let said = Said { modified_at: Some(at("2026-02-01")), version: Some(3) };
    let profile = Profile { title: Some("Yoga".into()), ..history.timeline().profile };
    let (renamed_at, reaffirmed_at) = (at("2026-02-01"), at("2026-02-02"));
    let renamed = Redescribed { at: renamed_at, said, profile: profile.clone() };
    let timeline = history
        .then(Event::Redescribed(renamed))
        .then(Event::Reaffirmed(Reaffirmed { at: reaffirmed_at, said }))
        .timeline();
    assert_eq!((timeline.profile, timeline.told.at), (profile, Some(reaffirmed_at)));
}
