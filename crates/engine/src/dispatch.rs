//! The sender of orders: what people decided about payments and charges goes from the outbox to the provider.
//!
//! An order is a fact before it is sent, and ends by a fact. Each is looked at first, so that what was carried out and
//! never answered is found and not sent again, then sent under the key that it was given once, and its answer is taken
//! in like all that the provider says. So a crash anywhere, or another sender beside this one, repeats no money. What
//! has no answer stays open and is tried again with growing pauses; it holds up only what is about the same thing.
//!
//! A cell remembers the message before the first that is open. Whoever begins, begins there, and recognises by its state
//! what has ended behind it; who goes on remembers that as ranges, so that one order that waits for weeks costs nothing.
//! Nothing is decided here about what may be ordered.

use std::collections::BTreeSet;
use std::sync::Arc;

use client::client::Client;
use domain::ids::SellerId;
use domain::machine::Instant;
use domain::stream::StreamId;
use domain::text::Text;
use store::read::StoredMessage;
use store::store::Store;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Config;
use crate::errand::{DESTINATION, Errand};
use crate::error::EngineError;
use crate::execute::Desk;
use crate::isolate::Patience;
use crate::place::Place;

mod attribute;
mod became;
mod courier;
mod doubt;
mod gate;
mod intent;
mod lane;
pub mod meters;
mod over;
mod pauses;
mod payment;
mod refund;
mod step;
mod verdict;

pub use became::{Became, Dispatched, Ended, Followed, Why};
use courier::Courier;
use gate::Gate;
use lane::{Passed, lanes_of, walk};
use over::Over;
use step::{Step, standing, step};

/// Messages read at once.
const PAGE: usize = 500;
/// Things about which orders may be open before a pass reads no further, so that what it remembers has a bound. Orders of
/// a seller that cannot be acted for are not among them: one dead account does not hold up the others.
const MOST_OPEN: usize = 10_000;

/// Sends the orders of the outbox.
pub struct Dispatcher {
    courier: Arc<Courier>,
    only: Vec<SellerId>,
}

/// What a pass found open.
#[derive(Default)]
struct Found {
    /// What orders are open about.
    behind: BTreeSet<StreamId>,
    waiting: u32,
    oldest: Option<Instant>,
}

impl Dispatcher {
    /// A sender of everybody's orders.
    #[must_use]
    pub fn new(client: Client, store: Arc<dyn Store>, config: Config, clock: Clock) -> Self {
        let courier = Courier { client, desk: Desk { store, config, clock } };
        Self { courier: Arc::new(courier), only: Vec::new() }
    }

    /// The same for the orders of some sellers; of everybody's when none is named.
    #[must_use]
    pub fn only(self, sellers: Vec<SellerId>) -> Self {
        Self { only: sellers, ..self }
    }

    /// Tries every open order once.
    ///
    /// # Errors
    /// When the outbox cannot be read. What ended before has ended.
    pub async fn once(&self, stop: &CancellationToken) -> Result<Dispatched, EngineError> {
        let patience = Patience::For(self.courier.desk.config.relay.patience());
        let gate = self.gate(stop);
        let (mut over, mut dispatched) = (Over::default(), Dispatched::default());
        self.pass(&gate, &patience, &mut over, &mut |followed| dispatched.add(followed)).await?;
        Ok(dispatched)
    }

    /// Carries out what is open and what comes, until the stop; answers how many orders ended.
    ///
    /// # Errors
    /// When the outbox cannot be read for good.
    pub async fn run(&self, stop: &CancellationToken) -> Result<Ended, EngineError> {
        let patience = Patience::Until(stop.clone());
        let gate = self.gate(stop);
        let (mut over, mut ended) = (Over::default(), Ended::default());
        loop {
            let mut told = |followed: Followed| ended.count(&followed.became);
            match self.pass(&gate, &patience, &mut over, &mut told).await {
                Ok(()) => {}
                Err(_) if stop.is_cancelled() => return Ok(ended),
                Err(error) => return Err(error),
            }
            if timeout(self.courier.desk.config.relay.every(), stop.cancelled()).await.is_ok() {
                return Ok(ended);
            }
        }
    }

