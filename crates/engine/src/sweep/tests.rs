//! What sweeps write about subscriptions, by the clock they are given: each fact and message once.

use billing::finding::Finding;
use mercadopago::observe::DeliveryKind;
use store::read::StoredMessage;

use super::findings::each_finding;
use super::*;
use crate::ingest::{Ingester, Tally};
use crate::item::Item;
use crate::replay::replay;
use crate::samples::{SELLER, at, config, item, sqlite, stores};

mod corrupt;
mod ends;

/// A subscription of 10.00 a month, made on 5 October.
fn subscription(status: &str, told: &str) -> Item {
    subscription_of("yoga", status, told)
}

fn subscription_of(id: &str, status: &str, told: &str) -> Item {
    let body = format!(
        r#"{{"id":"{id}","collector_id":{SELLER},"reason":"Yoga","status":"{status}",
        "external_reference":"YG-1","auto_recurring":{{"frequency":1,"frequency_type":"months",
        "transaction_amount":10,"currency_id":"ARS"}},"date_created":"2026-10-05T12:00:00Z","last_modified":"{told}"}}"#
    );
    item(DeliveryKind::Resource, "preapproval", &body)
}

/// What became of the charge that is due on a day.
fn charge(id: u64, due: &str, told: &str, status: &str, tries: u32, payment: &str) -> Item {
    let of = if id < 10 { "yoga" } else { "gym" };
    let body = format!(
        r#"{{"id":{id},"type":"scheduled","preapproval_id":"{of}","currency_id":"ARS","transaction_amount":10,
        "date_created":"{due}T12:00:00Z","debit_date":"{due}T12:00:00Z","last_modified":"{told}",
        "retry_attempt":{tries},"status":"{status}","rejection_code":"cc_rejected_insufficient_amount",
        "payment":{{"id":{id}00,"status":"{payment}","status_detail":"cc_rejected_insufficient_amount"}}}}"#
    );
    item(DeliveryKind::Resource, "authorized_payment", &body)
}

/// The first charge, declined on its day.
fn declined() -> [Item; 2] {
    [
        subscription("authorized", "2026-10-05T12:00:00Z"),
        charge(1, "2026-10-05", "2026-10-05T12:01:00Z", "recycling", 1, "rejected"),
    ]
}

async fn take(store: &Arc<dyn Store>, items: impl IntoIterator<Item = Item>) {
    let ingester = Ingester::new(Arc::clone(store), config(), Clock::Fixed(at("2026-10-05T12:02:00Z")));
    let mut tally = Tally::default();
    let items = items.into_iter().collect();
    ingester.take(&Ingester::look(&config(), items), &mut tally).await.expect("the store takes them");
    assert_eq!((tally.refused, tally.undecodable), (0, 0));
}

async fn swept(store: &Arc<dyn Store>, now: &str) -> Swept {
    swept_with(store, now, Messages::Write).await
}

/// A sweep that finds every history sound.
async fn swept_with(store: &Arc<dyn Store>, now: &str, messages: Messages) -> Swept {
    let mut faults = Faults::default();
    let swept = sweep(broom(store, &config(), now), messages, &mut faults, |_| {}).await;
    faults.none().expect("every history can be read");
    swept.expect("the store answers")
}

fn broom<'a>(store: &'a Arc<dyn Store>, config: &'a Config, now: &str) -> Broom<'a> {
    Broom { store, config, clock: Clock::Fixed(at(now)), as_of: at(now) }
}

async fn outbox(store: &Arc<dyn Store>) -> Vec<StoredMessage> {
    store.outbox(0, 1_000).await.expect("the store answers")
}

/// The keys of all messages.
async fn keys(store: &Arc<dyn Store>) -> Vec<String> {
    outbox(store).await.iter().map(|message| message.key.to_string()).collect()
}

/// The names of the facts of the subscription.
async fn facts(store: &Arc<dyn Store>) -> Vec<String> {
    let kind = domain::stream::StreamKind::Preapproval;
    let events = store.scan_streams(kind, None, 1_000).await.expect("the store answers");
    events.iter().map(|event| event.name.to_string()).collect()
}

async fn reminders(store: &Arc<dyn Store>) -> usize {
    facts(store).await.iter().filter(|name| *name == "preapproval.reminded").count()
}

async fn found(store: &Arc<dyn Store>, from: &str, as_of: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    let (from, as_of, mut faults) = (at(from), at(as_of), Faults::default());
    each_finding(&**store, &config(), from, as_of, &mut faults, |stream, finding| {
        assert_eq!(stream.id(), "yoga");
        found.push(finding);
    })
    .await
    .expect("the store answers");
    faults.none().expect("the histories can be read");
    found
}

#[tokio::test]
async fn a_declined_charge_is_one_fact_and_one_message_however_often_it_is_swept() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        take(store, declined()).await;
        assert_eq!(swept(store, "2026-10-05T12:00:30Z").await.told, 0, "it has not happened yet");
        assert_eq!(swept(store, "2026-10-05T13:00:00Z").await.told, 1);
        // Also for a clock at which it had not been told yet.
        for later in
            ["2026-10-05T12:30:00Z", "2026-10-05T13:00:00Z", "2026-10-06T13:00:00Z", "2026-11-20T13:00:00Z"]
        {
            assert_eq!(swept(store, later).await.told, 0);
        }
        let told = outbox(store).await;
        let [message] = &told[..] else { panic!("one message: {told:?}") };
        assert_eq!(&*message.key, "dunning/7/yoga/1/retrying");
        assert_eq!((&*message.destination, message.caused_by.id()), (dunning::DESTINATION, "yoga"));
        let letter: serde_json::Value = serde_json::from_str(&message.payload).expect("JSON");
        assert_eq!(letter["reference"], "YG-1");
        assert_eq!(letter["subject"], "Yoga: we could not charge 10.00 ARS");
        assert_eq!(reminders(store).await, 1);
        replay(&**store, None, |_| {}).await.expect("the facts can be read again");
    }
}

