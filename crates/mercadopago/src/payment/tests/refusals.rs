//! Payments that cannot be read, and the exact reason; samples of the specification among them.

use domain::currency::Currency;
use domain::money::MoneyError;

use super::{SMALL, delivery, fixture, small_with, told};
use crate::observe::Delivery;
use crate::payment::observe;
use crate::unreadable::Unreadable;

fn bad_amount(path: &'static str, text: &str) -> Unreadable {
    let source = MoneyError::TooPrecise { text: text.to_owned(), currency: Currency::ARS, allowed: 2 };
    Unreadable::BadAmount { path, source }
}

#[test]
fn the_smallest_payment_is_read() {
    assert_eq!(told(SMALL).expect("readable").observed.len(), 1);
}

#[test]
fn fields_that_a_payment_needs_are_named_when_absent() {
    for (path, field) in [
        ("id", "\"id\":1"),
        ("collector_id", "\"collector_id\":7"),
        ("currency_id", "\"currency_id\":\"ARS\""),
        ("status", "\"status\":\"approved\""),
        ("transaction_amount", "\"transaction_amount\":100"),
    ] {
        let body = SMALL.replace(field, "\"x\":0");
        assert_eq!(told(&body), Err(Unreadable::Missing { path }), "{path}");
    }
}

#[test]
fn samples_of_the_specification_lack_seller_currency_and_amount() {
    for body in [fixture!("seed_rejected"), fixture!("seed_rejected_high_risk"), fixture!("seed_approved")] {
        assert_eq!(told(body), Err(Unreadable::Missing { path: "collector_id" }));
        let with_seller = Delivery { seller: Some("7"), ..delivery(body) };
        assert_eq!(observe(&with_seller), Err(Unreadable::Missing { path: "currency_id" }));
        let with_site = Delivery { site: Some("MLA"), ..with_seller };
        assert_eq!(observe(&with_site), Err(Unreadable::Missing { path: "transaction_amount" }));
        let completed = body.replacen('{', "{\"transaction_amount\":100,", 1);
        let read = observe(&Delivery { body: completed.as_bytes(), ..with_site }).expect("readable");
        assert!(!read.unclassified);
    }
}

