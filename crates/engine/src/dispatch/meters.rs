//! What sending orders measures, through the metrics facade.

use chrono::TimeDelta;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use super::became::Became;

/// Describes every metric to the recorder that is installed.
pub fn describe() {
    describe_counter!("conciliar_orders_sent_total", "Calls that carry an order out, each try of it");
    describe_counter!("conciliar_orders_done_total", "Orders that the provider did");
    describe_counter!("conciliar_orders_refused_total", "Orders that the provider refused");
    describe_counter!("conciliar_order_failures_total", "Tries to carry an order out that left it open");
    describe_gauge!("conciliar_orders_waiting", "Orders that the last pass left open");
    describe_gauge!(
        "conciliar_orders_behind_seconds",
        Unit::Seconds,
        "How long the oldest open order has waited; 0 when none waits"
    );
}

pub(super) fn sent() {
    counter!("conciliar_orders_sent_total").increment(1);
}

pub(super) fn ended(became: &Became) {
    match became {
        Became::Done | Became::Asked => counter!("conciliar_orders_done_total").increment(1),
        Became::Refused { .. } => counter!("conciliar_orders_refused_total").increment(1),
        Became::Waiting(_) => {}
    }
}

pub(super) fn failed() {
    counter!("conciliar_order_failures_total").increment(1);
}

pub(super) fn passed(waiting: u32, oldest: Option<TimeDelta>) {
    let seconds = oldest.and_then(|waited| u32::try_from(waited.num_seconds()).ok()).unwrap_or_default();
    gauge!("conciliar_orders_waiting").set(f64::from(waiting));
    gauge!("conciliar_orders_behind_seconds").set(f64::from(seconds));
}
