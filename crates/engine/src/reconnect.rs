//! Works at the broker through one connection after the other, with growing pauses between those that were of no use.

use std::error::Error;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use broker::connection::Broker;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::look::chain;

/// The first pause after a connection that was of no use.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A broker that does not answer a farewell is left without one.
pub(crate) const FAREWELL: Duration = Duration::from_secs(2);

/// What connects again asks of those whose connection it is.
pub(crate) struct Connected<E, Done, Lost> {
    /// Whether connecting again can help.
    pub is_transient: fn(&E) -> bool,
    /// How much was done so far: a connection that adds to it was of use.
    pub done: Done,
    /// Told of each connection that is lost.
    pub lost: Lost,
}

/// Opens one session after the other until the token is cancelled; tells in the end whether all that was begun was
/// finished in time.
///
/// # Errors
/// The first that is not transient.
pub(crate) async fn again<E, F>(
    stop: &CancellationToken,
    connected: Connected<E, impl Fn() -> u64, impl Fn()>,
    mut session: impl FnMut() -> F,
) -> Result<bool, E>
where
    E: Error + 'static,
    F: Future<Output = Result<bool, E>>,
{
    let growing = ExponentialBuilder::new().with_jitter().with_min_delay(PAUSE).with_max_delay(LONGEST_PAUSE);
    let growing = growing.without_max_times();
    let mut pauses = growing.build();
    loop {
        let before = (connected.done)();
        let error = match session().await {
            Ok(is_drained) => return Ok(is_drained),
            Err(error) if stop.is_cancelled() => {
                tracing::warn!(
                    error = chain(&error),
                    "what was begun is not finished and is delivered again"
                );
                return Ok(false);
            }
            Err(error) if (connected.is_transient)(&error) => error,
            Err(error) => return Err(error),
        };
        (connected.lost)();
        metrics::counter!("conciliar_retries_total", "why" => "broker").increment(1);
        if (connected.done)() > before {
            pauses = growing.build();
        }
        let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
        tracing::warn!(error = chain(&error), pause_ms = pause.as_millis(), "the broker is connected again");
        if timeout(pause, stop.cancelled()).await.is_ok() {
            return Ok(true);
        }
    }
}

/// Closing a connection that is gone already fails, and then it is closed.
pub(crate) async fn hang_up(broker: Broker) {
    if let Ok(Err(error)) = timeout(FAREWELL, broker.close()).await {
        tracing::debug!(error = %error, "the connection was gone before it was closed");
    }
}
