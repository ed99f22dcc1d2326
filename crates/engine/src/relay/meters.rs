//! What relaying measures, through the metrics facade.

use chrono::TimeDelta;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

/// Describes every metric to the recorder that is installed.
pub fn describe() {
    describe_counter!("conciliar_relayed_total", "Messages that were handed over");
    describe_counter!("conciliar_relay_failures_total", "Tries to hand a message over that failed");
    describe_counter!("conciliar_retries_total", "Tries again after what passes by itself");
    describe_gauge!(
        "conciliar_relay_behind_seconds",
        Unit::Seconds,
        "How long the message that waits first has waited; 0 when none waits"
    );
}

pub(super) fn handed() {
    counter!("conciliar_relayed_total").increment(1);
}

pub(super) fn failed() {
    counter!("conciliar_relay_failures_total").increment(1);
}

pub(super) fn waiting(waited: TimeDelta) {
    let seconds = u32::try_from(waited.num_seconds()).unwrap_or_default();
    gauge!("conciliar_relay_behind_seconds").set(f64::from(seconds));
}

pub(super) fn drained() {
    gauge!("conciliar_relay_behind_seconds").set(0.0);
}
