//! Every form that reaches a receiver, and what it must not pass for.

use super::*;

const SIGNATURE: &[u8] = b"ts=1,v1=0";

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/fixtures/notification/", $name, ".json"))
    };
}

fn read<'a>(query: &'a str, is_signed: bool, body: &'a str) -> Reading<'a> {
    Push { query, signature: is_signed.then_some(SIGNATURE), request_id: None, body: body.as_bytes() }.read()
}

#[track_caller]
fn check(query: &str, is_signed: bool, body: &str, topic: &str, subject: Option<&str>, claim: &Claim<'_>) {
    let reading = read(query, is_signed, body);
    let seen = (&*reading.topic, reading.subject.as_deref(), &reading.claim);
    assert_eq!(seen, (topic, subject, claim), "{query} {body}");
}

const AGREES: Claim<'_> = Claim::Signed { agrees: true, is_read: true };
const DIFFERS: Claim<'_> = Claim::Signed { agrees: false, is_read: true };

#[test]
fn a_webhook_tells_its_topic_and_its_id_in_the_address() {
    let body = fixture!("payment");
    let id = Some("57837458321");
    check("data.id=57837458321&type=payment", true, body, "payment", id, &AGREES);
    check("type=payment&data_id=57837458321", true, body, "payment", id, &AGREES);
    check("data.id=57837458321&data_id=1", true, body, "payment", id, &AGREES);
    check("", true, body, "payment", None, &AGREES);
    check("data.id=57837458321&type=payment", false, body, "payment", id, &Claim::Unsigned);
}

#[test]
fn the_topic_of_the_address_goes_before_that_of_the_body() {
    check("type=order", true, r#"{"type":"payment"}"#, "order", None, &AGREES);
    check("", true, "{}", "", None, &AGREES);
}

#[test]
fn an_address_and_a_body_about_different_things_are_told_apart() {
    let body = |id: &str| format!(r#"{{"type":"order","data":{{"id":{id}}}}}"#);
    for (subject, id, claim) in [
        ("ORD01JQ", r#""ORD01JQ""#, AGREES),
        ("ord01jq", r#""ORD01JQ""#, AGREES),
        ("ORD01JQ", r#""ORD01JR""#, DIFFERS),
        ("12", "12", AGREES),
        ("12", "13", DIFFERS),
        ("12", "null", AGREES),
        ("12", "{}", AGREES),
        // A sender that read the number as a float writes its first digits right.
        ("217000061307271001", "217000061307271000", AGREES),
        ("217000061307271001", "217000061307281001", DIFFERS),
        ("217000061307271001", "21700006130727100", DIFFERS),
    ] {
        check(&format!("data.id={subject}"), true, &body(id), "order", Some(subject), &claim);
    }
}

#[test]
fn the_root_id_is_compared_only_where_it_names_the_thing() {
    let flat = fixture!("point_integration");
    let id = "7d8c70b6-2ac8-4c57-a441-c319088ca3ca";
    check(&format!("data.id={id}"), true, flat, "point_integration_wh", Some(id), &AGREES);
    check("data.id=other", true, flat, "point_integration_wh", Some("other"), &DIFFERS);
    let both = r#"{"id":"B","state":"FINISHED","data":{"id":"A"}}"#;
    check("data.id=A&type=point_integration_wh", true, both, "point_integration_wh", Some("A"), &DIFFERS);
    let order = fixture!("merchant_order");
    check("data.id=1", true, order, "topic_merchant_order_wh", Some("1"), &AGREES);
}

#[test]
fn a_body_that_cannot_be_read_is_said_to_be_so() {
    let unread = Claim::Signed { agrees: true, is_read: false };
    for body in ["", "{", "[]", "\"x\"", r#"{"id":1,"id":2}"#, r#"{"data":{"id":1,"id":2}}"#] {
        check("data.id=1&type=payment", true, body, "payment", Some("1"), &unread);
    }
}

#[test]
fn the_older_channel_is_known_by_its_address() {
    let kept = Claim::Trigger { body: None };
    check("topic=payment&id=57837458321", false, fixture!("payment_ipn_id"), "payment", None, &kept);
    // Its signature cannot be verified, so that it proves nothing.
    check("topic=payment&id=57837458321", true, fixture!("payment_ipn_id"), "payment", None, &kept);
    let address = r#"{"resource":"https://api.example/merchant_orders/77","topic":"merchant_order"}"#;
    check("id=77&topic=merchant_order", false, address, "merchant_order", None, &kept);
    check("", false, address, "merchant_order", None, &kept);
}

#[test]
fn the_address_of_the_older_channel_is_what_counts() {
    let made = Claim::Trigger { body: Some(r#"{"resource":"7\"8","topic":"payment"}"#.to_owned()) };
    for body in ["", "{", r#"{"resource":"9","topic":"payment"}"#, r#"{"resource":""}"#] {
        check("topic=payment&id=7%228", false, body, "payment", None, &made);
    }
}

#[test]
fn a_webhook_does_not_pass_for_the_older_channel() {
    let body = fixture!("payment_ipn_id");
    check("topic=payment&id=1&type=payment", false, body, "payment", None, &Claim::Unsigned);
    check("topic=payment&id=1&data.id=1", false, body, "payment", Some("1"), &Claim::Unsigned);
    check("", true, body, "payment", None, &AGREES);
}

#[test]
fn a_report_brings_its_proof_in_the_body() {
    let reading = read("", false, fixture!("report"));
    assert_eq!(reading.topic, "report");
    let ready = reading.claim.ready().expect("it has a transaction, a date and a hash");
    assert_eq!(ready.transaction_id, "b9f8a2c1-55d0-4f3e-9d0e-6f5a5d1c7f10");
    assert_eq!((ready.generation_date, ready.signature), ("2024-07-09T03:01:12.000-04:00", "-"));
    check("type=payment", false, fixture!("report"), "payment", None, &Claim::Unsigned);
}

#[test]
fn the_first_edition_for_terminals_is_known_by_its_flat_body() {
    check("", false, fixture!("point_integration"), "point_integration_wh", None, &Claim::Flat);
    let enveloped = r#"{"id":"1","state":"FINISHED","type":"payment"}"#;
    check("", false, enveloped, "payment", None, &Claim::Unsigned);
    check("", false, r#"{"id":"1"}"#, "", None, &Claim::Unsigned);
}
