//! Payments made, repeated, cancelled, captured and lapsed; who may read them.

use super::{Payment, Scene};

#[tokio::test]
async fn the_same_key_and_body_make_one_payment() {
    let scene = Scene::start(1).await;
    let first = scene.pay("key-1", "100", r#","token":"APRO""#).await;
    let again = scene.pay("key-1", "100", r#","token":"APRO""#).await;
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.body, again.body);
    let other: Payment = scene.pay("key-2", "100", r#","token":"APRO""#).await.read(201);
    assert_ne!(first.read::<Payment>(201).id, other.id);
    let reused = scene.pay("key-1", "101", r#","token":"APRO""#).await.refused();
    assert_eq!((reused.0, reused.1.as_str()), (409, "idempotency_key_already_used"));
}

#[tokio::test]
async fn a_payment_needs_a_key_an_amount_a_method_and_a_card() {
    let scene = Scene::start(1).await;
    let body = r#"{"transaction_amount":1,"payment_method_id":"visa","payer":{}}"#;
    assert_eq!(scene.post("/v1/payments", body).await.refused().2, Some(4292));
    for (amount, more, code) in [
        ("0", r#","token":"APRO""#, 2072),
        ("1.005", r#","token":"APRO""#, 2072),
        ("1", "", 2006),
        ("1", r#","token":"APRO","date_of_expiration":"soon""#, 23),
    ] {
        let refused = scene.pay("key", amount, more).await.refused();
        assert_eq!(refused, (400, "bad_request".to_owned(), Some(code)), "{amount} {more}");
    }
    let body = r#"{"transaction_amount":1,"payment_method_id":"shells","payer":{}}"#;
    let told = scene.call(0, "POST", "/v1/payments", Some("k"), body).await;
    assert_eq!(told.refused().2, Some(2131));
    // Nothing that was refused is kept under its key.
    assert_eq!(scene.paid("key", "1").await.status, "approved");
}

#[tokio::test]
async fn a_payment_of_another_seller_is_not_found_and_no_token_is_refused() {
    let scene = Scene::start(1).await;
    let payment = scene.paid("k", "100").await;
    let path = format!("/v1/payments/{}", payment.id);
    assert_eq!(scene.call(1, "GET", &path, None, "").await.refused().2, Some(2000));
    let address = format!("{}{path}?access_token={}", scene.running.base(), scene.sellers[0].token);
    let told = scene.client.get(address).send().await.expect("an answer");
    assert_eq!(told.status().as_u16(), 401);
}

#[tokio::test]
async fn amounts_have_the_decimals_of_the_sellers_currency() {
    let scene = Scene::start(1).await;
    let body = |amount: &str| {
        format!(r#"{{"transaction_amount":{amount},"payment_method_id":"visa","token":"APRO","payer":{{}}}}"#)
    };
    let told = scene.call(1, "POST", "/v1/payments", Some("a"), &body("1500")).await;
    assert_eq!(told.read::<Payment>(201).transaction_amount.as_str(), "1500");
    let told = scene.call(1, "POST", "/v1/payments", Some("b"), &body("1500.5")).await;
    assert_eq!(told.refused().2, Some(2072));
}

#[tokio::test]
async fn a_voucher_lapses_when_nobody_pays_and_can_be_cancelled_before() {
    let scene = Scene::start(1).await;
    let body =
        r#"{"transaction_amount":50,"payment_method_id":"rapipago","payer":{"email":"a@example.com"}}"#;
    let first: Payment = scene.call(0, "POST", "/v1/payments", Some("a"), body).await.read(201);
    let second: Payment = scene.call(0, "POST", "/v1/payments", Some("b"), body).await.read(201);
    assert_eq!((first.status.as_str(), first.status_detail.as_str()), ("pending", "pending_waiting_payment"));
    let path = format!("/v1/payments/{}", second.id);
    let cancelled: Payment = scene.call(0, "PUT", &path, None, r#"{"status":"cancelled"}"#).await.read(200);
    assert_eq!(cancelled.status_detail, "by_collector");
    scene.advance(29 * 86_400).await;
    assert_eq!(scene.payment(first.id).await.status, "pending");
    scene.advance(2 * 86_400).await;
    let lapsed = scene.payment(first.id).await;
    assert_eq!((lapsed.status.as_str(), lapsed.status_detail.as_str()), ("cancelled", "expired"));
    assert_eq!(scene.payment(second.id).await.status_detail, "by_collector");
    assert!(lapsed.date_last_updated > first.date_last_updated);
    let again = scene.call(0, "PUT", &path, None, r#"{"status":"cancelled"}"#).await;
    assert_eq!(again.refused().2, Some(2018));
}

#[tokio::test]
async fn a_reservation_is_captured_in_part_or_ends_after_a_week() {
    let scene = Scene::start(1).await;
    let reserve = r#","token":"APRO","capture":false"#;
    let first: Payment = scene.pay("a", "100", reserve).await.read(201);
    let second: Payment = scene.pay("b", "100", reserve).await.read(201);
    assert_eq!((first.status_detail.as_str(), first.captured), ("pending_capture", false));
    let path = format!("/v1/payments/{}", first.id);
    let capture = |amount: &str| format!(r#"{{"capture":true,"transaction_amount":{amount}}}"#);
    assert_eq!(scene.call(0, "PUT", &path, None, &capture("100.01")).await.refused().2, Some(2072));
    let captured: Payment = scene.call(0, "PUT", &path, None, &capture("60")).await.read(200);
    assert_eq!((captured.status.as_str(), captured.captured), ("approved", true));
    assert_eq!(captured.transaction_amount.as_str(), "60");
    scene.advance(7 * 86_400).await;
    assert_eq!(scene.payment(second.id).await.status_detail, "expired");
    assert_eq!(scene.payment(first.id).await.status_detail, "accredited");
    scene.get("/admin/books").await.is(200);
}
