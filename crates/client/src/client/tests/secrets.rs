//! Tokens, secrets and ids of people reach no log, no error and no `Debug`.

use std::io;

use secrecy::SecretString;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::calls::oauth::{Grant, Token};
use crate::calls::test_user;

/// Everything that is logged, as text.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic holds it").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// `Debug`, `Display` and the whole chain of causes.
fn shown(error: &ClientError) -> String {
    let mut text = format!("{error:?} {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(" {cause:?} {cause}"));
        source = cause.source();
    }
    text
}

fn token_call() -> Token {
    Token {
        client_id: "client".to_owned(),
        client_secret: SecretString::from("CLIENT-SECRET"),
        grant: Grant::RefreshToken(SecretString::from("TG-SECRET")),
    }
}

async fn exchange(show: &mut impl FnMut(String)) {
    let repeats = r#"{"message":"APP_USR-SECRET is bad","error":"unauthorized","cause":[]}"#;
    let granted =
        r#"{"access_token":"NEW-SECRET","refresh_token":"TG-NEW-SECRET","expires_in":15552000,"user_id":1}"#;
    let user = r#"{"id":1,"nickname":"n","password":"PASS-SECRET"}"#;
    let script = vec![
        answer(503, repeats),
        answer(401, repeats),
        answer(400, repeats),
        answer(200, granted),
        answer(200, r#"{"access_token":{"NEW-SECRET":1}}"#),
        answer(201, user),
    ];
    let server = Server::start(script).await;
    let client = client(options(&server.base), Fixed::new("APP_USR-SECRET"));
    show(format!("{client:?}"));
    show(shown(&client.send(&seller(), &get("987654321")).await.expect_err("refused")));
    let search = payment::Search { external_reference: Some("PERSON".to_owned()), ..payment::Search::all() };
    show(shown(&client.send(&seller(), &search).await.expect_err("refused")));
    let reply = client.send_unsigned(&token_call()).await.expect("granted");
    show(format!("{reply:?} {:?}", reply.read().expect("readable")));
    let reply = client.send_unsigned(&token_call()).await.expect("a success");
    show(shown(&reply.read().expect_err("unreadable")));
    let call = test_user::Create { site: "MLA".to_owned(), description: None };
    let reply = client.send(&seller(), &call).await.expect("made");
    show(format!("{reply:?} {:?}", reply.read().expect("readable")));
    assert_eq!(server.seen()[3].header("authorization"), None, "an unsigned call has no token");

    let (nobody, _held) = server::nobody();
    let gone = Options { retries: 0, ..options(&nobody) };
    let client = super::client(gone, Fixed::new("APP_USR-SECRET"));
    show(shown(&client.send(&seller(), &search).await.expect_err("nobody is there")));
    let client = super::client(options(&server.base), Fixed::new("APP_USR\n-SECRET"));
    show(shown(&client.send(&seller(), &search).await.expect_err("no header")));
}

/// Takes what every test of this binary logs: a subscriber of one thread can lose what other threads met before.
#[tokio::test]
async fn no_secret_is_logged_or_shown() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("no other test logs");
    let mut shown = String::new();
    exchange(&mut |text| shown.push_str(&format!("{text}\n"))).await;
    let logged = String::from_utf8(captured.0.lock().expect("no panic holds it").clone()).expect("text");
    for (name, text) in [("logged", &logged), ("shown", &shown)] {
        assert!(!text.contains("SECRET"), "{name}: {text}");
        assert!(!text.contains("PERSON"), "{name}: {text}");
    }
    assert!(!logged.contains("987654321"), "{logged}");
    let fields = [
        "called",
        "http.method=GET",
        "http.path=\"/v1/payments/{id}\"",
        "http.status=\"503\"",
        "duration_ms=",
    ];
    let is_whole = |line: &str| fields.iter().all(|field| line.contains(field));
    assert!(logged.lines().any(is_whole), "{logged}");
}
