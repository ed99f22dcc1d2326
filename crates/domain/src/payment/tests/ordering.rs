//! Orders of people and of the clock: every boundary to the second.

use chrono::TimeDelta;

use super::*;
use crate::machine::Machine;
use crate::text::Text;

pub(super) fn order(state: Option<&State>, command: Command, now: Instant) -> Result<Vec<String>, Refusal> {
    under(&Rules::default(), state, command, now)
}

/// What an order writes under rules, one fact a line.
pub(super) fn under(
    rules: &Rules,
    state: Option<&State>,
    command: Command,
    now: Instant,
) -> Result<Vec<String>, Refusal> {
    let events = Payment::decide(state, command, &Context { now, rules })?;
    Ok(events.iter().map(line).collect())
}

/// Gives an order that is accepted, and the state after it.
pub(super) fn ordered(state: Option<State>, command: Command, now: Instant) -> Option<State> {
    ordered_under(&Rules::default(), state, command, now)
}

/// Gives an order that the rules accept, and the state after it.
pub(super) fn ordered_under(
    rules: &Rules,
    state: Option<State>,
    command: Command,
    now: Instant,
) -> Option<State> {
    let (state, decided) = walks::step::<Payment>(state, &command, &Context { now, rules });
    decided.expect("an order that is given is accepted");
    state
}

/// A refund under a name of its own amount.
fn refund_of(amount_minor: Option<i64>) -> Command {
    let name = amount_minor.map_or_else(|| "all".to_owned(), |minor| format!("r-{minor}"));
    refund_as(&name, amount_minor)
}

pub(super) fn refund_as(request: &str, amount_minor: Option<i64>) -> Command {
    paid_from(request, amount_minor, Funds::Unchecked)
}

pub(super) fn paid_from(request: &str, amount_minor: Option<i64>, funds: Funds) -> Command {
    let (request, actor, reason) = (request.into(), "ana".into(), "returned goods".into());
    Command::RequestRefund { request, amount_minor, funds, actor, reason }
}

pub(super) fn cancel(request: &str) -> Command {
    Command::RequestCancel { request: request.into(), actor: "ana".into(), reason: "ordered twice".into() }
}

pub(super) fn capture_as(request: &str, amount_minor: Option<i64>) -> Command {
    let (request, actor, reason) = (request.into(), "ana".into(), "shipped".into());
    Command::RequestCapture { request, amount_minor, actor, reason }
}

fn capture(amount_minor: Option<i64>) -> Command {
    capture_as("c", amount_minor)
}

pub(super) fn refused(request: &str) -> Command {
    Command::RecordRefusal { request: request.into(), code: "2024".into() }
}

pub(super) fn answered(request: &str, refund: &str) -> Command {
    Command::RecordRefund { request: request.into(), refund: refund.into() }
}

pub(super) fn above(remaining_minor: i64, asked_minor: i64) -> Refusal {
    Refusal::AboveRemaining { remaining_minor, asked_minor, currency: Currency::ARS }
}

pub(super) fn lines(lines: &[&str]) -> Result<Vec<String>, Refusal> {
    Ok(lines.iter().map(ToString::to_string).collect())
}

#[test]
fn a_refund_may_be_asked_for_up_to_the_last_second_of_180_days() {
    let approved = known(&[says(5, Standing::Approved)]);
    let closed_at = day(4) + TimeDelta::days(180);
    assert_eq!(closed_at, at("2026-08-31T10:00:00Z"));
    let ask = |seconds| order(approved.as_ref(), refund_of(None), closed_at + TimeDelta::seconds(seconds));
    assert_eq!(ask(-1), lines(&["refund_requested all 10000 whole by ana"]));
    assert_eq!(ask(0), lines(&["refund_requested all 10000 whole by ana"]));
    assert_eq!(ask(1), Err(Refusal::WindowClosed { closed_at }));
}

#[test]
fn without_an_approval_date_the_window_runs_from_the_booking() {
    let mut undated = told(6, Standing::Approved);
    undated.profile.approved_at = None;
    let approved = known(&[describe(undated)]);
    let closed_at = day(6) + TimeDelta::days(180);
    let ask = |seconds| order(approved.as_ref(), refund_of(None), closed_at + TimeDelta::seconds(seconds));
    assert_eq!(ask(0), lines(&["refund_requested all 10000 whole by ana"]));
    assert_eq!(ask(1), Err(Refusal::WindowClosed { closed_at }));
}

