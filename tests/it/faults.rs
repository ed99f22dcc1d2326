//! Faults on real processes: workers, RabbitMQ and PostgreSQL are killed under load, on instances that belong to the
//! test. Afterwards every delivery has exactly one verdict, and the books are those of a run without faults.
//!
//! `CONCILIAR_FULL=1` runs the big sizes.

use std::time::Duration;

use draw::Draw;
use load::Load;
use rig::{Rig, Servers, WORKER};

use crate::bin::Desk;

pub mod draw;
mod feed;
mod load;
mod orders;
mod proof;
mod recovery;
mod rig;
mod worker;

/// For the rest of a load to be worked off after the last fault.
const SETTLING: Duration = Duration::from_secs(600);
/// For a fault to be overcome: until the next commit.
const RECOVERY: Duration = Duration::from_secs(60);
/// In which the shards of a dead worker must be worked by others.
const TAKEOVER: Duration = Duration::from_secs(15);

/// The full size under `CONCILIAR_FULL`, else the reduced one.
fn size(reduced: usize, full: usize) -> usize {
    if std::env::var_os("CONCILIAR_FULL").is_some() { full } else { reduced }
}

fn deliveries() -> usize {
    size(4_000, 100_000)
}

#[test]
fn the_load_is_healthy_and_one_delivery_in_five_is_a_duplicate() {
    let (load, desk) = (Load::new(40, 2_000, 2), Desk::new());
    for part in 0..2 {
        desk.write("load.ndjson", load.text(part));
        desk.done(&["ingest", "load.ndjson"]);
    }
    let verdicts = desk.json(&["report", "inbox"]);
    let count = |verdict: &str| verdicts[verdict].as_u64().expect("verdicts are counted");
    let told = load.new_keys(0) + load.new_keys(1);
    assert_eq!(
        usize::try_from(count("applied")).ok(),
        Some(told),
        "all of them tell something new: {verdicts}"
    );
    assert!((1_560..1_640).contains(&told), "{told} of 2000 are new");
}

#[test]
fn a_worker_killed_at_random_moments_loses_nothing_and_writes_nothing_twice() {
    let kills = size(8, 50);
    let load = Load::new(41, deliveries(), kills);
    let mut rig = Rig::new(Servers::one(), load);
    let mut draw = Draw::new(42);
    rig.hire();
    rig.hire();
    let mut hits = 0;
    for part in 0..kills {
        let before = rig.taken();
        let publishing = rig.publish(part);
        let more = draw.below(rig.load.new_keys(part));
        rig.until_taken(before + more, SETTLING);
        draw.moment();
        // The broker serves whoever stood in line first, so that the older one has most of the work.
        rig.fire(0);
        let before = rig.taken();
        rig.hire();
        if before < rig.sent() {
            hits += 1;
            recovery::note("kill -9 of one of 2 workers", rig.until_taken(before + 1, RECOVERY));
        }
        publishing.done();
    }
    assert!(hits * 3 >= kills * 2, "only {hits} of {kills} kills came before the end of a part");
    rig.settle(SETTLING);
    rig.prove_in_order();
}

#[test]
fn a_rabbit_that_stops_and_a_rabbit_that_is_killed_lose_nothing() {
    let mut rig = Rig::new(Servers::one(), Load::new(43, deliveries(), 4));
    let mut draw = Draw::new(44);
    rig.hire();
    rig.hire();
    let feed = rig.feed();
    for (fault, name) in ["RabbitMQ stopped and started", "kill -9 of RabbitMQ"].into_iter().enumerate() {
        let before = rig.taken();
        rig.tell(&feed, 2 * fault);
        rig.until_taken(before + draw.below(rig.load.new_keys(2 * fault) / 2), SETTLING);
        let node = &mut rig.servers.nodes[0];
        if fault == 0 { node.stop() } else { node.kill() }.expect("the node ends");
        rig.tell(&feed, 2 * fault + 1);
        let start = rig.servers.nodes[0].start_again().expect("the node starts again");
        let before = rig.taken();
        recovery::note(&format!("{name}: until it answers"), start);
        recovery::note(name, rig.until_taken(before + 1, RECOVERY));
    }
    let said = feed.done();
    assert!(said.contains("sent again"), "something was on its way when the node ended: {said}");
    rig.settle(SETTLING);
    rig.prove();
}

