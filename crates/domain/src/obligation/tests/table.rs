//! What the guard does after every rejection that the provider is known to send, against the list of its advice.

use super::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// How a row about a rejection begins.
const ROW: &str = r#"{ status = "rejected", detail = ""#;

/// What the advice on a rejection comes to, for the same method with a new token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Advice {
    /// Never with the same method of the same issuer.
    Other,
    /// With data that is given again, which a new token is.
    NewData,
    /// With another number of instalments.
    OtherPlan,
    /// After the payer acted, which a reason says, or a day.
    Payer,
    /// After so many seconds.
    Wait(i64),
}

/// Every code, and what its row in the list says.
const ADVICE: &[(&str, Advice)] = &[
    // Check that field: only after new data.
    ("cc_rejected_bad_filled_card_number", Advice::NewData),
    ("cc_rejected_bad_filled_date", Advice::NewData),
    ("cc_rejected_bad_filled_other", Advice::NewData),
    ("cc_rejected_bad_filled_security_code", Advice::NewData),
    ("cc_rejected_bad_filled_invalid_date", Advice::NewData),
    // Complete the data: after that.
    ("rejected_insufficient_data", Advice::NewData),
    ("invalid_user_identification_number", Advice::NewData),
    ("cc_rejected_card_type_not_allowed", Advice::Other),
    // Authorise the amount with the issuer: after the payer acts, or a day.
    ("cc_rejected_call_for_authorize", Advice::Payer),
    ("rejected_call_for_authorize", Advice::Payer),
    ("cc_rejected_card_disabled", Advice::Other),
    // An approved payment is looked for before every attempt.
    ("cc_rejected_duplicated_payment", Advice::Other),
    ("cc_rejected_insufficient_amount", Advice::Wait(DAY)),
    ("am_insufficient_amount", Advice::Wait(DAY)),
    ("insufficient_amount", Advice::Wait(DAY)),
    ("insufficent_amount", Advice::Wait(DAY)),
    // Choose another count.
    ("cc_rejected_invalid_installments", Advice::OtherPlan),
    ("cc_rejected_max_attempts", Advice::Other),
    ("bank_rejected", Advice::Other),
    ("rejected_by_bank", Advice::Other),
    ("cc_rejected_blacklist", Advice::Other),
    ("cc_rejected_high_risk", Advice::Other),
    ("cc_rejected_other_reason", Advice::Other),
    ("rejected_other_reason", Advice::Other),
    ("cc_rejected_fraud", Advice::Other),
    ("rejected_high_risk", Advice::Other),
    ("account_rejected_high_risk", Advice::Other),
    ("review_fail", Advice::Other),
    // Repeat with a challenge: only with the payer.
    ("cc_rejected_3ds_challenge", Advice::Payer),
    ("cc_rejected_3ds_mandatory", Advice::Payer),
    ("authorization_revoked", Advice::Other),
    // Technical: later, as a new payment.
    ("cc_rejected_card_error", Advice::Wait(HOUR)),
    ("cc_rejected_time_out", Advice::Wait(HOUR)),
    ("cc_rejected_expired_operation", Advice::Wait(HOUR)),
    ("bank_error", Advice::Wait(HOUR)),
    ("cc_unsupported_unsupported", Advice::Other),
    // The next day.
    ("cc_amount_rate_limit_exceeded", Advice::Wait(DAY)),
    ("rejected_cap_exceeded", Advice::Wait(DAY)),
    ("rejected_by_regulations", Advice::Other),
    ("collector_unavailable", Advice::Other),
    ("payer_unavailable", Advice::Other),
    ("rejected", Advice::Other),
    ("rejected_by_biz_rule", Advice::Other),
];

#[test]
fn every_rejection_of_the_table_has_its_advice_here() {
    let ours: Vec<&str> = ADVICE.iter().map(|(detail, _)| *detail).collect();
    let table = include_str!("../../../../../config/rejections.toml");
    let rows = table.lines().filter_map(|line| line.trim().strip_prefix(ROW)?.split('"').next());
    assert_eq!(ours, rows.collect::<Vec<_>>());
}

#[test]
fn after_every_rejection_the_guard_does_what_the_advice_says() {
    for (detail, advice) in ADVICE {
        let given = [(0, asking(wanted("a"))), (0, rejected("a", detail))];
        let fresh = |second: i64| {
            let token = Token { digest: "new".into(), made_at: at(second), spent_by: None };
            Wanted { token: Some(token), ..wanted("b") }
        };
        let after = |second: i64, wanted: Wanted| why(&given, second, wanted).map(|(why, _)| why);
        let (year, said) = (365 * DAY, Some("the payer called".into()));
        let same = |second| after(second, fresh(second));
        let told = |second| after(second, Wanted { reason: said.clone(), ..fresh(second) });
        let plan = |second| after(second, Wanted { installments: Some(6), ..fresh(second) });
        let stale = |second| after(second, Wanted { token: wanted("a").token, ..fresh(second) });
        let found = match advice {
            Advice::Other => [same(MINUTE), same(year), told(year), plan(year)],
            Advice::NewData => [same(MINUTE - 1), same(MINUTE), plan(MINUTE), stale(DAY)],
            Advice::OtherPlan => [same(MINUTE), same(DAY), plan(MINUTE - 1), plan(MINUTE)],
            Advice::Payer => [same(DAY - 1), same(DAY), told(MINUTE - 1), told(MINUTE)],
            Advice::Wait(wait) => [same(wait - 1), same(*wait), told(wait - 1), plan(wait - 1)],
        };
        let (cools, other) = (Some(Why::CoolDown), Some(Why::OtherMethodNeeded));
        let data = Some(Why::NewDataNeeded);
        let expect = match advice {
            Advice::Other => [other; 4],
            Advice::NewData => [cools, None, None, data],
            Advice::OtherPlan => [data, data, cools, None],
            Advice::Payer => [Some(Why::PayerMustAct), None, cools, None],
            Advice::Wait(_) => [Some(Why::TooSoon), None, Some(Why::TooSoon), Some(Why::TooSoon)],
        };
        assert_eq!(found, expect, "{detail}: {advice:?}");
        // Another method need not wait, but for the minute after prevention of fraud said no.
        let master = |second| after(second, Wanted { instrument: master(), ..fresh(second) });
        assert_eq!(master(MINUTE), None, "{detail}");
    }
}
