//! Groups, shares and what was recovered.

use chrono::{FixedOffset, TimeDelta};

use super::{By, band, rates};
use crate::attempt::Attempt;
use crate::attempt::obligation::tie;
use crate::attempt::tests::{attempt, day, rejected};
use crate::currency::Currency;
use crate::payment::Standing;
use crate::rejection::RejectionTable;

const HIGH_RISK: &str = "cc_rejected_high_risk";
const NO_FUNDS: &str = "cc_rejected_insufficient_amount";

/// `order-7` is rejected twice and then paid; `order-8` is rejected at a terminal; `order-9` waits and does not count;
/// 500 pesos of Chile are rejected.
fn attempts() -> Vec<Attempt> {
    let of = |reference: &str, attempt: Attempt| Attempt { reference: Some(reference.into()), ..attempt };
    vec![
        rejected("1", 1, HIGH_RISK),
        rejected("2", 1, NO_FUNDS),
        Attempt { method: "pix".into(), ..attempt("3", 2, Standing::Approved) },
        of(
            "order-8",
            Attempt { device: Some("PAX_1".into()), amount_minor: 9_999, ..rejected("4", 3, HIGH_RISK) },
        ),
        of("order-9", attempt("5", 3, Standing::AwaitingPayer)),
        of(
            "order-8",
            Attempt { currency: Currency::CLP, amount_minor: 500, ..rejected("6", 4, "never_heard_of") },
        ),
    ]
}

/// One line a group: currency, group, rejected of attempts, their amount, recovered, action.
#[track_caller]
fn check(by: By, expect: &[&str]) {
    let obligations = tie(attempts(), &[], TimeDelta::days(10));
    let zone = FixedOffset::west_opt(3 * 3_600).expect("an offset");
    let rates = rates(&obligations, by, &RejectionTable::builtin(), &zone);
    let lines: Vec<String> = rates
        .iter()
        .map(|rate| {
            let (group, action) =
                (rate.group.as_deref().unwrap_or("?"), rate.action.as_deref().unwrap_or("-"));
            format!(
                "{} {group} {}/{} {} {} {action}",
                rate.currency, rate.rejected, rate.attempts, rate.rejected_minor, rate.recovered
            )
        })
        .collect();
    assert_eq!(lines, expect);
}

#[test]
fn by_class_and_code_rates_are_shares_of_all_attempts() {
    check(By::Class, &["ARS fraud 2/4 19999 1 -", "ARS issuer 1/4 10000 1 -", "CLP unknown 1/1 500 0 -"]);
    check(
        By::Code,
        &[
            "ARS cc_rejected_high_risk 2/4 19999 1 use_safer_method",
            "ARS cc_rejected_insufficient_amount 1/4 10000 1 add_funds",
            "CLP never_heard_of 1/1 500 0 review",
        ],
    );
}

#[test]
fn by_what_every_attempt_has_rates_are_shares_of_the_group() {
    check(By::Method, &["ARS pix 0/1 0 0 -", "ARS visa 3/3 29999 2 -", "CLP visa 1/1 500 0 -"]);
    check(By::Device, &["ARS ? 2/3 20000 2 -", "ARS PAX_1 1/1 9999 0 -", "CLP ? 1/1 500 0 -"]);
    check(By::Channel, &["ARS online 3/4 29999 2 -", "CLP online 1/1 500 0 -"]);
}

#[test]
fn hours_are_those_of_the_seller() {
    check(By::Hour, &["ARS 07 3/4 29999 2 -", "CLP 07 1/1 500 0 -"]);
    let untimed =
        vec![Attempt { at: None, ..rejected("1", 1, HIGH_RISK) }, attempt("2", 1, Standing::Approved)];
    let zone = FixedOffset::east_opt(14 * 3_600).expect("an offset");
    let rates = rates(&tie(untimed, &[], TimeDelta::days(1)), By::Hour, &RejectionTable::builtin(), &zone);
    let groups: Vec<_> = rates.iter().map(|rate| rate.group.as_deref()).collect();
    assert_eq!(groups, [None, Some("00")]);
    assert_eq!(day(1).to_rfc3339(), "2026-03-01T10:00:00+00:00");
}

#[test]
fn bands_are_powers_of_ten() {
    check(
        By::Band,
        &["ARS 10.00-99.99 1/1 9999 0 -", "ARS 100.00-999.99 2/3 20000 2 -", "CLP 100-999 1/1 500 0 -"],
    );
    for (minor, from, to) in
        [(0, 0, 99), (99, 0, 99), (100, 100, 999), (999, 100, 999), (1_000, 1_000, 9_999)]
    {
        assert_eq!(band(minor, Currency::ARS), (from, to), "{minor}");
    }
    assert_eq!(band(i64::MAX, Currency::ARS), (10_i64.pow(18), i64::MAX));
}
