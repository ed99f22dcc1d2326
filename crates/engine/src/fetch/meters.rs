//! What a fetcher measures, through the metrics facade. Durations are seconds.

use std::time::Duration;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use crate::item::Answer;

/// Describes every metric to the recorder that is installed.
pub fn describe() {
    describe_counter!("conciliar_fetch_questions_total", "Calls to the provider for what notifications name");
    describe_counter!("conciliar_fetch_answers_total", "What those calls brought, by outcome");
    describe_counter!("conciliar_fetch_coalesced_total", "Notifications that shared the call of another one");
    describe_counter!(
        "conciliar_fetch_put_off_total",
        "Notifications left open because the provider did not answer"
    );
    describe_counter!("conciliar_retries_total", "Tries again after what passes by itself");
    describe_gauge!("conciliar_fetch_held", "Notifications that were taken and are not acknowledged");
    describe_histogram!(
        "conciliar_fetch_lag_seconds",
        Unit::Seconds,
        "From the receipt of a notification to what was fetched for it"
    );
    describe_gauge!("conciliar_broker_connected", "1 while the broker is connected");
}

pub(super) fn answered(answer: Option<Answer>) {
    let outcome = answer.map_or("resource", Answer::word);
    counter!("conciliar_fetch_answers_total", "outcome" => outcome).increment(1);
}

pub(super) fn coalesced() {
    counter!("conciliar_fetch_coalesced_total").increment(1);
}

pub(super) fn put_off(notifications: usize) {
    counter!("conciliar_fetch_put_off_total").increment(notifications as u64);
}

pub(super) fn retried() {
    counter!("conciliar_retries_total", "why" => "provider").increment(1);
}

pub(super) fn held(notifications: usize) {
    gauge!("conciliar_fetch_held").set(u32::try_from(notifications).map_or(f64::from(u32::MAX), f64::from));
}

pub(super) fn lag(lag: Duration) {
    histogram!("conciliar_fetch_lag_seconds").record(lag.as_secs_f64());
}
