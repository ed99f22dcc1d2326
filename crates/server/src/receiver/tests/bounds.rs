//! What is too much, too slow or not to be had.

use std::convert::Infallible;
use std::io;

use futures_util::{StreamExt, stream};

use super::*;

#[tokio::test]
async fn nobody_is_at_the_address_of_a_stranger() {
    let shop = Shop::new();
    let answer = shop.receiver.push("9", None, thin_payment()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_whether_or_not_it_says_so() {
    let shop = Shop::with("[serve]\nbody_kib = 1\n", Shelf::default());
    let long = "x".repeat(1025);
    assert_eq!(shop.push(with_body(request(""), &long)).await, StatusCode::PAYLOAD_TOO_LARGE);
    let pieces = stream::iter([b"x".repeat(600), b"x".repeat(600)]).map(Ok::<_, Infallible>);
    let chunked = request("").header("transfer-encoding", "chunked");
    let chunked = chunked.body(Body::from_stream(pieces)).expect("a request");
    assert_eq!(shop.push(chunked).await, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(shop.taken().is_empty());
}

#[tokio::test]
async fn only_plain_json_is_read() {
    let shop = Shop::new();
    let typed = |kind: &str, value: &str| {
        let mut request = thin_payment();
        let name = axum::http::HeaderName::from_bytes(kind.as_bytes()).expect("a name");
        request.headers_mut().insert(name, value.parse().expect("a value"));
        request
    };
    for (kind, value, expected) in [
        ("content-type", "application/json; charset=utf-8", StatusCode::OK),
        ("content-type", "application/vnd.api+JSON", StatusCode::OK),
        ("content-type", "text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("content-type", "application/x-www-form-urlencoded", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("content-encoding", "gzip", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("content-encoding", "identity", StatusCode::OK),
    ] {
        assert_eq!(shop.push(typed(kind, value)).await, expected, "{kind}: {value}");
    }
    let mut untyped = thin_payment();
    untyped.headers_mut().remove("content-type");
    assert_eq!(shop.push(untyped).await, StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_webhook() {
    let shop = Shop::new();
    let broken = stream::iter([Err::<Vec<u8>, _>(io::Error::from(io::ErrorKind::ConnectionReset))]);
    let broken = request("").header("transfer-encoding", "chunked").body(Body::from_stream(broken));
    assert_eq!(shop.push(broken.expect("a request")).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let shop = Shop::with("[serve]\nbody_seconds = 1\nanswer_seconds = 20\n", Shelf::default());
    let started = tokio::time::Instant::now();
    let never = stream::pending::<Result<Vec<u8>, Infallible>>();
    let never = request("").header("transfer-encoding", "chunked").body(Body::from_stream(never));
    assert_eq!(shop.push(never.expect("a request")).await, StatusCode::REQUEST_TIMEOUT);
    assert!((1..20).contains(&started.elapsed().as_secs()));
}

#[tokio::test]
async fn an_answer_comes_before_the_provider_gives_up() {
    let shop = Shop::with("[serve]\nanswer_seconds = 1\n", Shelf { hangs: true, ..Shelf::default() });
    let started = tokio::time::Instant::now();
    let answer = shop.receiver.push(SELLER, None, thin_payment()).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "5");
    assert!(started.elapsed().as_secs() >= 1);
}

#[tokio::test]
async fn more_than_is_worked_on_at_once_is_sent_away() {
    let shop =
        Shop::with("[serve]\nin_flight = 2\nanswer_seconds = 1\n", Shelf { hangs: true, ..Shelf::default() });
    let (first, second) = (shop.push(thin_payment()), shop.push(thin_payment()));
    let third = async {
        tokio::task::yield_now().await;
        let answer = shop.receiver.push(SELLER, None, thin_payment()).await;
        assert!(answer.headers().contains_key("retry-after"));
        answer.status()
    };
    let answers = tokio::join!(first, second, third);
    let (unavailable, busy) = (StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answers, (unavailable, unavailable, busy));
    // Their places are free again.
    assert_eq!(shop.push(thin_payment()).await, unavailable);
}

#[tokio::test]
async fn what_is_not_durable_is_not_acknowledged() {
    let check = |fault: SinkError, expected: StatusCode| async move {
        let shop = Shop::with("", Shelf { fault: Some(fault.clone()), ..Shelf::default() });
        assert_eq!(shop.push(thin_payment()).await, expected, "{fault}");
    };
    check(SinkError::Away, StatusCode::SERVICE_UNAVAILABLE).await;
    check(SinkError::TimedOut { seconds: 10 }, StatusCode::SERVICE_UNAVAILABLE).await;
    check(SinkError::Stopped, StatusCode::SERVICE_UNAVAILABLE).await;
    check(SinkError::Full, StatusCode::TOO_MANY_REQUESTS).await;
    check(SinkError::TooLarge { origin: "x".into(), length: 1 }, StatusCode::PAYLOAD_TOO_LARGE).await;
}
