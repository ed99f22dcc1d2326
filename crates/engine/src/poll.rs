//! Asking the provider for what nobody told us: changed payments by windows of time, charge requests by their ids and
//! events, subscriptions and overdue payments by their ids, report files by their lists.
//!
//! Everything that comes back goes to a [`Sink`] as a delivery of the channel `poll`, under a key made of its content,
//! so the same rendering is known the next time. A crawl's checkpoint moves only when the sink has accepted; several
//! pollers of one seller share it. Nothing is decided here about what an answer means.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use client::client::Client;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use store::store::Store;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::EngineError;
use crate::files::kept;
use crate::item::{Item, Kind, derived_key};
use crate::look::chain;
use crate::sink::Sink;

mod ask;
mod checkpoint;
mod due;
pub mod error;
mod events;
mod gaps;
mod intents;
pub mod meters;
mod orders;
mod overdue;
mod pace;
mod page;
mod payments;
mod recent;
mod reports;
mod rounds;
mod subscriptions;
pub mod window;

use error::PollError;
use pace::Pace;
use recent::Recent;
use rounds::Rounds;

/// What is asked for; each is a crawl of its own with its own pace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Crawl {
    /// Payments that changed, by windows of time.
    Payments,
    /// Charge requests of terminals, by the list of their events.
    Events,
    /// Charge requests that have not ended, by their ids.
    Intents,
    /// Subscriptions and their invoices, by their ids.
    Subscriptions,
    /// Payments of which the provider should have said more by now, by their ids.
    Overdue,
    /// Report files of the last days.
    Reports,
}

/// What a crawl did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Polled {
    /// Rows, things and files that the provider gave.
    pub read: u64,
    /// Deliveries that were handed on: those that were not handed on a moment ago.
    pub accepted: u64,
}

/// Asks the provider.
pub struct Poller {
    client: Client,
    sink: Arc<dyn Sink>,
    store: Arc<dyn Store>,
    config: Config,
    clock: Clock,
    memory: Mutex<Memory>,
}

/// What only saves calls and messages, and may be forgotten.
#[derive(Default)]
struct Memory {
    recent: HashMap<SellerId, Recent>,
    paces: HashMap<SellerId, Pace>,
    /// When an intent was read last.
    read_at: HashMap<StreamId, Instant>,
    /// Report files that were taken.
    files: HashMap<SellerId, Vec<Text>>,
}

impl Crawl {
    /// All of them, in the order in which they are made once.
    pub const ALL: [Self; 6] =
        [Self::Payments, Self::Events, Self::Intents, Self::Subscriptions, Self::Overdue, Self::Reports];

    /// Its name, for people and for its checkpoint.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Events => "events",
            Self::Intents => "intents",
            Self::Subscriptions => "subscriptions",
            Self::Overdue => "overdue",
            Self::Reports => "reports",
        }
    }

    /// The pause between two rounds. Rounds by ids keep their own pace by their checkpoint; this is how often it is
    /// looked at.
    fn pause(self, config: &Config) -> Duration {
        let poll = &config.poll;
        let seconds = match self {
            Self::Payments => poll.every_seconds,
            Self::Events | Self::Intents => poll.intents_every_seconds,
            Self::Subscriptions => poll.subscriptions_every_seconds.min(60),
            Self::Overdue => poll.overdue_every_seconds.min(60),
            Self::Reports => poll.reports_every_seconds,
        };
        Duration::from_secs(seconds.into())
    }
}

impl std::ops::AddAssign for Polled {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.accepted += other.accepted;
    }
}

impl Poller {
    /// A poller that gives what it is told to a sink, and keeps its checkpoints in a store.
    #[must_use]
    pub fn new(
        client: Client,
        sink: Arc<dyn Sink>,
        store: Arc<dyn Store>,
        config: Config,
        clock: Clock,
    ) -> Self {
        Self { client, sink, store, config, clock, memory: Mutex::default() }
    }

    /// Makes one round of a crawl for a seller: until nothing more is due.
    ///
    /// # Errors
    /// When the provider, the sink or the store fails for longer than patience lasts, or for good. What was accepted
    /// is kept; the next round begins where nothing is left out.
    pub async fn round(&self, seller: &SellerId, crawl: Crawl) -> Result<Polled, PollError> {
        let polled = match crawl {
            Crawl::Payments => self.payments(seller).await,
            Crawl::Events => self.events(seller).await,
            Crawl::Intents => self.intents(seller).await,
            Crawl::Subscriptions => self.rounds(seller, Rounds::Subscriptions).await,
            Crawl::Overdue => self.rounds(seller, Rounds::Overdue).await,
            Crawl::Reports => self.reports(seller).await,
        };
        meters::round(crawl, polled.as_ref().ok());
        polled
    }

    /// Makes round after round of every crawl for every seller until the stop. A crawl that fails is made again after
    /// its pause; the others go on meanwhile.
    ///
    /// # Errors
    /// When the store fails for good, or a newer program wrote to it.
    pub async fn run(
        self: Arc<Self>,
        sellers: &[SellerId],
        crawls: &[Crawl],
        stop: CancellationToken,
    ) -> Result<(), PollError> {
        let mut loops = JoinSet::new();
        for seller in sellers {
            for crawl in crawls {
                loops.spawn(Arc::clone(&self).keep_on(seller.clone(), *crawl, stop.clone()));
            }
        }
        loops.spawn(Arc::clone(&self).keep_counting(stop));
        while let Some(ended) = loops.join_next().await {
            match ended {
                Ok(ended) => ended?,
                Err(panic) => return Err(EngineError::Panicked { message: panic.to_string() }.into()),
            }
        }
        Ok(())
    }

    async fn keep_on(
        self: Arc<Self>,
        seller: SellerId,
        crawl: Crawl,
        stop: CancellationToken,
    ) -> Result<(), PollError> {
        let pause = crawl.pause(&self.config);
        loop {
            // What a dropped round has accepted is kept, and its checkpoint says where to begin.
            let ended = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                ended = self.round(&seller, crawl) => ended,
            };
            match ended {
                Ok(Polled { read, accepted }) => {
                    tracing::debug!(seller = %seller, crawl = crawl.name(), read, accepted, "polled");
                }
                Err(error) if error.is_fatal() => return Err(error),
                Err(error) => {
                    let problem = chain(&error);
                    tracing::warn!(seller = %seller, crawl = crawl.name(), error = problem, "polling failed; it is tried again");
                }
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(pause) => {}
            }
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("no code panics while it holds the lock")
    }

    /// A resource as a delivery. Its key is its content, so what is polled again unchanged is known.
    fn resource(&self, seller: &SellerId, topic: &'static str, crawl: Crawl, body: &[u8]) -> Item {
        Item {
            kind: Kind::Message(DeliveryKind::Resource),
            key: derived_key(&[b"poll", seller.as_str().as_bytes(), topic.as_bytes(), body]),
            topic: topic.into(),
            channel: Channel::Poll,
            seller: Some(seller.as_str().into()),
            site: self.config.sellers.site(seller.as_str()).map(Text::from),
            origin: format!("poll {}", crawl.name()).into(),
            received_at: self.clock.now(),
            caused_by: None,
            body: kept(body),
            problem: None,
            verified: true,
        }
    }
}

#[cfg(test)]
mod tests;
