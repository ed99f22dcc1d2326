//! Asking and keeping, each again after what passes by itself.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use client::call::Call;
use client::error::ClientError;
use client::reply::Reply;
use domain::ids::SellerId;
use tokio::time::sleep;

use super::error::PollError;
use super::{Polled, Poller, meters};
use crate::item::Item;
use crate::look::chain;

/// The first pause before another try.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest, unless the provider asks for a longer one.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Deliveries that a sink is given at once.
const MOST: usize = 500;

impl Poller {
    /// Sends a call, again while the provider is away or limits us, as long as patience lasts.
    ///
    /// # Errors
    /// The last failure.
    pub(super) async fn ask<C: Call>(
        &self,
        seller: &SellerId,
        call: &C,
    ) -> Result<Reply<C::Answer>, PollError> {
        let mut pauses = self.pauses();
        loop {
            let source = match self.client.send(seller, call).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let pause = pauses.next().filter(|_| source.is_transient());
            let Some(pause) = pause else {
                return Err(PollError::Client { seller: seller.clone(), source });
            };
            meters::again("provider");
            tracing::debug!(seller = %seller, error = chain(&source), "the provider is asked again");
            sleep(rest(pause, &source)).await;
        }
    }

    /// Sends a call and reads its answer.
    ///
    /// # Errors
    /// As [`Poller::ask`]; also when the answer is not what its endpoint documents.
    pub(super) async fn answer<C: Call>(&self, seller: &SellerId, call: &C) -> Result<C::Answer, PollError> {
        let reply = self.ask(seller, call).await?;
        reply.read().map_err(|source| PollError::Client { seller: seller.clone(), source })
    }

    /// Gives deliveries to the sink, but for those that it accepted a moment ago; returns when they are durable.
    ///
    /// # Errors
    /// The last failure of the sink.
    pub(super) async fn keep(&self, seller: &SellerId, items: Vec<Item>) -> Result<Polled, PollError> {
        let read = items.len() as u64;
        let mut news = self.memory().recent.entry(seller.clone()).or_default().news(items);
        let accepted = news.len() as u64;
        while !news.is_empty() {
            let rest = news.split_off(news.len().min(MOST));
            let keys: Vec<_> = news.iter().map(|item| item.key.clone()).collect();
            self.accept(news).await?;
            self.memory().recent.entry(seller.clone()).or_default().accepted(keys);
            news = rest;
        }
        Ok(Polled { read, accepted })
    }

    async fn accept(&self, items: Vec<Item>) -> Result<(), PollError> {
        let mut pauses = self.pauses();
        loop {
            let Err(error) = self.sink.accept(items.clone()).await else { return Ok(()) };
            let Some(pause) = pauses.next().filter(|_| error.is_transient()) else {
                return Err(error.into());
            };
            meters::again("sink");
            tracing::debug!(error = chain(&error), "what was received is given to the sink again");
            sleep(pause).await;
        }
    }

    fn pauses(&self) -> impl Iterator<Item = Duration> + use<> {
        let patience = Duration::from_secs(self.config.poll.patience_seconds.into());
        let growing = ExponentialBuilder::new().with_jitter().with_min_delay(PAUSE);
        growing.with_max_delay(LONGEST_PAUSE).without_max_times().with_total_delay(Some(patience)).build()
    }
}

/// A pause that is as long as the provider asks for.
fn rest(pause: Duration, error: &ClientError) -> Duration {
    match error {
        ClientError::RateLimited { retry_after: Some(asked), .. } => pause.max(*asked),
        _ => pause,
    }
}

#[cfg(test)]
mod tests {
    use client::call::{Endpoint, Method};

    use super::*;

    #[test]
    fn a_pause_is_at_least_as_long_as_the_provider_asks_for() {
        let endpoint = Endpoint { method: Method::GET, template: "/" };
        let limited = |retry_after| ClientError::RateLimited { endpoint: endpoint.clone(), retry_after };
        let seconds = Duration::from_secs;
        assert_eq!(rest(seconds(2), &limited(Some(seconds(9)))), seconds(9));
        assert_eq!(rest(seconds(2), &limited(Some(seconds(1)))), seconds(2));
        assert_eq!(rest(seconds(2), &limited(None)), seconds(2));
    }
}
