//! Charges while processes die and answers are lost: each obligation is paid at most once, and what was paid is known.

use std::sync::Arc;

use domain::currency::Currency;
use domain::obligation::machine::Obligation;
use domain::obligation::state::Stage;
use domain::payment::Standing;
use engine::charge::Charged;
use engine::charge::ask::Ask;
use engine::charge::error::ChargeError;
use engine::ingest::fold;
use engine::machines::Kind;
use serde_json::{Value, json};
use store::memory::MemoryStore;
use store::store::Store;

use super::NO_RULES;
use super::fuse::End;
use super::provider::Kept;
use super::scene::Scene;
use super::sequence::{end, is_full, seeds};
use crate::faults::draw::Draw;

/// A charge passes fewer boundaries than this.
const BOUNDARIES: usize = 30;
const OBLIGATIONS: usize = 2;
const STEPS: usize = 16;
/// For how long a search does not find a new payment, where it is behind.
const LAG_SECONDS: u32 = 60;

/// An attempt with a card whose holder's name decides what becomes of it.
fn ask(obligation: usize, holder: &str) -> Ask {
    let request = json!({
        "transaction_amount": 100, "payment_method_id": "visa", "installments": 1,
        "payer": {"email": "payer@mail.example"},
        "token": format!("{holder} of {obligation}"),
        "external_reference": reference(obligation),
    });
    Ask {
        request: serde_json::from_value(request).expect("a request"),
        currency: "ARS".parse::<Currency>().expect("a currency"),
        device: None,
        name: None,
        reason: None,
        token_at: None,
    }
}

fn reference(obligation: usize) -> String {
    format!("order-{obligation}")
}

/// Everything that is wrong: two payments for one obligation, payments that no attempt knows, and attempts that know
/// of payments that are not there.
async fn judge(scene: &Scene) -> Vec<String> {
    let mut found = Vec::new();
    let kept = scene.provider.kept().await;
    for obligation in 0..OBLIGATIONS {
        let wanted = reference(obligation);
        let of: Vec<&Kept> = kept.iter().filter(|kept| kept.reference.as_ref() == Some(&wanted)).collect();
        let taken = of.iter().filter(|kept| kept.status != "rejected").count();
        if taken > 1 {
            found.push(format!("{wanted} is paid {taken} times: {of:#?}"));
        }
    }
    let attempts = attempts(&*scene.store).await;
    for kept in &kept {
        let stage = kept.attempt().and_then(|name| attempts.iter().find(|(known, _)| known == name));
        let is_known = match stage {
            Some((_, Stage::Answered(answer))) => {
                answer.payment.as_ref().is_some_and(|payment| payment.as_str() == kept.payment.to_string())
                    && (answer.standing == Standing::Rejected) == (kept.status == "rejected")
            }
            _ => false,
        };
        if !is_known {
            found.push(format!("{kept:?} is known as {stage:?}"));
        }
    }
    let answered = attempts.iter().filter(|(_, stage)| matches!(stage, Stage::Answered(_))).count();
    if answered != kept.len() {
        found.push(format!("{answered} attempts are answered, and {} payments are there", kept.len()));
    }
    found
}

/// Every attempt by its name as payments note it, and how far it is.
async fn attempts(store: &dyn Store) -> Vec<(String, Stage)> {
    let kind = Obligation::KIND;
    let events = store.scan_streams(kind, None, 100_000).await.expect("the store can be read");
    let mut attempts = Vec::new();
    for history in events.chunk_by(|one, other| one.stream == other.stream) {
        let state = fold(history).expect("a history can be followed").and_then(Obligation::unwrap);
        let known = state.into_iter().flat_map(|state| state.attempts);
        let obligation = history[0].stream.id();
        attempts.extend(known.map(|(name, attempt)| (format!("{obligation}/{name}"), attempt.stage)));
    }
    attempts
}

/// One attempt, whose process dies at these boundaries and which is made again after each.
async fn run(deaths: &[usize], habits: &Value) -> Vec<&'static str> {
    let scene = Scene::new(1, Arc::new(MemoryStore::new()), NO_RULES).await;
    scene.provider.habits(habits).await;
    let ask = ask(0, "APRO");
    for death in deaths {
        let process = scene.process(Some(End::after(*death))).await;
        let charged = process.charge(scene.provider.now(), &ask).await;
        assert!(charged.is_none(), "there is no boundary {death}: {charged:?}");
    }
    let process = scene.process(None).await;
    let charged = process.charge(scene.provider.now(), &ask).await.expect("nobody dies");
    let is_paid =
        matches!(&charged, Ok(Charged::Answered { answer, .. }) if answer.standing == Standing::Approved);
    assert!(is_paid, "deaths at {deaths:?}, {habits}: {charged:?}");
    let found = judge(&scene).await;
    assert!(found.is_empty(), "deaths at {deaths:?}, {habits}: {found:#?}");
    assert_eq!(scene.provider.kept().await.len(), 1);
    process.fuse.passed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_is_made_once_wherever_its_process_dies() {
    for habits in [
        json!({}),
        json!({"search_lag_seconds": LAG_SECONDS}),
        json!({"search_lag_seconds": LAG_SECONDS, "twin_seconds": 60}),
    ] {
        let passed = run(&[], &habits).await;
        assert!(passed.contains(&"after a commit") && passed.contains(&"after a request"), "{passed:?}");
        for death in 0..passed.len() {
            run(&[death], &habits).await;
        }
    }
}

