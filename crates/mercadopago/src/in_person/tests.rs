//! Readings shared by the tests of the four generations, and what holds for all of them.

use domain::intent::{NamedPayment, Observation, ResultKind, Terms};
use domain::machine::Instant;
use domain::observation::{self, Observed};

use crate::observe::{Channel, Delivery, DeliveryKind, Told};
use crate::unreadable::Unreadable;
use crate::{intent_a, intent_b, intent_c, order};

pub(crate) type Read = fn(&Delivery<'_>) -> Result<Told, Unreadable>;

pub(crate) const RECEIVED: &str = "2026-04-01T00:00:00Z";

pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

/// A delivery for seller 999 that names its site or none.
pub(crate) fn read_at(read: Read, site: Option<&str>, body: &str) -> Result<Told, Unreadable> {
    read(&Delivery {
        kind: DeliveryKind::Resource,
        topic: "",
        channel: Channel::Import,
        seller: Some("999"),
        site,
        received_at: at(RECEIVED),
        verified: false,
        body: body.as_bytes(),
    })
}

/// As delivered by the site of Argentina.
pub(crate) fn read(read: Read, body: &str) -> Result<Told, Unreadable> {
    read_at(read, Some("MLA"), body)
}

/// The one statement of a body and the stream it is about.
pub(crate) fn told(read: Read, body: &str) -> (String, Observation) {
    told_at(read, Some("MLA"), body)
}

pub(crate) fn told_at(read: Read, site: Option<&str>, body: &str) -> (String, Observation) {
    let mut told = read_at(read, site, body).expect("the body is readable");
    let observed = told.observed.pop().expect("one statement");
    assert!(told.observed.is_empty() && !told.unclassified, "{body}");
    let Observed { stream, observation: observation::Observation::Intent(told) } = observed else {
        panic!("a charge request tells an intent: {observed:?}");
    };
    (stream.to_string(), told)
}

pub(crate) fn terms(currency: &str, amount_minor: i64) -> Option<Terms> {
    let currency = Some(currency.parse().expect("a currency"));
    Some(Terms { currency, amount_minor, cash_out_minor: 0 })
}

pub(crate) fn payment(id: &str) -> NamedPayment {
    NamedPayment { payment: id.into(), kind: ResultKind::Payment }
}

pub(crate) fn unknown(path: &'static str, word: &str) -> Unreadable {
    Unreadable::UnknownStatus { path, word: word.to_owned() }
}

/// The shortest readable body of each generation.
const SHORTEST: [(Read, &str, &str); 4] = [
    (intent_a::observe, r#"{"id":7,"status":"OPEN"}"#, "a"),
    (intent_b::observe, r#"{"id":7,"state":"OPEN"}"#, "b"),
    (intent_c::observe, r#"{"id":7,"status":"OPENED"}"#, "c"),
    (order::observe, r#"{"id":7,"status":"created"}"#, "d"),
];

#[test]
fn the_same_id_in_two_generations_names_two_histories() {
    for (reader, body, letter) in SHORTEST {
        assert_eq!(told(reader, body).0, format!("intent/999/{letter}:7"));
    }
}

#[test]
fn what_a_body_leaves_out_stays_untold() {
    for (reader, body, _) in SHORTEST {
        let (_, told) = told(reader, body);
        assert_eq!((told.profile.terms, told.profile.reference, told.profile.device), (None, None, None));
        assert_eq!((told.said.updated_at, told.payments, told.at), (None, vec![], at(RECEIVED)));
    }
}

#[test]
fn the_body_names_the_seller_before_the_delivery_does() {
    for (reader, body, _) in SHORTEST {
        let seller = |field: &str| {
            let body = body.replacen('{', &format!("{{{field},"), 1);
            read(reader, &body).map(|told| told.seller.as_str().to_owned())
        };
        assert_eq!(seller(r#""user_id":"123456""#), Ok("123456".to_owned()));
        assert_eq!(seller(r#""user_id":123456"#), Ok("123456".to_owned()));
        assert_eq!(seller(r#""collector_id":77"#), Ok("77".to_owned()));
        assert_eq!(seller(r#""user_id":"""#), Ok("999".to_owned()));
        assert_eq!(seller(r#""user_id":null"#), Ok("999".to_owned()));
    }
}

#[test]
fn a_body_without_id_or_state_is_not_readable() {
    for (reader, body, letter) in SHORTEST {
        let nameless = body.replace(r#""id""#, r#""name""#);
        assert_eq!(read(reader, &nameless), Err(Unreadable::Missing { path: "id" }));
        let slash = body.replace('7', r#""a/b""#);
        assert_eq!(read(reader, &slash), Err(Unreadable::WrongType { path: "id", expected: "an id" }));
        let path = if letter == "b" { "state" } else { "status" };
        assert_eq!(read(reader, r#"{"id":7}"#), Err(Unreadable::Missing { path }));
        assert_eq!(read(reader, "{").map_err(|error| error.reason()), Err("not_json"));
    }
}
