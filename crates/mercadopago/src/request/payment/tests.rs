//! A payment says which attempt made it, and a request what would help it.

use super::*;
use crate::request::card_form::CardForm;

fn request(more: &str) -> PaymentRequest {
    let form =
        format!(r#"{{"amount":"10","payment_method_id":"pix","payer":{{"email":"a@mail.example"}}{more}}}"#);
    CardForm::read(form.as_bytes()).unwrap_or_else(|error| panic!("{error}: {form}")).request
}

fn notes(request: &PaymentRequest) -> &str {
    request.metadata.as_ref().map_or("", |notes| notes.get())
}

#[test]
fn the_note_stands_beside_those_of_the_merchant() {
    let bare = request("").named("a-1").expect("it has no notes");
    assert_eq!(notes(&bare), r#"{"conciliar_attempt":"a-1"}"#);
    let noted = request(r#","metadata":{"till":4,"rate":0.10,"conciliar_attempt":"old"}"#);
    let noted = noted.named("a-1").expect("its notes are an object");
    assert_eq!(notes(&noted), r#"{"conciliar_attempt":"a-1","rate":0.10,"till":4}"#);
    assert!(matches!(request(r#","metadata":[1]"#).named("a-1"), Err(NoNotes)));
}

#[test]
fn the_attempt_is_read_back_from_a_payment_and_from_nothing_else() {
    let read = |body: &str| attempt_of(body.as_bytes());
    assert_eq!(read(r#"{"id":1,"metadata":{"conciliar_attempt":"a-1","x":1.5}}"#), Some("a-1".into()));
    for body in [r#"{"id":1}"#, r#"{"metadata":null}"#, r#"{"metadata":[]}"#, r#"{"metadata":{}}"#, "no"] {
        assert_eq!(read(body), None, "{body}");
    }
}

#[test]
fn what_would_help_is_told_until_it_is_there() {
    let all = [
        "additional_info.ip_address",
        "additional_info.items",
        "additional_info.payer.first_name",
        "additional_info.payer.last_name",
        "additional_info.payer.phone",
        "additional_info.payer.address",
        "additional_info.payer.registration_date",
        "additional_info.shipments.receiver_address",
    ];
    assert_eq!(request("").missing_help(), all);
    let some = r#","additional_info":{"ip_address":"192.0.2.7","items":[{"id":"1","title":"Shirt","quantity":1,
        "unit_price":10}],"payer":{"first_name":"Ana","last_name":"","phone":{"number":"1"},"address":{}},
        "shipments":{"receiver_address":{"zip_code":"1"}}}"#;
    let left = [
        "additional_info.items.category_id",
        "additional_info.payer.last_name",
        "additional_info.payer.address",
        "additional_info.payer.registration_date",
    ];
    assert_eq!(request(some).missing_help(), left);
    let full = some
        .replace(r#""title""#, r#""category_id":"fashion","title""#)
        .replace(r#""last_name":"""#, r#""last_name":"Paz","registration_date":"2020-01-01""#)
        .replace(r#""address":{}"#, r#""address":{"street_name":"x"}"#);
    assert_eq!(request(&full).missing_help(), [""; 0]);
}
