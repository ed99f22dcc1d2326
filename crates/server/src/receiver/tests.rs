//! Webhooks as the provider sends them, and as others do: what is taken, as what, and how the rest is answered.

use std::future::pending;
use std::path::PathBuf;
use std::sync::Mutex;

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use axum::http::request::Builder;
use engine::config::Config;
use engine::item::Item;
use engine::sink::SinkError;
use mercadopago::observe::Channel;
use mercadopago::signature::sign;
use tempfile::TempDir;

use super::*;

mod arbitrary;
mod bounds;
mod claims;
mod doors;
mod sockets;

const SELLER: &str = "1122334455";
const SECRET: &str = "a-secret-of-webhooks";
const OLD_SECRET: &str = "the-secret-before-it";
const TOKEN: &str = "0230abf9-79e9-493b-b288-32d123456789";
const PASSWORD: &str = "s3cret";
const POINT_PATH: &str = "an-end-that-nobody-guesses";
/// Seconds of the clock of every test.
const NOW: i64 = 1_704_908_010;

/// Takes what it is given, or does not.
#[derive(Default)]
struct Shelf {
    items: Mutex<Vec<Item>>,
    fault: Option<SinkError>,
    hangs: bool,
}

#[async_trait]
impl Sink for Shelf {
    async fn accept(&self, items: Vec<Item>) -> Result<(), SinkError> {
        if self.hangs {
            pending::<()>().await;
        }
        match &self.fault {
            Some(fault) => Err(fault.clone()),
            None => {
                self.items.lock().expect("no test panics while it holds this").extend(items);
                Ok(())
            }
        }
    }

    async fn hand_on(&self, _items: Vec<Item>) -> Result<(), SinkError> {
        unreachable!("a receiver only accepts")
    }
}

/// A receiver for one seller, and what it took.
struct Shop {
    receiver: Arc<Receiver>,
    shelf: Arc<Shelf>,
    _secrets: TempDir,
}

impl Shop {
    fn new() -> Self {
        Self::with("", Shelf::default())
    }

    /// With lines of configuration beside the usual.
    fn with(more: &str, shelf: Shelf) -> Self {
        let (folder, hooks) = hooks();
        let config = config(&format!("[sellers.{SELLER}]\nsite = 'MLA'\n{hooks}\n{more}"));
        let shelf = Arc::new(shelf);
        let doors = Doors::read(&config).expect("secrets can be read");
        let receiver = Receiver::new(config.serve, doors, clock(), Arc::clone(&shelf) as _);
        Self { receiver: Arc::new(receiver), shelf, _secrets: folder }
    }

    async fn push(&self, request: Request) -> StatusCode {
        self.receiver.push(SELLER, None, request).await.status()
    }

    /// What was taken so far.
    fn taken(&self) -> Vec<Item> {
        std::mem::take(&mut self.shelf.items.lock().expect("no test panics while it holds this"))
    }

    /// The one that was taken.
    #[track_caller]
    fn only(&self) -> Item {
        let [item] = self.taken().try_into().expect("one was taken");
        item
    }
}

fn clock() -> Clock {
    Clock::Fixed(chrono::DateTime::from_timestamp(NOW, 0).expect("an instant"))
}

fn config(text: &str) -> Config {
    Config::read(Some(("shop.toml", text)), []).expect("it fits")
}

/// Secrets in files, and the lines that name them.
fn hooks() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str, secret: &str| {
        let path: PathBuf = folder.path().join(name);
        std::fs::write(&path, format!("{secret}\n")).expect("a file");
        format!("'file:{}'", path.display())
    };
    let hooks = format!(
        "hooks.secrets = [{}, {}]\nhooks.report_password = {}\nhooks.point_token = {}\nhooks.point_path = {}\n",
        place("new", SECRET),
        place("old", OLD_SECRET),
        place("password", PASSWORD),
        place("token", TOKEN),
        place("path", POINT_PATH),
    );
    (folder, hooks)
}

fn request(query: &str) -> Builder {
    let uri = format!("/hooks/{SELLER}?{query}");
    Request::builder().method("POST").uri(uri).header("content-type", "application/json")
}

fn with_body(builder: Builder, body: &str) -> Request {
    let length = body.len();
    builder.header("content-length", length).body(Body::from(body.to_owned())).expect("a request")
}

/// A webhook signed as the provider does.
fn signed(secret: &str, query: &str, subject: Option<&str>, id: &str, body: &str) -> Request {
    signed_at(NOW, secret, query, subject, id, body)
}

fn signed_at(at: i64, secret: &str, query: &str, subject: Option<&str>, id: &str, body: &str) -> Request {
    let signature = sign(secret.as_bytes(), subject, Some(id.as_bytes()), &at.to_string());
    with_body(request(query).header("x-signature", signature).header("x-request-id", id), body)
}

fn payment(id: &str) -> String {
    format!(r#"{{"type":"payment","action":"payment.updated","data":{{"id":"{id}"}},"user_id":{SELLER}}}"#)
}

fn thin_payment() -> Request {
    signed(SECRET, "data.id=77&type=payment", Some("77"), "request-1", &payment("77"))
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 10_000).await.expect("a short answer");
    String::from_utf8(bytes.to_vec()).expect("text")
}
