//! Orders of the current generation as the provider writes them.

use domain::intent::Progress;

use super::*;
use crate::in_person::tests::{at, payment, read, terms as money, told, told_at, unknown};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/order/", $name, ".json"))
    };
}

const ON_TERMINAL: &str = fixture!("processed_on_terminal");
const NOTIFICATION: &str = fixture!("notification_processed");
const BY_QR: &str = fixture!("created_by_qr");
const ONLINE: &str = fixture!("online_action_required");

#[test]
fn an_order_on_a_terminal_tells_words_times_terms_and_payment() {
    let (stream, told) = told(observe, ON_TERMINAL);
    assert_eq!(stream, "intent/1384573578/d:ORD01JQ4S4KY8HWQ6NA5PXB65B3D3");
    let updated = at("2025-08-07T18:54:40.851374Z");
    let (status, detail) = ("processed".into(), "processed".into());
    let expect = Observation {
        generation: Generation::D,
        progress: Progress::Finished,
        said: Said { updated_at: Some(updated), revision: None, status, detail },
        profile: Profile {
            channel: Some(Channel::Point),
            terms: money("BRL", 12_000),
            reference: Some("till-4-0017".into()),
            device: Some("NEWLAND_N950__N950NCB801293324".into()),
            created_at: Some(at("2025-08-07T18:52:01.880469Z")),
            expires_at: Some(at("2025-08-07T19:08:01.880469Z")),
        },
        payments: vec![payment("57837458321")],
        at: updated,
    };
    assert_eq!(told, expect);
}

#[test]
fn the_rich_notification_tells_the_same_order_with_fewer_fields() {
    let (stream, told) = told_at(observe_notification, Some("MLB"), NOTIFICATION);
    assert_eq!(stream, "intent/1384573578/d:ORD01JQ4S4KY8HWQ6NA5PXB65B3D3");
    // The date beside it is not said to be that of the change.
    let (status, detail) = ("processed".into(), "accredited".into());
    assert_eq!(told.said, Said { updated_at: None, revision: Some(3), status, detail });
    assert_eq!(told.progress, Progress::Finished);
    assert_eq!(told.profile.terms, money("BRL", 12_000));
    assert_eq!((told.profile.created_at, told.profile.device), (None, None));
    assert_eq!(told.payments, vec![payment("57837458321")]);
    let short = include_str!("../../../../tests/fixtures/notification/order_short.json");
    assert_eq!(read(observe_notification, short), Err(Unreadable::Missing { path: "status" }));
    assert_eq!(read(observe_notification, "{}"), Err(Unreadable::Missing { path: "data" }));
}

#[test]
fn decimals_of_an_amount_may_be_left_out() {
    for (amount, minor) in [("10", 1000), ("10.5", 1050), ("10.50", 1050), ("10.00", 1000)] {
        let (_, told) = told(observe, &BY_QR.replace("10.5", amount));
        assert_eq!(told.profile.terms, money("ARS", minor), "{amount}");
    }
}

#[test]
fn a_qr_order_tells_its_point_of_sale_and_the_end_of_its_life() {
    let (_, told) = told(observe, BY_QR);
    assert_eq!((told.progress, told.profile.channel), (Progress::Open, Some(Channel::Qr)));
    assert_eq!(told.profile.device, Some("STORE1POS4".into()));
    assert_eq!(told.profile.expires_at, Some(at("2026-10-01T04:02:36.748Z")));
    assert_eq!(told.payments, vec![]);
}

#[test]
fn cash_that_is_taken_out_is_in_the_total_and_is_no_charge() {
    let (_, told) = told(observe, fixture!("refunded_with_cash"));
    let currency = Some("CLP".parse().expect("a currency"));
    let expect = Terms { currency, amount_minor: 10_000, cash_out_minor: -5000 };
    assert_eq!(told.profile.terms, Some(expect));
    assert_eq!(told.progress, Progress::Finished);
    // The refund inside is the payment's.
    assert_eq!(told.payments, vec![payment("57837458323")]);
}

#[test]
fn a_reference_with_letters_names_no_payment() {
    let (_, online) = told(observe, ONLINE);
    assert_eq!(online.payments, vec![payment("57837458324")]);
    // The site tells the currency that the body leaves out.
    assert_eq!(online.profile.terms, money("ARS", 100_000));
    assert_eq!(online.profile.expires_at, Some(at("2024-09-05T22:04:01.880469Z")));
    // Without a total, two payments do not tell what was asked for.
    let untold = ONLINE.replace("total_amount", "total");
    assert_eq!(told(observe, &untold).1.profile.terms, None);
}

