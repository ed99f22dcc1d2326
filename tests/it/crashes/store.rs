//! A store whose caller may die before a call, and after one that has written.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::machine::Instant;
use domain::stream::{StreamId, StreamKind};
use domain::text::Text;
use store::commit::{Commit, Outcome};
use store::inbox::{Attempt, InboxKey, Verdict};
use store::read::{
    Balance, Cell, Cut, Delivery, Head, InboxCounts, InboxFilter, Loaded, Snapshot, StoredEntry, StoredEvent,
    StoredMessage,
};
use store::store::{Store, StoreError, Visit};

use super::fuse::Fuse;

/// A store as one process has it.
pub struct Fragile {
    pub store: Arc<dyn Store>,
    pub fuse: Arc<Fuse>,
}

#[async_trait]
impl Store for Fragile {
    fn shards(&self) -> u16 {
        self.store.shards()
    }

    async fn load(&self, streams: &[StreamId], keys: &[InboxKey]) -> Result<Loaded, StoreError> {
        self.fuse.pass("before a load").await;
        self.store.load(streams, keys).await
    }

    async fn answers(&self, notifications: &[InboxKey]) -> Result<HashMap<InboxKey, Verdict>, StoreError> {
        self.fuse.pass("before a look at answers").await;
        self.store.answers(notifications).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        self.fuse.pass("before a commit").await;
        let outcome = self.store.commit(commit).await;
        self.fuse.pass("after a commit").await;
        outcome
    }

    async fn scan(&self, shard: u16, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.fuse.pass("before a scan").await;
        self.store.scan(shard, after, limit).await
    }

    async fn scan_streams(
        &self,
        kind: StreamKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.fuse.pass("before a scan of streams").await;
        self.store.scan_streams(kind, after, limit).await
    }

    async fn scan_entries(
        &self,
        shard: u16,
        after: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        self.fuse.pass("before a scan of entries").await;
        self.store.scan_entries(shard, after, limit).await
    }

    async fn head(&self, shard: u16) -> Result<Head, StoreError> {
        self.fuse.pass("before a look at the head").await;
        self.store.head(shard).await
    }

    async fn balances(&self, cut: Cut) -> Result<Vec<Balance>, StoreError> {
        self.fuse.pass("before a look at balances").await;
        self.store.balances(cut).await
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.fuse.pass("before a snapshot").await;
        self.store.snapshot().await
    }

    async fn inbox_counts(&self) -> Result<InboxCounts, StoreError> {
        self.fuse.pass("before a count of the inbox").await;
        self.store.inbox_counts().await
    }

    async fn inbox_list(&self, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError> {
        self.fuse.pass("before a list of the inbox").await;
        self.store.inbox_list(filter).await
    }

    async fn inbox_show(&self, key: &InboxKey) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
        self.fuse.pass("before a look at a delivery").await;
        self.store.inbox_show(key).await
    }

    async fn inbox_body(&self, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError> {
        self.fuse.pass("before a look at a body").await;
        self.store.inbox_body(key).await
    }

    async fn purge_bodies(&self, received_before: Instant) -> Result<u64, StoreError> {
        self.fuse.pass("before a purge").await;
        let purged = self.store.purge_bodies(received_before).await;
        self.fuse.pass("after a purge").await;
        purged
    }

    async fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredMessage>, StoreError> {
        self.fuse.pass("before a look at the outbox").await;
        self.store.outbox(after, limit).await
    }

    async fn sightings(&self, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.fuse.pass("before a look at sightings").await;
        self.store.sightings(visit).await
    }

    async fn cell(&self, name: &str) -> Result<Option<Cell>, StoreError> {
        self.fuse.pass("before a look at a cell").await;
        self.store.cell(name).await
    }

    async fn cells(&self, prefix: &str) -> Result<Vec<(Text, Cell)>, StoreError> {
        self.fuse.pass("before a look at cells").await;
        self.store.cells(prefix).await
    }

    async fn put_cell(
        &self,
        name: &str,
        expected: Option<u64>,
        value: &[u8],
        at: Instant,
    ) -> Result<bool, StoreError> {
        self.fuse.pass("before a cell is written").await;
        let written = self.store.put_cell(name, expected, value, at).await;
        self.fuse.pass("after a cell was written").await;
        written
    }
}
