//! Which attempts are tied together, and which are not.

use chrono::TimeDelta;

use super::{Due, Obligation, Owed, Request, tie};
use crate::attempt::tests::{attempt, day, rejected};
use crate::attempt::{Attempt, Way};
use crate::currency::Currency;
use crate::intent::Channel;
use crate::payment::Standing;

const APPROVED: Standing = Standing::Approved;

/// A charge of 100.00 of a subscription whose reference is `club`.
fn due(subscription: &str, invoice: &str, on: u32, payment: Option<&str>) -> Due {
    Due {
        seller: "7".into(),
        subscription: subscription.into(),
        invoice: invoice.into(),
        references: vec!["club".into()],
        at: Some(day(on)),
        amount_minor: 10_000,
        currency: Currency::ARS,
        collected: payment.is_some(),
        payment: payment.map(Into::into),
    }
}

fn by_reference(payment: &str, on: u32) -> Attempt {
    Attempt { reference: Some("club".into()), ..attempt(payment, on, APPROVED) }
}

fn of_subscription(payment: &str, on: u32) -> Attempt {
    let subscription = Some("aa".into());
    Attempt { way: Way::Subscription, subscription, ..by_reference(payment, on) }
}

fn line(obligation: &Obligation) -> String {
    let owed = match &obligation.owed {
        Owed::Charge { subscription, invoice } => format!("{subscription}/{invoice}"),
        Owed::Reference(reference) => reference.to_string(),
        Owed::Unnamed(_) => "-".to_owned(),
    };
    let payments: Vec<&str> = obligation.attempts.iter().map(|attempt| attempt.payment.as_str()).collect();
    format!("{owed}: {}", payments.join(" "))
}

/// These attempts, tied within ten days, are these obligations.
#[track_caller]
fn check(attempts: &[Attempt], dues: &[Due], expect: &[&str]) {
    let lines = |attempts: Vec<Attempt>| -> Vec<String> {
        tie(attempts, dues, TimeDelta::days(10)).iter().map(line).collect()
    };
    assert_eq!(lines(attempts.to_vec()), expect);
    assert_eq!(lines(attempts.iter().rev().cloned().collect()), expect, "in any order");
}

#[test]
fn one_reference_and_amount_are_one_obligation() {
    let other = |payment: &str, change: fn(&mut Attempt)| {
        let mut other = attempt(payment, 2, APPROVED);
        change(&mut other);
        other
    };
    check(
        &[
            attempt("1", 1, Standing::Rejected),
            attempt("2", 2, APPROVED),
            other("3", |other| other.amount_minor = 9_999),
            other("4", |other| other.currency = Currency::BRL),
            other("5", |other| other.seller = "8".into()),
            other("6", |other| other.reference = Some("order-8".into())),
            other("7", |other| other.reference = None),
            other("8", |other| other.reference = None),
        ],
        &[],
        &["order-7: 3", "order-7: 1 2", "order-7: 4", "order-8: 6", "-: 7", "-: 8", "order-7: 5"],
    );
}

#[test]
fn a_reference_that_comes_back_later_is_another_obligation() {
    let made = |payment: &str, on: u32| attempt(payment, on, APPROVED);
    check(&[made("1", 1), made("2", 11), made("3", 21)], &[], &["order-7: 1 2 3"]);
    check(&[made("1", 1), made("2", 12)], &[], &["order-7: 1", "order-7: 2"]);
    let second_late = Attempt { at: Some(day(11) + TimeDelta::seconds(1)), ..made("2", 11) };
    check(&[made("1", 1), second_late], &[], &["order-7: 1", "order-7: 2"]);
    let untimed = Attempt { at: None, ..made("2", 12) };
    check(&[made("1", 1), untimed], &[], &["order-7: 2 1"]);
}

#[test]
fn charges_of_a_subscription_are_told_apart_though_their_reference_is_one() {
    check(
        &[of_subscription("1", 1), of_subscription("2", 8)],
        &[due("aa", "i1", 1, Some("1")), due("aa", "i2", 8, Some("2"))],
        &["aa/i1: 1", "aa/i2: 2"],
    );
    // No invoice names them, and nothing else tells them apart.
    check(&[of_subscription("1", 1), of_subscription("2", 2)], &[], &["-: 1", "-: 2"]);
}

#[test]
fn a_try_that_the_invoice_names_no_more_is_of_the_charge_that_was_due() {
    let dues = [due("aa", "i1", 1, Some("2")), due("aa", "i2", 8, Some("3"))];
    let tries = [of_subscription("1", 1), of_subscription("2", 5), of_subscription("3", 8)];
    check(&tries, &dues, &["aa/i1: 1 2", "aa/i2: 3"]);
}

#[test]
fn a_link_or_a_till_can_pay_a_charge_that_fell_due() {
    let dues = [due("aa", "i1", 5, Some("1"))];
    let paid = of_subscription("1", 5);
    check(&[paid.clone(), by_reference("2", 6)], &dues, &["aa/i1: 1 2"]);
    // Before it was due, and too long after.
    check(&[paid.clone(), by_reference("2", 4)], &dues, &["aa/i1: 1", "club: 2"]);
    check(&[paid.clone(), by_reference("2", 16)], &dues, &["aa/i1: 1", "club: 2"]);
    // Another amount.
    let more = Attempt { amount_minor: 10_001, ..by_reference("2", 6) };
    check(&[paid.clone(), more], &dues, &["aa/i1: 1", "club: 2"]);
    // Which of two subscriptions?
    let two = [dues[0].clone(), due("bb", "i9", 5, None)];
    check(&[paid, by_reference("2", 6)], &two, &["aa/i1: 1", "club: 2"]);
}

#[test]
fn a_payment_by_another_way_goes_to_the_charge_that_is_open() {
    let dues = [due("aa", "i1", 1, None), due("aa", "i2", 4, Some("1"))];
    check(&[of_subscription("1", 4), by_reference("2", 6)], &dues, &["aa/i1: 2", "aa/i2: 1"]);
}

#[test]
fn a_charge_request_tells_what_the_payment_does_not() {
    let request = Request {
        channel: Some(Channel::Qr),
        reference: Some("order-9".into()),
        device: Some("PAX_1".into()),
    };
    let mut bare = Attempt { reference: None, ..attempt("1", 1, APPROVED) };
    bare.learn(&request);
    assert_eq!((bare.way, bare.reference.as_deref()), (Way::Qr, Some("order-9")));
    assert_eq!(bare.device.as_deref(), Some("PAX_1"));
    let mut full = Attempt { way: Way::Point, device: Some("N950".into()), ..attempt("1", 1, APPROVED) };
    full.learn(&request);
    assert_eq!((full.way, full.reference.as_deref()), (Way::Qr, Some("order-7")));
    assert_eq!(full.device.as_deref(), Some("N950"));
    let mut charge = of_subscription("1", 1);
    charge.learn(&request);
    assert_eq!(charge.way, Way::Subscription);
}

#[test]
fn only_a_rejection_before_an_accepted_attempt_is_recovered() {
    let attempts = vec![
        rejected("1", 1, "cc_rejected_other_reason"),
        attempt("2", 2, Standing::Authorized),
        rejected("3", 3, "cc_rejected_other_reason"),
    ];
    let tied = tie(attempts, &[], TimeDelta::days(10));
    assert_eq!(tied.len(), 1);
    assert_eq!([0, 1, 2].map(|place| tied[0].recovers(place)), [true, false, false]);
}
