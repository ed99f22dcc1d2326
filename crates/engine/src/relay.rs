//! The sender of the outbox: messages for the payer go, in their order, to the merchant's own sender of letters.
//!
//! Each is handed over, and only then does the checkpoint move past it; so a crash repeats one message at most, under the
//! same key. A message that the receiver refuses holds up those behind it until a person mends it or passes over it.
//! Nothing is decided here about what is told to whom: the sweep wrote that.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use client::hook::HookError;
use store::read::StoredMessage;
use store::store::Store;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::relay::Relay as Options;
use crate::error::EngineError;
use crate::isolate::Patience;
use crate::look::chain;
use crate::place::Place;

pub mod error;
pub mod file;
mod line;
pub mod meters;
pub mod receiver;

use error::RelayError;
use line::line_of;
use receiver::Receiver;

/// Messages read at once.
const PAGE: usize = 500;
/// The longest time for which a receiver is waited for because it asked for it.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// Hands the messages of one destination over.
pub struct Relay {
    store: Arc<dyn Store>,
    receiver: Receiver,
    destination: &'static str,
    options: Options,
    clock: Clock,
}

/// How one message ended.
enum Handed {
    /// The receiver has it.
    Over,
    /// Another relay has moved on meanwhile.
    Overtaken,
    /// It was told to stop before.
    Stopped,
}

impl Relay {
    /// A relay of the messages that the outbox holds for a destination.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        receiver: Receiver,
        destination: &'static str,
        options: Options,
        clock: Clock,
    ) -> Self {
        Self { store, receiver, destination, options, clock }
    }

    /// Hands over all that waits; answers how many messages. A receiver that is away is tried again for as long as it is
    /// configured, or until the stop.
    ///
    /// # Errors
    /// When the receiver refuses a message or stays away, or the store fails. What was handed over is not sent again.
    pub async fn once(&self, stop: &CancellationToken) -> Result<u64, RelayError> {
        let patience = self.options.patience();
        self.drain(stop, &Patience::For(patience), Some(patience)).await
    }

    /// Hands over what waits and what comes, until the stop; answers how many messages.
    ///
    /// # Errors
    /// When the receiver refuses a message, or the store fails for good.
    pub async fn run(&self, stop: &CancellationToken) -> Result<u64, RelayError> {
        let mut handed = 0;
        loop {
            match self.drain(stop, &Patience::Until(stop.clone()), None).await {
                Ok(more) => handed += more,
                Err(_) if stop.is_cancelled() => return Ok(handed),
                Err(error) => return Err(error),
            }
            if timeout(self.options.every(), stop.cancelled()).await.is_ok() {
                return Ok(handed);
            }
        }
    }

    /// Passes over the message that waits first, which must have this key.
    ///
    /// # Errors
    /// When another message waits first, or none, or the store fails.
    pub async fn skip(&self, key: &str) -> Result<(), RelayError> {
        let mut place = Place::read(&*self.store, self.destination).await?;
        let mut after = place.number();
        loop {
            let page = self.store.outbox(after, PAGE).await.map_err(EngineError::from)?;
            let Some(last) = page.last() else {
                return Err(RelayError::NothingWaits { key: key.to_owned() });
            };
            after = last.number;
            let Some(first) = page.iter().find(|message| self.is_ours(message)) else { continue };
            if *first.key != *key {
                let (key, first) = (key.to_owned(), first.key.clone());
                return Err(RelayError::OtherFirst { key, first });
            }
            let is_moved = place.advance(&*self.store, first, self.clock.now()).await?;
            return if is_moved { Ok(()) } else { Err(RelayError::Moved { key: key.to_owned() }) };
        }
    }

    async fn drain(
        &self,
        stop: &CancellationToken,
        patience: &Patience,
        most: Option<Duration>,
    ) -> Result<u64, RelayError> {
        let store = &*self.store;
        let mut handed = 0;
        let mut place = patience.call(|| Place::read(store, self.destination)).await?;
        let mut after = place.number();
        loop {
            let page = patience.call(|| async { Ok(store.outbox(after, PAGE).await?) }).await?;
            let Some(last) = page.last() else {
                meters::drained();
                return Ok(handed);
            };
            after = last.number;
            for message in page.iter().filter(|message| self.is_ours(message)) {
                if stop.is_cancelled() {
                    return Ok(handed);
                }
                let moved = match self.hand_over(message, &place, stop, most).await? {
                    Handed::Stopped => return Ok(handed),
                    Handed::Overtaken => None,
                    Handed::Over => {
                        handed += 1;
                        let moved = patience.call(|| async {
                            // Each try begins where the cell stands.
                            let mut next = place.clone();
                            let moved = next.advance(store, message, self.clock.now()).await?;
                            Ok(moved.then_some(next))
                        });
                        moved.await?
                    }
                };
                match moved {
                    Some(next) => place = next,
                    None => {
                        // Another relay of this store was faster, or the answer to our own write was lost.
                        place = patience.call(|| Place::read(store, self.destination)).await?;
                        after = place.number();
                        break;
                    }
                }
            }
        }
    }

    fn is_ours(&self, message: &StoredMessage) -> bool {
        *message.destination == *self.destination
    }

    /// Hands one message over, again and again while the receiver is away.
    async fn hand_over(
        &self,
        message: &StoredMessage,
        after: &Place,
        stop: &CancellationToken,
        most: Option<Duration>,
    ) -> Result<Handed, RelayError> {
        let line = line_of(message)?;
        let mut pauses = self.pauses(most).build();
        loop {
            meters::waiting(self.clock.now() - message.recorded_at);
            let error = match self.receiver.take(message, &line, &*self.store, after).await {
                Ok(false) => return Ok(Handed::Overtaken),
                Ok(true) => {
                    meters::handed();
                    tracing::debug!(message.key = %message.key, "a message was handed over");
                    return Ok(Handed::Over);
                }
                Err(error) => error,
            };
            meters::failed();
            let (true, Some(pause)) = (error.is_transient(), pauses.next()) else { return Err(error) };
            let pause = pause.max(asked(&error));
            if most.is_some_and(|most| pause > most) {
                return Err(error);
            }
            let problem = chain(&error);
            tracing::warn!(
                message.key = %message.key, error = problem, pause_ms = pause.as_millis(),
                "a message is sent again"
            );
            if timeout(pause, stop.cancelled()).await.is_ok() {
                return Ok(Handed::Stopped);
            }
        }
    }

    fn pauses(&self, most: Option<Duration>) -> ExponentialBuilder {
        let Options { retry_min_ms, retry_max_ms, .. } = self.options;
        ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(Duration::from_millis(retry_min_ms))
            .with_max_delay(Duration::from_millis(retry_max_ms))
            .without_max_times()
            .with_total_delay(most)
    }
}

/// How long the receiver asks to wait.
fn asked(error: &RelayError) -> Duration {
    match error {
        RelayError::Receiver { source: HookError::Busy { retry_after: Some(asked), .. }, .. } => {
            (*asked).min(LONGEST_ASKED)
        }
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests;
