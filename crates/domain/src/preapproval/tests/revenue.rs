//! Revenue of months to come: every unit that is deferred is recognised or given back, once.

use proptest::prelude::*;

use super::*;

fn recognise(on: u32, month: u32) -> Command {
    Command::Recognise { at: day(on), invoice: "6114264375".into(), month }
}

fn end(on: u32, cause: &str, amount_minor: i64) -> Command {
    let (invoice, cause) = ("6114264375".into(), cause.into());
    Command::EndDeferral { at: day(on), invoice, cause, amount_minor }
}

fn charge(told: &Invoice) -> Command {
    Command::Observe(invoiced(told))
}

/// What each of the commands decides on the first of May, one after the other.
fn run(commands: &[Command]) -> Vec<Result<Vec<Event>, Refusal>> {
    let rules = Rules::default();
    let context = Context { now: at(NOW), rules: &rules };
    let mut state = None;
    let mut decided = Vec::new();
    for command in commands {
        let step = walks::step::<Preapproval>(state, command, &context);
        state = step.0;
        decided.push(step.1);
    }
    decided
}

fn last(commands: &[Command]) -> Result<Vec<Event>, Refusal> {
    run(commands).pop().expect("there is a command")
}

#[test]
fn a_collected_charge_is_deferred_and_recognised_month_by_month_to_the_last_unit() {
    let mut commands = vec![charge(&collected(21)), Command::Defer(deferred(3))];
    assert_eq!(last(&commands), Ok(vec![Event::RevenueDeferred(deferred(3))]));
    // 10.00 over three months: 3.33, 3.34 (6.67 so far, half up), 3.33.
    for (month, amount_minor) in [(1, 333), (2, 334), (3, 333)] {
        commands.push(recognise(20 + month, month));
        assert_eq!(last(&commands), Ok(vec![recognised(20 + month, month, amount_minor)]));
    }
    commands.push(recognise(30, 4));
    assert_eq!(last(&commands), Ok(vec![]), "nothing is left");
    let skipped = [charge(&collected(21)), Command::Defer(deferred(3)), recognise(22, 2)];
    let not_next = Refusal::NotNext { invoice: "6114264375".into(), month: 2, next: 1 };
    assert_eq!(last(&skipped), Err(not_next));
}

#[test]
fn what_is_given_back_ends_the_deferral_up_to_what_is_left() {
    let mut commands = vec![charge(&collected(21)), Command::Defer(deferred(12))];
    commands.extend((1..=4).map(|month| recognise(21, month)));
    let ends = |asked_minor| last(&[commands.clone(), vec![end(25, "refund/1", asked_minor)]].concat());
    // Four months of 10.00 over twelve are 3.33: 6.67 is left.
    assert_eq!(ends(500), Ok(vec![ended(25, "refund/1", 500)]));
    assert_eq!(ends(667), Ok(vec![ended(25, "refund/1", 667)]));
    assert_eq!(ends(1000), Ok(vec![ended(25, "refund/1", 667)]));
    let nothing = Refusal::NotPositive { what: "what is given back", value: 0 };
    assert_eq!(ends(0), Err(nothing));
    commands.extend([end(25, "refund/1", 667), end(26, "refund/2", 10)]);
    assert_eq!(last(&commands), Ok(vec![]), "nothing is left");
}

#[test]
fn what_is_left_after_a_part_was_given_back_is_spread_over_the_months_that_are_left() {
    let mut commands = vec![charge(&collected(21)), Command::Defer(deferred(4)), recognise(21, 1)];
    commands.push(end(22, "refund/1", 350));
    // 10.00 less 2.50 recognised less 3.50 given back: 4.00 over three months.
    for (month, amount_minor) in [(2, 133), (3, 134), (4, 133)] {
        commands.push(recognise(20 + month, month));
        assert_eq!(last(&commands), Ok(vec![recognised(20 + month, month, amount_minor)]));
    }
}

#[test]
fn a_cause_gives_back_once() {
    let commands = [charge(&collected(21)), Command::Defer(deferred(12)), end(25, "refund/1", 100)];
    assert_eq!(last(&[&commands[..], &[end(26, "refund/1", 200)]].concat()), Ok(vec![]));
    let other = last(&[&commands[..], &[end(26, "refund/2", 200)]].concat());
    assert_eq!(other, Ok(vec![ended(26, "refund/2", 200)]));
}

