//! The three grants are sent as the provider's pages print them, in the body and once.

use super::*;
use crate::call::Idempotency;
use crate::calls::printed;

const CODE: &str = r#"curl -X POST \
    'https://api.mercadopago.com/oauth/token' \
    -H 'Content-Type: application/json' \
    -d '{
  "client_id": "client_id",
  "client_secret": "client_secret",
  "code": "TG-XXXXXXXX-241983636",
  "grant_type": "authorization_code",
  "redirect_uri": "https://www.mercadopago.com.br/developers/example/redirect-url",
  "test_token": "false"
}'"#;

/// The page prints a comma after the last member, which is no JSON.
const CREDENTIALS: &str = r#"curl -X POST \
    'https://api.mercadopago.com/oauth/token' \
    -H 'Content-Type: application/json' \
    -d '{
  "client_id": "client_id",
  "client_secret": "client_secret",
  "grant_type": "client_credentials",
}'"#;

const REFRESH: &str = r#"curl -X POST \
'https://api.mercadopago.com/oauth/token' \
-H 'Content-Type: application/json' \
-d '{
 "client_id": "client_id",
 "client_secret": "client_secret",
 "grant_type": "refresh_token",
 "refresh_token": "TG-XXXXXXXX-241983636"
}'"#;

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn token(grant: Grant) -> Token {
    Token { client_id: "client_id".to_owned(), client_secret: secret("client_secret"), grant }
}

fn code(verifier: Option<&str>) -> Grant {
    Grant::AuthorizationCode {
        code: secret("TG-XXXXXXXX-241983636"),
        redirect_uri: "https://www.mercadopago.com.br/developers/example/redirect-url".to_owned(),
        verifier: verifier.map(secret),
        is_test: Some(false),
    }
}

#[test]
fn each_grant_is_asked_for_as_its_page_prints_it() {
    printed::check(CODE, &[], &token(code(None)));
    printed::check(CREDENTIALS, &[("credentials\",", "credentials\"")], &token(Grant::ClientCredentials));
    printed::check(REFRESH, &[], &token(Grant::RefreshToken(secret("TG-XXXXXXXX-241983636"))));
}

#[test]
fn a_verifier_goes_into_the_body_and_nothing_goes_into_the_address() {
    let verifier = "v".repeat(43);
    let call = token(code(Some(&verifier)));
    let body = String::from_utf8(call.body().expect("a body")).expect("text");
    assert!(body.contains(&format!(r#""code_verifier":"{verifier}""#)), "{body}");
    assert_eq!((call.path().as_str(), call.query(), call.headers()), ("/oauth/token", vec![], vec![]));
    assert_eq!(call.idempotency(), Idempotency::Once, "codes and refresh tokens are used up by being sent");
}

#[test]
fn a_verifier_has_43_to_128_unreserved_characters() {
    for (verifier, fits) in [
        ("v".repeat(42), false),
        ("v".repeat(43), true),
        ("v".repeat(128), true),
        ("v".repeat(129), false),
        (format!("-._~{}", "9".repeat(39)), true),
        (format!("+{}", "v".repeat(42)), false),
        (format!("ñ{}", "v".repeat(42)), false),
    ] {
        assert_eq!(token(code(Some(&verifier))).check().is_ok(), fits, "{verifier}");
    }
}

#[test]
fn credentials_must_be_there() {
    let refused = |token: Token| token.check().err().map(|invalid| invalid.field);
    let whole = || token(Grant::ClientCredentials);
    assert_eq!(refused(Token { client_id: String::new(), ..whole() }), Some("client_id"));
    assert_eq!(refused(Token { client_secret: secret(""), ..whole() }), Some("client_secret"));
    assert_eq!(refused(token(Grant::RefreshToken(secret("")))), Some("refresh_token"));
    let nowhere = Grant::AuthorizationCode {
        code: secret("c"),
        redirect_uri: "/callback".to_owned(),
        verifier: None,
        is_test: None,
    };
    assert_eq!(refused(token(nowhere)), Some("redirect_uri"));
}

#[test]
fn a_granted_token_is_read_with_and_without_one_to_renew_it() {
    let read = |body: &str| serde_json::from_str::<Granted>(body).expect("an answer");
    let whole = read(
        r#"{"access_token":"APP_USR-1","token_type":"bearer","expires_in":15552000,"scope":"offline_access payments",
            "user_id":1122334455,"refresh_token":"TG-1","public_key":"APP_USR-p","live_mode":true}"#,
    );
    assert_eq!((whole.access_token.expose(), whole.expires_in), ("APP_USR-1", 15_552_000));
    assert_eq!(whole.user_id.as_ref().map(Id::as_str), Some("1122334455"));
    assert_eq!(whole.refresh_token.as_ref().map(ExposeSecret::expose_secret), Some("TG-1"));
    let bare = read(r#"{"access_token":"APP_USR-1","expires_in":21600}"#);
    assert!(bare.refresh_token.is_none() && bare.user_id.is_none());
}
