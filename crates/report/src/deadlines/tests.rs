use chrono::TimeDelta;
use ledger::account::Lang;

use super::*;
use crate::samples::{at, written};

fn token(expires_at: Instant) -> TokenEnd {
    TokenEnd { seller: "123".into(), application: Some("77".into()), standing: "valid".into(), expires_at }
}

fn payment(id: &str, kind: DeadlineKind, due_at: Instant) -> DeadlineRow {
    DeadlineRow {
        due_at,
        kind,
        seller: "123".into(),
        id: id.into(),
        standing: "approved".into(),
        amount_minor: Some(12_345),
        currency: Some(Currency::ARS),
        reference: Some("=order-1".into()),
        is_overdue: false,
    }
}

#[test]
fn a_horizon_holds_both_its_ends_and_what_is_overdue() {
    let horizon = Horizon::new(at(1, 12), 7);
    let overdue = |at: Instant, seconds| {
        horizon.token(token(at + TimeDelta::seconds(seconds))).map(|row| row.is_overdue)
    };
    assert_eq!([-1, 0, 1].map(|s| overdue(at(1, 12), s)), [Some(true), Some(false), Some(false)]);
    assert_eq!([-1, 0, 1].map(|s| overdue(at(8, 12), s)), [Some(false), Some(false), None]);
}

#[test]
fn a_horizon_without_end_is_no_error() {
    assert!(Horizon::new(Instant::MAX_UTC, 7).token(token(Instant::MAX_UTC)).is_some());
}

#[test]
fn rows_are_in_the_order_in_which_they_fall_due() {
    let mut rows = [
        payment("9", DeadlineKind::CaptureWindow, at(2, 0)),
        payment("2", DeadlineKind::RefundWindow, at(2, 0)),
        payment("1", DeadlineKind::RefundWindow, at(2, 0)),
        payment("5", DeadlineKind::Token, at(1, 0)),
    ];
    sort(&mut rows);
    assert_eq!(rows.map(|row| row.id.to_string()), ["5", "1", "2", "9"]);
}

#[test]
fn every_format_tells_the_same_deadlines() {
    let rows = || {
        let token = Horizon::new(at(3, 0), 7).token(token(at(2, 0))).expect("it is overdue");
        [payment("1", DeadlineKind::RefundWindow, at(4, 0)), token].into_iter()
    };
    let formats = [
        written(|out| write_json(rows(), out)),
        written(|out| write_csv(rows(), out)),
        written(|out| write_text(rows(), 5, 2, Lang::Es, out)),
    ];
    insta::assert_snapshot!(formats.join("\n"));
}
