//! Payments are sent as the provider's page prints them, and not at all when they break a rule.

use chrono::{DateTime, Utc};
use mercadopago::request::payment::Payer;

use super::*;
use crate::calls::page::Wanted;
use crate::calls::printed;

const PRINTED: &str = r#"curl -X POST \
   -H 'accept: application/json' \
   -H 'content-type: application/json' \
   -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \
   -H 'X-Idempotency-Key: SOME_UNIQUE_VALUE' \
   'https://api.mercadopago.com/v1/payments' \
   -d '{
         "transaction_amount": 100,
         "token": "ff8080814c11e237014c1ff593b57b4d",
         "description": "Blue shirt",
         "installments": 1,
         "payment_method_id": "visa",
         "issuer_id": 310,
         "payer": {
           "email": "PAYER_EMAIL"
         }
   }'"#;

fn number(text: &str) -> Number {
    Number::parse(text).expect("a number")
}

fn request() -> PaymentRequest {
    PaymentRequest {
        transaction_amount: number("100"),
        payment_method_id: "visa".to_owned(),
        payer: Payer { email: Some("payer@example.com".to_owned()), ..Payer::default() },
        token: Some("ff8080814c11e237014c1ff593b57b4d".to_owned()),
        installments: Some(1),
        issuer_id: Some(number("310").into()),
        description: Some("Blue shirt".to_owned()),
        external_reference: None,
        statement_descriptor: None,
        notification_url: None,
        callback_url: None,
        capture: None,
        binary_mode: None,
        date_of_expiration: None,
        application_fee: None,
        coupon_amount: None,
        three_d_secure_mode: None,
        additional_info: None,
        metadata: None,
        point_of_interaction: None,
    }
}

fn create(request: PaymentRequest) -> Create {
    Create { request, currency: Currency::ARS, key: IdempotencyKey::new("SOME_UNIQUE_VALUE"), device: None }
}

/// The field that a change of the request breaks a rule of.
fn refused(change: impl FnOnce(&mut PaymentRequest)) -> Option<&'static str> {
    let mut request = request();
    change(&mut request);
    create(request).check().err().map(|invalid| invalid.field)
}

#[test]
fn a_payment_is_made_as_the_page_prints_it() {
    let call = Create { device: Some("armor.1".to_owned()), ..create(request()) };
    printed::check(PRINTED, &[("PAYER_EMAIL", "payer@example.com")], &call);
    assert_eq!(call.idempotency(), Idempotency::Keyed(IdempotencyKey::new("SOME_UNIQUE_VALUE")));
    assert_eq!(call.headers(), [("X-meli-session-id", "armor.1".to_owned())]);
    assert_eq!(create(request()).headers(), []);
}

#[test]
fn amounts_and_parties_that_the_provider_would_refuse_are_not_sent() {
    assert_eq!(refused(|_| ()), None);
    assert_eq!(refused(|r| r.transaction_amount = number("0")), Some("transaction_amount"));
    assert_eq!(refused(|r| r.transaction_amount = number("1.005")), Some("transaction_amount"));
    assert_eq!(refused(|r| r.payment_method_id = " ".to_owned()), Some("payment_method_id"));
    assert_eq!(refused(|r| r.token = Some(String::new())), Some("token"));
    assert_eq!(refused(|r| r.installments = None), Some("installments"));
    assert_eq!(refused(|r| r.installments = Some(0)), Some("installments"));
    assert_eq!(refused(|r| r.payer = Payer::default()), Some("payer.email"));
    assert_eq!(refused(|r| r.payer.email = Some("nobody".to_owned())), Some("payer.email"));
    assert_eq!(refused(|r| r.payer.email = Some(format!("{}@a.b", "x".repeat(250)))), Some("payer.email"));
    assert_eq!(refused(|r| r.coupon_amount = Some(number("0"))), Some("coupon_amount"));
    assert_eq!(refused(|r| r.application_fee = Some(number("100.01"))), Some("application_fee"));
    assert_eq!(refused(|r| r.application_fee = Some(number("-0.01"))), Some("application_fee"));
    assert_eq!(refused(|r| r.application_fee = Some(number("100"))), None);
    let customer = Payer { id: Some(number("7").into()), ..Payer::default() };
    assert_eq!(refused(|r| r.payer = customer), None);
}

#[test]
fn texts_that_the_provider_would_refuse_are_not_sent() {
    let url = |length: usize| format!("https://example.com/{}", "x".repeat(length - 20));
    assert_eq!(refused(|r| r.notification_url = Some(url(248))), None);
    assert_eq!(refused(|r| r.notification_url = Some(url(249))), Some("notification_url"));
    assert_eq!(refused(|r| r.notification_url = Some("example.com".to_owned())), Some("notification_url"));
    let date = |text: &str| Some(text.to_owned());
    assert_eq!(refused(|r| r.date_of_expiration = date("2026-01-31")), Some("date_of_expiration"));
    assert_eq!(refused(|r| r.date_of_expiration = date("2026-01-31T23:59:59.000-04:00")), None);
    assert_eq!(refused(|r| r.three_d_secure_mode = date("always")), Some("three_d_secure_mode"));
    assert_eq!(refused(|r| r.three_d_secure_mode = date("mandatory")), None);
    let nameless = Create { device: Some(String::new()), ..create(request()) };
    assert_eq!(nameless.check().map_err(|invalid| invalid.field), Err("X-meli-session-id"));
}

