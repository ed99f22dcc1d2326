//! Envelopes: where the id, the seller and the topic are, and where they are not.

use domain::ids::SellerId;

use crate::observe::{Channel, Delivery, DeliveryKind, Seen, observe};
use crate::unreadable::Unreadable;

fn read(topic: &str, seller: Option<&str>, body: &str) -> Result<Seen, Unreadable> {
    observe(&Delivery {
        kind: DeliveryKind::Notification,
        topic,
        channel: Channel::Webhook,
        seller,
        site: None,
        received_at: "2026-01-02T03:04:05Z".parse().expect("a time"),
        verified: false,
        body: body.as_bytes(),
    })
}

fn check(topic: &str, body: &str, seller: Option<&str>, fetched: &'static str, id: &str) {
    let expected = Seen::NeedsFetch { seller: seller.map(SellerId::from), topic: fetched, id: id.into() };
    assert_eq!(read(topic, None, body), Ok(expected), "{body}");
}

#[test]
fn an_id_is_text_or_number_and_large_numbers_stay_exact() {
    check("payment", r#"{"data":{"id":"123"}}"#, None, "payment", "123");
    check("payment", r#"{"data":{"id":123},"user_id":9}"#, Some("9"), "payment", "123");
    let odd_above_2_to_53 = r#"{"actions":["created"],"data":{"id":9007199254740993}}"#;
    check("topic_chargebacks_wh", odd_above_2_to_53, None, "chargeback", "9007199254740993");
}

#[test]
fn an_address_gives_its_last_segment() {
    for resource in ["77", "/77", "https://h/v1/payments/77", "https://h/v1/payments/77/?a=/b#c"] {
        let body = format!(r#"{{"resource":"{resource}","topic":"payment"}}"#);
        check("payment", &body, None, "payment", "77");
    }
}

#[test]
fn the_root_id_is_the_thing_only_where_the_envelope_says_so() {
    check(
        "topic_merchant_order_wh",
        r#"{"id":"29","data":{"status":"closed"}}"#,
        None,
        "merchant_order",
        "29",
    );
    check("topic_instore_integration_wh", r#"{"id":"i-1"}"#, None, "instore_intent", "i-1");
    let missing = Err(Unreadable::Missing { path: "data.id" });
    for topic in ["payment", "order", "claim", "topic_chargebacks_wh", "subscription_preapproval"] {
        assert_eq!(read(topic, None, r#"{"id":"message-7","data":{}}"#), missing, "{topic}");
        assert_eq!(read(topic, None, r#"{"id":"message-7","data":{"id":""}}"#), missing, "{topic}");
        assert_eq!(read(topic, None, r#"{"id":"message-7","data":[]}"#), missing, "{topic}");
    }
}

#[test]
fn the_body_names_the_seller_before_the_receiver_does() {
    let seller_of = |body| match read("payment", Some("path"), body) {
        Ok(Seen::NeedsFetch { seller, .. }) => seller,
        other => panic!("a payment must be fetched: {other:?}"),
    };
    assert_eq!(seller_of(r#"{"data":{"id":1},"user_id":"670854424"}"#), Some("670854424".into()));
    assert_eq!(seller_of(r#"{"data":{"id":1},"user_id":""}"#), Some("path".into()));
    assert_eq!(seller_of(r#"{"data":{"id":1},"user_id":null}"#), Some("path".into()));
}

#[test]
fn an_id_that_would_leave_its_path_is_no_id() {
    let wrong = Err(Unreadable::WrongType { path: "data.id", expected: "an id" });
    for id in ["../users/me", "1?x=2", "1#2", "1 2", "..", "%2e"] {
        let body = format!(r#"{{"data":{{"id":"{id}"}}}}"#);
        assert_eq!(read("payment", None, &body), wrong, "{id}");
    }
}

#[test]
fn without_a_topic_the_body_tells_it() {
    let stop = include_str!("../../../../tests/fixtures/notification/stop_delivery.json");
    assert_eq!(read("", None, stop), Ok(Seen::NotFollowed { topic: "stop_delivery_op_wh".into() }));
    let thin = r#"{"type":"payment","data":{"id":"5"}}"#;
    check("", thin, None, "payment", "5");
    check("", r#"{"topic":"merchant_order","resource":"6"}"#, None, "merchant_order", "6");
    check("", r#"{"id":"p-1","state":"CANCELED"}"#, None, "payment_intent", "p-1");
    assert_eq!(read("", None, r#"{"id":1}"#), Err(Unreadable::Missing { path: "type" }));
}

#[test]
fn the_topic_of_the_delivery_goes_before_that_of_the_body() {
    check("payment", r#"{"type":"plan","data":{"id":"123456"}}"#, None, "payment", "123456");
}

#[test]
fn a_link_needs_its_seller_and_a_known_action() {
    let action = |word: &str| format!(r#"{{"action":"{word}","user_id":9}}"#);
    assert_eq!(
        read("mp-connect", None, &action("application.suspended")),
        Err(Unreadable::UnknownStatus { path: "action", word: "application.suspended".into() })
    );
    assert_eq!(read("mp-connect", Some("9"), "{}"), Err(Unreadable::Missing { path: "action" }));
    assert_eq!(
        read("mp-connect", None, r#"{"action":"application.authorized"}"#),
        Err(Unreadable::Missing { path: "user_id" })
    );
}

#[test]
fn a_report_is_fetched_by_name_and_its_addresses_are_ignored() {
    let ready = |kind: &str, files: &str| format!(r#"{{"report_type":"{kind}","files":[{files}]}}"#);
    let xlsx = r#"{"type":"xlsx","url":"https://elsewhere/evil","name":"a.xlsx"}"#;
    check("report", &ready("settlement", xlsx), None, "settlement_report", "a.xlsx");
    let both = format!(r#"{xlsx},{{"type":"csv","name":"a.csv"}}"#);
    check("report", &ready("release_report", &both), None, "release_report", "a.csv");
    check("report", &ready("other", &both), None, "report", "a.csv");
    let missing = Err(Unreadable::Missing { path: "files[].name" });
    assert_eq!(read("report", None, &ready("release", "")), missing);
    for name in ["../../users/me", "..", "a b"] {
        let file = format!(r#"{{"type":"csv","name":"{name}"}}"#);
        let seen = read("report", None, &ready("release", &file)).map_err(|error| error.reason());
        assert_eq!(seen, Err("wrong_type"), "{name}");
    }
}

#[test]
fn a_followed_topic_needs_json() {
    assert_eq!(read("payment", None, "{").map_err(|error| error.reason()), Err("not_json"));
    assert_eq!(read("payment", None, "[]").map_err(|error| error.reason()), Err("wrong_type"));
}
