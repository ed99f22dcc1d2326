//! The pure core, measured: applying, decoding and deciding, each beside its peer in the same run.
//!
//! Every bench prints a hash of its result, so that runs compare and no work is optimised away. It touches no
//! disk, network or clock; stores and brokers are measured end to end elsewhere. Results: `benches/README.md`.
#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::hint::black_box;

use cqrs_es::persist::{
    PersistedEventRepository, PersistedEventStore, PersistenceError, ReplayStream, SerializedEvent,
    SerializedSnapshot,
};
use cqrs_es::{Aggregate, CqrsFramework};
use criterion::{BatchSize, Criterion, Throughput};
use domain::fact::Fact;
use domain::ids::RowId;
use domain::machine::{Context, Instant, Machine};
use domain::payment::machine::Payment;
use domain::payment::{self, Command, Observation};
use domain::rules::Rules;
use domain::stream::StreamKind;
use engine::clock::Clock;
use engine::cqrs::{Root, Services};
use engine::machines::{self, AnyState};
use ledger::policy::Policy;
use ledger::rules::post;
use mercadopago::observe::{Channel, Delivery, DeliveryKind, Seen, observe};
use serde_json::Value;

/// A stored fact: name and payload, from the golden file of the shape.
macro_rules! golden {
    ($machine:literal, $name:literal) => {
        (
            concat!($machine, ".", $name),
            include_str!(concat!(
                "../crates/domain/src/",
                $machine,
                "/golden/",
                $machine,
                ".",
                $name,
                ".json"
            )),
        )
    };
}

type Stored = (&'static str, &'static str);

/// A payment's life in ten facts.
const HISTORY: [Stored; 10] = [
    golden!("payment", "opened"),
    golden!("payment", "placed_in_review"),
    golden!("payment", "approved"),
    golden!("payment", "redescribed"),
    golden!("payment", "dispute_opened"),
    golden!("payment", "dispute_closed"),
    golden!("payment", "reinstated"),
    golden!("payment", "refund_named"),
    golden!("payment", "refunds_accumulated"),
    golden!("payment", "reaffirmed"),
];

/// A full card payment as the provider renders it.
const CARD: &str = include_str!("../tests/fixtures/payment/full_card.json");

/// One step to measure: the facts before it, and the fact itself.
const STEPS: &[(StreamKind, &[Stored], Stored)] = &[
    (StreamKind::Payment, &[golden!("payment", "opened")], golden!("payment", "placed_in_review")),
    (StreamKind::Payment, &[golden!("payment", "opened")], golden!("payment", "approved")),
    (StreamKind::Payment, &[golden!("payment", "opened")], golden!("payment", "refunds_accumulated")),
    (StreamKind::Payment, &[golden!("payment", "opened")], golden!("payment", "refund_named")),
    (StreamKind::Payment, &[golden!("payment", "opened")], golden!("payment", "released")),
    (StreamKind::Refund, &[golden!("refund", "opened")], golden!("refund", "approved")),
    (StreamKind::Intent, &[golden!("intent", "requested")], golden!("intent", "finished")),
    (
        StreamKind::Preapproval,
        &[golden!("preapproval", "opened"), golden!("preapproval", "charge_scheduled")],
        golden!("preapproval", "charge_collected"),
    ),
    (StreamKind::Chargeback, &[golden!("chargeback", "opened")], golden!("chargeback", "lost")),
    (StreamKind::Movement, &[], golden!("movement", "booked")),
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    apply_to_live_state(&mut criterion);
    apply_in_the_machine(&mut criterion);
    command_through_cqrs_es(&mut criterion);
    decode_and_apply(&mut criterion);
    payment_to_entry(&mut criterion);
    criterion.final_summary();
}

fn print_hash(work: &str, result: &impl Debug) {
    let mut hasher = DefaultHasher::new();
    format!("{result:?}").hash(&mut hasher);
    println!("{work}: result hash {:016x}", hasher.finish());
}

fn fact(kind: StreamKind, (name, payload): Stored) -> Fact {
    Fact::from_stored(kind, name, 1, payload).expect("a golden file fits its shape")
}

fn evolve(state: Option<AnyState>, fact: &Fact) -> AnyState {
    machines::evolve(state, fact).expect("the histories here are legal")
}

fn fold<'f>(facts: impl IntoIterator<Item = &'f Fact>) -> Option<AnyState> {
    facts.into_iter().fold(None, |state, fact| Some(evolve(state, fact)))
}

fn noon() -> Instant {
    "2026-04-01T12:00:00Z".parse().expect("the instant is written right")
}

fn apply_to_live_state(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply one event to a live state");
    for &(kind, before, step) in STEPS {
        let before: Vec<Fact> = before.iter().map(|stored| fact(kind, *stored)).collect();
        let (live, event) = (fold(&before), fact(kind, step));
        let mut after = None;
        let state = live.clone();
        let counted = allocation_counter::measure(|| after = Some(evolve(state, &event)));
        print_hash(step.0, &after);
        println!("{}: {} allocations", step.0, counted.count_total);
        // A fact that can follow itself is applied to one live state over and over; others need a fresh state
        // each time, and then making room for the copies is measured with them.
        let again = machines::evolve(after.clone(), &event).ok();
        group.bench_function(step.0, |b| match again.clone() {
            Some(state) => {
                let mut state = Some(state);
                b.iter(|| state = Some(evolve(state.take(), black_box(&event))));
            }
            None => {
                b.iter_batched(
                    || live.clone(),
                    |state| evolve(state, black_box(&event)),
                    BatchSize::SmallInput,
                );
            }
        });
    }
    group.finish();
}

