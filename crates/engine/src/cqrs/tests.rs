//! Orders of people through `cqrs-es`: given / when / then, and both roads on one store.

use cqrs_es::CqrsFramework;
use cqrs_es::test::TestFramework;
use domain::machine::Instant;
use domain::observation::Observation;
use domain::payment::machine::Payment;
use domain::payment::refusal::Refusal;
use domain::payment::{Command, Event as PaymentEvent, Funds, Ordered, Standing};
use mercadopago::observe::{Channel, DeliveryKind};
use store::chain::ONLY_SHARD;
use store::inbox::{Body, InboxKey};
use store::memory::MemoryStore;
use store::read::Cut;

use super::*;
use crate::config::Config;
use crate::ingest::{Ingester, Tally};
use crate::item::{Item, Kind as ItemKind};
use crate::look::{Looked, look};

const ID: &str = "7/100";
/// 180 days after the approval.
const LAST: &str = "2026-08-29T14:00:00Z";

fn at(text: &str) -> Instant {
    text.parse().expect("a literal instant")
}

fn config() -> Config {
    Config::read(None, []).expect("the defaults are a configuration")
}

fn services(now: &str) -> Services {
    Services { rules: config().rules(), clock: Clock::Fixed(at(now)) }
}

fn item(key: &str, status: &str, detail: &str, updated: &str) -> Item {
    let approved = if status == "approved" { r#""2026-03-02T14:00:00Z""# } else { "null" };
    let body = format!(
        r#"{{"id":100,"collector_id":7,"currency_id":"ARS","status":"{status}","status_detail":"{detail}",
        "transaction_amount":52.00,"transaction_details":{{"net_received_amount":52.00}},"charges_details":[],
        "date_created":"2026-03-02T13:00:00Z","date_approved":{approved},"date_last_updated":"{updated}"}}"#
    );
    Item {
        kind: ItemKind::Message(DeliveryKind::Resource),
        key: InboxKey(key.into()),
        topic: "payment".into(),
        channel: Channel::Response,
        seller: Some("7".into()),
        site: Some("MLA".into()),
        origin: "test:1".into(),
        received_at: at("2026-03-02T14:00:01Z"),
        caused_by: None,
        body: Body::whole(body.into_bytes()),
        problem: None,
        verified: true,
    }
}

fn approved() -> Item {
    item("one", "approved", "accredited", "2026-03-02T14:00:00Z")
}

/// The facts that one delivery about a new payment makes.
fn told(item: &Item) -> Vec<Fact<Payment>> {
    let Looked::Told { observed, .. } = look(item, &config().sellers) else { panic!("the body is readable") };
    let [one] = observed.try_into().expect("it tells of the payment alone");
    let Observation::Payment(observation) = one.observation else { panic!("it tells of a payment") };
    let rules = config().rules();
    let context = Context { now: at("2026-03-02T14:00:01Z"), rules: &rules };
    let events = Payment::decide(None, Command::Observe(observation), &context);
    events.expect("a first statement is accepted").into_iter().map(Fact).collect()
}

fn refund(request: &str, amount_minor: Option<i64>) -> Command {
    let (request, actor, reason) = (request.into(), "ana".into(), "broken in transit".into());
    Command::RequestRefund { request, amount_minor, funds: Funds::Unchecked, actor, reason }
}

fn requested(now: &str, request: &str, amount_minor: i64) -> Fact<Payment> {
    Fact(PaymentEvent::RefundRequested(Ordered {
        at: at(now),
        request: request.into(),
        actor: "ana".into(),
        reason: "broken in transit".into(),
        amount_minor: Some(amount_minor),
        is_whole: false,
        is_held: false,
    }))
}

#[test]
fn a_refund_is_requested_to_the_last_second_of_the_window() {
    TestFramework::<Root<Payment>>::with(services(LAST))
        .given(told(&approved()))
        .when(refund("first", Some(1300)))
        .then_expect_events(vec![requested(LAST, "first", 1300)]);
}

#[test]
fn a_refund_a_second_after_the_window_is_refused() {
    TestFramework::<Root<Payment>>::with(services("2026-08-29T14:00:01Z"))
        .given(told(&approved()))
        .when(refund("first", Some(1300)))
        .then_expect_error(CommandError::Refused(Refusal::WindowClosed { closed_at: at(LAST) }));
}

#[test]
fn a_refund_of_a_payment_that_is_not_approved_is_refused() {
    let rejected = item("one", "rejected", "cc_rejected_high_risk", "2026-03-02T14:00:00Z");
    TestFramework::<Root<Payment>>::with(services(LAST))
        .given(told(&rejected))
        .when(refund("second", None))
        .then_expect_error(CommandError::Refused(Refusal::NotApproved { standing: Standing::Rejected }));
}

#[test]
fn a_refund_of_an_unknown_payment_is_refused() {
    TestFramework::<Root<Payment>>::with(services(LAST))
        .given_no_previous_events()
        .when(refund("second", None))
        .then_expect_error_message("the payment is not known");
}

#[test]
fn a_second_refund_takes_what_the_first_left() {
    TestFramework::<Root<Payment>>::with(services(LAST))
        .given(told(&approved()))
        .and(vec![requested("2026-03-03T10:00:00Z", "first", 1300)])
        .when(refund("second", None))
        .then_expect_events(vec![requested(LAST, "second", 3900)]);
}

