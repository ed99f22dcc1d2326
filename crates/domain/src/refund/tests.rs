//! The refund machine: given / when / then, all short walks, convergence, matrix, golden files.

use super::machine::{Refund, Refusal, State};
use super::{Command, Event, Observation, RefundStanding, RefundTerms, ReturnedCharge};
use crate::currency::Currency;
use crate::event::Event as _;
use crate::machine::{Context, IllegalEvent, Instant, fold};
use crate::payment::ChargeKind;
use crate::rules::Rules;
use crate::walks;

use RefundStanding::{Approved, Cancelled, InProcess, Rejected};

mod golden;
mod matrix;
mod walking;

fn day(day: u32) -> Instant {
    format!("2026-03-{day:02}T10:00:00Z").parse().expect("a literal instant")
}

fn terms(amount_minor: i64, made_on: u32) -> RefundTerms {
    RefundTerms { amount_minor, currency: Currency::ARS, made_at: day(made_on), source: "sale".into() }
}

fn says(standing: RefundStanding, amount_minor: i64) -> Observation {
    Observation::Described { standing, terms: terms(amount_minor, 6) }
}

fn returned(charge: &str, amount_minor: i64, on: u32) -> ReturnedCharge {
    ReturnedCharge {
        charge: charge.into(),
        kind: ChargeKind::Processing,
        name: "mercadopago_fee".into(),
        amount_minor,
        currency: Currency::ARS,
        returned_at: day(on),
    }
}

fn comes_back(charge: &str, amount_minor: i64) -> Observation {
    Observation::ChargeReturned(returned(charge, amount_minor, 7))
}

fn tell(state: Option<State>, told: &Observation) -> (Option<State>, Result<Vec<Event>, Refusal>) {
    let rules = Rules::default();
    walks::step::<Refund>(state, &Command::Observe(told.clone()), &Context { now: day(30), rules: &rules })
}

fn known(given: &[Observation]) -> Option<State> {
    given.iter().fold(None, |state, told| {
        let (state, decided) = tell(state, told);
        decided.expect("what is given is accepted");
        state
    })
}

fn after(told: &Observation) -> &[Observation] {
    std::slice::from_ref(told)
}

/// After what was told, `when` writes exactly these facts, one a line, or is refused.
fn check(given: &[Observation], when: &Observation, expect: Result<&[&str], Refusal>) {
    let (_, decided) = tell(known(given), when);
    let lines = decided.map(|events| events.iter().map(line).collect::<Vec<_>>());
    let expect = expect.map(|lines| lines.iter().map(ToString::to_string).collect());
    assert_eq!(lines, expect);
}

/// A fact on one line: its name without `refund.`, and its money.
fn line(event: &Event) -> String {
    let name = event.name().trim_start_matches("refund.");
    let on = event.occurred_at().format("%m-%d");
    match event {
        Event::Opened(e)
        | Event::Approved(e)
        | Event::Rejected(e)
        | Event::Cancelled(e)
        | Event::Reversed(e) => format!("{name} #{} {} on {on}", e.ordinal, e.terms.amount_minor),
        Event::ChargeReturned(e) | Event::ChargeReturnReversed(e) => {
            format!("{name} #{} {} {} on {on}", e.ordinal, e.returned.charge, e.returned.amount_minor)
        }
    }
}

#[test]
fn an_approved_refund_is_booked_on_its_own_day() {
    check(&[], &says(Approved, 4_000), Ok(&["approved #0 4000 on 03-06"]));
}

#[test]
fn the_same_refund_told_by_payment_and_by_itself_is_booked_once() {
    check(&[says(Approved, 4_000)], &says(Approved, 4_000), Ok(&[]));
}

#[test]
fn a_refund_is_decided_after_it_was_opened() {
    let opened = says(InProcess, 4_000);
    check(&[], &opened, Ok(&["opened #0 4000 on 03-06"]));
    check(after(&opened), &says(Approved, 4_000), Ok(&["approved #0 4000 on 03-06"]));
    check(after(&opened), &says(Rejected, 4_000), Ok(&["rejected #0 4000 on 03-06"]));
    check(&[opened], &says(Cancelled, 4_000), Ok(&["cancelled #0 4000 on 03-06"]));
}

#[test]
fn an_earlier_standing_is_stale() {
    for earlier in [InProcess, Cancelled, Rejected] {
        check(&[says(Approved, 4_000)], &says(earlier, 9_000), Ok(&[]));
    }
}

