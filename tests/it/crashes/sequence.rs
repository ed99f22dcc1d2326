//! Random sequences of orders, news and troubles, with processes that die at random, and two that send at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use domain::currency::Currency;
use domain::money::Money;
use domain::payment::Stage;
use engine::act::{Act, ActError, Ask};
use serde_json::{Value, json};
use store::memory::MemoryStore;
use store::postgres::{PostgresOptions, PostgresStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;

use super::APPROVAL;
use super::fuse::End;
use super::judge::{Expected, judge};
use super::provider::Begins;
use super::scene::{Scene, text};
use super::tally::Tally;
use crate::faults::draw::Draw;
use crate::schema::Schema;

/// Payments of a sequence, and steps.
const PAYMENTS: usize = 4;
const STEPS: usize = 30;
/// A process passes fewer boundaries than this while it sends a few orders.
const BOUNDARIES: usize = 70;
/// Every payment's amount, minor units; refunds are drawn so that many are alike.
const GROSS: i64 = 10_000;
const AMOUNTS: [i64; 6] = [1_000, 1_000, 2_500, 2_500, 2_500, 8_500];
const BEGINS: [Begins; 5] = [Begins::Paid, Begins::Paid, Begins::Paid, Begins::Reserved, Begins::Unpaid];
const PEOPLE: [&str; 3] = ["ana", "bruno", "carla"];
/// For how long reads are behind where they are.
const LAG_SECONDS: u32 = 60;

/// Boundaries around what is sent and written.
const EFFECTS: [&str; 6] = [
    "before a request",
    "after a request",
    "before a commit",
    "after a commit",
    "before a cell is written",
    "after a cell was written",
];

/// Calls of which the next may fail, those that move money most of the time.
const CALLS: [&str; 7] = [
    "POST /v1/payments/{id}/refunds",
    "POST /v1/payments/{id}/refunds",
    "POST /v1/payments/{id}/refunds",
    "PUT /v1/payments/{id}",
    "PUT /v1/payments/{id}",
    "GET /v1/payments/{id}",
    "GET /v1/payments/{id}/refunds",
];
const CODES: [u32; 5] = [2063, 2031, 2084, 2017, 4292];
const STATUSES: [u16; 4] = [429, 500, 502, 503];

/// A sequence on its way.
struct Sequence {
    seed: u64,
    draw: Draw,
    scene: Scene,
    payments: Vec<(u64, Begins)>,
    /// What was ordered so far, by name.
    orders: BTreeMap<String, (u64, Act)>,
    expected: Expected,
    habits: Value,
    tally: Tally,
    told: String,
}

/// Tells which sequence failed, and what happened in it.
impl Drop for Sequence {
    #[expect(clippy::print_stderr, reason = "a sequence that fails says how to run it alone")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("CONCILIAR_SEED={} runs this one alone:\n{}", self.seed, self.told);
        }
    }
}

