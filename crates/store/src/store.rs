//! The trait every database implements, and the contract in its words.

use async_trait::async_trait;
use domain::stream::{StreamId, StreamKind};

use crate::commit::{Commit, Outcome};
use crate::inbox::{Attempt, InboxKey};
use crate::read::{
    Balance, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, StoredEntry, StoredEvent,
};

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or broke; may pass.
    #[error("the database did not answer")]
    Database(#[source] sqlx::Error),
    /// What is stored cannot be what was written.
    #[error("corrupt at position {position}: {what}")]
    Corrupt {
        /// Where.
        position: u64,
        /// What is wrong there.
        what: &'static str,
    },
}

/// An event store with inbox, bodies, entries and balances, written together.
#[async_trait]
pub trait Store: Send + Sync {
    /// Reads what a plan is made on: full histories and the known inbox keys.
    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError>;

    /// Writes all of a commit durably, or nothing. Positions follow the order of commits without gaps.
    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError>;

    /// Events after a position, in position order, at most `limit`; asserts contiguity.
    async fn scan(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError>;

    /// Whole histories of one kind in the order of their keys, after a key, about `limit` events at a time:
    /// the last history of an answer is always complete. An empty answer is the end.
    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError>;

    /// Entries after a position, in position order, at most `limit`.
    async fn scan_entries(&self, after: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;

    /// The end of the store.
    async fn head(&self) -> Result<Head, StoreError>;

    /// Balances as projected, or summed from entries when a cut is given. Zero balances are left out.
    /// Ordered by account, currency, seller.
    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError>;

    /// Deliveries by verdict of their last attempt.
    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError>;

    /// Deliveries in order of arrival.
    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError>;

    /// One delivery with all its attempts.
    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError>;

    /// The stored bytes of a delivery; `None` when it is unknown, purged or was too large to keep.
    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError>;
}
