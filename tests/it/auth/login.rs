//! A login from the command line to the kept tokens, with the browser played by the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, Stdio};

use serde_json::Value;
use url::Url;

use super::command::{APP_SECRET, configured};
use super::provider::{APPLICATION, Manner, Provider, SELLER, browse};
use crate::bin::{Desk, list, text};

/// A login that runs.
struct Running {
    child: Child,
    err: BufReader<ChildStderr>,
    told: String,
}

/// How a login ended.
struct Ended {
    out: String,
    err: String,
    code: i32,
}

impl Running {
    fn start(desk: &Desk, more: &[&str]) -> Self {
        let args =
            [&["--config", "shop.toml", "auth", "login", "--seller", SELLER, "--format", "json"], more];
        let mut command = desk.command(&args.concat());
        // There is no desktop, and so no browser but the test's.
        command.env("PATH", "").env("APP_SECRET", APP_SECRET).env("CONCILIAR_LOG", "trace");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the built binary starts");
        let err = BufReader::new(child.stderr.take().expect("it is piped"));
        Self { child, err, told: String::new() }
    }

    /// The address that it tells a person to open.
    fn address(&mut self) -> Url {
        loop {
            let mut line = String::new();
            let length = self.err.read_line(&mut line).expect("it prints UTF-8");
            self.told.push_str(&line);
            assert_ne!(length, 0, "it ended without an address: {}", self.told);
            if line.contains("/authorization?") {
                return Url::parse(line.trim()).expect("an address on a line of its own");
            }
        }
    }

    fn paste(&mut self, line: &str) {
        let mut stdin = self.child.stdin.take().expect("it is piped");
        stdin.write_all(line.as_bytes()).expect("it reads");
    }

    fn end(mut self) -> Ended {
        self.err.read_to_string(&mut self.told).expect("it prints UTF-8");
        let output = self.child.wait_with_output().expect("it ends");
        let out = String::from_utf8(output.stdout).expect("it prints UTF-8");
        Ended { out, err: self.told, code: output.status.code().expect("it ends by itself") }
    }
}

impl Ended {
    /// The link that was made; nothing secret was printed on the way, with everything logged.
    #[track_caller]
    fn linked(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        self.silent();
        let printed: Value = serde_json::from_str(&self.out).expect("it prints JSON");
        list(&printed, "links")[0].clone()
    }

    #[track_caller]
    fn silent(&self) {
        for printed in [&self.out, &self.err] {
            assert!(!printed.contains("SECRET"), "{printed}");
        }
    }
}

/// No secret lies in a file of the store.
#[track_caller]
fn nothing_lies_open(desk: &Desk) {
    for name in ["conciliar.db", "conciliar.db-wal"] {
        let bytes = std::fs::read(desk.path(name)).unwrap_or_default();
        assert!(!bytes.windows(6).any(|six| six == b"SECRET"), "{name}");
    }
    assert!(desk.path("conciliar.db").exists());
}

#[test]
fn a_login_through_the_browser_ends_with_kept_tokens_that_nobody_saw() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let mut login = Running::start(&desk, &[]);
    let address = login.address();
    let (status, back) = browse(&address);
    assert_eq!(status, 302);
    let back = back.expect("the seller agreed");

    let mut forged = back.clone();
    forged.query_pairs_mut().clear().append_pair("code", "SECRET-code-1").append_pair("state", "forged");
    assert_eq!(browse(&forged).0, 400, "another's answer is refused, and the login goes on");
    let mut elsewhere = back.clone();
    elsewhere.set_path("/elsewhere");
    assert_eq!(browse(&elsewhere).0, 404);
    assert_eq!(browse(&back).0, 200);

    let ended = login.end();
    let link = ended.linked();
    assert_eq!((text(&link, "seller"), text(&link, "application")), (SELLER, APPLICATION));
    assert_eq!((text(&link, "grant"), text(&link, "standing")), ("authorization_code", "valid"));
    nothing_lies_open(&desk);
    let asked = &provider.known().asked;
    assert_eq!(asked.len(), 1);
    assert_eq!(
        asked[0].redirect_uri.as_deref(),
        Some(back.as_str().split('?').next().expect("it has a path"))
    );
    assert_eq!(asked[0].client_secret, APP_SECRET);
}

