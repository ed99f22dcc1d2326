//! Both ways in which a shop passes the card form on are one payment.

use super::*;

/// As the provider's guide posts it to the merchant's server.
const SERVER: &str = r#"{"token":"ff8080814c11e237014c1ff593b57b4d","issuer_id":"310","payment_method_id":"visa",
    "transaction_amount":100.5,"installments":1,"description":"Descripción del producto",
    "payer":{"email":"payer@mail.example","identification":{"type":"DNI","number":"12345678"}}}"#;

/// As the provider's script names it in the browser.
const BROWSER: &str = r#"{"paymentMethodId":"visa","issuerId":"310","cardholderEmail":"payer@mail.example",
    "amount":"100.5","token":"ff8080814c11e237014c1ff593b57b4d","installments":"1","identificationNumber":12345678,
    "identificationType":"DNI","processingMode":"aggregator","merchantAccountId":null,
    "description":"Descripción del producto"}"#;

fn sent(form: &str) -> String {
    let form = CardForm::read(form.as_bytes()).unwrap_or_else(|error| panic!("{error}: {form}"));
    serde_json::to_string(&form.request).expect("a request is JSON")
}

fn refused(form: &str) -> String {
    CardForm::read(form.as_bytes()).expect_err("it is refused").to_string()
}

#[test]
fn what_the_server_posts_and_what_the_browser_names_are_the_same_payment() {
    assert_eq!(sent(BROWSER), sent(SERVER));
    let expect = concat!(
        r#"{"transaction_amount":100.5,"payment_method_id":"visa","payer":{"email":"payer@mail.example","#,
        r#""identification":{"type":"DNI","number":"12345678"}},"token":"ff8080814c11e237014c1ff593b57b4d","#,
        r#""installments":1,"issuer_id":"310","description":"Descripción del producto"}"#
    );
    assert_eq!(sent(SERVER), expect);
}

#[test]
fn numbers_keep_their_digits_whether_they_are_text_or_numbers() {
    let of = |amount: &str| sent(&SERVER.replace("100.5", amount));
    assert!(of("0.1000000000000000055511").contains(r#""transaction_amount":0.1000000000000000055511,"#));
    assert_eq!(of(r#""100.50""#), of("100.50"));
    assert!(
        sent(&SERVER.replace(r#""12345678""#, "12345678901234567890")).contains(r#""12345678901234567890""#)
    );
}

#[test]
fn what_the_page_tells_beside_the_payment_is_kept_apart() {
    let form =
        SERVER.replacen('{', r#"{"device_id":"armor.1","date_created":"2026-03-02T10:00:00.000-04:00","#, 1);
    let form = CardForm::read(form.as_bytes()).expect("it is a form");
    assert_eq!(form.device.as_deref(), Some("armor.1"));
    assert_eq!(form.tokenised_at.map(|at| at.to_rfc3339()).as_deref(), Some("2026-03-02T14:00:00+00:00"));
    let sent = serde_json::to_string(&form.request).expect("a request is JSON");
    assert!(!sent.contains("armor") && !sent.contains("date_created"), "{sent}");
}

#[test]
fn a_member_that_is_not_known_is_named() {
    assert!(refused(&SERVER.replacen('{', r#"{"colour":"red","#, 1)).contains("unknown field `colour`"));
    assert!(refused(&SERVER.replace(r#""email""#, r#""mail""#)).contains("unknown field `mail`"));
    let twice = SERVER.replacen('{', r#"{"amount":"7","#, 1);
    assert!(refused(&twice).contains("duplicate field `transaction_amount`"), "{}", refused(&twice));
    let two_payers = SERVER.replacen('{', r#"{"cardholderEmail":"a@mail.example","#, 1);
    assert!(refused(&two_payers).contains("payer"), "{}", refused(&two_payers));
}

#[test]
fn what_is_missing_or_of_another_kind_is_named() {
    assert!(
        refused(r#"{"payment_method_id":"pix","payer":{"email":"a@mail.example"}}"#)
            .contains("transaction_amount")
    );
    assert!(refused(r#"{"amount":"1","payer":{"email":"a@mail.example"}}"#).contains("payment_method_id"));
    assert!(refused(r#"{"amount":"1","payment_method_id":"pix"}"#).contains("payer.email"));
    assert!(refused(&BROWSER.replace(r#""identificationType":"DNI","#, "")).contains("identificationType"));
    assert!(refused(&SERVER.replace("100.5", r#""a lot""#)).contains("transaction_amount"));
    assert!(
        refused(&SERVER.replace(r#""installments":1"#, r#""installments":1.5"#)).contains("installments")
    );
    assert!(refused(&BROWSER.replace("aggregator", "gateway")).contains("processingMode"));
}

#[test]
fn what_was_found_is_not_told_because_it_may_be_secret() {
    let number = refused(&SERVER.replace(r#""ff8080814c11e237014c1ff593b57b4d""#, "4509953566233704"));
    assert!(number.contains("expected a string") && !number.contains("4509"), "{number}");
    let long = refused(&SERVER.replace(r#""payer":{"#, &format!(r#""payer":"{}","x":{{"#, "s".repeat(500))));
    assert!(long.contains("expected") && !long.contains("ss"), "{long}");
}

#[test]
fn items_may_have_their_numbers_as_text_too() {
    let info = r#"{"additional_info":{"ip_address":"192.0.2.7","items":[{"id":"sku-1","title":"Shirt","quantity":"2",
        "unit_price":"50.25","category_id":"fashion"}],"payer":{"first_name":"Ana"}},"#;
    let sent = sent(&SERVER.replacen('{', info, 1));
    assert!(sent.contains(r#""quantity":2,"unit_price":50.25"#), "{sent}");
    assert!(sent.contains(r#""payer":{"first_name":"Ana"}"#), "{sent}");
}
