//! The requests of the provider's page, and the rules of a new order.

use domain::currency::Currency;
use domain::money::Money;
use mercadopago::request::point_order::CardKind;

use super::{Create, Delete, DeleteByDevice, Get, Order};
use crate::call::{Call, Idempotency};
use crate::calls::printed::check;

fn cup() -> Create {
    Create {
        amount: Money::new(10_000, Currency::ARS),
        description: "taza".to_owned(),
        device_name: "dispositivo".to_owned(),
        card: CardKind::CreditCard,
        external_reference: None,
        disable_back_button: None,
        notification_url: None,
        payer_email: None,
    }
}

#[test]
fn an_order_is_made_as_the_page_prints_it() {
    let command = r#"curl -X POST \
-H "Content-Type: application/json" \
-H 'Authorization: Bearer ACCESS_TOKEN' \
-d '{"amount":100,"description":"taza","device_name":"dispositivo","cc_type":"credit_card"}' \
'https://api.mercadopago.com/point/services/integrations/v1'"#;
    check(command, &[], &cup());
    assert_eq!(cup().idempotency(), Idempotency::Once, "a second one would charge again");
}

#[test]
fn an_order_is_read_and_deleted_as_the_page_prints_it() {
    let get = r#"curl -X GET \
-H "Content-Type: application/json" \
-H 'Authorization: Bearer ACCESS_TOKEN' \
'https://api.mercadopago.com/point/services/integrations/v1/:ID'"#;
    check(get, &[(":ID", "7001")], &Get { id: "7001".to_owned() });
    let delete = r#"curl -X DELETE \
-H "Content-Type: application/json" \
-H 'Authorization: Bearer ACCESS_TOKEN' \
'https://api.mercadopago.com/point/services/integrations/v1/:ID'"#;
    check(delete, &[(":ID", "7001")], &Delete { id: "7001".to_owned() });
    let by_device = r#"curl -X DELETE \
-H "Content-Type: application/json" \
-H 'Authorization: Bearer ACCESS_TOKEN' \
'https://api.mercadopago.com/point/services/integrations/v1/attempt/device/:DEVICE_NAME'"#;
    let call = DeleteByDevice { device_name: "till 1/a".to_owned() };
    check(by_device, &[(":DEVICE_NAME", "till%201%2Fa")], &call);
    assert_eq!(call.idempotency(), Idempotency::Once, "a second one would delete the next order");
}

#[test]
fn every_field_of_the_page_is_sent() {
    let order = Create {
        external_reference: Some("ref-1".to_owned()),
        disable_back_button: Some(true),
        notification_url: Some("https://shop.example/hooks".to_owned()),
        payer_email: Some("buyer@shop.example".to_owned()),
        amount: Money::new(10_050, Currency::ARS),
        card: CardKind::DebitCard,
        ..cup()
    };
    let body = String::from_utf8(order.body().expect("a body")).expect("JSON");
    let sent = r#"{"amount":100.50,"description":"taza","device_name":"dispositivo","cc_type":"debit_card","external_reference":"ref-1","disable_back_button":true,"notification_url":"https://shop.example/hooks","payer_email":"buyer@shop.example"}"#;
    assert_eq!(body, sent);
}

#[test]
fn an_order_that_breaks_a_rule_is_not_sent() {
    let broken = [
        (Create { amount: Money::new(0, Currency::ARS), ..cup() }, "amount must be more than zero, not 0.00"),
        (
            Create { description: "x".repeat(21), ..cup() },
            "description has 21 characters, at most 20 are allowed",
        ),
        (Create { description: " ".to_owned(), ..cup() }, "description is missing"),
        (Create { device_name: String::new(), ..cup() }, "device_name is missing"),
    ];
    for (order, complaint) in broken {
        let invalid = order.check().expect_err(complaint);
        assert_eq!(format!("{} {}", invalid.field, invalid.problem), complaint);
        assert!(invalid.rule.ends_with("/guides/mp-point/integrate-via-api.en.md"), "{}", invalid.rule);
    }
    let longest = Create { description: "ñ".repeat(20), ..cup() };
    assert_eq!(longest.check(), Ok(()), "characters count, not bytes");
}

#[test]
fn answers_are_read_whichever_way_ids_are_written() {
    let read = |body: &str| serde_json::from_str::<Order>(body).expect("an order");
    let opened = read(r#"{"status":"OPEN","id":7001}"#);
    assert_eq!((opened.status.as_str(), opened.id.as_str(), opened.payment_id), ("OPEN", "7001", None));
    let closed = read(include_str!("../../../../../tests/fixtures/point_order/closed.json"));
    assert_eq!(closed.payment_id.map(|id| id.to_string()), Some("57837458321".to_owned()));
    assert_eq!(closed.payment_status.as_deref(), Some("approved"));
}
