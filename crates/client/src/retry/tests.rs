//! What passes by itself is tried again where that is safe, as often and as late as configured.

use reqwest::Method;
use reqwest::header::HeaderValue;

use super::*;
use crate::call::{Endpoint, IdempotencyKey};
use crate::client;
use crate::error::Outage;

fn pauses(idempotency: &Idempotency) -> Pauses {
    let options = Options {
        retries: 3,
        retry_min: Duration::from_secs(1),
        retry_max: Duration::from_secs(2),
        ..client::tests::options("http://127.0.0.1:1")
    };
    Pauses::new(&options, idempotency)
}

fn endpoint() -> Endpoint {
    Endpoint { method: Method::GET, template: "/v1/payments/{id}" }
}

fn timed_out() -> ClientError {
    ClientError::Unavailable { endpoint: endpoint(), outage: Outage::TimedOut }
}

#[test]
fn pauses_double_up_to_a_bound_and_end() {
    let mut pauses = pauses(&Idempotency::Safe);
    let mut shortest = [1, 2, 2].map(Duration::from_secs).into_iter();
    while let Some(pause) = pauses.after(&timed_out(), None) {
        let least = shortest.next().expect("three pauses and no more");
        assert!(pause >= least && pause <= 2 * least, "{pause:?} is not between once and twice {least:?}");
    }
    assert_eq!(shortest.next(), None, "three pauses and no fewer");
}

#[test]
fn only_what_is_safe_is_repeated() {
    let keyed = Idempotency::Keyed(IdempotencyKey::new("k"));
    for (idempotency, expect) in [(Idempotency::Safe, true), (keyed, true), (Idempotency::Once, false)] {
        assert_eq!(pauses(&idempotency).after(&timed_out(), None).is_some(), expect, "{idempotency:?}");
    }
    let unreadable = ClientError::Unreadable { endpoint: endpoint(), line: 1, column: 1 };
    assert_eq!(pauses(&Idempotency::Safe).after(&unreadable, None), None);
}

#[test]
fn the_provider_is_given_the_time_it_asks_for_up_to_a_bound() {
    let limited = ClientError::RateLimited { endpoint: endpoint(), retry_after: None };
    let pause = |asked| pauses(&Idempotency::Safe).after(&limited, Some(Duration::from_secs(asked)));
    assert!(pause(0) >= Some(Duration::from_secs(1)), "never less than our own pause");
    assert!(pause(2) >= Some(Duration::from_secs(2)));
    assert_eq!(pause(3), None, "more than the longest pause is not waited for");
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let date = "Wed, 21 Oct 2026 07:28:00 GMT";
    for (asked, sent, expect) in [
        ("7", None, Some(7)),
        (" 0 ", None, Some(0)),
        (date, Some("Wed, 21 Oct 2026 07:27:30 GMT"), Some(30)),
        (date, Some("Wed, 21 Oct 2026 07:28:30 GMT"), Some(0)),
        (date, None, None),
        ("-1", None, None),
        ("soon", Some(date), None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(asked));
        if let Some(sent) = sent {
            headers.insert(DATE, HeaderValue::from_static(sent));
        }
        assert_eq!(retry_after(&headers), expect.map(Duration::from_secs), "{asked}");
    }
    assert_eq!(retry_after(&HeaderMap::new()), None);
}
