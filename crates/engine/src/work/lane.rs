//! One queue on its way into the store: received, read, committed, and only then acknowledged.
//!
//! While one batch commits, the next ones are received and read, up to a bound: a slow store slows the broker down.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use broker::connection::Broker;
use broker::consumer::{Batch, Consumer};
use broker::error::BrokerError;
use broker::message::Message;
use store::inbox::Verdict;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::session::Kit;
use super::{WorkError, meters};
use crate::envelope::unpack;
use crate::error::EngineError;
use crate::ingest::{Ingester, Tally};
use crate::item::Item;
use crate::look::Looked;

/// Bytes of bodies under way in one lane at which it receives no more, 64 MiB: the broker counts messages alone, and
/// a few thousand large files at once, read and decoded, are more than the memory of a small machine. One batch is
/// always received, however large.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Where a lane takes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    /// A shard's queue.
    Shard(u16),
    /// What the broker itself gave up.
    Parked,
}

/// What a lane and its keeper tell each other.
#[derive(Default, Debug)]
pub(super) struct Sign {
    /// Batches received since the keeper looked.
    pub(super) fed: AtomicU64,
    /// The keeper asks to hand the shard on.
    pub(super) hand_on: Notify,
}

pub(super) struct Lane {
    pub(super) source: Source,
    pub(super) broker: Broker,
    pub(super) kit: Arc<Kit>,
    pub(super) sign: Arc<Sign>,
    pub(super) stop: CancellationToken,
}

type Reading = JoinHandle<Vec<(Item, Looked)>>;
type Committing = AbortOnDropHandle<Result<(), EngineError>>;

/// A batch whose messages are being read.
struct Received {
    batch: Batch,
    /// Of the bodies.
    bytes: usize,
}

/// Batches between their receipt and their acknowledgement, oldest first.
#[derive(Default)]
struct UnderWay {
    received: VecDeque<Received>,
    readings: VecDeque<Reading>,
    committing: Option<Committing>,
}

impl Lane {
    /// Takes until it is stopped; a shard that is handed on is subscribed to again.
    pub(super) async fn run(self) -> Result<(), WorkError> {
        while !self.stop.is_cancelled() {
            let consumer = self.subscribe().await?;
            self.sign.fed.store(0, Ordering::Relaxed);
            self.serve(consumer).await?;
        }
        Ok(())
    }

    async fn subscribe(&self) -> Result<Consumer, BrokerError> {
        let prefetch = self.kit.work.prefetch();
        match self.source {
            Source::Shard(shard) => self.broker.shard(shard, prefetch).await,
            Source::Parked => self.broker.parked(prefetch).await,
        }
    }

    async fn serve(&self, mut consumer: Consumer) -> Result<(), WorkError> {
        let (batch, wait, ahead) = (self.kit.work.batch, self.kit.work.wait(), self.kit.work.ahead);
        let mut under_way = UnderWay::default();
        let mut is_closing = false;
        while !is_closing || !under_way.received.is_empty() {
            tokio::select! {
                biased;
                ended = under_way.committed() => {
                    ended?;
                    let committed = under_way.received.pop_front().expect("what commits was received");
                    under_way.start_next(&self.kit);
                    consumer.ack(&committed.batch).await?;
                }
                () = self.stop.cancelled(), if !is_closing => is_closing = true,
                () = self.sign.hand_on.notified(), if !is_closing => is_closing = true,
                received = consumer.batch(batch, wait), if !is_closing && under_way.has_room(ahead) => {
                    let mut batch = received?;
                    self.sign.fed.fetch_add(1, Ordering::Relaxed);
                    meters::redelivered(batch.redelivered);
                    let messages = std::mem::take(&mut batch.messages);
                    let bytes = messages.iter().map(|message| message.body.len()).sum();
                    under_way.readings.push_back(self.read(messages));
                    under_way.received.push_back(Received { batch, bytes });
                    under_way.start_next(&self.kit);
                }
            }
        }
        Ok(consumer.close().await?)
    }

    /// Reads off the runtime's threads: hundreds of bodies take milliseconds.
    fn read(&self, messages: Vec<Message>) -> Reading {
        let (kit, source) = (Arc::clone(&self.kit), self.source);
        tokio::task::spawn_blocking(move || {
            let now = kit.clock.now();
            match source {
                Source::Shard(_) => {
                    let items = messages.into_iter().map(|message| unpack(message, now)).collect();
                    Ingester::look(&kit.config, items)
                }
                Source::Parked => messages.into_iter().map(|message| parked(message, &kit)).collect(),
            }
        })
    }
}

impl UnderWay {
    fn has_room(&self, ahead: usize) -> bool {
        let bytes: usize = self.received.iter().map(|received| received.bytes).sum();
        self.received.len() < ahead && bytes < MOST_BYTES
    }

    fn start_next(&mut self, kit: &Arc<Kit>) {
        if self.committing.is_none()
            && let Some(reading) = self.readings.pop_front()
        {
            let committing = tokio::spawn(commit(Arc::clone(kit), reading));
            self.committing = Some(AbortOnDropHandle::new(committing));
        }
    }

    /// The end of the commit that runs; never, when none does.
    async fn committed(&mut self) -> Result<(), EngineError> {
        let Some(committing) = &mut self.committing else { return std::future::pending().await };
        let ended = joined(committing.await);
        self.committing = None;
        ended
    }
}

async fn commit(kit: Arc<Kit>, reading: Reading) -> Result<(), EngineError> {
    let batch = joined(reading.await);
    let received = batch.iter().map(|(item, _)| item.received_at).min();
    let started = Instant::now();
    let mut taken = Tally::default();
    let ended = kit.ingester.take(&batch, &mut taken).await;
    let age = received.and_then(|at| (kit.clock.now() - at).to_std().ok()).unwrap_or(Duration::ZERO);
    meters::batch(&taken, started.elapsed(), age);
    kit.count(&taken);
    if ended.is_ok() {
        kit.health.store(true);
    }
    ended
}

/// A panic of a task of ours goes on in the one that waits for it.
pub(super) fn joined<T>(ended: Result<T, JoinError>) -> T {
    match ended {
        Ok(value) => value,
        Err(error) => resume_unwind(error.into_panic()),
    }
}

/// A message that the broker gave up: kept with its body and the broker's reason, and not tried by itself.
fn parked(message: Message, kit: &Kit) -> (Item, Looked) {
    let told = |name: &str| message.headers.get(name).map_or("unknown", String::as_str).to_owned();
    let (reason, queue) = (told("x-first-death-reason"), told("x-first-death-queue"));
    let item = unpack(message, kit.clock.now());
    let mut detail = format!("the broker gave it up in queue `{queue}`, reason `{reason}`; retry it");
    if let Some(problem) = &item.problem {
        detail = format!("{detail}; {problem}");
    }
    let verdict = Verdict::Refused { reason: "parked".into(), detail: detail.into() };
    let seller = item.seller.as_deref().map(domain::ids::SellerId::from);
    (item, Looked::settled(seller, verdict))
}
