//! Payments that changed: searched by the time of their last change, in windows that end in the past.
//!
//! A window that holds more than a search shows is halved. Its pages are read backwards (see [`super::page`]); when
//! rows appear in it meanwhile, which the lag makes rare, it is read again.

use client::calls::page::{Paging, Wanted};
use client::calls::payment::{self, Moment, Order, Search};
use domain::ids::SellerId;
use domain::machine::Instant;
use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::error::PollError;
use super::page::backwards;
use super::window::{self, Window};
use super::{Crawl, Polled, Poller, meters};
use crate::item::Item;

/// How often a window is read again in which rows appear while it is read.
const TRIES: u32 = 5;

/// Everything that changed up to here was accepted.
#[derive(Clone, Serialize, Deserialize)]
struct Reached {
    reached: Instant,
}

/// One page of a search, its rows as deliveries.
struct Found {
    paging: Paging,
    items: Vec<Item>,
}

impl Poller {
    /// Searches window after window until the lag.
    pub(super) async fn payments(&self, seller: &SellerId) -> Result<Polled, PollError> {
        let (store, rules) = (&*self.store, self.config.poll.windows());
        // The round ends here, however long it takes: what changes meanwhile is for the next one.
        let now = self.clock.now();
        let mut polled = Polled::default();
        loop {
            let mut checkpoint = Checkpoint::<Reached>::read(store, seller, Crawl::Payments).await?;
            let reached = checkpoint.place.as_ref().map(|place| place.reached);
            let Some(whole) = window::next(reached, now, &rules) else { return Ok(polled) };
            let mut waiting = vec![whole];
            while let Some(window) = waiting.pop() {
                let first = self.search(seller, window, 0).await?;
                if first.paging.total > self.config.poll.window_most {
                    let Some((earlier, later)) = window.halves() else {
                        return Err(too_dense(seller, window, first.paging));
                    };
                    waiting.extend([later, earlier]);
                    continue;
                }
                polled += self.pages(seller, window, first).await?;
                let place = Reached { reached: window.end };
                if !checkpoint.advance(store, place, self.clock.now()).await? {
                    // Another poller was faster: what it reached is where we go on.
                    break;
                }
                meters::behind(seller, window.end, now);
            }
        }
    }

    /// Accepts every row of a window, whose first page was read already.
    async fn pages(&self, seller: &SellerId, window: Window, mut first: Found) -> Result<Polled, PollError> {
        let mut polled = Polled::default();
        for _ in 0..TRIES {
            let total = first.paging.total;
            polled += self.keep(seller, first.items).await?;
            let mut has_grown = false;
            for offset in backwards(first.paging) {
                let page = self.search(seller, window, offset).await?;
                has_grown |= page.paging.total > total;
                polled += self.keep(seller, page.items).await?;
            }
            if !has_grown {
                return Ok(polled);
            }
            first = self.search(seller, window, 0).await?;
        }
        Err(PollError::Unsettled { seller: seller.clone(), tries: TRIES })
    }

    async fn search(&self, seller: &SellerId, window: Window, offset: u32) -> Result<Found, PollError> {
        let Window { begin, end } = window;
        let call = Search {
            window: Some(payment::Window { of: Moment::LastUpdated, begin, end }),
            order: Some(Order { by: Moment::LastUpdated, is_descending: false }),
            // A search also gives what the account paid as a buyer.
            collector: Some(seller.clone()),
            page: Wanted { offset, limit: self.config.poll.page },
            ..Search::all()
        };
        let page = self.answer(seller, &call).await?;
        let rows = page.results.iter();
        let items = rows.map(|row| self.resource(seller, "payment", Crawl::Payments, row.get().as_bytes()));
        Ok(Found { paging: page.paging, items: items.collect() })
    }
}

fn too_dense(seller: &SellerId, window: Window, paging: Paging) -> PollError {
    let Window { begin, end } = window;
    PollError::TooDense { seller: seller.clone(), total: paging.total, begin, end }
}
