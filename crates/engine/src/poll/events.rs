//! Charge requests of terminals that we may never have heard of: the provider lists what became of them, for at most
//! 30 days at once. Each that we do not know to have ended is read by its id.

use chrono::{Days, NaiveDate};
use client::calls::payment_intent::events;
use client::error::ClientError;
use domain::ids::SellerId;
use domain::intent::Generation;
use domain::stream::StreamId;
use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::error::PollError;
use super::intents::Wanted;
use super::{Crawl, Polled, Poller};
use crate::ingest::fold;
use crate::machines::AnyState;

/// Days of one list.
const SPAN: Days = Days::new(29);
/// Days that are listed again: in which zone a day begins is not documented, and what began on one day may end on
/// the next.
const OVERLAP: Days = Days::new(1);
/// Histories that are looked at together.
const BATCH: usize = 500;

/// Everything that was begun up to this day was looked at.
#[derive(Clone, Serialize, Deserialize)]
struct Listed {
    until: NaiveDate,
}

impl Poller {
    /// Lists the days since the last time, today included.
    pub(super) async fn events(&self, seller: &SellerId) -> Result<Polled, PollError> {
        let store = &*self.store;
        let today = self.clock.now().date_naive();
        let poll = &self.config.poll;
        let first = today - Days::new(poll.history_days.min(poll.intents_days).into());
        let mut polled = Polled::default();
        loop {
            let mut checkpoint = Checkpoint::<Listed>::read(store, seller, Crawl::Events).await?;
            let from = checkpoint.place.as_ref().map_or(first, |place| (place.until - OVERLAP).max(first));
            let to = (from + SPAN).min(today);
            polled += self.listed(seller, from.min(to), to).await?;
            let moved = checkpoint.advance(store, Listed { until: to }, self.clock.now()).await?;
            if moved && to == today {
                return Ok(polled);
            }
        }
    }

    async fn listed(&self, seller: &SellerId, from: NaiveDate, to: NaiveDate) -> Result<Polled, PollError> {
        let listed = match self.answer(seller, &events::List { from, to }).await {
            Err(PollError::Client { source, .. }) if has_no_terminals(&source) => {
                tracing::debug!(seller = %seller, "the seller has no terminals");
                return Ok(Polled::default());
            }
            answered => answered?,
        };
        let mut ids: Vec<String> = listed.events.into_iter().map(|event| event.payment_intent_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut polled = Polled { read: ids.len() as u64, accepted: 0 };
        for id in self.open(seller, ids).await? {
            let wanted = Wanted { generation: Generation::B, id, channel: None };
            let found = self.intent(seller, &wanted, Crawl::Events).await?;
            polled.accepted += self.keep(seller, found.into_iter().collect()).await?.accepted;
        }
        Ok(polled)
    }

    /// Those that we do not know to have ended.
    async fn open(&self, seller: &SellerId, ids: Vec<String>) -> Result<Vec<String>, PollError> {
        let mut open = Vec::new();
        for ids in ids.chunks(BATCH) {
            let stream = |id: &String| StreamId::intent(seller, &Generation::B.id(id));
            let streams: Vec<StreamId> = ids.iter().map(stream).collect();
            let histories = self.store.load(&streams, &[]).await?.histories;
            for (id, stream) in ids.iter().zip(&streams) {
                let state = histories.get(stream).map(|events| fold(events)).transpose()?.flatten();
                let has_ended =
                    matches!(&state, Some(AnyState::Intent(state)) if state.progress().is_final());
                if !has_ended {
                    open.push(id.clone());
                }
            }
        }
        Ok(open)
    }
}

/// Whether the provider says that the seller never integrated a terminal: 403 by its reference, and 404.
fn has_no_terminals(error: &ClientError) -> bool {
    match error {
        ClientError::NotFound(_) => true,
        ClientError::Refused(refusal) => refusal.status == 403,
        _ => false,
    }
}
