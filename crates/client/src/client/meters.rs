//! What the client counts: tries by endpoint and outcome, and pauses between them.

use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};

use crate::call::Endpoint;

/// Names what is counted; again and again does no harm.
pub(super) fn describe() {
    describe_counter!("conciliar_calls_total", "Tries of calls to the provider, by endpoint and outcome");
    describe_counter!("conciliar_call_retries_total", "Calls to the provider that were tried again");
    describe_histogram!(
        "conciliar_call_seconds",
        Unit::Seconds,
        "From connecting to the last byte of an answer"
    );
}

/// Counts a try; the outcome is a status, or a word where there was none.
pub(super) fn tried(endpoint: &Endpoint, outcome: &str, took: std::time::Duration) {
    let name = endpoint.to_string();
    counter!("conciliar_calls_total", "call" => name.clone(), "outcome" => outcome.to_owned()).increment(1);
    histogram!("conciliar_call_seconds", "call" => name).record(took);
}

/// Counts another try.
pub(super) fn retry(endpoint: &Endpoint) {
    counter!("conciliar_call_retries_total", "call" => endpoint.to_string()).increment(1);
}
