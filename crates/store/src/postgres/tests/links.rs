//! What the store makes of broken connections, silent servers and refusals.

use std::time::Duration;

use sqlx::Connection;

use super::{filled, open, run};
use crate::chain::ONLY_SHARD;
use crate::contract::sample::{commit, committed, event, payment};
use crate::contract::schema::Schema;
use crate::postgres::refusal::is_of_one;
use crate::postgres::{PostgresOptions, PostgresStore, writer};
use crate::store::{Store, StoreError};

#[tokio::test]
async fn reads_go_on_after_the_server_closed_every_connection() {
    let schema = Schema::new();
    let url = format!("{}&application_name={}", schema.url(), schema.name);
    let store = PostgresStore::open(&url, &PostgresOptions::default()).await.expect("the schema is ours");
    committed(&store, commit(1).event(event(&payment("1"), 1))).await;
    let head = || store.head(ONLY_SHARD);
    let (one, two, three) = tokio::join!(head(), head(), head());
    one.and(two).and(three).expect("three connections answer");
    let mut raw = schema.raw().await;
    let kill = format!(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = '{}'",
        schema.name
    );
    run(&mut raw, &kill).await.expect("they are ours");
    assert_eq!(head().await.expect("another connection answers").position, 1);
    assert_eq!(committed(&store, commit(2).event(event(&payment("1"), 2))).await, 2);
}

#[tokio::test]
async fn a_read_that_lasts_too_long_is_given_up() {
    let schema = Schema::new();
    let options = PostgresOptions { read_timeout: Duration::from_millis(200), ..PostgresOptions::default() };
    let store = PostgresStore::open(&schema.url(), &options).await.expect("the schema is ours");
    let mut raw = schema.raw().await;
    let mut tx = raw.begin().await.expect("a transaction begins");
    run(&mut tx, "LOCK TABLE heads IN ACCESS EXCLUSIVE MODE").await.expect("nobody else has it");
    let waiting = tokio::time::timeout(Duration::from_secs(10), store.head(ONLY_SHARD));
    let error = waiting.await.expect("the store gives up").expect_err("the table is locked");
    assert!(error.is_transient(), "{error:?}");
    tx.rollback().await.expect("the lock is given back");
    assert_eq!(store.head(ONLY_SHARD).await.expect("a new connection answers").position, 0);
}

#[tokio::test]
async fn a_writer_that_is_gone_is_no_passing_failure() {
    let schema = Schema::new();
    let mut store = open(&schema, 1).await;
    filled(&store).await;
    store.writers[0] = writer::panicked();
    let error = store.commit(commit(4)).await.expect_err("nobody writes any more");
    assert_eq!(error.to_string(), "the writer of a shard of this program has failed");
    assert!(!error.is_transient());
    assert_eq!(store.head(ONLY_SHARD).await.expect("reads go on").position, 6);
    store.close().await.expect_err("what failed is told");
}

#[tokio::test]
async fn refusals_are_told_apart_by_their_codes() {
    let schema = Schema::new();
    let mut raw = schema.raw().await;
    // (code, passes by itself, one commit can have caused it)
    let refusals = [
        ("08006", true, false),
        ("22003", false, true),
        ("22021", false, true),
        ("23505", false, true),
        ("25006", true, false),
        ("25P04", true, false),
        ("40001", true, false),
        ("40P01", true, false),
        ("42501", false, false),
        ("42P01", false, false),
        ("53100", true, false),
        ("53200", true, false),
        ("54000", false, true),
        ("55P03", true, false),
        ("57014", true, false),
        ("XX000", false, false),
    ];
    for (code, passes, of_one) in refusals {
        let raise = format!("DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$");
        let error = StoreError::from(run(&mut raw, &raise).await.expect_err("it is raised"));
        assert_eq!((error.is_transient(), is_of_one(&error)), (passes, of_one), "{code}");
    }
}

/// Some tables are read whole: joining them row by row takes hours.
#[tokio::test]
async fn bodies_are_purged_whatever_their_number() {
    let schema = Schema::new();
    let store = open(&schema, 1).await;
    let mut raw = schema.raw().await;
    let fill = "INSERT INTO inbox (arrival, key, kind, topic, channel, seller, site, origin, received_at, body_sha256,
                    body_length, unclassified, verdict, attempts)
                SELECT n, n, '', '', '', '', '', '', n, sha256(n::text::bytea), 0, FALSE, 'applied', 1
                FROM generate_series(1, 60000) AS n;
                INSERT INTO bodies SELECT body_sha256, '' FROM inbox";
    run(&mut raw, fill).await.expect("the columns are there");
    let received_before = domain::machine::Instant::from_timestamp_micros(20_001).expect("a time in range");
    let purging = tokio::time::timeout(Duration::from_secs(60), store.purge_bodies(received_before));
    assert_eq!(purging.await.expect("it is quick").expect("the store answers"), 20_000);
}
