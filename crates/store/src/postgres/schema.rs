//! The schema and its versions, and the number of shards, which is decided once.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{Connection, SqlSafeStr};

use crate::chain::GENESIS;
use crate::store::StoreError;

const MIGRATIONS: [(i64, &str, &str); 7] = [
    (1, "events", include_str!("../../../../migrations/postgres/0001_events.sql")),
    (2, "inbox", include_str!("../../../../migrations/postgres/0002_inbox.sql")),
    (3, "entries", include_str!("../../../../migrations/postgres/0003_entries.sql")),
    (4, "outbox", include_str!("../../../../migrations/postgres/0004_outbox.sql")),
    (5, "causes", include_str!("../../../../migrations/postgres/0005_causes.sql")),
    (6, "subjects", include_str!("../../../../migrations/postgres/0006_subjects.sql")),
    (7, "cells", include_str!("../../../../migrations/postgres/0007_cells.sql")),
];

const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Most shards: their numbers, and one lock beside them, fit a `smallint`.
pub(super) const MOST_SHARDS: u16 = 1_024;

/// Brings the schema up to date, and makes the heads of a new store. A role that may not change the schema can open
/// a store that is up to date.
pub(super) async fn migrate(conn: &mut PgConnection, shards: u16) -> Result<(), StoreError> {
    let found = version(conn).await?;
    refuse_newer(found)?;
    if found < KNOWN {
        let migrations = MIGRATIONS.into_iter().map(|(version, name, sql)| {
            Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
        });
        let migrator = Migrator::with_migrations(migrations.collect());
        migrator.run(&mut *conn).await.map_err(StoreError::Migration)?;
    }
    if self::shards(conn).await? == 0 {
        first_heads(conn, shards).await?;
    }
    match self::shards(conn).await? {
        found if found == shards => Ok(()),
        found => Err(StoreError::OtherShards { found, wanted: shards }),
    }
}

/// Refuses a schema that is not exactly the one this program knows.
pub(super) async fn require_current(conn: &mut PgConnection) -> Result<(), StoreError> {
    let found = version(conn).await?;
    refuse_newer(found)?;
    if found < KNOWN {
        return Err(StoreError::OlderSchema { found, known: KNOWN });
    }
    Ok(())
}

/// The number of shards the store was made with; 0 when nobody has opened it for writing.
pub(super) async fn shards(conn: &mut PgConnection) -> Result<u16, StoreError> {
    let heads: i64 = sqlx::query_scalar("SELECT count(*) FROM heads").fetch_one(conn).await?;
    u16::try_from(heads)
        .map_err(|_| StoreError::Corrupt { position: 0, what: "there are more heads than shards" })
}

/// Key of the lock of shard 0; the next ones follow it. The table's own number keeps the schemas of a database apart.
pub(super) async fn first_lock(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT 'heads'::regclass::oid::bigint << 16").fetch_one(conn).await
}

async fn first_heads(conn: &mut PgConnection, shards: u16) -> Result<(), StoreError> {
    let lock = first_lock(conn).await? + i64::from(u16::MAX);
    let mut tx = conn.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(lock).execute(&mut *tx).await?;
    sqlx::query(
        "INSERT INTO heads (shard, position, count, arrivals, messages, digest)
         SELECT shard, 0, 0, 0, 0, $2 FROM generate_series(0, $1::int - 1) AS shard
         WHERE NOT EXISTS (SELECT FROM heads)",
    )
    .bind(i32::from(shards))
    .bind(GENESIS)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

fn refuse_newer(found: i64) -> Result<(), StoreError> {
    if found > KNOWN {
        return Err(StoreError::NewerSchema { found, known: KNOWN });
    }
    Ok(())
}

/// Version of the newest migration that was applied; 0 when there is none.
async fn version(conn: &mut PgConnection) -> Result<i64, StoreError> {
    let is_there: bool = sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut *conn)
        .await?;
    if !is_there {
        return Ok(0);
    }
    let newest: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success").fetch_one(conn).await?;
    Ok(newest.unwrap_or(0))
}
