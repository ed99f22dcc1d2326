//! What polling measures, through the metrics facade.

use domain::ids::SellerId;
use domain::machine::Instant;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};

use super::{Crawl, Polled};

/// Describes every metric to the recorder that is installed.
pub fn describe() {
    describe_counter!("conciliar_polled_total", "Rows, things and files that the provider gave, by crawl");
    describe_counter!("conciliar_poll_accepted_total", "Deliveries that polling handed on, by crawl");
    describe_counter!("conciliar_poll_failures_total", "Rounds that ended with an error, by crawl");
    describe_counter!("conciliar_reports_ordered_total", "Report files that polling ordered, by report");
    describe_counter!("conciliar_retries_total", "Tries again after what passes by itself");
    describe_gauge!(
        "conciliar_poll_behind_seconds",
        Unit::Seconds,
        "How far behind now the payments of a seller were searched"
    );
    describe_gauge!(
        "conciliar_coverage_gaps",
        "Things that one source knows and no answer of the API told for longer than poll.coverage_lag_seconds"
    );
}

pub(super) fn round(crawl: Crawl, polled: Option<&Polled>) {
    match polled {
        Some(Polled { read, accepted }) => {
            counter!("conciliar_polled_total", "crawl" => crawl.name()).increment(*read);
            counter!("conciliar_poll_accepted_total", "crawl" => crawl.name()).increment(*accepted);
        }
        None => counter!("conciliar_poll_failures_total", "crawl" => crawl.name()).increment(1),
    }
}

pub(super) fn ordered(report: &'static str) {
    counter!("conciliar_reports_ordered_total", "report" => report).increment(1);
}

pub(super) fn again(why: &'static str) {
    counter!("conciliar_retries_total", "why" => why).increment(1);
}

pub(super) fn behind(seller: &SellerId, reached: Instant, now: Instant) {
    let seconds = u32::try_from((now - reached).num_seconds()).unwrap_or_default();
    gauge!("conciliar_poll_behind_seconds", "seller" => seller.to_string()).set(f64::from(seconds));
}

pub(super) fn gaps(seller: &str, gaps: u64) {
    let gaps = u32::try_from(gaps).unwrap_or(u32::MAX);
    gauge!("conciliar_coverage_gaps", "seller" => seller.to_owned()).set(f64::from(gaps));
}
