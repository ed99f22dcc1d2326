//! A refund gives back all, or a part that is there to be given back.

use domain::currency::Currency;

use super::*;

fn refund(amount: Option<i64>, remaining: Option<i64>) -> Create {
    let money = |minor| Money::new(minor, Currency::ARS);
    Create {
        payment: "55".into(),
        amount: amount.map(money),
        remaining: remaining.map(money),
        metadata: None,
        key: IdempotencyKey::new("k"),
    }
}

#[test]
fn a_whole_refund_has_no_body_and_a_part_names_its_amount() {
    let whole = refund(None, None);
    assert_eq!((whole.method(), whole.path()), (Method::POST, "/v1/payments/55/refunds".to_owned()));
    assert_eq!(whole.body(), None);
    assert_eq!(whole.idempotency(), Idempotency::Keyed(IdempotencyKey::new("k")));
    let part = refund(Some(1050), None);
    assert_eq!(part.body().as_deref(), Some(br#"{"amount":10.50}"#.as_slice()));
}

#[test]
fn no_more_is_given_back_than_remains() {
    for (amount, remaining, fits) in [
        (Some(1), None, true),
        (Some(0), None, false),
        (Some(-5), None, false),
        (Some(100), Some(100), true),
        (Some(101), Some(100), false),
        (None, Some(0), true),
    ] {
        assert_eq!(refund(amount, remaining).check().is_ok(), fits, "{amount:?} of {remaining:?}");
    }
    let foreign = Create { remaining: Some(Money::new(100, Currency::BRL)), ..refund(Some(1), None) };
    assert_eq!(foreign.check().map_err(|invalid| invalid.field), Err("amount"));
}

#[test]
fn refunds_are_listed_and_read_below_their_payment() {
    let list = List { payment: "55".into() };
    assert_eq!((list.method(), list.path()), (Method::GET, "/v1/payments/55/refunds".to_owned()));
    let get = Get { payment: "55".into(), refund: "9/9".into() };
    assert_eq!(get.path(), "/v1/payments/55/refunds/9%2F9");
    assert_eq!(get.check(), Ok(()));
    let nameless = Get { refund: "".into(), ..get };
    assert_eq!(nameless.check().map_err(|invalid| invalid.field), Err("refund_id"));
}

#[test]
fn amounts_of_answers_keep_their_digits() {
    let read: Refund =
        serde_json::from_str(r#"{"id":1,"amount":10.50,"status":"approved"}"#).expect("an answer");
    assert_eq!(read.amount.map(|amount| amount.to_string()).as_deref(), Some("10.50"));
}

#[test]
fn who_gave_a_refund_is_read_in_both_shapes() {
    let given_by = |source: &str| {
        let body = format!(r#"{{"id":1,"source":{source}}}"#);
        serde_json::from_str::<Refund>(&body).expect("an answer").given_by
    };
    let collector = Some("collector".to_owned());
    assert_eq!(given_by(r#"{"id":"7","name":"Shop","type":"collector"}"#), collector);
    assert_eq!(given_by(r#"[{"id":"7","name":"Shop","type":"collector"}]"#), collector);
    for source in ["null", "[]", "7", r#"{"type":7}"#, r#"{"id":"7"}"#] {
        assert_eq!(given_by(source), None, "{source}");
    }
    let silent: Refund = serde_json::from_str(r#"{"id":1}"#).expect("an answer");
    assert_eq!((silent.given_by, silent.date_created), (None, None));
}
