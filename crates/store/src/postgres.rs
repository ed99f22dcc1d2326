//! The store in PostgreSQL: many processes may write, each through one batching writer for each shard.
//!
//! A transaction takes the lock of its shards first, so positions are in commit order without gaps and readers need
//! no tricks. Holds the connections; the statements are in the modules below it.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use sqlx::Connection;
use sqlx::postgres::PgConnection;

use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, InboxKey, Verdict};
use crate::read::{
    Balance, Cell, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, Snapshot, StoredEntry, StoredEvent,
    StoredMessage,
};
use crate::store::{Store, StoreError, Visit};

pub mod about;
mod address;
mod books;
mod cells;
mod deliveries;
mod group;
mod history;
mod insert;
mod prepared;
mod readers;
mod refusal;
mod schema;
mod writer;

use prepared::Prepared;
use readers::{Readers, read};
use writer::{Door, Ended, Site};

/// How a PostgreSQL store is opened.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Shards of a new store, 1 to 1,024; an existing one must have as many. Each has a writer, a lock and a chain.
    pub shards: u16,
    /// Most connections that read at the same time.
    pub readers: u32,
    /// Most commits in one transaction.
    pub group_most: usize,
    /// Rows after which a transaction takes no further commit.
    pub group_rows: usize,
    /// How long a writer waits for further commits before it writes those it has.
    pub group_wait: Duration,
    /// Commits that may wait for a shard's writer before callers wait for a place.
    pub queue: usize,
    /// How long a lock is waited for: that of a shard while another process writes.
    pub lock_timeout: Duration,
    /// How long one statement may run.
    pub statement_timeout: Duration,
    /// How long the server keeps a transaction whose process fell silent; others wait for its locks.
    pub idle_in_transaction_timeout: Duration,
    /// How long a read may take in all, as this program's clock sees it. Longer than a statement may run: a server that
    /// lives answers first.
    pub read_timeout: Duration,
    /// How long a writer goes on trying while the database is away.
    pub give_up_after: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            shards: 1,
            readers: 4,
            group_most: 500,
            // Two batches of a worker: while they are written, the others are made ready.
            group_rows: 4_000,
            group_wait: Duration::ZERO,
            queue: 1_000,
            lock_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(300),
            idle_in_transaction_timeout: Duration::from_secs(60),
            read_timeout: Duration::from_secs(330),
            give_up_after: Duration::from_secs(10),
        }
    }
}

/// A store in PostgreSQL.
pub struct PostgresStore {
    shards: u16,
    readers: Readers,
    /// Empty when open for reading only.
    writers: Vec<(Door, Ended)>,
}

impl fmt::Debug for PostgresStore {
    /// Without the address, which holds the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("shards", &self.shards).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the store at a `postgres:` URL; creates it when it is missing and migrates its schema. Each shard's
    /// writer gets a thread of its own.
    ///
    /// # Errors
    /// [`StoreError::Address`] for a URL that cannot be used, [`StoreError::NewerSchema`] when a newer program wrote
    /// the store, [`StoreError::ShardsOutOfRange`], [`StoreError::OtherShards`] when it has another number of shards,
    /// [`StoreError::Migration`] and [`StoreError::Database`].
    pub async fn open(url: &str, options: &PostgresOptions) -> Result<Self, StoreError> {
        let address = address::parse(url)?;
        if !(1..=schema::MOST_SHARDS).contains(&options.shards) {
            let most = schema::MOST_SHARDS;
            return Err(StoreError::ShardsOutOfRange { wanted: options.shards, most });
        }
        let session = address::session(options, false);
        let mut conn = address::connect(&address, &session).await?;
        schema::migrate(&mut conn, options.shards).await?;
        conn.close().await?;
        let site = Arc::new(Site { address, session, options: options.clone() });
        let readers = Readers::new(&site);
        let start = |shard| writer::start(Arc::clone(&site), shard).map_err(sqlx::Error::Io);
        let writers = (0..options.shards).map(start).collect::<Result<_, _>>()?;
        Ok(Self { shards: options.shards, readers, writers })
    }

    /// Opens an existing store for reading only, whatever its number of shards.
    ///
    /// # Errors
    /// [`StoreError::Address`], and [`StoreError::NewerSchema`] and [`StoreError::OlderSchema`] when this program
    /// cannot read it as it is; [`StoreError::Database`].
    pub async fn open_read_only(url: &str, options: &PostgresOptions) -> Result<Self, StoreError> {
        let address = address::parse(url)?;
        let session = address::session(options, true);
        let mut conn = address::connect(&address, &session).await?;
        schema::require_current(&mut conn).await?;
        let shards = schema::shards(&mut conn).await?;
        conn.close().await?;
        let readers = Readers::new(&Site { address, session, options: options.clone() });
        Ok(Self { shards, readers, writers: vec![] })
    }