#[test]
fn a_login_without_a_browser_takes_the_address_that_a_person_pastes() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let mut login = Running::start(&desk, &["--no-browser", "--test-token"]);
    let (_, back) = browse(&login.address());
    login.paste(&format!("{}\n", back.expect("the seller agreed")));
    assert_eq!(text(&login.end().linked(), "standing"), "valid");
    assert_eq!(provider.known().asked[0].test_token.as_deref(), Some("true"));
    nothing_lies_open(&desk);
}

#[test]
fn a_pasted_code_alone_is_bound_by_the_verifier() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let mut login = Running::start(&desk, &["--no-browser"]);
    browse(&login.address());
    login.paste("SECRET-code-1\n");
    assert_eq!(text(&login.end().linked(), "standing"), "valid");

    let mut other = Running::start(&desk, &["--no-browser"]);
    // The code of another login, which somebody slipped in.
    browse(&Running::start(&desk, &["--no-browser"]).address());
    other.address();
    other.paste("SECRET-code-1\n");
    let ended = other.end();
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.err.contains("invalid_grant"), "{}", ended.err);
}

#[test]
fn an_answer_that_carries_another_state_is_not_redeemed() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let mut login = Running::start(&desk, &["--no-browser"]);
    let (_, back) = browse(&login.address());
    let mut back = back.expect("the seller agreed");
    back.query_pairs_mut().clear().append_pair("code", "SECRET-code-1").append_pair("state", "forged");
    login.paste(&format!("{back}\n"));
    let ended = login.end();
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.ends_with("error: the answer does not carry the state of this login\n"),
        "{}",
        ended.err
    );
    ended.silent();
    assert_eq!(provider.known().asked.len(), 0);
}

#[test]
fn a_seller_who_says_no_is_told_at_once() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let mut login = Running::start(&desk, &[]);
    let (_, back) = browse(&login.address());
    let mut back = back.expect("the browser is sent back");
    let state = back.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    back.query_pairs_mut().clear().append_pair("error", "access_denied").append_pair("state", &state);
    assert_eq!(browse(&back).0, 200);
    let ended = login.end();
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.ends_with("error: the seller's account was not linked: access_denied\n"),
        "{}",
        ended.err
    );
}

#[test]
fn a_login_that_nobody_answers_ends_by_itself() {
    let provider = Provider::start();
    let desk = configured(&provider);
    let args = ["--config", "shop.toml", "auth", "login", "--seller", SELLER];
    let variables = [("APP_SECRET", APP_SECRET), ("CONCILIAR__AUTH__LOGIN_SECONDS", "1"), ("PATH", "")];
    let ran = desk.run_with(&args, &variables, "");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("error: nobody authorised in 1 s (auth.login_seconds)"), "{}", ran.err);
}

#[test]
fn the_owner_of_an_application_needs_no_browser() {
    let provider = Provider::start();
    provider.known().life = 21_600;
    let desk = configured(&provider);
    let link = Running::start(&desk, &["--grant", "client_credentials"]).end().linked();
    assert_eq!(text(&link, "grant"), "client_credentials");
    nothing_lies_open(&desk);
}

#[test]
fn a_provider_that_refuses_leaves_nothing_behind_and_gives_no_secret_away() {
    let provider = Provider::start();
    provider.known().secrets = vec!["another".to_owned()];
    let desk = configured(&provider);
    let ended = Running::start(&desk, &["--grant", "client_credentials"]).end();
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("invalid_client"), "{}", ended.err);
    ended.silent();
    provider.known().manner = Manner::Fails;
    let ended = Running::start(&desk, &["--grant", "client_credentials"]).end();
    assert_eq!(ended.code, 1);
    ended.silent();
    let status = desk.run(&["--config", "shop.toml", "auth", "status", "--format", "json"]);
    assert_eq!(status.out.split_whitespace().collect::<String>(), r#"{"links":[]}"#);
}