#[test]
fn the_rule_is_named_with_its_page() {
    let error = create(PaymentRequest { installments: None, ..request() }).check().expect_err("invalid");
    assert_eq!(error.to_string(), format!("installments is missing (rule: {CREATE})"));
}

#[test]
fn a_payment_is_read_cancelled_and_captured_by_its_id() {
    let body = |call: &dyn Fn() -> Option<Vec<u8>>| String::from_utf8(call().expect("a body")).expect("text");
    let id = PaymentId::from("55");
    let read = Get { id: id.clone() };
    assert_eq!((read.method(), read.path(), read.body()), (Method::GET, "/v1/payments/55".to_owned(), None));
    let cancel = Cancel { id: id.clone(), key: None };
    assert_eq!((cancel.method(), cancel.path()), (Method::PUT, "/v1/payments/55".to_owned()));
    assert_eq!(body(&|| cancel.body()), r#"{"status":"cancelled"}"#);
    assert_eq!(cancel.idempotency(), Idempotency::Safe);
    let key = IdempotencyKey::new("k");
    let keyed = Cancel { key: Some(key.clone()), ..cancel };
    assert_eq!(keyed.idempotency(), Idempotency::Keyed(key.clone()));
    let capture = Capture { id, amount: None, reserved: None, key: Some(key.clone()) };
    assert_eq!(capture.idempotency(), Idempotency::Keyed(key));
    assert_eq!(body(&|| capture.body()), r#"{"capture":true}"#);
    let part = Capture { amount: Some(Money::new(7550, Currency::ARS)), ..capture };
    assert_eq!(body(&|| part.body()), r#"{"capture":true,"transaction_amount":75.50}"#);
    assert_eq!(Get { id: "".into() }.check().map_err(|invalid| invalid.field), Err("id"));
}

#[test]
fn no_more_is_captured_than_is_reserved() {
    let reserved = Some(Money::new(10_000, Currency::ARS));
    for (minor, currency, fits) in [
        (10_000, Currency::ARS, true),
        (10_001, Currency::ARS, false),
        (0, Currency::ARS, false),
        (100, Currency::BRL, false),
    ] {
        let call = Capture { id: "1".into(), amount: Some(Money::new(minor, currency)), reserved, key: None };
        assert_eq!(call.check().is_ok(), fits, "{minor} {currency}");
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn window(begin: &str, end: &str) -> Search {
    let window = Window { of: Moment::LastUpdated, begin: at(begin), end: at(end) };
    Search { window: Some(window), ..Search::all() }
}

#[test]
fn a_search_names_window_order_and_page() {
    let call = Search {
        order: Some(Order { by: Moment::LastUpdated, is_descending: false }),
        collector: Some("1122334455".into()),
        status: Some("approved".to_owned()),
        page: Wanted { offset: 50, limit: 50 },
        ..window("2026-01-01T00:00:00Z", "2026-01-31T23:59:59.5Z")
    };
    assert_eq!(call.check(), Ok(()));
    let query: Vec<String> =
        call.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let expect = [
        "sort=date_last_updated",
        "criteria=asc",
        "range=date_last_updated",
        "begin_date=2026-01-01T00:00:00.000Z",
        "end_date=2026-01-31T23:59:59.500Z",
        "collector.id=1122334455",
        "status=approved",
        "offset=50",
        "limit=50",
    ];
    assert_eq!(query, expect);
}

#[test]
fn a_search_keeps_within_a_year_ten_thousand_and_fifty() {
    let year = "2026-01-01T00:00:00Z";
    assert_eq!(window(year, "2026-12-31T23:59:59Z").check(), Ok(()));
    assert!(window(year, "2027-01-01T00:00:00Z").check().is_err(), "365 days are too many");
    assert!(window(year, year).check().is_err(), "no time at all");
    for (offset, limit, fits) in
        [(0, 1, true), (10_000, 50, true), (10_001, 50, false), (0, 51, false), (0, 0, false)]
    {
        let call = Search { page: Wanted { offset, limit }, ..Search::all() };
        assert_eq!(call.check().is_ok(), fits, "{offset} {limit}");
    }
}

#[test]
fn an_answer_is_read_whatever_its_ids_are_written_as() {
    let read = |body: &str| serde_json::from_str::<Payment>(body).expect("an answer");
    let digits = read(r#"{"id":3055677,"status":"approved","status_detail":"accredited","refunds":[]}"#);
    assert_eq!(digits, read(r#"{"id":"3055677","status":"approved","status_detail":"accredited"}"#));
    assert_eq!(digits.id.as_str(), "3055677");
}