    /// Waits until every commit that was handed in is answered, then closes every connection. A store that is only
    /// dropped answers them too, in the background, as long as the process lives.
    ///
    /// # Errors
    /// [`StoreError::Failed`] when a writer has panicked; everything else is closed.
    pub async fn close(self) -> Result<(), StoreError> {
        let (doors, ends): (Vec<_>, Vec<_>) = self.writers.into_iter().unzip();
        drop(doors);
        let mut ended = Ok(());
        for end in ends {
            ended = ended.and(end.await.map_err(|_| writer::FAILED));
        }
        self.readers.close().await;
        ended
    }

    fn has(&self, shard: u16) -> bool {
        shard < self.shards
    }
}

#[async_trait]
impl Store for PostgresStore {
    fn shards(&self) -> u16 {
        self.shards
    }

    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError> {
        read!(self.readers, conn => load(conn, streams, keys, self.shards))
    }

    async fn answers(&self, notifications: &[InboxKey]) -> Result<HashMap<InboxKey, Verdict>, StoreError> {
        read!(self.readers, conn => deliveries::answers(conn, notifications))
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        if self.writers.is_empty() {
            return Err(StoreError::ReadOnly);
        }
        let shards = self.shards;
        let prepared = tokio::task::spawn_blocking(move || Prepared::new(commit, shards))
            .await
            .map_err(|_| StoreError::Failed { part: "the preparation of commits" })??;
        let (door, _) = &self.writers[usize::from(prepared.home())];
        door.hand_in(prepared).await
    }

    async fn scan(&self, shard: u16, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        if !self.has(shard) {
            return Ok(vec![]);
        }
        read!(self.readers, conn => history::scan(conn, shard, after, limit))
    }

    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        read!(self.readers, conn => history::scan_streams(conn, kind, after, limit, self.shards))
    }

    async fn scan_entries(
        &self,
        shard: u16,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        if !self.has(shard) {
            return Ok(vec![]);
        }
        read!(self.readers, conn => books::scan_entries(conn, shard, after, limit))
    }

    async fn head(&self, shard: u16) -> Result<Head, StoreError> {
        if !self.has(shard) {
            return Ok(Head::EMPTY);
        }
        read!(self.readers, conn => history::head(conn, shard))
    }

    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError> {
        read!(self.readers, conn => books::balances(conn, cut))
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        read!(self.readers, conn => snapshot(conn))
    }

    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError> {
        read!(self.readers, conn => deliveries::counts(conn))
    }

    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError> {
        read!(self.readers, conn => deliveries::list(conn, filter))
    }

    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
        read!(self.readers, conn => deliveries::show(conn, key))
    }

    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError> {
        read!(self.readers, conn => deliveries::body(conn, key))
    }

    async fn purge_bodies(&self, received_before: Instant) -> Result<u64, StoreError> {
        if self.writers.is_empty() {
            return Err(StoreError::ReadOnly);
        }
        read!(self.readers, conn => purge(conn, received_before, self.shards))
    }

    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        read!(self.readers, conn => books::outbox(conn, after, limit))
    }

    async fn sightings(&self, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        let mut told = None;
        read!(self.readers, conn => deliveries::sightings(conn, &mut told, visit))
    }

    async fn cell(&self, name: &str) -> Result<Option<Cell>, StoreError> {
        read!(self.readers, conn => cells::read(conn, name))
    }

    async fn cells(&self, prefix: &str) -> Result<Vec<(Text, Cell)>, StoreError> {
        read!(self.readers, conn => cells::list(conn, prefix))
    }

    async fn put_cell(
        &self,
        name: &str,
        expected: Option<u64>,
        value: &[u8],
        at: Instant,
    ) -> Result<bool, StoreError> {
        if self.writers.is_empty() {
            return Err(StoreError::ReadOnly);
        }
        read!(self.readers, conn => cells::put(conn, name, expected, value, at))
    }
}

async fn load(
    conn: &mut PgConnection,
    streams: &[StreamId],
    keys: &[InboxKey],
    shards: u16,
) -> Result<Loaded, StoreError> {
    let histories = history::load(conn, streams, shards).await?;
    let known = deliveries::known(conn, keys).await?;
    Ok(Loaded { histories, known })
}

async fn snapshot(conn: &mut PgConnection) -> Result<Snapshot, StoreError> {
    let mut tx = conn.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let heads = history::ends(&mut tx).await?;
    let balances = books::projected(&mut tx).await?;
    tx.rollback().await?;
    Ok(Snapshot { heads, balances })
}

async fn purge(conn: &mut PgConnection, received_before: Instant, shards: u16) -> Result<u64, StoreError> {
    let mut tx = conn.begin_with(address::ANY_PLAN).await?;
    lock_all(&mut tx, shards).await?;
    let purged = deliveries::purge(&mut tx, received_before).await?;
    tx.commit().await?;
    Ok(purged)
}

/// A delivery that is being written may rely on a body that is there already: it must be visible before any body
/// is found to be nobody's.
async fn lock_all(conn: &mut PgConnection, shards: u16) -> Result<(), StoreError> {
    let first = schema::first_lock(conn).await?;
    for shard in 0..shards {
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(first + i64::from(shard))
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
