//! `conciliar auth` beside its login: what it shows, takes in, forgets and refuses.

use serde_json::Value;

use super::provider::{APPLICATION, Manner, Provider, SECRET, SELLER};
use crate::bin::{Desk, Ran, keys, list, text};

/// The secret of the application, as the program is given it.
pub const APP_SECRET: &str = SECRET;

/// A desk with a key and a configuration that leads to a provider.
pub fn configured(provider: &Provider) -> Desk {
    let desk = Desk::new();
    desk.write("shop.toml", config(&provider.base(), "file:vault.keys"));
    let made = desk.run(&["auth", "key", "--file", "vault.keys", "--id", "2026"]);
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(made.out, "", "a key is not printed");
    desk
}

fn config(base: &str, keys: &str) -> String {
    format!(
        "[client]\nbase = \"{base}\"\n[auth]\nkeys = \"{keys}\"\nauthorization_url = \"{base}/authorization\"\n\
         [auth.applications.{APPLICATION}]\nsecret = \"env:APP_SECRET\"\nredirect = \"http://127.0.0.1:0/linked\"\n"
    )
}

/// Runs a verb of `auth` at an instant, with all secrets where they should be and everything logged.
fn auth(desk: &Desk, at: &str, args: &[&str]) -> Ran {
    let args = [&["--config", "shop.toml", "--at", at, "auth"], args].concat();
    let variables = [("APP_SECRET", APP_SECRET), ("TOKEN", "SECRET-imported"), ("CONCILIAR_LOG", "trace")];
    let ran = desk.run_with(&args, &variables, "");
    for printed in [&ran.out, &ran.err] {
        assert!(!printed.contains("SECRET"), "{args:?}: {printed}");
    }
    ran
}