impl Sequence {
    async fn new(seed: u64, store: Arc<dyn Store>) -> Self {
        let mut draw = Draw::new(seed);
        let mut scene = Scene::new(seed, store, APPROVAL).await;
        let mut payments = Vec::new();
        for _ in 0..PAYMENTS {
            let begins = BEGINS[draw.below(BEGINS.len())];
            let payment = scene.provider.pay(begins, GROSS).await;
            scene.hear(payment).await;
            payments.push((payment, begins));
        }
        let (orders, expected) = (BTreeMap::new(), Expected::default());
        let (habits, tally) = (json!({}), Tally::default());
        Self { seed, draw, scene, payments, orders, expected, habits, tally, told: String::new() }
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.told, "  {what}").expect("a text takes all");
    }

    async fn step(&mut self) {
        match self.draw.below(100) {
            0..32 => self.order().await,
            32..38 => self.decide().await,
            38..53 => self.send_one().await,
            53..63 => self.send_two().await,
            63..78 => self.trouble().await,
            78..84 => self.news().await,
            84..88 => self.habits().await,
            88..92 => self.by_hand().await,
            92..96 => self.pay().await,
            _ => {
                let seconds = u32::try_from(1 + self.draw.below(120)).expect("a small number");
                self.tell(&format!("{seconds} seconds pass"));
                self.scene.provider.advance(seconds).await;
            }
        }
    }

    /// Somebody orders something, and again under the same name if the process dies.
    async fn order(&mut self) {
        let (payment, begins) = self.payments[self.draw.below(PAYMENTS)];
        let again = self.draw.percent(15).then(|| self.any_order()).flatten();
        let (name, payment, act) = match again {
            Some((name, (payment, act))) => (name, payment, act),
            None => {
                let name = format!("order-{}", self.orders.len() + 1);
                let act = self.act(&name, begins);
                (name, payment, act)
            }
        };
        let who = PEOPLE[self.draw.below(2)];
        self.orders.insert(name.clone(), (payment, act.clone()));
        while !self.place(who, payment, &name, &act).await && self.draw.percent(70) {}
    }

    /// An order that suits the payment's beginning most of the time.
    fn act(&mut self, name: &str, begins: Begins) -> Act {
        let minor = self.draw.percent(85).then(|| AMOUNTS[self.draw.below(AMOUNTS.len())]);
        let ars = "ARS".parse::<Currency>().expect("a currency");
        let amount = minor.map(|minor| Money::new(minor, ars));
        let ask = Ask { request: Some(text(name)), amount, reason: text("returned") };
        match (begins, self.draw.below(10)) {
            (Begins::Paid, 0..9) | (Begins::Reserved, 0..3) | (Begins::Unpaid, 0..3) => Act::Refund(ask),
            (Begins::Reserved, 3..7) | (Begins::Unpaid, 3) => Act::Capture(ask),
            _ => Act::Cancel(Ask { amount: None, ..ask }),
        }
    }

    /// The second person decides an order that may wait for one.
    async fn decide(&mut self) {
        let Some((name, (payment, _))) = self.any_order() else { return };
        let who = PEOPLE[1 + self.draw.below(2)];
        let request = Some(text(&name));
        let act = if self.draw.percent(70) {
            Act::Approve { request }
        } else {
            Act::Decline { request, reason: text("not needed") }
        };
        self.place(who, payment, &name, &act).await;
    }

    /// Orders something in one life of a process; answers whether it lived to tell.
    async fn place(&mut self, who: &str, payment: u64, name: &str, act: &Act) -> bool {
        let death = self.death(12);
        let process = self.scene.process(death).await;
        let placed = process.place(self.scene.provider.now(), who, payment, act).await;
        let told = match &placed {
            None => "dead".to_owned(),
            Some(Ok(placed)) => format!("{:?}", placed.order.stage),
            Some(Err(error)) => error.to_string(),
        };
        self.tell(&format!("{who}: {act:?} of {payment}: {told}"));
        match placed {
            None => {
                self.tally.died(&process);
                false
            }
            Some(Ok(_)) => {
                self.expected.promised.insert((payment, name.to_owned()));
                true
            }
            Some(Err(ActError::Refused(_) | ActError::NothingWaits | ActError::SeveralWait { .. })) => true,
            Some(Err(error)) => panic!("an order is placed or refused: {error:?}"),
        }
    }

    async fn send_one(&mut self) {
        let death = self.death(BOUNDARIES);
        let process = self.scene.process(death).await;
        let sent = process.dispatch(self.scene.provider.now()).await;
        self.tally.add(&process, sent.as_ref());
        self.tell(&format!("sent until {death:?}: {sent:?}"));
    }

    /// Two processes send at once, each until its own end. A refund that the provider refuses to the one and makes for
    /// the other, which dies before it tells, is beyond what anybody could know: both meet the same provider.
    async fn send_two(&mut self) {
        self.scene.provider.clear().await;
        if self.draw.percent(50) {
            let call = CALLS[self.draw.below(CALLS.len())];
            let meets = ["lost_before", "lost_after"][self.draw.below(2)];
            self.trouble_with(call, json!(meets)).await;
        }
        let deaths = [self.death(BOUNDARIES), self.death(BOUNDARIES)];
        let (one, two) = (self.scene.process(deaths[0]).await, self.scene.process(deaths[1]).await);
        let now = self.scene.provider.now();
        let sent = tokio::join!(one.dispatch(now), two.dispatch(now));
        self.tally.add(&one, sent.0.as_ref());
        self.tally.add(&two, sent.1.as_ref());
        self.tell(&format!("sent by two until {deaths:?}: {sent:?}"));
    }

    /// The next call of a kind fails, before or after the provider has done it.
    async fn trouble(&mut self) {
        let call = CALLS[self.draw.below(CALLS.len())];
        let meets = match self.draw.below(4) {
            0 => json!("lost_before"),
            1 => json!("lost_after"),
            2 if call.starts_with("POST") => {
                json!({"refusal": {"code": CODES[self.draw.below(CODES.len())]}})
            }
            // Changes have no key by which the provider knows them again, and are refused by where the payment stands.
            2 if call.starts_with("PUT") => json!({"refusal": {"code": 2018}}),
            2 => json!({"refusal": {"code": 2000}}),
            _ => json!({"refusal": {"status": STATUSES[self.draw.below(STATUSES.len())]}}),
        };
        self.trouble_with(call, meets).await;
    }

    async fn trouble_with(&mut self, call: &str, meets: Value) {
        self.tell(&format!("{call} will meet {meets}"));
        self.scene.provider.obstacle(call, meets).await;
    }

    /// A webhook arrives, perhaps for the first time in a long while.
    async fn news(&mut self) {
        let (payment, _) = self.payments[self.draw.below(PAYMENTS)];
        let is_told = self.scene.try_hear(payment).await;
        self.tell(&format!("news of {payment}: {is_told}"));
    }

    async fn habits(&mut self) {
        let notes = |draw: &mut Draw| ["echoed", "listed", "withheld"][draw.below(3)];
        let lag = if self.draw.percent(30) { LAG_SECONDS } else { 0 };
        let habits: Value = json!({
            "refund_notes": notes(&mut self.draw),
            "refund_notes_in_payment": notes(&mut self.draw),
            "payment_lag_seconds": lag,
        });
        self.tell(&format!("habits: {habits}"));
        self.scene.provider.habits(&habits).await;
        self.habits = habits;
    }

    /// Somebody gives money back on the provider's own pages.
    async fn by_hand(&mut self) {
        let (payment, _) = self.payments[self.draw.below(PAYMENTS)];
        let minor = AMOUNTS[self.draw.below(AMOUNTS.len())];
        let is_made = self.scene.provider.give_back_by_hand(payment, minor).await;
        self.expected.by_hand += usize::from(is_made);
        self.tell(&format!("{minor} of {payment} by hand: {is_made}"));
    }

    /// A payer pays a voucher, or does not.
    async fn pay(&mut self) {
        let (payment, _) = self.payments[self.draw.below(PAYMENTS)];
        let status = if self.draw.percent(80) { "approved" } else { "expired" };
        self.tell(&format!("{payment} becomes {status} if it waits"));
        self.scene.provider.decide(payment, status).await;
    }

    /// Everything becomes well, what waits is sent, and what happened is told.
    async fn finish(&mut self) {
        self.tell("the end");
        self.scene.provider.clear().await;
        // What notes are shown is how this provider is, and nothing that passes.
        self.habits["payment_lag_seconds"] = 0.into();
        self.scene.provider.habits(&self.habits).await;
        self.scene.provider.advance(LAG_SECONDS).await;
        let mut waiting = Vec::new();
        for _ in 0..4 {
            let process = self.scene.process(None).await;
            let sent = process.dispatch(self.scene.provider.now()).await;
            self.tally.add(&process, sent.as_ref());
            waiting = sent.expect("nobody dies").expect("the store answers").waiting;
            if waiting.is_empty() {
                break;
            }
        }
        assert!(waiting.is_empty(), "nothing is in the way, and these wait: {waiting:#?}");
        for (payment, _) in &self.payments {
            self.scene.hear(*payment).await;
        }
        for (payment, _) in &self.payments {
            for order in self.scene.known(*payment).await.asked.orders.values() {
                self.tally.done += usize::from(matches!(order.stage, Stage::Done { .. }));
                self.tally.refused += usize::from(matches!(order.stage, Stage::Refused { .. }));
            }
        }
        let found = judge(&self.scene, &self.expected).await;
        assert!(found.is_empty(), "{found:#?}");
    }

    /// The boundary at which a process dies; every second one does, if it gets there.
    fn death(&mut self, most: usize) -> Option<End> {
        self.draw.percent(50).then(|| end(&mut self.draw, most))
    }

    fn any_order(&mut self) -> Option<(String, (u64, Act))> {
        let place = self.draw.below(self.orders.len());
        self.orders.iter().nth(place).map(|(name, order)| (name.clone(), order.clone()))
    }
}

