//! The simulator of a test, and what it says of itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Once;

use serde_json::Value;
use simulator::{Credentials, Faults, Options, Running, Simulator};
use tokio::runtime::Runtime;

use crate::bin::{Desk, list, text};

/// Thirty days from the first instant of the month in Argentina.
const END: &str = r#"{"to":"2026-10-31T02:59:59Z"}"#;
/// The end of the next day: releases are made day by day, so books and reports are those of whole days.
const CLOSE: &str = r#"{"to":"2026-11-01T02:59:59Z"}"#;
/// What both reports cover.
const PERIOD: &str = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-11-01T02:59:59Z"}"#;

/// A simulator that runs beside the test.
pub struct Provider {
    runtime: Runtime,
    running: Running,
    http: reqwest::Client,
    credentials: Credentials,
}

impl Provider {
    /// One that loses a fifth of its webhooks, doubles nearly a third and sends many of them late.
    pub fn start(seed: u64) -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            // Other tests of this binary install the same one.
            let _same = rustls::crypto::ring::default_provider().install_default();
        });
        let runtime = Runtime::new().expect("a runtime");
        let faults = Faults {
            lost_percent: 20,
            duplicated_percent: 30,
            reordered_percent: 30,
            lower_case_percent: 50,
            millisecond_percent: 50,
            ..Faults::default()
        };
        let options = Options { faults, ..Options::new(seed) };
        let running = runtime.block_on(Simulator::start(options)).expect("the simulator starts");
        let credentials = running.sellers().remove(0);
        Self { runtime, running, http: reqwest::Client::new(), credentials }
    }

    pub fn base(&self) -> String {
        self.running.base()
    }

    pub fn token(&self) -> &str {
        &self.credentials.token
    }

    pub fn webhook_secret(&self) -> &str {
        &self.credentials.webhook_secret
    }

    pub fn send_webhooks_to(&self, url: &str) {
        let body = format!(r#"{{"url":"{url}"}}"#);
        self.answered(self.http.put(self.url("/admin/webhooks")).body(body));
    }

    /// Draws what is sold in thirty days, with reviews, refusals, refunds and disputes.
    pub fn sell(&self, count: u64) {
        self.post("/admin/sell", &format!(r#"{{"count":{count},"days":30}}"#));
    }

    /// The month passes, every delivery of it is made as often as it takes, and a day more; answers available, pending
    /// and held money in its own books at the end.
    pub fn pass(&self) -> [String; 3] {
        self.post("/admin/advance", END);
        self.post("/admin/settle", r#"{"all":true}"#);
        self.post("/admin/advance", CLOSE);
        let books = self.get("/admin/books");
        ["available", "pending", "held"].map(|name| text(&books, name).to_owned())
    }

    /// Lays settlement and release report on the desk; answers their names.
    pub fn write_reports(&self, desk: &Desk) -> (String, String) {
        let [settlement, release] = ["settlement", "release"].map(|kind| {
            let path = format!("/v1/account/{kind}_report");
            let id = self.post(&path, PERIOD)["id"].to_string();
            self.post("/admin/advance", r#"{"by_seconds":900}"#);
            let task = self.get(&format!("{path}/task/{id}"));
            let file =
                self.answered(self.http.get(self.url(&format!("{path}/{}", text(&task, "file_name")))));
            let name = format!("{kind}-report-1122334455-2026-10-31.csv");
            desk.write(&name, file);
            name
        });
        (settlement, release)
    }

    /// Payments of which no webhook arrived.
    pub fn unheard(&self) -> BTreeSet<String> {
        let notices = self.get("/admin/notices?topic=payment");
        let mut is_heard = BTreeMap::<String, bool>::new();
        for notice in list(&notices, "notices") {
            *is_heard.entry(text(notice, "id").to_owned()).or_default() |= notice["state"] == "delivered";
        }
        is_heard.into_iter().filter(|(_, is_heard)| !is_heard).map(|(id, _)| id).collect()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base())
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.answered(self.http.get(self.url(path)));
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn post(&self, path: &str, body: &str) -> Value {
        let answer = self.answered(self.http.post(self.url(path)).body(body.to_owned()));
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn answered(&self, request: reqwest::RequestBuilder) -> String {
        self.runtime.block_on(async {
            let answer = request.bearer_auth(&self.credentials.token).send().await.expect("an answer");
            let (status, url) = (answer.status(), answer.url().clone());
            let body = answer.text().await.expect("text");
            assert!(status.is_success(), "{url}: {status}: {body}");
            body
        })
    }
}

/// The payments whose sales a settlement report has, read without a reader of ours.
pub fn payments_of(desk: &Desk, file: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(desk.path(file)).expect("the report is on the desk");
    let mut lines = text.lines().map(|line| line.split([';', ',']).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let column = |name: &str| header.iter().position(|cell| *cell == name).expect("the column is there");
    let (kind, id) = (column("TRANSACTION_TYPE"), column("SOURCE_ID"));
    lines.filter(|cells| cells[kind] == "SETTLEMENT").map(|cells| cells[id].to_owned()).collect()
}
