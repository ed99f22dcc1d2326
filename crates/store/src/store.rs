//! The trait every database implements, and the contract in its words.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use ledger::account::Account;
use ledger::journal::EntryId;

use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, InboxKey, Verdict};
use crate::read::{
    Balance, Cell, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, Sighting, Snapshot, StoredEntry,
    StoredEvent, StoredMessage,
};

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or broke; see [`StoreError::is_transient`].
    #[error("the database did not answer")]
    Database(#[source] Arc<sqlx::Error>),
    /// The schema could not be brought up to date.
    #[error("the database schema could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A newer program wrote this store.
    #[error("the database has schema version {found}, this program knows versions up to {known}")]
    NewerSchema {
        /// Version of the database.
        found: i64,
        /// Newest version of this program.
        known: i64,
    },
    /// The store must be migrated before it can be read, and it was opened for reading only.
    #[error("the database has schema version {found} and must be migrated to version {known} first")]
    OlderSchema {
        /// Version of the database; 0 when it holds no store.
        found: i64,
        /// Newest version of this program.
        known: i64,
    },
    /// The store was made with another number of shards, which cannot change.
    #[error("the store has {found} shards, not {wanted}: the number is fixed when a store is made")]
    OtherShards {
        /// Of the store.
        found: u16,
        /// As configured.
        wanted: u16,
    },
    /// No store has so many shards.
    #[error("a store has 1 to {most} shards, not {wanted}")]
    ShardsOutOfRange {
        /// As configured.
        wanted: u16,
        /// Most that a store can have.
        most: u16,
    },
    /// The address of the database cannot be used.
    #[error("the address of the database cannot be used: {why}")]
    Address {
        /// What is wrong with it, and what to write. Never holds a part of the address: it may be the password.
        why: &'static str,
    },
    /// A database that lives in memory has no second connection to read from.
    #[error("`{path}` is not a file")]
    NotAFile {
        /// As it was given.
        path: String,
    },
    /// The store was opened for reading only.
    #[error("the store is open for reading only")]
    ReadOnly,
    /// What is stored cannot be what was written.
    #[error("corrupt at position {position}: {what}")]
    Corrupt {
        /// Where: of the event, or of the delivery's arrival for the inbox.
        position: u64,
        /// What is wrong there.
        what: &'static str,
    },
    /// The stream has an entry with this id already: its cause was booked twice.
    #[error("entry {} is posted already", .id.0)]
    RepeatedEntry {
        /// Whose id.
        id: EntryId,
    },
    /// The outbox has a message under this key already: its cause was answered twice.
    #[error("message {key} is in the outbox already")]
    RepeatedMessage {
        /// Its key.
        key: Text,
    },
    /// A verdict names a delivery that is not in the inbox.
    #[error("delivery {key} is not in the inbox")]
    UnknownDelivery {
        /// Its key.
        key: InboxKey,
    },
    /// A balance would leave the range of 64-bit minor units.
    #[error("the balance of account {} in {currency} of seller {seller} is out of range", .account.code())]
    Overflow {
        /// Account.
        account: Account,
        /// Currency.
        currency: Currency,
        /// Seller.
        seller: Text,
    },
    /// A part of this program panicked, and stays away until the store is opened again.
    #[error("{part} of this program has failed")]
    Failed {
        /// Which part.
        part: &'static str,
    },
    /// A value cannot be kept as it is.
    #[error("cannot be stored: {what}")]
    Unstorable {
        /// What is wrong with it.
        what: &'static str,
    },
}

impl StoreError {
    /// Whether the same call may succeed later: the database was busy or away.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let Self::Database(error) = self else { return false };
        match &**error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(refused) => {
                let code = refused.code().unwrap_or_default();
                match refused.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    Some(_) => postgres_may_pass(&code),
                    None => sqlite_may_pass(&code),
                }
            }
            _ => false,
        }
    }
}

/// `SQLITE_BUSY` and `SQLITE_LOCKED`, in the low byte of every extended code.
fn sqlite_may_pass(code: &str) -> bool {
    const WAITING: [u32; 2] = [5, 6];
    code.parse::<u32>().is_ok_and(|code| WAITING.contains(&(code & 0xff)))
}

/// Codes of <https://www.postgresql.org/docs/current/errcodes-appendix.html>: connections that broke, servers that
/// stop, start, are full or no longer the ones that write, transactions that were in each other's way or took too
/// long, and waits that were cut short.
fn postgres_may_pass(code: &str) -> bool {
    matches!(code.get(..2), Some("08" | "53"))
        || matches!(
            code,
            "25006"
                | "25P03"
                | "25P04"
                | "40001"
                | "40P01"
                | "55P03"
                | "57014"
                | "57P01"
                | "57P02"
                | "57P03"
                | "57P05"
        )
}

/// Takes sightings one by one.
pub type Visit<'v> = dyn FnMut(Sighting) + Send + 'v;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

