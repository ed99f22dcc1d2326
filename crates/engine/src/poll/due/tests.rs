//! When a charge request, a subscription and a payment are read again.

use domain::ids::SellerId;
use domain::machine::Context;
use domain::payment::Command;
use domain::payment::machine::Payment as Machine;
use mercadopago::observe::DeliveryKind;

use super::*;
use crate::machines::AnyState;
use crate::samples::{at, config, item};

/// The state after one resource.
fn told(topic: &str, body: &str) -> AnyState {
    let sellers = config().sellers;
    let looked = crate::look::look(&item(DeliveryKind::Resource, topic, body), &sellers);
    let crate::look::Looked::Told { seller, mut observed, .. } = looked else { panic!("{looked:?}") };
    assert_eq!(seller, SellerId::from("7"));
    let context = Context { now: at("2026-03-02T14:00:01Z"), rules: &config().rules() };
    let facts = crate::machines::decide(None, observed.remove(0).observation, &context).expect("it is news");
    let state = facts.iter().try_fold(None, |state, fact| crate::machines::evolve(state, fact).map(Some));
    state.expect("what is decided can follow").expect("the first fact makes a state")
}

fn intent(state: &str) -> Intent {
    let body = format!(r#"{{"id":"i-1","device_id":"d","amount":100,"state":"{state}"}}"#);
    let AnyState::Intent(state) = told("payment_intent", &body) else { panic!("an intent") };
    state
}

const PAUSE: TimeDelta = TimeDelta::seconds(60);
const KEPT: TimeDelta = TimeDelta::days(85);

#[test]
fn an_intent_is_read_until_it_has_ended() {
    let now = at("2026-03-02T15:00:00Z");
    for (state, expected) in [
        ("OPEN", true),
        ("ON_TERMINAL", true),
        ("PROCESSING", true),
        ("PROCESSED", true),
        ("FINISHED", false),
        ("CANCELED", false),
        ("ERROR", false),
        ("ABANDONED", false),
        ("CONFIRMATION_REQUIRED", false),
    ] {
        assert_eq!(intent_is_due(&intent(state), None, now, PAUSE, KEPT), expected, "{state}");
    }
}

#[test]
fn the_pause_grows_with_the_age_of_an_intent() {
    let open = intent("OPEN");
    let begun = open.requested_at;
    let due = |age: i64, read_ago: Option<i64>| {
        let now = begun + TimeDelta::seconds(age);
        intent_is_due(&open, read_ago.map(|ago| now - TimeDelta::seconds(ago)), now, PAUSE, KEPT)
    };
    assert!(!due(59, None), "the webhook may still come");
    assert!(due(60, None));
    assert!(!due(300, Some(59)) && due(300, Some(60)), "once a minute at first");
    assert!(!due(6_000, Some(599)) && due(6_000, Some(600)), "a tenth of its age later on");
    let week = 7 * 86_400;
    assert!(!due(week, Some(3_599)) && due(week, Some(3_600)), "and once an hour at last");
    assert!(due(85 * 86_400, None) && !due(85 * 86_400 + 1, None), "as long as the provider keeps it");
}

#[test]
fn a_subscription_is_read_until_it_was_cancelled_for_long() {
    let kept = TimeDelta::days(60);
    let body = |status: &str| {
        format!(
            r#"{{"id":"s-1","collector_id":7,"status":"{status}","reason":"r","payer_id":1,"version":1,
            "date_created":"2026-03-01T00:00:00Z","last_modified":"2026-03-02T00:00:00Z",
            "auto_recurring":{{"frequency":1,"frequency_type":"months","transaction_amount":10,"currency_id":"ARS"}}}}"#
        )
    };
    let due = |status: &str, now: &str| {
        let AnyState::Preapproval(state) = told("preapproval", &body(status)) else {
            panic!("a subscription")
        };
        preapproval_is_due(&state, at(now), kept)
    };
    assert!(due("authorized", "2027-03-01T00:00:00Z"));
    assert!(due("paused", "2027-03-01T00:00:00Z"));
    assert!(due("cancelled", "2026-05-01T00:00:00Z"), "on the sixtieth day");
    assert!(!due("cancelled", "2026-05-01T00:00:01Z"));
}