#[test]
fn every_status_has_its_progress() {
    for (word, on_terminal, elsewhere) in [
        ("created", Progress::Open, Progress::Open),
        ("at_terminal", Progress::AtTerminal, Progress::AtTerminal),
        ("processing", Progress::Processing, Progress::Processing),
        ("in_review", Progress::Processing, Progress::Processing),
        ("processed", Progress::Finished, Progress::Finished),
        ("refunded", Progress::Finished, Progress::Finished),
        ("charged_back", Progress::Finished, Progress::Finished),
        ("in_mediation", Progress::Finished, Progress::Finished),
        ("action_required", Progress::ConfirmationRequired, Progress::AwaitingAction),
        ("canceled", Progress::Canceled, Progress::Canceled),
        ("cancelled", Progress::Canceled, Progress::Canceled),
        ("expired", Progress::Expired, Progress::Expired),
        ("failed", Progress::Failed, Progress::Failed),
    ] {
        for (kind, progress) in [("point", on_terminal), ("qr", elsewhere), ("online", elsewhere)] {
            let body = format!(r#"{{"id":"ORD1","type":"{kind}","status":"{word}"}}"#);
            assert_eq!(told(observe, &body).1.progress, progress, "{kind} {word}");
            let body = format!(r#"{{"data":{body}}}"#);
            assert_eq!(told(observe_notification, &body).1.progress, progress, "{kind} {word}");
        }
    }
    for word in ["approved", "Processed", ""] {
        let body = format!(r#"{{"id":"ORD1","status":"{word}"}}"#);
        assert_eq!(read(observe, &body), Err(unknown("status", word)));
    }
}

#[test]
fn an_action_that_nobody_says_whose_it_is_is_looked_at() {
    let (_, told) = told(observe, r#"{"id":"ORD1","status":"action_required"}"#);
    assert_eq!((told.progress, told.profile.channel), (Progress::ConfirmationRequired, None));
}

#[test]
fn an_unknown_type_or_detail_is_applied_by_its_status_and_reported() {
    let unclassified = |body: &str| read(observe, body).map(|told| (told.unclassified, told.observed.len()));
    assert_eq!(unclassified(BY_QR), Ok((false, 1)));
    assert_eq!(unclassified(&BY_QR.replace(r#""qr","#, r#""drone","#)), Ok((true, 1)));
    for (status, detail, unknown) in [
        ("processed", "accredited", false),
        ("processed", "partially_refunded", false),
        ("failed", "failed", false),
        ("failed", "rejected_by_issuer", false),
        ("action_required", "check_on_terminal", false),
        ("at_terminal", "cancellation_requested", false),
        ("canceled", "canceled_on_terminal", false),
        ("expired", "", false),
        ("processed", "rejected_by_issuer", true),
        ("failed", "eaten_by_dog", true),
    ] {
        let body = format!(r#"{{"id":"ORD1","status":"{status}","status_detail":"{detail}"}}"#);
        assert_eq!(unclassified(&body), Ok((unknown, 1)), "{status} {detail}");
    }
}

#[test]
fn the_answer_to_a_refused_charge_holds_the_order_it_made() {
    let order = r#"{"id":"ORD1","status":"failed","status_detail":"high_risk","user_id":"77"}"#;
    let (stream, told) = told(observe, &format!(r#"{{"errors":[{{"code":"failed"}}],"data":{order}}}"#));
    assert_eq!((stream.as_str(), told.progress), ("intent/77/d:ORD1", Progress::Failed));
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    let bad = |path, text: &str| {
        let source = MoneyError::NotDecimal { text: text.to_owned() };
        Unreadable::BadAmount { path, source }
    };
    let updated = "2025-08-07T18:54:40.851374414Z";
    for (from, to, error) in [
        (r#"total_amount": "120.00"#, r#"total_amount": "120,00"#, bad("total_amount", "120,00")),
        ("BRL", "BRZ", Unreadable::UnknownCurrency { path: "currency", code: "BRZ".into() }),
        (updated, "soon", Unreadable::BadTime { path: "last_updated_date", text: "soon".into() }),
        ("PT16M", "16M", Unreadable::WrongType { path: "expiration_time", expected: "a duration" }),
    ] {
        assert!(ON_TERMINAL.contains(from), "{from}");
        assert_eq!(read(observe, &ON_TERMINAL.replace(from, to)), Err(error), "{to}");
    }
    let body = NOTIFICATION.replace(r#""amount": "120.00""#, r#""amount": "a lot""#);
    let error = bad("transactions.payments.amount", "a lot");
    assert_eq!(read(observe_notification, &body), Err(error));
}

#[test]
fn a_life_is_a_duration_of_whole_units() {
    let start = at("2026-01-31T00:00:00Z");
    for (life, end) in [
        ("PT30S", Some("2026-01-31T00:00:30Z")),
        ("PT1H2M3S", Some("2026-01-31T01:02:03Z")),
        ("P3D", Some("2026-02-03T00:00:00Z")),
        ("P1DT12H", Some("2026-02-01T12:00:00Z")),
        ("P1M", Some("2026-02-28T00:00:00Z")),
        ("P1Y1W", Some("2027-02-07T00:00:00Z")),
        ("PT3600H", Some("2026-06-30T00:00:00Z")),
        ("", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("15", None),
        ("PT15", None),
        ("PTM", None),
        ("PT1.5M", None),
        ("P1H", None),
        ("PT-1M", None),
        ("P4294967296D", None),
        ("P4294967295Y", None),
    ] {
        let wrong = Unreadable::WrongType { path: "expiration_time", expected: "a duration" };
        let expect = end.map(at).ok_or(wrong).map(Some);
        assert_eq!(lapse::expires_at(Some(start), Some(life)), expect, "{life}");
    }
    assert_eq!(lapse::expires_at(None, Some("P3D")), Ok(None));
    assert_eq!(lapse::expires_at(Some(start), None), Ok(None));
}
