//! Reading the inbox, and purging its bodies.

use std::collections::HashMap;

use domain::machine::Instant;
use domain::text::Text;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Postgres, QueryBuilder, Row};

use super::address::ANY_PLAN;
use crate::bodies;
use crate::inbox::{Attempt, InboxKey, Verdict};
use crate::read::{Delivery, InboxCounts, InboxFilter, Sighting};
use crate::store::{StoreError, Visit};
use crate::stored::{instant, integer, verdict};

const COLUMNS: &str = "SELECT arrival, key, kind, topic, channel, seller, site, origin, received_at, body_sha256, \
                       body_length, body_offset, unclassified, verdict, reason, detail, attempts, caused_by, \
                       subject FROM inbox";

/// Those of the keys that are in the inbox, with the SHA-256 of their bodies.
pub(super) async fn known(
    conn: &mut PgConnection,
    keys: &[InboxKey],
) -> Result<HashMap<InboxKey, Text>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query(
        "SELECT inbox.key, body_sha256 FROM unnest($1::text[]) AS wanted (key) JOIN inbox ON inbox.key = wanted.key",
    )
    .bind(texts(keys))
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let sha256: &[u8] = row.try_get(1)?;
            Ok((InboxKey(row.try_get::<&str, _>(0)?.into()), bodies::to_hex(sha256).into()))
        })
        .collect()
}

/// Verdicts of the last deliveries that were fetched for notifications.
pub(super) async fn answers<'k>(
    conn: &mut PgConnection,
    notifications: impl IntoIterator<Item = &'k InboxKey>,
) -> Result<HashMap<InboxKey, Verdict>, StoreError> {
    let notifications = texts(notifications);
    if notifications.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query(
        "SELECT caused_by, verdict, reason, detail
         FROM unnest($1::text[]) AS wanted (key) JOIN inbox ON caused_by = wanted.key ORDER BY arrival",
    )
    .bind(notifications)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            let verdict = verdict(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)?;
            Ok((InboxKey(row.try_get::<&str, _>(0)?.into()), verdict))
        })
        .collect()
}

/// Deliveries by verdict.
pub(super) async fn counts(conn: &mut PgConnection) -> Result<InboxCounts, StoreError> {
    let mut tx = conn.begin_with(ANY_PLAN).await?;
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT verdict, count(*) FROM inbox GROUP BY verdict").fetch_all(&mut *tx).await?;
    tx.rollback().await?;
    let mut counts = InboxCounts::default();
    for (word, count) in rows {
        *counts.of(&verdict(&word, None, None)?) += count.unsigned_abs();
    }
    Ok(counts)
}

/// Deliveries in order of arrival.
pub(super) async fn list(conn: &mut PgConnection, filter: &InboxFilter) -> Result<Vec<Delivery>, StoreError> {
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push(" WHERE arrival > ").push_bind(integer(filter.after));
    if let Some(word) = &filter.verdict {
        query.push(" AND verdict = ").push_bind(word.to_string());
        if !matches!(&**word, "applied" | "unchanged") {
            // Said once more, because a plan for every word cannot use the index of the open ones.
            query.push(" AND verdict NOT IN ('applied', 'unchanged')");
        }
    }
    if filter.unclassified {
        query.push(" AND unclassified");
    }
    if let Some(kind) = &filter.kind {
        query.push(" AND kind = ").push_bind(kind.to_string());
    }
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    query.push(" ORDER BY arrival LIMIT ").push_bind(limit);
    query.build().fetch_all(conn).await?.iter().map(delivery).collect()
}

/// Who saw what first, after the last that was told. Without an index, so that taking deliveries in costs nothing for
/// it: the rows are sorted.
pub(super) async fn sightings(
    conn: &mut PgConnection,
    told: &mut Option<[Text; 4]>,
    visit: &mut Visit<'_>,
) -> Result<(), StoreError> {
    let mut tx = conn.begin_with(ANY_PLAN).await?;
    let mut rows = sqlx::query(
        "SELECT seller, subject, channel, kind, min(received_at), count(*) FROM inbox WHERE subject IS NOT NULL
         GROUP BY seller, subject, channel, kind ORDER BY seller, subject, channel, kind",
    )
    .fetch(&mut *tx);
    while let Some(row) = rows.try_next().await? {
        let text = |column: usize| row.try_get::<&str, _>(column).map(Text::from);
        let place = [text(0)?, text(1)?, text(2)?, text(3)?];
        if told.as_ref().is_some_and(|told| place <= *told) {
            continue;
        }
        let [seller, subject, channel, kind] = place.clone();
        let first_at = instant(row.try_get(4)?, 0)?;
        let count = row.try_get::<i64, _>(5)?.unsigned_abs();
        visit(Sighting { seller, subject, channel, kind, first_at, count });
        *told = Some(place);
    }
    drop(rows);
    tx.rollback().await?;
    Ok(())
}

