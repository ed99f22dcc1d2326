//! The stored form of every event.

use super::*;
use crate::event::Event as _;

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
    ];
    let names: Vec<_> = golden.iter().map(|(event, _)| event.name()).collect();
    assert_eq!(names, Event::NAMES, "every event has a golden file");
    for (event, text) in golden {
        assert_eq!(event.payload(), text.trim_end(), "{}", event.name());
        let read = Event::from_payload(event.name(), 1, text).expect("a golden file is readable");
        assert_eq!(read, event);
    }
}
