//! The schema and its versions.

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnection;

use crate::store::StoreError;

const MIGRATIONS: [(i64, &str, &str); 7] = [
    (1, "events", include_str!("../../../../migrations/sqlite/0001_events.sql")),
    (2, "inbox", include_str!("../../../../migrations/sqlite/0002_inbox.sql")),
    (3, "entries", include_str!("../../../../migrations/sqlite/0003_entries.sql")),
    (4, "outbox", include_str!("../../../../migrations/sqlite/0004_outbox.sql")),
    (5, "causes", include_str!("../../../../migrations/sqlite/0005_causes.sql")),
    (6, "subjects", include_str!("../../../../migrations/sqlite/0006_subjects.sql")),
    (7, "cells", include_str!("../../../../migrations/sqlite/0007_cells.sql")),
];

const KNOWN: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Brings the schema up to date.
pub(super) async fn migrate(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    refuse_newer(version(conn).await?)?;
    let migrations = MIGRATIONS.into_iter().map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run(conn).await.map_err(StoreError::Migration)
}

/// Whether opening failed in a way that another process at the same work explains: it holds the file, or has just
/// made the tables that were still to be made here.
pub(super) fn may_pass(error: &StoreError) -> bool {
    let in_the_way = |error: &StoreError| {
        matches!(error, StoreError::Migration(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)))
    };
    error.is_transient() || in_the_way(error)
}

/// Refuses a schema that is not exactly the one this program knows.
pub(super) async fn require_current(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let found = version(conn).await?;
    refuse_newer(found)?;
    if found < KNOWN {
        return Err(StoreError::OlderSchema { found, known: KNOWN });
    }
    Ok(())
}

fn refuse_newer(found: i64) -> Result<(), StoreError> {
    if found > KNOWN {
        return Err(StoreError::NewerSchema { found, known: KNOWN });
    }
    Ok(())
}

/// Version of the newest migration that was applied; 0 when there is none.
async fn version(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&mut *conn)
            .await?;
    if tables == 0 {
        return Ok(0);
    }
    let newest: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(conn).await?;
    Ok(newest.unwrap_or(0))
}