/// The payment machine without the engine's enum of all machines around its state.
fn apply_in_the_machine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply one event in the machine alone");
    for &(kind, before, step) in STEPS {
        let before: Vec<Fact> = before.iter().map(|stored| fact(kind, *stored)).collect();
        let (Some(AnyState::Payment(live)), Fact::Payment(event)) = (fold(&before), fact(kind, step)) else {
            continue;
        };
        let Ok(live) = Payment::evolve(Some(live), &event) else { continue };
        if Payment::evolve(Some(live.clone()), &event).is_err() {
            continue;
        }
        group.bench_function(step.0, |b| {
            let mut state = Some(live.clone());
            b.iter(|| state = Payment::evolve(state.take(), black_box(&event)).ok());
            print_hash(step.0, &state);
        });
    }
    group.finish();
}

/// Ten events in memory, as `postgres-es` would hand them over; what is persisted is forgotten, so that every
/// command meets the same history.
struct TenEvents(Vec<SerializedEvent>);

impl PersistedEventRepository for TenEvents {
    async fn get_events<A: Aggregate>(&self, _id: &str) -> Result<Vec<SerializedEvent>, PersistenceError> {
        Ok(self.0.clone())
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        _id: &str,
        last: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        Ok(self.0.iter().skip(last).cloned().collect())
    }

    async fn get_snapshot<A: Aggregate>(
        &self,
        _id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }

    async fn persist<A: Aggregate>(
        &self,
        events: &[SerializedEvent],
        _snapshot: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        black_box(events);
        Ok(())
    }

    async fn stream_events<A: Aggregate>(&self, _id: &str) -> Result<ReplayStream, PersistenceError> {
        Ok(ReplayStream::new(1).1)
    }

    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Ok(ReplayStream::new(1).1)
    }
}

fn tagged(stored: Stored) -> String {
    let Fact::Payment(event) = fact(StreamKind::Payment, stored) else { unreachable!("the kind is payment") };
    serde_json::to_string(&event).expect("events serialise")
}

fn command_through_cqrs_es(criterion: &mut Criterion) {
    let events = HISTORY.iter().zip(1..).map(|(stored, sequence)| {
        let payload: Value = serde_json::from_str(&tagged(*stored)).expect("events are JSON");
        let (kind, version) = ("payment".to_owned(), "1".to_owned());
        let metadata = Value::Object(serde_json::Map::new());
        SerializedEvent::new(
            "77/1".to_owned(),
            sequence,
            kind,
            stored.0.to_owned(),
            version,
            payload,
            metadata,
        )
    });
    let store = PersistedEventStore::<_, Root<Payment>>::new_event_store(TenEvents(events.collect()));
    let services = Services { rules: Rules::default(), clock: Clock::Fixed(noon()) };
    let framework = CqrsFramework::new(store, vec![], services);
    let Fact::Payment(payment::Event::Released(released)) =
        fact(StreamKind::Payment, golden!("payment", "released"))
    else {
        unreachable!("the golden file is a release")
    };
    let mut release = released.release;
    release.row = RowId::from("another-row");
    let command = Command::Observe(Observation::Released(release));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
    criterion.bench_function("peer: one command through cqrs-es, history 10", |b| {
        b.iter(|| {
            let done = framework.execute_with_metadata("77/1", command.clone(), black_box(HashMap::new()));
            runtime.block_on(done).expect("the row is new");
        });
    });
}

fn decode_and_apply(criterion: &mut Criterion) {
    let ours = || {
        HISTORY.iter().fold(None, |state, (name, payload)| {
            let fact = Fact::from_stored(StreamKind::Payment, name, 1, black_box(payload));
            Some(evolve(state, &fact.expect("a golden file fits its shape")))
        })
    };
    let texts: Vec<String> = HISTORY.iter().map(|stored| tagged(*stored)).collect();
    let peer = || {
        texts.iter().fold(None, |state, text| {
            let value: Value = serde_json::from_str(black_box(text)).expect("events are JSON");
            let event: payment::Event = serde_json::from_value(value.clone()).expect("events decode");
            Some(evolve(state, &Fact::Payment(event)))
        })
    };
    assert_eq!(ours(), peer(), "both roads lead to one state");
    print_hash("decode and apply", &ours());
    let mut group = criterion.benchmark_group("decode and apply ten events");
    group.throughput(Throughput::Elements(10));
    group.bench_function("from stored bytes", |b| b.iter(ours));
    group.bench_function("peer: through serde_json::Value", |b| b.iter(peer));
    group.finish();
}

fn payment_to_entry(criterion: &mut Criterion) {
    let (rules, policy, now) = (Rules::default(), Policy::default(), noon());
    let delivery = Delivery {
        kind: DeliveryKind::Resource,
        topic: "payment",
        channel: Channel::Import,
        seller: None,
        site: Some("MLA"),
        received_at: now,
        verified: true,
        body: CARD.as_bytes(),
    };
    let work = || {
        let seen = observe(black_box(&delivery)).expect("the fixture is readable");
        let Seen::Told(told) = seen else { unreachable!("a resource tells") };
        let context = Context { now, rules: &rules };
        let mut written = Vec::with_capacity(4);
        for one in told.observed {
            let facts = machines::decide(None, one.observation, &context).expect("the payment is new");
            for fact in facts {
                let entry = post(&one.stream, &fact, &policy).expect("its amounts are small");
                written.push((fact, entry));
            }
        }
        written
    };
    print_hash("payment to entry", &work());
    let mut group = criterion.benchmark_group("provider payment JSON to facts and entry");
    group.throughput(Throughput::Elements(1));
    group.bench_function("full card payment", |b| b.iter(work));
    group.finish();
}
