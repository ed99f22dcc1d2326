//! Subscriptions and their invoices, by the ids that we know: an amount changes without any notification, and an
//! invoice is settled inside the same record.

use chrono::TimeDelta;
use client::calls::page::{Paging, Wanted};
use client::calls::{authorized_payment, preapproval};
use client::error::ClientError;
use domain::ids::{PreapprovalId, SellerId};
use domain::preapproval::machine::Preapproval;
use mercadopago::topics::Resource;
use store::read::Cut;

use super::error::PollError;
use super::page::backwards;
use super::{Crawl, Polled, Poller, due};
use crate::error::EngineError;
use crate::item::Item;
use crate::project::each_state;

/// Invoices in one answer.
const PAGE: u32 = 50;

impl Poller {
    /// The ids of subscriptions that a round goes through, in any order.
    pub(super) async fn subscriptions_due(&self, seller: &SellerId) -> Result<Vec<String>, PollError> {
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
        Ok(ids)
    }

    /// Reads a subscription with its invoices.
    pub(super) async fn subscription(&self, seller: &SellerId, id: &str) -> Result<Polled, PollError> {
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
