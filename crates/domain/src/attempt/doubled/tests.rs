//! Which payment is kept, and what is given back of the others.

use chrono::TimeDelta;

use super::doubled;
use crate::attempt::Attempt;
use crate::attempt::obligation::{Obligation, Owed};
use crate::attempt::tests::{attempt, day};
use crate::payment::Standing;

fn paid(payment: &str, on: u32) -> Attempt {
    attempt(payment, on, Standing::Approved)
}

fn stands(payment: &str, on: u32, standing: Standing) -> Attempt {
    Attempt { standing, ..paid(payment, on) }
}

/// On the 20th of March, one line a payment.
#[track_caller]
fn check(attempts: &[Attempt], expect: &[&str]) {
    let obligation = Obligation { owed: Owed::Reference("order-7".into()), attempts: attempts.to_vec() };
    let lines: Vec<String> = doubled(&obligation, day(20))
        .iter()
        .map(|row| format!("{} {} {}", row.attempt.payment, row.proposal.name(), row.refund_minor))
        .collect();
    assert_eq!(lines, expect);
}

#[test]
fn what_was_paid_once_is_no_alarm() {
    check(&[], &[]);
    check(&[paid("1", 1)], &[]);
    check(&[attempt("1", 1, Standing::Rejected), paid("2", 1), attempt("3", 2, Standing::Refunded)], &[]);
    let given_back = Attempt { held_minor: 0, ..paid("2", 2) };
    check(&[paid("1", 1), given_back], &[]);
}

#[test]
fn the_first_payment_is_kept_and_the_others_are_given_back() {
    check(&[paid("1", 1), paid("2", 2), paid("3", 2)], &["1 keep 0", "2 refund 10000", "3 refund 10000"]);
    // The voucher was made first and paid last.
    let voucher = Attempt { approved_at: Some(day(9)), ..paid("1", 1) };
    check(&[voucher, paid("2", 2)], &["2 keep 0", "1 refund 10000"]);
}

#[test]
fn no_more_is_given_back_than_was_taken_too_much() {
    let mostly_returned = Attempt { held_minor: 500, ..paid("1", 1) };
    check(&[mostly_returned, paid("2", 2)], &["2 keep 0", "1 refund 500"]);
}

#[test]
fn what_cannot_be_given_back_is_kept() {
    let closed_at = Some(day(20) - TimeDelta::seconds(1));
    let late = |payment: &str| Attempt { refund_closes_at: closed_at, ..paid(payment, 2) };
    check(&[paid("1", 1), late("2")], &["2 keep 0", "1 refund 10000"]);
    check(&[paid("1", 1), stands("2", 2, Standing::Disputed)], &["2 keep 0", "1 refund 10000"]);
    check(&[late("1"), late("2")], &["1 keep 0", "2 too_late 0"]);
    let charged_back = stands("2", 3, Standing::ChargebackOpen);
    check(&[late("1"), charged_back, paid("3", 4)], &["1 keep 0", "2 contested 0", "3 refund 10000"]);
}

#[test]
fn a_refund_is_proposed_to_the_last_second_of_its_window() {
    let closing = |second: i64| {
        let refund_closes_at = Some(day(20) + TimeDelta::seconds(second));
        Attempt { refund_closes_at, ..paid("2", 2) }
    };
    check(&[paid("1", 1), closing(1)], &["1 keep 0", "2 refund 10000"]);
    check(&[paid("1", 1), closing(0)], &["1 keep 0", "2 refund 10000"]);
    check(&[paid("1", 1), closing(-1)], &["2 keep 0", "1 refund 10000"]);
    let untold = Attempt { refund_closes_at: None, ..paid("2", 2) };
    check(&[paid("1", 1), untold], &["1 keep 0", "2 refund 10000"]);
}
