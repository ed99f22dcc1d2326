//! Notifications that lie open in the inbox: they came without a broker, were put off, or a person asked for another
//! try. The inbox is walked from its oldest to its newest, page by page, again and again.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use store::inbox::Verdict;
use store::read::InboxFilter;
use store::store::{Store, StoreError};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::desk::Desk;
use super::{Ended, FetchError, Fetcher};
use crate::config::fetch::Fetch;
use crate::item::{Item, stored};
use crate::look::chain;
use crate::sink::store::Waiting;

/// What came in just now counts as what lies in the inbox with the one verdict that it got there.
const FIRST_ROUND: u32 = 1;

/// Which notifications of an inbox are fetched for.
pub(super) struct Opened {
    store: Arc<dyn Store>,
    /// Those that come in while we run.
    waiting: Option<Waiting>,
    /// Those that came in so long ago.
    age: Duration,
    /// Between the beginnings of two walks; `None` walks once.
    every: Option<Duration>,
}

/// How far a walk is.
struct Walk {
    /// The arrival number of the last one looked at.
    after: u64,
    is_over: bool,
    next: Option<Instant>,
}

impl Opened {
    /// What is left behind by others that take from a queue.
    pub(super) fn left(store: Arc<dyn Store>, config: &Fetch) -> Self {
        Self { store, waiting: None, age: config.patience(), every: Some(config.open()) }
    }
}

impl Fetcher {
    /// Fetches for the notifications of an inbox without a broker: at once for those that come in, and from time to
    /// time for all that lie open, until the token is cancelled; then finishes what was begun, within
    /// `fetch.drain_seconds`.
    ///
    /// # Errors
    /// When the sink or the store refuses for good.
    pub async fn embedded(
        &self,
        store: Arc<dyn Store>,
        waiting: Waiting,
        stop: CancellationToken,
    ) -> Result<Ended, FetchError> {
        let every = Some(self.config.fetch.open());
        let opened = Opened { store, waiting: Some(waiting), age: Duration::ZERO, every };
        let ended = self.walk(opened, &stop).await;
        self.kit.health.end();
        ended.map(|is_drained| self.ended(is_drained))
    }

    /// Fetches once for all notifications that lie open in an inbox.
    ///
    /// # Errors
    /// As [`Fetcher::embedded`].
    pub async fn once(&self, store: Arc<dyn Store>, stop: CancellationToken) -> Result<Ended, FetchError> {
        let opened = Opened { store, waiting: None, age: Duration::ZERO, every: None };
        self.walk(opened, &stop).await.map(|is_drained| self.ended(is_drained))
    }

    /// Walks until it is stopped; tells whether all that was begun was finished in time.
    pub(super) async fn walk(&self, opened: Opened, stop: &CancellationToken) -> Result<bool, FetchError> {
        tokio::select! {
            ended = self.keep_walking(opened, stop) => ended.map(|()| true),
            () = self.out_of_time(stop) => Ok(false),
        }
    }

    async fn keep_walking(&self, mut opened: Opened, stop: &CancellationToken) -> Result<(), FetchError> {
        let mut desk = self.desk();
        let mut walk = Walk { after: 0, is_over: false, next: None };
        walk.begin(opened.every);
        let mut is_closing = false;
        loop {
            // A page at a time, and the next when half of the desk is free.
            if !is_closing && !walk.is_over && desk.room() * 2 > self.kit.window {
                self.page(&opened, &mut walk, &mut desk).await?;
                continue;
            }
            if desk.is_idle() && (is_closing || (walk.is_over && walk.next.is_none())) {
                return Ok(());
            }
            let next = walk.next.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                () = stop.cancelled(), if !is_closing => {
                    is_closing = true;
                    desk.close();
                }
                ended = desk.next() => ended?,
                Some(item) = incoming(&mut opened.waiting), if !is_closing && desk.room() > 0 => {
                    // The walk may have found it first.
                    if !desk.holds(&item.key) {
                        desk.take(item, None, FIRST_ROUND);
                    }
                }
                () = sleep_until(next), if !is_closing && walk.is_over && walk.next.is_some() => {
                    walk.begin(opened.every);
                }
            }
        }
    }

    /// Takes the next page of open notifications in. A store that is away ends the walk, and the next one begins anew.
    async fn page(&self, opened: &Opened, walk: &mut Walk, desk: &mut Desk) -> Result<(), FetchError> {
        match self.read(opened, walk, desk).await {
            Ok(()) => Ok(()),
            Err(error) if error.is_transient() && walk.next.is_some() => {
                tracing::warn!(error = chain(&error), "the inbox is looked at again later");
                walk.is_over = true;
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read(&self, opened: &Opened, walk: &mut Walk, desk: &mut Desk) -> Result<(), StoreError> {
        let limit = desk.room() as u64;
        let filter = InboxFilter {
            verdict: Some(Verdict::NeedsFetch.word().into()),
            kind: Some("notification".into()),
            after: walk.after,
            limit,
            ..InboxFilter::default()
        };
        let page = opened.store.inbox_list(&filter).await?;
        walk.is_over = (page.len() as u64) < limit;
        let newest = self.clock.now() - TimeDelta::from_std(opened.age).unwrap_or(TimeDelta::MAX);
        for delivery in page {
            walk.after = delivery.arrival;
            if delivery.received_at > newest || desk.holds(&delivery.key) {
                continue;
            }
            let body = opened.store.inbox_body(&delivery.key).await?;
            // Without its body a delivery is still closed: it says nothing any more.
            let item = stored(&delivery, body.unwrap_or_default());
            desk.take(item, None, delivery.attempts);
        }
        Ok(())
    }
}

impl Walk {
    fn begin(&mut self, every: Option<Duration>) {
        *self = Self { after: 0, is_over: false, next: every.map(|every| Instant::now() + every) };
    }
}

/// The next that comes in; never when nothing can.
async fn incoming(waiting: &mut Option<Waiting>) -> Option<Item> {
    match waiting {
        Some(waiting) => waiting.next().await,
        None => std::future::pending().await,
    }
}