/// One store with both roads to it.
struct Both {
    store: Arc<MemoryStore>,
    streams: Streams,
    ingester: Ingester,
}

impl Both {
    async fn with(item: Item) -> Self {
        let store = Arc::new(MemoryStore::new());
        let clock = Clock::Fixed(at(LAST));
        let streams = Streams {
            store: Arc::clone(&store) as Arc<dyn Store>,
            policy: config().policy,
            clock,
            errand: None,
        };
        let ingester = Ingester::new(Arc::clone(&store) as Arc<dyn Store>, config(), clock);
        let both = Self { store, streams, ingester };
        both.ingest(item).await;
        both
    }

    async fn ingest(&self, item: Item) {
        let looked = Ingester::look(&config(), vec![item]);
        let mut tally = Tally::default();
        self.ingester.take(&looked, &mut tally).await.expect("the store takes the batch");
        assert_eq!(tally.applied, 1, "the delivery writes facts");
    }

    async fn events(&self) -> Vec<StoredEvent> {
        self.store.scan(ONLY_SHARD, 0, 100).await.expect("the store can be read")
    }
}

fn by_ana(key: &str) -> HashMap<String, String> {
    HashMap::from([("actor".to_owned(), "ana".to_owned()), ("key".to_owned(), key.to_owned())])
}

#[tokio::test]
async fn an_order_is_written_beside_the_facts_of_deliveries() {
    let both = Both::with(approved()).await;
    let framework = CqrsFramework::<Root<Payment>, _>::new(both.streams.clone(), vec![], services(LAST));
    framework
        .execute_with_metadata(ID, refund("first", Some(1300)), by_ana("one"))
        .await
        .expect("a refund within the window is accepted");
    let events = both.events().await;
    let names: Vec<_> = events.iter().map(|e| (e.sequence, &*e.name, &*e.metadata)).collect();
    assert_eq!(
        names,
        [
            (1, "payment.opened", r#"{"caused_by":"one"}"#),
            (2, "payment.approved", r#"{"caused_by":"one"}"#),
            (3, "payment.refund_requested", r#"{"actor":"ana"}"#),
        ]
    );
    let sent = both.store.outbox(0, 10).await.expect("the store can be read");
    let sent: Vec<_> = sent.iter().map(|row| (&*row.key, &*row.payload)).collect();
    let errand = r#"{"errand":"refund","request":"first","amount":"13.00","currency":"ARS"}"#;
    assert_eq!(sent, [("one", errand)], "what is to be sent is written with it");
    let balances = both.store.balances(Cut::default()).await.expect("the store can be read");
    let moved: Vec<_> = balances.iter().map(|b| (b.account.code(), b.balance_minor)).collect();
    assert_eq!(moved, [(1121, 5200), (4100, -5200)], "asking moves no money");
}

#[tokio::test]
async fn what_was_asked_for_counts_in_the_next_order() {
    let both = Both::with(approved()).await;
    let framework = CqrsFramework::<Root<Payment>, _>::new(both.streams.clone(), vec![], services(LAST));
    framework
        .execute_with_metadata(ID, refund("first", Some(5000)), by_ana("one"))
        .await
        .expect("50.00 of 52.00 remain");
    let refused = framework.execute_with_metadata(ID, refund("second", Some(201)), by_ana("two")).await;
    let Err(AggregateError::UserError(CommandError::Refused(refusal))) = refused else {
        panic!("more than remains is refused by the machine, not {refused:?}");
    };
    assert_eq!(refusal.to_string(), "2.01 ARS was asked for, but 2.00 ARS remains to be refunded");
    assert_eq!(both.events().await.len(), 3, "a refusal writes nothing");
}

#[tokio::test]
async fn an_order_on_a_state_that_deliveries_changed_conflicts() {
    let both = Both::with(approved()).await;
    let loaded: Loaded<Payment> = both.streams.load_aggregate(ID).await.expect("the history can be folded");
    both.ingest(item("two", "in_mediation", "pending", "2026-03-04T14:00:00Z")).await;
    let before = both.events().await;
    let answer = both.streams.commit(vec![requested(LAST, "first", 1300)], loaded, by_ana("one")).await;
    assert!(matches!(answer, Err(AggregateError::AggregateConflict)), "{answer:?}");
    assert_eq!(both.events().await, before, "a conflict writes nothing");
}

#[tokio::test]
async fn a_history_is_read_back_as_it_was_written() {
    let both = Both::with(approved()).await;
    let envelopes: Vec<EventEnvelope<Root<Payment>>> =
        both.streams.load_events(ID).await.expect("the history can be read");
    let payloads: Vec<_> = envelopes.iter().map(|e| (e.sequence, e.payload.clone())).collect();
    let written: Vec<_> = (1..).zip(told(&approved())).collect();
    assert_eq!(payloads, written);
}

#[tokio::test]
async fn an_id_that_is_no_stream_key_is_told() {
    let both = Both::with(approved()).await;
    let answer: Result<Loaded<Payment>, _> = both.streams.load_aggregate("100").await;
    let Err(AggregateError::UnexpectedError(error)) = answer else { panic!("`100` names no seller") };
    assert_eq!(error.to_string(), "`100` is no stream key; write seller/id");
}
