//! Writing rows: one statement for each table, its columns as arrays.
//!
//! The arrays are unnested in the select list, where rows are made one by one; in the FROM clause each array would be
//! written to a store of its own first, which costs the server a seventh more.

use std::collections::BTreeMap;

use domain::machine::Instant;
use sqlx::postgres::PgConnection;

use super::history::small;
use super::prepared::Sums;
use crate::bodies::BodyName;
use crate::commit::NewMessage;
use crate::inbox::{NewDelivery, Verdict};
use crate::read::{StoredEntry, StoredEvent};
use crate::stored::{evidence_word, integer, verdict_columns};

/// Most bytes of bodies in one statement; the protocol ends at 1 GiB.
const MOST_BYTES: usize = 32 << 20;

/// A delivery that has its place in the inbox.
pub(super) struct Arrived<'c> {
    pub(super) arrival: i64,
    pub(super) new: &'c NewDelivery,
    pub(super) name: &'c BodyName,
    pub(super) recorded_at: Instant,
}

/// A further verdict that has its number.
pub(super) struct Attempted<'c> {
    pub(super) arrival: i64,
    pub(super) number: i32,
    pub(super) at: Instant,
    pub(super) verdict: &'c Verdict,
}

/// A message that has its number.
pub(super) struct Sent<'c> {
    pub(super) number: i64,
    pub(super) message: &'c NewMessage,
    pub(super) recorded_at: Instant,
}

/// The end of a shard with its counters.
#[derive(Clone, Debug)]
pub(super) struct Counters {
    pub(super) head: crate::read::Head,
    pub(super) arrivals: i64,
    pub(super) messages: i64,
}

fn column<R, T>(rows: &[R], of: impl FnMut(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Deliveries with their first attempts.
pub(super) async fn deliveries(conn: &mut PgConnection, rows: &[Arrived<'_>]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let verdicts = column(rows, |row| verdict_columns(&row.new.verdict));
    sqlx::query(
        "INSERT INTO inbox (arrival, key, kind, topic, channel, seller, site, origin, received_at, body_sha256,
             body_length, body_offset, unclassified, verdict, reason, detail, caused_by, subject, attempts)
         SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]),
             unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
             unnest($9::bigint[]), unnest($10::bytea[]), unnest($11::bigint[]), unnest($12::bigint[]),
             unnest($13::boolean[]), unnest($14::text[]), unnest($15::text[]), unnest($16::text[]), unnest($17::text[]),
             unnest($18::text[]), 1",
    )
    .bind(column(rows, |row| row.arrival))
    .bind(column(rows, |row| &*row.new.key.0))
    .bind(column(rows, |row| &*row.new.kind))
    .bind(column(rows, |row| &*row.new.topic))
    .bind(column(rows, |row| &*row.new.channel))
    .bind(column(rows, |row| &*row.new.seller))
    .bind(column(rows, |row| &*row.new.site))
    .bind(column(rows, |row| &*row.new.origin))
    .bind(column(rows, |row| row.new.received_at.timestamp_micros()))
    .bind(column(rows, |row| &row.name.sha256[..]))
    .bind(column(rows, |row| integer(row.name.length)))
    .bind(column(rows, |row| row.name.offset.map(integer)))
    .bind(column(rows, |row| row.new.unclassified))
    .bind(column(&verdicts, |(word, _, _)| *word))
    .bind(column(&verdicts, |(_, reason, _)| *reason))
    .bind(column(&verdicts, |(_, _, detail)| *detail))
    .bind(column(rows, |row| row.new.caused_by.as_ref().map(|cause| &*cause.0)))
    .bind(column(rows, |row| row.new.subject.as_deref()))
    .execute(&mut *conn)
    .await?;
    let firsts = column(rows, |row| Attempted {
        arrival: row.arrival,
        number: 1,
        at: row.recorded_at,
        verdict: &row.new.verdict,
    });
    numbered(conn, &firsts).await
}

