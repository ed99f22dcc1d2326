//! Workers between the real RabbitMQ and real stores: every delivery gets one verdict, whoever takes it.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};

use broker::publisher::Route;
use domain::text::Text;
use store::inbox::Verdict;
use store::memory::MemoryStore;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::share::Sharing;
use super::*;
use crate::publish::{Published, Publisher};
use crate::samples::{self, inbox, payment};

pub(crate) mod scene;

use scene::{Scene, Wire, until};

#[test]
fn only_what_is_over_the_share_is_handed_on() {
    let check = |fed: &[u16], shards: u16, workers: u32, expected: &[u16]| {
        let handed_on = Sharing::default().round(fed, shards, workers);
        assert_eq!(handed_on, expected, "fed by {fed:?} of {shards}, {workers} workers");
    };
    check(&[0, 1, 2, 3], 4, 1, &[]);
    check(&[0, 1, 2, 3], 4, 2, &[3, 2]);
    check(&[1, 3], 4, 2, &[]);
    check(&[], 4, 2, &[]);
    check(&[0, 1, 2, 3, 4, 5, 6, 7], 8, 3, &[7, 6, 5, 4, 3]);
    check(&[0, 1, 2], 8, 3, &[]);
    check(&[0], 2, 5, &[]);
    check(&[0, 1], 2, 5, &[1]);
    check(&[0, 1], 2, 0, &[]);
}

#[test]
fn a_shard_that_comes_back_rests_longer_each_time() {
    let mut sharing = Sharing::default();
    let rounds: Vec<usize> = (0..40).filter(|_| sharing.round(&[0, 1], 2, 2) == [1]).collect();
    // The other one is offered meanwhile.
    assert_eq!(rounds, [0, 2, 6, 14, 30]);
    let mut sharing = Sharing::default();
    assert_eq!(sharing.round(&[0, 1], 2, 2), [1]);
    assert_eq!(sharing.round(&[0, 1], 2, 2), [0], "the other one is offered");
    assert_eq!(sharing.round(&[0, 1], 2, 3), [1], "another worker may take it");
}

