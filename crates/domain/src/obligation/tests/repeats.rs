//! An open attempt that is sent again: each time is a fact, and a refusal is about one of them.

use super::*;

fn repeat(sends: u32) -> Command {
    Command::Repeat { request: "a".into(), sends }
}

fn refuse(sends: u32) -> Command {
    Command::RecordRefusal { request: "a".into(), code: "2006".into(), sends }
}

fn repeated(second: i64) -> Event {
    Event::AttemptRepeated(AttemptRepeated { at: at(second), request: "a".into() })
}

#[test]
fn of_two_that_send_it_again_at_once_one_looks_again() {
    let given = [(0, asking(wanted("a")))];
    check(&given, 9, repeat(1), Ok(vec![repeated(9)]));
    let given = [given[0].clone(), (9, repeat(1))];
    check(&given, 9, repeat(1), Ok(vec![]));
    check(&given, 10, repeat(2), Ok(vec![repeated(10)]));
}

#[test]
fn what_is_no_longer_open_is_not_sent_again() {
    let refused = [(0, asking(wanted("a"))), (1, refuse(1))];
    check(&refused, 2, repeat(1), Ok(vec![]));
    let answered = [(0, asking(wanted("a"))), (1, rejected("a", "bank_error"))];
    check(&answered, 2, repeat(1), Ok(vec![]));
    check(&[], 2, repeat(1), Err(Refusal::UnknownRequest { request: "a".into() }));
}

#[test]
fn a_refusal_of_one_time_does_not_end_what_was_sent_again_since() {
    let given = [(0, asking(wanted("a"))), (1, repeat(1))];
    check(&given, 2, refuse(1), Ok(vec![]));
    let ended = AttemptRefused { at: at(2), request: "a".into(), code: "2006".into() };
    check(&given, 2, refuse(2), Ok(vec![Event::AttemptRefused(ended)]));
}

#[test]
fn an_attempt_is_not_sent_again_once_one_that_was_given_up_is_paid() {
    let day = 24 * 3600;
    let other = Wanted { token: None, instrument: master(), ..wanted("c") };
    let paid = answering("c", "77", Standing::Approved, "approved", "accredited");
    let given = [(0, asking(other)), (day, asking(wanted("a"))), (day + 1, paid)];
    check(&given, day + 2, repeat(1), Ok(vec![]));
}
