//! The requests of the provider's pages, the rules of a new order, and every way an order is answered.

use chrono::{TimeDelta, TimeZone, Utc};
use domain::currency::Currency;
use domain::money::Money;
use mercadopago::request::order::Sponsor;

use super::answer::Order;
use super::cancel::Cancel;
use super::refund::{Part, Refund};
use super::search::{Found, Search};
use super::{
    Create, Get, Happening, HappeningStatus, Integration, PaymentMethod, Place, QrMode, Simulate, Ticket,
};
use crate::call::{Call, Idempotency, IdempotencyKey};
use crate::calls::printed::{canonical, check};
use crate::reply::Answer;

const ORDER: &str = "ORD00001111222233334444555566";

fn key() -> IdempotencyKey {
    IdempotencyKey::new("0d5020ed-1af6-469c-ae06-c3bec19954bb")
}

fn on_terminal() -> Create {
    let id = "dev_1234567890".to_owned();
    Create {
        key: key(),
        place: Place::Terminal {
            id: "NEWLAND_N950__N950NCB801293324".to_owned(),
            print: Some(Ticket::NoTicket),
            ticket_number: Some("S0392JED".to_owned()),
        },
        amount: Money::new(2_400, Currency::ARS),
        external_reference: "ext_ref_1234".to_owned(),
        description: Some("Point Smart 2".to_owned()),
        lifetime: Some(TimeDelta::minutes(16)),
        payment_method: Some(PaymentMethod {
            default_type: Some("credit_card".to_owned()),
            ..PaymentMethod::default()
        }),
        integration: Some(Integration {
            platform_id: Some(id.clone()),
            integrator_id: Some(id),
            sponsor: Some(Sponsor { id: "446566691".to_owned() }),
        }),
    }
}

#[test]
fn an_order_is_made_as_the_page_prints_it() {
    let command = r#"curl -X POST \
  'https://api.mercadopago.com/v1/orders' \
  -H 'Content-Type: application/json' \
  -H 'X-Idempotency-Key: 0d5020ed-1af6-469c-ae06-c3bec19954bb' \
  -H 'Authorization: Bearer ACCESS_TOKEN' \
  -d '{
  "type": "point",
  "external_reference": "ext_ref_1234",
  "expiration_time": "PT16M",
  "transactions": { "payments": [ { "amount": "24.00" } ] },
  "config": {
  "point": {
  "terminal_id": "NEWLAND_N950__N950NCB801293324",
  "print_on_terminal": "no_ticket",
  "ticket_number": "S0392JED"
  },
  "payment_method": { "default_type": "credit_card" }
  },
  "description": "Point Smart 2",
  "integration_data": {
  "platform_id": "dev_1234567890",
  "integrator_id": "dev_1234567890",
  "sponsor": { "id": "446566691" }
  }
  }'"#;
    check(command, &[], &on_terminal());
    assert_eq!(on_terminal().idempotency(), Idempotency::Keyed(key()));
}

#[test]
fn an_order_by_qr_tells_its_total() {
    let order = Create {
        place: Place::Qr { pos: "STORE1POS4".to_owned(), mode: Some(QrMode::Dynamic) },
        description: None,
        lifetime: None,
        payment_method: None,
        integration: None,
        ..on_terminal()
    };
    let body = String::from_utf8(order.body().expect("a body")).expect("JSON");
    let sent = r#"{"config":{"qr":{"external_pos_id":"STORE1POS4","mode":"dynamic"}},"external_reference":"ext_ref_1234","total_amount":"24.00","transactions":{"payments":[{"amount":"24.00"}]},"type":"qr"}"#;
    assert_eq!((canonical(&body).as_str(), order.check()), (sent, Ok(())));
}

#[test]
fn an_order_is_read_cancelled_and_given_back_as_the_page_prints_it() {
    let get = "curl -X GET 'https://api.mercadopago.com/v1/orders/ORDER_ID'";
    check(get, &[("ORDER_ID", ORDER)], &Get { id: ORDER.to_owned() });
    let cancel = "curl -X POST 'https://api.mercadopago.com/v1/orders/ORDER_ID/cancel' \\\n  -H 'Content-Type: application/json'";
    let plain = Cancel { key: key(), id: ORDER.to_owned(), at_terminal: false };
    check(cancel, &[("ORDER_ID", ORDER)], &plain);
    let asked = Cancel { at_terminal: true, ..plain.clone() };
    check(cancel, &[("ORDER_ID", ORDER)], &asked);
    let header = ("x-allow-cancelable-status", "at_terminal".to_owned());
    assert_eq!((plain.headers(), asked.headers()), (vec![], vec![header]));
    let whole = Refund { key: key(), id: ORDER.to_owned(), parts: Vec::new() };
    check(
        "curl -X POST 'https://api.mercadopago.com/v1/orders/ORDER_ID/refund'",
        &[("ORDER_ID", ORDER)],
        &whole,
    );
    let part = r#"curl -X POST \
  'https://api.mercadopago.com/v1/orders/ORDER_ID/refund' \
  -d '{ "transactions": [ { "id": "TRANSACTION_ID", "amount": "24.90" } ] }'"#;
    let parts = vec![Part { payment: "PAY1".to_owned(), amount: Money::new(2_490, Currency::ARS) }];
    let partial = Refund { parts, ..whole };
    check(part, &[("ORDER_ID", ORDER), ("TRANSACTION_ID", "PAY1")], &partial);
    let nothing = vec![Part { payment: "PAY1".to_owned(), amount: Money::new(0, Currency::ARS) }];
    let complaint = Refund { parts: nothing, ..partial }.check().expect_err("nothing");
    assert_eq!(complaint.field, "transactions.amount");
}

