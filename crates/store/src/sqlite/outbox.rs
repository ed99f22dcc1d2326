//! Messages to send: written with the commit that causes them, read back in its order.

use domain::machine::Instant;
use rustc_hash::FxHashSet;
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::history::json;
use super::insert::{self, Insert};
use crate::commit::NewMessage;
use crate::fresh;
use crate::read::StoredMessage;
use crate::store::StoreError;
use crate::stored::{self, instant, integer, sql_limit};

const MESSAGES: Insert = Insert {
    into: "INSERT INTO outbox (key, destination, stream, payload, recorded_at) VALUES",
    columns: 5,
    then: "",
};

/// Writes messages. SQLite numbers the rows in order.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    outbox: &[NewMessage],
    recorded_at: Instant,
) -> Result<(), StoreError> {
    if outbox.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = outbox.iter().map(|message| &*message.key).collect();
    let stored: Vec<String> = sqlx::query_scalar(
        "SELECT outbox.key FROM json_each(?1) AS wanted CROSS JOIN outbox WHERE outbox.key = wanted.value",
    )
    .bind(json(&keys))
    .fetch_all(&mut *conn)
    .await?;
    let stored: FxHashSet<String> = stored.into_iter().collect();
    fresh::distinct_messages(outbox, |key| stored.contains(key))?;
    let statements = MESSAGES.statements(outbox, |values, message| {
        values.text(&message.key);
        values.text(&message.destination);
        values.owned(message.caused_by.to_string());
        values.text(&message.payload);
        values.integer(recorded_at.timestamp_micros());
    });
    insert::run(conn, statements).await?;
    Ok(())
}

/// Messages after a number.
pub(super) async fn read(
    conn: &mut SqliteConnection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredMessage>, StoreError> {
    let rows = sqlx::query(
        "SELECT number, key, destination, stream, payload, recorded_at
         FROM outbox WHERE number > ?1 ORDER BY number LIMIT ?2",
    )
    .bind(integer(after))
    .bind(sql_limit(limit))
    .fetch_all(conn)
    .await?;
    rows.iter().map(message).collect()
}

fn message(row: &SqliteRow) -> Result<StoredMessage, StoreError> {
    let number = row.try_get::<i64, _>(0)?.unsigned_abs();
    let caused_by = stored::stream(row.try_get(3)?)
        .ok_or(StoreError::Corrupt { position: number, what: "the stream of the message is unknown" })?;
    Ok(StoredMessage {
        number,
        key: row.try_get::<&str, _>(1)?.into(),
        destination: row.try_get::<&str, _>(2)?.into(),
        payload: row.try_get(4)?,
        caused_by,
        recorded_at: instant(row.try_get(5)?, number)?,
    })
}
