//! Reading events: histories by stream, everything by position, and the heads.

use std::collections::HashMap;

use domain::stream::{StreamId, StreamKind};
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use rustc_hash::FxHashSet;
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use crate::read::{Head, StoredEvent};
use crate::store::StoreError;
use crate::stored::{contiguous, digest, instant, integer, present, sql_limit, stream_of_event, whole};

/// A shard as its column keeps it.
pub(super) fn small(shard: u16) -> i16 {
    i16::try_from(shard).expect("a store has at most 1,024 shards")
}

/// Full histories of streams, in one statement.
pub(super) async fn load(
    conn: &mut PgConnection,
    streams: &[StreamId],
    shards: u16,
) -> Result<HashMap<StreamId, Vec<StoredEvent>>, StoreError> {
    let mut histories: HashMap<StreamId, Vec<StoredEvent>> = HashMap::with_capacity(streams.len());
    if streams.is_empty() {
        return Ok(histories);
    }
    let mut seen = FxHashSet::default();
    let wanted: Vec<&StreamId> = streams.iter().filter(|stream| seen.insert(*stream)).collect();
    let rows = sqlx::query(
        "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                occurred_at, recorded_at, digest
         FROM unnest($1::smallint[], $2::text[], $3::text[]) AS wanted (shard, kind, key)
         JOIN events ON events.shard = wanted.shard AND aggregate_type = wanted.kind AND aggregate_id = wanted.key",
    )
    .bind(wanted.iter().map(|stream| small(stream.shard(shards))).collect::<Vec<_>>())
    .bind(wanted.iter().map(|stream| stream.kind().name()).collect::<Vec<_>>())
    .bind(wanted.iter().map(|stream| stream.key()).collect::<Vec<_>>())
    .fetch_all(conn)
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
    for history in histories.values_mut() {
        history.sort_unstable_by_key(|event| event.sequence);
        whole(history)?;
    }
    Ok(histories)
}

/// Events of a shard after a position, checked to be without gaps up to the head or the limit.
pub(super) async fn scan(
    conn: &mut PgConnection,
    shard: u16,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEvent>, StoreError> {
    // Read before the events: they may grow meanwhile, but cannot end before this head.
    let head: i64 = sqlx::query_scalar("SELECT position FROM heads WHERE shard = $1")
        .bind(small(shard))
        .fetch_one(&mut *conn)
        .await?;
    let rows = sqlx::query(
        "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                occurred_at, recorded_at, digest
         FROM events WHERE shard = $1 AND position > $2 ORDER BY position LIMIT $3",
    )
    .bind(small(shard))
    .bind(integer(after))
    .bind(sql_limit(limit))
    .fetch(conn);
    let events = events(rows).await?;
    contiguous(&events, after, limit, head.unsigned_abs())?;
    Ok(events)
}

/// Whole histories of one kind of all shards, paged by key.
pub(super) async fn scan_streams(
    conn: &mut PgConnection,
    kind: StreamKind,
    after: Option<&str>,
    limit: usize,
    shards: u16,
) -> Result<Vec<StoredEvent>, StoreError> {
    let rows = sqlx::query(
        "SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                occurred_at, recorded_at, digest
         FROM generate_series(0, $1::int - 1) AS each_of (shard)
         CROSS JOIN LATERAL (
             SELECT * FROM events
             WHERE events.shard = each_of.shard::smallint AND aggregate_type = $2 AND aggregate_id > $3
             ORDER BY aggregate_id, sequence LIMIT $4
         ) AS events
         ORDER BY aggregate_id, sequence LIMIT $4",
    )
    .bind(i32::from(shards))
    .bind(kind.name())
    .bind(after.unwrap_or_default())
    // One more than asked for shows whether the last history goes on; no limit below one makes no progress.
    .bind(sql_limit(limit.max(1).saturating_add(1)))
    .fetch(&mut *conn);
    let mut events = events(rows).await?;
    if events.len() > limit.max(1)
        && let Some(last) = events.last().map(|event| event.stream.clone())
    {
        let cut = events.partition_point(|event| event.stream.key() < last.key());
        events.truncate(cut);
        if events.is_empty() {
            let stream = [last];
            events = load(conn, &stream, shards).await?.remove(&stream[0]).unwrap_or_default();
        }
    }
    for history in events.chunk_by(|one, next| one.stream == next.stream) {
        whole(history)?;
    }
    Ok(events)
}

/// The end of a shard, and its event is there.
pub(super) async fn head(conn: &mut PgConnection, shard: u16) -> Result<Head, StoreError> {
    let row = sqlx::query(
        "SELECT heads.position, count, heads.digest, events.recorded_at
         FROM heads LEFT JOIN events ON events.shard = heads.shard AND events.position = heads.position
         WHERE heads.shard = $1",
    )
    .bind(small(shard))
    .fetch_one(conn)
    .await?;
    present(end(&row)?)
}

/// The ends of all shards; without a recording time when their event is missing.
pub(super) async fn ends(conn: &mut PgConnection) -> Result<Vec<Head>, StoreError> {
    let rows = sqlx::query(
        "SELECT heads.position, count, heads.digest, events.recorded_at
         FROM heads LEFT JOIN events ON events.shard = heads.shard AND events.position = heads.position
         ORDER BY heads.shard",
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(end).collect()
}

fn end(row: &PgRow) -> Result<Head, StoreError> {
    let position = row.try_get::<i64, _>(0)?.unsigned_abs();
    let recorded_at = row.try_get::<Option<i64>, _>(3)?;
    Ok(Head {
        position,
        count: row.try_get::<i64, _>(1)?.unsigned_abs(),
        digest: digest(row.try_get(2)?, position)?,
        recorded_at: recorded_at.map(|micros| instant(micros, position)).transpose()?,
    })
}

/// Each row is made an event as it comes in, so that a page is never held twice.
async fn events(mut rows: BoxStream<'_, Result<PgRow, sqlx::Error>>) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    while let Some(row) = rows.try_next().await? {
        events.push(event(&row)?);
    }
    Ok(events)
}

// The types of the columns are those of our own schema: asking for each value's costs more than reading it.
fn event(row: &PgRow) -> Result<StoredEvent, StoreError> {
    let position = row.try_get_unchecked::<i64, _>(0)?.unsigned_abs();
    Ok(StoredEvent {
        position,
        stream: stream_of_event(row.try_get_unchecked(1)?, row.try_get_unchecked(2)?, position)?,
        sequence: row.try_get_unchecked::<i64, _>(3)?.unsigned_abs(),
        name: row.try_get_unchecked::<&str, _>(4)?.into(),
        version: u16::try_from(row.try_get_unchecked::<i32, _>(5)?).map_err(|_| StoreError::Corrupt {
            position,
            what: "the version of the event is out of range",
        })?,
        payload: row.try_get_unchecked(6)?,
        metadata: row.try_get_unchecked(7)?,
        occurred_at: instant(row.try_get_unchecked(8)?, position)?,
        recorded_at: instant(row.try_get_unchecked(9)?, position)?,
        digest: digest(row.try_get_unchecked(10)?, position)?,
    })
}
