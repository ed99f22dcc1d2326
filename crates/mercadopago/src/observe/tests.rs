//! Recognising bare bodies by shape, and taking pages apart.

use super::{Channel, Delivery, DeliveryKind, MAX_BODY_BYTES, observe, recognise, split};
use crate::unreadable::Unreadable;

use DeliveryKind::{Notification, Resource};

/// Every fixture of a folder is recognised as this.
fn folder(name: &str, expected: (DeliveryKind, &str)) {
    let path = format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut bodies = 0;
    for entry in std::fs::read_dir(&path).expect("a folder of fixtures") {
        let file = entry.expect("a fixture").path();
        // Bodies of our own calls are no deliveries.
        let ours = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("request"));
        if ours || file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let body = std::fs::read(&file).expect("a readable fixture");
        assert_eq!(recognise(&body), Some(expected), "{}", file.display());
        bodies += 1;
    }
    assert!(bodies > 0, "{path} has bodies");
}

#[test]
fn every_resource_is_recognised_by_shape() {
    for topic in
        ["payment", "refund", "chargeback", "preapproval", "preapproval_plan", "authorized_payment", "device"]
    {
        folder(topic, (Resource, topic));
    }
}

macro_rules! notice {
    ($name:literal) => {
        include_bytes!(concat!("../../../../tests/fixtures/notification/", $name, ".json")).as_slice()
    };
}

#[test]
fn every_envelope_is_recognised_by_shape() {
    for (body, topic) in [
        (notice!("payment"), "payment"),
        (notice!("payment_ipn_id"), "payment"),
        (notice!("payment_ipn_address"), "payment"),
        (notice!("merchant_order"), "topic_merchant_order_wh"),
        (notice!("merchant_order_ipn"), "topic_merchant_order_wh"),
        (notice!("claim"), "topic_claims_integration_wh"),
        (notice!("order_rich"), "order"),
        (notice!("order_short"), "order"),
        (notice!("point_integration"), "point_integration_wh"),
        (notice!("point_integration_ipn"), "point_integration_wh"),
        (notice!("instore_integration"), "topic_instore_integration_wh"),
        (notice!("subscription_preapproval"), "subscription_preapproval"),
        (notice!("subscription_preapproval_plan"), "subscription_preapproval_plan"),
        (notice!("subscription_authorized_payment"), "subscription_authorized_payment"),
        (notice!("chargebacks"), "topic_chargebacks_wh"),
        (notice!("chargebacks_ipn"), "topic_chargebacks_wh"),
        (notice!("mp_connect_authorized"), "mp-connect"),
        (notice!("mp_connect_deauthorized"), "mp-connect"),
        (notice!("report"), "report"),
        (notice!("stop_delivery"), "stop_delivery_op_wh"),
        (notice!("wallet_connect"), "wallet_connect"),
        (notice!("card_updated"), "automatic-payments"),
        (notice!("delivery"), "delivery"),
        (br#"{"type":"of tomorrow","data":{}}"#.as_slice(), ""),
    ] {
        assert_eq!(recognise(body), Some((Notification, topic)));
    }
}

#[test]
fn short_forms_of_the_in_person_generations_are_told_apart() {
    for (body, topic) in [
        (r#"{"status":"OPEN","id":7001}"#, "point_order"),
        (r#"{"id":"i","amount":100,"device_name":"counter"}"#, "point_order"),
        (r#"{"id":"i","device_id":"d","amount":1500}"#, "payment_intent"),
        (r#"{"payment_intent_id":"i","status":"FINISHED","created_on":"2024-02-08"}"#, "payment_intent"),
        (r#"{"description":"d","status":"CLOSED","operations":[]}"#, "instore_intent"),
        (r#"{"id":"ORD1","status":"created"}"#, "order"),
    ] {
        assert_eq!(recognise(body.as_bytes()), Some((Resource, topic)), "{body}");
    }
}

#[test]
fn what_the_provider_never_sends_is_not_recognised() {
    for body in ["", "{", "7", "null", "[]", "{}", r#"{"hello":"world"}"#, r#"{"id":1,"status":"opened"}"#] {
        assert_eq!(recognise(body.as_bytes()), None, "{body}");
    }
}

const PAYMENT: &str =
    r#"{"id":1,"transaction_amount":10.10,"status":"approved","status_detail":"accredited"}"#;
const REFUND: &str = r#"{"id":2,"payment_id":1,"amount":3}"#;

#[test]
fn a_page_or_an_array_is_taken_apart_without_touching_its_bytes() {
    let expected = vec![(Resource, "payment", PAYMENT.as_bytes()), (Resource, "refund", REFUND.as_bytes())];
    for whole in [
        format!("[{PAYMENT}, {REFUND}]"),
        format!(r#" {{"paging":{{"total":2}},"results":[ {PAYMENT} ,{REFUND}]}}"#),
        format!(r#"{{"elements":[{PAYMENT},{REFUND}],"paging":{{}}}}"#),
        format!(r#"{{"data":[{PAYMENT},{REFUND}],"paging":{{"total":"2"}}}}"#),
    ] {
        assert_eq!(split(whole.as_bytes()), Ok(expected.clone()), "{whole}");
    }
    assert_eq!(split(b"[]"), Ok(Vec::new()));
    assert_eq!(split(br#"{"paging":{"total":0},"results":[]}"#), Ok(Vec::new()));
}

#[test]
fn a_body_that_is_no_page_stands_for_itself() {
    assert_eq!(split(PAYMENT.as_bytes()), Ok(vec![(Resource, "payment", PAYMENT.as_bytes())]));
    let devices = br#"{"devices":[],"paging":{"total":0}}"#;
    assert_eq!(split(devices), Ok(vec![(Resource, "device", devices.as_slice())]));
    let notice = br#"{"type":"payment","data":{"id":"1"}}"#;
    assert_eq!(split(notice), Ok(vec![(Notification, "payment", notice.as_slice())]));
}

#[test]
fn one_strange_element_makes_the_whole_page_unreadable() {
    let page = format!("[{PAYMENT},{{\"hello\":1}}]");
    assert_eq!(split(page.as_bytes()), Err(Unreadable::UnknownShape));
    assert_eq!(split(b"7"), Err(Unreadable::UnknownShape));
    assert_eq!(split(b"{\"a\":").map_err(|error| error.reason()), Err("not_json"));
    assert_eq!(split(b"\xff").map_err(|error| error.reason()), Err("not_utf8"));
}

#[test]
fn a_delivery_beyond_the_limit_is_not_read() {
    let body = vec![b' '; MAX_BODY_BYTES + 1];
    let delivery = |body| Delivery {
        kind: Resource,
        topic: "payment",
        channel: Channel::Import,
        seller: None,
        site: None,
        received_at: "2026-01-02T03:04:05Z".parse().expect("a time"),
        verified: false,
        body,
    };
    assert_eq!(observe(&delivery(&body)), Err(Unreadable::TooLarge { length: 16_777_217 }));
    let longest = observe(&delivery(&body[1..])).map_err(|error| error.reason());
    assert_eq!(longest, Err("not_json"));
}
