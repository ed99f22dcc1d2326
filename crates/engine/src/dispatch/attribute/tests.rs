//! A refund is an order's by amount, giver and time, and is nobody's rather than a guess.

use super::*;
use crate::samples::at;

const ASKED: &str = "2026-03-08T10:00:00Z";

fn listed(refund: &str, amount_minor: i64, made_at: &str) -> Listed {
    Listed { refund: refund.into(), amount_minor, made_at: at(made_at), is_ours: true }
}

/// Asserts which of the listed refunds is that of an order of so much; of all there was for `None`.
fn check(all: &[Listed], amount_minor: Option<i64>, taken: &[&str], expect: Option<&str>) {
    let sought = Sought { amount_minor, asked_at: at(ASKED) };
    let taken = taken.iter().map(|id| RefundId::from(*id)).collect();
    let found = attribute(all, sought, &taken).map(|one| one.refund.as_str());
    assert_eq!(found, expect, "{all:?}");
}

#[test]
fn it_is_the_one_of_exactly_that_amount() {
    let all = [listed("1", 999, "2026-03-08T10:00:01Z"), listed("2", 1000, "2026-03-08T10:00:02Z")];
    check(&all, Some(1000), &[], Some("2"));
    check(&all, Some(1001), &[], None);
    check(&[], Some(1000), &[], None);
}

#[test]
fn of_several_it_is_the_earliest_whatever_their_order() {
    let all = [
        listed("3", 1000, "2026-03-08T10:00:09Z"),
        listed("1", 1000, "2026-03-08T10:00:02Z"),
        listed("2", 1000, "2026-03-08T10:00:02Z"),
    ];
    check(&all, Some(1000), &[], Some("1"));
    check(&all, Some(1000), &["1"], Some("2"));
    check(&all, Some(1000), &["1", "2", "3"], None);
}

#[test]
fn a_whole_refund_is_the_earliest_of_any_amount() {
    let all = [listed("2", 1000, "2026-03-08T10:00:02Z"), listed("1", 7, "2026-03-08T10:00:01Z")];
    check(&all, None, &[], Some("1"));
}

#[test]
fn it_was_made_no_more_than_a_minute_before_the_order_was_asked_for() {
    let made = |made_at: &str| [listed("1", 1000, made_at)];
    check(&made("2026-03-08T09:58:59Z"), Some(1000), &[], None);
    check(&made("2026-03-08T09:59:00Z"), Some(1000), &[], Some("1"));
    check(&made("2026-03-08T09:59:01Z"), Some(1000), &[], Some("1"));
}

#[test]
fn what_the_provider_or_its_support_gave_is_no_order_of_ours() {
    let all = [Listed { is_ours: false, ..listed("1", 1000, "2026-03-08T10:00:01Z") }];
    check(&all, Some(1000), &[], None);
    check(&all, None, &[], None);
}
