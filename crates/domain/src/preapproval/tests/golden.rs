//! The stored form of every event.

use super::*;
use crate::event::Event as _;

const CHANGE_ASKED: &str = include_str!("../golden/preapproval.change_asked.json");
const CHANGE_SETTLED: &str = include_str!("../golden/preapproval.change_settled.json");

fn told() -> Description {
    let mut told = yoga();
    told.progress.summary = Some(Summary {
        charged_count: Some(3),
        charged_minor: Some(3000),
        last_charged_at: Some(day(20)),
        last_charged_minor: Some(1000),
        total_count: Some(25),
        pending_count: Some(22),
        pending_minor: Some(22_000),
        health: Some(Health::Retrying),
    });
    told.terms.ends_at = Some(at("2028-07-20T15:59:52.581Z"));
    told.methods.secondary = Some("account_money".into());
    told
}

fn turned_down() -> Invoice {
    let mut told = recycling(22, 2);
    told.terms.next_retry_at = Some(day(24));
    told.terms.rejection = Some("cc_rejected_insufficient_amount".into());
    told
}

#[test]
fn every_event_is_stored_as_its_golden_file() {
    let (at, said, told) = (day(5), said(5), told());
    let (terms, methods, profile) = (told.terms.clone(), told.methods.clone(), told.profile.clone());
    let restated = charge_stood(&turned_down(), false);
    let reaffirmed = ChargeReaffirmed { at, invoice: "6114264375".into(), modified_at: Some(at) };
    let golden = [
        (opened(&told), include_str!("../golden/preapproval.opened.json")),
        (Event::AwaitedPayer(stood(8, true)), include_str!("../golden/preapproval.awaited_payer.json")),
        (Event::Authorized(stood(8, false)), include_str!("../golden/preapproval.authorized.json")),
        (Event::Paused(stood(8, false)), include_str!("../golden/preapproval.paused.json")),
        (Event::Resumed(stood(8, false)), include_str!("../golden/preapproval.resumed.json")),
        (Event::Cancelled(stood(8, false)), include_str!("../golden/preapproval.cancelled.json")),
        (
            Event::TermsChanged(TermsChanged { at, said, terms }),
            include_str!("../golden/preapproval.terms_changed.json"),
        ),
        (
            Event::MethodsChanged(MethodsChanged { at, said, methods }),
            include_str!("../golden/preapproval.methods_changed.json"),
        ),
        (
            Event::Progressed(Progressed { at, said, progress: told.progress }),
            include_str!("../golden/preapproval.progressed.json"),
        ),
        (
            Event::Redescribed(Redescribed { at, said, profile }),
            include_str!("../golden/preapproval.redescribed.json"),
        ),
        (Event::Reaffirmed(Reaffirmed { at, said }), include_str!("../golden/preapproval.reaffirmed.json")),
        (
            Event::ChargeScheduled(charge_stood(&scheduled(), false)),
            include_str!("../golden/preapproval.charge_scheduled.json"),
        ),
        (
            Event::ChargeRecycled(charge_stood(&turned_down(), false)),
            include_str!("../golden/preapproval.charge_recycled.json"),
        ),
        (
            Event::ChargeCollected(charge_stood(&collected(21), false)),
            include_str!("../golden/preapproval.charge_collected.json"),
        ),
        (
            Event::ChargeUncollected(charge_stood(&given_up(29), true)),
            include_str!("../golden/preapproval.charge_uncollected.json"),
        ),
        (
            Event::ChargeCancelled(charge_stood(&invoice(22, Stage::Cancelled, 0, None), false)),
            include_str!("../golden/preapproval.charge_cancelled.json"),
        ),
        (Event::ChargeRestated(restated), include_str!("../golden/preapproval.charge_restated.json")),
        (Event::ChargeReaffirmed(reaffirmed), include_str!("../golden/preapproval.charge_reaffirmed.json")),
        (asked(8, "dearer", Change::Amount { amount_minor: 1200 }), CHANGE_ASKED),
        (settled(8, "dearer", Settlement::Refused { code: "400".into() }), CHANGE_SETTLED),
        (
            Event::Reminded(Reminded {
                at: day(22),
                invoice: "6114264375".into(),
                step: "update_card".into(),
            }),
            include_str!("../golden/preapproval.reminded.json"),
        ),
        (Event::RevenueDeferred(deferred(12)), include_str!("../golden/preapproval.revenue_deferred.json")),
        (recognised(31, 1, 83), include_str!("../golden/preapproval.revenue_recognised.json")),
        (ended(31, "refund/1009042015", 500), include_str!("../golden/preapproval.deferral_ended.json")),
    ];
    assert_stored(&golden);
}

/// Every event has its golden file, is written as it stands there, and is read back.
fn assert_stored(golden: &[(Event, &str)]) {
    let names: Vec<_> = golden.iter().map(|(event, _)| event.name()).collect();
    assert_eq!(names, Event::NAMES, "every event has a golden file");
    for (event, text) in golden {
        assert_eq!(event.payload(), text.trim_end(), "{}", event.name());
        let read = Event::from_payload(event.name(), 1, text).expect("a golden file is readable");
        assert_eq!(read, *event);
    }
}

#[test]
fn every_change_and_every_end_of_it_has_a_stored_form() {
    let change = |change: &Change| serde_json::to_string(change).expect("a change serialises");
    let until = Some(day(9));
    let (method, day) = (Text::from("visa"), 28);
    let changes = [
        (Change::Pause, r#""pause""#),
        (Change::Resume { until: None }, r#"{"resume":{"until":null}}"#),
        (Change::Resume { until }, r#"{"resume":{"until":"2026-03-09T10:00:00Z"}}"#),
        (Change::Cancel, r#""cancel""#),
        (Change::Amount { amount_minor: 1200 }, r#"{"amount":{"amount_minor":1200}}"#),
        (Change::Card, r#""card""#),
        (
            Change::SecondaryMethod { method, by_card: true },
            r#"{"secondary_method":{"method":"visa","by_card":true}}"#,
        ),
        (Change::BillingDay { day }, r#"{"billing_day":{"day":28}}"#),
        (Change::Proportional { on: true }, r#"{"proportional":{"on":true}}"#),
    ];
    for (told, text) in changes {
        assert_eq!(change(&told), text);
        assert_eq!(serde_json::from_str::<Change>(text).expect("a stored change is readable"), told);
    }
    let ends = [
        (Settlement::Done, r#""done""#),
        (Settlement::Ignored, r#""ignored""#),
        (Settlement::Refused { code: "400".into() }, r#"{"refused":{"code":"400"}}"#),
        (Settlement::Unknown, r#""unknown""#),
        (Settlement::Undelivered, r#""undelivered""#),
    ];
    for (told, text) in ends {
        assert_eq!(serde_json::to_string(&told).expect("a settlement serialises"), text);
        assert_eq!(serde_json::from_str::<Settlement>(text).expect("a stored settlement is readable"), told);
    }
}
