//! Where notifications lie between their receipt and their acknowledgement: the line, the questions under way, and
//! what is handed on when a notification has all it asked for.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use broker::consumer::Receipt;
use domain::ids::SellerId;
use store::inbox::InboxKey;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::aim::{Aim, Target, aim};
use super::ask::{Asker, Away};
use super::health::Health;
use super::line::{Added, Limits, Line, Turn, Wait};
use super::thing::{Cause, Thing};
use super::{FetchError, Fetched, meters};
use crate::item::{Answer, Item};
use crate::look::chain;
use crate::sink::{Sink, SinkError};

/// The longest pause before a question that had no answer is asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Pauses grow no more after so many tries.
const MOST_DOUBLINGS: usize = 10;
/// Deliveries handed on at once: the rows of a report are many.
const CHUNK: usize = 1000;

/// What all desks of a fetcher share.
pub(super) struct Kit {
    pub(super) asker: Asker,
    pub(super) sink: Arc<dyn Sink>,
    pub(super) limits: Limits,
    /// The most notifications that a desk holds.
    pub(super) window: usize,
    /// The first pause before what had no answer is tried again.
    pub(super) pause: Duration,
    pub(super) health: Health,
    pub(super) fetched: Mutex<Fetched>,
}

/// A notification, and what was fetched for it so far.
pub(super) struct Job {
    notice: Item,
    /// Absent when the notification lies in the inbox already.
    receipt: Option<Receipt>,
    round: u32,
    seller: Option<SellerId>,
    ahead: VecDeque<Target>,
    gathered: Vec<Thing>,
}

pub(super) struct Desk {
    kit: Arc<Kit>,
    line: Line<Target, Job>,
    tasks: JoinSet<Result<Done, FetchError>>,
    held: HashSet<InboxKey>,
    /// How many it said that it holds.
    told: usize,
    is_closing: bool,
}

enum Done {
    /// A question was answered, and those that have all they asked for were handed on.
    Answered { seller: SellerId, target: Target, further: Vec<(Target, Wait<Job>)>, finished: Vec<InboxKey> },
    /// A question had no answer.
    Away { turn: Turn<Target, Job>, away: Away },
    /// Notifications were handed on.
    Passed(Vec<InboxKey>),
}

impl Desk {
    pub(super) fn new(kit: Arc<Kit>) -> Self {
        let line = Line::new(kit.limits);
        Self { kit, line, tasks: JoinSet::new(), held: HashSet::new(), told: 0, is_closing: false }
    }

    /// How many more notifications it may hold.
    pub(super) fn room(&self) -> usize {
        self.kit.window.saturating_sub(self.held.len())
    }

    pub(super) fn holds(&self, key: &InboxKey) -> bool {
        self.held.contains(key)
    }

    /// Nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.tasks.is_empty() && self.line.waiting() == 0
    }

    /// Begins nothing more: what is under way is finished, the rest is left to its queue or inbox.
    pub(super) fn close(&mut self) {
        self.is_closing = true;
        self.line.clear();
    }

    /// Takes a notification in; one without a receipt lies in the inbox.
    pub(super) fn take(&mut self, notice: Item, receipt: Option<Receipt>, round: u32) {
        self.held.insert(notice.key.clone());
        self.kit.count(|fetched| fetched.notifications += 1);
        let aim = aim(&notice, &self.kit.asker.sellers);
        let mut job =
            Job { notice, receipt, round, seller: None, ahead: VecDeque::new(), gathered: Vec::new() };
        match aim {
            Ok(Aim::At(seller, target)) => {
                job.seller = Some(seller.clone());
                self.queue(seller, target, Wait { since: Instant::now(), job });
            }
            Ok(Aim::Nowhere(problem)) => {
                job.gathered.push(Thing::nowhere(problem));
                self.pass(vec![job]);
            }
            // Whoever applies it says what is wrong with it; one that is in the inbox must be closed by us.
            Ok(Aim::Nothing) | Err(_) => {
                if job.receipt.is_none() {
                    job.gathered.push(Thing::nowhere("it points at nothing that can be fetched".to_owned()));
                }
                self.pass(vec![job]);
            }
        }
        self.tell();
    }

    /// Waits until something was answered or handed on, or may be asked again. May be dropped at any await.
    ///
    /// # Errors
    /// When what was fetched cannot be handed on for good.
    pub(super) async fn next(&mut self) -> Result<(), FetchError> {
        self.ask();
        let now = Instant::now();
        let wakes_at = self.line.wakes_at(now).unwrap_or(now);
        tokio::select! {
            Some(done) = self.tasks.join_next() => {
                let done = done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
                self.done(done);
                self.tell();
            }
            () = sleep_until(wakes_at), if wakes_at > now => {}
            else => std::future::pending().await,
        }
        Ok(())
    }

    /// Asks as much as may be asked now.
    fn ask(&mut self) {
        while !self.is_closing
            && let Some(turn) = self.line.next(Instant::now())
        {
            self.tasks.spawn(Arc::clone(&self.kit).turn(turn));
        }
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Passed(keys) => self.forget(&keys),
            Done::Answered { seller, target, further, finished } => {
                self.line.answered(&seller, &target);
                self.forget(&finished);
                for (target, wait) in further {
                    self.queue(seller.clone(), target, wait);
                }
            }
            Done::Away { turn, away } => {
                meters::retried();
                let pause = self.kit.pause(turn.tries);
                tracing::warn!(
                    seller = %turn.seller,
                    target = ?turn.target,
                    error = away.why,
                    pause_ms = pause.as_millis(),
                    "the provider is asked again"
                );
                let put_off = self.line.failed(turn, Instant::now(), pause, away.rest);
                self.put_off(put_off);
            }
        }
        if self.is_closing {
            self.line.clear();
        }
    }

    fn queue(&mut self, seller: SellerId, target: Target, wait: Wait<Job>) {
        match self.line.add(seller, target, wait) {
            Added::Alone => {}
            Added::Joined => {
                self.kit.count(|fetched| fetched.coalesced += 1);
                meters::coalesced();
            }
            Added::PutOff(job) => self.put_off(vec![job]),
        }
    }

    /// Leaves notifications open in the inbox, where they are found again.
    fn put_off(&mut self, mut jobs: Vec<Job>) {
        if jobs.is_empty() {
            return;
        }
        tracing::warn!(notifications = jobs.len(), "no answer so far: they stay open in the inbox");
        self.kit.count(|fetched| fetched.put_off += jobs.len() as u64);
        meters::put_off(jobs.len());
        jobs.iter_mut().for_each(|job| job.gathered.clear());
        self.pass(jobs);
    }

    fn pass(&mut self, jobs: Vec<Job>) {
        let kit = Arc::clone(&self.kit);
        self.tasks.spawn(async move { kit.finish(jobs).await.map(Done::Passed) });
    }

    fn forget(&mut self, keys: &[InboxKey]) {
        for key in keys {
            self.held.remove(key);
        }
    }

    fn tell(&mut self) {
        self.kit.health.hold(self.told, self.held.len());
        self.told = self.held.len();
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.held.clear();
        self.tell();
    }
}

