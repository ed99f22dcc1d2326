//! The store in PostgreSQL: many processes may write, each through one batching writer for each shard.
//!
//! A transaction takes the lock of its shards first, so positions are in commit order without gaps and readers need
//! no tricks. Holds the connections; the statements are in the modules below it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor};
use tokio::task::JoinHandle;

use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, InboxKey};
use crate::read::{
    Balance, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, StoredEntry, StoredEvent, StoredMessage,
};
use crate::store::{Store, StoreError};

mod address;
mod books;
mod deliveries;
mod group;
mod history;
mod insert;
mod prepared;
mod schema;
mod writer;

use prepared::Prepared;
use writer::{Door, Site};

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
    /// How long a writer goes on trying while the database is away, pauses added up.
    pub give_up_after: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            shards: 1,
            readers: 4,
            group_most: 500,
            group_rows: 10_000,
            group_wait: Duration::ZERO,
            queue: 1_000,
            lock_timeout: Duration::from_secs(30),
            statement_timeout: Duration::from_secs(300),
            idle_in_transaction_timeout: Duration::from_secs(60),
            give_up_after: Duration::from_secs(10),
        }
    }
}

/// A store in PostgreSQL.
pub struct PostgresStore {
    shards: u16,
    readers: PgPool,
    /// Empty when open for reading only.
    writers: Vec<(Door, JoinHandle<()>)>,
}

impl fmt::Debug for PostgresStore {
    /// Without the address, which holds the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("shards", &self.shards).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Opens the store at a `postgres:` URL; creates it when it is missing and migrates its schema. Must be called
    /// inside a Tokio runtime, which runs the writers.
    ///
    /// # Errors
    /// [`StoreError::Address`] for a URL that cannot be used, [`StoreError::NewerSchema`] when a newer program wrote
    /// the store, [`StoreError::OtherShards`] when it has another number of shards, [`StoreError::Migration`] and
    /// [`StoreError::Database`].
    pub async fn open(url: &str, options: &PostgresOptions) -> Result<Self, StoreError> {
        let address = address::parse(url)?;
        if !(1..=schema::MOST_SHARDS).contains(&options.shards) {
            return Err(StoreError::Unstorable { what: "a store has 1 to 1,024 shards" });
        }
        let session = address::session(options, false);
        let mut conn = address::connect(&address, &session).await?;
        schema::migrate(&mut conn, options.shards).await?;
        conn.close().await?;
        let site = Arc::new(Site { address, session, options: options.clone() });
        let readers = readers(&site);
        let writers = (0..options.shards).map(|shard| writer::start(Arc::clone(&site), shard)).collect();
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
        let readers = readers(&Site { address, session, options: options.clone() });
        Ok(Self { shards, readers, writers: vec![] })
    }

    /// Waits until every commit that was handed in is answered, then closes every connection.
    ///
    /// # Errors
    /// None today; other stores have some.
    pub async fn close(self) -> Result<(), StoreError> {
        let (doors, tasks): (Vec<_>, Vec<_>) = self.writers.into_iter().unzip();
        drop(doors);
        for task in tasks {
            task.await.expect("a writer does not panic and is not aborted");
        }
        self.readers.close().await;
        Ok(())
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
        let mut reader = self.readers.acquire().await?;
        let histories = history::load(&mut reader, streams, self.shards).await?;
        let known = deliveries::known(&mut reader, keys).await?;
        Ok(Loaded { histories, known })
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        if self.writers.is_empty() {
            return Err(StoreError::ReadOnly);
        }
        let shards = self.shards;
        let prepared = tokio::task::spawn_blocking(move || Prepared::new(commit, shards))
            .await
            .expect("preparing a commit does not panic and is not aborted")?;
        let (door, _) = &self.writers[usize::from(prepared.home())];
        door.hand_in(prepared).await
    }

    async fn scan(&self, shard: u16, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        if !self.has(shard) {
            return Ok(vec![]);
        }
        history::scan(&mut *self.readers.acquire().await?, shard, after, limit).await
    }

    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        history::scan_streams(&mut *self.readers.acquire().await?, kind, after, limit, self.shards).await
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
        books::scan_entries(&mut *self.readers.acquire().await?, shard, after, limit).await
    }

    async fn head(&self, shard: u16) -> Result<Head, StoreError> {
        if !self.has(shard) {
            return Ok(Head::EMPTY);
        }
        history::head(&mut *self.readers.acquire().await?, shard).await
    }

    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError> {
        books::balances(&mut *self.readers.acquire().await?, cut).await
    }

    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError> {
        deliveries::counts(&mut *self.readers.acquire().await?).await
    }

    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError> {
        deliveries::list(&mut *self.readers.acquire().await?, filter).await
    }

    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
        deliveries::show(&mut *self.readers.acquire().await?, key).await
    }

    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError> {
        deliveries::body(&mut *self.readers.acquire().await?, key).await
    }

    async fn purge_bodies(&self, received_before: Instant) -> Result<u64, StoreError> {
        if self.writers.is_empty() {
            return Err(StoreError::ReadOnly);
        }
        let mut reader = self.readers.acquire().await?;
        let mut tx = reader.begin().await?;
        lock_all(&mut tx, self.shards).await?;
        let purged = deliveries::purge(&mut tx, received_before).await?;
        tx.commit().await?;
        Ok(purged)
    }

    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        books::outbox(&mut *self.readers.acquire().await?, after, limit).await
    }
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

fn readers(site: &Site) -> PgPool {
    let session = site.session.clone();
    PgPoolOptions::new()
        .max_connections(site.options.readers.max(1))
        // A connection that broke answers a transient error once; asking it first would double every small read.
        .test_before_acquire(false)
        .after_connect(move |conn, _| {
            let session = session.clone();
            Box::pin(async move { conn.execute(sqlx::raw_sql(AssertSqlSafe(session))).await.map(|_| ()) })
        })
        .connect_lazy_with(site.address.clone())
}

#[cfg(test)]
mod tests;
