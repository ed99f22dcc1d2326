//! What a worker measures, through the metrics facade. Durations are seconds.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::ingest::Tally;

/// Describes every metric to the recorder that is installed.
pub fn describe() {
    describe_counter!("conciliar_deliveries_total", "Deliveries by verdict");
    describe_counter!("conciliar_duplicates_total", "Deliveries that were in the inbox already");
    describe_counter!("conciliar_redelivered_total", "Deliveries that the broker had sent before");
    describe_counter!("conciliar_retries_total", "Tries again after what passes by itself");
    describe_counter!("conciliar_shards_handed_on_total", "Shards handed on to other workers");
    describe_histogram!("conciliar_batch_deliveries", "Deliveries of a batch");
    describe_histogram!("conciliar_commit_seconds", Unit::Seconds, "From a batch that is read to its commit");
    describe_gauge!("conciliar_queue_ready", "Messages that wait in the queue of a shard");
    describe_gauge!(
        "conciliar_oldest_delivery_age_seconds",
        Unit::Seconds,
        "Time since the receipt of the oldest delivery of the last batch"
    );
    describe_gauge!("conciliar_shards_active", "Shards that fed this worker lately");
    describe_gauge!("conciliar_broker_connected", "1 while the broker is connected");
    describe_gauge!("conciliar_store_reachable", "1 while the store answers");
}

pub(super) fn batch(taken: &Tally, commit: Duration, oldest: Duration) {
    let verdicts = [
        ("applied", taken.applied),
        ("unchanged", taken.unchanged),
        ("needs_fetch", taken.needs_fetch),
        ("refused", taken.refused),
        ("undecodable", taken.undecodable),
    ];
    for (verdict, count) in verdicts {
        counter!("conciliar_deliveries_total", "verdict" => verdict).increment(count);
    }
    counter!("conciliar_duplicates_total").increment(taken.duplicates);
    histogram!("conciliar_batch_deliveries").record(count(taken.deliveries));
    histogram!("conciliar_commit_seconds").record(commit.as_secs_f64());
    gauge!("conciliar_oldest_delivery_age_seconds").set(oldest.as_secs_f64());
}

pub(super) fn redelivered(deliveries: usize) {
    counter!("conciliar_redelivered_total").increment(deliveries as u64);
}

pub(super) fn queue(shard: u16, ready: u32) {
    gauge!("conciliar_queue_ready", "shard" => shard.to_string()).set(f64::from(ready));
}

pub(super) fn active(shards: usize) {
    gauge!("conciliar_shards_active").set(count(shards as u64));
}

pub(super) fn handed_on() {
    counter!("conciliar_shards_handed_on_total").increment(1);
}

/// A count as the facade wants it: exact up to 32 bits, and none of these comes near.
fn count(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}
