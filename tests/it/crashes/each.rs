//! One order of each kind, and a crash at each boundary of its road: the end is that of a run without a crash.

use std::sync::Arc;

use domain::currency::Currency;
use domain::money::Money;
use domain::payment::Stage;
use engine::act::{Act, Ask};
use ledger::account::Account;
use serde_json::json;
use store::memory::MemoryStore;
use store::postgres::{PostgresOptions, PostgresStore};
use store::read::Cut;
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;

use super::fuse::End;
use super::judge::{Expected, judge};
use super::provider::Begins;
use super::scene::{Process, Scene, text};
use super::sequence::is_full;
use super::{APPROVAL, NO_RULES};
use crate::schema::Schema;

/// An order, and the payment that it is about.
#[derive(Clone)]
pub struct Case {
    pub name: &'static str,
    pub begins: Begins,
    /// What was given back by hand before, minor units.
    pub by_hand: i64,
    pub act: Act,
    pub rules: &'static str,
    pub habits: serde_json::Value,
}

/// What is left of a run when it has ended.
#[derive(PartialEq, Eq, Debug)]
pub struct Outcome {
    pub stage: Stage,
    /// Status, gross and refunds at the provider.
    kept: (String, String, Vec<(u64, String)>),
    balances: Vec<(Account, i64)>,
    /// Times that something was ordered, in the facts.
    pub orders: usize,
}

/// Of which every payment is, minor units.
const GROSS: i64 = 10_000;
/// The name of the order.
const ORDER: &str = "the-order";

pub fn cases() -> Vec<Case> {
    let refund = |name, minor: Option<i64>| Case {
        name,
        begins: Begins::Paid,
        by_hand: 0,
        act: Act::Refund(ask(minor)),
        rules: NO_RULES,
        habits: json!({}),
    };
    let withheld = json!({"refund_notes": "withheld", "refund_notes_in_payment": "withheld"});
    let listed = json!({"refund_notes": "listed", "refund_notes_in_payment": "listed"});
    let reserved = |name, act| Case { begins: Begins::Reserved, act, ..refund(name, None) };
    vec![
        refund("refund of everything", None),
        refund("refund of a part", Some(4_000)),
        Case { by_hand: 4_000, ..refund("refund of the rest", None) },
        Case { habits: withheld.clone(), ..refund("refund of everything, notes withheld", None) },
        Case {
            habits: withheld,
            by_hand: 4_000,
            ..refund("refund like another, notes withheld", Some(4_000))
        },
        Case { habits: listed, ..refund("refund of a part, notes listed", Some(4_000)) },
        Case { rules: APPROVAL, ..refund("refund that a second person approves", Some(9_000)) },
        reserved("capture of everything", Act::Capture(ask(None))),
        reserved("capture of a part", Act::Capture(ask(Some(7_000)))),
        reserved("end of a reservation", Act::Cancel(ask(None))),
        Case { begins: Begins::Unpaid, act: Act::Cancel(ask(None)), ..refund("end of a voucher", None) },
    ]
}

fn ask(minor: Option<i64>) -> Ask {
    let ars = "ARS".parse::<Currency>().expect("a currency");
    Ask {
        request: Some(text(ORDER)),
        amount: minor.map(|minor| Money::new(minor, ars)),
        reason: text("returned"),
    }
}

/// The order is placed, and approved where it must be. `None` when the process died on the way.
pub async fn order(scene: &Scene, process: &Process, payment: u64, case: &Case) -> Option<()> {
    let now = scene.provider.now();
    let placed = process.place(now, "ana", payment, &case.act).await?.expect("the order is placed");
    if placed.order.stage == Stage::Held {
        let approve = Act::Approve { request: Some(text(ORDER)) };
        process.place(now, "bruno", payment, &approve).await?.expect("the order is approved");
    }
    Some(())
}

/// The whole road of the order, in one life of a process. `None` when it died on the way.
pub async fn work(scene: &Scene, process: &Process, payment: u64, case: &Case) -> Option<()> {
    order(scene, process, payment, case).await?;
    let sent = process.dispatch(scene.provider.now()).await?.expect("the store answers");
    assert!(sent.waiting.is_empty(), "{}: {:?}", case.name, sent.waiting);
    Some(())
}

/// A run whose process dies at these boundaries, each counted in a life of its own.
async fn run(store: Arc<dyn Store>, case: &Case, deaths: &[usize]) -> (Outcome, Vec<&'static str>) {
    let (scene, payment) = begin(store, case).await;
    for death in deaths {
        let process = scene.process(Some(End::after(*death))).await;
        let ended = work(&scene, &process, payment, case).await;
        assert_eq!(ended, None, "{}: there is no boundary {death}", case.name);
    }
    let process = scene.process(None).await;
    work(&scene, &process, payment, case).await.expect("nobody dies");
    let outcome = end(&scene, payment, case, &format!("deaths at {deaths:?}")).await;
    (outcome, process.fuse.passed())
}

