//! The receiver against a server that records what it is sent and answers from a script.

use super::*;
use crate::client::tests::server::{Script, Server, answer, nobody};

fn options() -> Options {
    Options { connect_timeout: Duration::from_secs(10), timeout: Duration::from_secs(10) }
}

fn hook(base: &str, token: Option<&str>) -> Result<Hook, AddressError> {
    // Another test may have been first; the provider is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    let token = token.map(AccessToken::new);
    Hook::new(base.parse().expect("an address"), token.as_ref(), options())
}

async fn posted(script: Script) -> (Result<(), HookError>, Server) {
    let server = Server::start(vec![script]).await;
    let hook = hook(&format!("{}/dunning?shop=7", server.base), Some("secret")).expect("a receiver");
    (hook.post("dunning/1/2/3/retrying", r#"{"step":"retrying"}"#.to_owned()).await, server)
}

#[tokio::test]
async fn a_message_is_posted_with_its_key_and_token() {
    let (ended, server) = posted(answer(204, "")).await;
    ended.expect("it is taken");
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.address.as_str()), ("POST", "/dunning?shop=7"));
    assert_eq!(seen.body, r#"{"step":"retrying"}"#);
    for (name, value) in [
        ("idempotency-key", "dunning/1/2/3/retrying"),
        ("authorization", "Bearer secret"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(seen.header(name), Some(value));
    }
}

#[tokio::test]
async fn what_may_pass_is_told_from_what_a_person_must_mend() {
    for status in [408, 425, 429, 500, 503] {
        let script = Script { headers: vec![("retry-after", "7")], ..answer(status, "") };
        let (ended, _server) = posted(script).await;
        let Err(HookError::Busy { status: told, retry_after }) = ended else { panic!("{status}: {ended:?}") };
        assert_eq!((told, retry_after), (status, Some(Duration::from_secs(7))));
    }
    for status in [301, 307, 400, 401, 404, 410, 422] {
        // Nobody goes where a redirect leads to.
        let script = Script { headers: vec![("location", "/elsewhere")], ..answer(status, "") };
        let (ended, server) = posted(script).await;
        assert_eq!(server.only().address, "/dunning?shop=7");
        assert!(matches!(ended, Err(HookError::Refused { status: told }) if told == status), "{ended:?}");
    }
}

#[tokio::test]
async fn a_key_with_accents_is_sent_and_one_that_no_header_can_carry_is_no_outage() {
    let server = Server::start(vec![answer(200, ""), answer(200, "")]).await;
    let hook = hook(&server.base, None).expect("a receiver");
    hook.post("dunning/1/2/3/adi\u{f3}s", "{}".to_owned()).await.expect("it is taken");
    let ended = hook.post("dunning/1/2/3/two\nlines", "{}".to_owned()).await;
    assert!(matches!(ended, Err(HookError::Key)), "{ended:?}");
    assert_eq!(server.only().bytes_of(KEY), Some("dunning/1/2/3/adi\u{f3}s".as_bytes()));
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_away() {
    let (base, _socket) = nobody();
    let ended = hook(&base, None).expect("a receiver").post("k", "{}".to_owned()).await;
    assert!(matches!(ended, Err(HookError::Unavailable(Outage::NotConnected(_)))), "{ended:?}");
}

#[test]
fn messages_travel_only_where_nobody_listens() {
    for at in
        ["https://shop.example/dunning?t=1", "http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost/"]
    {
        assert!(hook(at, None).is_ok(), "{at}");
    }
    for at in
        ["http://shop.example/", "http://10.0.0.1/", "ftp://localhost/", "https://clerk:pw@shop.example/"]
    {
        assert!(matches!(hook(at, None), Err(AddressError::Insecure)), "{at}");
    }
    assert!(matches!(hook("https://shop.example/", Some("two\nlines")), Err(AddressError::Token)));
}

#[test]
fn a_receiver_prints_no_secret() {
    let told =
        format!("{:?}", hook("https://shop.example/T0KEN?key=K3Y", Some("S3CRET")).expect("a receiver"));
    assert!(["T0KEN", "K3Y", "S3CRET"].iter().all(|secret| !told.contains(secret)), "{told}");
}