/// Further verdicts, in the order of their numbers; the last one of a delivery is the verdict that counts.
pub(super) async fn attempts(conn: &mut PgConnection, rows: &[Attempted<'_>]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    numbered(conn, rows).await?;
    let last: BTreeMap<i64, &Attempted<'_>> = rows.iter().map(|row| (row.arrival, row)).collect();
    let last: Vec<&Attempted<'_>> = last.into_values().collect();
    let verdicts = column(&last, |row| verdict_columns(row.verdict));
    sqlx::query(
        "UPDATE inbox SET attempts = last.number, verdict = last.verdict, reason = last.reason, detail = last.detail
         FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[])
             AS last (arrival, number, verdict, reason, detail)
         WHERE inbox.arrival = last.arrival",
    )
    .bind(column(&last, |row| row.arrival))
    .bind(column(&last, |row| row.number))
    .bind(column(&verdicts, |(word, _, _)| *word))
    .bind(column(&verdicts, |(_, reason, _)| *reason))
    .bind(column(&verdicts, |(_, _, detail)| *detail))
    .execute(conn)
    .await?;
    Ok(())
}

async fn numbered(conn: &mut PgConnection, rows: &[Attempted<'_>]) -> Result<(), sqlx::Error> {
    let verdicts = column(rows, |row| verdict_columns(row.verdict));
    sqlx::query(
        "INSERT INTO attempts (arrival, number, at, verdict, reason, detail)
         SELECT unnest($1::bigint[]), unnest($2::integer[]), unnest($3::bigint[]), unnest($4::text[]),
             unnest($5::text[]), unnest($6::text[])",
    )
    .bind(column(rows, |row| row.arrival))
    .bind(column(rows, |row| row.number))
    .bind(column(rows, |row| row.at.timestamp_micros()))
    .bind(column(&verdicts, |(word, _, _)| *word))
    .bind(column(&verdicts, |(_, reason, _)| *reason))
    .bind(column(&verdicts, |(_, _, detail)| *detail))
    .execute(conn)
    .await?;
    Ok(())
}

/// Bodies in the order of their names, so that two writers cannot wait for each other. One that is there already is
/// the same body: its name is its hash.
pub(super) async fn bodies(
    conn: &mut PgConnection,
    bodies: &BTreeMap<&[u8; 32], &Vec<u8>>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = bodies.iter().map(|(sha256, packed)| (&sha256[..], &packed[..])).collect();
    let mut rest = &rows[..];
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|(_, packed)| {
            bytes += packed.len();
            bytes <= MOST_BYTES
        });
        let count = fits.count().max(1);
        sqlx::query(
            "INSERT INTO bodies (sha256, packed) SELECT unnest($1::bytea[]), unnest($2::bytea[])
             ON CONFLICT (sha256) DO NOTHING",
        )
        .bind(column(&rest[..count], |(sha256, _)| *sha256))
        .bind(column(&rest[..count], |(_, packed)| *packed))
        .execute(&mut *conn)
        .await?;
        rest = &rest[count..];
    }
    Ok(())
}

/// Events with their shards.
pub(super) async fn events(conn: &mut PgConnection, rows: &[(u16, &StoredEvent)]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO events (shard, position, aggregate_type, aggregate_id, sequence, event_type, event_version,
             payload, metadata, occurred_at, recorded_at, digest)
         SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::text[]),
             unnest($5::bigint[]), unnest($6::text[]), unnest($7::integer[]), unnest($8::text[]),
             unnest($9::text[]), unnest($10::bigint[]), unnest($11::bigint[]), unnest($12::bytea[])",
    )
    .bind(column(rows, |(shard, _)| small(*shard)))
    .bind(column(rows, |(_, event)| integer(event.position)))
    .bind(column(rows, |(_, event)| event.stream.kind().name()))
    .bind(column(rows, |(_, event)| event.stream.key()))
    .bind(column(rows, |(_, event)| integer(event.sequence)))
    .bind(column(rows, |(_, event)| &*event.name))
    .bind(column(rows, |(_, event)| i32::from(event.version)))
    .bind(column(rows, |(_, event)| &*event.payload))
    .bind(column(rows, |(_, event)| &*event.metadata))
    .bind(column(rows, |(_, event)| event.occurred_at.timestamp_micros()))
    .bind(column(rows, |(_, event)| event.recorded_at.timestamp_micros()))
    .bind(column(rows, |(_, event)| &event.digest[..]))
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries with their shards. An array of arrays would lose their bounds, so accounts and amounts travel as text.
pub(super) async fn entries(
    conn: &mut PgConnection,
    rows: &[(u16, &StoredEntry)],
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO entries (shard, position, id, stream, seller, fact, at, recorded_at, currency, accounts, amounts,
             evidence, policy)
         SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::text[]), unnest($4::text[]),
             unnest($5::text[]), unnest($6::text[]), unnest($7::bigint[]), unnest($8::bigint[]),
             unnest($9::text[]), unnest($10::text[])::int2[], unnest($11::text[])::bigint[],
             unnest($12::text[]), unnest($13::bigint[])",
    )
    .bind(column(rows, |(shard, _)| small(*shard)))
    .bind(column(rows, |(_, entry)| integer(entry.position)))
    .bind(column(rows, |(_, entry)| &*entry.id.0))
    .bind(column(rows, |(_, entry)| entry.stream.to_string()))
    .bind(column(rows, |(_, entry)| entry.stream.seller()))
    .bind(column(rows, |(_, entry)| &*entry.fact))
    .bind(column(rows, |(_, entry)| entry.at.timestamp_micros()))
    .bind(column(rows, |(_, entry)| entry.recorded_at.timestamp_micros()))
    .bind(column(rows, |(_, entry)| entry.currency.code()))
    .bind(column(rows, |(_, entry)| array(entry.lines.iter().map(|line| line.account.code()))))
    .bind(column(rows, |(_, entry)| array(entry.lines.iter().map(|line| line.amount_minor))))
    .bind(column(rows, |(_, entry)| evidence_word(entry.evidence)))
    .bind(column(rows, |(_, entry)| i64::from(entry.policy)))
    .execute(conn)
    .await?;
    Ok(())
}

