//! The messages of a page by what they are about: one after the other within a lane, some lanes at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::resume_unwind;
use std::sync::Arc;

use domain::stream::StreamId;
use store::read::StoredMessage;
use tokio::task::JoinSet;

use super::courier::Courier;
use super::gate::Gate;
use super::step::{Step, step};

/// The messages about one thing, in their order.
pub(super) struct Lane {
    rows: Vec<StoredMessage>,
    /// An earlier page left one of them open.
    is_behind: bool,
}

/// A message that was looked at.
pub(super) struct Passed {
    pub(super) row: StoredMessage,
    pub(super) step: Step,
}

/// Lanes in the order of their first messages. `behind`: what messages of earlier pages wait about.
pub(super) fn lanes_of(
    rows: impl IntoIterator<Item = StoredMessage>,
    behind: &BTreeSet<StreamId>,
) -> VecDeque<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    let mut by_stream = BTreeMap::new();
    for row in rows {
        let stream = row.caused_by.clone();
        let is_behind = behind.contains(&stream);
        let at = *by_stream.entry(stream).or_insert_with(|| {
            lanes.push(Lane { rows: Vec::new(), is_behind });
            lanes.len() - 1
        });
        lanes[at].rows.push(row);
    }
    lanes.into()
}

/// Walks all lanes, so many at once; answers every message in the order of the outbox.
pub(super) async fn walk(
    mut lanes: VecDeque<Lane>,
    at_once: usize,
    courier: &Arc<Courier>,
    gate: &Arc<Gate>,
) -> Vec<Passed> {
    let mut passed = Vec::new();
    // What is dropped on the way, as when its process ends, takes the lanes with it.
    let mut walking = JoinSet::new();
    loop {
        while walking.len() < at_once
            && let Some(lane) = lanes.pop_front()
        {
            walking.spawn(walk_one(lane, Arc::clone(courier), Arc::clone(gate)));
        }
        match walking.join_next().await {
            Some(Ok(walked)) => passed.extend::<Vec<Passed>>(walked),
            Some(Err(panic)) => resume_unwind(panic.into_panic()),
            None => break,
        }
    }
    passed.sort_unstable_by_key(|passed| passed.row.number);
    passed
}

async fn walk_one(lane: Lane, courier: Arc<Courier>, gate: Arc<Gate>) -> Vec<Passed> {
    let mut is_behind = lane.is_behind;
    let mut passed = Vec::with_capacity(lane.rows.len());
    for row in lane.rows {
        let step = step(&courier, &gate, &row, is_behind).await;
        is_behind |= !step.is_over();
        passed.push(Passed { row, step });
    }
    passed
}
