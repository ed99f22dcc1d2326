//! Orders of the first generation as the provider writes them.

use domain::money::MoneyError;

use super::*;
use crate::in_person::tests::{RECEIVED, at, payment, read, terms, told, told_at, unknown};

const OPENED: &str = include_str!("../../../../tests/fixtures/point_order/opened.json");
const CLOSED: &str = include_str!("../../../../tests/fixtures/point_order/closed.json");
const WITH_REQUEST: &str = include_str!("../../../../tests/fixtures/point_order/with_request.json");

#[test]
fn a_closed_order_names_its_payment() {
    let (stream, told) = told(observe, CLOSED);
    assert_eq!(stream, "intent/999/a:7001");
    let (status, detail) = ("CLOSED".into(), "approved".into());
    let expect = Observation {
        generation: Generation::A,
        progress: Progress::Finished,
        said: Said { updated_at: None, revision: None, status, detail },
        profile: Profile {
            channel: Some(Channel::Point),
            reference: Some("ref-1".into()),
            ..Profile::default()
        },
        payments: vec![payment("57837458321")],
        at: at(RECEIVED),
    };
    assert_eq!(told, expect);
}

#[test]
fn an_open_order_tells_what_its_request_asked_for_in_major_units() {
    let (_, bare) = told(observe, OPENED);
    assert_eq!((bare.progress, bare.profile.terms), (Progress::Open, None));
    let (stream, told) = told(observe, WITH_REQUEST);
    assert_eq!(stream, "intent/999/a:7002");
    assert_eq!(told.profile.device, Some("dispositivo".into()));
    assert_eq!(told.profile.terms, terms("ARS", 10_000));
    assert_eq!(told.payments, vec![]);
}

#[test]
fn without_a_site_the_amount_is_told_in_hundredths_of_no_currency() {
    let (_, told) = told_at(observe, None, WITH_REQUEST);
    let expect = Terms { currency: None, amount_minor: 10_000, cash_out_minor: 0 };
    assert_eq!(told.profile.terms, Some(expect));
}

#[test]
fn zero_or_nothing_names_no_payment() {
    for id in ["0", "\"\"", "null"] {
        let body = CLOSED.replace("57837458321", id);
        assert_eq!(told(observe, &body).1.payments, vec![], "{id}");
    }
}

#[test]
fn what_cannot_be_read_is_named_by_its_path() {
    for word in ["OK", "closed", "FINISHED"] {
        let body = CLOSED.replace("CLOSED", word);
        assert_eq!(read(observe, &body), Err(unknown("status", word)));
    }
    let source = MoneyError::NotDecimal { text: "1OO".to_owned() };
    let body = WITH_REQUEST.replace("100", r#""1OO""#);
    assert_eq!(read(observe, &body), Err(Unreadable::BadAmount { path: "amount", source }));
    let body = CLOSED.replace("57837458321", r#""a b""#);
    let wrong = Unreadable::WrongType { path: "payment_id", expected: "an id" };
    assert_eq!(read(observe, &body), Err(wrong));
}
