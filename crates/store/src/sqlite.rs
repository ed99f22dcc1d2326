//! The store in one SQLite file: one writer, many readers, nothing to install.
//!
//! WAL with full synchronisation: an answered commit survives a power cut. Holds the connections; the statements
//! are in the modules below it.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use crate::chain::ONLY_SHARD;
use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, InboxKey, Verdict};
use crate::read::{
    Balance, Cell, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, Snapshot, StoredEntry, StoredEvent,
    StoredMessage,
};
use crate::store::{Store, StoreError, Visit};

mod books;
mod cells;
mod deliveries;
mod history;
mod insert;
mod outbox;
mod schema;
mod write;

/// Rows that a connection's thread may read ahead: it should not stop to wait for whoever takes them.
const ROW_BUFFER: usize = 4_096;

/// How often, and after which pause, a file is tried that another process is opening too.
const OPENING_TRIES: u32 = 40;
const OPENING_PAUSE: Duration = Duration::from_millis(25);

/// How a SQLite store is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Most connections that read at the same time.
    pub readers: u32,
    /// How long a writer waits for the writer of another process.
    pub busy_timeout: Duration,
    /// Page cache of the writer, KiB; each reader has an eighth of it.
    pub cache_kib: u32,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 4, busy_timeout: Duration::from_secs(10), cache_kib: 128 * 1024 }
    }
}

/// A store in one SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    /// `None` when open for reading only.
    writer: Option<Mutex<SqliteConnection>>,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the store at a path or a `sqlite:` URL; creates it when it is missing and migrates its schema.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] when a newer program wrote it, [`StoreError::NotAFile`] for databases in memory,
    /// [`StoreError::Migration`] and [`StoreError::Database`].
    pub async fn open(path_or_url: &str, options: &SqliteOptions) -> Result<Self, StoreError> {
        let file = file(path_or_url)?.busy_timeout(options.busy_timeout);
        let mut tries = 1;
        let writer = loop {
            match writer(&file, options).await {
                Err(error) if tries < OPENING_TRIES && schema::may_pass(&error) => tries += 1,
                opened => break opened?,
            }
            tokio::time::sleep(OPENING_PAUSE).await;
        };
        let readers = readers(file, options);
        Ok(Self { writer: Some(Mutex::new(writer)), readers })
    }

    /// Opens an existing store for reading only.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] and [`StoreError::OlderSchema`] when this program cannot read it as it is;
    /// [`StoreError::Database`] when there is no such file.
    pub async fn open_read_only(path_or_url: &str, options: &SqliteOptions) -> Result<Self, StoreError> {
        let file = file(path_or_url)?.busy_timeout(options.busy_timeout);
        let readers = readers(file, options);
        schema::require_current(&mut *readers.acquire().await?).await?;
        Ok(Self { writer: None, readers })
    }

    /// Waits for running calls, then closes every connection, which folds the log into the file.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await;
        if let Some(writer) = self.writer {
            writer.into_inner().close().await?;
        }
        Ok(())
    }

    fn writer(&self) -> Result<&Mutex<SqliteConnection>, StoreError> {
        self.writer.as_ref().ok_or(StoreError::ReadOnly)
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn shards(&self) -> u16 {
        1
    }

    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError> {
        let mut reader = self.readers.acquire().await?;
        let histories = history::load(&mut reader, streams).await?;
        let known = deliveries::known(&mut reader, keys).await?;
        Ok(Loaded { histories, known })
    }

    async fn answers(&self, notifications: &[InboxKey]) -> Result<HashMap<InboxKey, Verdict>, StoreError> {
        deliveries::answers(&mut *self.readers.acquire().await?, notifications).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let writer = self.writer()?;
        let prepared = tokio::task::spawn_blocking(move || write::Prepared::new(commit))
            .await
            .map_err(|_| StoreError::Failed { part: "the preparation of commits" })??;
        write::commit(&mut *writer.lock().await, prepared).await
    }

    async fn scan(&self, shard: u16, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        if shard != ONLY_SHARD {
            return Ok(vec![]);
        }
        history::scan(&mut *self.readers.acquire().await?, after, limit).await
    }

    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        history::scan_streams(&mut *self.readers.acquire().await?, kind, after, limit).await
    }

    async fn scan_entries(
        &self,
        shard: u16,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        if shard != ONLY_SHARD {
            return Ok(vec![]);
        }
        books::scan_entries(&mut *self.readers.acquire().await?, after, limit).await
    }

    async fn head(&self, shard: u16) -> Result<Head, StoreError> {
        if shard != ONLY_SHARD {
            return Ok(Head::EMPTY);
        }
        history::head(&mut *self.readers.acquire().await?).await
    }

    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError> {
        books::balances(&mut *self.readers.acquire().await?, cut).await
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let mut reader = self.readers.acquire().await?;
        // Its first read decides what all of it sees.
        let mut tx = reader.begin().await?;
        let heads = vec![history::end(&mut tx).await?];
        let balances = books::balances(&mut tx, Cut::default()).await?;
        tx.rollback().await?;
        Ok(Snapshot { heads, balances })
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
        let writer = self.writer()?;
        deliveries::purge(&mut *writer.lock().await, received_before).await
    }

    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        outbox::read(&mut *self.readers.acquire().await?, after, limit).await
    }

    async fn sightings(&self, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        deliveries::sightings(&mut *self.readers.acquire().await?, visit).await
    }

    async fn cell(&self, name: &str) -> Result<Option<Cell>, StoreError> {
        cells::read(&mut *self.readers.acquire().await?, name).await
    }

    async fn cells(&self, prefix: &str) -> Result<Vec<(Text, Cell)>, StoreError> {
        cells::list(&mut *self.readers.acquire().await?, prefix).await
    }

    async fn put_cell(
        &self,
        name: &str,
        expected: Option<u64>,
        value: &[u8],
        at: Instant,
    ) -> Result<bool, StoreError> {
        let writer = self.writer()?;
        cells::put(&mut *writer.lock().await, name, expected, value, at).await
    }
}