#[test]
fn shards_are_all_or_a_list() {
    assert_eq!("all".parse(), Ok(Shards::All));
    assert_eq!("3, 0,3".parse::<Shards>().expect("a list").numbers(8), [0, 3]);
    assert_eq!(Shards::All.numbers(3), [0, 1, 2]);
    let error = "some".parse::<Shards>().expect_err("no list");
    assert_eq!(error.to_string(), "`some` is neither `all` nor shard numbers such as `0,3`");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_worker_gives_every_delivery_one_verdict_and_acknowledges_it() {
    let scene = Scene::new(4).await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let published = scene.publish((0..300).chain(0..60)).await;
    assert_eq!(published, Published { deliveries: 360, sent_again: 0 });
    let worker = scene.worker(&store, Shards::All);
    assert_eq!(worker.health.ready(), Err("the broker is not connected"));
    until("all is taken", || async { inbox(&*store).await.len() == 300 }).await;
    until("the worker is ready", || async { worker.health.ready().is_ok() }).await;
    until("the queues are empty", || async { scene.ready().await == 0 }).await;
    let worked = worker.stop().await;
    assert!(worked.is_drained);
    assert_eq!((worked.tally.applied, worked.tally.duplicates), (300, 60));
    scene.assert_empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_workers_on_one_file_give_every_delivery_one_verdict() {
    let scene = Scene::new(4).await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.push(scene.worker(&samples::sqlite(&folder).await, Shards::All));
    }
    let lone = scene.worker(&samples::sqlite(&folder).await, Shards::Listed(vec![2]));
    scene.publish((0..400).chain(0..100)).await;
    let store = samples::sqlite(&folder).await;
    until("all is taken", || async { inbox(&*store).await.len() == 400 }).await;
    let mut tally = lone.stop().await.tally;
    for worker in workers {
        let worked = worker.stop().await;
        assert!(worked.is_drained);
        tally.add(&worked.tally);
    }
    let inbox = inbox(&*store).await;
    assert!(inbox.iter().all(|one| one.verdict == Verdict::Applied && one.attempts == 1));
    assert_eq!(inbox.iter().map(|one| &one.key).collect::<BTreeSet<_>>().len(), 400);
    assert_eq!(tally.applied, 400, "no verdict was given twice");
    let waiting = u64::from(scene.ready().await);
    assert_eq!(tally.duplicates + waiting, 100, "a stop in between leaves the rest in the queues");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_what_is_not_taken_in_the_queues() {
    let scene = Scene::new(2).await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    scene.publish(0..3000).await;
    let worker = scene.worker(&store, Shards::All);
    until("something is taken", || async { !inbox(&*store).await.is_empty() }).await;
    let worked = worker.stop().await;
    assert!(worked.is_drained);
    let taken = inbox(&*store).await.len() as u64;
    assert_eq!((worked.tally.applied, worked.tally.duplicates), (taken, 0));
    until("the rest is back in its queues", || async { u64::from(scene.ready().await) + taken == 3000 })
        .await;
    let next = scene.worker(&store, Shards::All);
    until("all is taken", || async { inbox(&*store).await.len() == 3000 }).await;
    until("nothing waits", || async { scene.ready().await == 0 }).await;
    assert_eq!(next.stop().await.tally.duplicates, 0, "nothing that was committed came again");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_end_with_half_of_the_shards_each() {
    let scene = Scene::new(4).await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let first = scene.worker(&store, Shards::All);
    until("the first holds every line", || async { scene.consumers().await == 4 }).await;
    let second = scene.worker(&store, Shards::All);
    until("the second stands by", || async { scene.workers().await == 2 }).await;
    let mut numbers = 0..;
    let deadline = Instant::now() + scene::PATIENCE;
    // Each round feeds every shard; the shares are even when each worker takes about half of a round.
    loop {
        assert!(Instant::now() < deadline, "the shards are never shared out");
        let before = (first.taken(), second.taken());
        let round: Vec<u64> = numbers.by_ref().take(40).collect();
        scene.publish(round.into_iter()).await;
        let all = numbers.start;
        until("the round is taken", || async { first.taken() + second.taken() == all }).await;
        let (one, other) = (first.taken() - before.0, second.taken() - before.1);
        if one.min(other) >= 10 {
            break;
        }
    }
    let (first, second) = (first.stop().await, second.stop().await);
    assert_eq!(first.tally.applied + second.tally.applied, numbers.start);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_is_handed_on_when_what_was_begun_of_it_is_finished() {
    let scene = Scene::new(4).await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = samples::sqlite(&folder).await;
    let first = scene.worker(&store, Shards::All);
    until("the first holds every line", || async { scene.consumers().await == 4 }).await;
    let second = scene.worker(&store, Shards::All);
    let mut numbers = 0..0;
    let deadline = Instant::now() + scene::PATIENCE;
    // More than it takes meanwhile: when the first hands a shard on it has begun something of it.
    while second.taken() == 0 {
        assert!(Instant::now() < deadline, "no shard is handed on");
        numbers = numbers.end..numbers.end + 2000;
        scene.publish(numbers.clone()).await;
    }
    until("all is taken", || async { first.taken() + second.taken() >= numbers.end }).await;
    until("nothing waits", || async { scene.ready().await == 0 }).await;
    let (first, second) = (first.stop().await.tally, second.stop().await.tally);
    assert_eq!((first.applied + second.applied, first.duplicates + second.duplicates), (numbers.end, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_what_the_broker_gave_up_are_kept() {
    let scene = Scene::new(1).await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let foreign = broker::message::Message { body: b"hello".to_vec(), ..Default::default() };
    let mut publisher = scene.broker.publisher(10).await.expect("a publisher");
    publisher.publish(vec![(Route::Shard(0), foreign)]).await.expect("it is confirmed");
    scene.park(&payment(1, "1.00")).await;
    let worker = scene.worker(&store, Shards::All);
    until("both are kept", || async { inbox(&*store).await.len() == 2 }).await;
    worker.stop().await;
    let reasons: BTreeSet<Text> = inbox(&*store)
        .await
        .into_iter()
        .map(|one| match one.verdict {
            Verdict::Refused { reason, detail } => {
                assert!(detail.contains("reason `rejected`"), "{detail}");
                reason
            }
            Verdict::Undecodable { reason, .. } => reason,
            other => panic!("{other:?} for {}", one.key),
        })
        .collect();
    assert_eq!(reasons, BTreeSet::from(["bad_envelope".into(), "parked".into()]));
    scene.assert_empty().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_costs_nothing() {
    let scene = Scene::new(2).await;
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let wire = Wire::new().await;
    let worker = scene.worker_at(&wire.address, &store, Shards::All);
    let (address, config) = (wire.address.clone(), scene.config.clone());
    let publishing = tokio::spawn(async move {
        let mut publisher = Publisher::new(&config, address);
        let mut published = Published::default();
        for first in (0..2000).step_by(100) {
            let items = (first..first + 100).map(|id| payment(id, "1.00")).collect();
            let batch = Ingester::look(&config, items);
            publisher.publish(batch, &mut published).await.expect("the broker takes them in the end");
        }
        publisher.close().await;
        published
    });
    for enough in [200, 600, 1000] {
        until("some is taken", || async { inbox(&*store).await.len() >= enough }).await;
        wire.cut();
    }
    let published = publishing.await.expect("it does not panic");
    assert_eq!(published.deliveries, 2000);
    until("all is taken", || async { inbox(&*store).await.len() == 2000 }).await;
    until("nothing waits", || async { scene.ready().await == 0 }).await;
    worker.stop().await;
    let inbox = inbox(&*store).await;
    assert!(inbox.iter().all(|one| one.verdict == Verdict::Applied && one.attempts == 1));
    scene.assert_empty().await;
}

#[tokio::test]
async fn a_shard_that_does_not_exist_is_an_error() {
    let scene = Scene::new(2).await;
    let worker = scene.worker(&(Arc::new(MemoryStore::new()) as Arc<dyn Store>), Shards::Listed(vec![2]));
    let error = worker.ended().await.expect_err("there are two");
    assert_eq!(error.to_string(), "there is no shard 2: broker.shards = 2, counted from 0");
}
