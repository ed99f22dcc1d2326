//! Small values that are replaced, each by whoever knows its version.

use domain::machine::Instant;
use domain::text::Text;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::cell::refuse_unstorable;
use crate::read::Cell;
use crate::store::StoreError;
use crate::stored::integer;

/// One cell.
pub(super) async fn read(conn: &mut SqliteConnection, name: &str) -> Result<Option<Cell>, StoreError> {
    let row = sqlx::query("SELECT name, version, value FROM cells WHERE name = ?1")
        .bind(name)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok(cell(&row)?.1)).transpose()
}

/// The cells whose names begin so.
pub(super) async fn list(conn: &mut SqliteConnection, prefix: &str) -> Result<Vec<(Text, Cell)>, StoreError> {
    let rows = sqlx::query(
        "SELECT name, version, value FROM cells
         WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 ORDER BY name",
    )
    .bind(prefix)
    .fetch_all(conn)
    .await?;
    rows.iter().map(cell).collect()
}

/// Replaces a cell of the expected version, in a transaction of its own.
pub(super) async fn put(
    conn: &mut SqliteConnection,
    name: &str,
    expected: Option<u64>,
    value: &[u8],
    at: Instant,
) -> Result<bool, StoreError> {
    refuse_unstorable(name)?;
    let statement = match expected {
        None => {
            "INSERT INTO cells (name, version, value, updated_at) VALUES (?1, ?4 + 1, ?2, ?3)
             ON CONFLICT (name) DO NOTHING"
        }
        Some(_) => {
            "UPDATE cells SET version = version + 1, value = ?2, updated_at = ?3 WHERE name = ?1 AND version = ?4"
        }
    };
    let done = sqlx::query(statement)
        .bind(name)
        .bind(value)
        .bind(at.timestamp_micros())
        .bind(expected.map_or(0, integer))
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn cell(row: &SqliteRow) -> Result<(Text, Cell), StoreError> {
    let version = row.try_get::<i64, _>(1)?.unsigned_abs();
    Ok((row.try_get::<&str, _>(0)?.into(), Cell { version, value: row.try_get(2)? }))
}
