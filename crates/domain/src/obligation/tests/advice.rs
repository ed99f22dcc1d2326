//! What the provider advised after a rejection, and its rules of card tokens, a second around every end.

use super::*;

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// After an attempt by Visa that was rejected at second 0.
fn after(detail: &str) -> [(i64, Command); 2] {
    [(0, asking(wanted("a"))), (0, rejected("a", detail))]
}

fn by(instrument: Instrument) -> Wanted {
    Wanted { instrument, ..wanted("b") }
}

/// Seconds around an end, and whether the attempt is made then: not before the end, and at it.
#[track_caller]
fn ends(given: &[(i64, Command)], wanted: &Wanted, end: i64, why_not: Why) {
    let no = Some((why_not, Some(at(end))));
    assert_eq!(why(given, end - 1, wanted.clone()), no, "a second before the end");
    assert_eq!(why(given, end, wanted.clone()), None, "at the end");
    assert_eq!(why(given, end + 1, wanted.clone()), None, "a second after the end");
}

#[test]
fn missing_funds_may_be_there_a_day_later() {
    ends(&after("cc_rejected_insufficient_amount"), &wanted("b"), DAY, Why::TooSoon);
}

#[test]
fn what_broke_on_the_way_may_be_tried_an_hour_later() {
    ends(&after("cc_rejected_time_out"), &wanted("b"), HOUR, Why::TooSoon);
}

#[test]
fn what_was_above_a_limit_may_be_tried_the_next_day() {
    ends(&after("cc_amount_rate_limit_exceeded"), &wanted("b"), DAY, Why::TooSoon);
}

#[test]
fn another_method_another_issuer_and_another_payer_need_not_wait_for_the_first() {
    let given = after("cc_rejected_insufficient_amount");
    let payer = |name: &str| Some(name.into());
    assert_eq!(why(&given, 1, by(master())), None);
    assert_eq!(why(&given, 1, by(Instrument { issuer: Some("25".into()), ..visa() })), None);
    // What one of them does not tell tells nothing apart.
    let waits = Some((Why::TooSoon, Some(at(DAY))));
    assert_eq!(why(&given, 1, by(Instrument { issuer: None, ..visa() })), waits);
    assert_eq!(why(&given, 1, by(Instrument { payer: payer("ana"), ..visa() })), waits);
    let known = Instrument { payer: payer("ana"), ..visa() };
    let first = asking(Wanted { instrument: known, ..wanted("a") });
    let given = [(0, first), (0, rejected("a", "cc_rejected_insufficient_amount"))];
    assert_eq!(why(&given, 1, by(Instrument { payer: payer("bo"), ..visa() })), None);
}

#[test]
fn what_was_rejected_for_good_needs_another_method_for_ever() {
    for detail in ["cc_rejected_card_disabled", "cc_rejected_max_attempts", "a_word_that_nobody_knows"] {
        let given = after(detail);
        let years = 10 * 365 * DAY;
        let fresh = Token { digest: "new".into(), made_at: at(years), spent_by: None };
        let late = Wanted { token: Some(fresh), ..wanted("b") };
        let expect =
            Block { other: Some("a".into()), detail: Some(detail.into()), ..no(Why::OtherMethodNeeded) };
        assert_eq!(block(&given, years, late), Some(expect), "{detail}");
        assert_eq!(why(&given, MINUTE, by(master())), None, "{detail}");
    }
}

#[test]
fn after_a_high_risk_nothing_is_tried_for_a_minute_and_never_the_same() {
    let given = after("cc_rejected_high_risk");
    ends(&given, &by(master()), MINUTE, Why::CoolDown);
    assert_eq!(why(&given, DAY, wanted("b")), Some((Why::OtherMethodNeeded, None)));
}

#[test]
fn data_that_was_wrong_must_be_given_again() {
    let given = after("cc_rejected_bad_filled_security_code");
    // A new token is new data, after the minute in which it would be taken for a duplicate.
    ends(&given, &wanted("b"), MINUTE, Why::CoolDown);
    let slip = |request: &str, body: &str| Wanted { token: None, body: body.into(), ..wanted(request) };
    let given = [(0, asking(slip("a", "x"))), (0, rejected("a", "rejected_insufficient_data"))];
    assert_eq!(why(&given, MINUTE, slip("b", "x")), Some((Why::NewDataNeeded, None)));
    assert_eq!(why(&given, MINUTE, slip("b", "y")), None);
}

#[test]
fn a_payer_who_must_act_is_given_a_day_unless_somebody_says_that_it_was_done() {
    let given = after("cc_rejected_call_for_authorize");
    ends(&given, &wanted("b"), DAY, Why::PayerMustAct);
    let told = Wanted { reason: Some("the payer called the bank".into()), ..wanted("b") };
    ends(&given, &told, MINUTE, Why::CoolDown);
}

#[test]
fn an_older_rejection_of_the_same_instrument_still_counts() {
    let given = [
        (0, asking(wanted("a"))),
        (0, rejected("a", "cc_rejected_card_disabled")),
        (9, asking(by(master()))),
        (9, answering("b", "2", Standing::Rejected, "rejected", "bank_error")),
    ];
    assert_eq!(why(&given, DAY, wanted("c")), Some((Why::OtherMethodNeeded, None)));
    assert_eq!(why(&given, DAY, Wanted { instrument: master(), ..wanted("c") }), None);
}

#[test]
fn a_token_is_good_for_seven_days_to_the_second() {
    let week = 7 * DAY;
    assert_eq!(why(&[], week - 1, wanted("a")), None);
    assert_eq!(why(&[], week, wanted("a")), None);
    assert_eq!(why(&[], week + 1, wanted("a")), Some((Why::TokenExpired, None)));
    let rules = Rules::default();
    let past = at(week) + chrono::TimeDelta::microseconds(1);
    let context = Context { now: past, rules: &rules };
    let decided = Obligation::decide(None, asking(wanted("a")), &context).expect("a block is no refusal");
    assert!(matches!(&decided[..], [Event::AttemptBlocked(e)] if e.block.why == Why::TokenExpired));
}

#[test]
fn a_token_pays_once_and_the_same_attempt_may_use_it_again() {
    let spent = |by: &str| Wanted {
        token: Some(Token { digest: "t".into(), made_at: at(0), spent_by: Some(by.into()) }),
        ..wanted("a")
    };
    let used = Block { other: Some("z".into()), ..no(Why::TokenUsed) };
    assert_eq!(block(&[], 1, spent("z")), Some(used));
    assert_eq!(block(&[], 1, spent("a")), None);
}

#[test]
fn the_longest_wait_is_told() {
    let given = [
        (0, asking(wanted("a"))),
        (0, rejected("a", "cc_rejected_time_out")),
        (HOUR, asking(wanted("b"))),
        (HOUR, answering("b", "2", Standing::Rejected, "rejected", "cc_rejected_insufficient_amount")),
    ];
    let expect = Block {
        until: Some(at(HOUR + DAY)),
        other: Some("b".into()),
        detail: Some("cc_rejected_insufficient_amount".into()),
        ..no(Why::TooSoon)
    };
    assert_eq!(block(&given, HOUR + 1, wanted("c")), Some(expect));
}

#[test]
fn every_reason_has_a_name_of_its_own() {
    let names: std::collections::BTreeSet<&str> = Why::ALL.iter().map(|why| why.name()).collect();
    assert_eq!(names.len(), Why::ALL.len());
    for why in Why::ALL {
        assert_eq!(serde_json::to_value(why).expect("a word"), why.name(), "stored as it is printed");
    }
}
