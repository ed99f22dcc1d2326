use crate::config::Config;

use super::*;

fn auth(file: &str) -> Result<Auth, String> {
    Config::read(Some(("my.toml", file)), []).map(|config| config.auth).map_err(|e| crate::look::chain(&e))
}

fn defaults() -> Auth {
    auth("").expect("the defaults fit")
}

#[test]
fn a_token_is_renewed_a_month_or_an_hour_before_its_end_and_never_before_half_of_its_life() {
    let check = |life, expected| assert_eq!(defaults().renew_before(life), expected, "{life}");
    check(TimeDelta::days(180), TimeDelta::days(30));
    check(TimeDelta::hours(6), TimeDelta::hours(1));
    check(TimeDelta::minutes(10), TimeDelta::minutes(5));
    check(TimeDelta::days(2), TimeDelta::days(1));
}

#[test]
fn the_old_secret_is_tried_until_twelve_hours_after_the_rotation() {
    let file = "[auth.applications.123]\nsecret = \"env:NEW\"\n\
                previous = { secret = \"env:OLD\", rotated_at = \"2026-11-20T10:00:00-03:00\" }\n";
    let auth = auth(file).expect("fits");
    let application = &auth.applications["123"];
    let tried = |at: &str| {
        let now = at.parse().expect("an instant");
        application.secrets(auth.overlap(), now).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(tried("2026-11-21T00:59:59Z"), ["env:NEW", "env:OLD"]);
    assert_eq!(tried("2026-11-21T01:00:00Z"), ["env:NEW"]);
}

#[test]
fn an_application_names_its_secret_and_is_bound_by_a_hash_unless_told_otherwise() {
    let read = |more: &str| auth(&format!("[auth.applications.123]\nsecret = \"env:NEW\"\n{more}\n"));
    assert_eq!(read("").expect("fits").applications["123"].pkce, Pkce::S256);
    assert_eq!(read("pkce = \"plain\"").expect("fits").applications["123"].pkce, Pkce::Plain);
    let refused = |file: &str, word: &str| {
        let error = auth(file).expect_err(file);
        assert!(error.contains(word), "{error}");
    };
    refused("[auth.applications.123]\nsecret = \"SECRET\"\n", "write env:NAME or file:PATH");
    refused("[auth.applications.123]\nsecret = \"env:A\"\nprevious = { secret = \"env:B\" }\n", "rotated_at");
    refused("[auth]\nlease_seconds = 0\n", "auth.lease_seconds must be at least 1");
    refused("[auth]\nlogin_seconds = 0\n", "auth.login_seconds must be at least 1");
}

#[test]
fn an_address_is_https_or_of_this_machine() {
    let read = |address: &str| auth(&format!("[auth]\nauthorization_url = \"{address}\"\n"));
    for address in ["https://auth.mercadopago.com.ar/authorization", "http://127.0.0.1:8080/authorization"] {
        assert_eq!(read(address).expect(address).authorization_url.as_str(), address);
    }
    for address in
        ["http://auth.mercadopago.com/authorization", "auth.mercadopago.com", "https://a:SECRET@b/"]
    {
        let error = read(address).expect_err(address);
        assert!(error.contains("and has no user in it"), "{error}");
        assert!(!error.contains("SECRET"), "{error}");
    }
}