    /// Tries one order, after those before it about the same thing; what became of it is told too where it had ended.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    pub async fn one(&self, stream: &StreamId, request: &Text) -> Result<Followed, EngineError> {
        let (store, gate) = (&*self.courier.desk.store, self.gate(&CancellationToken::new()));
        let as_it_stands = async || {
            let became = match standing(&self.courier, stream, request).await {
                Ok(Some(became)) => became,
                Ok(None) => Became::Waiting(Why::Unknown { stream: stream.clone() }),
                Err(why) => Became::Waiting(why),
            };
            Followed { stream: stream.clone(), request: request.clone(), errand: None, became }
        };
        // Nothing is tried for one that has ended, or that nobody gave.
        if !matches!(standing(&self.courier, stream, request).await, Ok(None)) {
            return Ok(as_it_stands().await);
        }
        let mut after = Place::read(store, DESTINATION).await?.number();
        let mut is_behind = false;
        loop {
            let page = store.outbox(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(as_it_stands().await) };
            after = last.number;
            for row in page.iter().filter(|row| is_ours(row) && row.caused_by == *stream) {
                let step = step(&self.courier, &gate, row, is_behind).await;
                is_behind |= !step.is_over();
                match step {
                    Step::Followed(followed) if followed.request == *request => return Ok(followed),
                    // Another sender was faster.
                    Step::Over if is_of(row, request) => return Ok(as_it_stands().await),
                    Step::Followed(_) | Step::Over | Step::Left => {}
                }
            }
        }
    }

    fn gate(&self, stop: &CancellationToken) -> Arc<Gate> {
        Arc::new(Gate::new(&self.courier.desk.config, &self.only, stop))
    }

    /// Looks after every message from the first that is open, but those that are known to be over.
    async fn pass(
        &self,
        gate: &Arc<Gate>,
        patience: &Patience,
        over: &mut Over,
        told: &mut (dyn FnMut(Followed) + Send),
    ) -> Result<(), EngineError> {
        let Desk { store, config, clock } = &self.courier.desk;
        let mut place = patience.call(|| Place::read(&**store, DESTINATION)).await?;
        let mut found = Found::default();
        over.forget(place.number());
        gate.begin(place.number());
        let mut after = place.number();
        while !gate.is_stopped() {
            after = over.past(after);
            let page = patience.call(|| async { Ok(store.outbox(after, PAGE).await?) }).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            let (ours, others): (Vec<_>, Vec<_>) =
                page.into_iter().filter(|row| !over.has(row.number)).partition(is_ours);
            others.iter().for_each(|row| over.add(row.number));
            let lanes = lanes_of(ours, &found.behind);
            for passed in walk(lanes, config.relay.orders_at_once, &self.courier, gate).await {
                found.add(passed, over, told);
            }
            let first_open = over.past(place.number()) + 1;
            place = patience.call(|| forward(place.clone(), &**store, first_open, clock.now())).await?;
            if found.behind.len() >= MOST_OPEN {
                let open = found.behind.len();
                tracing::warn!(
                    orders.open = open,
                    "so many orders wait that those behind them are not looked at"
                );
                break;
            }
        }
        meters::passed(found.waiting, found.oldest.map(|oldest| clock.now() - oldest));
        Ok(())
    }
}

impl Found {
    /// Tells what was followed, and keeps what waits.
    fn add(&mut self, passed: Passed, over: &mut Over, told: &mut (dyn FnMut(Followed) + Send)) {
        let Passed { row, step } = passed;
        if step.is_over() {
            over.add(row.number);
        } else {
            self.waiting = self.waiting.saturating_add(1);
            self.oldest.get_or_insert(row.recorded_at);
        }
        let Step::Followed(followed) = step else { return };
        if let Became::Waiting(why) = &followed.became
            && !why.is_of_seller()
        {
            self.behind.insert(row.caused_by);
        }
        told(followed);
    }
}

/// Moves the checkpoint to just before the first message that is open, unless it is there already. What has ended stays
/// so: whoever is faster is right.
async fn forward(
    mut place: Place,
    store: &dyn Store,
    first_open: u64,
    now: Instant,
) -> Result<Place, EngineError> {
    while place.number() + 1 < first_open {
        let past = store.outbox(first_open - 2, 1).await?;
        let Some(past) = past.first() else { break };
        if !place.advance(store, past, now).await? {
            place = Place::read(store, DESTINATION).await?;
        }
    }
    Ok(place)
}

/// Whether a message is that of an order.
fn is_of(row: &StoredMessage, request: &Text) -> bool {
    serde_json::from_str::<Errand>(&row.payload).is_ok_and(|errand| errand.request() == request)
}

fn is_ours(row: &StoredMessage) -> bool {
    *row.destination == *DESTINATION
}

#[cfg(test)]
mod tests;