#[test]
fn an_approval_with_more_money_reverses_the_former_exactly() {
    let expect = ["reversed #0 4000 on 03-06", "approved #1 4500 on 03-06"];
    check(&[says(Approved, 4_000)], &says(Approved, 4_500), Ok(&expect));
    check(&[says(Approved, 4_500)], &says(Approved, 4_000), Ok(&[]));
}

#[test]
fn an_approval_on_a_later_day_reverses_the_former_on_its_own_day() {
    let later = Observation::Described { standing: Approved, terms: terms(4_000, 9) };
    let expect = ["reversed #0 4000 on 03-06", "approved #1 4000 on 03-09"];
    check(&[says(Approved, 4_000)], &later, Ok(&expect));
}

#[test]
fn a_charge_comes_back_before_or_after_the_refund_is_told() {
    check(&[], &comes_back("fee", 98), Ok(&["charge_returned #0 fee 98 on 03-07"]));
    check(&[comes_back("fee", 98)], &says(Approved, 4_000), Ok(&["approved #0 4000 on 03-06"]));
    check(&[says(Approved, 4_000)], &comes_back("fee", 98), Ok(&["charge_returned #0 fee 98 on 03-07"]));
    check(&[comes_back("fee", 98)], &comes_back("tax", 39), Ok(&["charge_returned #0 tax 39 on 03-07"]));
}

#[test]
fn what_comes_back_of_one_charge_is_cumulative() {
    let expect = ["charge_return_reversed #0 fee 98 on 03-07", "charge_returned #1 fee 120 on 03-07"];
    check(&[comes_back("fee", 98)], &comes_back("fee", 120), Ok(&expect));
    check(&[comes_back("fee", 120)], &comes_back("fee", 98), Ok(&[]));
    check(&[comes_back("fee", 120)], &comes_back("fee", 120), Ok(&[]));
}

#[test]
fn another_currency_is_refused_whatever_tells_it() {
    let in_reals = RefundTerms { currency: Currency::BRL, ..terms(4_000, 6) };
    let refund = Observation::Described { standing: Approved, terms: in_reals };
    let charge =
        Observation::ChargeReturned(ReturnedCharge { currency: Currency::BRL, ..returned("fee", 98, 7) });
    let conflict = Refusal::CurrencyConflict { known: Currency::ARS, told: Currency::BRL };
    assert_eq!(conflict.reason(), "currency_conflict");
    for given in [says(InProcess, 4_000), comes_back("tax", 39)] {
        check(after(&given), &refund, Err(conflict.clone()));
        check(&[given], &charge, Err(conflict.clone()));
    }
}

#[test]
fn impossible_amounts_are_refused() {
    let negative = |what| Refusal::NegativeAmount { what, amount_minor: -1 };
    assert_eq!(negative("the refund").reason(), "negative_amount");
    check(&[], &says(Approved, -1), Err(negative("the refund")));
    check(&[], &comes_back("fee", -1), Err(negative("a returned charge")));
    let (limit, huge) = (i64::MAX / 4, i64::MAX / 4 + 1);
    let refusal = Refusal::AmountOutOfRange { what: "the refund", amount_minor: huge };
    assert_eq!(refusal.reason(), "amount_out_of_range");
    check(&[], &says(Approved, huge), Err(refusal));
    check(&[], &says(Approved, limit), Ok(&[&format!("approved #0 {limit} on 03-06")]));
    let refusal = Refusal::AmountOutOfRange { what: "a returned charge", amount_minor: huge };
    check(&[], &comes_back("fee", huge), Err(refusal));
}

#[test]
fn a_history_that_books_twice_or_reverses_what_is_not_booked_is_corrupt() {
    let approved = golden::example("refund.approved");
    let twice = fold::<Refund>([&approved, &approved]);
    assert_eq!(twice, Err(IllegalEvent { event: "refund.approved", state: "approved" }));
    let opened = golden::example("refund.opened");
    let late = fold::<Refund>([&approved, &opened]);
    assert_eq!(late, Err(IllegalEvent { event: "refund.opened", state: "approved" }));
    let never = fold::<Refund>([&golden::example("refund.reversed")]);
    assert_eq!(never, Err(IllegalEvent { event: "refund.reversed", state: "absent" }));
    let never = fold::<Refund>([&golden::example("refund.charge_return_reversed")]);
    assert_eq!(never, Err(IllegalEvent { event: "refund.charge_return_reversed", state: "absent" }));
}