impl Kit {
    pub(super) fn count(&self, count: impl FnOnce(&mut Fetched)) {
        count(&mut self.fetched.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn turn(self: Arc<Self>, turn: Turn<Target, Job>) -> Result<Done, FetchError> {
        self.count(|fetched| fetched.questions += 1);
        let got = match self.asker.ask(&turn.seller, &turn.target).await {
            Ok(got) => got,
            Err(away) => return Ok(Done::Away { turn, away }),
        };
        for thing in &got.things {
            let answer = thing.as_answer();
            meters::answered(answer);
            self.count(|fetched| fetched.not_found += u64::from(answer == Some(Answer::NotFound)));
        }
        self.hand_on(got.rows).await?;
        let (mut further, mut finished) = (Vec::new(), Vec::new());
        for Wait { since, mut job } in turn.waits {
            job.gathered.extend(got.things.iter().cloned());
            job.ahead.extend(got.leads.iter().cloned());
            match job.ahead.pop_front() {
                Some(target) => further.push((target, Wait { since, job })),
                None => finished.push(job),
            }
        }
        let finished = self.finish(finished).await?;
        Ok(Done::Answered { seller: turn.seller, target: turn.target, further, finished })
    }

    /// Hands on what jobs have, and acknowledges them when all of it is durable.
    async fn finish(&self, jobs: Vec<Job>) -> Result<Vec<InboxKey>, FetchError> {
        self.hand_on(jobs.iter().flat_map(|job| self.items(job)).collect()).await?;
        let now = self.asker.clock.now();
        let mut finished = Vec::with_capacity(jobs.len());
        for Job { notice, receipt, .. } in jobs {
            if let Some(receipt) = receipt
                && let Err(error) = receipt.ack().await
            {
                tracing::debug!(error = %error, "a notification comes again: it could not be acknowledged");
            }
            meters::lag((now - notice.received_at).to_std().unwrap_or(Duration::ZERO));
            finished.push(notice.key);
        }
        Ok(finished)
    }

    /// The notification, unless it is in the inbox, and what was fetched for it.
    fn items(&self, job: &Job) -> Vec<Item> {
        let seller = job.seller.as_ref();
        let configured = seller.and_then(|seller| self.asker.sellers.site(seller.as_str()));
        let site = job.notice.site.as_deref().or(configured);
        let cause = Cause { notice: &job.notice, round: job.round, seller, site, at: self.asker.clock.now() };
        let has_more = job.gathered.len() > 1;
        let things = job.gathered.iter().map(|thing| {
            let mut item = thing.item(cause);
            // What it led to says more than that it led somewhere.
            if has_more && thing.as_answer() == Some(Answer::Leads) {
                item.caused_by = None;
            }
            item
        });
        job.receipt.iter().map(|_| job.notice.clone()).chain(things).collect()
    }

    /// Hands deliveries on, for as long as that takes: nothing else can be done with them.
    async fn hand_on(&self, mut items: Vec<Item>) -> Result<(), SinkError> {
        while !items.is_empty() {
            let rest = items.split_off(items.len().min(CHUNK));
            let mut tries = 0;
            loop {
                let error = match self.sink.hand_on(items.clone()).await {
                    Ok(()) => break,
                    Err(error) if error.is_transient() => error,
                    Err(error) => return Err(error),
                };
                let pause = self.pause(tries);
                tries += 1;
                metrics::counter!("conciliar_retries_total", "why" => "sink").increment(1);
                tracing::warn!(
                    error = chain(&error),
                    pause_ms = pause.as_millis(),
                    "what was fetched is handed on again"
                );
                sleep(pause).await;
            }
            items = rest;
        }
        Ok(())
    }

    /// The pause after so many tries, with a part of it left to chance.
    fn pause(&self, tries: u32) -> Duration {
        let growing = ExponentialBuilder::new().with_jitter().with_min_delay(self.pause);
        let growing = growing.with_max_delay(LONGEST_PAUSE).without_max_times();
        let nth = usize::try_from(tries).unwrap_or(usize::MAX).min(MOST_DOUBLINGS);
        growing.build().nth(nth).unwrap_or(LONGEST_PAUSE)
    }
}