#[test]
fn a_refund_is_within_what_remains_after_returned_undecided_and_ordered_refunds() {
    let ask = |state: &Option<State>, minor| order(state.as_ref(), refund_of(minor), day(10));
    let approved = known(&[says(5, Standing::Approved)]);
    assert_eq!(ask(&approved, Some(10_000)), lines(&["refund_requested r-10000 10000 whole by ana"]));
    assert_eq!(ask(&approved, Some(9_999)), lines(&["refund_requested r-9999 9999 by ana"]));
    assert_eq!(ask(&approved, Some(10_001)), Err(above(10_000, 10_001)));
    assert_eq!(ask(&approved, Some(0)), Err(above(10_000, 0)));
    let negative = Refusal::NegativeAmount { what: "the refund", amount_minor: -1 };
    assert_eq!(ask(&approved, Some(-1)), Err(negative));

    let asked = ordered(approved, refund_of(Some(4_000)), day(10));
    assert_eq!(ask(&asked, Some(6_001)), Err(above(6_000, 6_001)));
    assert_eq!(ask(&asked, None), lines(&["refund_requested all 6000 by ana"]));

    // The provider takes it up: the order is at its end, but the refund is not decided.
    let echo =
        |standing| seen(RefundMention { order: Some("r-4000".into()), ..refund("r1", 4_000, standing) });
    let (undecided, _) = tell(asked, &echo(RefundStanding::InProcess));
    assert_eq!(ask(&undecided, None), lines(&["refund_requested all 6000 by ana"]));
    let (given, _) = tell(undecided.clone(), &echo(RefundStanding::Approved));
    assert_eq!(ask(&given, Some(6_001)), Err(above(6_000, 6_001)));
    for not_given in [RefundStanding::Rejected, RefundStanding::Cancelled] {
        let (not_given, _) = tell(undecided.clone(), &echo(not_given));
        assert_eq!(ask(&not_given, None), lines(&["refund_requested all 10000 whole by ana"]));
    }

    let all = ordered(given, refund_of(None), day(10));
    assert_eq!(order(all.as_ref(), refund_as("more", None), day(10)), Err(above(0, 0)));
}

#[test]
fn a_refund_the_provider_refused_can_be_asked_for_again() {
    let asked = ordered(known(&[says(5, Standing::Approved)]), refund_of(Some(4_000)), day(10));
    let refusal = order(asked.as_ref(), refused("r-4000"), day(11));
    assert_eq!(refusal, lines(&["refund_refused r-4000 4000 2024"]));
    let again = ordered(asked, refused("r-4000"), day(11));
    let expect = lines(&["refund_requested all 10000 whole by ana"]);
    assert_eq!(order(again.as_ref(), refund_of(None), day(12)), expect);
}

#[test]
fn only_an_approved_payment_can_be_refunded() {
    for standing in Standing::ALL {
        let state = known(&[says(5, standing)]);
        let expect = match standing {
            Standing::Approved => lines(&["refund_requested r-1 1 by ana"]),
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
                lines(&["cancel_requested x by ana"])
            }
            standing => Err(Refusal::NotCancellable { standing }),
        };
        assert_eq!(order(state.as_ref(), cancel("x"), day(10)), expect);
    }
}

#[test]
fn a_reservation_may_be_captured_up_to_the_last_second_of_its_life() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let closed_at = day(1) + TimeDelta::days(7);
    let ask = |seconds| order(reserved.as_ref(), capture(None), closed_at + TimeDelta::seconds(seconds));
    assert_eq!(ask(-1), lines(&["capture_requested c 10000 whole by ana"]));
    assert_eq!(ask(0), lines(&["capture_requested c 10000 whole by ana"]));
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
        assert_eq!(late, lines(&["capture_requested c 10000 whole by ana"]));
    }
}

#[test]
fn no_more_than_what_is_reserved_is_captured() {
    let reserved = known(&[says(5, Standing::Authorized)]);
    let ask = |minor| order(reserved.as_ref(), capture(Some(minor)), day(6));
    let above =
        |asked_minor| Refusal::AboveReserved { reserved_minor: 10_000, asked_minor, currency: Currency::ARS };
    assert_eq!(ask(1), lines(&["capture_requested c 1 by ana"]));
    assert_eq!(ask(10_000), lines(&["capture_requested c 10000 whole by ana"]));
    assert_eq!(ask(10_001), Err(above(10_001)));
    assert_eq!(ask(0), Err(above(0)));
    assert_eq!(ask(-1), Err(Refusal::NegativeAmount { what: "the capture", amount_minor: -1 }));
}

