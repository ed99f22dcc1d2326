//! Refunds told by themselves.

use chrono::DateTime;
use domain::currency::Currency;
use domain::ids::{PaymentId, RefundId, SellerId};
use domain::observation::{Observation, Observed};
use domain::payment::{self, RefundMention};
use domain::refund::{self, RefundStanding, RefundTerms};
use domain::stream::StreamId;
use domain::text::Text;

use super::observe;
use crate::observe::{Channel, Delivery, DeliveryKind, Told};
use crate::unreadable::Unreadable;

const APPROVED: &str = include_str!("../../../../tests/fixtures/refund/approved.json");
const IN_PROCESS: &str = include_str!("../../../../tests/fixtures/refund/in_process_with_text_ids.json");

const OF_AN_ORDER: &str = include_str!("../../../../tests/fixtures/refund/of_an_order.json");

fn told(body: &str) -> Result<Told, Unreadable> {
    observe(&Delivery {
        kind: DeliveryKind::Resource,
        topic: "refund",
        channel: Channel::Poll,
        seller: Some("20359978"),
        site: Some("MLA"),
        received_at: DateTime::UNIX_EPOCH,
        verified: false,
        body: body.as_bytes(),
    })
}

fn check(body: &str, payment: &str, id: &str, standing: RefundStanding, amount_minor: i64, made_at: &str) {
    let seller = SellerId::from("20359978");
    let (payment, refund) = (PaymentId::from(payment), RefundId::from(id));
    let made_at = DateTime::parse_from_rfc3339(made_at).expect("the expected time is RFC 3339").to_utc();
    let currency = Currency::ARS;
    let seen = payment::Observation::RefundSeen {
        mention: RefundMention { refund: refund.clone(), amount_minor, standing, order: None },
        currency,
        at: made_at,
    };
    let terms = RefundTerms { amount_minor, currency, made_at, source: "sale".into() };
    let observed = vec![
        Observed { stream: StreamId::payment(&seller, &payment), observation: Observation::Payment(seen) },
        Observed {
            stream: StreamId::refund(&seller, &payment, &refund),
            observation: Observation::Refund(refund::Observation::Described { standing, terms }),
        },
    ];
    assert_eq!(told(body), Ok(Told { seller, observed, unclassified: false }));
}

#[test]
fn an_approved_refund_is_told_to_its_payment_and_to_itself() {
    let at = "2026-03-10T13:00:00Z";
    check(APPROVED, "91000000102", "1500000011", RefundStanding::Approved, 130_000, at);
}

#[test]
fn ids_as_text_and_lists_in_place_of_objects_are_read() {
    let at = "2026-03-12T03:30:00Z";
    check(IN_PROCESS, "91000000115", "1500000041", RefundStanding::InProcess, 1_250, at);
}

#[test]
fn every_status_has_its_standing() {
    for (word, standing) in [
        ("approved", RefundStanding::Approved),
        ("in_process", RefundStanding::InProcess),
        ("authorized", RefundStanding::InProcess),
        ("rejected", RefundStanding::Rejected),
        ("cancelled", RefundStanding::Cancelled),
        ("canceled", RefundStanding::Cancelled),
    ] {
        let body = APPROVED.replace("\"approved\"", &format!("\"{word}\""));
        check(&body, "91000000102", "1500000011", standing, 130_000, "2026-03-10T13:00:00Z");
    }
}

#[test]
fn an_older_refund_without_status_was_given() {
    let body = r#"{"id":1,"payment_id":2,"amount":3,"date_created":"2020-01-01T00:00:00Z"}"#;
    check(body, "2", "1", RefundStanding::Approved, 300, "2020-01-01T00:00:00Z");
}

#[test]
fn an_unknown_status_is_refused() {
    let word = "devuelto".to_owned();
    assert_eq!(
        told(&APPROVED.replace("\"approved\"", "\"devuelto\"")),
        Err(Unreadable::UnknownStatus { path: "status", word })
    );
}

