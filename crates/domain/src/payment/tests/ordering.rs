//! Orders of people and of the clock: every boundary to the second.

use chrono::TimeDelta;

use super::*;
use crate::machine::Machine;

fn order(state: Option<&State>, command: Command, now: Instant) -> Result<Vec<String>, Refusal> {
    let context = Context { now, rules: &Rules::default() };
    let events = Payment::decide(state, command, &context)?;
    Ok(events.iter().map(line).collect())
}

/// Gives an order that is accepted, and the state after it.
fn ordered(mut state: Option<State>, command: Command, now: Instant) -> Option<State> {
    let context = Context { now, rules: &Rules::default() };
    for event in
        Payment::decide(state.as_ref(), command, &context).expect("an order that is given is accepted")
    {
        state = Some(Payment::evolve(state, &event).expect("what was decided can follow"));
    }
    state
}

fn refund_of(amount_minor: Option<i64>) -> Command {
    Command::RequestRefund { amount_minor, actor: "ana".into(), reason: "returned goods".into() }
}

fn cancel() -> Command {
    Command::RequestCancel { actor: "ana".into(), reason: "ordered twice".into() }
}

fn refused(amount_minor: i64) -> Command {
    Command::RecordRefundRefusal { code: "2024".into(), amount_minor }
}

fn above(remaining_minor: i64, asked_minor: i64) -> Refusal {
    Refusal::AboveRemaining { remaining_minor, asked_minor, currency: Currency::ARS }
}

fn lines(lines: &[&str]) -> Result<Vec<String>, Refusal> {
    Ok(lines.iter().map(ToString::to_string).collect())
}

#[test]
fn a_refund_may_be_asked_for_up_to_the_last_second_of_180_days() {
    let approved = known(&[says(5, Standing::Approved)]);
    let closed_at = day(4) + TimeDelta::days(180);
    assert_eq!(closed_at, at("2026-08-31T10:00:00Z"));
    let ask = |seconds| order(approved.as_ref(), refund_of(None), closed_at + TimeDelta::seconds(seconds));
    assert_eq!(ask(-1), lines(&["refund_requested 10000 by ana"]));
    assert_eq!(ask(0), lines(&["refund_requested 10000 by ana"]));
    assert_eq!(ask(1), Err(Refusal::WindowClosed { closed_at }));
}

#[test]
fn without_an_approval_date_the_window_runs_from_the_booking() {
    let mut undated = told(6, Standing::Approved);
    undated.profile.approved_at = None;
    let approved = known(&[describe(undated)]);
    let closed_at = day(6) + TimeDelta::days(180);
    let ask = |seconds| order(approved.as_ref(), refund_of(None), closed_at + TimeDelta::seconds(seconds));
    assert_eq!(ask(0), lines(&["refund_requested 10000 by ana"]));
    assert_eq!(ask(1), Err(Refusal::WindowClosed { closed_at }));
}

#[test]
fn a_refund_is_within_what_remains_after_returned_undecided_and_asked_refunds() {
    let ask = |state: &Option<State>, minor| order(state.as_ref(), refund_of(minor), day(10));
    let approved = known(&[says(5, Standing::Approved)]);
    assert_eq!(ask(&approved, Some(10_000)), lines(&["refund_requested 10000 by ana"]));
    assert_eq!(ask(&approved, Some(10_001)), Err(above(10_000, 10_001)));
    assert_eq!(ask(&approved, Some(0)), Err(above(10_000, 0)));
    let negative = Refusal::NegativeAmount { what: "the refund", amount_minor: -1 };
    assert_eq!(ask(&approved, Some(-1)), Err(negative));

    let asked = ordered(approved, refund_of(Some(4_000)), day(10));
    assert_eq!(ask(&asked, Some(6_001)), Err(above(6_000, 6_001)));
    assert_eq!(ask(&asked, None), lines(&["refund_requested 6000 by ana"]));

    // The provider takes it up: it is no longer asked for, but still not decided.
    let (undecided, _) = tell(asked, &seen(refund("r1", 4_000, RefundStanding::InProcess)));
    assert_eq!(ask(&undecided, None), lines(&["refund_requested 6000 by ana"]));
    let (given, _) = tell(undecided.clone(), &seen(given_back("r1", 4_000)));
    assert_eq!(ask(&given, Some(6_001)), Err(above(6_000, 6_001)));
    let (not_given, _) = tell(undecided, &seen(refund("r1", 4_000, RefundStanding::Rejected)));
    assert_eq!(ask(&not_given, None), lines(&["refund_requested 10000 by ana"]));

    let all = ordered(given, refund_of(None), day(10));
    assert_eq!(ask(&all, None), Err(above(0, 0)));
}

#[test]
fn a_refund_the_provider_refused_can_be_asked_for_again() {
    let asked = ordered(known(&[says(5, Standing::Approved)]), refund_of(Some(4_000)), day(10));
    assert_eq!(order(asked.as_ref(), refused(3_999), day(11)), lines(&[]));
    assert_eq!(order(asked.as_ref(), refused(4_000), day(11)), lines(&["refund_refused 4000 by provider"]));
    let again = ordered(asked, refused(4_000), day(11));
    assert_eq!(order(again.as_ref(), refused(4_000), day(11)), lines(&[]));
    let expect = lines(&["refund_requested 10000 by ana"]);
    assert_eq!(order(again.as_ref(), refund_of(None), day(12)), expect);
}

#[test]
fn only_an_approved_payment_can_be_refunded() {
    for standing in Standing::ALL {
        let state = known(&[says(5, standing)]);
        let expect = match standing {
            Standing::Approved => lines(&["refund_requested 1 by ana"]),
            standing => Err(Refusal::NotApproved { standing }),
        };
        assert_eq!(order(state.as_ref(), refund_of(Some(1)), day(10)), expect);
    }
}

