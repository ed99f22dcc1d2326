//! Every site's currency, and which of body and site is believed.

use super::{currency, currency_of, selling_in};
use crate::unreadable::Unreadable;

#[test]
fn every_site_sells_in_its_currency() {
    for (site, code, exponent) in [
        ("MLA", "ARS", 2),
        ("MLB", "BRL", 2),
        ("MLM", "MXN", 2),
        ("MLC", "CLP", 0),
        ("MCO", "COP", 2),
        ("MLU", "UYU", 2),
        ("MPE", "PEN", 2),
    ] {
        let found = currency(site).expect("the site is in the table");
        assert_eq!((found.code(), found.exponent()), (code, exponent), "{site}");
    }
    assert_eq!(currency("XXX"), None);
}

#[test]
fn the_body_is_believed_before_the_site() {
    let body = currency_of("currency_id", Some("BRL"), Some("MLA")).expect("BRL is a currency");
    assert_eq!(body.code(), "BRL");
    let site = currency_of("currency_id", None, Some("MLA")).expect("MLA has a currency");
    assert_eq!(site.code(), "ARS");
}

#[test]
fn a_body_without_currency_on_no_known_site_is_refused() {
    let missing = Err(Unreadable::Missing { path: "currency_id" });
    assert_eq!(currency_of("currency_id", None, None), missing);
    assert_eq!(currency_of("currency_id", None, Some("XXX")), missing);
    assert_eq!(
        currency_of("currency_id", Some("MCN"), Some("MLC")),
        Err(Unreadable::UnknownCurrency { path: "currency_id", code: "MCN".to_owned() })
    );
}

#[test]
fn a_site_is_found_by_the_currency_it_sells_in() {
    for site in ["MLA", "MLB", "MLM", "MLC", "MCO", "MLU", "MPE"] {
        assert_eq!(currency(site).and_then(selling_in), Some(site));
    }
    assert_eq!(selling_in("EUR".parse().expect("a currency")), None);
}
