//! A call as it is sent, made once and sent as often as needed: the same key and body on every try.

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::call::{Call, Class, Endpoint, Idempotency, Method};
use crate::invalid::{Field, Invalid, Problem};

/// Where the key is asked for.
const KEY: Field = Field::new(
    "X-Idempotency-Key",
    "https://www.mercadopago.com.ar/developers/en/reference/payments/_payments/post",
);

/// Where headers and paths get their rules.
const HTTP: &str = "https://www.rfc-editor.org/rfc/rfc9110";

/// A call that has passed its own checks.
pub(super) struct Prepared {
    pub(super) endpoint: Endpoint,
    pub(super) class: Class,
    pub(super) idempotency: Idempotency,
    pub(super) answers: &'static [u16],
    pub(super) is_file: bool,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
}

impl Prepared {
    pub(super) fn new<C: Call>(base: &Url, call: &C) -> Result<Self, Invalid> {
        call.check()?;
        let endpoint = call.endpoint();
        let idempotency = call.idempotency();
        Ok(Self {
            class: call.class(),
            answers: call.answers(),
            is_file: call.is_file(),
            url: address(base, &call.path(), &call.query())?,
            headers: headers(&endpoint.method, &idempotency, call.headers())?,
            body: call.body().map(Bytes::from),
            endpoint,
            idempotency,
        })
    }
}

/// The address; refused when URL rules would send something else than the path that was asked for.
fn address(base: &Url, path: &str, query: &[(&'static str, String)]) -> Result<Url, Invalid> {
    let refused = || Field::new("path", HTTP).is(Problem::BadCharacter);
    let full = format!("{}{path}", base.path().trim_end_matches('/'));
    let mut url = base.clone();
    url.set_path(&full);
    if url.path() != full || full.contains("//") {
        return Err(refused());
    }
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

fn headers(
    method: &Method,
    idempotency: &Idempotency,
    further: Vec<(&'static str, String)>,
) -> Result<HeaderMap, Invalid> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if [Method::POST, Method::PUT, Method::PATCH].contains(method) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Idempotency::Keyed(key) = idempotency {
        KEY.filled(key.as_str())?;
        headers.insert("x-idempotency-key", value(KEY.name, key.as_str())?);
    }
    for (name, text) in further {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| Field::new(name, HTTP).is(Problem::BadCharacter))?;
        headers.insert(header, value(name, &text)?);
    }
    Ok(headers)
}

fn value(name: &'static str, text: &str) -> Result<HeaderValue, Invalid> {
    HeaderValue::from_str(text).map_err(|_| Field::new(name, HTTP).is(Problem::BadCharacter))
}
