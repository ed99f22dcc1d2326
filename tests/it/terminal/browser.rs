//! A real Chromium without a window, driven through its own driver; both end with the test.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything on a page may take to show.
const PATIENCE: Duration = Duration::from_secs(60);

/// What keeps a browser from talking to anybody but the page, and from needing what a machine of tests lacks.
const ARGUMENTS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser with one page.
pub struct Browser {
    client: Client,
    _driver: Driver,
    _profile: TempDir,
}

/// The program that drives it.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // It ends the browser it started.
        let _gone = self.0.kill();
        let _waited = self.0.wait();
    }
}

impl Browser {
    /// A browser that nobody used before.
    pub async fn start() -> Self {
        let (driver, port) = driver();
        let profile = tempfile::tempdir().expect("a temporary folder");
        let folder = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> =
            ARGUMENTS.into_iter().chain([folder.as_str(), "--window-size=1280,900"]).collect();
        let mut wanted = Capabilities::new();
        wanted.insert("goog:chromeOptions".to_owned(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromium starts");
        Self { client, _driver: driver, _profile: profile }
    }

    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.expect("the page loads");
    }

    /// Waits for an element.
    pub async fn find(&self, selector: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
        found.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Waits for an element and clicks it.
    pub async fn click(&self, selector: &str) {
        self.find(selector).await.click().await.unwrap_or_else(|error| panic!("{selector}: {error}"));
    }

    /// The text of an element.
    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Presses keys where the focus is.
    pub async fn press(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("keys arrive");
    }

    /// What a script returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    pub async fn close(self) {
        self.client.close().await.expect("the browser ends");
    }
}

/// The driver on a port of its choice, which it prints.
fn driver() -> (Driver, u16) {
    let started =
        Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.expect("chromium-driver is installed; `cargo xtask test` does that");
    let printed = BufReader::new(child.stdout.take().expect("its output is piped"));
    let driver = Driver(child);
    let port = printed.lines().find_map(|line| {
        let line = line.expect("it prints text");
        let (_, port) = line.rsplit_once("on port ")?;
        port.trim_end_matches('.').parse().ok().filter(|port| *port != 0)
    });
    (driver, port.expect("the driver says where it listens"))
}