/// One delivery with its attempts.
pub(super) async fn show(
    conn: &mut PgConnection,
    key: &InboxKey,
) -> Result<Option<(Delivery, Vec<Attempt>)>, StoreError> {
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push(" WHERE key = ").push_bind(key.to_string());
    let Some(row) = query.build().fetch_optional(&mut *conn).await? else { return Ok(None) };
    let delivery = delivery(&row)?;
    // Those that the delivery counts: a later one may be written between the two statements.
    let rows = sqlx::query(
        "SELECT at, verdict, reason, detail FROM attempts WHERE arrival = $1 AND number <= $2 ORDER BY number",
    )
    .bind(integer(delivery.arrival))
    .bind(i64::from(delivery.attempts))
    .fetch_all(conn)
    .await?;
    let attempts = rows
        .iter()
        .map(|row| {
            let at = instant(row.try_get(0)?, delivery.arrival)?;
            let verdict = verdict(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)?;
            Ok(Attempt { key: key.clone(), at, verdict })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Some((delivery, attempts)))
}

/// The stored bytes of a delivery.
pub(super) async fn body(conn: &mut PgConnection, key: &InboxKey) -> Result<Option<Vec<u8>>, StoreError> {
    let row = sqlx::query(
        "SELECT arrival, packed FROM inbox JOIN bodies ON bodies.sha256 = inbox.body_sha256 WHERE inbox.key = $1",
    )
    .bind(key.to_string())
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let position = row.try_get::<i64, _>(0)?.unsigned_abs();
    let bytes = bodies::unpack(row.try_get(1)?)
        .ok_or(StoreError::Corrupt { position, what: "the body cannot be decompressed" })?;
    Ok(Some(bytes))
}

/// Deletes bodies that only older deliveries have. Tables are joined whole, so any plan must be allowed.
pub(super) async fn purge(conn: &mut PgConnection, received_before: Instant) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "DELETE FROM bodies
         WHERE NOT EXISTS (SELECT FROM inbox WHERE body_sha256 = bodies.sha256 AND received_at >= $1)",
    )
    .bind(received_before.timestamp_micros())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Keys as an array.
pub(super) fn texts<'k>(keys: impl IntoIterator<Item = &'k InboxKey>) -> Vec<&'k str> {
    keys.into_iter().map(|key| &*key.0).collect()
}

fn delivery(row: &PgRow) -> Result<Delivery, StoreError> {
    let arrival = row.try_get::<i64, _>(0)?.unsigned_abs();
    let text = |column: usize| row.try_get::<&str, _>(column).map(Text::from);
    Ok(Delivery {
        arrival,
        key: InboxKey(text(1)?),
        kind: text(2)?,
        topic: text(3)?,
        channel: text(4)?,
        seller: text(5)?,
        site: text(6)?,
        origin: text(7)?,
        received_at: instant(row.try_get(8)?, arrival)?,
        caused_by: row.try_get::<Option<&str>, _>(17)?.map(|cause| InboxKey(cause.into())),
        subject: row.try_get::<Option<&str>, _>(18)?.map(Text::from),
        body_sha256: bodies::to_hex(row.try_get(9)?).into(),
        body_length: row.try_get::<i64, _>(10)?.unsigned_abs(),
        body_offset: row.try_get::<Option<i64>, _>(11)?.map(i64::unsigned_abs),
        unclassified: row.try_get(12)?,
        verdict: verdict(row.try_get(13)?, row.try_get(14)?, row.try_get(15)?)?,
        attempts: row.try_get::<i32, _>(16)?.unsigned_abs(),
    })
}
