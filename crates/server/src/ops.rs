//! `/healthz`, `/readyz` and `/metrics`: for the machines that watch a worker.
//!
//! None of them takes a body, and none tells more than a state and numbers.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time::{interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::connections::Limited;
pub use crate::connections::Limits;
use crate::metrics::Metrics;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// How long connections may finish after the stop.
const FAREWELL: Duration = Duration::from_secs(2);
/// How often measurements are folded into their buckets when nobody asks for them.
const FOLD: Duration = Duration::from_secs(5);

/// The text form of metrics: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A question to the process; the text says why not. Asked for every request, so it must not wait.
pub type Check = Arc<dyn Fn() -> Result<(), &'static str> + Send + Sync>;

/// What is asked for.
#[derive(Clone)]
pub struct Health {
    /// Whether the process does what it was started for.
    pub live: Check,
    /// Whether it can do that right now.
    pub ready: Check,
    /// What it measured.
    pub metrics: Metrics,
}

/// The three paths.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn(bounded))
        .with_state(health)
}

/// Serves until the stop, then gives open connections a moment to finish.
///
/// # Errors
/// When the listener is unusable.
pub async fn serve(
    listener: TcpListener,
    health: Health,
    limits: Limits,
    stop: CancellationToken,
) -> io::Result<()> {
    let metrics = health.metrics.clone();
    run(listener, router(health), metrics, limits, FAREWELL, stop).await
}

/// Serves paths until the stop, then gives open connections so long to finish.
pub(crate) async fn run(
    listener: TcpListener,
    router: Router,
    metrics: Metrics,
    limits: Limits,
    farewell: Duration,
    stop: CancellationToken,
) -> io::Result<()> {
    let serving = axum::serve(Limited::new(listener, limits), router)
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .into_future();
    let leaving = async {
        stop.cancelled().await;
        sleep(farewell).await;
    };
    let folding = async {
        let mut beat = interval(FOLD);
        loop {
            beat.tick().await;
            metrics.fold();
        }
    };
    tokio::select! {
        served = serving => served,
        () = leaving => Ok(()),
        () = folding => unreachable!("folding does not end"),
    }
}

async fn healthz(State(health): State<Health>) -> Response {
    told((health.live)())
}

async fn readyz(State(health): State<Health>) -> Response {
    told((health.ready)())
}

async fn metrics(State(health): State<Health>) -> Response {
    ([(CONTENT_TYPE, METRICS_TYPE), (CACHE_CONTROL, "no-store")], health.metrics.text()).into_response()
}

fn told(state: Result<(), &'static str>) -> Response {
    match state {
        Ok(()) => answer(StatusCode::OK, "ok"),
        Err(reason) => answer(StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}

fn answer(status: StatusCode, text: &str) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], format!("{text}\n")).into_response()
}

/// No question here has a body, and no answer takes long.
async fn bounded(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).map(|length| length.as_bytes() != b"0");
    if headers.contains_key(TRANSFER_ENCODING) || length == Some(true) {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, "no body is read here");
    }
    match tokio::time::timeout(ANSWER, next.run(request)).await {
        Ok(answered) => answered,
        Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, "no answer in time"),
    }
}

#[cfg(test)]
mod tests;