/// A boundary to die at: most of the time one around what is sent and written.
pub fn end(draw: &mut Draw, most: usize) -> End {
    if draw.percent(75) {
        End::of(EFFECTS[draw.below(EFFECTS.len())], draw.below(4))
    } else {
        End::after(draw.below(most))
    }
}

/// Runs one sequence to its end; answers what happened.
async fn run(seed: u64, store: Arc<dyn Store>) -> Tally {
    let mut sequence = Sequence::new(seed, store).await;
    for _ in 0..STEPS {
        sequence.step().await;
    }
    sequence.finish().await;
    std::mem::take(&mut sequence.tally)
}

/// The seeds of a run: so many from 1 on, or the one that is asked for.
pub fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("CONCILIAR_SEED") {
        Ok(seed) => vec![seed.parse().expect("CONCILIAR_SEED is a number")],
        Err(_) => (1..=count).collect(),
    }
}

pub fn is_full() -> bool {
    std::env::var_os("CONCILIAR_FULL").is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_sequence_of_orders_and_crashes_gives_money_back_twice_or_loses_an_order() {
    let mut tally = Tally::default();
    let seeds = seeds(if is_full() { 1_000 } else { 40 });
    for seed in &seeds {
        tally.join(run(*seed, Arc::new(MemoryStore::new())).await);
    }
    assert!(seeds.len() == 1 || tally.is_proof(seeds.len()), "{} sequences: {tally:#?}", seeds.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_holds_on_sqlite() {
    for seed in seeds(if is_full() { 50 } else { 4 }) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let path = folder.path().join("crashes.db");
        let path = path.to_str().expect("a temporary path is text");
        let store = SqliteStore::open(path, &SqliteOptions::default()).await.expect("the file can be made");
        run(seed, Arc::new(store)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_holds_on_postgresql() {
    for seed in seeds(if is_full() { 50 } else { 4 }) {
        let schema = Schema::new();
        let (url, options) = (schema.url(), PostgresOptions::default());
        let store = PostgresStore::open(&url, &options).await.expect("the schema can be made");
        run(seed, Arc::new(store)).await;
    }
}
