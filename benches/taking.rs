//! Deliveries taken into a store as a worker does it, without a broker: observed, planned and committed in batches,
//! several under way at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::Clock;
use engine::config::Config;
use engine::ingest::{Ingester, Tally};
use store::postgres::{PostgresOptions, PostgresStore};
use store::store::Store;
use tokio::task::JoinSet;

use crate::load::{Lane, noon};
use crate::rounds::Run;

/// The documented defaults.
pub fn defaults() -> Config {
    Config::read(None, []).expect("the defaults fit")
}

/// A store over a database, as the product opens it.
pub async fn open(url: &str) -> Arc<PostgresStore> {
    let settings = defaults().store;
    let options = PostgresOptions {
        shards: settings.shards,
        group_most: settings.group_most,
        group_wait: Duration::from_millis(settings.group_ms),
        ..PostgresOptions::default()
    };
    Arc::new(PostgresStore::open(url, &options).await.expect("the database can be migrated"))
}

/// Takes every lane in at the same time; the latency of a call is that of a batch, from its bytes to its commit.
pub async fn take_in(store: Arc<dyn Store>, lanes: Vec<Lane>) -> Run {
    let config = defaults();
    let ingester = Arc::new(Ingester::new(store, config.clone(), Clock::Fixed(noon())));
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for lane in lanes {
        let (ingester, config) = (ingester.clone(), config.clone());
        tasks.spawn(async move {
            let (mut tally, mut calls) = (Tally::default(), Vec::with_capacity(lane.len()));
            for batch in lane {
                let started = Instant::now();
                let looked = Ingester::look(&config, batch);
                ingester.take(&looked, &mut tally).await.expect("the deliveries are sound");
                calls.push(started.elapsed());
            }
            (tally, calls)
        });
    }
    let (tallies, calls): (Vec<Tally>, Vec<Vec<Duration>>) = tasks.join_all().await.into_iter().unzip();
    let elapsed = started.elapsed();
    assert!(tallies.iter().all(|tally| tally.applied == tally.deliveries), "every delivery is news");
    Run::new(tallies.iter().map(|tally| tally.deliveries).sum(), elapsed, calls.concat())
}