fn file(path_or_url: &str) -> Result<SqliteConnectOptions, StoreError> {
    if path_or_url.contains(":memory:") || path_or_url.contains("mode=memory") {
        return Err(StoreError::NotAFile { path: path_or_url.to_owned() });
    }
    let options = if path_or_url.starts_with("sqlite:") {
        SqliteConnectOptions::from_str(path_or_url)?
    } else {
        SqliteConnectOptions::new().filename(path_or_url)
    };
    Ok(options.disable_statement_logging())
}

/// Connects the writer and migrates the schema. Another process that does the same at this moment makes it fail:
/// SQLite does not wait for the change to WAL, and its migrations take no lock.
async fn writer(
    file: &SqliteConnectOptions,
    options: &SqliteOptions,
) -> Result<SqliteConnection, StoreError> {
    let mut writer = file
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // Every statement of a commit has one text for each power of two of rows.
        .statement_cache_capacity(256)
        .row_buffer_size(ROW_BUFFER)
        .pragma("cache_size", cache_size(options.cache_kib))
        // 64 MiB of log between checkpoints: pages that many commits touch are copied once.
        .pragma("wal_autocheckpoint", "16384")
        .pragma("temp_store", "memory")
        .connect()
        .await?;
    schema::migrate(&mut writer).await?;
    Ok(writer)
}

fn readers(file: SqliteConnectOptions, options: &SqliteOptions) -> SqlitePool {
    let file = file
        .read_only(true)
        .row_buffer_size(ROW_BUFFER)
        .pragma("cache_size", cache_size(options.cache_kib / 8));
    SqlitePoolOptions::new()
        .max_connections(options.readers.max(1))
        // A local file does not hang up; asking it first would cost as much as a small query.
        .test_before_acquire(false)
        .connect_lazy_with(file)
}

/// SQLite reads a negative number as KiB.
fn cache_size(kib: u32) -> String {
    format!("-{kib}")
}

#[cfg(test)]
mod tests;
