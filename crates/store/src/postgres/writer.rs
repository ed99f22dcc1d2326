//! The batching writer of a shard: commits that wait together are written in one transaction.
//!
//! One thread with one connection of its own: among the runtime's tasks it would wait for threads that plan other
//! commits, with a transaction open. Holds no commit back for long, gives every one its own answer, and never writes
//! one again whose fate it does not know.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::group::{self, Answer, Failed, Place};
use super::prepared::Prepared;
use super::{PostgresOptions, address, refusal, schema};
use crate::store::StoreError;

/// First pause before a database that did not answer is tried again; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often a commit is looked at again because another shard's writer took one of its keys.
const RACES: u32 = 8;

/// What whoever waits for a writer that panicked is answered.
pub(super) const FAILED: StoreError = StoreError::Failed { part: "the writer of a shard" };

/// A commit and whoever waits for it.
#[derive(Debug)]
pub(super) struct Job {
    prepared: Box<Prepared>,
    answer: oneshot::Sender<Answer>,
}

/// Where the commits of a shard are handed in.
#[derive(Debug)]
pub(super) struct Door(mpsc::Sender<Job>);

/// What the writers of a store share.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) address: PgConnectOptions,
    pub(super) session: String,
    pub(super) options: PostgresOptions,
}

struct Writer {
    site: Arc<Site>,
    shard: u16,
    /// With the key of the lock of shard 0; `None` until it is needed, and after it broke.
    link: Option<(PgConnection, i64)>,
}

/// Tells that a writer has ended; closed without a word when it panicked.
pub(super) type Ended = oneshot::Receiver<()>;

/// Starts the writer of a shard. It ends when the door is dropped and all that was handed in is answered.
///
/// # Errors
/// When the system gives no thread.
pub(super) fn start(site: Arc<Site>, shard: u16) -> std::io::Result<(Door, Ended)> {
    let (door, queue) = mpsc::channel(site.options.queue.max(1));
    let writer = Writer { site, shard, link: None };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (end, ended) = oneshot::channel();
    thread::Builder::new().name(format!("writer-{shard}")).spawn(move || {
        runtime.block_on(writer.serve(queue));
        // Nobody waits for the end of a store that was only dropped.
        let _gone = end.send(());
    })?;
    Ok((Door(door), ended))
}

/// What is left of a writer that panicked.
#[cfg(test)]
pub(super) fn panicked() -> (Door, Ended) {
    let (door, _) = mpsc::channel(1);
    let (_, ended) = oneshot::channel();
    (Door(door), ended)
}

impl Door {
    /// Waits for a place in the queue, then for the answer. A caller that does not wait for the answer may have its
    /// commit written nevertheless.
    pub(super) async fn hand_in(&self, prepared: Prepared) -> Answer {
        let (answer, answered) = oneshot::channel();
        let job = Job { prepared: Box::new(prepared), answer };
        self.0.send(job).await.map_err(|_| FAILED)?;
        answered.await.map_err(|_| FAILED)?
    }
}

impl Writer {
    async fn serve(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.recv().await {
            let group = self.gather(first, &mut queue).await;
            self.settle(group).await;
        }
        if let Some((conn, _)) = self.link {
            // The server forgets a connection that only drops just as well.
            let _closed = conn.close().await;
        }
    }

    /// Takes what waits, and what comes in the next moment, up to the bounds of a group.
    async fn gather(&self, first: Job, queue: &mut mpsc::Receiver<Job>) -> Vec<Job> {
        let options = &self.site.options;
        let until = Instant::now() + options.group_wait;
        let mut rows = first.prepared.rows();
        let mut group = vec![first];
        while group.len() < options.group_most && rows < options.group_rows {
            let next = match queue.try_recv() {
                Ok(job) => job,
                Err(_) if options.group_wait.is_zero() => break,
                Err(_) => match timeout_at(until, queue.recv()).await {
                    Ok(Some(job)) => job,
                    Ok(None) | Err(_) => break,
                },
            };
            rows += next.prepared.rows();
            group.push(next);
        }
        group
    }