#[test]
fn something_happens_to_an_order_of_a_test_account() {
    let happening = Happening {
        status: HappeningStatus::ActionRequired,
        payment_method_type: Some("credit_card".to_owned()),
        payment_method_id: Some("visa".to_owned()),
        installments: Some(1),
        status_detail: None,
    };
    let call = Simulate { key: key(), id: ORDER.to_owned(), happening };
    assert_eq!(call.path(), format!("/v1/orders/{ORDER}/events"));
    let body = String::from_utf8(call.body().expect("a body")).expect("JSON");
    let sent = r#"{"installments":1,"payment_method_id":"visa","payment_method_type":"credit_card","status":"action_required"}"#;
    assert_eq!(canonical(&body), sent);
}

#[test]
fn an_order_that_breaks_a_rule_is_not_sent() {
    let named = |reference: &str| Create { external_reference: reference.to_owned(), ..on_terminal() };
    let living = |seconds| Create { lifetime: Some(TimeDelta::seconds(seconds)), ..on_terminal() };
    let nowhere = Place::Terminal { id: String::new(), print: None, ticket_number: None };
    let no_pos = Place::Qr { pos: String::new(), mode: None };
    let broken = [
        (
            Create { amount: Money::new(0, Currency::ARS), ..on_terminal() },
            "transactions.payments.amount must be more than zero, not 0.00",
        ),
        (named(""), "external_reference is missing"),
        (named(&"x".repeat(65)), "external_reference has 65 characters, at most 64 are allowed"),
        (named("till 4"), "external_reference may hold nothing but letters, digits, `-` and `_`"),
        (named("caña"), "external_reference may hold nothing but letters, digits, `-` and `_`"),
        (living(29), "expiration_time must be between PT30S and PT3H, not PT29S"),
        (living(10_801), "expiration_time must be between PT30S and PT3H, not PT10801S"),
        (Create { place: nowhere, ..on_terminal() }, "config.point.terminal_id is missing"),
        (Create { place: no_pos, ..on_terminal() }, "config.qr.external_pos_id is missing"),
    ];
    for (order, complaint) in broken {
        let invalid = order.check().expect_err(complaint);
        assert_eq!(format!("{} {}", invalid.field, invalid.problem), complaint);
    }
    for (seconds, text) in
        [(30, "PT30S"), (600, "PT10M"), (4_500, "PT1H15M"), (10_800, "PT3H"), (3_661, "PT1H1M1S")]
    {
        let body = living(seconds).body().expect("a body");
        let told = format!(r#""expiration_time":"{text}""#);
        assert!(String::from_utf8_lossy(&body).contains(&told), "{text}");
        assert_eq!(living(seconds).check(), Ok(()), "{text}");
    }
}

#[test]
fn a_search_covers_at_most_thirty_days() {
    let day = |day| Utc.with_ymd_and_hms(2026, 10, day, 0, 0, 0).single().expect("a day");
    let search = Search {
        from: day(1),
        to: day(31),
        external_reference: Some("till-4-0017".to_owned()),
        kind: Some("point".to_owned()),
        limit: Some(50),
        offset: None,
    };
    let query: Vec<_> = search.query().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let asked = "begin_date=2026-10-01T00:00:00.000Z&end_date=2026-10-31T00:00:00.000Z&external_reference=till-4-0017&type=point&limit=50";
    assert_eq!((query.join("&").as_str(), search.check()), (asked, Ok(())));
    let long = Search { to: day(31) + TimeDelta::seconds(1), ..search.clone() };
    assert_eq!(long.check().expect_err("too long").field, "end_date");
    assert!(Search { to: day(1) - TimeDelta::seconds(1), ..search }.check().is_err());
    let page = r#"{"data":[{"id":"ORD1","total_amount":"10.50"}],"paging":{"total":"1","total_pages":1,"offset":"0","limit":"20"}}"#;
    let found = Found::read(200, page.as_bytes()).expect("a page");
    assert_eq!(
        (found.data[0].get(), found.paging.total.as_str()),
        (r#"{"id":"ORD1","total_amount":"10.50"}"#, "1")
    );
}

#[test]
fn an_order_is_read_also_inside_the_answer_that_declines_it() {
    let processed = include_bytes!("../../../../../tests/fixtures/order/processed_on_terminal.json");
    let processed = Order::read(200, processed).expect("an order");
    let reference = processed.payments[0].reference_id.as_ref().map(ToString::to_string);
    assert_eq!((processed.status.as_str(), reference.is_some()), ("processed", true));
    let by_qr = include_bytes!("../../../../../tests/fixtures/order/created_by_qr.json");
    assert_eq!(Order::read(201, by_qr).expect("an order").qr.as_deref(), Some("0002010102"));
    let declined = r#"{"errors":[{"code":"failed"}],"data":{"id":"ORD9","status":"failed","status_detail":"failed","transactions":{"payments":[{"id":"PAY9","status_detail":"rejected_by_issuer"}]}}}"#;
    let declined = Order::read(402, declined.as_bytes()).expect("an order");
    assert_eq!((declined.id.as_str(), declined.status.as_str()), ("ORD9", "failed"));
    assert_eq!(declined.payments[0].status_detail.as_deref(), Some("rejected_by_issuer"));
    assert!(Order::read(402, br#"{"errors":[]}"#).is_err(), "a refusal that made no order is none");
}