#[test]
fn a_refund_needs_its_payment_id_amount_and_time() {
    for field in ["payment_id", "id", "amount", "date_created"] {
        let with_null = APPROVED.replacen(&format!("\"{field}\": "), "\"x\": null, \"y\": ", 1);
        assert_eq!(told(&with_null), Err(Unreadable::Missing { path: field }), "{field}");
    }
}

#[test]
fn the_empty_answer_to_a_repeated_request_is_not_json() {
    assert_eq!(told("").expect_err("nothing to read").reason(), "not_json");
}

/// The name of our order that a refund with this metadata mentions.
fn order_in(metadata: &str) -> Option<Text> {
    let body = APPROVED.replace("\"metadata\": {}", &format!("\"metadata\": {metadata}"));
    let told = told(&body).unwrap_or_else(|error| panic!("{metadata} is no fault of the refund: {error}"));
    match &told.observed[0].observation {
        Observation::Payment(payment::Observation::RefundSeen { mention, .. }) => mention.order.clone(),
        other => panic!("a refund tells its payment first, not {other:?}"),
    }
}

#[test]
fn a_refund_gives_back_the_name_of_our_order() {
    let mut expect = told(APPROVED).expect("the fixture is readable");
    let id = RefundId::from("1500000012");
    if let Observation::Payment(payment::Observation::RefundSeen { mention, .. }) =
        &mut expect.observed[0].observation
    {
        mention.refund = id.clone();
        mention.order = Some("returns-7".into());
    }
    expect.observed[1].stream =
        StreamId::refund(&SellerId::from("20359978"), &PaymentId::from("91000000102"), &id);
    assert_eq!(told(OF_AN_ORDER), Ok(expect));
}

#[test]
fn the_name_of_an_order_is_text_under_our_key_of_an_object() {
    assert_eq!(order_in(r#"{"conciliar_order":"r-7"}"#), Some("r-7".into()));
    assert_eq!(order_in(r#"{"a":{"b":[1.5e400,{}]},"conciliar_order":"r-7","z":null}"#), Some("r-7".into()));
    assert_eq!(order_in(r#"{"conciliar_\u006frder":"caf\u00e9 \"7\""}"#), Some("caf\u{e9} \"7\"".into()));
    assert_eq!(order_in(r#"{"conciliar_order":1,"conciliar_order":"r-7"}"#), Some("r-7".into()));
}

#[test]
fn whatever_else_is_in_the_metadata_of_a_refund_is_no_name_and_no_fault() {
    for metadata in [
        "null",
        "[]",
        "{}",
        r#"[{"conciliar_order":"r-7"}]"#,
        r#"["conciliar_order","r-7"]"#,
        r#""conciliar_order""#,
        "7",
        "-0.1e-999999",
        "123456789012345678901234567890",
        "true",
        r#"{"conciliar_order":7}"#,
        r#"{"conciliar_order":0.1}"#,
        r#"{"conciliar_order":null}"#,
        r#"{"conciliar_order":true}"#,
        r#"{"conciliar_order":["r-7"]}"#,
        r#"{"conciliar_order":{"conciliar_order":"r-7"}}"#,
        r#"{"order":{"conciliar_order":"r-7"}}"#,
        r#"{"Conciliar_Order":"r-7"}"#,
        r#"{"conciliar_order":""}"#,
        r#"{"conciliar_order":"r\u0000"}"#,
        r#"{"conciliar_order":" r-7"}"#,
        r#"{"conciliar_order":"\ud800"}"#,
    ] {
        assert_eq!(order_in(metadata), None, "{metadata}");
    }
    let without = APPROVED.replace("\"metadata\": {},", "");
    assert_eq!(told(&without), told(APPROVED));
}

#[test]
fn metadata_as_deep_as_anybody_writes_it_is_passed_over() {
    let deep = format!("{{\"conciliar_order\":\"r-7\",\"deep\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(order_in(&deep), Some("r-7".into()));
}
