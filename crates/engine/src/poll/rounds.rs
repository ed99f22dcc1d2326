//! Rounds through things that are known, one by one in the order of their ids: a round begins when the last one did so
//! long enough ago.
//!
//! Its place is kept after each, so a poller that was stopped goes on there, and several share a round.

use chrono::TimeDelta;
use domain::ids::SellerId;
use domain::machine::Instant;
use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::error::PollError;
use super::{Crawl, Polled, Poller};

/// What rounds go through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rounds {
    /// Subscriptions with their invoices.
    Subscriptions,
    /// Payments of which the provider should have said more by now.
    Overdue,
}

/// A round through all things of a seller.
#[derive(Clone, Serialize, Deserialize)]
struct Round {
    begun_at: Instant,
    /// The last id that was done; `None` when all are.
    after: Option<String>,
}

impl Rounds {
    fn crawl(self) -> Crawl {
        match self {
            Self::Subscriptions => Crawl::Subscriptions,
            Self::Overdue => Crawl::Overdue,
        }
    }
}

impl Poller {
    /// Goes on with the round, or begins one when it is time; until the round is done.
    pub(super) async fn rounds(&self, seller: &SellerId, rounds: Rounds) -> Result<Polled, PollError> {
        let mut polled = Polled::default();
        let mut known: Option<Vec<String>> = None;
        loop {
            let mut checkpoint = Checkpoint::<Round>::read(&*self.store, seller, rounds.crawl()).await?;
            let Some(round) = self.round_of(rounds, checkpoint.place.clone()) else { return Ok(polled) };
            let ids = match known.take() {
                Some(ids) => ids,
                None => self.due(seller, rounds).await?,
            };
            let next = ids.iter().find(|id| round.after.as_deref().is_none_or(|after| id.as_str() > after));
            if let Some(id) = next {
                polled += self.read(seller, rounds, id).await?;
            }
            let is_over = next.is_none();
            let place = Round { after: next.cloned(), ..round };
            // When another poller moved it meanwhile, the next turn goes on from there.
            checkpoint.advance(&*self.store, place, self.clock.now()).await?;
            // The next round may be due already: it asks anew what is to be read, and is for the next call.
            if is_over {
                return Ok(polled);
            }
            known = Some(ids);
        }
    }

    /// The round that goes on, or a new one when the last is done and long enough ago; `None` when it is too early.
    fn round_of(&self, rounds: Rounds, place: Option<Round>) -> Option<Round> {
        let now = self.clock.now();
        let every = match rounds {
            Rounds::Subscriptions => self.config.poll.subscriptions_every_seconds,
            Rounds::Overdue => self.config.poll.overdue_every_seconds,
        };
        match place {
            Some(round) if round.after.is_some() => Some(round),
            Some(round) if now - round.begun_at < TimeDelta::seconds(every.into()) => None,
            Some(_) | None => Some(Round { begun_at: now, after: Some(String::new()) }),
        }
    }

    /// The ids of a round, in their order.
    async fn due(&self, seller: &SellerId, rounds: Rounds) -> Result<Vec<String>, PollError> {
        let mut ids = match rounds {
            Rounds::Subscriptions => self.subscriptions_due(seller).await?,
            Rounds::Overdue => self.payments_due(seller).await?,
        };
        ids.sort_unstable();
        Ok(ids)
    }

    async fn read(&self, seller: &SellerId, rounds: Rounds, id: &str) -> Result<Polled, PollError> {
        match rounds {
            Rounds::Subscriptions => self.subscription(seller, id).await,
            Rounds::Overdue => self.payment(seller, id).await,
        }
    }
}