    /// Writes a group and answers everybody in it. A group that is refused for what one commit holds is written again
    /// commit by commit, so that only the one at fault gets the error.
    async fn settle(&mut self, mut group: Vec<Job>) {
        group.retain(|job| !job.answer.is_closed());
        if group.is_empty() {
            return;
        }
        let (mut commits, waiting): (Vec<_>, Vec<_>) =
            group.into_iter().map(|job| (job.prepared, job.answer)).unzip();
        // Whoever has stopped waiting for an answer reads it from the store.
        match self.write(&mut commits).await {
            Ok(answers) => {
                for (waiting, answer) in waiting.into_iter().zip(answers) {
                    let _gone = waiting.send(answer);
                }
            }
            Err(Failed { error: StoreError::Database(error), in_doubt, .. })
                if in_doubt || !refusal::is_of_one(&StoreError::Database(Arc::clone(&error))) =>
            {
                for waiting in waiting {
                    let _gone = waiting.send(Err(StoreError::Database(Arc::clone(&error))));
                }
            }
            Err(_) => {
                for (waiting, commit) in waiting.into_iter().zip(commits) {
                    let answer = self.write_alone(commit).await;
                    let _gone = waiting.send(answer);
                }
            }
        }
    }

    async fn write_alone(&mut self, commit: Box<Prepared>) -> Answer {
        let mut alone = [commit];
        let mut races = 0;
        loop {
            let error = match self.write(&mut alone).await {
                Ok(mut answers) => return answers.pop().expect("one commit has one answer"),
                Err(Failed { error, in_doubt: true, .. }) => return Err(error),
                Err(Failed { error, .. }) => error,
            };
            let Some((conn, _)) = &mut self.link else { return Err(error) };
            races += 1;
            if races == RACES {
                return Err(error);
            }
            if let Some(named) = refusal::named(conn, &alone[0], error).await {
                return Err(named);
            }
        }
    }

    /// Writes commits together; tries again while the database is away, as long as they surely are not written.
    async fn write(&mut self, commits: &mut [Box<Prepared>]) -> Result<Vec<Answer>, Failed> {
        let until = Instant::now() + self.site.options.give_up_after;
        let mut tried = 0;
        loop {
            let failed = match self.try_to_write(commits).await {
                Ok(answers) => return Ok(answers),
                Err(failed) => failed,
            };
            let may_pass = failed.error.is_transient();
            if may_pass || !failed.sound {
                self.link = None;
            }
            let pause = self.pause(tried);
            if !may_pass || failed.in_doubt || Instant::now() + pause > until {
                return Err(failed);
            }
            sleep(pause).await;
            tried += 1;
        }
    }

    async fn try_to_write(&mut self, commits: &mut [Box<Prepared>]) -> Result<Vec<Answer>, Failed> {
        let options = &self.site.options;
        let patience = options.lock_timeout + options.statement_timeout;
        if self.link.is_none() {
            let connected = connect(&self.site).await;
            let failed = |error: sqlx::Error| Failed { error: error.into(), in_doubt: false, sound: false };
            self.link = Some(connected.map_err(failed)?);
        }
        let (conn, first_lock) = self.link.as_mut().expect("it was connected just now");
        let mut place = Place { conn, first_lock: *first_lock, shards: options.shards };
        match timeout(patience, group::run(&mut place, commits)).await {
            Ok(ended) => ended,
            // A server that vanished: whether it wrote the group is not known.
            Err(_) => Err(Failed { error: silent().into(), in_doubt: true, sound: false }),
        }
    }

    /// Between a half and the whole of a doubling time; the writers of a store do not come back together.
    fn pause(&self, tried: u32) -> Duration {
        let whole = FIRST_PAUSE.saturating_mul(1 << tried.min(16)).min(LONGEST_PAUSE);
        let seed = [std::process::id(), u32::from(self.shard), tried];
        let scattered = seed.iter().fold(0_u32, |sum, part| (sum ^ part).wrapping_mul(0x9e37_79b1));
        whole / 2 + whole / 2 * (scattered >> 24) / 256
    }
}

async fn connect(site: &Site) -> Result<(PgConnection, i64), sqlx::Error> {
    let mut conn = address::connect(&site.address, &site.session).await?;
    let first_lock = schema::first_lock(&mut conn).await?;
    Ok((conn, first_lock))
}

/// The error of a server that says nothing.
pub(super) fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