fn array(numbers: impl Iterator<Item = impl ToString>) -> String {
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    format!("{{{}}}", numbers.join(","))
}

/// Adds to balances, in their order. PostgreSQL fails when a sum is out of range.
pub(super) async fn balances(conn: &mut PgConnection, sums: &Sums) -> Result<(), sqlx::Error> {
    if sums.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = sums.iter().collect();
    sqlx::query(
        "INSERT INTO balances AS kept (account, currency, seller, shard, balance_minor)
         SELECT unnest($1::smallint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::smallint[]),
             unnest($5::bigint[])
         ON CONFLICT (account, currency, seller, shard)
         DO UPDATE SET balance_minor = kept.balance_minor + excluded.balance_minor",
    )
    .bind(column(&rows, |((account, ..), _)| small(account.code())))
    .bind(column(&rows, |((_, currency, ..), _)| currency.code()))
    .bind(column(&rows, |((_, _, seller, _), _)| &**seller))
    .bind(column(&rows, |((.., shard), _)| small(*shard)))
    .bind(column(&rows, |(_, sum)| **sum))
    .execute(conn)
    .await?;
    Ok(())
}

/// Messages of the outbox.
pub(super) async fn messages(conn: &mut PgConnection, rows: &[Sent<'_>]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO outbox (number, key, destination, stream, payload, recorded_at)
         SELECT unnest($1::bigint[]), unnest($2::text[]), unnest($3::text[]), unnest($4::text[]),
             unnest($5::text[]), unnest($6::bigint[])",
    )
    .bind(column(rows, |row| row.number))
    .bind(column(rows, |row| &*row.message.key))
    .bind(column(rows, |row| &*row.message.destination))
    .bind(column(rows, |row| row.message.caused_by.to_string()))
    .bind(column(rows, |row| &*row.message.payload))
    .bind(column(rows, |row| row.recorded_at.timestamp_micros()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves heads and their counters.
pub(super) async fn heads(
    conn: &mut PgConnection,
    heads: &BTreeMap<u16, Counters>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<_> = heads.iter().collect();
    sqlx::query(
        "UPDATE heads SET position = moved.position, count = moved.count, arrivals = moved.arrivals,
             messages = moved.messages, digest = moved.digest
         FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
             AS moved (shard, position, count, arrivals, messages, digest)
         WHERE heads.shard = moved.shard",
    )
    .bind(column(&rows, |(shard, _)| small(**shard)))
    .bind(column(&rows, |(_, at)| integer(at.head.position)))
    .bind(column(&rows, |(_, at)| integer(at.head.count)))
    .bind(column(&rows, |(_, at)| at.arrivals))
    .bind(column(&rows, |(_, at)| at.messages))
    .bind(column(&rows, |(_, at)| &at.head.digest[..]))
    .execute(conn)
    .await?;
    Ok(())
}
