//! The client against a server that records what it is asked and answers from a script.

use std::sync::Mutex;

use async_trait::async_trait;
use domain::ids::PaymentId;
use mercadopago::request::plan::FreeTrial;
use serde_json::value::RawValue;

use super::*;
use crate::call::{Class, Idempotency, IdempotencyKey, Method};
use crate::calls::{payment, plan, refund, report};
use crate::error::Outage;
use crate::error::code::ErrorCode;
use crate::invalid::{Invalid, Problem};
use crate::vault::{Fixed, VaultError};
use server::{Script, Server, answer};

mod secrets;
pub(crate) mod server;

const SELLER: &str = "1122334455";
const APPROVED: &str = r#"{"id":3055677,"status":"approved","status_detail":"accredited"}"#;

/// Options of a test: quick, and never limited.
pub(crate) fn options(base: &str) -> Options {
    let rate = NonZeroU32::new(100_000).expect("not zero");
    Options {
        base: base.parse().expect("an address"),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(10),
        file_timeout: Duration::from_secs(10),
        max_body_bytes: 1000,
        max_file_bytes: 2000,
        retries: 2,
        retry_min: Duration::from_millis(1),
        retry_max: Duration::from_millis(2),
        calls_per_second: rate,
        in_person_reads_per_second: rate,
    }
}

fn client(options: Options, vault: impl TokenVault + 'static) -> Client {
    // Another test may have been first; the provider is the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::new(options, Arc::new(vault)).expect("options of a test fit")
}

fn with_token(server: &Server) -> Client {
    client(options(&server.base), Fixed::new("APP_USR-secret"))
}

fn seller() -> SellerId {
    SellerId::from(SELLER)
}

fn get(id: &str) -> payment::Get {
    payment::Get { id: PaymentId::from(id) }
}

fn refund(key: &str) -> refund::Create {
    refund::Create {
        payment: PaymentId::from("55"),
        amount: None,
        remaining: None,
        metadata: None,
        key: IdempotencyKey::new(key),
    }
}

fn trial() -> FreeTrial {
    FreeTrial { frequency: 1, frequency_type: "months".to_owned() }
}

/// A call that may not be repeated.
struct Unkeyed;

impl Call for Unkeyed {
    type Answer = Box<RawValue>;

    fn method(&self) -> Method {
        Method::POST
    }

    fn template(&self) -> &'static str {
        "/once"
    }

    fn check(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

#[tokio::test]
async fn a_call_is_sent_with_token_key_and_body() {
    let server = Server::start(vec![answer(201, "")]).await;
    let metadata = RawValue::from_string(r#"{"why":"broken"}"#.to_owned()).expect("JSON");
    let call = refund::Create { metadata: Some(metadata), ..refund("k-1") };
    let reply = with_token(&server).send(&seller(), &call).await.expect("a success");
    assert_eq!((reply.status, reply.tries, reply.read().expect("readable")), (201, 1, None));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.address.as_str()), ("POST", "/v1/payments/55/refunds"));
    assert_eq!(seen.body, r#"{"metadata":{"why":"broken"}}"#);
    for (name, value) in [
        ("authorization", "Bearer APP_USR-secret"),
        ("x-idempotency-key", "k-1"),
        ("content-type", "application/json"),
        ("accept", "application/json"),
    ] {
        assert_eq!(seen.header(name), Some(value));
    }
    assert!(seen.header("user-agent").is_some_and(|agent| agent.starts_with("conciliar/")));
}

#[tokio::test]
async fn a_reply_has_the_exact_bytes_and_the_name_of_the_request() {
    let body = "{ \"id\":3055677 ,\"status\":\"approved\"}\n";
    let script = Script { headers: vec![("x-request-id", "r-7")], ..answer(200, body) };
    let server = Server::start(vec![script]).await;
    let reply = with_token(&server).send(&seller(), &get("3055677")).await.expect("a success");
    assert_eq!(&reply.body[..], body.as_bytes());
    assert_eq!(reply.request_id.as_deref(), Some("r-7"));
    assert_eq!(reply.read().expect("readable").status, "approved");
    assert_eq!(server.only().header("content-type"), None, "a read sends no body");
}

#[tokio::test]
async fn a_keyed_post_is_repeated_with_the_same_key_and_body() {
    let server = Server::start(vec![answer(503, ""), answer(500, "<html>"), answer(201, "")]).await;
    let call = refund::Create { key: IdempotencyKey::fresh(), ..refund("") };
    let reply = with_token(&server).send(&seller(), &call).await.expect("the third try succeeds");
    assert_eq!(reply.tries, 3);
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|one| one.header("x-idempotency-key") == Some(call.key.as_str())));
    assert!(seen.iter().all(|one| one.body == seen[0].body));
}

