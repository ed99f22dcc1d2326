//! Subscriptions and their invoices, by the ids that we know: an amount changes without any notification, and an
//! invoice is settled inside the same record.
//!
//! A round goes through all of a seller in the order of their ids. Its place is kept after each, so a poller that was
//! stopped goes on there, and several share a round.

use chrono::TimeDelta;
use client::calls::page::{Paging, Wanted};
use client::calls::{authorized_payment, preapproval};
use client::error::ClientError;
use domain::ids::{PreapprovalId, SellerId};
use domain::machine::Instant;
use domain::preapproval::machine::Preapproval;
use mercadopago::topics::Resource;
use serde::{Deserialize, Serialize};
use store::read::Cut;

use super::checkpoint::Checkpoint;
use super::error::PollError;
use super::page::backwards;
use super::{Crawl, Polled, Poller, due};
use crate::error::EngineError;
use crate::item::Item;
use crate::project::each_state;

/// Invoices in one answer.
const PAGE: u32 = 50;

/// A round through all subscriptions of a seller.
#[derive(Clone, Serialize, Deserialize)]
struct Round {
    begun_at: Instant,
    /// The last id that was done; `None` when all are.
    after: Option<String>,
}

impl Poller {
    /// Goes on with the round, or begins one when it is time; until the round is done.
    pub(super) async fn subscriptions(&self, seller: &SellerId) -> Result<Polled, PollError> {
        let mut polled = Polled::default();
        let mut known: Option<Vec<String>> = None;
        loop {
            let mut checkpoint =
                Checkpoint::<Round>::read(&*self.store, seller, Crawl::Subscriptions).await?;
            let Some(round) = self.round_of(checkpoint.place.clone()) else { return Ok(polled) };
            let ids = match known.take() {
                Some(ids) => ids,
                None => self.subscriptions_due(seller).await?,
            };
            let next = ids.iter().find(|id| round.after.as_deref().is_none_or(|after| id.as_str() > after));
            if let Some(id) = next {
                polled += self.subscription(seller, id).await?;
            }
            let place = Round { after: next.cloned(), ..round };
            // When another poller moved it meanwhile, the next turn goes on from there.
            checkpoint.advance(&*self.store, place, self.clock.now()).await?;
            known = Some(ids);
        }
    }

    /// The round that goes on, or a new one when the last is done and long enough ago; `None` when it is too early.
    fn round_of(&self, place: Option<Round>) -> Option<Round> {
        let now = self.clock.now();
        let every = TimeDelta::seconds(self.config.poll.subscriptions_every_seconds.into());
        match place {
            Some(round) if round.after.is_some() => Some(round),
            Some(round) if now - round.begun_at < every => None,
            Some(_) | None => Some(Round { begun_at: now, after: Some(String::new()) }),
        }
    }

    async fn subscriptions_due(&self, seller: &SellerId) -> Result<Vec<String>, PollError> {
        let now = self.clock.now();
        let kept = TimeDelta::days(self.config.poll.subscriptions_cancelled_days.into());
        let mut ids = Vec::new();
        each_state::<Preapproval, EngineError>(&*self.store, Cut::default(), |stream, state| {
            if stream.seller() == seller.as_str() && due::preapproval_is_due(state, now, kept) {
                ids.push(stream.id().to_owned());
            }
            Ok(())
        })
        .await?;
        ids.sort_unstable();
        Ok(ids)
    }

    async fn subscription(&self, seller: &SellerId, id: &str) -> Result<Polled, PollError> {
        let answer = self.ask(seller, &preapproval::Get { id: PreapprovalId::from(id) }).await;
        let mut items = match answer {
            Ok(reply) => vec![self.subscribed(seller, Resource::Preapproval, &reply.body)],
            Err(PollError::Client { source: ClientError::NotFound(_), .. }) => {
                tracing::info!(seller = %seller, preapproval = id, "the provider does not know the subscription");
                vec![]
            }
            Err(error) => return Err(error),
        };
        let (paging, first) = self.invoices(seller, id, 0).await?;
        items.extend(first);
        for offset in backwards(paging) {
            items.extend(self.invoices(seller, id, offset).await?.1);
        }
        self.keep(seller, items).await
    }

    async fn invoices(
        &self,
        seller: &SellerId,
        id: &str,
        offset: u32,
    ) -> Result<(Paging, Vec<Item>), PollError> {
        let call = authorized_payment::Search {
            preapproval: Some(PreapprovalId::from(id)),
            payment: None,
            page: Wanted { offset, limit: PAGE },
        };
        let page = self.answer(seller, &call).await?;
        let rows = page.results.iter();
        let items =
            rows.map(|row| self.subscribed(seller, Resource::AuthorizedPayment, row.get().as_bytes()));
        Ok((page.paging, items.collect()))
    }

    fn subscribed(&self, seller: &SellerId, resource: Resource, body: &[u8]) -> Item {
        self.resource(seller, resource.name(), Crawl::Subscriptions, body)
    }
}
