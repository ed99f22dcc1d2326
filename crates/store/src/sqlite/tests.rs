//! What only the SQLite store promises: its file, its triggers, its schema.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use tempfile::TempDir;

use super::{SqliteOptions, SqliteStore};
use crate::chain::{Broken, Fault, ONLY_SHARD, Verifier};
use crate::contract::sample::{all_events, at, commit, committed, delivery, event, key, payment, sale};
use crate::inbox::Verdict;
use crate::read::Cut;
use crate::store::{Store, StoreError};

struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    fn path(&self) -> String {
        self.folder.path().join("store.db").to_str().expect("temporary folders have plain names").to_owned()
    }

    async fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.path(), &options()).await.expect("the file can be opened")
    }

    /// A connection that knows nothing of the store.
    async fn raw(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.path()).connect().await.expect("the file is there")
    }
}

fn options() -> SqliteOptions {
    SqliteOptions { busy_timeout: Duration::from_secs(5), ..SqliteOptions::default() }
}

/// Six events in three commits, with an entry, a delivery and a second attempt.
async fn filled(store: &SqliteStore) {
    let first = commit(1).delivery(delivery("k-1", b"{}", Verdict::NeedsFetch)).event(sale(
        &payment("1"),
        1,
        "e-1",
        100,
    ));
    committed(store, first).await;
    let second = commit(2).attempt("k-1", 2, Verdict::Applied).event(event(&payment("1"), 2));
    committed(store, second.event(event(&payment("2"), 1))).await;
    let mut third = commit(3);
    for sequence in 2..=4 {
        third = third.event(event(&payment("2"), sequence));
    }
    committed(store, third).await;
}

async fn verify(store: &SqliteStore) -> Result<(), Broken> {
    let mut verifier = Verifier::new(ONLY_SHARD);
    loop {
        let page = store.scan(ONLY_SHARD, verifier.position(), 2).await.expect("positions have no gaps");
        if page.is_empty() {
            let head = store.head(ONLY_SHARD).await.expect("the head's event is there");
            return verifier.finish(&head);
        }
        verifier.walk(&page)?;
    }
}

/// Drops the triggers and runs statements, as somebody with the file in hands could.
async fn tamper(files: &Files, statements: &'static str) {
    let mut raw = files.raw().await;
    raw.execute("DROP TRIGGER events_are_not_edited").await.expect("there is such a trigger");
    raw.execute("DROP TRIGGER events_are_not_deleted").await.expect("there is such a trigger");
    raw.execute("PRAGMA foreign_keys = OFF").await.expect("a pragma");
    raw.execute(statements).await.expect("nothing prevents it");
    raw.close().await.expect("the connection closes");
}

#[tokio::test]
async fn edited_events_are_found_at_their_positions() {
    let edits = [
        (3, "UPDATE events SET payload = replace(payload, ':1}', ':9}') WHERE position = 3"),
        (2, "UPDATE events SET metadata = '{\"actor\":\"eva\"}' WHERE position = 2"),
        (6, "UPDATE events SET occurred_at = occurred_at + 1 WHERE position = 6"),
        (1, "UPDATE events SET event_type = 'payment.rejected' WHERE position = 1"),
        (
            4,
            "UPDATE events SET position = -4 WHERE position = 4; UPDATE events SET position = 4 WHERE position = 5;
             UPDATE events SET position = 5 WHERE position = -4",
        ),
    ];
    for (position, statements) in edits {
        let files = Files::new();
        let store = files.open().await;
        filled(&store).await;
        assert_eq!(verify(&store).await, Ok(()));
        tamper(&files, statements).await;
        assert_eq!(verify(&store).await, Err(Broken { position, fault: Fault::Content }), "{statements}");
    }
}

