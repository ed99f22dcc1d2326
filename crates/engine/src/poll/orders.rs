//! Report files of the last whole days, ordered where nobody makes any: neither a schedule of the provider's nor a person
//! in a while.
//!
//! An order is written down before it is made: the provider knows no key by which it would tell a repetition, and several
//! pollers, or one that was started again, must not order the same twice. An order that was surely not made is taken back;
//! one of which nobody knows stands, and the next one, of as many days, covers what it should have brought.

use chrono::TimeDelta;
use client::calls::report::{self, Asked, Kind};
use client::error::ClientError;
use domain::ids::SellerId;
use domain::machine::Instant;
use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::error::PollError;
use super::window::{Window, days_before};
use super::{Crawl, Poller, meters};

/// When a file of each report was ordered last.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Ordered {
    settlement: Option<Instant>,
    release: Option<Instant>,
}

/// What a report's configuration says of its schedule. Reference: `GET /v1/account/settlement_report/config`.
#[derive(Deserialize)]
struct Schedule {
    #[serde(default)]
    scheduled: Option<bool>,
}

impl Ordered {
    fn at(&mut self, kind: Kind) -> &mut Option<Instant> {
        match kind {
            Kind::Settlement => &mut self.settlement,
            Kind::Release => &mut self.release,
        }
    }
}

impl Poller {
    /// Orders a file of a report when the newest one is too old.
    ///
    /// # Errors
    /// When the provider or the store fails, or the provider refuses.
    pub(super) async fn order(
        &self,
        seller: &SellerId,
        kind: Kind,
        newest: Option<Instant>,
    ) -> Result<(), PollError> {
        let (poll, now) = (&self.config.poll, self.clock.now());
        let latest = now - TimeDelta::hours(poll.reports_order_after_hours.into());
        let is_fresh = |at: Option<Instant>| at.is_some_and(|at| at > latest);
        if poll.reports_order_days == 0 || is_fresh(newest) {
            return Ok(());
        }
        let mut checkpoint = Checkpoint::<Ordered>::read(&*self.store, seller, Crawl::Reports).await?;
        if is_fresh(*checkpoint.place.unwrap_or_default().at(kind)) || self.is_scheduled(seller, kind).await?
        {
            return Ok(());
        }
        loop {
            let mut place = checkpoint.place.unwrap_or_default();
            let before = place.at(kind).replace(now);
            if is_fresh(before) {
                return Ok(());
            }
            if checkpoint.advance(&*self.store, place, now).await? {
                return self.create(seller, kind, before).await;
            }
            // Another poller was faster; it may have ordered the other report.
            checkpoint = Checkpoint::read(&*self.store, seller, Crawl::Reports).await?;
        }
    }

    /// Makes an order that was written down, or takes it back.
    async fn create(&self, seller: &SellerId, kind: Kind, before: Option<Instant>) -> Result<(), PollError> {
        let (days, zone) = (self.config.poll.reports_order_days, self.config.reporting.time_zone);
        let Window { begin, end } = days_before(self.clock.now(), days, zone);
        // Once: what became of it when there is no answer is not known.
        let sent = self.client.send(seller, &report::Create { kind, begin, end }).await;
        let source = match sent.and_then(|reply| reply.read()) {
            Ok(Asked::Accepted(task)) => {
                meters::ordered(word(kind));
                let task = task.id.to_string();
                tracing::info!(seller = %seller, report = word(kind), task, "a report file is ordered");
                return Ok(());
            }
            Ok(Asked::Declined) => {
                tracing::warn!(seller = %seller, report = word(kind), "the provider makes no file of these days");
                return Ok(());
            }
            Err(source) => source,
        };
        if source.leaves_nothing_done() {
            self.take_back(seller, kind, before).await?;
        }
        Err(PollError::Order { seller: seller.clone(), report: word(kind), source })
    }

    async fn take_back(
        &self,
        seller: &SellerId,
        kind: Kind,
        before: Option<Instant>,
    ) -> Result<(), PollError> {
        loop {
            let mut checkpoint = Checkpoint::<Ordered>::read(&*self.store, seller, Crawl::Reports).await?;
            let mut place = checkpoint.place.unwrap_or_default();
            *place.at(kind) = before;
            if checkpoint.advance(&*self.store, place, self.clock.now()).await? {
                return Ok(());
            }
        }
    }

    /// Whether the provider makes files by itself. Where nothing is configured there is no schedule.
    async fn is_scheduled(&self, seller: &SellerId, kind: Kind) -> Result<bool, PollError> {
        let reply = match self.ask(seller, &report::config::Get { kind }).await {
            Err(PollError::Client { source, .. }) if is_not_configured(&source) => return Ok(false),
            asked => asked?,
        };
        match serde_json::from_slice::<Schedule>(&reply.body) {
            Ok(Schedule { scheduled }) => Ok(scheduled == Some(true)),
            Err(error) => {
                let (endpoint, line, column) = (reply.endpoint, error.line(), error.column());
                let source = ClientError::Unreadable { endpoint, line, column };
                Err(PollError::Client { seller: seller.clone(), source })
            }
        }
    }
}

/// The two reports say it differently (measured): 404 for releases, 400 for settlements.
fn is_not_configured(error: &ClientError) -> bool {
    match error {
        ClientError::NotFound(_) => true,
        ClientError::Refused(refusal) => refusal.status == 400,
        _ => false,
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Settlement => "settlement",
        Kind::Release => "release",
    }
}
