use domain::preapproval::change::{ChangeAsked, ChangeSettled};
use domain::preapproval::{Event, Reminded, Said};

use super::*;
use crate::samples::{History, at, months, terms};

const MINOR: i64 = 1_000;

fn step(name: &str, on: Cue, from: u32) -> Step {
    Step { name: name.into(), on, from, after_hours: 0 }
}

fn steps() -> Dunning {
    let steps = vec![
        step("retrying", Cue::Recycling, 1),
        step("update_card", Cue::Uncollected, 1),
        step("warning", Cue::Uncollected, 2),
        step("ended", Cue::Ended, 1),
    ];
    Dunning { steps, most_days: 7 }
}

fn monthly() -> History {
    History::authorized("2026-01-05", &terms(MINOR, months(1)))
}

fn uncollected(history: History, invoice: &str, due: &str, on: &str) -> History {
    history
        .scheduled(invoice, due, MINOR)
        .recycled(invoice, due, due, MINOR)
        .uncollected(invoice, due, on, MINOR)
}

fn reminded(history: History, invoice: &str, step: &str, on: &str) -> History {
    history.then(Event::Reminded(Reminded { at: at(on), invoice: invoice.into(), step: step.into() }))
}

fn told(history: &History, dunning: &Dunning, now: &str) -> Vec<String> {
    let due = due(&history.timeline(), dunning, &Options::default(), at(now));
    due.iter().map(|reminder| format!("{} {}", reminder.invoice, reminder.step)).collect()
}

#[track_caller]
fn check(history: &History, now: &str, expect: &[&str]) {
    assert_eq!(told(history, &steps(), now), expect);
}

#[test]
fn a_declined_charge_is_told_once_and_while_it_is_news() {
    let waiting = monthly().scheduled("1", "2026-01-05", MINOR);
    check(&waiting, "2026-01-05", &[]);
    let declined = waiting.recycled("1", "2026-01-05", "2026-01-05", MINOR);
    check(&declined, "2026-01-04", &[]);
    check(&declined, "2026-01-05", &["1 retrying"]);
    check(&declined, "2026-01-12", &["1 retrying"]);
    check(&declined, "2026-01-12 16:01", &[]);
    check(&reminded(declined, "1", "retrying", "2026-01-05"), "2026-01-06", &[]);
}

#[test]
fn a_second_declined_try_is_not_told_again_unless_a_step_says_so() {
    let second =
        monthly().scheduled("1", "2026-01-05", MINOR).recycled("1", "2026-01-05", "2026-01-05", MINOR);
    let second =
        reminded(second, "1", "retrying", "2026-01-05").recycled("1", "2026-01-05", "2026-01-07", MINOR);
    let mut second = second;
    if let Some(Event::ChargeRecycled(stood)) = second.events.last_mut() {
        stood.terms.attempt = Some(2);
    }
    check(&second, "2026-01-07", &[]);
    let mut more = steps();
    more.steps.push(step("retrying_again", Cue::Recycling, 2));
    assert_eq!(told(&second, &more, "2026-01-07"), ["1 retrying_again"]);
}

#[test]
fn a_try_without_an_answer_has_not_failed() {
    let mut waits =
        monthly().scheduled("1", "2026-01-05", MINOR).recycled("1", "2026-01-05", "2026-01-05", MINOR);
    if let Some(Event::ChargeRecycled(stood)) = waits.events.last_mut() {
        stood.terms.payment = None;
    }
    check(&waits, "2026-01-05", &[]);
}

#[test]
fn what_was_paid_meanwhile_is_not_told() {
    let paid = monthly().scheduled("1", "2026-01-05", MINOR).recycled("1", "2026-01-05", "2026-01-05", MINOR);
    check(&paid.collected("1", "2026-01-05", "2026-01-06", MINOR), "2026-01-06", &[]);
    let late = uncollected(monthly(), "1", "2026-01-05", "2026-01-15");
    check(&late.clone().collected("1", "2026-01-05", "2026-01-16", MINOR), "2026-01-16", &[]);
    // A later charge that was paid closes the matter too.
    let next = late.scheduled("2", "2026-01-16", MINOR).collected("2", "2026-01-16", "2026-01-16", MINOR);
    check(&next, "2026-01-16", &[]);
}

#[test]
fn the_second_uncollected_charge_in_a_row_is_a_warning() {
    let one = uncollected(monthly(), "1", "2026-01-05", "2026-01-15");
    check(&one, "2026-01-15", &["1 update_card"]);
    let two = uncollected(reminded(one, "1", "update_card", "2026-01-15"), "2", "2026-02-05", "2026-02-15");
    check(&two, "2026-02-15", &["2 warning"]);
}

#[test]
fn a_subscription_that_the_provider_ended_is_told_of_once() {
    let two = uncollected(monthly(), "1", "2026-01-05", "2026-01-15");
    let two = uncollected(two, "2", "2026-02-05", "2026-02-15");
    let three = uncollected(two.clone(), "3", "2026-03-05", "2026-03-15");
    check(&three.clone().cancel("2026-03-16"), "2026-03-16", &["3 ended"]);
    // Whoever cancels before the rule does has a reason of their own.
    check(&two.cancel("2026-02-16"), "2026-02-16", &[]);
    let said = Said { modified_at: Some(at("2026-01-05")), version: Some(0) };
    let order = |outcome| {
        let (request, actor) = (Text::from("r-1"), "ana".into());
        let on = at("2026-03-15");
        let asked = ChangeAsked { at: on, said, request: request.clone(), actor, change: Change::Cancel };
        let settled = ChangeSettled { at: on, request, outcome };
        three.clone().then(Event::ChangeAsked(asked)).then(Event::ChangeSettled(settled)).cancel("2026-03-16")
    };
    check(&order(Settlement::Done), "2026-03-16", &[]);
    check(&order(Settlement::Refused { code: "400".into() }), "2026-03-16", &["3 ended"]);
}

#[test]
fn a_step_may_wait() {
    let mut patient = steps();
    patient.steps[0].after_hours = 24;
    let declined =
        monthly().scheduled("1", "2026-01-05", MINOR).recycled("1", "2026-01-05", "2026-01-05", MINOR);
    assert_eq!(told(&declined, &patient, "2026-01-06 15:59"), Vec::<String>::new());
    assert_eq!(told(&declined, &patient, "2026-01-06 16:00"), ["1 retrying"]);
}

#[test]
fn without_steps_nobody_is_told_anything() {
    let none = Dunning { steps: vec![], most_days: 7 };
    let declined =
        monthly().scheduled("1", "2026-01-05", MINOR).recycled("1", "2026-01-05", "2026-01-05", MINOR);
    assert!(told(&declined, &none, "2026-01-05").is_empty());
}
