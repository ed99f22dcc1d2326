//! Measures durable ingest into SQLite or PostgreSQL: loads and commits of deliveries (500 each) with 1.4 events and entries for each of them.
//!
//! `cargo run --release -p store --example ingest -- [COMMITS] [WORKERS] [DELIVERIES] [URL]`. Without a URL into a new
//! SQLite file; a `postgres:` URL must lead to an empty schema. Prints rates and, as proof that the work was done, the
//! balances.

#![expect(clippy::print_stdout, reason = "the rate is what the program is for")]
#![expect(clippy::disallowed_methods, reason = "durations are measured here, and reach no event")]

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use domain::currency::Currency;
use domain::ids::{PaymentId, RefundId, SellerId};
use domain::machine::Instant;
use domain::stream::StreamId;
use ledger::account::Account;
use ledger::journal::{Evidence, Heading, JournalEntry, Line};
use store::chain::{ONLY_SHARD, Verifier};
use store::commit::{Commit, NewEvent, Outcome};
use store::inbox::{Body, InboxKey, NewDelivery, Verdict};
use store::postgres::{PostgresOptions, PostgresStore};
use store::read::Cut;
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;
use tokio::task::JoinSet;

const TWO_DAYS_AGO: Duration = Duration::from_secs(2 * 86_400);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| {
        arguments.get(at).map_or(default, |text| text.parse().expect("these arguments are numbers"))
    };
    let (commits, workers, deliveries) = (number(0, 200), number(1, 1), number(2, 500));
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("store.db");
    let file = file.to_str().expect("temporary folders have plain names");
    let store: Arc<dyn Store> = match arguments.get(3) {
        None => {
            let opened = SqliteStore::open(file, &SqliteOptions::default()).await;
            Arc::new(opened.expect("the file can be opened"))
        }
        Some(url) => {
            let opened = PostgresStore::open(url, &PostgresOptions::default()).await;
            Arc::new(opened.expect("the schema is empty"))
        }
    };

    let mut shares: Vec<Vec<Commit>> = (0..workers).map(|_| vec![]).collect();
    let mut events = 0;
    for (commit, share) in
        (0..commits).map(|number| planned(number, deliveries)).zip((0..shares.len()).cycle())
    {
        events += commit.events.len();
        shares[share].push(commit);
    }
    let start = Clock::now();
    let mut running = JoinSet::new();
    for share in shares {
        running.spawn(ingest(Arc::clone(&store), share));
    }
    running.join_all().await;
    let deliveries = commits * deliveries;
    println!("{deliveries} deliveries, {events} events: {} deliveries/s", rate(deliveries, start.elapsed()));

    let start = Clock::now();
    let mut verifier = Verifier::new(ONLY_SHARD);
    loop {
        let page = store.scan(ONLY_SHARD, verifier.position(), 10_000).await.expect("the store is whole");
        if page.is_empty() {
            break;
        }
        verifier.walk(&page).expect("nobody touched the events");
    }
    println!("scan and verify: {} events/s", rate(verifier.position(), start.elapsed()));
    let head = store.head(ONLY_SHARD).await.expect("the store answers");
    verifier.finish(&head).expect("the scan reached the head");
    println!("balances {:?}", store.balances(Cut::default()).await.expect("the store answers"));
}

/// What a worker does with its share: loads what each plan would be made on, and commits.
async fn ingest(store: Arc<dyn Store>, share: Vec<Commit>) {
    for commit in share {
        let streams: Vec<_> = commit.events.iter().map(|event| event.stream.clone()).collect();
        let keys: Vec<_> = commit.deliveries.iter().map(|new| new.key.clone()).collect();
        let loaded = store.load(&streams, &keys).await.expect("the store answers");
        assert!(
            loaded.histories.is_empty() && loaded.known.is_empty(),
            "the measurement starts on a new file"
        );
        let outcome = store.commit(commit).await.expect("the store answers");
        assert!(matches!(outcome, Outcome::Committed { .. }), "nobody else writes these streams");
    }
}