#[test]
fn only_an_undecided_payment_can_be_cancelled() {
    for standing in Standing::ALL {
        let state = known(&[says(5, standing)]);
        let expect = match standing {
            Standing::AwaitingPayer | Standing::InReview | Standing::Authorized => {
                lines(&["cancel_requested by ana"])
            }
            standing => Err(Refusal::NotCancellable { standing }),
        };
        assert_eq!(order(state.as_ref(), cancel(), day(10)), expect);
    }
}

fn capture(amount_minor: Option<i64>) -> Command {
    Command::RequestCapture { amount_minor, actor: "ana".into(), reason: "shipped".into() }
}

#[test]
fn a_reservation_may_be_captured_up_to_the_last_second_of_its_life() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let closed_at = day(1) + TimeDelta::days(7);
    let ask = |seconds| order(reserved.as_ref(), capture(None), closed_at + TimeDelta::seconds(seconds));
    assert_eq!(ask(-1), lines(&["capture_requested 10000 by ana"]));
    assert_eq!(ask(0), lines(&["capture_requested 10000 by ana"]));
    assert_eq!(ask(1), Err(Refusal::CaptureClosed { closed_at }));
}

#[test]
fn a_reservation_without_a_date_of_creation_or_a_known_life_has_no_window() {
    let mut undated = told(5, Standing::Authorized);
    undated.profile.created_at = None;
    let mut chilean = told(5, Standing::Authorized);
    chilean.terms.currency = Currency::CLP;
    for reserved in [undated, chilean] {
        let late = order(known(&[describe(reserved)]).as_ref(), capture(None), at("2030-01-01T00:00:00Z"));
        assert_eq!(late, lines(&["capture_requested 10000 by ana"]));
    }
}

#[test]
fn no_more_than_what_is_reserved_is_captured_and_once() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let ask = |minor| order(reserved.as_ref(), capture(Some(minor)), day(6));
    let above =
        |asked_minor| Refusal::AboveReserved { reserved_minor: 10_000, asked_minor, currency: Currency::ARS };
    assert_eq!(ask(1), lines(&["capture_requested 1 by ana"]));
    assert_eq!(ask(10_000), lines(&["capture_requested 10000 by ana"]));
    assert_eq!(ask(10_001), Err(above(10_001)));
    assert_eq!(ask(0), Err(above(0)));
    assert_eq!(ask(-1), Err(Refusal::NegativeAmount { what: "the capture", amount_minor: -1 }));
    let asked = ordered(reserved, capture(Some(4_000)), day(6));
    assert_eq!(order(asked.as_ref(), capture(None), day(7)), lines(&[]));
}

#[test]
fn only_a_reservation_can_be_captured() {
    for standing in Standing::ALL {
        let state = known(&[says(5, standing)]);
        let expect = match standing {
            Standing::Authorized => lines(&["capture_requested 10000 by ana"]),
            standing => Err(Refusal::NotCapturable { standing }),
        };
        assert_eq!(order(state.as_ref(), capture(None), day(6)), expect);
    }
}

#[test]
fn a_cancellation_is_asked_for_once() {
    let asked = ordered(known(&[says(5, Standing::InReview)]), cancel(), day(10));
    assert_eq!(order(asked.as_ref(), cancel(), day(11)), lines(&[]));
}

#[test]
fn nothing_can_be_ordered_of_a_payment_nobody_described() {
    for state in [None, known(&[released("row-1", 100)])] {
        for command in [refund_of(None), cancel(), capture(None), refused(1), Command::PresumeExpired] {
            assert_eq!(order(state.as_ref(), command, day(10)), Err(Refusal::Unknown));
        }
    }
}

#[test]
fn an_unconfirmed_payment_lapses_at_the_end_of_its_30_days() {
    for standing in [Standing::AwaitingPayer, Standing::InReview] {
        let state = known(&[says(5, standing)]);
        let due_at = day(1) + TimeDelta::days(30);
        let lapse = |s| order(state.as_ref(), Command::PresumeExpired, due_at + TimeDelta::seconds(s));
        assert_eq!(lapse(-1), Err(Refusal::NotDue { due_at }));
        assert_eq!(lapse(0), lines(&["presumed_expired by clock"]));
        assert_eq!(lapse(1), lines(&["presumed_expired by clock"]));
    }
}

#[test]
fn an_unconfirmed_payment_with_a_date_of_its_own_lapses_then_and_once() {
    let mut voucher = told(2, Standing::AwaitingPayer);
    voucher.profile.expires_at = Some(day(3));
    let state = known(&[describe(voucher)]);
    let lapse = |s| order(state.as_ref(), Command::PresumeExpired, day(3) + TimeDelta::seconds(s));
    assert_eq!(lapse(-1), Err(Refusal::NotDue { due_at: day(3) }));
    assert_eq!(lapse(0), lines(&["presumed_expired by clock"]));
    assert_eq!(lapse(1), lines(&["presumed_expired by clock"]));
    let lapsed = ordered(state, Command::PresumeExpired, day(4));
    assert_eq!(order(lapsed.as_ref(), Command::PresumeExpired, day(5)), lines(&[]));
}

#[test]
fn only_a_payment_that_waits_can_lapse() {
    for standing in Standing::ALL {
        if !matches!(standing, Standing::AwaitingPayer | Standing::InReview) {
            let state = known(&[says(5, standing)]);
            let expect = Err(Refusal::NotCancellable { standing });
            assert_eq!(order(state.as_ref(), Command::PresumeExpired, at(NOW)), expect);
        }
    }
}
