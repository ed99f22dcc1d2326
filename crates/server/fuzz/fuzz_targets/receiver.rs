//! Requests of nobody against the whole road of a webhook: address, headers, body, signature, delivery, observation.
//!
//! Whatever comes, the receiver answers without failing, and believes nothing that no secret proves. An input is text that a
//! person can read and write: see [`Sent`].
#![no_main]

use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, Uri};
use engine::clock::Clock;
use engine::config::Config;
use engine::ingest::Ingester;
use engine::item::Item;
use engine::sink::{Sink, SinkError};
use libfuzzer_sys::fuzz_target;
use server::receiver::{Doors, Receiver};
use tokio::runtime::{Builder, Runtime};

const SELLER: &str = "1122334455";
const END: &str = "an-end-that-nobody-guesses";

/// A request: the query of its address, `x-signature`, `x-request-id`, `content-type` and whether it goes to the secret end of
/// the address, a line each, of which an empty one stands for nothing; the body stands behind the fifth.
#[derive(Debug)]
struct Sent<'a> {
    query: &'a str,
    signature: Option<&'a [u8]>,
    request_id: Option<&'a [u8]>,
    content_type: Option<&'a [u8]>,
    is_at_secret_path: bool,
    body: &'a [u8],
}

impl<'a> Sent<'a> {
    fn read(input: &'a [u8]) -> Option<Self> {
        let mut lines = input.splitn(6, |byte| *byte == b'\n');
        let mut line = || lines.next().unwrap_or_default();
        let query = std::str::from_utf8(line()).ok()?;
        let mut header = || Some(line()).filter(|value| !value.is_empty());
        let (signature, request_id, content_type) = (header(), header(), header());
        let is_at_secret_path = header().is_some();
        Some(Self { query, signature, request_id, content_type, is_at_secret_path, body: line() })
    }
}

/// Keeps what was accepted.
#[derive(Default)]
struct Shelf(Mutex<Vec<Item>>);

#[async_trait]
impl Sink for Shelf {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        self.0.lock().expect("nothing panics while it holds this").extend(items);
        Ok(())
    }

    async fn hand_on(&self, _items: Vec<Item>) -> Result<(), SinkError> {
        Ok(())
    }
}

/// One receiver for all requests.
struct Shop {
    runtime: Runtime,
    config: Config,
    receiver: Receiver,
    shelf: Arc<Shelf>,
}

fn shop() -> &'static Shop {
    static SHOP: OnceLock<Shop> = OnceLock::new();
    SHOP.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("conciliar-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let place = |name: &str, secret: &str| {
            let path = folder.join(name);
            std::fs::write(&path, secret).expect("a file");
            format!("'file:{}'", path.display())
        };
        let text = format!(
            "[sellers.{SELLER}]\nsite = 'MLA'\nhooks.secrets = {}\nhooks.report_password = {}\nhooks.point_path = {}\n",
            place("secret", "a-secret-of-webhooks"),
            place("password", "a-password-of-reports"),
            place("path", END),
        );
        let config = Config::read(Some(("fuzz.toml", &text)), []).expect("a seller can be configured");
        let shelf = Arc::new(Shelf::default());
        let doors = Doors::read(&config).expect("secrets in files");
        let receiver = Receiver::new(config.serve, doors, Clock::System, Arc::clone(&shelf) as _);
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        Shop { runtime, config, receiver, shelf }
    })
}

fn request(sent: &Sent<'_>) -> Option<Request> {
    let mut request = Request::new(Body::from(sent.body.to_vec()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = format!("/hooks/{SELLER}?{}", sent.query).parse::<Uri>().ok()?;
    let headers = [
        ("x-signature", sent.signature),
        ("x-request-id", sent.request_id),
        ("content-type", sent.content_type),
    ];
    for (name, value) in headers {
        if let Some(value) = value {
            request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?);
        }
    }
    request.headers_mut().insert("content-length", HeaderValue::from(sent.body.len()));
    Some(request)
}

fuzz_target!(|input: &[u8]| {
    let Some(sent) = Sent::read(input) else { return };
    let Some(request) = request(&sent) else { return };
    let shop = shop();
    let end = sent.is_at_secret_path.then_some(END);
    let status = shop.runtime.block_on(shop.receiver.push(SELLER, end, request)).status();
    let taken = std::mem::take(&mut *shop.shelf.0.lock().expect("nothing panics while it holds this"));
    assert!(status.is_success() || status.is_client_error(), "{status}");
    assert_eq!(taken.len(), usize::from(status.is_success()));
    assert!(taken.iter().all(|item| !item.verified), "{taken:?}");
    let looked = Ingester::look(&shop.config, taken);
    assert!(looked.iter().all(|(item, _)| item.key.to_string().len() == 64));
});
