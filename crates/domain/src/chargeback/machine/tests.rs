//! The chargeback machine: given / when / then, the four properties, convergence, the matrix, golden files.

use chrono::TimeDelta;

use super::{Chargeback, Refusal, State};
use crate::chargeback::{
    Case, Command, Description, Documentation, DocumentationStatus, Event, Observation, Standing,
};
use crate::currency::Currency;
use crate::ids::PaymentId;
use crate::machine::{Context, Instant, Machine, fold};
use crate::rules::Rules;

mod golden;
mod matrix;
mod walks;

fn day(day: u32) -> Instant {
    format!("2024-07-{day:02}T12:00:00Z").parse().expect("a day of July")
}

fn case(amount_minor: i64) -> Case {
    Case {
        amount_minor,
        currency: Currency::BRL,
        reason: Some("general".into()),
        eligible: Some(true),
        documentation: Documentation {
            required: true,
            status: DocumentationStatus::Pending,
            deadline: Some(day(12)),
        },
        word: None,
        opened_at: Some(day(2)),
    }
}

fn told(updated_at: Option<Instant>, standing: Standing, amount_minor: i64, payments: &[&str]) -> Command {
    let description = Box::new(Description { updated_at, standing, case: case(amount_minor) });
    let payments = payments.iter().map(|id| PaymentId::from(*id)).collect();
    Command::Observe(Observation::Described { description, payments, at: updated_at.unwrap_or(day(30)) })
}

fn on(date: u32, standing: Standing) -> Command {
    told(Some(day(date)), standing, 1500, &["11"])
}

fn decide(state: Option<&State>, command: Command) -> Result<Vec<Event>, Refusal> {
    Chargeback::decide(state, command, &Context { now: day(31), rules: &Rules::default() })
}

/// Tells everything but the last and gives what the last one writes.
fn check(tellings: &[Command]) -> (Option<State>, Result<Vec<Event>, Refusal>) {
    let (last, before) = tellings.split_last().expect("at least one telling");
    let mut history = Vec::new();
    for command in before {
        let state = fold::<Chargeback>(&history).expect("a history that was decided folds");
        history.extend(decide(state.as_ref(), command.clone()).expect("accepted before"));
    }
    let state = fold::<Chargeback>(&history).expect("a history that was decided folds");
    let written = decide(state.as_ref(), last.clone());
    history.extend(written.iter().flatten().cloned());
    (fold::<Chargeback>(&history).expect("what was decided folds"), written)
}

fn names(written: &Result<Vec<Event>, Refusal>) -> Vec<&'static str> {
    use crate::event::Event as _;
    written.as_ref().expect("accepted").iter().map(Event::name).collect()
}

#[test]
fn a_case_first_heard_of_when_lost_tells_its_opening_too() {
    let (state, written) = check(&[on(20, Standing::Lost)]);
    assert_eq!(names(&written), ["chargeback.opened", "chargeback.lost"]);
    let Ok([Event::Opened(opened), Event::Lost(lost)]) = written.as_deref() else {
        panic!("two facts, in this order")
    };
    assert_eq!((opened.at, lost.at, lost.outside_rule), (day(2), day(20), false));
    assert_eq!(state.expect("opened").standing, Standing::Lost);
}

#[test]
fn the_usual_case_goes_from_documents_asked_to_covered() {
    let opened = on(3, Standing::DocumentationRequested);
    let (_, written) = check(&[opened.clone(), on(9, Standing::DocumentationSent)]);
    assert_eq!(names(&written), ["chargeback.documentation_sent"]);
    let (state, written) = check(&[opened, on(9, Standing::DocumentationSent), on(25, Standing::Covered)]);
    assert_eq!(names(&written), ["chargeback.covered"]);
    let state = state.expect("opened");
    assert_eq!((state.standing, state.updated_at), (Standing::Covered, Some(day(25))));
}

#[test]
fn the_same_statement_again_writes_nothing() {
    let (_, written) = check(&[on(3, Standing::Open), on(3, Standing::Open)]);
    assert_eq!(written, Ok(Vec::new()));
}

#[test]
fn the_same_content_at_a_later_time_is_reaffirmed() {
    let (state, written) = check(&[on(3, Standing::Open), on(4, Standing::Open)]);
    assert_eq!(names(&written), ["chargeback.reaffirmed"]);
    assert_eq!(state.expect("opened").updated_at, Some(day(4)));
}

