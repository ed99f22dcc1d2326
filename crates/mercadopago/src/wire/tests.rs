//! Literals, words, and what is said of bodies that cannot be read.

use chrono::DateTime;
use domain::currency::Currency;
use domain::money::MoneyError;
use serde::Deserialize;

use super::{Literal, Word, literal_or_nothing, need, object_or_nothing, read, seller};
use crate::observe::{Channel, Delivery, DeliveryKind};
use crate::unreadable::Unreadable;

#[derive(Deserialize, Debug, PartialEq)]
struct Body<'a> {
    #[serde(borrow)]
    amount: Option<Literal<'a>>,
    #[serde(borrow)]
    name: Option<Word<'a>>,
    #[serde(borrow, default, deserialize_with = "literal_or_nothing")]
    any: Option<Literal<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    inner: Option<Inner<'a>>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Inner<'a> {
    #[serde(borrow)]
    id: Option<Literal<'a>>,
}

fn body(text: &str) -> Result<Body<'_>, Unreadable> {
    read(text.as_bytes())
}

fn amount(text: &str) -> String {
    let body = body(text).expect("the body is readable");
    body.amount.expect("the body has an amount").as_str().to_owned()
}

fn delivery(seller: Option<&str>) -> Delivery<'_> {
    Delivery {
        kind: DeliveryKind::Resource,
        topic: "payment",
        channel: Channel::Poll,
        seller,
        site: None,
        received_at: DateTime::UNIX_EPOCH,
        verified: false,
        body: b"",
    }
}

#[test]
fn a_literal_keeps_the_exact_text_of_a_number_or_string() {
    for (json, text) in [
        ("10.105", "10.105"),
        ("1.50", "1.50"),
        ("\"10.105\"", "10.105"),
        ("-0", "-0"),
        ("1e3", "1e3"),
        ("12345678901234567890123456789", "12345678901234567890123456789"),
        ("\"\"", ""),
        (r#""a\u00f1\"b""#, "añ\"b"),
        (r#""\\""#, "\\"),
    ] {
        assert_eq!(amount(&format!("{{\"amount\": {json} }}")), text, "{json}");
    }
}

#[test]
fn absent_and_null_fields_are_none_and_unknown_ones_are_skipped() {
    let none = || Body { amount: None, name: None, any: None, inner: None };
    assert_eq!(body("{}"), Ok(none()));
    let nulls = r#"{"amount":null,"name":null,"any":null,"inner":null,"other":{"deep":[1e999,{}]}}"#;
    assert_eq!(body(nulls), Ok(none()));
}

#[test]
fn a_literal_of_another_type_is_refused_with_its_place() {
    for json in ["true", "{}", "[1]"] {
        let error = body(&format!("{{\"amount\":{json}}}")).expect_err("no number and no text");
        assert_eq!(error.reason(), "wrong_type", "{json}");
        assert!(error.to_string().contains("expected a number or text"), "{error}");
    }
    let error = body("{\n\"name\":7}").expect_err("a number is no text");
    let problem = "invalid type: integer `7`, expected text".to_owned();
    assert_eq!(error, Unreadable::WrongTypeAt { line: 2, column: 8, problem });
}

#[test]
fn fields_of_the_merchant_may_hold_anything() {
    for json in ["{\"a\":1}", "[1,[2]]", "true", "null"] {
        let text = format!("{{\"any\":{json},\"amount\":1}}");
        let body = body(&text).expect("anything may stand there");
        assert_eq!(body.any, None, "{json}");
    }
    for json in ["[]", "[{\"id\":1}]", "\"x\"", "\"\\n\"", "1", "-1", "1.5", "false", "null"] {
        let text = format!("{{\"inner\":{json},\"amount\":1}}");
        let body = body(&text).expect("anything may stand there");
        assert_eq!((body.inner, body.amount.expect("what follows is read").as_str()), (None, "1"), "{json}");
    }
    let read = body(r#"{"inner":{"x":[],"id":12345678901234567890}}"#).expect("an object");
    let inner = read.inner.expect("the object is read");
    assert_eq!(inner.id.expect("it has an id").as_str(), "12345678901234567890");
}

#[test]
fn what_is_no_json_says_where() {
    assert_eq!(read::<Body<'_>>(b"{\"amount\":\"\xff\"}"), Err(Unreadable::NotUtf8 { offset: 11 }));
    let problem = "EOF while parsing a value".to_owned();
    assert_eq!(body(""), Err(Unreadable::NotJson { line: 1, column: 0, problem }));
    let problem = "key must be a string".to_owned();
    assert_eq!(body("{\n amount: 1}"), Err(Unreadable::NotJson { line: 2, column: 2, problem }));
    for text in ["{\"amount\":01}", "{\"amount\":1", "{} {}", "{\"amount\":\"\\x\"}"] {
        assert_eq!(body(text).expect_err("no JSON").reason(), "not_json", "{text}");
    }
}

#[test]
fn amounts_are_exact_in_their_currency() {
    let minor = |text, currency| Literal(std::borrow::Cow::Borrowed(text)).minor("amount", currency);
    assert_eq!(minor("10.10", Currency::ARS), Ok(1010));
    assert_eq!(minor("10.100", Currency::ARS), Ok(1010));
    assert_eq!(minor("10", Currency::CLP), Ok(10));
    let source = MoneyError::TooPrecise { text: "10.105".to_owned(), currency: Currency::ARS, allowed: 2 };
    assert_eq!(minor("10.105", Currency::ARS), Err(Unreadable::BadAmount { path: "amount", source }));
    let source = MoneyError::OutOfRange;
    assert_eq!(minor("1e18", Currency::ARS), Err(Unreadable::BadAmount { path: "amount", source }));
}

#[test]
fn an_id_cannot_break_the_key_of_a_stream() {
    let id = |text| Literal(std::borrow::Cow::Borrowed(text)).id("id");
    assert_eq!(id("123").expect("digits are an id").as_str(), "123");
    assert_eq!(id("ORD01J-x_9").expect("letters are an id").as_str(), "ORD01J-x_9");
    for text in ["", "1/2", "1 2", "1\n", "\u{0}"] {
        assert_eq!(id(text), Err(Unreadable::WrongType { path: "id", expected: "an id" }), "{text:?}");
    }
}

#[test]
fn the_collector_of_the_body_is_believed_before_the_delivery() {
    let collector = Literal(std::borrow::Cow::Borrowed("7"));
    assert_eq!(seller(Some(&collector), &delivery(Some("8"))).expect("named").as_str(), "7");
    assert_eq!(seller(None, &delivery(Some("8"))).expect("named").as_str(), "8");
    assert_eq!(seller(None, &delivery(None)), Err(Unreadable::Missing { path: "collector_id" }));
    assert_eq!(need::<u8>("x", None), Err(Unreadable::Missing { path: "x" }));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _read_or_refused = read::<Body<'_>>(&bytes);
    }

    #[test]
    fn any_text_in_json_is_read_back(text: String) {
        let json = serde_json::to_string(&serde_json::json!({ "amount": text, "name": text })).expect("text is JSON");
        let read = body(&json).expect("text is an amount's and a name's literal");
        let (amount, name) = (read.amount.expect("present"), read.name.expect("present"));
        proptest::prop_assert_eq!((amount.as_str(), name.as_str()), (&*text, &*text));
    }
}
