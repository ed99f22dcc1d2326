//! Turns notifications that only point at something into what they point at: reads it through the client, once for
//! all that wait for it, and hands notification and thing on to be applied.
//!
//! A notification is acknowledged when what was fetched for it is durable, never before. What has no answer is asked
//! again with growing pauses, and stays open in the inbox when that takes too long; nothing is dropped, and no
//! seller waits for another one. What a thing means is not decided here.

use std::sync::{Arc, Mutex, PoisonError};

use broker::error::BrokerError;
use client::client::Client;
use store::store::StoreError;

use crate::clock::Clock;
use crate::config::Config;
use crate::sink::{Sink, SinkError};

mod aim;
mod ask;
mod desk;
mod health;
mod line;
mod link;
pub mod meters;
mod open;
mod queue;
pub mod read;
mod thing;

pub use health::Health;
pub use link::Links;

pub(crate) use line::Limits;

use ask::Asker;
use desk::{Desk, Kit};

/// Why a fetcher stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The broker refuses for good.
    #[error("the broker cannot be worked with")]
    Broker(#[from] BrokerError),
    /// What was fetched is refused for good.
    #[error("what was fetched cannot be handed on")]
    Sink(#[from] SinkError),
    /// The inbox cannot be read.
    #[error("the inbox cannot be read")]
    Store(#[from] StoreError),
}

/// What a fetcher did so far.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Fetched {
    /// Notifications taken.
    pub notifications: u64,
    /// Questions asked, those without an answer among them.
    pub questions: u64,
    /// Notifications that shared the question of another one.
    pub coalesced: u64,
    /// Questions whose thing the provider does not know.
    pub not_found: u64,
    /// Notifications left open in the inbox, because there was no answer.
    pub put_off: u64,
}

/// How a fetcher ended when it was told to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// What it did.
    pub fetched: Fetched,
    /// Everything that was begun was finished in time; what was not is delivered again.
    pub is_drained: bool,
}

/// Fetches what notifications point at.
pub struct Fetcher {
    config: Config,
    clock: Clock,
    kit: Arc<Kit>,
}

impl FetchError {
    /// Whether connecting again can help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Broker(error) => error.is_transient(),
            Self::Sink(error) => error.is_transient(),
            Self::Store(error) => error.is_transient(),
        }
    }
}

impl Fetcher {
    /// A fetcher that asks through a client and hands on to a sink.
    #[must_use]
    pub fn new(client: Client, sink: Arc<dyn Sink>, config: Config, clock: Clock) -> Self {
        let asker = Asker { client, links: None, sellers: config.sellers.clone(), clock };
        let kit = Kit {
            asker,
            sink,
            limits: config.fetch.limits(),
            window: config.fetch.window.into(),
            pause: config.fetch.pause(),
            health: Health::default(),
            fetched: Mutex::default(),
        };
        Self { config, clock, kit: Arc::new(kit) }
    }

    /// The same, and tells of links to sellers' accounts.
    #[must_use]
    pub fn telling(mut self, links: Arc<dyn Links>) -> Self {
        let kit = Arc::get_mut(&mut self.kit).expect("nothing shares what a fetcher has before it runs");
        kit.asker.links = Some(links);
        self
    }

    /// Its signs of life, for those who watch it.
    #[must_use]
    pub fn health(&self) -> Health {
        self.kit.health.clone()
    }

    /// What it did so far.
    #[must_use]
    pub fn fetched(&self) -> Fetched {
        *self.kit.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> Desk {
        Desk::new(Arc::clone(&self.kit))
    }

    fn ended(&self, is_drained: bool) -> Ended {
        Ended { fetched: self.fetched(), is_drained }
    }
}

#[cfg(test)]
mod tests;