#[tokio::test]
async fn a_post_without_a_key_is_sent_once() {
    for status in [503, 429] {
        let server = Server::start(vec![answer(status, ""), answer(201, "{}")]).await;
        let error = with_token(&server).send(&seller(), &Unkeyed).await.expect_err("no answer");
        assert!(error.is_transient(), "{error}");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn reads_and_changes_that_end_alike_are_repeated_until_the_tries_are_used_up() {
    let server = Server::start(vec![answer(502, ""), answer(502, ""), answer(502, "")]).await;
    let error = with_token(&server).send(&seller(), &get("1")).await.expect_err("no answer");
    let ClientError::Unavailable { outage: Outage::Answered { status, .. }, .. } = error else {
        panic!("{error}")
    };
    assert_eq!((status, server.seen().len()), (502, 3));

    let server = Server::start(vec![answer(502, ""), answer(200, r#"{"id":"p","status":"active"}"#)]).await;
    let call = plan::Update::free_trial("p".into(), trial());
    let reply = with_token(&server).send(&seller(), &call).await.expect("a success");
    assert_eq!(reply.tries, 2);
}

#[tokio::test]
async fn what_the_provider_refuses_is_not_repeated() {
    let server = Server::start(vec![answer(400, ""), answer(201, "")]).await;
    with_token(&server).send(&seller(), &refund("k")).await.expect_err("refused");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_refusal_after_a_try_without_an_answer_leaves_open_what_that_one_did() {
    for (first, is_silent) in [(None, false), (Some(429), false), (Some(500), true)] {
        let scripts = first.into_iter().map(|status| answer(status, "")).chain([answer(400, "")]);
        let server = Server::start(scripts.collect()).await;
        let error = with_token(&server).send(&seller(), &refund("k")).await.expect_err("refused");
        let refusal = error.refusal().expect("the last word is a refusal");
        assert_eq!((refusal.status, refusal.follows_silence), (400, is_silent), "{first:?}");
        assert_eq!(error.leaves_nothing_done(), !is_silent, "{first:?}");
    }
}

#[tokio::test]
async fn the_time_that_the_provider_asks_for_is_given_up_to_the_bound() {
    let limited = |asked| Script { headers: vec![("retry-after", asked)], ..answer(429, "") };
    let server = Server::start(vec![limited("0"), answer(200, APPROVED)]).await;
    let reply = with_token(&server).send(&seller(), &get("1")).await.expect("the second try succeeds");
    assert_eq!(reply.tries, 2);

    let server = Server::start(vec![limited("3600"), answer(200, APPROVED)]).await;
    let error = with_token(&server).send(&seller(), &get("1")).await.expect_err("too long to wait");
    let ClientError::RateLimited { retry_after, .. } = &error else { panic!("{error}") };
    assert_eq!(*retry_after, Some(Duration::from_secs(3600)));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_given_up() {
    let server = Server::start(vec![Script::silence()]).await;
    let options = Options { timeout: Duration::from_millis(50), retries: 0, ..options(&server.base) };
    let error = client(options, Fixed::new("t")).send(&seller(), &get("1")).await.expect_err("no answer");
    assert!(matches!(error, ClientError::Unavailable { outage: Outage::TimedOut, .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_and_one_that_hangs_up_are_told_apart() {
    let (nobody, _held) = server::nobody();
    let gone = Options { retries: 0, ..options(&nobody) };
    let error = client(gone, Fixed::new("t")).send(&seller(), &get("1")).await.expect_err("no answer");
    assert!(matches!(error, ClientError::Unavailable { outage: Outage::NotConnected(_), .. }), "{error:?}");

    let half = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{";
    let rude = Options { retries: 0, ..options(&server::raw(half).await) };
    let error = client(rude, Fixed::new("t")).send(&seller(), &get("1")).await.expect_err("half an answer");
    assert!(matches!(error, ClientError::Unavailable { outage: Outage::Broken(_), .. }), "{error:?}");
}

#[tokio::test]
async fn an_answer_longer_than_the_bound_is_not_taken() {
    let long = "x".repeat(1001);
    let server = Server::start(vec![answer(200, &long)]).await;
    let error = with_token(&server).send(&seller(), &get("1")).await.expect_err("too long");
    assert!(matches!(error, ClientError::TooLarge { limit: 1000, .. }), "{error:?}");
    assert_eq!(server.seen().len(), 1, "it would be as long again");

    // 0x3e9 is 1001; no length is told before.
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n{long}\r\n0\r\n\r\n");
    let options = options(&server::raw(&chunked).await);
    let error = client(options, Fixed::new("t")).send(&seller(), &get("1")).await.expect_err("too long");
    assert!(matches!(error, ClientError::TooLarge { limit: 1000, .. }), "{error:?}");
}

#[tokio::test]
async fn a_file_has_a_bound_of_its_own() {
    let server = Server::start(vec![answer(200, &"x".repeat(2000)), answer(200, &"x".repeat(2001))]).await;
    let call = report::Download { kind: report::Kind::Release, file_name: "a.csv".to_owned() };
    let client = with_token(&server);
    assert_eq!(client.send(&seller(), &call).await.expect("it fits").body.len(), 2000);
    let error = client.send(&seller(), &call).await.expect_err("too long");
    assert!(matches!(error, ClientError::TooLarge { limit: 2000, .. }), "{error:?}");
    assert_eq!(server.seen()[0].header("accept"), Some("*/*"));
}

/// Hands out `token-1`, then `token-2`, …: one further for each that was rejected.
#[derive(Default)]
struct Renewing(Mutex<Vec<String>>);

#[async_trait]
impl TokenVault for Arc<Renewing> {
    async fn token(&self, _seller: &SellerId) -> Result<AccessToken, VaultError> {
        let count = self.0.lock().expect("no panic holds it").len() + 1;
        Ok(AccessToken::new(format!("token-{count}")))
    }

    async fn rejected(&self, _seller: &SellerId, token: &AccessToken) -> Result<(), VaultError> {
        self.0.lock().expect("no panic holds it").push(token.expose().to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let vault = Arc::new(Renewing::default());
    let server =
        Server::start(vec![answer(401, ""), answer(200, APPROVED), answer(401, ""), answer(401, "")]).await;
    let client = client(options(&server.base), Arc::clone(&vault));
    client.send(&seller(), &get("1")).await.expect("the new token holds");
    let error = client.send(&seller(), &get("1")).await.expect_err("neither token holds");
    assert!(matches!(error, ClientError::Unauthorized(_)), "{error:?}");
    let sent: Vec<_> =
        server.seen().iter().map(|one| one.header("authorization").map(str::to_owned)).collect();
    let bearer = |count| Some(format!("Bearer token-{count}"));
    assert_eq!(sent, [bearer(1), bearer(2), bearer(2), bearer(3)]);
    assert_eq!(*vault.0.lock().expect("no panic holds it"), ["token-1", "token-2"]);
}

#[tokio::test]
async fn a_vault_with_the_same_token_again_is_not_tried_again() {
    let server = Server::start(vec![answer(401, ""), answer(200, APPROVED)]).await;
    let error = with_token(&server).send(&seller(), &get("1")).await.expect_err("refused");
    assert!(matches!(error, ClientError::Unauthorized(_)), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn refusals_are_told_apart_and_named() {
    let body =
        r#"{"message":"no","error":"bad_request","status":400,"cause":[{"code":2031,"description":"d"}]}"#;
    let redirect = Script { headers: vec![("location", "/elsewhere")], ..answer(302, "") };
    let server =
        Server::start(vec![answer(400, body), answer(404, body), redirect, answer(200, APPROVED)]).await;
    let client = with_token(&server);
    let error = client.send(&seller(), &get("1")).await.expect_err("refused");
    let ClientError::Refused(refusal) = &error else { panic!("{error}") };
    assert_eq!((refusal.status, &refusal.code), (400, &ErrorCode::CollectorLacksAvailableMoney));
    let error = client.send(&seller(), &get("1")).await.expect_err("not found");
    assert!(matches!(error, ClientError::NotFound(_)), "{error:?}");
    let error = client.send(&seller(), &get("1")).await.expect_err("a redirect is no answer");
    assert!(matches!(&error, ClientError::Refused(refusal) if refusal.status == 302), "{error:?}");
    assert_eq!(server.seen().len(), 3, "a redirect is not followed");
}

#[tokio::test]
async fn a_body_that_is_no_answer_is_an_error_when_it_is_read() {
    let server = Server::start(vec![answer(200, "<html>")]).await;
    let reply = with_token(&server).send(&seller(), &get("1")).await.expect("a success by its status");
    assert!(matches!(reply.read(), Err(ClientError::Unreadable { .. })));
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_sent() {
    let server = Server::start(vec![]).await;
    let client = with_token(&server);
    for (call, field) in [(refund(""), "X-Idempotency-Key"), (refund("a\nb"), "X-Idempotency-Key")] {
        let error = client.send(&seller(), &call).await.expect_err("invalid");
        let ClientError::Invalid { source, .. } = &error else { panic!("{error}") };
        assert_eq!(source.field, field);
    }
    // A URL would read these as the folder itself and the one above it.
    for id in [".", ".."] {
        let error = client.send(&seller(), &get(id)).await.expect_err("invalid");
        let ClientError::Invalid { source, .. } = &error else { panic!("{error}") };
        assert_eq!((source.field, &source.problem), ("path", &Problem::BadCharacter), "{id}");
    }
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn parameters_reach_the_server_as_they_are() {
    let server = Server::start(vec![answer(200, APPROVED), answer(200, "{}")]).await;
    let client = with_token(&server);
    client.send(&seller(), &get("a/b?c#ñ%")).await.expect("a success");
    let search =
        payment::Search { external_reference: Some("a&b=c ñ".to_owned()), ..payment::Search::all() };
    client.send(&seller(), &search).await.expect("a success");
    let seen = server.seen();
    assert_eq!(seen[0].address, "/v1/payments/a%2Fb%3Fc%23%C3%B1%25");
    assert_eq!(seen[1].address, "/v1/payments/search?external_reference=a%26b%3Dc+%C3%B1&offset=0&limit=50");
}

#[tokio::test]
async fn a_seller_waits_when_its_limit_is_reached() {
    let server = Server::start((0..5).map(|_| answer(200, APPROVED)).collect()).await;
    let options = Options { calls_per_second: NonZeroU32::MIN, ..options(&server.base) };
    let client = client(options, Fixed::new("t"));
    let five = async {
        for _ in 0..5 {
            client.send(&seller(), &get("1")).await.expect("a success");
        }
    };
    let ended = tokio::time::timeout(Duration::from_millis(50), five).await;
    assert!(ended.is_err(), "five calls at one a second take four seconds");
    assert!(server.seen().len() < 5);
}

#[test]
fn only_loopback_may_be_plain() {
    drop(rustls::crypto::ring::default_provider().install_default());
    for (base, expect) in [
        ("http://127.0.0.1:8080", true),
        ("http://localhost:8080/", true),
        ("http://[::1]:8080", true),
        ("http://127.0.0.1:8080/below/", true),
        ("http://api.mercadopago.com", false),
        ("http://127.0.0.1.example.com", false),
        ("http://10.0.0.1", false),
        ("http://user@127.0.0.1", false),
        ("http://:password@127.0.0.1", false),
        ("http://127.0.0.1/?access_token=x", false),
        ("ftp://127.0.0.1", false),
    ] {
        let made = Client::new(options(base), Arc::new(Fixed::new("t")));
        assert_eq!(made.is_ok(), expect, "{base}");
    }
}

#[test]
fn by_default_only_posts_are_sent_once() {
    assert_eq!(Unkeyed.idempotency(), Idempotency::Once);
    assert_eq!(get("1").idempotency(), Idempotency::Safe);
    assert_eq!(plan::Update::free_trial("p".into(), trial()).idempotency(), Idempotency::Safe);
    let stop = report::config::StopSchedule { kind: report::Kind::Release };
    assert_eq!((stop.idempotency(), stop.class()), (Idempotency::Safe, Class::General));
}