/// An event store with inbox, bodies, entries, balances and outbox, written together.
///
/// Its streams are divided over shards by [`StreamId::shard`]; positions, hash chain and head belong to a shard.
///
/// Every method answers [`StoreError::Database`] when the database does, and [`StoreError::Corrupt`] when a row
/// cannot be what was written.
#[async_trait]
pub trait Store: Send + Sync {
    /// Number of shards, counted from 0; 1 for stores that have a single writer.
    fn shards(&self) -> u16;

    /// Reads what a plan is made on: full histories and the known inbox keys.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a history has a gap.
    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError>;

    /// The verdicts of the deliveries that were fetched for these notifications, of the last one for each; those
    /// that nothing was fetched for are not in the map.
    async fn answers(&self, notifications: &[InboxKey]) -> Result<HashMap<InboxKey, Verdict>, StoreError>;

    /// Writes all of a commit durably, or nothing. Positions follow the order of commits of their shard without gaps.
    /// A key that is twice in the commit, or a sequence that does not continue its stream, is stale too. So is a
    /// delivery whose `caused_by` is in the inbox, and a new notification that a stored delivery names so, unless the
    /// commit holds a further attempt at the notification.
    ///
    /// Recording times grow with positions, whatever the clocks of the writers say: the events and entries of a commit
    /// have one, `recorded_at` or a microsecond after the last one of the shards of its events, whichever is later. So
    /// what a shard holds is what was recorded by the time of its head, and nothing that is written later joins that.
    ///
    /// # Errors
    /// [`StoreError::RepeatedEntry`], [`StoreError::RepeatedMessage`], [`StoreError::UnknownDelivery`],
    /// [`StoreError::Overflow`], [`StoreError::Unstorable`], [`StoreError::ReadOnly`]; nothing is written then.
    /// [`StoreError::Failed`] when what writes has panicked: whether it was written is not known then.
    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError>;

    /// Events of a shard after a position, in position order, at most `limit`. Fewer than `limit` events end at the
    /// head. A shard that the store does not have has no events.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] at the first missing position.
    async fn scan(&self, shard: u16, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// Whole histories of one kind in the order of their keys, after a key, about `limit` events at a time:
    /// the last history of an answer is always complete. An empty answer is the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a history has a gap.
    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Entries of a shard after a position, in position order, at most `limit`. An event posts at most one entry.
    async fn scan_entries(
        &self,
        shard: u16,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError>;

    /// The end of a shard; empty for one that the store does not have.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the event it names is missing.
    async fn head(&self, shard: u16) -> Result<Head, StoreError>;

    /// The ends of all shards, in their order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when an event that one of them names is missing.
    async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let mut heads = Vec::with_capacity(usize::from(self.shards()));
        for shard in 0..self.shards() {
            heads.push(self.head(shard).await?);
        }
        Ok(heads)
    }

    /// Balances as projected, or summed from entries when a cut is given. Zero balances are left out.
    /// Ordered by account, currency, seller.
    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError>;

    /// The ends of all shards with the balances as projected, all of one moment. A head whose event is missing has no
    /// recording time.
    async fn snapshot(&self) -> Result<Snapshot, StoreError>;

    /// Deliveries by verdict of their last attempt.
    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError>;

    /// Deliveries in order of [`Delivery::arrival`].
    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError>;

    /// One delivery with all its attempts, first to last.
    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError>;

    /// The stored bytes of a delivery; `None` when it is unknown, purged or was too large to keep.
    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// Deletes bodies that no delivery received at or after an instant has; the deliveries and their verdicts stay.
    /// Answers how many bodies.
    async fn purge_bodies(&self, received_before: Instant) -> Result<u64, StoreError>;

    /// Messages to send after a number, in the order of their commits, at most `limit`.
    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredMessage>, StoreError>;

    /// Tells of every thing that deliveries told or pointed at who saw it and when first, in the order of seller,
    /// subject, channel and kind, each once. What is committed meanwhile may be missing. After an error some were told.
    async fn sightings(&self, visit: &mut Visit<'_>) -> Result<(), StoreError>;

    /// A small value that is replaced as a whole; `None` when there is none of this name.
    async fn cell(&self, name: &str) -> Result<Option<Cell>, StoreError>;

    /// The cells whose names begin with a prefix, in the order of their names.
    async fn cells(&self, prefix: &str) -> Result<Vec<(Text, Cell)>, StoreError>;

    /// Writes a cell durably if its version is the expected one, and answers whether it was: `None` expects that there
    /// is no cell of this name, and the version of a new one is 1. Of several that expect the same, one writes.
    ///
    /// When a connection is lost over the answer the call is tried again, and false may then mean that the first try
    /// was written: read the cell.
    ///
    /// # Errors
    /// [`StoreError::Unstorable`] for names that cannot be kept, [`StoreError::ReadOnly`].
    async fn put_cell(
        &self,
        name: &str,
        expected: Option<u64>,
        value: &[u8],
        at: Instant,
    ) -> Result<bool, StoreError>;
}
