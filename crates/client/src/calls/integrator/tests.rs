//! The requests of the provider's pages; none carries the token in its address.

use secrecy::ExposeSecret;

use super::{Check, Enable, Integrator, SetWebhook, Show};
use crate::call::Call;
use crate::calls::printed::check;

#[test]
fn an_account_is_switched_on_as_the_page_prints_it_but_for_the_token() {
    let command = r#"curl --location --request POST ‘https://api.mercadopago.com/point/services/user/status/integrators?access_token=<ENV_ACCESTOKEN>’ \
--header ‘Content-Type: application/json’ \
--data-raw ‘{
    “id”: <user_id>
}’"#;
    let call = Enable { user_id: "1384573578".to_owned() };
    check(command, &[("<user_id>", "1384573578")], &call);
    assert_eq!(call.query(), []);
    for id in ["", "abc", "-1", "01", "1.5"] {
        let field = Enable { user_id: id.to_owned() }.check().expect_err(id).field;
        assert_eq!(field, "id");
    }
}

#[test]
fn the_webhook_is_shown_registered_and_checked_as_the_page_prints_it() {
    let show = r#"curl --location --request GET 'https://api.mercadopago.com/point/integration-api/integrators' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}' \
"#;
    check(show, &[], &Show);
    let set = r#"curl --location --request PATCH 'https://api.mercadopago.com/point/integration-api/integrators' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}' \
--header 'Content-Type: application/json' \
--data-raw '{
    "webhook": "http://your.server.ip.address:port/webhook"
}'"#;
    let address = "http://your.server.ip.address:8080/webhook".to_owned();
    check(set, &[(":port", ":8080")], &SetWebhook { address });
    let challenge = r#"curl --location --request POST 'https://api.mercadopago.com/point/integration-api/integrators/check' \
--header 'Authorization: Bearer ${ACCESS_TOKEN}'"#;
    check(challenge, &[], &Check);
    for address in ["", "shop.example/hook", "ftp://shop.example/"] {
        assert!(SetWebhook { address: address.to_owned() }.check().is_err(), "{address}");
    }
}

#[test]
fn what_is_registered_is_read_and_its_token_does_not_print() {
    let body = r#"{
    "token": "0230abf9-79e9-493b-b288-32d123456789",
    "webhook": "",
    "is_valid_webhook": false
}"#;
    let read: Integrator = serde_json::from_str(body).expect("an integrator");
    assert_eq!(read.token.expose_secret(), "0230abf9-79e9-493b-b288-32d123456789");
    assert_eq!((read.webhook.as_str(), read.is_valid_webhook), ("", false));
    assert!(!format!("{read:?}").contains("0230abf9"), "{read:?}");
}
