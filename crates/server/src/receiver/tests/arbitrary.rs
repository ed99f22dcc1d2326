//! Requests of nobody: whatever is sent, the receiver answers, believes nothing that no secret proves, and what it takes
//! can be looked at. The fuzz target in `crates/server/fuzz` does the same with other bytes.

use axum::http::{HeaderName, HeaderValue};
use engine::ingest::Ingester;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Pieces of the provider's language, so that what is put together comes near to it.
const WORDS: [&str; 24] = [
    "data.id=",
    "data_id=",
    "type=",
    "topic=",
    "id=",
    "payment",
    "order",
    "point_integration_wh",
    "&",
    "77",
    "%2e",
    "{\"id\":1,",
    "\"data\":{",
    "\"id\":\"77\"",
    "\"state\":\"FINISHED\"",
    "\"transaction_id\":\"t\",",
    "}",
    ",",
    "\"generation_date\":\"d\",",
    "\"signature\":\"$2b$04$abcdefghijklmnopqrstuu\"",
    "ts=1704908010",
    "v1=",
    "é",
    "0000000000000000000000000000000000000000000000000000000000000000",
];

fn text() -> impl Strategy<Value = String> {
    let word =
        prop_oneof![3 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => any::<String>()];
    vec(word, 0..8).prop_map(|words| words.concat())
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![4 => text().prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..200)]
}

fn request_of(query: &str, headers: [(&'static str, &[u8]); 3], body: Vec<u8>) -> Request {
    let encode = |byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'=' | b'&' | b'%' | b'_' | b'+' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    let encoded: String = query.bytes().map(encode).collect();
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = axum::http::Method::POST;
    *request.uri_mut() = format!("/hooks/{SELLER}?{encoded}").parse().expect("every byte of it is allowed");
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    request
}

proptest! {
    #[test]
    fn nothing_is_believed_that_no_secret_proves(
        query in text(), signature in bytes(), id in bytes(), kind in bytes(), body in bytes(), at_path in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let shop = Shop::new();
            let headers = [("x-signature", &signature[..]), ("x-request-id", &id[..]), ("content-type", &kind[..])];
            let request = request_of(&query, headers, body);
            let end = at_path.then_some(POINT_PATH);
            let status = shop.receiver.push(SELLER, end, request).await.status();
            let taken = shop.taken();
            prop_assert_eq!(status == StatusCode::OK, taken.len() == 1, "{}", status);
            prop_assert!(status.is_success() || status.is_client_error(), "{}", status);
            prop_assert!(taken.iter().all(|item| !item.verified), "{:?}", taken);
            let looked = Ingester::look(&config(""), taken);
            prop_assert!(looked.iter().all(|(item, _)| item.key.to_string().len() == 64));
            Ok(())
        })?;
    }
}
