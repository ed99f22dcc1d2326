//! Chargebacks are read by their id and found by their payment.

use super::*;

#[test]
fn a_chargeback_is_read_by_its_id_and_found_by_its_payment() {
    let get = Get { id: "217000087654321000".into() };
    assert_eq!((get.method(), get.path()), (Method::GET, "/v1/chargebacks/217000087654321000".to_owned()));
    let search = Search { payment: "55".into() };
    assert_eq!(search.path(), "/v1/chargebacks/search");
    assert_eq!(search.query(), [("payment_id", "55".to_owned())]);
    assert_eq!(Get { id: "".into() }.check().map_err(|invalid| invalid.field), Err("id"));
    assert_eq!(Search { payment: "".into() }.check().map_err(|invalid| invalid.field), Err("payment_id"));
}