#[test]
fn a_stale_statement_moves_nothing_but_its_payments_are_kept() {
    let stale = told(Some(day(3)), Standing::Open, 900, &["11", "22"]);
    let (state, written) = check(&[on(20, Standing::Lost), stale]);
    assert_eq!(names(&written), ["chargeback.payments_named"]);
    let state = state.expect("opened");
    assert_eq!((state.standing, state.case.amount_minor), (Standing::Lost, 1500));
    assert_eq!(state.payments, ["11", "22"].map(PaymentId::from).into());
}

#[test]
fn a_newer_statement_with_another_amount_redescribes_the_case() {
    let (state, written) = check(&[on(3, Standing::Open), told(Some(day(5)), Standing::Open, 700, &["11"])]);
    assert_eq!(names(&written), ["chargeback.redescribed"]);
    assert_eq!(state.expect("opened").case.amount_minor, 700);
}

#[test]
fn a_decided_case_that_comes_back_is_taken_and_marked_outside_the_rules() {
    let (state, written) = check(&[on(20, Standing::Covered), on(21, Standing::Lost)]);
    let Ok([Event::Lost(lost)]) = written.as_deref() else { panic!("one fact") };
    assert!(lost.outside_rule);
    assert_eq!(state.expect("opened").standing, Standing::Lost);
}

#[test]
fn a_case_back_to_its_start_is_reopened() {
    let (_, written) = check(&[on(20, Standing::Lost), on(21, Standing::Open)]);
    assert_eq!(names(&written), ["chargeback.reopened"]);
}

#[test]
fn a_statement_without_a_time_never_moves_one_with_a_time() {
    let timeless = told(None, Standing::Covered, 1500, &["11"]);
    assert_eq!(check(&[on(3, Standing::Open), timeless]).1, Ok(Vec::new()));
}

#[test]
fn without_times_the_further_standing_wins() {
    let at = |standing| told(None, standing, 1500, &["11"]);
    let forward = check(&[at(Standing::Open), at(Standing::DocumentationSent)]);
    assert_eq!(names(&forward.1), ["chargeback.documentation_sent"]);
    let backward = check(&[at(Standing::DocumentationSent), at(Standing::Open)]);
    assert_eq!(backward.1, Ok(Vec::new()));
}

#[test]
fn another_currency_for_one_id_is_refused() {
    let mut other = on(9, Standing::Lost);
    let Command::Observe(Observation::Described { description, .. }) = &mut other;
    description.case.currency = Currency::ARS;
    let (state, written) = check(&[on(3, Standing::Open), other]);
    assert_eq!(written, Err(Refusal::OtherCurrency { expected: Currency::BRL, actual: Currency::ARS }));
    assert_eq!(state.expect("opened").standing, Standing::Open);
}

#[test]
fn documents_are_taken_up_to_the_last_second_of_their_deadline() {
    let (state, _) = check(&[on(3, Standing::DocumentationRequested)]);
    let state = state.expect("opened");
    let takes = |seconds| state.takes_documents(day(12) + TimeDelta::seconds(seconds));
    assert_eq!([-1, 0, 1].map(takes), [true, true, false]);
}

#[test]
fn documents_are_taken_only_where_they_are_asked_for_and_can_help() {
    for standing in Standing::ALL {
        let (state, _) = check(&[on(3, standing)]);
        let mut state = state.expect("opened");
        let asked = standing == Standing::DocumentationRequested;
        assert_eq!(state.documents_until(), asked.then(|| day(12)), "{standing:?}");
        state.case.eligible = None;
        assert_eq!(state.takes_documents(day(5)), asked, "{standing:?}");
        state.case.eligible = Some(false);
        assert!(!state.takes_documents(day(5)), "{standing:?}");
    }
}

#[test]
fn a_negative_amount_is_refused() {
    let (state, written) = check(&[told(Some(day(3)), Standing::Open, -1, &["11"])]);
    assert_eq!(written, Err(Refusal::NegativeAmount { amount_minor: -1 }));
    assert_eq!(state, None);
}

#[test]
fn a_fact_that_cannot_follow_names_both_sides() {
    use crate::machine::IllegalEvent;
    let lost = golden::example("chargeback.lost");
    assert_eq!(
        Chargeback::evolve(None, &lost),
        Err(IllegalEvent { event: "chargeback.lost", state: "none" })
    );
    let opened = golden::example("chargeback.opened");
    let state = Chargeback::evolve(None, &opened).expect("an opening starts a case");
    assert_eq!(
        Chargeback::evolve(Some(state), &opened),
        Err(IllegalEvent { event: "chargeback.opened", state: "open" })
    );
}
