use super::*;
use crate::payment::Operation;

fn profile(method: &str, family: &str, device: Option<&str>) -> Profile {
    Profile {
        operation: Operation::Sale,
        reference: None,
        method: method.into(),
        method_type: family.into(),
        installments: 1,
        device: device.map(Into::into),
        preapproval: None,
        created_at: None,
        approved_at: None,
        expires_at: None,
        release_at: None,
    }
}

#[test]
fn the_nearest_refund_window_counts() {
    let site = SiteRules {
        refund_window: Some(TimeDelta::days(90)),
        refund_window_in_person: Some(TimeDelta::days(120)),
        refund_window_of_method: [("debit_card", 1), ("elo", 7)]
            .map(|(method, days)| (method.into(), TimeDelta::days(days)))
            .into(),
        ..SiteRules::default()
    };
    let rules = Rules { sites: [(Currency::BRL, site)].into(), ..Rules::default() };
    let days = |currency, method, family, device| {
        rules.refund_window_of(currency, &profile(method, family, device)).num_days()
    };
    assert_eq!(days(Currency::ARS, "debvisa", "debit_card", Some("PAX")), 180);
    assert_eq!(days(Currency::BRL, "visa", "credit_card", None), 90);
    assert_eq!(days(Currency::BRL, "visa", "credit_card", Some("PAX")), 120);
    assert_eq!(days(Currency::BRL, "debvisa", "debit_card", Some("PAX")), 1);
    assert_eq!(days(Currency::BRL, "elo", "debit_card", None), 7);
}

#[test]
fn a_site_without_windows_of_its_own_has_the_common_one() {
    let days = |currency| Rules::default().refund_window_of(currency, &profile("visa", "", None)).num_days();
    assert_eq!([Currency::ARS, Currency::BRL, Currency::CLP].map(days), [180; 3]);
}

#[test]
fn reservations_end_where_the_provider_says_when() {
    let days = |code: &str| {
        let currency = code.parse().expect("a currency");
        Rules::default().capture_window_of(currency).map(|window| window.num_days())
    };
    assert_eq!(["ARS", "BRL", "MXN", "PEN"].map(days), [Some(7), Some(5), Some(7), Some(22)]);
    assert_eq!(["CLP", "COP", "UYU"].map(days), [None; 3]);
}