/// A payment that was made on 1 March, after what people and the clock asked for at an instant.
fn payment(status: &str, asked: &[(&str, Command)]) -> Payment {
    let body = format!(
        r#"{{"id":1,"collector_id":7,"currency_id":"ARS","status":"{status}","status_detail":"",
        "transaction_amount":10,"transaction_details":{{"net_received_amount":10}},"charges_details":[],
        "date_created":"2026-03-01T00:00:00Z","date_approved":"2026-03-01T00:00:00Z",
        "date_last_updated":"2026-03-01T00:00:00Z"}}"#
    );
    let mut state = told("payment", &body);
    for (now, command) in asked {
        let rules = config().rules();
        let context = Context { now: at(now), rules: &rules };
        let facts = crate::machines::order::<Machine>(Some(&state), command.clone(), &context);
        for fact in facts.expect("it may be asked for") {
            state = crate::machines::evolve(Some(state), &fact).expect("what is decided can follow");
        }
    }
    let AnyState::Payment(state) = state else { panic!("a payment") };
    state.known().expect("it is described").clone()
}

/// Whether a payment is overdue at instants.
fn overdue<const N: usize>(known: &Payment, instants: [&str; N]) -> [bool; N] {
    let rules = config().rules();
    instants.map(|now| payment_is_overdue(known, &rules, at(now), TimeDelta::days(60)))
}

#[test]
fn a_payment_is_read_again_once_it_is_presumed_expired_and_for_two_months() {
    let (end, last) = ("2026-03-31T00:00:00Z", "2026-05-30T00:00:00Z");
    assert_eq!(
        overdue(&payment("pending", &[]), [end, last]),
        [false; 2],
        "the sweep presumes, not the poller"
    );
    for status in ["pending", "in_process"] {
        let presumed = payment(status, &[(end, Command::PresumeExpired)]);
        assert_eq!(overdue(&presumed, [end, last, "2026-05-30T00:00:01Z"]), [true, true, false], "{status}");
        // A sweep whose clock was ahead presumed too early: asking puts it right.
        assert_eq!(overdue(&presumed, ["2026-03-02T00:00:00Z"]), [true]);
    }
    assert_eq!(overdue(&payment("approved", &[]), [end]), [false]);
}

#[test]
fn a_reservation_is_read_again_when_its_window_is_over() {
    let reserved = payment("authorized", &[]);
    let instants =
        ["2026-03-08T00:00:00Z", "2026-03-08T00:00:01Z", "2026-05-07T00:00:00Z", "2026-05-07T00:00:01Z"];
    assert_eq!(overdue(&reserved, instants), [false, true, true, false]);
}

#[test]
fn a_payment_is_read_again_when_an_order_is_open_for_more_than_an_hour() {
    let request = |amount_minor| Command::RequestRefund {
        request: "r-1".into(),
        amount_minor: Some(amount_minor),
        funds: domain::payment::Funds::Unchecked,
        actor: "ana".into(),
        reason: "broken".into(),
    };
    let ordered = payment("approved", &[("2026-03-02T10:00:00Z", request(100))]);
    let instants =
        ["2026-03-02T11:00:00Z", "2026-03-02T11:00:01Z", "2026-05-01T11:00:00Z", "2026-05-01T11:00:01Z"];
    assert_eq!(overdue(&ordered, instants), [false, true, true, false]);
    let refused = Command::RecordRefusal { request: "r-1".into(), code: "2063".into() };
    let asked = [("2026-03-02T10:00:00Z", request(100)), ("2026-03-02T10:01:00Z", refused)];
    assert_eq!(overdue(&payment("approved", &asked), instants), [false; 4]);
}