#[test]
fn only_what_was_collected_by_that_payment_is_deferred_and_once() {
    let invoice = || InvoiceId::from("6114264375");
    let refused = |told: &Invoice, asked: RevenueDeferred, expect: Refusal| {
        assert_eq!(last(&[charge(told), Command::Defer(asked)]), Err(expect));
    };
    let standing = ChargeStanding::Uncollected;
    refused(&given_up(21), deferred(3), Refusal::NotCollected { invoice: invoice(), standing });
    assert_eq!(last(&[Command::Defer(deferred(3))]), Err(Refusal::UnknownCharge { invoice: invoice() }));
    let other = RevenueDeferred { payment: "1".into(), ..deferred(3) };
    let by_other = Refusal::OtherPayment { invoice: invoice(), payment: "1".into() };
    refused(&collected(21), other, by_other);
    let reals = RevenueDeferred { currency: Currency::BRL, ..deferred(3) };
    let conflict = Refusal::CurrencyConflict { known: Currency::ARS, told: Currency::BRL };
    refused(&collected(21), reals, conflict);
    let above = RevenueDeferred { amount_minor: 1001, ..deferred(3) };
    let (charged_minor, asked_minor, currency) = (1000, 1001, Currency::ARS);
    refused(&collected(21), above, Refusal::AboveCharge { charged_minor, asked_minor, currency });
    let nothing = RevenueDeferred { amount_minor: 0, ..deferred(3) };
    refused(&collected(21), nothing, Refusal::NotPositive { what: "the deferred amount", value: 0 });
    let never = Refusal::NotPositive { what: "the number of months", value: 0 };
    refused(&collected(21), deferred(0), never);
    let twice = [charge(&collected(21)), Command::Defer(deferred(3)), Command::Defer(deferred(4))];
    assert_eq!(last(&twice), Err(Refusal::DeferredOtherwise { invoice: invoice() }));
}

#[test]
fn nothing_of_revenue_is_booked_before_its_time() {
    let (now, next) = (at(NOW), at("2026-05-01T00:00:01Z"));
    let early = Refusal::NotDue { due_at: next };
    let defer = |at| Command::Defer(RevenueDeferred { at, ..deferred(3) });
    assert_eq!(last(&[charge(&collected(21)), defer(next)]), Err(early.clone()));
    let known = [charge(&collected(21)), defer(now)];
    let invoice = || InvoiceId::from("6114264375");
    let month = |at| Command::Recognise { at, invoice: invoice(), month: 1 };
    assert_eq!(last(&[&known[..], &[month(next)]].concat()), Err(early.clone()));
    assert_eq!(last(&[&known[..], &[month(now)]].concat()).map(|events| events.len()), Ok(1));
    let end = |at| Command::EndDeferral { at, invoice: invoice(), cause: "refund/1".into(), amount_minor: 1 };
    assert_eq!(last(&[&known[..], &[end(next)]].concat()), Err(early));
    assert_eq!(last(&[&known[..], &[end(now)]].concat()).map(|events| events.len()), Ok(1));
}

#[test]
fn what_was_never_deferred_is_neither_recognised_nor_given_back() {
    let not_deferred = Refusal::NotDeferred { invoice: "6114264375".into() };
    assert_eq!(last(&[charge(&collected(21)), recognise(22, 1)]), Err(not_deferred.clone()));
    assert_eq!(last(&[charge(&collected(21)), end(22, "refund/1", 1)]), Err(not_deferred));
}

#[test]
fn a_history_of_revenue_that_cannot_be_is_corrupt() {
    let scheduling = Event::ChargeScheduled(charge_stood(&scheduled(), false));
    let corrupt = |events: &[Event], event| {
        let events = [std::slice::from_ref(&scheduling), events].concat();
        assert_eq!(fold::<Preapproval>(&events), Err(IllegalEvent { event, state: "foretold" }));
    };
    let deferral = || Event::RevenueDeferred(deferred(3));
    corrupt(&[deferral(), deferral()], "preapproval.revenue_deferred");
    corrupt(&[recognised(22, 1, 333)], "preapproval.revenue_recognised");
    corrupt(&[deferral(), recognised(22, 2, 334)], "preapproval.revenue_recognised");
    corrupt(&[deferral(), recognised(22, 1, 1001)], "preapproval.revenue_recognised");
    corrupt(&[deferral(), recognised(22, 1, -1)], "preapproval.revenue_recognised");
    corrupt(&[deferral(), ended(22, "refund/1", 1001)], "preapproval.deferral_ended");
    let (once, again) = (ended(22, "refund/1", 1), ended(23, "refund/1", 1));
    corrupt(&[deferral(), once, again], "preapproval.deferral_ended");
}

proptest! {
    #[test]
    fn every_unit_is_recognised_or_given_back(
        amount_minor in 1_i64..=2_000_000,
        months in 1_u32..=36,
        ends in proptest::collection::vec((0_u32..=36, 1_i64..=500_000), 0..3),
    ) {
        let mut told = collected(21);
        told.terms.amount_minor = amount_minor;
        let mut commands = vec![charge(&told), Command::Defer(RevenueDeferred { amount_minor, ..deferred(months) })];
        for month in 0..=months {
            if month > 0 {
                commands.push(recognise(21, month));
            }
            for (nth, (after, back_minor)) in ends.iter().enumerate() {
                if *after == month {
                    commands.push(end(21, &format!("refund/{nth}"), *back_minor));
                }
            }
        }
        let mut moved = Vec::new();
        for event in run(&commands).into_iter().flat_map(|decided| decided.expect("nothing is refused")) {
            match event {
                Event::RevenueRecognised(e) => moved.push(e.amount_minor),
                Event::DeferralEnded(e) => moved.push(e.amount_minor),
                _ => {}
            }
        }
        prop_assert!(moved.iter().all(|minor| *minor >= 0));
        prop_assert_eq!(moved.iter().sum::<i64>(), amount_minor);
    }
}
