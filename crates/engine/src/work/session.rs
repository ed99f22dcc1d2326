//! The time between two losses of the broker: a lane for each queue, and their keeper.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use broker::connection::Broker;
use store::store::Store;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::health::Health;
use super::keeper::Keeper;
use super::lane::{Lane, Sign, Source, joined};
use super::{Shards, WorkError};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::services::Work;
use crate::ingest::{Ingester, Tally};
use crate::reconnect::FAREWELL;

/// What all lanes use.
pub(super) struct Kit {
    pub(super) ingester: Ingester,
    pub(super) store: Arc<dyn Store>,
    pub(super) config: Config,
    pub(super) work: Work,
    pub(super) clock: Clock,
    pub(super) shards: Shards,
    pub(super) health: Health,
    pub(super) taken: Arc<Mutex<Tally>>,
}

impl Kit {
    pub(super) fn count(&self, taken: &Tally) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).add(taken);
    }
}

/// Works until it is stopped (`stop` is cancelled) or something fails, and then lets every lane finish.
///
/// # Errors
/// What ended it; a failure that does not pass before one that does.
pub(super) async fn run(broker: &Broker, kit: Arc<Kit>, stop: &CancellationToken) -> Result<(), WorkError> {
    let mut lanes = JoinSet::new();
    let mut signs = BTreeMap::new();
    let lane = |source, sign| Lane {
        source,
        broker: broker.clone(),
        kit: Arc::clone(&kit),
        sign,
        stop: stop.clone(),
    };
    for shard in kit.shards.numbers(broker.topology().shards) {
        let sign = Arc::new(Sign::default());
        signs.insert(shard, Arc::clone(&sign));
        lanes.spawn(lane(Source::Shard(shard), sign).run());
    }
    lanes.spawn(lane(Source::Parked, Arc::default()).run());
    let (keeper_broker, keeper_kit) = (broker.clone(), Arc::clone(&kit));
    lanes.spawn(Keeper { broker: keeper_broker, kit: keeper_kit, signs, stop: stop.clone() }.run());
    let mut failure: Option<WorkError> = None;
    let mut deadline = None;
    while let Some(ended) = next(&mut lanes, deadline).await {
        if let Err(error) = joined(ended) {
            stop.cancel();
            deadline.get_or_insert_with(|| Instant::now() + FAREWELL);
            if failure.as_ref().is_none_or(|known| known.is_transient() && !error.is_transient()) {
                failure = Some(error);
            }
        }
    }
    failure.map_or(Ok(()), Err)
}

type Ended = Result<Result<(), WorkError>, JoinError>;

/// The next lane that ends. After a failure the others are not waited for without end: a connection that is gone
/// may leave them without an answer, and what they do not finish is delivered again.
async fn next(lanes: &mut JoinSet<Result<(), WorkError>>, deadline: Option<Instant>) -> Option<Ended> {
    match deadline {
        None => lanes.join_next().await,
        Some(deadline) => timeout_at(deadline, lanes.join_next()).await.ok().flatten(),
    }
}