/// A random sequence of attempts.
struct Sequence {
    seed: u64,
    draw: Draw,
    scene: Scene,
    told: Vec<String>,
}

/// Tells which sequence failed, and what happened in it.
impl Drop for Sequence {
    #[expect(clippy::print_stderr, reason = "a sequence that fails says how to run it alone")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("CONCILIAR_SEED={} runs this one alone:\n{}", self.seed, self.told.join("\n"));
        }
    }
}

impl Sequence {
    async fn step(&mut self) {
        match self.draw.below(10) {
            0..5 => {
                let (ask, death) = (self.ask(), self.death());
                let charged = self.scene.process(death).await.charge(self.scene.provider.now(), &ask).await;
                self.tell(&ask, death, &charged);
            }
            5..7 => {
                let (one, two) = ((self.ask(), self.death()), (self.ask(), self.death()));
                let processes = (self.scene.process(one.1).await, self.scene.process(two.1).await);
                let now = self.scene.provider.now();
                let charged = tokio::join!(processes.0.charge(now, &one.0), processes.1.charge(now, &two.0));
                self.tell(&one.0, one.1, &charged.0);
                self.tell(&two.0, two.1, &charged.1);
            }
            7 => {
                let call = ["POST /v1/payments", "GET /v1/payments/search"][self.draw.below(2)];
                let statuses = [500, 503, 429];
                let meets = match self.draw.below(3) {
                    0 => json!("lost_before"),
                    1 => json!("lost_after"),
                    _ => json!({"refusal": {"status": statuses[self.draw.below(statuses.len())]}}),
                };
                self.told.push(format!("  {call} will meet {meets}"));
                self.scene.provider.obstacle(call, meets).await;
            }
            8 => {
                let lag = if self.draw.percent(50) { LAG_SECONDS } else { 0 };
                let habits = json!({"search_lag_seconds": lag, "twin_seconds": lag});
                self.told.push(format!("  habits: {habits}"));
                self.scene.provider.habits(&habits).await;
            }
            _ => {
                let seconds = u32::try_from(1 + self.draw.below(120)).expect("a small number");
                self.told.push(format!("  {seconds} seconds pass"));
                self.scene.provider.advance(seconds).await;
            }
        }
    }

    /// What is asked about is made again until it is told what became of it.
    async fn finish(&mut self) {
        self.scene.provider.clear().await;
        self.scene.provider.habits(&json!({})).await;
        self.scene.provider.advance(LAG_SECONDS).await;
        for obligation in 0..OBLIGATIONS {
            for holder in HOLDERS {
                let ask = ask(obligation, holder);
                let process = self.scene.process(None).await;
                let charged = process.charge(self.scene.provider.now(), &ask).await;
                self.tell(&ask, None, &charged);
                assert!(matches!(charged, Some(Ok(_))), "nothing is in the way: {charged:?}");
            }
        }
        let found = judge(&self.scene).await;
        assert!(found.is_empty(), "{found:#?}");
    }

    fn ask(&mut self) -> Ask {
        ask(self.draw.below(OBLIGATIONS), HOLDERS[self.draw.below(HOLDERS.len())])
    }

    fn death(&mut self) -> Option<End> {
        self.draw.percent(60).then(|| end(&mut self.draw, BOUNDARIES))
    }

    fn tell(&mut self, ask: &Ask, death: Option<End>, charged: &Option<Result<Charged, ChargeError>>) {
        let token = ask.request.token.as_deref().unwrap_or_default();
        self.told.push(format!("  {token} until {death:?}: {charged:?}"));
    }
}

/// Approved, refused for want of money, and under review.
const HOLDERS: [&str; 3] = ["APRO", "FUND", "CONT"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_sequence_of_attempts_and_crashes_charges_an_obligation_twice() {
    for seed in seeds(if is_full() { 1_000 } else { 40 }) {
        let scene = Scene::new(seed, Arc::new(MemoryStore::new()), NO_RULES).await;
        let mut sequence = Sequence { seed, draw: Draw::new(seed), scene, told: Vec::new() };
        for _ in 0..STEPS {
            sequence.step().await;
        }
        sequence.finish().await;
    }
}
