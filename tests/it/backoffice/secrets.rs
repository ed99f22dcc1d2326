//! Tokens, keys and passwords go where they belong and nowhere else.

use std::path::Path;

use super::stand_in::{StandIn, TOKEN};
use crate::bin::Desk;

const KEY: &str = "0230abf9-79e9-493b-b288-32d123456789";

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn a_token_is_in_the_header_alone() {
    let answer = r#"{"devices":[]}"#;
    for line in ["device list", "device list --format json", "intent get 1", "integrator enable --user 7"] {
        let provider = StandIn::answering(200, answer);
        let desk = Desk::new();
        desk.write("token", format!("{TOKEN}\n"));
        let variables = [provider.variables()[0], ("CONCILIAR_LOG", "trace")];
        let mut words: Vec<_> = line.split(' ').collect();
        words.extend(["--token-file", "token"]);
        let ran = desk.run_with(&words, &variables, "");
        let taken = provider.only();
        assert_eq!(taken.header("authorization"), format!("Bearer {TOKEN}"), "{line}");
        assert!(!taken.target.contains(TOKEN) && !taken.body.contains(TOKEN), "{line}: {taken:?}");
        assert!(!ran.out.contains(TOKEN) && !ran.err.contains(TOKEN), "{line}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn the_key_of_the_challenge_goes_into_a_file_or_nowhere() {
    let answer =
        format!(r#"{{"token":"{KEY}","webhook":"https://shop.example/hook","is_valid_webhook":true}}"#);
    let provider = StandIn::answering(200, &answer);
    let desk = Desk::new();
    for format in ["text", "json"] {
        let ran = desk.run_with(&["integrator", "show", "--format", format], &provider.variables(), "");
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("https://shop.example/hook"), "{}", ran.out);
        assert!(!ran.out.contains(KEY) && !ran.err.contains(KEY), "{}{}", ran.out, ran.err);
    }
    let keep = ["integrator", "show", "--key-out", "key"];
    assert_eq!(desk.run_with(&keep, &provider.variables(), "").code, 0);
    assert_eq!(std::fs::read_to_string(desk.path("key")).expect("the key"), KEY);
    #[cfg(unix)]
    assert_eq!(mode(&desk.path("key")), 0o600);
    let again = desk.run_with(&keep, &provider.variables(), "");
    assert_eq!(again.code, 1, "a file that is there is not written over");
}

#[test]
fn the_password_of_a_test_account_goes_into_a_file() {
    let answer = r#"{"id":123456789,"nickname":"TESTUSER42","password":"qatest9999","site_status":"active","email":"test_user_42@testuser.com"}"#;
    let provider = StandIn::answering(201, answer);
    let desk = Desk::new();
    let ran = desk.run_with(&["test-user", "create", "--site", "MLA"], &provider.variables(), "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let taken = provider.only();
    assert_eq!((taken.target.as_str(), taken.body.as_str()), ("/users/test_user", r#"{"site_id":"MLA"}"#));
    assert!(ran.out.contains("TESTUSER42") && ran.out.contains("test-user-123456789.json"), "{}", ran.out);
    assert!(!ran.out.contains("qatest9999") && !ran.err.contains("qatest9999"), "{}{}", ran.out, ran.err);
    let file = desk.path("test-user-123456789.json");
    assert_eq!(std::fs::read_to_string(&file).expect("the answer"), answer);
    #[cfg(unix)]
    assert_eq!(mode(&file), 0o600);
    let name = "test-user-123456789.json";
    let taken_name =
        desk.run_with(&["test-user", "create", "--site", "MLA", "--out", name], &provider.variables(), "");
    assert_eq!(taken_name.code, 2, "told before an account is made whose password would be lost");
    assert_eq!(provider.taken().len(), 1);
}
