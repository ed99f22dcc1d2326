//! What is sent is read back whole by whoever stands in for the provider: numbers with their digits, nothing added.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::id::Id;
use super::oauth::TokenRequest;
use super::payment::{PaymentRequest, PaymentUpdate};
use super::plan::{PlanRequest, PlanUpdate};
use super::preapproval::{PreapprovalRequest, PreapprovalUpdate};
use super::refund::RefundRequest;
use super::report::{ReportConfig, ReportRequest};
use super::test_user::TestUserRequest;

#[track_caller]
fn check<T: Serialize + DeserializeOwned>(json: &str) {
    let body: T = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(serde_json::to_string(&body).expect("JSON"), json);
}

#[test]
fn payments_and_refunds_come_back_as_they_were_sent() {
    check::<PaymentRequest>(r#"{"transaction_amount":100,"payment_method_id":"visa","payer":{}}"#);
    check::<PaymentRequest>(
        r#"{"transaction_amount":100.50,"payment_method_id":"visa","payer":{"email":"a@b.c","id":"7","type":"guest","entity_type":"individual","first_name":"A","last_name":"B","identification":{"type":"DNI","number":"1"}},"token":"t","installments":3,"issuer_id":310,"description":"d","external_reference":"r","statement_descriptor":"s","notification_url":"https://a.b","callback_url":"https://a.b","capture":false,"binary_mode":true,"date_of_expiration":"2026-01-31T23:59:59.000-04:00","application_fee":1.10,"coupon_amount":2,"three_d_secure_mode":"optional","additional_info":{"ip_address":"127.0.0.1","items":[{"id":"1","title":"t","description":"d","category_id":"c","quantity":2,"unit_price":50.25}],"payer":{"first_name":"A"},"shipments":{}},"metadata":{"a":1.10},"point_of_interaction":{"type":"SUBSCRIPTIONS"}}"#,
    );
    check::<PaymentUpdate>(r#"{"status":"cancelled"}"#);
    check::<PaymentUpdate>(r#"{"capture":true,"transaction_amount":75.50}"#);
    check::<RefundRequest>(r#"{"amount":10.50,"metadata":{"origin":"desk"}}"#);
    check::<RefundRequest>("{}");
}

#[test]
fn plans_and_subscriptions_come_back_as_they_were_sent() {
    check::<PlanRequest>(
        r#"{"reason":"Yoga","auto_recurring":{"frequency":1,"frequency_type":"months","repetitions":12,"billing_day":10,"billing_day_proportional":true,"free_trial":{"frequency":1,"frequency_type":"months"},"transaction_amount":10.00,"currency_id":"ARS"},"back_url":"https://a.b","external_reference":"r","payment_methods_allowed":{"payment_types":[{}],"payment_methods":[{"id":"visa"}]}}"#,
    );
    check::<PlanUpdate>(
        r#"{"reason":"Y","back_url":"https://a.b","status":"active","auto_recurring":{"frequency":2,"frequency_type":"days","repetitions":3,"billing_day":1,"billing_day_proportional":false,"free_trial":{"frequency":7,"frequency_type":"days"},"transaction_amount":1,"currency_id":"ARS"}}"#,
    );
    check::<PreapprovalRequest>(
        r#"{"preapproval_plan_id":"p","reason":"Yoga","external_reference":"r","payer_email":"a@b.c","card_token_id":"t","auto_recurring":{"frequency":1,"frequency_type":"months","start_date":"2020-06-02T13:07:14.260Z","end_date":"2022-07-20T15:59:52.581Z","free_trial":{"frequency":1,"frequency_type":"months"},"transaction_amount":10,"currency_id":"ARS"},"back_url":"https://a.b","status":"authorized"}"#,
    );
    check::<PreapprovalUpdate>(
        r#"{"reason":"Y","external_reference":"r","back_url":"https://a.b","status":"paused","card_token_id":"t","card_token_id_secondary":"u","payment_method_id_secondary":"visa","auto_recurring":{"transaction_amount":19.99,"currency_id":"ARS","end_date":"2026-12-31T23:59:59.000Z","billing_day":28,"billing_day_proportional":true}}"#,
    );
}

#[test]
fn reports_tokens_and_test_users_come_back_as_they_were_sent() {
    check::<ReportConfig>(
        r#"{"file_name_prefix":"a","columns":[{"key":"SOURCE_ID"}],"frequency":{"hour":3,"type":"weekly","value":1},"separator":";","display_timezone":"GMT-03","report_translation":"en","header_language":"en","notification_email_list":[{"email":"a@b.c"}],"refund_detailed":false,"coupon_detailed":true,"include_withdraw":true,"shipping_detail":true,"show_chargeback_cancel":true,"show_fee_prevision":false}"#,
    );
    check::<ReportConfig>(
        r#"{"file_name_prefix":"a","columns":[],"frequency":{"hour":0,"type":"daily","value":0},"include_withdrawal_at_end":true,"execute_after_withdrawal":false,"check_available_balance":true,"compensate_detail":true,"unite_reserve":true}"#,
    );
    check::<ReportRequest>(r#"{"begin_date":"2026-01-01T00:00:00Z","end_date":"2026-01-31T00:00:00Z"}"#);
    check::<TestUserRequest>(r#"{"site_id":"MLA"}"#);
    check::<TokenRequest>(
        r#"{"client_id":"1","client_secret":"s","grant_type":"authorization_code","code":"c","redirect_uri":"https://a.b","code_verifier":"v","test_token":"false"}"#,
    );
    check::<TokenRequest>(
        r#"{"client_id":"1","client_secret":"s","grant_type":"refresh_token","refresh_token":"t"}"#,
    );
}

#[test]
fn an_id_stays_digits_or_text_and_is_the_same_id() {
    let read = |json: &str| serde_json::from_str::<Id>(json).ok();
    let (digits, text) = (read("310").expect("an id"), read("\"310\"").expect("an id"));
    assert_eq!(digits, text);
    assert_eq!((digits.as_text(), text.as_text()), ("310".into(), "310".into()));
    assert_eq!(Id::text("a\"b").as_text(), "a\"b");
    check::<Id>("310");
    check::<Id>(r#""310""#);
    for json in ["null", "true", "[1]", "{}"] {
        assert_eq!(read(json), None, "{json}");
    }
}

#[test]
fn a_token_request_does_not_print_its_secrets() {
    let json =
        r#"{"client_id":"1","client_secret":"SECRET","grant_type":"refresh_token","refresh_token":"SECRET"}"#;
    let body: TokenRequest = serde_json::from_str(json).expect("a request");
    assert_eq!(format!("{body:?}"), r#"TokenRequest { grant_type: "refresh_token", .. }"#);
}
