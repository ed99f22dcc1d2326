//! Invoices are read by their id and found by subscription or payment.

use super::*;

#[test]
fn an_invoice_is_read_by_its_id() {
    let call = Get { id: "7003".into() };
    assert_eq!((call.method(), call.path()), (Method::GET, "/authorized_payments/7003".to_owned()));
    assert_eq!(Get { id: "".into() }.check().map_err(|invalid| invalid.field), Err("id"));
}

#[test]
fn invoices_are_found_by_subscription_or_payment() {
    let search =
        Search { preapproval: Some("2c93".into()), payment: Some("55".into()), page: Wanted::first(20) };
    let query: Vec<String> =
        search.query().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(search.path(), "/authorized_payments/search");
    assert_eq!(query, ["preapproval_id=2c93", "payment_id=55", "offset=0", "limit=20"]);
    let too_many = Search { page: Wanted { offset: 0, limit: 51 }, ..search };
    assert_eq!(too_many.check().map_err(|invalid| invalid.field), Err("limit"));
}
