//! History is append-only, and whoever gets around that is found.

use super::{code, filled, open, run, verify};
use crate::chain::{Broken, Fault, ONLY_SHARD};
use crate::contract::schema::Schema;
use crate::read::Cut;
use crate::store::{Store, StoreError};

#[tokio::test]
async fn history_is_append_only() {
    let schema = Schema::new();
    let store = open(&schema, 1).await;
    filled(&store).await;
    let mut raw = schema.raw().await;
    for statement in [
        "UPDATE events SET payload = '{}' WHERE position = 1",
        "DELETE FROM events WHERE position = 1",
        "TRUNCATE events",
        "UPDATE entries SET amounts = '{1,-1}'",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "UPDATE attempts SET verdict = 'applied'",
        "DELETE FROM attempts",
        "TRUNCATE attempts",
        "UPDATE inbox SET origin = 'elsewhere'",
        "UPDATE inbox SET subject = 'payment/2'",
        "DELETE FROM inbox",
        "TRUNCATE inbox",
        "UPDATE outbox SET payload = ''",
        "DELETE FROM outbox",
        "TRUNCATE outbox",
    ] {
        assert_eq!(code(run(&mut raw, statement).await), "23001", "{statement}");
    }
    run(&mut raw, "UPDATE inbox SET verdict = 'applied'").await.expect("a verdict changes");
    assert_eq!(verify(&store, ONLY_SHARD).await, Ok(6));
}

#[tokio::test]
async fn edited_events_are_found_at_their_positions() {
    let edits = [
        (3, "UPDATE events SET payload = replace(payload, ':1}', ':9}') WHERE position = 3"),
        (2, "UPDATE events SET metadata = '{\"actor\":\"eva\"}' WHERE position = 2"),
        (6, "UPDATE events SET occurred_at = occurred_at + 1 WHERE position = 6"),
        (1, "UPDATE events SET event_type = 'payment.rejected' WHERE position = 1"),
    ];
    let schema = Schema::new();
    let store = open(&schema, 1).await;
    filled(&store).await;
    let mut raw = schema.raw().await;
    run(&mut raw, "ALTER TABLE events DISABLE TRIGGER ALL").await.expect("the owner may");
    for (position, edit) in edits {
        run(&mut raw, "CREATE TABLE kept AS TABLE events").await.expect("a copy");
        run(&mut raw, edit).await.expect("no trigger prevents it");
        assert_eq!(
            verify(&store, ONLY_SHARD).await,
            Err(Broken { position, fault: Fault::Content }),
            "{edit}"
        );
        run(&mut raw, "DELETE FROM events; INSERT INTO events TABLE kept; DROP TABLE kept")
            .await
            .expect("put back");
        assert_eq!(verify(&store, ONLY_SHARD).await, Ok(6));
    }
}

#[tokio::test]
async fn missing_events_are_corrupt_when_scanned() {
    for (missing, statement) in [
        (6, "DELETE FROM events WHERE position = 6"),
        (5, "DELETE FROM events WHERE position >= 5"),
        (2, "DELETE FROM events WHERE position = 2"),
        (1, "DELETE FROM events"),
    ] {
        let schema = Schema::new();
        let store = open(&schema, 1).await;
        filled(&store).await;
        let mut raw = schema.raw().await;
        run(&mut raw, "ALTER TABLE events DISABLE TRIGGER ALL").await.expect("the owner may");
        run(&mut raw, statement).await.expect("no trigger prevents it");
        let error = store.scan(ONLY_SHARD, 0, 100).await.expect_err("an event is missing");
        assert!(
            matches!(error, StoreError::Corrupt { position, .. } if position == missing),
            "{statement}: {error:?}"
        );
    }
}

#[tokio::test]
async fn postings_unnest_to_the_balances() {
    let schema = Schema::new();
    let store = open(&schema, 1).await;
    filled(&store).await;
    let mut raw = schema.raw().await;
    let differences: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM balances AS kept FULL JOIN
             (SELECT account, currency, seller, shard, sum(amount_minor) AS total FROM postings GROUP BY 1, 2, 3, 4)
             AS summed USING (account, currency, seller, shard)
         WHERE kept.balance_minor IS DISTINCT FROM summed.total",
    )
    .fetch_one(&mut raw)
    .await
    .expect("the view is there");
    assert_eq!(differences, 0);
    assert_eq!(store.balances(Cut::default()).await.expect("the store answers").len(), 2);
}