/// The links after a verb that succeeds.
#[track_caller]
fn links(desk: &Desk, at: &str, args: &[&str]) -> Vec<Value> {
    let ran = auth(desk, at, &[args, &["--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let printed: Value = serde_json::from_str(&ran.out).expect("it prints JSON");
    list(&printed, "links").to_vec()
}

/// The last line that was told, without those of the log.
fn told(ran: &Ran) -> &str {
    ran.err.lines().last().unwrap_or_default()
}

const BEGIN: &str = "2026-11-01T12:00:00Z";
const LATER: &str = "2026-11-01T16:00:00Z";

fn own(desk: &Desk, provider: &Provider) {
    provider.known().life = 21_600;
    links(desk, BEGIN, &["login", "--seller", SELLER, "--grant", "client_credentials"]);
}

#[test]
fn status_shows_everything_of_a_link_but_its_token() {
    let provider = Provider::start();
    let desk = configured(&provider);
    own(&desk, &provider);
    let rows = links(&desk, LATER, &["status"]);
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    let columns = [
        "application",
        "expires_at",
        "failed_at",
        "grant",
        "last_failure",
        "refreshed_at",
        "scope",
        "seller",
        "standing",
    ];
    assert_eq!(keys(row), columns);
    assert_eq!((text(row, "seller"), text(row, "standing")), (SELLER, "valid"));
    assert_eq!((text(row, "refreshed_at"), text(row, "expires_at")), (BEGIN, "2026-11-01T18:00:00Z"));
    assert_eq!(text(row, "scope"), "offline_access read write");
    assert_eq!((&row["last_failure"], &row["failed_at"]), (&Value::Null, &Value::Null));
    let table = auth(&desk, LATER, &["status"]).out;
    assert!(table.contains("client_credentials") && table.contains("2026-11-01T18:00:00Z"), "{table}");
}

#[test]
fn a_refresh_that_fails_is_shown_with_its_cause_and_strict_finds_lost_links() {
    let provider = Provider::start();
    let desk = configured(&provider);
    own(&desk, &provider);
    let row = &links(&desk, LATER, &["refresh", "--seller", SELLER])[0];
    assert_eq!((text(row, "refreshed_at"), text(row, "expires_at")), (LATER, "2026-11-01T22:00:00Z"));
    provider.known().secrets = Vec::new();
    let failed = auth(&desk, "2026-11-01T17:00:00Z", &["refresh", "--seller", SELLER]);
    assert_eq!(failed.code, 1);
    assert!(
        told(&failed).contains("the provider does not take the secret of the application"),
        "{}",
        failed.err
    );
    let row = &links(&desk, "2026-11-01T17:00:00Z", &["status"])[0];
    assert_eq!((text(row, "standing"), text(row, "last_failure")), ("valid", "credentials_rotated"));
    assert_eq!(text(row, "failed_at"), "2026-11-01T17:00:00Z");

    links(&desk, BEGIN, &["import", "--seller", "99", "--token", "env:TOKEN", "--expires", LATER]);
    assert_eq!(auth(&desk, BEGIN, &["status", "--strict"]).code, 0);
    assert_eq!(auth(&desk, LATER, &["status", "--strict"]).code, 3);
    assert_eq!(auth(&desk, LATER, &["status"]).code, 0);
}

#[test]
fn a_token_is_imported_from_a_place_and_forgotten_again() {
    let provider = Provider::start();
    let desk = configured(&provider);
    desk.write("token", "SECRET-from-a-file\n");
    for (seller, place) in [("98", "env:TOKEN"), ("99", "file:token")] {
        let row = &links(&desk, BEGIN, &["import", "--seller", seller, "--token", place])[0];
        assert_eq!((text(row, "seller"), text(row, "grant")), (seller, "imported"));
        assert_eq!((text(row, "standing"), &row["expires_at"]), ("valid", &Value::Null));
    }
    let bytes = std::fs::read(desk.path("conciliar.db")).expect("the store");
    assert!(!bytes.windows(6).any(|six| six == b"SECRET"));
    assert_eq!(links(&desk, BEGIN, &["status"]).len(), 2);
    let forgotten = auth(&desk, BEGIN, &["forget", "--seller", "98"]);
    assert_eq!((forgotten.code, told(&forgotten)), (0, "the tokens of seller 98 are forgotten"));
    assert_eq!(links(&desk, BEGIN, &["status"]).len(), 1);
    assert_eq!(auth(&desk, BEGIN, &["forget", "--seller", "98"]).code, 1);
    let refreshed = auth(&desk, BEGIN, &["refresh", "--seller", "99"]);
    assert_eq!(refreshed.code, 1);
    assert!(
        told(&refreshed).contains("nothing renews the link to the account of seller 99"),
        "{}",
        refreshed.err
    );
}

#[test]
fn a_key_file_is_the_owners_alone_and_a_new_key_comes_first() {
    let desk = Desk::new();
    let key = |id: &str| desk.run(&["auth", "key", "--file", "vault.keys", "--id", id]);
    assert_eq!(key("a").code, 0);
    let first = std::fs::read_to_string(desk.path("vault.keys")).expect("the keys");
    assert_eq!(key("b").code, 0);
    let second = std::fs::read_to_string(desk.path("vault.keys")).expect("the keys");
    assert!(second.starts_with("b:") && second.contains(first.trim()), "the old key stays");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(desk.path("vault.keys")).expect("the keys").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = key("a");
    assert_eq!(again.code, 1);
    let expected = "error: `vault.keys` cannot take the key `a`: two keys have the id `a`\n";
    assert_eq!(again.err, expected);
    assert_eq!(std::fs::read_to_string(desk.path("vault.keys")).expect("the keys"), second);
}

#[test]
fn after_resealing_the_old_key_can_go() {
    let provider = Provider::start();
    let desk = configured(&provider);
    own(&desk, &provider);
    assert_eq!(desk.run(&["auth", "key", "--file", "vault.keys", "--id", "2027"]).code, 0);
    assert_eq!(told(&auth(&desk, BEGIN, &["reseal"])), "1 links were sealed again");
    let keys = std::fs::read_to_string(desk.path("vault.keys")).expect("the keys");
    desk.write("vault.keys", keys.lines().next().expect("the new key"));
    assert_eq!(text(&links(&desk, BEGIN, &["status"])[0], "standing"), "valid");
    desk.write("vault.keys", keys.lines().last().expect("the old key"));
    let ran = auth(&desk, BEGIN, &["status", "--strict", "--format", "json"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("unreadable"), "{}", ran.out);
    assert!(told(&ran).contains("it is sealed with key `2027`, which is not among the keys"), "{}", ran.err);
}

#[test]
fn what_is_missing_is_told_before_anybody_is_asked() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let check = |config: &str, variables: &[(&str, &str)], args: &[&str], code: i32, expected: &str| {
        desk.write("other.toml", config);
        let ran = desk.run_with(&[&["--config", "other.toml", "auth"], args].concat(), variables, "");
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(expected), "{args:?}: {}", ran.err);
        assert!(!ran.err.contains("SECRET_"), "{args:?}: {}", ran.err);
    };
    let whole = config(&provider.base(), "file:vault.keys");
    let login = ["login", "--seller", SELLER];
    let secret = [("APP_SECRET", APP_SECRET)];
    check(&whole, &secret, &["login"], 2, "write --seller ID");
    check(&whole, &secret, &["login", "--seller", "me"], 2, "`me` is no id of an account");
    check(&whole, &secret, &["login", "--seller", "1", "--application", "78"], 2, "[auth.applications.78]");
    check(&whole, &[], &login, 1, "the environment variable APP_SECRET cannot be read: it is not set");
    check(&config(&provider.base(), "file:none"), &secret, &login, 1, "the file none cannot be read");
    let without = whole.replace("redirect", "# redirect");
    check(&without, &secret, &login, 2, "write auth.applications.77.redirect into the configuration");
    let far = whole.replace("http://127.0.0.1:0/linked", "https://shop.example/linked");
    check(&far, &secret, &login, 2, "does not lead to this machine; write --no-browser");
    check(
        &whole,
        &secret,
        &["import", "--seller", "1", "--token", "SECRET_TOKEN"],
        2,
        "write env:NAME or file:PATH",
    );
    assert_eq!(provider.known().asked.len(), 0);
    provider.known().manner = Manner::Fails;
    check(&whole, &secret, &["refresh", "--seller", SELLER], 1, "is not linked");
}
