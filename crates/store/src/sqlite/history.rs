//! Reading events: histories by stream, everything by position, and the head.

use std::collections::HashMap;

use domain::stream::{StreamId, StreamKind};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::chain::ONLY_SHARD;
use crate::read::{Head, StoredEvent};
use crate::store::StoreError;
use crate::stored::{self, contiguous, digest, instant, integer, sql_limit, stream_of_event, whole};

/// Full histories of streams, one statement for each kind.
pub(super) async fn load(
    conn: &mut SqliteConnection,
    streams: &[StreamId],
) -> Result<HashMap<StreamId, Vec<StoredEvent>>, StoreError> {
    let mut histories: HashMap<StreamId, Vec<StoredEvent>> = HashMap::with_capacity(streams.len());
    for kind in StreamKind::ALL {
        let keys: Vec<&str> = keys_of(kind, streams.iter());
        if keys.is_empty() {
            continue;
        }
        let rows = sqlx::query(
            "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                    occurred_at, recorded_at, digest
             FROM json_each(?1) AS wanted CROSS JOIN events
             WHERE aggregate_type = ?2 AND aggregate_id = wanted.value
             ORDER BY wanted.key, sequence",
        )
        .bind(json(&keys))
        .bind(kind.name())
        .fetch_all(&mut *conn)
        .await?;
        for row in &rows {
            let event = event(row)?;
            match histories.get_mut(&event.stream) {
                Some(history) => history.push(event),
                None => {
                    histories.insert(event.stream.clone(), vec![event]);
                }
            }
        }
    }
    histories.values().try_for_each(|history| whole(history))?;
    Ok(histories)
}

/// Last sequences of streams; absent streams are not in the map.
pub(super) async fn last_sequences(
    conn: &mut SqliteConnection,
    streams: &[&StreamId],
) -> Result<HashMap<StreamId, u64>, StoreError> {
    let mut last = HashMap::with_capacity(streams.len());
    for kind in StreamKind::ALL {
        let of_kind: Vec<&StreamId> =
            streams.iter().copied().filter(|stream| stream.kind() == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        // One row: each row is a switch of threads, which costs more than the look-up.
        let sequences: String = sqlx::query_scalar(
            "SELECT json_group_array(
                 (SELECT max(sequence) FROM events WHERE aggregate_type = ?2 AND aggregate_id = wanted.value)
                 ORDER BY wanted.key)
             FROM json_each(?1) AS wanted",
        )
        .bind(json(&keys_of(kind, of_kind.iter().copied())))
        .bind(kind.name())
        .fetch_one(&mut *conn)
        .await?;
        let sequences: Vec<Option<u64>> = serde_json::from_str(&sequences)
            .map_err(|_| StoreError::Corrupt { position: 0, what: "a sequence is not a positive integer" })?;
        for (stream, sequence) in of_kind.into_iter().zip(sequences) {
            if let Some(sequence) = sequence {
                last.insert(stream.clone(), sequence);
            }
        }
    }
    Ok(last)
}

/// Events after a position, checked to be without gaps up to the head or the limit.
pub(super) async fn scan(
    conn: &mut SqliteConnection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    // Read before the events: they may grow meanwhile, but cannot end before this head.
    let head: i64 = sqlx::query_scalar("SELECT position FROM heads WHERE shard = ?1")
        .bind(ONLY_SHARD)
        .fetch_one(&mut *conn)
        .await?;
    let rows = sqlx::query(
        "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                occurred_at, recorded_at, digest
         FROM events WHERE position > ?1 ORDER BY position LIMIT ?2",
    )
    .bind(integer(after))
    .bind(sql_limit(limit))
    .fetch_all(conn)
    .await?;
    let events = rows.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    contiguous(&events, after, limit, head.unsigned_abs())?;
    Ok(events)
}

/// Whole histories of one kind, paged by key.
pub(super) async fn scan_streams(
    conn: &mut SqliteConnection,
    kind: StreamKind,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query(
        "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                occurred_at, recorded_at, digest
         FROM events WHERE aggregate_type = ?1 AND aggregate_id > ?2
         ORDER BY aggregate_id, sequence LIMIT ?3",
    )
    .bind(kind.name())
    .bind(after.unwrap_or_default())
    // One more than asked for shows whether the last history goes on; no limit below one makes no progress.
    .bind(sql_limit(limit.max(1).saturating_add(1)))
    .fetch_all(&mut *conn)
    .await?;
    let mut events = rows.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    if events.len() > limit.max(1)
        && let Some(last) = events.last().map(|event| event.stream.clone())
    {
        let cut = events.partition_point(|event| event.stream.key() < last.key());
        events.truncate(cut);
        if events.is_empty() {
            let stream = [last];
            events = load(conn, &stream).await?.remove(&stream[0]).unwrap_or_default();
        }
    }
    for history in events.chunk_by(|one, next| one.stream == next.stream) {
        whole(history)?;
    }
    Ok(events)
}

/// The end of the store, and its event is there.
pub(super) async fn head(conn: &mut SqliteConnection) -> Result<Head, StoreError> {
    stored::present(end(conn).await?)
}

/// The end of the store; without a recording time when its event is missing.
pub(super) async fn end(conn: &mut SqliteConnection) -> Result<Head, StoreError> {
    let row = sqlx::query(
        "SELECT heads.position, count, heads.digest, events.recorded_at
         FROM heads LEFT JOIN events ON events.position = heads.position WHERE heads.shard = ?1",
    )
    .bind(ONLY_SHARD)
    .fetch_one(conn)
    .await?;
    let position = row.try_get::<i64, _>(0)?.unsigned_abs();
    let recorded_at = row.try_get::<Option<i64>, _>(3)?;
    Ok(Head {
        position,
        count: row.try_get::<i64, _>(1)?.unsigned_abs(),
        digest: digest(row.try_get(2)?, position)?,
        recorded_at: recorded_at.map(|micros| instant(micros, position)).transpose()?,
    })
}

/// Keys of the streams of one kind.
fn keys_of<'s>(kind: StreamKind, streams: impl Iterator<Item = &'s StreamId>) -> Vec<&'s str> {
    streams.filter(|stream| stream.kind() == kind).map(StreamId::key).collect()
}

/// A JSON array for `json_each`.
pub(super) fn json<T: serde::Serialize>(values: &[T]) -> String {
    serde_json::to_string(values).expect("texts and integers always serialise")
}

fn event(row: &SqliteRow) -> Result<StoredEvent, StoreError> {
    let position = row.try_get::<i64, _>(0)?.unsigned_abs();
    Ok(StoredEvent {
        position,
        stream: stream_of_event(row.try_get(1)?, row.try_get(2)?, position)?,
        sequence: row.try_get::<i64, _>(3)?.unsigned_abs(),
        name: row.try_get::<&str, _>(4)?.into(),
        version: row.try_get(5)?,
        payload: row.try_get(6)?,
        metadata: row.try_get(7)?,
        occurred_at: instant(row.try_get(8)?, position)?,
        recorded_at: instant(row.try_get(9)?, position)?,
        digest: digest(row.try_get(10)?, position)?,
    })
}
