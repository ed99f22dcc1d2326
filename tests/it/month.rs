//! A month of sales from the provider to the books: simulator, signed webhooks that are lost, doubled and out of order,
//! receiver, queues, fetcher, workers, PostgreSQL, while polling heals. Every part is a process of its own.
//!
//! The simulator keeps its own books and writes its own reports, so agreement to the cent is evidence.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::bin::{Desk, list, text};
use crate::process::Process;
use crate::queue::{Queues, done, until, wait_for};
use crate::schema::Schema;

mod provider;

use provider::Provider;

/// The seller of the simulator.
const SELLER: &str = "1122334455";
/// An hour after the month and all of its deliveries: the clock of the product.
const AT: &str = "2026-11-01T12:00:00Z";

/// Sales of the month.
fn sales() -> u64 {
    if std::env::var_os("CONCILIAR_FULL").is_some() { 10_000 } else { 500 }
}

/// The product around a provider: its folder, its database, its queues.
struct Shop {
    desk: Desk,
    schema: Schema,
    queues: Queues,
    provider: Provider,
}

impl Shop {
    fn new(provider: Provider) -> Self {
        let desk = Desk::new();
        desk.write("secret", provider.webhook_secret());
        let config = format!(
            "[client]\nbase = '{}'\ncalls_per_second = 2000\nin_person_reads_per_second = 2000\n\
             [poll]\nhistory_days = 40\nreports_days = 40\ncoverage_lag_seconds = 60\n\
             [serve]\ntolerance_seconds = 0\n\
             [sellers.{SELLER}]\nsite = 'MLA'\nhooks.secrets = 'file:secret'\n",
            provider.base()
        );
        desk.write("shop.toml", config);
        let shop = Self { desk, schema: Schema::new(), queues: Queues::new(), provider };
        shop.run(&["migrate"]);
        shop
    }

    fn variables<'a>(&'a self, url: &'a str) -> Vec<(&'a str, &'a str)> {
        let own = [("CONCILIAR_DB", url), ("CONCILIAR_CONFIG", "shop.toml")];
        let token = [("CONCILIAR_TOKEN", self.provider.token())];
        self.queues.variables().into_iter().chain(own).chain(token).collect()
    }

    /// A verb to its end; fails unless it exits with 0.
    #[track_caller]
    fn run(&self, args: &[&str]) -> String {
        let url = self.schema.url();
        done(self.desk.run_with(&[&["--at", AT], args].concat(), &self.variables(&url), "")).out
    }

    /// The same, whose output is JSON.
    #[track_caller]
    fn json(&self, args: &[&str]) -> Value {
        let out = self.run(&[args, &["--format", "json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// A comparison, whatever it finds.
    fn compare(&self, args: &[&str]) -> Value {
        let url = self.schema.url();
        let args = [&["--at", AT, "--format", "json"], args].concat();
        let ran = self.desk.run_with(&args, &self.variables(&url), "");
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{args:?}: {error}: {}", ran.err))
    }

    fn start(&self, name: &str, args: &[&str]) -> Process<'_> {
        let url = self.schema.url();
        Process::start(&self.desk, name, &[&["--at", AT], args].concat(), &self.variables(&url))
    }

    /// The month passes: webhooks are received, fetched for and worked on while it does. Answers the simulator's balances.
    fn pass_the_month(&self, with_poll: bool) -> [String; 3] {
        let mut serve = self.start("serve", &["serve", "--listen", "127.0.0.1:0"]);
        let fetch = self.start("fetch", &["fetch"]);
        let workers = ["worker-1", "worker-2"].map(|name| self.start(name, &["work"]));
        until("the receiver is ready", || serve.get("/readyz").starts_with("HTTP/1.1 200").then_some(()));
        self.provider.send_webhooks_to(&format!("http://{}/hooks/{SELLER}", serve.address()));
        self.provider.sell(sales());
        let balances = self.provider.pass();
        serve.stop();
        if with_poll {
            self.run(&["poll", "--once"]);
        }
        self.run(&["fetch", "--until-idle"]);
        fetch.stop();
        until("the queues are empty", || (wait_for(self.queues.standing()).0 == 0).then_some(()));
        workers.into_iter().for_each(Process::stop);
        self.run(&["work", "--until-idle"]);
        balances
    }

    /// The ids of a type of which the coverage report finds something.
    fn found(&self, finding: &str) -> BTreeSet<String> {
        let coverage = self.json(&["report", "coverage"]);
        let rows = list(&coverage, "coverage").iter();
        let rows = rows.filter(|row| row["finding"] == finding && row["type"] == "payment");
        rows.map(|row| text(row, "id").to_owned()).collect()
    }
}

#[test]
fn a_month_of_bad_webhooks_ends_in_the_simulators_books_to_the_cent() {
    let shop = Shop::new(Provider::start(41));
    let closing = shop.pass_the_month(true);
    let (settlement, release) = shop.provider.write_reports(&shop.desk);
    shop.run(&["ingest", &release, &settlement]);

    for args in [["reconcile", "settlement", &settlement], ["reconcile", "release", &release]] {
        let outcome = shop.compare(&args);
        assert_eq!(outcome["breaks"], Value::Array(Vec::new()), "{args:?}");
        for proof in list(&outcome, "proofs") {
            assert_eq!(proof["holds"], Value::Bool(true), "{proof}");
        }
    }
    let balances = shop.json(&["report", "balances"]);
    let of = |account: &str| -> String {
        let found = list(&balances, "balances").iter().find(|balance| text(balance, "account") == account);
        found.map_or_else(|| "0.00".to_owned(), |balance| text(balance, "balance").to_owned())
    };
    assert_eq!([of("1120"), of("1121"), of("1122")], closing);
    assert_eq!(of("1190"), "0.00", "nothing is left unexplained");
    let verified = shop.json(&["replay", "--verify"]);
    assert_eq!(list(&verified, "differences").len(), 0, "{verified}");

    let lost = shop.provider.unheard();
    assert!(!lost.is_empty() && (lost.len() as u64) < sales() / 4, "{} sales are lost", lost.len());
    assert_eq!(shop.found("lost_webhook"), lost);
    let coverage = shop.json(&["report", "coverage", "--strict"]);
    assert_eq!(coverage["gaps"], 0, "{}", coverage["types"]);
    let payments = list(&coverage, "types").iter().find(|counted| counted["type"] == "payment");
    assert_eq!(payments.expect("payments are covered")["poll"], sales());
}

#[test]
fn without_polling_the_settlement_report_names_the_sales_that_were_lost() {
    let shop = Shop::new(Provider::start(42));
    shop.pass_the_month(false);
    let (settlement, release) = shop.provider.write_reports(&shop.desk);
    shop.run(&["ingest", &settlement, &release]);
    let unheard = shop.provider.unheard();
    let sold = provider::payments_of(&shop.desk, &settlement);
    let missing: BTreeSet<String> = sold.intersection(&unheard).cloned().collect();
    assert!(!missing.is_empty());
    assert_eq!(shop.found("missing_sale"), missing);
}
