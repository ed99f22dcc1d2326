//! The simulator against the product: its answers and reports are read without a doubt, and a month of it closes with
//! no break and with the simulator's own balances.

use std::fmt::Write;
use std::sync::Once;

use domain::report_line::ReportLine;
use mercadopago::observe::{Channel, Delivery, DeliveryKind, Seen, observe};
use mercadopago::report_file::{Options as ReportOptions, ReportFile};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use simulator::{Credentials, Options, Running, Simulator};

use crate::bin::{Desk, list, text};

mod orders;
mod report;
mod verb;

/// The month that is drawn: thirty days from its first instant in Argentina.
const PERIOD: &str = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-10-31T02:59:59Z"}"#;
const MONTH_END: &str = "2026-10-31T02:59:59Z";

/// A simulator whose month has passed.
struct Month {
    running: Running,
    client: reqwest::Client,
    credentials: Credentials,
}

#[derive(Deserialize)]
struct Page {
    results: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Refunds {
    id: u64,
    refunds: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Task {
    id: u64,
    file_name: Option<String>,
}

#[derive(Deserialize)]
struct Books {
    available: String,
    pending: String,
    held: String,
}

/// A client needs the one provider of cryptography of the process.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // Other tests of this binary install the same one.
        let _same = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Month {
    async fn of(seed: u64, sales: u64) -> Self {
        install();
        let running = Simulator::start(Options::new(seed)).await.expect("the simulator starts");
        let credentials = running.sellers().remove(0);
        let month = Self { running, client: reqwest::Client::new(), credentials };
        month.post("/admin/sell", &format!(r#"{{"count":{sales},"days":30}}"#)).await;
        month.post("/admin/advance", &format!(r#"{{"to":"{MONTH_END}"}}"#)).await;
        month
    }

    async fn get(&self, path: &str) -> String {
        let request = self.client.get(format!("{}{path}", self.running.base()));
        let answer = request.bearer_auth(&self.credentials.token).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.expect("text")
    }

    async fn post(&self, path: &str, body: &str) -> String {
        self.told("POST", path, body).await
    }

    async fn put(&self, path: &str, body: &str) -> String {
        self.told("PUT", path, body).await
    }

    async fn told(&self, method: &str, path: &str, body: &str) -> String {
        let method = method.parse().expect("a method");
        let url = format!("{}{path}", self.running.base());
        let request = self.client.request(method, url).body(body.to_owned());
        let answer = request.bearer_auth(&self.credentials.token).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.expect("text")
    }

    async fn pages(&self, path: &str) -> Vec<Box<RawValue>> {
        let mut all = Vec::new();
        loop {
            let text = self.get(&format!("{path}?limit=50&offset={}", all.len())).await;
            let page: Page = serde_json::from_str(&text).expect("a page");
            if page.results.is_empty() {
                return all;
            }
            all.extend(page.results);
        }
    }

    /// A report of the month, as its file.
    async fn report(&self, kind: &str) -> String {
        let path = format!("/v1/account/{kind}_report");
        let task: Task = serde_json::from_str(&self.post(&path, PERIOD).await).expect("a task");
        self.post("/admin/advance", r#"{"by_seconds":900}"#).await;
        let task: Task =
            serde_json::from_str(&self.get(&format!("{path}/task/{}", task.id)).await).expect("a task");
        self.get(&format!("{path}/{}", task.file_name.expect("the file is made"))).await
    }
}

/// Reads a resource as the product does; fails on anything it does not know.
fn read(topic: &str, body: &str) -> usize {
    let delivery = Delivery {
        kind: DeliveryKind::Resource,
        topic,
        channel: Channel::Poll,
        seller: Some("1122334455"),
        site: Some("MLA"),
        received_at: MONTH_END.parse().expect("an instant"),
        verified: false,
        body: body.as_bytes(),
    };
    match observe(&delivery) {
        Ok(Seen::Told(told)) => {
            assert!(!told.unclassified, "{topic}: unknown words in {body}");
            assert_eq!(told.seller.as_str(), "1122334455");
            told.observed.len()
        }
        other => panic!("{topic}: {other:?}: {body}"),
    }
}

fn lines(file: &str) -> Vec<ReportLine> {
    let options = ReportOptions { seller: Some("1122334455".into()), ..ReportOptions::default() };
    let report = ReportFile::open(file.as_bytes(), options).expect("a report");
    assert!(report.unknown_columns().is_empty());
    let mut proof = report.proof();
    let read = report.rows().map(|row| {
        assert!(row.doubts.is_empty(), "line {}: {:?}", row.line, row.doubts);
        let line = row.outcome.unwrap_or_else(|error| panic!("{error}"));
        proof.feed(&line);
        line
    });
    let read = read.collect();
    let proof = proof.finish();
    assert!(proof.breaks.is_empty() && proof.unproven_rows == 0, "{proof:?}");
    read
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_payment_refund_and_chargeback_is_read_without_an_unknown_word() {
    let month = Month::of(7, 600).await;
    let payments = month.pages("/v1/payments/search").await;
    assert_eq!(payments.len(), 600);
    let (mut refunds, mut longest) = (0, 0);
    for payment in &payments {
        longest = longest.max(payment.get().len());
        assert!(read("payment", payment.get()) > 0);
        let listed: Refunds = serde_json::from_str(payment.get()).expect("a payment");
        for refund in &listed.refunds {
            assert_eq!(read("refund", refund.get()), 2, "payment {}", listed.id);
            refunds += 1;
        }
    }
    assert!(refunds > 20, "{refunds}");
    // Bodies are about as long as the provider's: 4.7 KB with its charges.
    assert!((4_000..8_000).contains(&longest), "{longest} bytes");
    let chargebacks = month.pages("/v1/chargebacks/search").await;
    assert_eq!(chargebacks.len(), 4);
    for chargeback in &chargebacks {
        assert_eq!(read("chargeback", chargeback.get()), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_closes_without_a_break_and_with_the_simulators_balances() {
    let month = Month::of(8, 800).await;
    let books: Books = serde_json::from_str(&month.get("/admin/books").await).expect("books");
    let mut deliveries = String::new();
    for (topic, path) in [("payment", "/v1/payments/search"), ("chargeback", "/v1/chargebacks/search")] {
        for body in month.pages(path).await {
            let head = r#"{"kind":"resource","channel":"poll","seller":"1122334455","site":"MLA""#;
            writeln!(
                deliveries,
                r#"{head},"topic":"{topic}","received_at":"{MONTH_END}","body":{}}}"#,
                body.get()
            )
            .expect("a text takes all");
        }
    }
    let (settlement, release) = (month.report("settlement").await, month.report("release").await);
    assert!(lines(&settlement).len() > 600);
    assert!(lines(&release).len() > 500);
    let desk = Desk::new();
    desk.write("month/deliveries.ndjson", &deliveries);
    desk.write("month/settlement-report-1122334455-2026-10-31.csv", &settlement);
    desk.write("month/release-report-1122334455-2026-10-31.csv", &release);
    let outcome = desk.json(&["--at", "2026-11-01T00:00:00Z", "close", "month", "--strict"]);
    assert_eq!(outcome["breaks"], Value::Array(Vec::new()));
    for proof in list(&outcome, "proofs") {
        assert_eq!(proof["holds"], Value::Bool(true), "{proof}");
    }
    let balances = desk.json(&["--at", "2026-11-01T00:00:00Z", "report", "balances"]);
    let of = |account: &str| -> String {
        let found = list(&balances, "balances").iter().find(|balance| text(balance, "account") == account);
        found.map_or_else(|| "0.00".to_owned(), |balance| text(balance, "balance").to_owned())
    };
    assert_eq!((of("1120"), of("1121"), of("1122")), (books.available, books.pending, books.held));
    assert_eq!(of("1190"), "0.00");
}
