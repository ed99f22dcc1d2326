//! Faults on real processes: workers, RabbitMQ and PostgreSQL are killed under load, on instances that belong to the
//! test. Afterwards every delivery has exactly one verdict, and the books are those of a run without faults.
//!
//! `CONCILIAR_FULL=1` runs the big sizes.

use std::time::Duration;

use draw::Draw;
use load::Load;
use rig::{Rig, Servers};

use crate::bin::Desk;

mod draw;
mod load;
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
    rig.hire(0);
    rig.hire(0);
    for part in 0..kills {
        let before = rig.taken();
        let publishing = rig.publish(part);
        let more = draw.below(rig.load.new_keys(part));
        rig.until_taken(before + more, SETTLING);
        draw.moment();
        rig.fire(draw.below(2));
        let before = rig.taken();
        rig.hire(0);
        if before < rig.sent() {
            recovery::note("kill -9 of one of 2 workers", rig.until_taken(before + 1, RECOVERY));
        }
        publishing.done();
    }
    rig.settle(SETTLING);
    rig.prove_in_order();
}

#[test]
fn a_rabbit_that_stops_and_a_rabbit_that_is_killed_lose_nothing() {
    let mut rig = Rig::new(Servers::one(), Load::new(43, deliveries(), 1));
    let mut draw = Draw::new(44);
    rig.hire(0);
    rig.hire(0);
    let publishing = rig.publish(0);
    let third = rig.sent() / 3;
    for (fault, name) in ["RabbitMQ stopped and started", "kill -9 of RabbitMQ"].into_iter().enumerate() {
        rig.until_taken(third * fault + draw.below(third), SETTLING);
        let node = &mut rig.servers.nodes[0];
        if fault == 0 { node.stop() } else { node.kill() }.expect("the node ends");
        let start = node.start_again().expect("the node starts again");
        let before = rig.taken();
        recovery::note(&format!("{name}: until it answers"), start);
        if before < rig.sent() {
            recovery::note(name, rig.until_taken(before + 1, RECOVERY));
        }
    }
    publishing.done();
    rig.settle(SETTLING);
    rig.prove();
}

#[test]
fn a_postgres_killed_under_load_loses_nothing() {
    let mut rig = Rig::new(Servers::one(), Load::new(45, deliveries(), 1));
    let mut draw = Draw::new(46);
    rig.hire(0);
    rig.hire(0);
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
    rig.hire(0);
    rig.until_every_shard_is_worked(SETTLING);
    for part in 0..3 {
        while rig.workers.len() < 4 {
            rig.hire(0);
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
fn a_cluster_survives_the_loss_of_a_node_under_load() {
    let mut rig = Rig::new(Servers::cluster(3), Load::new(49, deliveries(), 2));
    for node in [0, 0, 1, 2] {
        rig.hire(node);
    }
    let publishing = rig.publish(0);
    rig.until_taken(rig.sent() / 3, SETTLING);
    let before = rig.taken();
    rig.servers.nodes[1].kill().expect("the node can be killed");
    recovery::note("loss of one of 3 RabbitMQ nodes", rig.until_taken(before + 1, RECOVERY));
    publishing.done();
    rig.publish(1).done();
    // The workers of the lost node have nobody to talk to: the others finish alone.
    rig.until_taken(rig.sent(), SETTLING);
    rig.servers.nodes[1].start_again().expect("the node starts again");
    rig.settle(SETTLING);
    rig.prove();
}

#[test]
fn a_healthy_delivery_survives_every_kill_of_its_consumer_without_being_parked() {
    let mut rig = Rig::new(Servers::one(), Load::new(51, 200, 1));
    let kills = size(12, 50);
    rig.hire(0);
    let locked = rig.lock_the_books();
    rig.publish(0).done();
    for _ in 0..kills {
        rig.until_held(SETTLING);
        rig.fire(0);
        rig.until_given_back(SETTLING);
        rig.hire(0);
    }
    assert_eq!(rig.taken(), 0, "nothing could be committed");
    drop(locked);
    rig.settle(SETTLING);
    rig.prove_in_order();
}
