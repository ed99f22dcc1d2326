//! The sender of orders is killed with -9 at random moments while it sends: every order is carried out exactly once.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tokio::runtime::Runtime;
use xtask::services::wait;

use super::draw::Draw;
use super::worker::Process;
use super::{recovery, size};
use crate::bin::{Desk, cents};
use crate::crashes::provider::{Begins, Kept, Provider};
use crate::schema::Schema;

const SELLER: &str = "1122334455";
/// What each order gives back of a payment, minor units.
const PART: i64 = 1_000;
/// For so many refunds to be made.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shop, and orders that wait to be sent.
struct Shop {
    desk: Desk,
    /// The simulator's; a process ends with the thread that started it, so the test itself is on no thread of this.
    runtime: Runtime,
    provider: Provider,
    db: String,
    started: usize,
}

impl Shop {
    fn new(db: String, payments: usize) -> Self {
        let (desk, runtime) = (Desk::new(), Runtime::new().expect("a runtime"));
        let mut provider = runtime.block_on(Provider::start(1));
        desk.write(
            "shop.toml",
            format!("[client]\nretries = 0\ncalls_per_second = 10000\n[relay]\nretry_min_ms = 50\n[sellers.{SELLER}]\nsite = 'MLA'\n"),
        );
        let mut told = String::new();
        let mut lines = "payment,amount,reason,key\n".to_owned();
        for _ in 0..payments {
            let payment = runtime.block_on(provider.pay(Begins::Paid, 3 * PART));
            let body = String::from_utf8(runtime.block_on(provider.read(payment))).expect("JSON is text");
            writeln!(
                told,
                r#"{{"kind":"resource","channel":"poll","seller":"{SELLER}","site":"MLA","topic":"payment","received_at":"{}","body":{body}}}"#,
                provider.now().to_rfc3339()
            )
            .expect("a text takes all");
            for part in ["one", "two"] {
                writeln!(lines, "{payment},10.00,returned,{payment}-{part}").expect("a text takes all");
            }
        }
        desk.write("told.ndjson", told);
        desk.write("refunds.csv", lines);
        let mut shop = Self { desk, runtime, provider, db, started: 0 };
        for args in [
            &["migrate"][..],
            &["ingest", "told.ndjson"],
            &["refund", "--batch", "refunds.csv", "--actor", "ana", "--yes"],
        ] {
            shop.done(args);
        }
        shop
    }

    fn command(&mut self, args: &[&str]) -> (Command, PathBuf) {
        let mut command = self.desk.command(args);
        command.args(["--at", "2026-10-01T04:00:00Z", "--config", "shop.toml", "--db", &self.db]);
        command.env("CONCILIAR_TOKEN", self.provider.token());
        command.env("CONCILIAR__CLIENT__BASE", self.provider.running.base());
        self.started += 1;
        (command, self.desk.path(&format!("{}-{}.log", args[0], self.started)))
    }

    /// A verb to its end; fails unless it exits with 0.
    fn done(&mut self, args: &[&str]) -> String {
        let (command, said) = self.command(args);
        Process::start(&command, said).done()
    }

    /// A sender that goes on until it is ended.
    fn sender(&mut self) -> Process {
        let (command, said) = self.command(&["relay", "--provider"]);
        Process::start(&command, said)
    }

    /// Every payment as the provider has it.
    fn kept(&self) -> Vec<Kept> {
        self.runtime.block_on(self.provider.kept())
    }

    /// Refunds of all payments.
    fn made(&self) -> usize {
        self.kept().iter().map(|kept| kept.refunds.len()).sum()
    }

    /// Waits until so many refunds are made.
    fn until(&self, count: usize) -> Duration {
        let is_made = || Ok(self.made() >= count);
        wait::until(PATIENCE, &format!("{count} refunds are made"), is_made).expect("they are")
    }
}

fn kills(db: String, kills: usize) {
    let (payments, mut draw) = (kills * 6, Draw::new(61));
    let mut shop = Shop::new(db, payments);
    let orders = payments * 2;
    let mut hits = 0;
    for kill in 0..kills {
        let before = shop.made();
        let sender = shop.sender();
        if kill > 0 && before < orders {
            recovery::note("kill -9 of the sender of orders: until the next refund", shop.until(before + 1));
        }
        // What is left is enough for the kills that are to come.
        shop.until((orders * kill / kills + draw.below(orders / kills)).min(orders));
        draw.moment();
        sender.kill();
        hits += usize::from(shop.made() < orders);
    }
    assert!(hits * 3 >= kills * 2, "only {hits} of {kills} kills came before the last order was sent");
    shop.done(&["relay", "--provider", "--once"]);
    for kept in shop.kept() {
        let mut of: Vec<_> = kept.refunds.iter().filter_map(|given| given.order()).collect();
        of.sort_unstable();
        assert_eq!(of, [format!("{}-one", kept.payment), format!("{}-two", kept.payment)], "{kept:?}");
        assert_eq!(cents(&kept.refunded), 2 * PART);
    }
    let report = shop.done(&["report", "orders", "--open", "--format", "json"]);
    assert!(!report.contains("-one") && !report.contains("-two"), "{report}");
    shop.done(&["replay", "--verify"]);
}

#[test]
fn a_sender_of_orders_killed_at_random_moments_gives_no_money_back_twice_and_loses_no_order() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("books.db");
    kills(format!("sqlite:{}", path.display()), size(6, 50));
}

#[test]
fn the_same_holds_for_a_sender_on_postgresql() {
    let schema = Schema::new();
    kills(schema.url(), size(4, 50));
}