#[test]
fn a_postgres_killed_under_load_loses_nothing() {
    let mut rig = Rig::new(Servers::one(), Load::new(45, deliveries(), 1));
    let mut draw = Draw::new(46);
    rig.hire();
    rig.hire();
    let publishing = rig.publish(0);
    let quarter = rig.sent() / 4;
    for fault in 0..3 {
        rig.until_taken(quarter * fault + draw.below(quarter), SETTLING);
        rig.servers.postgres.kill().expect("PostgreSQL can be killed");
        let start = rig.servers.postgres.start_again().expect("PostgreSQL starts again");
        recovery::note("kill -9 of PostgreSQL: until it answers", start);
        let before = rig.taken();
        if before < rig.sent() {
            recovery::note("kill -9 of PostgreSQL", rig.until_taken(before + 1, RECOVERY));
        }
    }
    publishing.done();
    rig.settle(SETTLING);
    rig.prove_in_order();
}

#[test]
fn the_shards_of_a_killed_worker_move_to_the_others_within_seconds() {
    let mut rig = Rig::new(Servers::one(), Load::new(47, deliveries(), 4));
    // The broker serves whoever asked first: the first worker has every shard.
    rig.hire();
    rig.until_every_shard_is_worked(SETTLING);
    for part in 0..3 {
        while rig.workers.len() < 4 {
            rig.hire();
        }
        rig.until_every_shard_is_worked(SETTLING);
        let publishing = rig.publish(part);
        rig.until_taken(rig.sent() - rig.load.new_keys(part) / 2, SETTLING);
        rig.fire(0);
        let takeover = rig.until_every_shard_is_worked(TAKEOVER);
        recovery::note("kill -9 of one of 4 workers: until every shard is worked", takeover);
        publishing.done();
        rig.until_taken(rig.sent(), SETTLING);
    }
    rig.publish(3).done();
    rig.settle(SETTLING);
    rig.prove_in_order();
}

#[test]
fn a_cluster_goes_on_while_a_node_is_lost_that_workers_and_the_publisher_were_connected_to() {
    let mut rig = Rig::new(Servers::cluster(3), Load::new(49, deliveries(), 3));
    (0..3).for_each(|_| rig.hire());
    let feed = rig.feed();
    rig.tell(&feed, 0);
    rig.until_taken(rig.load.new_keys(0) / 2, SETTLING);
    let shared = rig.shared_node();
    let before = rig.taken();
    rig.tell(&feed, 1);
    rig.until_taken(before + rig.load.new_keys(1) / 4, SETTLING);
    rig.lose(shared);
    let before = rig.sent();
    rig.tell(&feed, 2);
    // What is told now needs a publisher and workers that have found other nodes.
    recovery::note("loss of one of 3 RabbitMQ nodes", rig.until_taken(before + 1, RECOVERY));
    // The node is still away.
    feed.done();
    rig.until_worked_off(SETTLING);
    assert_eq!(rig.nodes_of(WORKER).len(), rig.workers.len(), "every worker has found another node");
    rig.find_the_node();
    rig.settle(SETTLING);
    rig.prove();
}

#[test]
fn a_healthy_delivery_survives_every_kill_of_its_consumer_without_being_parked() {
    let mut rig = Rig::new(Servers::one(), Load::new(51, 200, 1));
    let kills = size(12, 50);
    rig.hire();
    let locked = rig.lock_the_books();
    rig.publish(0).done();
    for _ in 0..kills {
        rig.until_held(SETTLING);
        rig.fire(0);
        rig.until_given_back(SETTLING);
        rig.hire();
    }
    assert_eq!(rig.taken(), 0, "nothing could be committed");
    drop(locked);
    rig.settle(SETTLING);
    rig.prove_in_order();
}
