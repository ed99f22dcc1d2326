//! A counter: a desk with the program beside a simulator, whose clock both have.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use simulator::{Options, Running, Simulator};
use tokio::runtime::Runtime;

use crate::bin::{Desk, Ran, list, text};

/// The instant of all that is done on the first day.
pub const NOW: &str = "2026-10-01T15:00:00Z";

pub struct Counter {
    pub desk: Desk,
    pub seller: String,
    address: SocketAddr,
    base: String,
    token: String,
    keys: Cell<u32>,
    _running: Running,
    // The last to go: the simulator runs on it.
    _runtime: Runtime,
}

/// A refund of the simulator, with its amount as it is written.
#[derive(Deserialize)]
struct Given {
    amount: Box<RawValue>,
}

impl Counter {
    pub fn open() -> Self {
        Self::with("")
    }

    /// A counter with something more in its configuration.
    pub fn with(more: &str) -> Self {
        // Another test of this process may have installed it.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().expect("a runtime");
        let running = runtime.block_on(Simulator::start(Options::new(7))).expect("the simulator starts");
        let [seller] = running.sellers().try_into().unwrap_or_else(|_| panic!("one seller was expected"));
        let desk = Desk::new();
        let sellers = format!("[sellers]\n\"{}\" = {{ site = \"{}\" }}\n", seller.seller, seller.site);
        desk.write("shop.toml", format!("{more}\n{sellers}"));
        let counter = Self {
            desk,
            seller: seller.seller.to_string(),
            address: running.address(),
            base: running.base(),
            token: seller.token,
            keys: Cell::new(0),
            _running: running,
            _runtime: runtime,
        };
        counter.desk.done(&["migrate"]);
        counter.ask("POST", "/admin/advance", &format!(r#"{{"to":"{NOW}"}}"#));
        counter
    }

    /// Asks the simulator itself.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: &str) -> String {
        self.keys.set(self.keys.get() + 1);
        let mut stream = TcpStream::connect(self.address).expect("the simulator listens");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: simulator\r\nconnection: close\r\ncontent-type: application/json\r\nauthorization: Bearer {}\r\nx-idempotency-key: key-{}\r\ncontent-length: {}\r\n\r\n",
            self.token,
            self.keys.get(),
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 2"), "{method} {path}: {answer}");
        answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
    }

    /// A payment that the books do not know yet: its id. `rest` are further fields.
    #[track_caller]
    pub fn charge(&self, amount: &str, rest: &str) -> String {
        let body = format!(
            r#"{{"transaction_amount":{amount},"payer":{{"email":"payer@mail.example"}},"installments":1{rest}}}"#
        );
        let made = self.ask("POST", "/v1/payments", &body);
        let made: Value = serde_json::from_str(&made).expect("a payment");
        made["id"].to_string()
    }

    /// A card payment that the books know: its id.
    #[track_caller]
    pub fn paid(&self, amount: &str) -> String {
        self.learned(self.charge(amount, r#","payment_method_id":"visa","token":"APRO""#))
    }

    /// A payment out of the account, whose money is available at once.
    #[track_caller]
    pub fn paid_from_account(&self, amount: &str) -> String {
        self.learned(self.charge(amount, r#","payment_method_id":"account_money""#))
    }

    /// A card payment that is only reserved.
    #[track_caller]
    pub fn reserved(&self, amount: &str) -> String {
        self.learned(self.charge(amount, r#","payment_method_id":"visa","token":"APRO","capture":false"#))
    }

    /// A voucher that nobody paid yet.
    #[track_caller]
    pub fn pending(&self, amount: &str) -> String {
        self.learned(self.charge(amount, r#","payment_method_id":"rapipago""#))
    }

    /// Takes a payment into the books as the message about an unknown one says.
    #[track_caller]
    pub fn learned(&self, id: String) -> String {
        let read = self.run(&format!("payment get {id} --format json"));
        assert_eq!(read.code, 0, "{}", read.err);
        self.desk.write(&format!("{id}.json"), &read.out);
        let taken = self.run(&format!("ingest {id}.json"));
        assert_eq!(taken.code, 0, "{}", taken.err);
        id
    }

    /// Takes the release report of the first day into the books.
    #[track_caller]
    pub fn released(&self) {
        let period = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-10-02T02:59:59Z"}"#;
        self.ask("POST", "/admin/advance", r#"{"to":"2026-10-02T03:00:00Z"}"#);
        let task: Value =
            serde_json::from_str(&self.ask("POST", "/v1/account/release_report", period)).expect("a task");
        self.ask("POST", "/admin/advance", r#"{"by_seconds":900}"#);
        let path = format!("/v1/account/release_report/task/{}", task["id"]);
        let task: Value = serde_json::from_str(&self.ask("GET", &path, "")).expect("a task");
        let file = self.ask("GET", &format!("/v1/account/release_report/{}", text(&task, "file_name")), "");
        self.desk.write(&format!("release-report-{}-2026-10-02.csv", self.seller), file);
        let taken = self.run(&format!("ingest release-report-{}-2026-10-02.csv", self.seller));
        assert_eq!(taken.code, 0, "{}", taken.err);
    }

    /// Runs the program at the first day.
    pub fn run(&self, line: &str) -> Ran {
        self.run_at(NOW, line, "")
    }

    /// Runs it at an instant, with text on standard input.
    pub fn run_at(&self, at: &str, line: &str, input: &str) -> Ran {
        let words: Vec<_> =
            ["--config", "shop.toml", "--at", at].into_iter().chain(line.split(' ')).collect();
        let variables = [("CONCILIAR__CLIENT__BASE", self.base.as_str()), ("CONCILIAR_TOKEN", &self.token)];
        self.desk.run_with(&words, &variables, input)
    }

    /// What a verb prints that ends well, as JSON.
    #[track_caller]
    pub fn told(&self, line: &str) -> Value {
        let ran = self.run(&format!("{line} --format json"));
        assert_eq!(ran.code, 0, "{line}: {}", ran.err);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", ran.out))
    }

    /// A verb that does not end well: its exit code and what it says.
    #[track_caller]
    pub fn fails(&self, line: &str, code: i32, told: &str) -> Ran {
        let ran = self.run(line);
        assert_eq!(ran.code, code, "{line}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(told), "{line}: {}", ran.err);
        ran
    }

    /// The orders, each as `payment wish amount stage`.
    #[track_caller]
    pub fn orders(&self, filter: &str) -> Vec<String> {
        let rows = self.told(format!("report orders {filter}").trim_end());
        let row = |row: &Value| {
            let amount = row["amount"].as_str().unwrap_or("-");
            format!("{} {} {amount} {}", text(row, "payment"), text(row, "wish"), text(row, "stage"))
        };
        list(&rows, "orders").iter().map(row).collect()
    }

    /// What the simulator gave back of a payment, refund by refund.
    #[track_caller]
    pub fn refunds(&self, id: &str) -> Vec<String> {
        let refunds = self.ask("GET", &format!("/v1/payments/{id}/refunds"), "");
        let refunds: Vec<Given> = serde_json::from_str(&refunds).expect("a list of refunds");
        refunds.iter().map(|refund| refund.amount.get().to_owned()).collect()
    }

    /// Where a payment stands at the simulator.
    #[track_caller]
    pub fn status(&self, id: &str) -> String {
        let payment = self.ask("GET", &format!("/v1/payments/{id}"), "");
        let payment: Value = serde_json::from_str(&payment).expect("a payment");
        text(&payment, "status").to_owned()
    }

    /// The books are whole.
    #[track_caller]
    pub fn verify(&self) {
        let verified = self.run("replay --verify");
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
    }
}