/// The payment is there, and the books know it.
pub async fn begin(store: Arc<dyn Store>, case: &Case) -> (Scene, u64) {
    let mut scene = Scene::new(1, store, case.rules).await;
    let payment = scene.provider.pay(case.begins, GROSS).await;
    if case.by_hand > 0 {
        assert!(scene.provider.give_back_by_hand(payment, case.by_hand).await);
    }
    scene.hear(payment).await;
    scene.provider.habits(&case.habits).await;
    (scene, payment)
}

/// Everything that happened is told, and is right.
pub async fn end(scene: &Scene, payment: u64, case: &Case, what: &str) -> Outcome {
    scene.hear(payment).await;
    let by_hand = usize::from(case.by_hand > 0);
    let expected = Expected { promised: [(payment, ORDER.to_owned())].into(), by_hand };
    let found = judge(scene, &expected).await;
    assert!(found.is_empty(), "{} with {what}: {found:#?}", case.name);
    outcome(scene, payment).await
}

async fn outcome(scene: &Scene, payment: u64) -> Outcome {
    let known = scene.known(payment).await;
    let kept = scene.provider.kept().await.remove(0);
    let refunds = kept.refunds.into_iter().map(|given| (given.refund, given.amount)).collect();
    let balances = scene.store.balances(Cut::default()).await.expect("balances can be read");
    let mut orders = 0;
    for shard in 0..scene.store.shards() {
        let events = scene.store.scan(shard, 0, 10_000).await.expect("the store can be read");
        orders += events.iter().filter(|event| event.name.ends_with("_requested")).count();
    }
    Outcome {
        stage: known.asked.orders[ORDER].stage.clone(),
        kept: (kept.status, kept.gross, refunds),
        balances: balances.into_iter().map(|balance| (balance.account, balance.balance_minor)).collect(),
        orders,
    }
}

pub fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_ends_alike_wherever_its_process_dies() {
    for case in cases() {
        let (wanted, passed) = run(memory(), &case, &[]).await;
        assert!(matches!(wanted.stage, Stage::Done { .. }), "{}: {wanted:?}", case.name);
        assert_eq!(wanted.orders, 1, "{}", case.name);
        for place in ["after a commit", "after a request", "after a cell was written"] {
            assert!(passed.contains(&place), "{}: {passed:?}", case.name);
        }
        for (death, place) in passed.iter().enumerate() {
            let (outcome, _) = run(memory(), &case, &[death]).await;
            assert_eq!(outcome, wanted, "{} with a death {place}, boundary {death}", case.name);
        }
    }
}

/// Cases by their names.
fn some(names: &[&str]) -> Vec<Case> {
    let some: Vec<Case> = cases().into_iter().filter(|case| names.contains(&case.name)).collect();
    assert_eq!(some.len(), names.len(), "each name is that of a case");
    some
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_ends_alike_on_sqlite_wherever_its_process_dies() {
    async fn one(case: &Case, deaths: &[usize]) -> (Outcome, Vec<&'static str>) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("each.db");
        let path = path.to_str().expect("a temporary path is text");
        let store = SqliteStore::open(path, &SqliteOptions::default()).await.expect("the file can be made");
        run(Arc::new(store), case, deaths).await
    }
    for case in some(&["refund of a part", "capture of a part"]) {
        let (wanted, passed) = one(&case, &[]).await;
        for death in 0..passed.len() {
            assert_eq!(one(&case, &[death]).await.0, wanted, "{}, boundary {death}", case.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_ends_alike_on_postgresql_wherever_its_process_dies() {
    async fn one(case: &Case, deaths: &[usize]) -> (Outcome, Vec<&'static str>) {
        let schema = Schema::new();
        let (url, options) = (schema.url(), PostgresOptions::default());
        let store = PostgresStore::open(&url, &options).await.expect("the schema can be made");
        run(Arc::new(store), case, deaths).await
    }
    // Every place is a boundary of the other stores too; here the ones around what is written.
    for case in some(&["refund of a part"]) {
        let (wanted, passed) = one(&case, &[]).await;
        let written = (0..passed.len()).filter(|place| passed[*place].contains("commit"));
        for death in written {
            assert_eq!(one(&case, &[death]).await.0, wanted, "{}, boundary {death}", case.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_ends_alike_wherever_its_process_dies_twice() {
    // The second one dies at every boundary of its own life; how many there are hangs on where the first one died.
    let names = ["refund of a part", "refund like another, notes withheld", "capture of a part"];
    for case in some(if is_full() { &names } else { &names[1..2] }) {
        let (wanted, passed) = run(memory(), &case, &[]).await;
        let step = if is_full() { 1 } else { 7 };
        for first in (0..passed.len()).step_by(step) {
            let (_, left) = run(memory(), &case, &[first]).await;
            for second in (0..left.len()).step_by(step) {
                let (outcome, _) = run(memory(), &case, &[first, second]).await;
                assert_eq!(outcome, wanted, "{} with deaths at {first} and {second}", case.name);
            }
        }
    }
}