#[tokio::test]
async fn missing_events_are_corrupt_when_scanned() {
    for (missing, statements) in [
        (6, "DELETE FROM events WHERE position = 6"),
        (5, "DELETE FROM events WHERE position >= 5"),
        (2, "DELETE FROM events WHERE position = 2"),
        (1, "DELETE FROM events"),
    ] {
        let files = Files::new();
        let store = files.open().await;
        filled(&store).await;
        tamper(&files, statements).await;
        let error = store.scan(ONLY_SHARD, 0, 100).await.expect_err("an event is missing");
        assert!(
            matches!(error, StoreError::Corrupt { position, .. } if position == missing),
            "{statements}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_tail_that_was_cut_together_with_its_head_breaks_the_kept_head() {
    let files = Files::new();
    let store = files.open().await;
    filled(&store).await;
    let sealed = store.head(ONLY_SHARD).await.expect("the store answers");
    tamper(
        &files,
        "DELETE FROM events WHERE position > 3; UPDATE heads SET (position, count, digest) =
         (SELECT position, 3, digest FROM events WHERE position = 3)",
    )
    .await;
    assert_eq!(verify(&store).await, Ok(()), "the store alone cannot tell");
    let mut verifier = Verifier::new(ONLY_SHARD);
    verifier.walk(&all_events(&store, 10).await).expect("the rest is whole");
    let broken = Broken { position: 4, fault: Fault::Linkage };
    assert_eq!(verifier.finish(&sealed), Err(broken), "a head that was kept elsewhere can");
}

#[tokio::test]
async fn a_history_with_a_hole_is_corrupt() {
    let files = Files::new();
    let store = files.open().await;
    filled(&store).await;
    tamper(&files, "DELETE FROM events WHERE position = 4").await;
    let loaded = store.load(&[payment("2")], &[]).await;
    assert!(matches!(loaded, Err(StoreError::Corrupt { position: 5, .. })), "{loaded:?}");
    let scanned = store.scan_streams(payment("2").kind(), None, 100).await;
    assert!(matches!(scanned, Err(StoreError::Corrupt { position: 5, .. })), "{scanned:?}");
}

#[tokio::test]
async fn what_is_written_cannot_be_edited_or_deleted() {
    let files = Files::new();
    let store = files.open().await;
    filled(&store).await;
    let mut raw = files.raw().await;
    for (statement, reason) in [
        ("UPDATE events SET payload = '{}' WHERE position = 1", "events are append-only"),
        ("DELETE FROM events WHERE position = 6", "events are append-only"),
        ("UPDATE entries SET amounts = '[1,-1]'", "entries are append-only"),
        ("DELETE FROM entries", "entries are append-only"),
        ("UPDATE attempts SET verdict = 'applied'", "attempts are append-only"),
        ("DELETE FROM attempts", "attempts are append-only"),
        ("UPDATE inbox SET origin = 'elsewhere'", "only the verdict of a delivery changes"),
        ("UPDATE inbox SET subject = 'payment/2'", "only the verdict of a delivery changes"),
        ("DELETE FROM inbox", "deliveries are kept"),
    ] {
        let error = raw.execute(statement).await.expect_err(statement);
        let told = error.as_database_error().expect("SQLite refused it").message();
        assert_eq!(told, reason, "{statement}");
    }
    assert_eq!(verify(&store).await, Ok(()));
}

#[tokio::test]
async fn a_store_that_is_opened_again_continues_its_chain() {
    let files = Files::new();
    let store = files.open().await;
    filled(&store).await;
    let head = store.head(ONLY_SHARD).await.expect("the store answers");
    store.close().await.expect("the store closes");

    let url = format!("sqlite://{}", files.path());
    let store = SqliteStore::open(&url, &options()).await.expect("a URL names the same file");
    assert_eq!(store.head(ONLY_SHARD).await.expect("the store answers"), head);
    assert_eq!(committed(&store, commit(4).event(event(&payment("1"), 3))).await, 7);
    assert_eq!(verify(&store).await, Ok(()));
}

#[tokio::test]
async fn two_stores_on_one_file_share_order_and_chain() {
    let files = Files::new();
    let (path, options) = (files.path(), options());
    let (one, two) = tokio::join!(SqliteStore::open(&path, &options), SqliteStore::open(&path, &options));
    let stores = [one, two].map(|store| store.expect("both may create and migrate the file"));
    for sequence in 1..=6 {
        let store = &stores[sequence as usize % 2];
        assert_eq!(committed(store, commit(0).event(event(&payment("1"), sequence))).await, sequence);
    }
    let [one, two] = stores;
    let many = |store: SqliteStore, name: &'static str| {
        tokio::spawn(async move {
            for sequence in 1..=20 {
                committed(&store, commit(0).event(event(&payment(name), sequence))).await;
            }
            store
        })
    };
    let (one, two) = (many(one, "one"), many(two, "two"));
    let store = one.await.expect("no commit failed");
    two.await.expect("no commit failed");
    assert_eq!(store.head(ONLY_SHARD).await.expect("the store answers").position, 46);
    assert_eq!(verify(&store).await, Ok(()));
}

#[tokio::test]
async fn a_writer_that_dies_inside_a_transaction_leaves_nothing() {
    let files = Files::new();
    let store = files.open().await;
    filled(&store).await;
    let mut raw = files.raw().await;
    raw.execute("BEGIN IMMEDIATE").await.expect("nobody else writes");
    let half = "INSERT INTO events SELECT 7, shard, aggregate_type, aggregate_id, 5, event_type, event_version, payload,
                metadata, occurred_at, recorded_at, digest FROM events WHERE position = 6";
    raw.execute(half).await.expect("the row fits");
    drop(raw);
    assert_eq!(committed(&store, commit(4).event(event(&payment("2"), 5))).await, 7);
    assert_eq!(verify(&store).await, Ok(()));
}

/// Polls a future so many times, then drops it.
async fn polled<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|context| match left.checked_sub(1) {
        Some(less) => {
            left = less;
            future.as_mut().poll(context).map(Some)
        }
        None => Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn a_commit_that_is_abandoned_is_whole_or_absent() {
    let files = Files::new();
    let store = files.open().await;
    let (mut written, mut abandoned) = (0, 0);
    for patience in 0..60 {
        let name = format!("{patience}");
        let planned = commit(0)
            .delivery(delivery(&name, name.as_bytes(), Verdict::Applied))
            .event(sale(&payment(&name), 1, &name, 100))
            .event(event(&payment(&name), 2));
        let _ended = polled(patience, store.commit(planned)).await;
        let position = store.head(ONLY_SHARD).await.expect("the store answers").position;
        assert!(position == written || position == written + 2, "{position} after {written}");
        let arrived = store.inbox_show(&key(&name)).await.expect("the store answers").is_some();
        assert_eq!(arrived, position > written, "events and delivery are written together");
        abandoned += u32::from(position == written);
        written = position;
    }
    assert!(abandoned > 3 && written > 10, "{abandoned} were abandoned, {written} events written");
    assert_eq!(verify(&store).await, Ok(()));
    let pending = store.balances(Cut::default()).await.expect("the store answers");
    let expected = i64::try_from(written).expect("a small number") / 2 * 100;
    assert_eq!(pending.first().map_or(0, |balance| balance.balance_minor), expected);
}

#[tokio::test]
async fn postings_unnest_to_the_balances() {
    let files = Files::new();
    let store = files.open().await;
    for (number, amount_minor) in [(1, 9_007_199_254_740_993), (2, -4), (3, 250)] {
        let stream = payment(&number.to_string());
        committed(&store, commit(0).event(sale(&stream, 1, &format!("e-{number}"), amount_minor))).await;
    }
    let mut raw = files.raw().await;
    let lines: Vec<(i64, i64, i64, String)> = sqlx::query_as(
        "SELECT position, line, amount_minor, typeof(amount_minor) FROM postings WHERE account = 4100",
    )
    .fetch_all(&mut raw)
    .await
    .expect("the view is there");
    let integer = || "integer".to_owned();
    let expected = [(1, 1, -9_007_199_254_740_993, integer()), (2, 1, 4, integer()), (3, 1, -250, integer())];
    assert_eq!(lines, expected);
    let differences: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM balances AS kept FULL JOIN
             (SELECT account, currency, seller, sum(amount_minor) AS total FROM postings GROUP BY 1, 2, 3) AS summed
         USING (account, currency, seller) WHERE kept.balance_minor IS NOT summed.total",
    )
    .fetch_one(&mut raw)
    .await
    .expect("the view is there");
    assert_eq!(differences, 0);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let files = Files::new();
    files.open().await.close().await.expect("the store closes");
    let mut raw = files.raw().await;
    raw.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .await
    .expect("the table of migrations is there");
    let path = files.path();
    for opened in
        [SqliteStore::open(&path, &options()).await, SqliteStore::open_read_only(&path, &options()).await]
    {
        let error = opened.expect_err("the schema is newer");
        assert_eq!(
            error.to_string(),
            "the database has schema version 9999, this program knows versions up to 7"
        );
    }
}

#[tokio::test]
async fn a_file_without_a_store_is_not_read() {
    let files = Files::new();
    let path = files.path();
    let missing = SqliteStore::open_read_only(&path, &options()).await;
    assert!(matches!(missing, Err(StoreError::Database(_))), "{missing:?}");
    assert!(!std::path::Path::new(&path).exists(), "reading creates no file");
    std::fs::write(&path, b"").expect("the folder is ours");
    let empty = SqliteStore::open_read_only(&path, &options()).await;
    assert!(matches!(empty, Err(StoreError::OlderSchema { found: 0, .. })), "{empty:?}");
}

#[tokio::test]
async fn a_reader_sees_commits_and_refuses_to_write() {
    let files = Files::new();
    let store = files.open().await;
    filled(&store).await;
    let reader = SqliteStore::open_read_only(&files.path(), &options()).await.expect("the schema is current");
    assert_eq!(verify(&reader).await, Ok(()));
    committed(&store, commit(4).event(event(&payment("1"), 3))).await;
    assert_eq!(reader.head(ONLY_SHARD).await.expect("the store answers").position, 7);
    let refused = reader.commit(commit(5)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    let refused = reader.put_cell("c", None, b"", at(1)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for path in [":memory:", "sqlite::memory:", "sqlite://store.db?mode=memory"] {
        let opened = SqliteStore::open(path, &options()).await;
        assert!(matches!(opened, Err(StoreError::NotAFile { .. })), "{path}: {opened:?}");
    }
}

#[tokio::test]
async fn a_busy_file_is_a_transient_error() {
    let files = Files::new();
    let hasty = SqliteOptions { busy_timeout: Duration::from_millis(1), ..SqliteOptions::default() };
    let store = SqliteStore::open(&files.path(), &hasty).await.expect("the file can be opened");
    let mut raw = files.raw().await;
    raw.execute("BEGIN IMMEDIATE").await.expect("nobody else writes");
    let error = store.commit(commit(0)).await.expect_err("the other writer is inside");
    assert!(error.is_transient(), "{error:?}");
    assert!(!StoreError::ReadOnly.is_transient());
    raw.execute("ROLLBACK").await.expect("the transaction is open");
    assert_eq!(committed(&store, commit(0)).await, 0);
}
