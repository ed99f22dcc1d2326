//! What each of the provider's channels becomes, and what does not pass for it.

use super::*;

const FLAT: &str = include_str!("../../../../../tests/fixtures/notification/point_integration.json");
const REPORT: &str = include_str!("../../../../../tests/fixtures/notification/report.json");
/// Of the report's transaction and date with the password; made by `crypt(3)`.
const REPORT_HASH: &str = "$2y$04$abcdefghijklmnopqrstuuK9f1Nj10yBobFuf9yhM6hedwv3tOSYW";

fn report() -> String {
    REPORT.replace(r#""signature": "-""#, &format!(r#""signature": "{REPORT_HASH}""#))
}

#[tokio::test]
async fn a_signed_webhook_is_taken_under_the_id_of_its_request() {
    let shop = Shop::new();
    assert_eq!(shop.push(thin_payment()).await, StatusCode::OK);
    let item = shop.only();
    assert_eq!(item.key.to_string(), "request-1");
    assert_eq!((&*item.topic, item.channel, item.verified), ("payment", Channel::Webhook, true));
    assert_eq!((item.seller.as_deref(), item.site.as_deref()), (Some(SELLER), Some("MLA")));
    assert_eq!(item.received_at.timestamp(), NOW);
    assert_eq!(item.bytes(), payment("77").as_bytes());
}

#[tokio::test]
async fn each_secret_in_force_proves() {
    let shop = Shop::new();
    let query = "data.id=77&type=payment";
    for (secret, expected) in
        [(SECRET, StatusCode::OK), (OLD_SECRET, StatusCode::OK), ("forged", StatusCode::UNAUTHORIZED)]
    {
        let request = signed(secret, query, Some("77"), "r", &payment("77"));
        assert_eq!(shop.push(request).await, expected, "{secret}");
    }
    assert_eq!(shop.taken().len(), 2);
}

#[tokio::test]
async fn a_signature_that_is_missing_broken_or_of_something_else_is_refused() {
    let shop = Shop::new();
    let good = sign(SECRET.as_bytes(), Some("77"), Some(b"r"), &NOW.to_string());
    let (ts, hash) = good.split_once(',').expect("two parts");
    let query = "data.id=77&type=payment";
    let mut refused = vec![with_body(request(query).header("x-request-id", "r"), &payment("77"))];
    for header in [
        "",
        "nonsense",
        ts,
        hash,
        &good[..good.len() - 1],
        &format!("{good}0"),
        &format!("{ts},v2={}", &hash[3..]),
        &format!("{ts},v1={}", "é".repeat(32)),
        &format!("{ts},v1={}", "é".repeat(64)),
        &good.replace(ts, "ts=1704908011"),
    ] {
        let header = axum::http::HeaderValue::from_bytes(header.as_bytes()).expect("bytes of a header");
        let builder = request(query).header("x-request-id", "r").header("x-signature", header);
        refused.push(with_body(builder, &payment("77")));
    }
    let other_request = request(query).header("x-request-id", "s").header("x-signature", &good);
    refused.push(with_body(other_request, &payment("77")));
    let other_id = request("data.id=78&type=payment").header("x-request-id", "r");
    refused.push(with_body(other_id.header("x-signature", &good), &payment("78")));
    for request in refused {
        let shown = format!("{:?}", request.headers().get("x-signature"));
        assert_eq!(shop.push(request).await, StatusCode::UNAUTHORIZED, "{shown}");
    }
    assert!(shop.taken().is_empty());
    let proven = request(query).header("x-request-id", "r").header("x-signature", &good);
    assert_eq!(shop.push(with_body(proven, &payment("77"))).await, StatusCode::OK);
}

#[tokio::test]
async fn a_webhook_that_is_replayed_too_late_is_refused() {
    let query = "data.id=77&type=payment";
    let aged = |seconds: i64| signed_at(NOW - seconds, SECRET, query, Some("77"), "r", &payment("77"));
    let shop = Shop::new();
    for (seconds, expected) in [
        (3600, StatusCode::OK),
        (-3600, StatusCode::OK),
        (3601, StatusCode::UNAUTHORIZED),
        (-3601, StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(shop.push(aged(seconds)).await, expected, "{seconds}");
    }
    let shop = Shop::with("[serve]\ntolerance_seconds = 0\n", Shelf::default());
    assert_eq!(shop.push(aged(3_000_000)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_signed_address_does_not_speak_for_a_body_about_something_else() {
    let shop = Shop::new();
    let forged = signed(SECRET, "data.id=77&type=payment", Some("77"), "r", &payment("78"));
    assert_eq!(shop.push(forged).await, StatusCode::UNAUTHORIZED);
    assert!(shop.taken().is_empty());
}

#[tokio::test]
async fn a_signed_body_that_cannot_be_read_is_kept_and_not_believed() {
    let shop = Shop::new();
    let broken = signed(SECRET, "data.id=77&type=payment", Some("77"), "r", "{");
    assert_eq!(shop.push(broken).await, StatusCode::OK);
    let item = shop.only();
    assert_eq!((&*item.topic, item.verified, item.bytes()), ("payment", false, &b"{"[..]));
}

#[tokio::test]
async fn topics_that_nobody_follows_are_kept() {
    let shop = Shop::new();
    for topic in ["stop_delivery_op_wh", "something_new"] {
        let query = format!("data.id=1&type={topic}");
        assert_eq!(shop.push(signed(SECRET, &query, Some("1"), "r", "{}")).await, StatusCode::OK);
        assert_eq!(&*shop.only().topic, topic);
    }
}

#[tokio::test]
async fn without_an_id_that_can_be_a_key_the_delivery_makes_its_own() {
    let shop = Shop::new();
    let long = "r".repeat(201);
    let mut keys = Vec::new();
    for (id, body) in [("", "77"), ("a b", "77"), (&long, "77"), ("", "77"), ("", "78")] {
        let query = format!("data.id={body}&type=payment");
        let request = signed(SECRET, &query, Some(body), id, &payment(body));
        assert_eq!(shop.push(request).await, StatusCode::OK, "{id}");
        let key = shop.only().key.to_string();
        assert_eq!(key.len(), 64, "{key}");
        keys.push(key);
    }
    assert_eq!(keys[0], keys[3], "the same again has the same key");
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 4);
}

#[tokio::test]
async fn the_older_channel_only_says_what_to_look_at() {
    let shop = Shop::new();
    let ipn = || with_body(request("topic=payment&id=99"), r#"{"resource":"99","topic":"payment"}"#);
    assert_eq!(shop.push(ipn()).await, StatusCode::OK);
    let item = shop.only();
    assert_eq!((&*item.topic, item.channel, item.verified), ("payment", Channel::Ipn, false));
    assert_eq!(item.bytes(), br#"{"resource":"99","topic":"payment"}"#);
    assert_eq!(item.key.to_string().len(), 64);
    // Its signature cannot be verified, and an id that is not signed is no key.
    let query = "topic=merchant_order&id=5";
    let odd = request(query).header("x-signature", "ts=1,v1=00").header("x-request-id", "r");
    assert_eq!(shop.push(with_body(odd, "")).await, StatusCode::OK);
    let item = shop.only();
    assert_eq!((item.bytes(), item.verified), (&br#"{"resource":"5","topic":"merchant_order"}"#[..], false));
    assert_ne!(item.key.to_string(), "r");
    let shop = Shop::with("hooks.ipn = false\n", Shelf::default());
    assert_eq!(shop.push(ipn()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_report_message_is_proven_by_the_password() {
    let shop = Shop::new();
    assert_eq!(shop.push(with_body(request(""), &report())).await, StatusCode::OK);
    let item = shop.only();
    assert_eq!((&*item.topic, item.channel, item.verified), ("report", Channel::Webhook, true));
    let again = report().replace("CSV", "csv");
    assert_eq!(shop.push(with_body(request(""), &again)).await, StatusCode::OK);
    assert_eq!(shop.only().key, item.key, "one transaction is one delivery");
    for forged in [
        REPORT.to_owned(),
        report().replace("$04$", "$31$"),
        report().replace("b9f8a2c1", "b9f8a2c2"),
        report().replace("2024-07-09T03:01", "2024-07-10T03:01"),
    ] {
        assert_eq!(shop.push(with_body(request(""), &forged)).await, StatusCode::UNAUTHORIZED, "{forged}");
    }
    assert!(shop.taken().is_empty());
}

#[tokio::test]
async fn unsigned_messages_of_terminals_are_taken_at_their_own_address_only() {
    let shop = Shop::new();
    assert_eq!(shop.push(with_body(request(""), FLAT)).await, StatusCode::UNAUTHORIZED);
    let behind = |end: &'static str| {
        let receiver = Arc::clone(&shop.receiver);
        async move { receiver.push(SELLER, Some(end), with_body(request(""), FLAT)).await.status() }
    };
    assert_eq!(behind("an-end-that-nobody-guesseS").await, StatusCode::NOT_FOUND);
    assert_eq!(behind(POINT_PATH).await, StatusCode::OK);
    let item = shop.only();
    // Nobody signed it, so that its state is not believed and the provider is asked.
    assert_eq!((&*item.topic, item.verified), ("point_integration_wh", false));
    assert_eq!(behind(POINT_PATH).await, StatusCode::OK);
    assert_eq!(shop.only().key, item.key, "the same state again is the same delivery");
}

#[tokio::test]
async fn the_second_edition_for_terminals_is_believed_when_it_is_signed() {
    let shop = Shop::new();
    let id = "7d8c70b6-2ac8-4c57-a441-c319088ca3ca";
    let query = format!("data.id={id}&type=point_integration_wh");
    assert_eq!(shop.push(signed(SECRET, &query, Some(id), "r", FLAT)).await, StatusCode::OK);
    let item = shop.only();
    assert_eq!((&*item.topic, item.verified), ("point_integration_wh", true));
    let other = signed(SECRET, "data.id=other", Some("other"), "r", FLAT);
    assert_eq!(shop.push(other).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_challenge_is_answered_with_the_hash_of_its_code() {
    let shop = Shop::new();
    let ask = |end, query: &str| shop.receiver.challenge(SELLER, end, query);
    // The hash is that of `openssl dgst -sha256 -hmac`.
    let expected = "0f1a330a038b2ceb102971c28a413a377cd90e69bc7db4e9ca448f37f33a32d7";
    for end in [None, Some(POINT_PATH)] {
        let answer = ask(end, "challengeCode=abc123");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(text(answer).await, format!(r#"{{"encrypted_challenge":"{expected}"}}"#));
    }
    assert_eq!(ask(None, "").status(), StatusCode::BAD_REQUEST);
    assert_eq!(ask(None, &format!("challengeCode={}", "a".repeat(513))).status(), StatusCode::BAD_REQUEST);
    assert_eq!(ask(Some("elsewhere"), "challengeCode=abc123").status(), StatusCode::NOT_FOUND);
    assert_eq!(shop.receiver.challenge("9", None, "challengeCode=abc123").status(), StatusCode::NOT_FOUND);
}
