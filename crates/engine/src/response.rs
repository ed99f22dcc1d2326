//! What the provider answers is told like everything else it says: a delivery, through the same steps.

use std::sync::Arc;

use domain::currency::Currency;
use domain::ids::SellerId;
use domain::stream::StreamId;
use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use mercadopago::site;
use mercadopago::topics::Resource;
use store::inbox::{InboxKey, Verdict};

use crate::error::EngineError;
use crate::execute::Desk;
use crate::files::kept;
use crate::ingest::{Ingester, Tally};
use crate::item::{Item, Kind, derived_key};
use crate::look::Looked;

/// What became of an answer that was taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It told of this, and perhaps of more.
    Told(StreamId),
    /// It was refused or could not be read; the inbox keeps it under this key, with the reason.
    Kept {
        /// Key of the delivery.
        key: Text,
    },
}

/// An answer of the provider.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// Whose token it was asked with.
    pub seller: &'a SellerId,
    /// What it is.
    pub resource: Resource,
    /// Which one was asked for.
    pub id: &'a str,
    /// As it came.
    pub body: &'a [u8],
}

impl Desk {
    /// Takes an answer in. The same answer again is known, and has the verdict that it had.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take(&self, response: Response<'_>) -> Result<Taken, EngineError> {
        self.take_in(response, None).await
    }

    /// The same for an answer that does not tell its currency, as a refund does not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn take_in(
        &self,
        response: Response<'_>,
        currency: Option<Currency>,
    ) -> Result<Taken, EngineError> {
        let Response { seller, resource, id, body } = response;
        let topic = resource.name();
        let configured = self.config.sellers.site(seller.as_str());
        let site = configured.or_else(|| currency.and_then(site::selling_in));
        let item = Item {
            kind: Kind::Message(DeliveryKind::Resource),
            key: derived_key(&[b"order", seller.as_str().as_bytes(), topic.as_bytes(), body]),
            topic: topic.into(),
            channel: Channel::Response,
            seller: Some(seller.as_str().into()),
            site: site.map(Text::from),
            origin: format!("{topic}/{id}").into(),
            received_at: self.clock.now(),
            caused_by: None,
            body: kept(body),
            problem: None,
            verified: true,
        };
        let key = item.key.clone();
        let looked = Ingester::look(&self.config, vec![item]);
        let mut tally = Tally::default();
        let ingester = Ingester::new(Arc::clone(&self.store), self.config.clone(), self.clock);
        ingester.take(&looked, &mut tally).await?;
        let told = looked.into_iter().find_map(|(_, looked)| match looked {
            Looked::Told { observed, .. } => observed.into_iter().map(|one| one.stream).next(),
            Looked::Settled { .. } => None,
        });
        let is_kept =
            tally.refused + tally.undecodable > 0 || (tally.duplicates > 0 && self.was_kept(&key).await?);
        Ok(match told {
            Some(stream) if !is_kept => Taken::Told(stream),
            _ => Taken::Kept { key: key.0 },
        })
    }

    /// Whether what came before under a key was not taken into the books.
    async fn was_kept(&self, key: &InboxKey) -> Result<bool, EngineError> {
        let shown = self.store.inbox_show(key).await?;
        let verdict = shown.map(|(delivery, _)| delivery.verdict);
        Ok(matches!(verdict, Some(Verdict::Refused { .. } | Verdict::Undecodable { .. })))
    }
}