fn rate(count: u64, took: Duration) -> u128 {
    u128::from(count) * 1_000_000 / took.as_micros().max(1)
}

fn planned(number: u64, deliveries: u64) -> Commit {
    let now = Instant::from_timestamp_micros(1_800_000_000_000_000).expect("a date in range");
    let mut commit =
        Commit { recorded_at: now, deliveries: vec![], attempts: vec![], events: vec![], outbox: vec![] };
    let seller = SellerId::from("446566691");
    for index in 0..deliveries {
        let id = 20_359_978_000 + number * deliveries + index;
        let key = InboxKey(scattered(id, 64).into());
        commit.deliveries.push(delivery(&key, id, now));
        let payment = PaymentId::from(id.to_string());
        let stream = StreamId::payment(&seller, &payment);
        let mut streams = vec![(stream.clone(), 1)];
        match index % 5 {
            0 => streams.push((stream, 2)),
            1 => streams.push((StreamId::refund(&seller, &payment, &RefundId::from("1")), 1)),
            _ => {}
        }
        for (stream, sequence) in streams {
            commit.events.push(event(&key, stream, sequence, now));
        }
    }
    commit
}

fn delivery(key: &InboxKey, id: u64, now: Instant) -> NewDelivery {
    NewDelivery {
        key: key.clone(),
        kind: "resource".into(),
        topic: "payment".into(),
        channel: "webhook".into(),
        seller: "446566691".into(),
        site: "MLA".into(),
        origin: "observations.3".into(),
        received_at: now,
        caused_by: None,
        subject: Some(format!("payment/{id}").into()),
        body: Body::whole(body(id).into_bytes()),
        verdict: Verdict::Applied,
        unclassified: false,
    }
}

fn event(key: &InboxKey, stream: StreamId, sequence: u64, now: Instant) -> NewEvent {
    let at = now - TWO_DAYS_AGO;
    let heading = Heading {
        stream: stream.clone(),
        fact: "payment.approved".into(),
        at,
        currency: Currency::ARS,
        evidence: Evidence::Api,
        policy: 1,
    };
    let line = |account, amount_minor| Line { account, amount_minor };
    let lines = vec![
        line(Account::Pending, 9_590),
        line(Account::Sales, -10_000),
        line(Account::ProcessingFees, 410),
    ];
    let entry = JournalEntry::new(heading, &sequence.to_string(), lines).expect("the lines balance");
    NewEvent {
        stream,
        sequence,
        name: "payment.approved",
        version: 1,
        payload: format!(
            r#"{{"at":"2027-01-13T08:00:00Z","gross":10000,"currency":"ARS","net":9590,"charges":[{{"id":"{sequence}","kind":"fee","amount":410}}],"money_release_at":"2027-01-31T08:00:00Z"}}"#
        ),
        occurred_at: at,
        caused_by: Some(key.clone()),
        actor: None,
        entry: Some(entry),
    }
}

/// About 4.7 KB that look like a payment of the provider: fixed names, changing ids, some noise.
fn body(id: u64) -> String {
    let mut body = format!(
        r#"{{"id":{id},"status":"approved","status_detail":"accredited","payer":"{}""#,
        scattered(id, 64)
    );
    for field in 0..80 {
        body.push_str(&format!(
            r#","field_of_the_resource_{field}":{{"amount":{},"at":null}}"#,
            hash(&format!("{id}{field}")) % 100_000
        ));
    }
    body.push('}');
    body
}

fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Hexadecimal digits without order, as hashes are.
fn scattered(seed: u64, digits: usize) -> String {
    let mut text = String::with_capacity(digits + 16);
    let mut state = seed;
    while text.len() < digits {
        state = hash(&format!("{state}:{seed}"));
        text.push_str(&format!("{state:016x}"));
    }
    text.truncate(digits);
    text
}
