//! A year at the gym, paid at once: 120.00 deferred on 5 January 2026 and earned month by month.

use domain::changes::Answer;
use domain::ids::{PaymentId, RefundId, SellerId};
use domain::payment::Standing;
use domain::plan::{Period, PeriodUnit};
use domain::preapproval::Command;
use domain::preapproval::change::Change;
use domain::preapproval::charge::PaymentOutcome;
use domain::preapproval::revenue::RevenueDeferred;
use domain::stream::StreamId;
use ledger::account::Account;

use super::scene::{Scene, at, invoice, paid, payment_stream, told};
use super::{check, found};

fn year() -> Scene {
    let mut scene = Scene::gym();
    let recurring = &mut scene.statements[0].terms.recurring;
    (recurring.amount_minor, recurring.every) =
        (Some(12_000), Period { count: 12, unit: PeriodUnit::Months });
    scene.invoices =
        vec![invoice("i1", "2026-01-05T10:00:00Z", 12_000, Some(("p1", PaymentOutcome::Approved)))];
    scene.payments = vec![paid("p1", "2026-01-05T11:00:00Z", 12_000)];
    scene.orders = vec![defer(), recognise(1), recognise(2)];
    scene
}

fn defer() -> Command {
    Command::Defer(RevenueDeferred {
        at: at("2026-01-05T11:00:00Z"),
        invoice: "i1".into(),
        payment: "p1".into(),
        currency: domain::currency::Currency::ARS,
        amount_minor: 12_000,
        months: 12,
        from: at("2026-01-05T10:00:00Z"),
    })
}

fn recognise(month: u32) -> Command {
    let at = at(&format!("2026-{:02}-05T10:00:00Z", month + 1));
    Command::Recognise { at, invoice: "i1".into(), month }
}

#[test]
fn what_is_left_of_a_year_is_what_the_ledger_owes() {
    let outcome = check(&year(), &[]);
    let proof = outcome.proofs.iter().find(|proof| proof.name == "deferred revenue ARS").expect("a proof");
    assert_eq!((proof.expected_minor, proof.actual_minor), (10_000, 10_000));
}

#[test]
fn a_year_that_nobody_deferred_is_named() {
    let mut scene = year();
    scene.orders.clear();
    let outcome = check(&scene, &["deferred_mismatch i1 0 12000"]);
    assert!(
        outcome.breaks[0].explanation.contains("3 steps are overdue"),
        "{}",
        outcome.breaks[0].explanation
    );
}

#[test]
fn a_month_that_is_over_and_not_earned_is_named_once_the_hours_of_grace_have_passed() {
    let mut scene = year();
    scene.orders.pop();
    check(&scene, &["deferred_mismatch i1 11000 12000"]);
    scene.as_of = at("2026-03-06T20:00:00Z");
    check(&scene, &[]);
}

#[test]
fn entries_that_defer_more_than_the_facts_are_named_and_break_the_proof() {
    let mut scene = year();
    let stream = StreamId::preapproval(&SellerId::from("7"), &"gym".into());
    let lines = vec![(Account::DeferredRevenue, -500), (Account::SubscriptionSales, 500)];
    scene.entries.push((stream, lines));
    check(&scene, &["deferred_mismatch gym 10500 10000", "proof of deferred revenue ARS: 10000 is 10500"]);
}

#[test]
fn a_refund_ends_what_was_deferred() {
    let mut scene = year();
    scene.refunded_minor = vec![("p1", 10_000)];
    let refund = StreamId::refund(&SellerId::from("7"), &PaymentId::from("p1"), &RefundId::from("r1"));
    assert_eq!(refund.root(), payment_stream("p1").key());
    scene.entries.push((refund, vec![(Account::Refunds, 10_000), (Account::Pending, -10_000)]));
    check(&scene, &["charge_returned i1 12000 2000", "deferred_mismatch i1 10000 12000"]);
    let (at, invoice, cause) = (at("2026-03-06T10:00:00Z"), "i1".into(), "refund/r1".into());
    scene.orders.push(Command::EndDeferral { at, invoice, cause, amount_minor: 10_000 });
    check(&scene, &["charge_returned i1 12000 2000"]);
}

#[test]
fn a_lost_chargeback_ends_what_was_deferred() {
    let mut scene = year();
    scene.payments = vec![told("p1", "2026-01-05T11:00:00Z", 12_000, Standing::ChargebackLost)];
    check(&scene, &["charge_returned i1 12000 0", "deferred_mismatch i1 10000 12000"]);
    let (at, invoice, cause) = (at("2026-01-05T11:00:00Z"), "i1".into(), "chargeback".into());
    scene.orders.push(Command::EndDeferral { at, invoice, cause, amount_minor: 12_000 });
    check(&scene, &["charge_returned i1 12000 0"]);
}

#[test]
fn payments_of_other_periods_are_kept_only_while_they_are_deferred() {
    let mut months = Scene::gym();
    months.period = Some(("2026-03-01T00:00:00Z", "2026-03-20T00:00:00Z"));
    check(&months, &[]);
    assert_eq!(months.fed().0.payments.len(), 1);
    let mut year = year();
    year.period = months.period;
    assert_eq!(year.fed().0.payments.len(), 1);
    year.orders.pop();
    check(&year, &["deferred_mismatch i1 11000 12000"]);
}

#[test]
fn a_change_that_was_accepted_and_not_made_is_named() {
    let mut scene = Scene::gym();
    scene.orders = vec![
        Command::Ask {
            request: "r".into(),
            actor: "ana".into(),
            change: Change::Amount { amount_minor: 1_500 },
        },
        Command::Settle { request: "r".into(), answer: Answer::Accepted },
    ];
    let found = found(&scene.run());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("change_ignored gym"), "{found:?}");
}
