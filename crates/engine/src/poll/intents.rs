//! Charge requests that have not ended, read again by their ids, one after the other with a pause.

use std::time::Duration;

use chrono::TimeDelta;
use client::calls::{instore_intent, order, payment_intent, point_order};
use client::error::ClientError;
use domain::ids::SellerId;
use domain::intent::machine::Intent;
use domain::intent::state::State;
use domain::intent::{Channel, Generation};
use domain::stream::StreamId;
use mercadopago::topics::Resource;
use store::read::Cut;
use tokio::time::{Instant, sleep_until};

use super::error::PollError;
use super::{Crawl, Polled, Poller, due};
use crate::error::EngineError;
use crate::item::Item;
use crate::project::each_state;

/// What the provider is asked to find an intent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Wanted {
    pub(super) generation: Generation,
    pub(super) id: String,
    pub(super) channel: Option<Channel>,
}

impl Poller {
    /// Reads every intent again that is due.
    pub(super) async fn intents(&self, seller: &SellerId) -> Result<Polled, PollError> {
        let mut polled = Polled::default();
        for (stream, wanted) in self.intents_due(seller).await? {
            let found = self.intent(seller, &wanted, Crawl::Intents).await?;
            polled += self.keep(seller, found.into_iter().collect()).await?;
            let now = self.clock.now();
            self.memory().read_at.insert(stream, now);
        }
        Ok(polled)
    }

    async fn intents_due(&self, seller: &SellerId) -> Result<Vec<(StreamId, Wanted)>, PollError> {
        let poll = &self.config.poll;
        let pause = TimeDelta::seconds(poll.intents_every_seconds.into());
        let kept = TimeDelta::days(poll.intents_days.into());
        let (now, read_at) = (self.clock.now(), self.memory().read_at.clone());
        let mut all = Vec::new();
        each_state::<Intent, EngineError>(&*self.store, Cut::default(), |stream, state| {
            let is_ours = stream.seller() == seller.as_str();
            if is_ours && due::intent_is_due(state, read_at.get(stream).copied(), now, pause, kept) {
                all.push((stream.clone(), wanted(stream, state)));
            }
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// Reads an intent; `None` when the provider does not know it, or not any more.
    pub(super) async fn intent(
        &self,
        seller: &SellerId,
        wanted: &Wanted,
        crawl: Crawl,
    ) -> Result<Option<Item>, PollError> {
        self.turn(seller).await;
        let id = wanted.id.clone();
        let answer = match wanted.generation {
            Generation::A => self.ask(seller, &point_order::Get { id }).await.map(|reply| reply.body),
            Generation::B => self.ask(seller, &payment_intent::Get { id }).await.map(|reply| reply.body),
            Generation::C => {
                let device = match wanted.channel {
                    Some(Channel::Qr) => instore_intent::Device::Qr,
                    Some(Channel::Point | Channel::Online) | None => instore_intent::Device::Point,
                };
                self.ask(seller, &instore_intent::Get { id, device }).await.map(|reply| reply.body)
            }
            Generation::D => self.ask(seller, &order::Get { id }).await.map(|reply| reply.body),
        };
        match answer {
            Ok(body) => Ok(Some(self.resource(seller, topic(wanted.generation), crawl, &body))),
            Err(PollError::Client { source: ClientError::NotFound(_), .. }) => {
                tracing::info!(seller = %seller, intent = wanted.id, "the provider does not know the intent");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Poller {
    /// Waits for the turn of the next read.
    pub(super) async fn turn(&self, seller: &SellerId) {
        let pause = Duration::from_millis(self.config.poll.intents_pause_ms.into());
        let turn = self.memory().paces.entry(seller.clone()).or_default().turn(Instant::now(), pause);
        sleep_until(turn).await;
    }
}

fn wanted(stream: &StreamId, state: &State) -> Wanted {
    let prefixed = stream.id();
    let id = prefixed.split_once(':').map_or(prefixed, |(_, id)| id).to_owned();
    Wanted { generation: state.generation, id, channel: state.profile().channel }
}

fn topic(generation: Generation) -> &'static str {
    let resource = match generation {
        Generation::A => Resource::PointOrder,
        Generation::B => Resource::PaymentIntent,
        Generation::C => Resource::InstoreIntent,
        Generation::D => Resource::Order,
    };
    resource.name()
}