#[tokio::test]
async fn a_charge_is_told_step_by_step() {
    let (_folder, [store, _]) = stores().await;
    take(&store, declined()).await;
    swept(&store, "2026-10-05T13:00:00Z").await;
    take(&store, [charge(1, "2026-10-05", "2026-10-15T12:00:00Z", "processed", 5, "rejected")]).await;
    swept(&store, "2026-10-15T13:00:00Z").await;
    take(&store, [charge(2, "2026-11-05", "2026-11-15T12:00:00Z", "processed", 5, "rejected")]).await;
    swept(&store, "2026-11-15T13:00:00Z").await;
    take(&store, [charge(3, "2026-12-05", "2026-12-15T12:00:00Z", "processed", 5, "rejected")]).await;
    take(&store, [subscription("cancelled", "2026-12-15T12:00:01Z")]).await;
    swept(&store, "2026-12-15T13:00:00Z").await;
    swept(&store, "2026-12-16T13:00:00Z").await;
    let expected = [
        "dunning/7/yoga/1/retrying",
        "dunning/7/yoga/1/update_card",
        "dunning/7/yoga/2/warning",
        "dunning/7/yoga/3/ended",
    ];
    assert_eq!(keys(&store).await, expected);
    assert_eq!(reminders(&store).await, expected.len());
}

#[tokio::test]
async fn two_sweeps_at_once_tell_once() {
    let (folder, [_, store]) = stores().await;
    let other = sqlite(&folder).await;
    take(&store, declined()).await;
    let now = "2026-10-05T13:00:00Z";
    let (one, two, three) = tokio::join!(swept(&store, now), swept(&other, now), swept(&store, now));
    assert_eq!(one.told + two.told + three.told, 1);
    assert_eq!(keys(&store).await, ["dunning/7/yoga/1/retrying"]);
    assert_eq!(reminders(&store).await, 1);
}

#[tokio::test]
async fn history_that_is_taken_in_later_and_periods_that_are_over_tell_nobody_anything() {
    let (_folder, [store, _]) = stores().await;
    take(&store, declined()).await;
    assert_eq!(swept(&store, "2026-10-12T12:01:01Z").await.told, 0, "a week has passed");
    let swept = swept_with(&store, "2026-10-06T00:00:00Z", Messages::Leave).await;
    assert_eq!((swept.told, keys(&store).await.len(), reminders(&store).await), (0, 0, 0));
}

#[tokio::test]
async fn a_charge_that_was_collected_by_the_time_is_not_told() {
    let (_folder, [store, _]) = stores().await;
    take(&store, declined()).await;
    take(&store, [charge(1, "2026-10-05", "2026-10-05T14:00:00Z", "processed", 2, "approved")]).await;
    assert_eq!(swept(&store, "2026-10-05T15:00:00Z").await.told, 0);
    // As of an hour before, it was not; but it is known by now.
    assert_eq!(swept(&store, "2026-10-05T13:30:00Z").await.told, 0);
}

#[tokio::test]
async fn a_clock_before_a_message_does_not_send_it_again() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        take(store, declined()).await;
        assert_eq!(swept(store, "2026-10-05T13:00:00Z").await.told, 1);
        let gym = charge(10, "2026-10-05", "2026-10-05T12:01:00Z", "recycling", 1, "rejected");
        take(store, [subscription_of("gym", "authorized", "2026-10-05T12:00:00Z"), gym]).await;
        assert_eq!(swept(store, "2026-10-05T12:30:00Z").await.told, 1);
        assert_eq!(keys(store).await, ["dunning/7/yoga/1/retrying", "dunning/7/gym/10/retrying"]);
    }
}

#[tokio::test]
async fn findings_are_those_of_the_instant_and_of_the_days_before_it() {
    let (_folder, [store, _]) = stores().await;
    take(&store, declined()).await;
    let words = |found: Vec<Finding>| {
        found
            .iter()
            .map(|found| format!("{} {}", found.kind.word(), found.due_at.date_naive()))
            .collect::<Vec<_>>()
    };
    let all = words(found(&store, "2026-01-01T00:00:00Z", "2026-12-20T00:00:00Z").await);
    assert_eq!(all, ["missing 2026-11-05", "missing 2026-12-05"]);
    let late = words(found(&store, "2026-11-20T00:00:00Z", "2026-12-20T00:00:00Z").await);
    assert_eq!(late, ["missing 2026-12-05"]);
    assert!(
        found(&store, "2026-01-01T00:00:00Z", "2026-11-06T00:00:00Z").await.is_empty(),
        "within the grace"
    );
    assert_eq!(facts(&store).await.len(), 4, "nothing is written");
    take(&store, [subscription("cancelled", "2026-11-04T12:00:00Z")]).await;
    take(&store, [charge(2, "2026-11-05", "2026-11-05T12:01:00Z", "recycling", 1, "rejected")]).await;
    let begin = "2026-01-01T00:00:00Z";
    assert!(found(&store, begin, "2026-11-05T00:00:00Z").await.is_empty(), "nobody knows of it then");
    let over = words(found(&store, begin, "2026-11-06T00:00:00Z").await);
    assert_eq!(over, ["after_end 2026-11-05"]);
}
