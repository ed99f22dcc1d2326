//! The trait every database implements, and the contract in its words.

use async_trait::async_trait;
use domain::currency::Currency;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use ledger::account::Account;
use ledger::journal::EntryId;

use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, InboxKey};
use crate::read::{Balance, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, StoredEntry, StoredEvent};

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or broke; see [`StoreError::is_transient`].
    #[error("the database did not answer")]
    Database(#[source] sqlx::Error),
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
        /// `SQLITE_BUSY` and `SQLITE_LOCKED`, in the low byte of every extended code.
        const SQLITE_WAITING: [u32; 2] = [5, 6];
        let Self::Database(error) = self else { return false };
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(refused) => refused
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .is_some_and(|code| SQLITE_WAITING.contains(&(code & 0xff))),
            _ => false,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// An event store with inbox, bodies, entries and balances, written together.
///
/// Every method answers [`StoreError::Database`] when the database does, and [`StoreError::Corrupt`] when a row
/// cannot be what was written.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads what a plan is made on: full histories and the known inbox keys.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a history has a gap.
    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError>;

    /// Writes all of a commit durably, or nothing. Positions follow the order of commits without gaps.
    /// A key that is twice in the commit, or a sequence that does not continue its stream, is stale too.
    ///
    /// # Errors
    /// [`StoreError::RepeatedEntry`], [`StoreError::UnknownDelivery`], [`StoreError::Overflow`],
    /// [`StoreError::Unstorable`], [`StoreError::ReadOnly`]; nothing is written then.
    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError>;

    /// Events after a position, in position order, at most `limit`. Fewer than `limit` events end at the head.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] at the first missing position.
    async fn scan(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

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

    /// Entries after a position, in position order, at most `limit`. An event posts at most one entry.
    async fn scan_entries(&self, after: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;

    /// The end of the store.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the event it names is missing.
    async fn head(&self) -> Result<Head, StoreError>;

    /// Balances as projected, or summed from entries when a cut is given. Zero balances are left out.
    /// Ordered by account, currency, seller.
    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError>;

    /// Deliveries by verdict of their last attempt.
    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError>;

    /// Deliveries in order of arrival.
    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError>;

    /// One delivery with all its attempts, first to last.
    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError>;

    /// The stored bytes of a delivery; `None` when it is unknown, purged or was too large to keep.
    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// Deletes bodies that no delivery received at or after an instant has; the deliveries and their verdicts stay.
    /// Answers how many bodies.
    async fn purge_bodies(&self, received_before: Instant) -> Result<u64, StoreError>;
}