#[test]
fn amounts_finer_than_the_currency_name_their_path() {
    let charge = |amounts: &str, back: &str| {
        small_with(&format!(
            r#""charges_details":[{{"name":"n","type":"fee","accounts":{{"from":"collector"}},"amounts":{amounts},"refund_charges":{back}}}]"#
        ))
    };
    for (body, path) in [
        (SMALL.replace(":100}", ":10.105}"), "transaction_amount"),
        (SMALL.replace(":100}", ":\"10.105\"}"), "transaction_amount"),
        (small_with(r#""transaction_amount_refunded":10.105"#), "transaction_amount_refunded"),
        (
            small_with(r#""transaction_details":{"net_received_amount":10.105}"#),
            "transaction_details.net_received_amount",
        ),
        (charge(r#"{"original":10.105}"#, "[]"), "charges_details.amounts.original"),
        (charge(r#"{"original":1,"refunded":10.105}"#, "[]"), "charges_details.amounts.refunded"),
        (charge(r#"{"original":1}"#, r#"[{"amount":10.105}]"#), "charges_details.refund_charges.amount"),
        (
            small_with(r#""fee_details":[{"type":"f","amount":10.105,"fee_payer":"collector"}]"#),
            "fee_details.amount",
        ),
        (
            small_with(r#""refunds":[{"id":1,"amount":10.105,"date_created":"2026-01-01T00:00:00Z"}]"#),
            "refunds.amount",
        ),
    ] {
        assert_eq!(told(&body), Err(bad_amount(path, "10.105")), "{path}");
    }
}

#[test]
fn huge_and_wordy_amounts_are_refused() {
    for (amount, source) in [
        ("92233720368547758.08", MoneyError::OutOfRange),
        ("1e400", MoneyError::OutOfRange),
        ("\"1,50\"", MoneyError::NotDecimal { text: "1,50".to_owned() }),
        ("\"\"", MoneyError::NotDecimal { text: String::new() }),
    ] {
        let body = SMALL.replace(":100}", &format!(":{amount}}}"));
        assert_eq!(
            told(&body),
            Err(Unreadable::BadAmount { path: "transaction_amount", source }),
            "{amount}"
        );
    }
    let largest = SMALL.replace(":100}", ":92233720368547758.07}");
    assert!(told(&largest).is_ok());
}

#[test]
fn amounts_that_cannot_be_counted_together_are_refused() {
    let fee = r#"{"type":"f","amount":92233720368547758.07,"fee_payer":"collector"}"#;
    let out_of_range = |path| Err(Unreadable::BadAmount { path, source: MoneyError::OutOfRange });
    let two = small_with(&format!(r#""fee_details":[{fee},{fee}]"#));
    assert_eq!(told(&two), out_of_range("charges_details"));
    let net = r#""transaction_details":{"net_received_amount":-92233720368547758.07}"#;
    assert_eq!(told(&small_with(net)), out_of_range("transaction_details.net_received_amount"));
}

#[test]
fn bad_times_name_their_path() {
    for path in
        ["date_created", "date_approved", "date_last_updated", "date_of_expiration", "money_release_date"]
    {
        let body = small_with(&format!(r#""{path}":"2022-07-23T23:03:5704:00""#));
        let text = "2022-07-23T23:03:5704:00".to_owned();
        assert_eq!(told(&body), Err(Unreadable::BadTime { path, text }));
    }
}

#[test]
fn currencies_outside_iso_4217_are_refused() {
    for code in ["MCN", "BTC", "ars", ""] {
        let body = SMALL.replace("\"ARS\"", &format!("\"{code}\""));
        let unknown = Unreadable::UnknownCurrency { path: "currency_id", code: code.to_owned() };
        assert_eq!(told(&body), Err(unknown));
    }
}

#[test]
fn a_charge_cannot_come_back_in_another_currency() {
    let body = small_with(
        r#""charges_details":[{"name":"n","type":"fee","accounts":{"from":"collector"},"amounts":{"original":1},"refund_charges":[{"amount":1,"currency_id":"BRL"}]}]"#,
    );
    let path = "charges_details.refund_charges.currency_id";
    assert_eq!(told(&body), Err(Unreadable::WrongType { path, expected: "the payment's currency" }));
}

#[test]
fn ids_and_counts_of_another_kind_are_refused() {
    let slash = SMALL.replace("\"id\":1,", "\"id\":\"1/2\",");
    assert_eq!(told(&slash), Err(Unreadable::WrongType { path: "id", expected: "an id" }));
    let many = small_with(r#""installments":70000"#);
    assert_eq!(told(&many), Err(Unreadable::WrongType { path: "installments", expected: "a count" }));
}

#[test]
fn an_unknown_status_of_a_refund_refuses_the_payment() {
    let body = small_with(
        r#""refunds":[{"id":1,"amount":1,"status":"lost","date_created":"2026-01-01T00:00:00Z"}]"#,
    );
    let word = "lost".to_owned();
    assert_eq!(told(&body), Err(Unreadable::UnknownStatus { path: "refunds.status", word }));
}

#[test]
fn what_is_no_object_is_no_payment() {
    for (body, reason) in [("", "not_json"), ("{", "not_json"), ("7", "wrong_type"), ("null", "wrong_type")] {
        assert_eq!(told(body).expect_err("no payment").reason(), reason, "{body}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _read_or_refused = observe(&Delivery { body: &bytes, ..delivery("") });
    }

    #[test]
    fn any_mutation_of_a_payment_is_read_or_refused(at in 0usize..4_000, byte: u8, cut in 0usize..5_000) {
        let mut bytes = fixture!("full_card").as_bytes().to_vec();
        bytes[at] = byte;
        bytes.truncate(cut);
        let _read_or_refused = observe(&Delivery { body: &bytes, ..delivery("") });
    }

    #[test]
    fn any_mutation_of_a_refunded_payment_is_read_or_refused(at in 0usize..2_500, byte in b' '..b'~') {
        let mut bytes = fixture!("partial_refund_with_charges").as_bytes().to_vec();
        bytes[at] = byte;
        let _read_or_refused = observe(&Delivery { body: &bytes, ..delivery("") });
    }
}
