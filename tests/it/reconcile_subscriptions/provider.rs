//! A simulator that bills on a virtual clock, and the program that is told of it again and again.

use std::cell::Cell;
use std::fmt::Write;
use std::sync::Once;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use simulator::{Clock, Credentials, Options, Running, Simulator};
use tokio::runtime::Runtime;

use crate::bin::{Desk, Ran, list, text};

/// The seller of the simulator.
pub const SELLER: &str = "1122334455";

/// A gym on the simulator, its payers, and a desk with the program on it.
pub struct Gym {
    runtime: Runtime,
    running: Running,
    http: reqwest::Client,
    credentials: Credentials,
    pub desk: Desk,
    told: usize,
    posted: Cell<u32>,
    /// What happens to a resource on its way: its topic, and its body, which may be changed or lost.
    pub mishap: fn(&Mishaps, &str, &mut Value) -> bool,
    pub mishaps: Mishaps,
}

/// Whom mishaps befall, by id.
#[derive(Default)]
pub struct Mishaps {
    pub lost: u64,
    pub one_off: u64,
    pub rejected: u64,
    pub miscounted: String,
}

impl Gym {
    /// Opens on 5 January 2026 at noon UTC. Everything is told as it is.
    pub fn open(seed: u64) -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            // Other tests of this binary install the same one.
            let _same = rustls::crypto::ring::default_provider().install_default();
        });
        let runtime = Runtime::new().expect("a runtime");
        let start = "2026-01-05T12:00:00Z".parse().expect("a literal instant");
        let options = Options { clock: Clock::Held { start }, ..Options::new(seed) };
        let running = runtime.block_on(Simulator::start(options)).expect("the simulator starts");
        let credentials = running.sellers().remove(0);
        Self {
            runtime,
            running,
            http: reqwest::Client::new(),
            credentials,
            desk: Desk::new(),
            told: 0,
            posted: Cell::new(0),
            mishap: |_, _, _| true,
            mishaps: Mishaps::default(),
        }
    }

    /// Subscribes a payer with a card that pays; answers the id. `recurring` is the inside of `auto_recurring`.
    pub fn subscribe(&self, name: &str, recurring: &str) -> String {
        let body = format!(
            r#"{{"reason":"{name}","external_reference":"{name}","payer_email":"p@testuser.com","card_token_id":"t",
            "back_url":"https://shop.example","status":"authorized",
            "auto_recurring":{{{recurring},"currency_id":"ARS"}}}}"#
        );
        text(&self.post("/preapproval", &body), "id").to_owned()
    }

    /// The same from a plan with these terms.
    pub fn subscribe_to_plan(&self, name: &str, recurring: &str) -> String {
        let plan = format!(
            r#"{{"reason":"{name}","back_url":"https://shop.example","auto_recurring":{{{recurring},"currency_id":"ARS"}}}}"#
        );
        let plan = self.post("/preapproval_plan", &plan);
        let body = format!(
            r#"{{"preapproval_plan_id":"{}","external_reference":"{name}","payer_email":"p@testuser.com",
            "card_token_id":"t","status":"authorized"}}"#,
            text(&plan, "id")
        );
        text(&self.post("/preapproval", &body), "id").to_owned()
    }

    /// Changes a subscription.
    pub fn change(&self, id: &str, body: &str) {
        let url = format!("{}/preapproval/{id}", self.running.base());
        self.answered(self.http.put(url).body(body.to_owned()));
    }

    /// What becomes of an instalment that is still to come, numbered from 0.
    pub fn script(&self, id: &str, instalment: u32, script: &str) {
        self.post(&format!("/admin/subscriptions/{id}/instalments/{instalment}"), script);
    }

    /// Moves the clock, and tells the program of everything there is then.
    pub fn pass_to(&mut self, to: &str) {
        self.post("/admin/advance", &format!(r#"{{"to":"{to}"}}"#));
        self.tell();
    }

    /// Tells the program of every subscription, invoice and payment as they stand.
    pub fn tell(&mut self) {
        let now = self.now();
        let mut deliveries = String::new();
        let subscriptions = self.all("/preapproval/search", 100);
        let subscriptions =
            subscriptions.iter().map(|row| self.get(&format!("/preapproval/{}", text(row, "id"))));
        let told = subscriptions.map(|body| ("preapproval", body)).collect::<Vec<_>>();
        let invoices = self.all("/authorized_payments/search", 100);
        let payments = self.all("/v1/payments/search", 50);
        let told = told.into_iter().chain(invoices.into_iter().map(|body| ("authorized_payment", body)));
        for (topic, mut body) in told.chain(payments.into_iter().map(|body| ("payment", body))) {
            if (self.mishap)(&self.mishaps, topic, &mut body) {
                writeln!(
                    deliveries,
                    r#"{{"kind":"resource","channel":"poll","seller":"{SELLER}","site":"MLA","topic":"{topic}","received_at":"{now}","body":{body}}}"#
                )
                .expect("a text takes all");
            }
        }
        self.ingest(&deliveries);
    }

    /// Gives deliveries to the program.
    pub fn ingest(&mut self, deliveries: &str) {
        self.told += 1;
        let file = format!("told-{}.ndjson", self.told);
        self.desk.write(&file, deliveries);
        self.desk.done(&["--at", &self.now(), "ingest", "--strict", &file]);
    }

    /// Runs a verb at the simulator's time.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.desk.run(&[&["--at", &self.now()], args].concat())
    }

    /// The comparison and its exit code.
    #[track_caller]
    pub fn reconcile(&self, args: &[&str]) -> (Value, i32) {
        let ran = self.run(&[&["reconcile", "subscriptions", "--format", "json"], args].concat());
        let outcome = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.err));
        (outcome, ran.code)
    }

    /// The invoices of a subscription, by their day.
    pub fn invoices(&self, id: &str) -> Vec<Value> {
        self.all(&format!("/authorized_payments/search?preapproval_id={id}"), 100)
    }

    /// All rows of a search.
    pub fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let mut all = Vec::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("{path}{joint}limit={limit}&offset={}", all.len()));
            let rows = list(&page, "results");
            if rows.is_empty() {
                return all;
            }
            all.extend(rows.iter().cloned());
        }
    }

    pub fn now(&self) -> String {
        let now: DateTime<Utc> =
            text(&self.get("/admin/clock"), "now").parse().expect("the simulator tells its time");
        now.to_rfc3339_opts(SecondsFormat::Micros, true)
    }

    pub fn get(&self, path: &str) -> Value {
        self.answered(self.http.get(format!("{}{path}", self.running.base())))
    }

    pub fn post(&self, path: &str, body: &str) -> Value {
        self.posted.set(self.posted.get() + 1);
        let request = self.http.post(format!("{}{path}", self.running.base()));
        let request = request.header("X-Idempotency-Key", self.posted.get());
        self.answered(request.body(body.to_owned()))
    }

    fn answered(&self, request: reqwest::RequestBuilder) -> Value {
        let request = request.bearer_auth(&self.credentials.token);
        self.runtime.block_on(async {
            let answer = request.send().await.expect("an answer");
            let (status, url) = (answer.status(), answer.url().clone());
            let body = answer.text().await.expect("text");
            assert!(status.is_success(), "{url}: {status}: {body}");
            serde_json::from_str(&body).unwrap_or_else(|error| panic!("{url}: {error}: {body}"))
        })
    }
}
