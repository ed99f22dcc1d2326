//! What answers lead to, in the shapes the provider documents.

use super::*;

#[test]
fn an_order_of_the_older_generation_leads_to_each_of_its_payments_once() {
    let check = |body: &str, expected: &[&str]| {
        let expected: Vec<Text> = expected.iter().map(|id| Text::from(*id)).collect();
        assert_eq!(payments_of_merchant_order(body.as_bytes()), Ok(expected), "{body}");
    };
    check(r#"{"id":29622218613,"payments":[{"id":7,"status":"approved"},{"id":"8"},{"id":7}]}"#, &["7", "8"]);
    check(r#"{"id":29622218613,"status":"opened","payments":[]}"#, &[]);
    check(r#"{"id":29622218613}"#, &[]);
    let odd = payments_of_merchant_order(br#"{"payments":[{"id":"../users/me"}]}"#);
    assert_eq!(odd, Err(Unreadable::WrongType { path: "payments.id", expected: "an id" }));
    let nameless = payments_of_merchant_order(br#"{"payments":[{"status":"approved"}]}"#);
    assert_eq!(nameless, Err(Unreadable::Missing { path: "payments.id" }));
    assert_eq!(payments_of_merchant_order(b"<html>").map_err(|error| error.reason()), Err("not_json"));
}

#[test]
fn a_claim_leads_to_its_payment_and_to_nothing_else() {
    let check = |body: &str, expected: Result<Option<&str>, Unreadable>| {
        assert_eq!(payment_of_claim(body.as_bytes()), expected.map(|id| id.map(Text::from)), "{body}");
    };
    check(
        r#"{"id":5,"resource":"payment","resource_id":217000061307271000}"#,
        Ok(Some("217000061307271000")),
    );
    check(r#"{"id":5,"resource":"shipment","resource_id":3}"#, Ok(None));
    check(r#"{"id":5,"resource":"payment"}"#, Err(Unreadable::Missing { path: "resource_id" }));
    check(r#"{"id":5}"#, Err(Unreadable::Missing { path: "resource" }));
}

#[test]
fn a_payment_misses_refunds_when_more_went_back_than_it_lists() {
    let check = |told: &str, refunds: &str, expected: bool| {
        let body = format!(
            r#"{{"id":1,"currency_id":"ARS","transaction_amount_refunded":{told},"refunds":{refunds}}}"#
        );
        assert_eq!(misses_refunds(body.as_bytes(), None), Ok(expected), "{body}");
    };
    check("0", "[]", false);
    check("null", "null", false);
    check("10.50", "[]", true);
    check("10.50", "null", true);
    check("10.50", r#"[{"id":1,"amount":10.5,"status":"approved"}]"#, false);
    check("10.50", r#"[{"id":1,"amount":10.49}]"#, true);
    check("10.50", r#"[{"id":1,"amount":10.5,"status":"rejected"}]"#, true);
    check("10", r#"[{"id":1,"amount":4},{"id":2,"amount":6}]"#, false);
}

#[test]
fn the_site_tells_the_currency_of_a_payment_that_names_none() {
    let body = br#"{"id":1,"transaction_amount_refunded":1}"#;
    assert_eq!(misses_refunds(body, Some("MLA")), Ok(true));
    assert_eq!(misses_refunds(body, None), Err(Unreadable::Missing { path: "currency_id" }));
}

#[test]
fn each_refund_of_a_list_keeps_its_bytes() {
    let list = br#"[ {"id":1, "amount":1.10},{"id":2}]"#;
    assert_eq!(refunds(list), Ok(vec![&br#"{"id":1, "amount":1.10}"#[..], &br#"{"id":2}"#[..]]));
    assert_eq!(refunds(b"[]"), Ok(vec![]));
    assert!(refunds(br#"{"results":[]}"#).is_err());
}
