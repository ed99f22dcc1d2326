//! A row of a report is booked once; whatever else is told under its identity is refused, not merged.

use std::fmt::Write as _;

use super::machine::{Movement, Refusal, State};
use super::*;
use crate::event::Event as _;
use crate::machine::{Context, IllegalEvent, Machine, fold};
use crate::rules::Rules;
use crate::walks;

fn row(net_minor: i64) -> Row {
    Row {
        kind: MovementKind::Payout,
        word: "payout".into(),
        source: "9100000001".into(),
        reference: "COELSA-77".into(),
        currency: Currency::ARS,
        net_minor,
        gross_minor: net_minor + 300,
        fee_minor: -300,
        tax_minor: 0,
        at: "2026-03-02T14:00:00.250Z".parse().expect("a literal instant"),
    }
}

fn booked(row: Row) -> Event {
    Event::Booked(Booked { at: row.at, row })
}

fn check(given: &[Row], told: Row, expect: Result<Vec<Event>, Refusal>) {
    let rules = Rules::default();
    let now = "2026-04-01T00:00:00Z".parse().expect("a literal instant");
    let history: Vec<Event> = given.iter().cloned().map(booked).collect();
    let state = fold::<Movement>(&history).expect("a history of one booking is legal");
    let decided = Movement::decide(state.as_ref(), Command::Observe(told), &Context { now, rules: &rules });
    assert_eq!(decided, expect);
}

#[test]
fn a_row_is_booked_at_the_time_it_hit_the_balance() {
    check(&[], row(-100_300), Ok(vec![booked(row(-100_300))]));
    assert_eq!(booked(row(-1)).occurred_at(), row(-1).at);
}

#[test]
fn the_same_row_again_writes_nothing() {
    check(&[row(-100_300)], row(-100_300), Ok(vec![]));
}

#[test]
fn a_row_whose_word_we_learned_to_read_later_is_still_the_same_row() {
    let unread = Row { kind: MovementKind::Unknown, ..row(-100_300) };
    check(&[unread], row(-100_300), Ok(vec![]));
}

#[test]
fn other_content_under_the_same_identity_is_refused_and_names_the_field() {
    type Change = fn(&mut Row);
    let changes: [(&'static str, Change); 9] = [
        ("word", |r| r.word = "withdrawal".into()),
        ("source", |r| r.source = "9100000002".into()),
        ("reference", |r| r.reference = "".into()),
        ("currency", |r| r.currency = Currency::MXN),
        ("net amount", |r| r.net_minor += 1),
        ("gross amount", |r| r.gross_minor += 1),
        ("fee", |r| r.fee_minor += 1),
        ("tax", |r| r.tax_minor = -1),
        ("time", |r| r.at += chrono::TimeDelta::microseconds(1)),
    ];
    for (field, change) in changes {
        let mut told = row(-100_300);
        change(&mut told);
        check(&[row(-100_300)], told, Err(Refusal::OtherContent { field }));
    }
}

#[test]
fn a_second_booking_in_a_history_is_corrupt() {
    let history = [booked(row(-1)), booked(row(-1))];
    assert_eq!(fold::<Movement>(&history), Err(IllegalEvent { event: "movement.booked", state: "booked" }));
}

#[test]
fn every_walk_keeps_the_first_telling_and_books_it_once() {
    let rules = Rules::default();
    let now = "2026-04-01T00:00:00Z".parse().expect("a literal instant");
    let context = Context { now, rules: &rules };
    let alphabet = [row(-100_300), row(100_300), row(0)].map(Command::Observe);
    walks::each(&alphabet, 4, &mut |walk| {
        let mut state: Option<State> = None;
        let mut written = Vec::new();
        for command in walk {
            let Command::Observe(told) = command;
            let (next, decided) = walks::step::<Movement>(state, command, &context);
            state = next;
            match decided {
                Ok(events) => {
                    written.extend(events);
                    assert_eq!(state.as_ref().map(|s| &s.row), Some(told), "the state is what was told");
                }
                Err(Refusal::OtherContent { field }) => assert_eq!(field, "net amount"),
            }
        }
        let Some(Command::Observe(first)) = walk.first() else { panic!("a walk has a first letter") };
        assert_eq!(written, vec![booked(first.clone())], "the money of the first telling, once");
    });
}

#[test]
fn the_matrix_in_the_documentation_is_what_the_machine_does() {
    let rules = Rules::default();
    let now = "2026-04-01T00:00:00Z".parse().expect("a literal instant");
    let known = State { row: row(-1) };
    let cases = [
        ("nothing", "the row", None, row(-1)),
        ("booked", "the same row", Some(&known), row(-1)),
        ("booked", "other content", Some(&known), row(-2)),
    ];
    let mut matrix = String::new();
    for (state_name, told_name, state, told) in cases {
        let writes = match Movement::decide(state, Command::Observe(told), &Context { now, rules: &rules }) {
            Ok(events) => events.first().map_or("nothing", |event| event.name()),
            Err(Refusal::OtherContent { .. }) => "refused",
        };
        writeln!(matrix, "//! {state_name:<7} | {told_name:<16} | {writes}").expect("writing to a string");
    }
    assert!(include_str!("../movement.rs").contains(&matrix), "the module should show:\n{matrix}");
}

#[test]
fn the_stored_form_is_the_golden_file() {
    let golden = include_str!("golden/movement.booked.json").trim_end();
    let event = booked(row(-100_300));
    assert_eq!(event.payload(), golden);
    assert_eq!((event.name(), event.version()), ("movement.booked", 1));
    let read = Event::from_payload("movement.booked", 1, golden).expect("the golden file is readable");
    assert_eq!(read, event);
}