#[test]
fn only_a_reservation_can_be_captured() {
    for standing in Standing::ALL {
        let state = known(&[says(5, standing)]);
        let expect = match standing {
            Standing::Authorized => lines(&["capture_requested c 10000 whole by ana"]),
            standing => Err(Refusal::NotCapturable { standing }),
        };
        assert_eq!(order(state.as_ref(), capture(None), day(6)), expect);
    }
}

#[test]
fn nothing_can_be_ordered_of_a_payment_nobody_described() {
    let approve =
        Command::ApproveOrder { request: "all".into(), funds: Funds::Unchecked, actor: "luz".into() };
    let decline = Command::DeclineOrder { request: "all".into(), actor: "luz".into(), reason: "no".into() };
    for state in [None, known(&[released("row-1", 100)])] {
        let commands = [
            refund_of(None),
            cancel("x"),
            capture(None),
            approve.clone(),
            decline.clone(),
            refused("all"),
            answered("all", "r1"),
            Command::PresumeExpired,
        ];
        for command in commands {
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

#[test]
fn refusals_of_orders_have_words_that_stay_and_say_what_a_clerk_needs() {
    let (request, currency) = (Text::from("r-7"), Currency::ARS);
    let named = || request.clone();
    let (available_minor, asked_minor) = (120, 4_000);
    for (refusal, word, sentence) in [
        (
            Refusal::UnfitName { request: "r\n7".into() },
            "unfit_name",
            "\"r\\n7\" cannot be the name of an order: it must be one line of 1 to 200 characters without blanks around it",
        ),
        (
            Refusal::RequestTaken { request: named() },
            "request_taken",
            "`r-7` is the name of another order of this payment",
        ),
        (
            Refusal::OrderOpen { request: named() },
            "order_open",
            "order `r-7` of this payment is not finished yet",
        ),
        (
            Refusal::UnknownOrder { request: named() },
            "unknown_order",
            "the payment has no order `r-7` of this kind",
        ),
        (
            Refusal::NotHeld { request: named(), stage: "done" },
            "not_held",
            "order `r-7` does not wait for approval; it is done",
        ),
        (
            Refusal::SamePerson { request: named(), actor: "ana".into() },
            "same_person",
            "`ana` gave order `r-7`, and another person must approve it",
        ),
        (
            Refusal::NotSent { request: named(), stage: "held" },
            "not_sent",
            "order `r-7` was never sent; it is held",
        ),
        (
            Refusal::RefundTaken { refund: "91".into(), request: named() },
            "refund_taken",
            "refund 91 is that of order `r-7`",
        ),
        (
            Refusal::NotEnoughFunds { available_minor, asked_minor, currency },
            "not_enough_funds",
            "40.00 ARS was asked for, but 1.20 ARS is available in the account",
        ),
    ] {
        assert_eq!((refusal.reason(), refusal.to_string().as_str()), (word, sentence));
    }
}

#[test]
fn a_refusal_of_an_amount_says_what_is_wrong_with_it() {
    let currency = Currency::ARS;
    let reserved =
        |reserved_minor, asked_minor| Refusal::AboveReserved { reserved_minor, asked_minor, currency };
    for (refusal, sentence) in [
        (above(6_000, 6_001), "60.01 ARS was asked for, but 60.00 ARS remains to be refunded"),
        (above(0, 100), "1.00 ARS was asked for, but nothing remains to be refunded"),
        (above(-500, 100), "1.00 ARS was asked for, but nothing remains to be refunded"),
        (above(0, 0), "nothing remains to be refunded"),
        (above(-500, -500), "nothing remains to be refunded"),
        (above(6_000, 0), "0.00 ARS was asked for, and that is no refund; 60.00 ARS remains"),
        (reserved(6_000, 6_001), "60.01 ARS was to be captured, but 60.00 ARS is reserved"),
        (reserved(0, 0), "nothing is reserved"),
        (reserved(6_000, 0), "0.00 ARS was to be captured, and that is no capture; 60.00 ARS is reserved"),
    ] {
        assert_eq!(refusal.to_string(), sentence);
    }
}
