//! In-store intents of the third generation as the provider writes them.

use super::*;
use crate::in_person::tests::{RECEIVED, at, payment, read, read_at, terms as money, told, unknown};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/instore_intent/", $name, ".json"))
    };
}

const CLOSED: &str = fixture!("closed");
const BY_QR: &str = fixture!("closed_by_qr_with_cash");
const NOTIFICATION: &str = fixture!("notification_in_argentina");

#[test]
fn a_closed_intent_names_the_payment_of_its_results() {
    let (stream, told) = told(observe, CLOSED);
    assert_eq!(stream, "intent/999/c:1234567-12345-12345678-1234567890");
    let (status, detail) = ("CLOSED".into(), Text::default());
    let expect = Observation {
        generation: Generation::C,
        progress: Progress::Finished,
        said: Said { updated_at: None, revision: None, status, detail },
        profile: Profile {
            channel: Some(Channel::Point),
            terms: money("ARS", 1014),
            reference: Some("external_reference".into()),
            ..Profile::default()
        },
        payments: vec![payment("123456")],
        at: at(RECEIVED),
    };
    assert_eq!(told, expect);
}

#[test]
fn a_notification_holds_the_intent_under_data_and_its_seller_beside() {
    for body in [NOTIFICATION, fixture!("notification_in_brazil")] {
        let (stream, told) = told(observe_notification, body);
        assert_eq!(stream, "intent/12345667/c:1234567-12345-12345678-1234567890");
        assert_eq!((told.progress, told.said.status.as_str()), (Progress::Canceled, "CANCELED"));
        assert_eq!(told.profile.terms, money("ARS", 1014));
        assert_eq!(told.profile.channel, Some(Channel::Point));
        assert_eq!(told.profile.reference, Some("123132342341".into()));
        assert_eq!((told.payments, told.said.updated_at), (vec![], None));
    }
    let empty = r#"{"id":"1","status":"CLOSED"}"#;
    assert_eq!(read(observe_notification, empty), Err(Unreadable::Missing { path: "data" }));
}

#[test]
fn cash_that_is_taken_out_is_no_charge_and_its_payout_no_payment() {
    let (_, told) = told(observe, BY_QR);
    let currency = Some("ARS".parse().expect("a currency"));
    let expect = Terms { currency, amount_minor: 347, cash_out_minor: -5000 };
    assert_eq!(told.profile.terms, Some(expect));
    let payout = NamedPayment { payment: "57837458322".into(), kind: ResultKind::Payout };
    assert_eq!(told.payments, vec![payment("57837458321"), payout]);
    assert_eq!(told.profile.channel, Some(Channel::Qr));
    assert_eq!(told.profile.expires_at, Some(at("2024-05-02T14:00:00Z")));
}

#[test]
fn an_operation_without_amount_leaves_the_terms_untold() {
    for (from, to) in [
        (r#""total_amount": "0.97""#, r#""sku_number": "x""#),
        (r#""amount": "50.00","#, ""),
        ("items", "things"),
        ("operations", "steps"),
    ] {
        assert!(BY_QR.contains(from), "{from}");
        assert_eq!(told(observe, &BY_QR.replace(from, to)).1.profile.terms, None, "{from}");
    }
}

#[test]
fn every_word_has_its_progress() {
    for (word, progress) in [
        ("OPENED", Progress::Open),
        ("ON_TERMINAL", Progress::AtTerminal),
        ("PROCESSING", Progress::Processing),
        ("PROCESSED", Progress::Processed),
        ("CLOSED", Progress::Finished),
        ("CANCELED", Progress::Canceled),
        ("EXPIRED", Progress::Expired),
        ("ERROR", Progress::Failed),
        ("CONFIRMATION_REQUIRED", Progress::ConfirmationRequired),
    ] {
        assert_eq!(told(observe, &CLOSED.replace("CLOSED", word)).1.progress, progress, "{word}");
        let body = NOTIFICATION.replace("CANCELED", word);
        assert_eq!(told(observe_notification, &body).1.progress, progress, "{word}");
    }
    for word in ["FINISHED", "closed", ""] {
        let body = CLOSED.replace("CLOSED", word);
        assert_eq!(read(observe, &body), Err(unknown("status", word)));
    }
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    let amount = |source| Unreadable::BadAmount { path: "operations.amount", source };
    let currency = "ARS".parse().expect("a currency");
    let precise = MoneyError::TooPrecise { text: "10.145".into(), currency, allowed: 2 };
    for (from, to, error) in [
        ("PURCHASE", "GIFT", unknown("operations.type", "GIFT")),
        ("\"PAYMENT\"", "\"CHARGE\"", unknown("operations.results.source", "CHARGE")),
        ("\"source\"", "\"origin\"", Unreadable::Missing { path: "operations.results.source" }),
        ("10.14", "10.145", amount(precise)),
        ("10.14", "ten", amount(MoneyError::NotDecimal { text: "ten".into() })),
    ] {
        assert!(CLOSED.contains(from), "{from}");
        assert_eq!(read(observe, &CLOSED.replace(from, to)), Err(error), "{to}");
    }
    let huge = BY_QR.replace("2.50", "92233720368547758.07");
    assert_eq!(read(observe, &huge), Err(amount(MoneyError::OutOfRange)));
    let cents_of_chile = read_at(observe, Some("MLC"), CLOSED).map_err(|error| error.reason());
    assert_eq!(cents_of_chile, Err("bad_amount"));
}
