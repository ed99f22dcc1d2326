//! Writing a commit: one `BEGIN IMMEDIATE` transaction with a handful of multi-row statements.

use std::collections::HashMap;

use domain::machine::Instant;
use rustc_hash::FxHashSet;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::task::JoinHandle;

use super::deliveries::{answers, arrivals};
use super::history::{head, json, last_sequences};
use super::insert::{self, Insert, Statement, Values};
use super::outbox;
use crate::bodies::{self, BodyName, Packer};
use crate::chain::ONLY_SHARD;
use crate::commit::{Commit, NewMessage, Outcome};
use crate::fresh;
use crate::inbox::{Attempt, Body, InboxKey, NewDelivery};
use crate::read::{Head, StoredEntry, StoredEvent};
use crate::sealed::{self, Draft};
use crate::store::StoreError;
use crate::stored::{evidence_word, integer, verdict_columns};

const DELIVERIES: Insert = Insert {
    into: "INSERT INTO inbox (key, kind, topic, channel, seller, site, origin, received_at, body_sha256, \
           body_length, body_offset, unclassified, verdict, reason, detail, attempts, caused_by, \
           subject) VALUES",
    columns: 18,
    then: "",
};
const ATTEMPTS: Insert = Insert {
    into: "INSERT INTO attempts (arrival, number, at, verdict, reason, detail) VALUES",
    columns: 6,
    then: "",
};
/// A body that is there already is the same body: its name is its hash.
const BODIES: Insert = Insert {
    into: "INSERT INTO bodies (sha256, packed) VALUES",
    columns: 2,
    then: "ON CONFLICT (sha256) DO NOTHING",
};
const EVENTS: Insert = Insert {
    into: "INSERT INTO events (position, shard, aggregate_type, aggregate_id, sequence, event_type, event_version, \
           payload, metadata, occurred_at, recorded_at, digest) VALUES",
    columns: 12,
    then: "",
};
const ENTRIES: Insert = Insert {
    into: "INSERT INTO entries (position, id, stream, seller, fact, at, recorded_at, currency, accounts, amounts, \
           evidence, policy) VALUES",
    columns: 12,
    then: "",
};
const BALANCES: Insert = Insert {
    into: "INSERT INTO balances (account, currency, seller, shard, balance_minor) VALUES",
    columns: 5,
    then: "ON CONFLICT (account, currency, seller, shard) DO UPDATE SET balance_minor = excluded.balance_minor",
};

/// A commit that is hashed and bound: what can be done before the writer is free.
pub(super) struct Prepared {
    recorded_at: Instant,
    deliveries: Vec<NewDelivery>,
    rows: Vec<Statement>,
    /// Compressing takes longest and is needed last.
    bodies: JoinHandle<Vec<Statement>>,
    attempts: Vec<Attempt>,
    draft: Draft,
    outbox: Vec<NewMessage>,
}

impl Prepared {
    /// Prepares a commit; takes milliseconds of processor time for hundreds of bodies. Starts to compress the bodies
    /// on another thread.
    ///
    /// # Errors
    /// [`StoreError::RepeatedEntry`], [`StoreError::Unstorable`].
    pub(super) fn new(mut commit: Commit) -> Result<Self, StoreError> {
        let names =
            commit.deliveries.iter().map(|new| bodies::name(&new.body)).collect::<Result<Vec<_>, _>>()?;
        let draft = sealed::draft(commit.recorded_at, commit.events)?;
        let mut seen = FxHashSet::default();
        let mut unpacked = Vec::with_capacity(names.len());
        for (new, name) in commit.deliveries.iter_mut().zip(&names) {
            // The bytes are not needed twice; what the row says of them is in the name.
            let body = std::mem::replace(&mut new.body, Body::whole(vec![]));
            if let Body::Bytes(body) = body
                && seen.insert(name.sha256)
            {
                unpacked.push((name.sha256, body.into_bytes()));
            }
        }
        let bodies = tokio::task::spawn_blocking(move || packed(unpacked));
        let rows = DELIVERIES.statements(commit.deliveries.iter().zip(&names), delivery);
        let Commit { recorded_at, deliveries, attempts, outbox, .. } = commit;
        Ok(Self { recorded_at, deliveries, rows, bodies, attempts, draft, outbox })
    }
}

fn packed(unpacked: Vec<([u8; 32], Vec<u8>)>) -> Vec<Statement> {
    let mut packer = Packer::new();
    BODIES.statements(unpacked, |values, (sha256, bytes)| {
        values.bytes(sha256.to_vec());
        values.bytes(packer.pack(&bytes));
    })
}

fn delivery(values: &mut Values, (new, name): (&NewDelivery, &BodyName)) {
    let (word, reason, detail) = verdict_columns(&new.verdict);
    for text in [&new.key.0, &new.kind, &new.topic, &new.channel, &new.seller, &new.site, &new.origin] {
        values.text(text);
    }
    values.integer(new.received_at.timestamp_micros());
    values.bytes(name.sha256.to_vec());
    values.integer(integer(name.length));
    values.optional_integer(name.offset.map(integer));
    values.integer(i64::from(new.unclassified));
    values.text(word);
    values.optional_text(reason);
    values.optional_text(detail);
    values.integer(1);
    values.optional_text(new.caused_by.as_ref().map(|cause| &*cause.0));
    values.optional_text(new.subject.as_deref());
}

/// Writes a commit or nothing. A future that is dropped half-way rolls back.
pub(super) async fn commit(conn: &mut SqliteConnection, prepared: Prepared) -> Result<Outcome, StoreError> {
    let Prepared { recorded_at, deliveries, rows, bodies, attempts, draft, outbox } = prepared;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let last = last_sequences(&mut tx, &fresh::streams(draft.events())).await?;
    let streams = fresh::stale_streams(draft.events(), &last);
    let granted = fresh::granted(&deliveries, &attempts);
    let attempted = attempts.iter().map(|attempt| &attempt.key);
    let named = deliveries.iter().map(|new| &new.key).chain(attempted).chain(granted.absent.iter().copied());
    let mut inbox = arrivals(&mut tx, &named.collect::<Vec<_>>()).await?;
    let answers = answers(&mut tx, &granted.waiting).await?;
    let known = |key: &InboxKey| inbox.contains_key(key);
    let keys = fresh::stale_keys(&deliveries, &granted, known, |key| answers.contains_key(key));
    if !streams.is_empty() || !keys.is_empty() {
        tx.rollback().await?;
        return Ok(Outcome::Stale { streams, keys });
    }
    let sealed = draft.seal(head(&mut tx).await?, ONLY_SHARD);
    if !deliveries.is_empty() {
        let first = receive(&mut tx, rows, recorded_at).await?;
        inbox.extend(deliveries.into_iter().zip(first..).map(|(new, arrival)| (new.key, (arrival, 1))));
    }
    attempt(&mut tx, &attempts, &mut inbox).await?;
    append(&mut tx, sealed.events).await?;
    post(&mut tx, &sealed.entries).await?;
    outbox::write(&mut tx, &outbox, recorded_at).await?;
    let bodies = bodies.await.map_err(|_| StoreError::Failed { part: "the packing of bodies" })?;
    insert::run(&mut tx, bodies).await?;
    move_head(&mut tx, &sealed.head).await?;
    tx.commit().await?;
    Ok(Outcome::Committed { head: sealed.head.position })
}

/// Writes deliveries with their first attempts; answers the arrival of the first. SQLite numbers the rows in order.
async fn receive(
    conn: &mut SqliteConnection,
    rows: Vec<Statement>,
    recorded_at: Instant,
) -> Result<i64, StoreError> {
    let before: Option<i64> =
        sqlx::query_scalar("SELECT max(arrival) FROM inbox").fetch_one(&mut *conn).await?;
    let before = before.unwrap_or(0);
    insert::run(conn, rows).await?;
    sqlx::query(
        "INSERT INTO attempts (arrival, number, at, verdict, reason, detail)
         SELECT arrival, attempts, ?1, verdict, reason, detail FROM inbox WHERE arrival > ?2",
    )
    .bind(recorded_at.timestamp_micros())
    .bind(before)
    .execute(conn)
    .await?;
    Ok(before + 1)
}

async fn attempt(
    conn: &mut SqliteConnection,
    attempts: &[Attempt],
    inbox: &mut HashMap<InboxKey, (i64, i64)>,
) -> Result<(), StoreError> {
    if attempts.is_empty() {
        return Ok(());
    }
    let mut numbered = Vec::with_capacity(attempts.len());
    for attempt in attempts {
        let Some((arrival, number)) = inbox.get_mut(&attempt.key) else {
            return Err(StoreError::UnknownDelivery { key: attempt.key.clone() });
        };
        *number += 1;
        numbered.push((*arrival, *number, attempt));
    }
    let statements = ATTEMPTS.statements(numbered.iter(), |values, (arrival, number, attempt)| {
        let (word, reason, detail) = verdict_columns(&attempt.verdict);
        values.integer(*arrival);
        values.integer(*number);
        values.integer(attempt.at.timestamp_micros());
        values.text(word);
        values.optional_text(reason);
        values.optional_text(detail);
    });
    insert::run(conn, statements).await?;
    let arrivals: FxHashSet<i64> = numbered.iter().map(|(arrival, _, _)| *arrival).collect();
    let arrivals: Vec<i64> = arrivals.into_iter().collect();
    // The last attempt is the verdict that counts.
    sqlx::query(
        "UPDATE inbox SET attempts = last.number, verdict = last.verdict, reason = last.reason, detail = last.detail
         FROM json_each(?1) AS moved
         CROSS JOIN attempts AS last
         WHERE last.arrival = moved.value
           AND last.number = (SELECT max(number) FROM attempts WHERE arrival = moved.value)
           AND inbox.arrival = moved.value",
    )
    .bind(json(&arrivals))
    .execute(conn)
    .await?;
    Ok(())
}

async fn append(conn: &mut SqliteConnection, events: Vec<StoredEvent>) -> Result<(), StoreError> {
    let statements = EVENTS.statements(events, |values, event| {
        values.integer(integer(event.position));
        values.integer(i64::from(ONLY_SHARD));
        values.text(event.stream.kind().name());
        values.text(event.stream.key());
        values.integer(integer(event.sequence));
        values.text(&event.name);
        values.integer(i64::from(event.version));
        values.owned(event.payload);
        values.owned(event.metadata);
        values.integer(event.occurred_at.timestamp_micros());
        values.integer(event.recorded_at.timestamp_micros());
        values.bytes(event.digest.to_vec());
    });
    insert::run(conn, statements).await?;
    Ok(())
}

async fn post(conn: &mut SqliteConnection, entries: &[StoredEntry]) -> Result<(), StoreError> {
    let statements = ENTRIES.statements(entries, |values, entry| {
        let accounts: Vec<u16> = entry.lines.iter().map(|line| line.account.code()).collect();
        let amounts: Vec<i64> = entry.lines.iter().map(|line| line.amount_minor).collect();
        values.integer(integer(entry.position));
        values.text(&entry.id.0);
        values.owned(entry.stream.to_string());
        values.text(entry.stream.seller());
        values.text(&entry.fact);
        values.integer(entry.at.timestamp_micros());
        values.integer(entry.recorded_at.timestamp_micros());
        values.text(entry.currency.code());
        values.owned(json(&accounts));
        values.owned(json(&amounts));
        values.text(evidence_word(entry.evidence));
        values.integer(i64::from(entry.policy));
    });
    match insert::run(conn, statements).await {
        Ok(()) => move_balances(conn, entries).await,
        Err(sqlx::Error::Database(refused)) if refused.is_unique_violation() => {
            Err(repeated(conn, entries).await?.unwrap_or(sqlx::Error::Database(refused).into()))
        }
        Err(error) => Err(error.into()),
    }
}

/// The entry that is posted already: those of this commit differ among themselves.
async fn repeated(
    conn: &mut SqliteConnection,
    entries: &[StoredEntry],
) -> Result<Option<StoreError>, StoreError> {
    let ids: Vec<_> = entries.iter().map(|entry| (entry.stream.to_string(), &*entry.id.0)).collect();
    let first = entries.first().map_or(0, |entry| integer(entry.position));
    let index: Option<i64> = sqlx::query_scalar(
        "SELECT wanted.key FROM json_each(?1) AS wanted CROSS JOIN entries
         WHERE stream = wanted.value ->> 0 AND entries.id = wanted.value ->> 1 AND position < ?2
         ORDER BY wanted.key LIMIT 1",
    )
    .bind(json(&ids))
    .bind(first)
    .fetch_optional(conn)
    .await?;
    Ok(index
        .and_then(|index| entries.get(usize::try_from(index).ok()?))
        .map(|entry| StoreError::RepeatedEntry { id: entry.id.clone() }))
}

async fn move_balances(conn: &mut SqliteConnection, entries: &[StoredEntry]) -> Result<(), StoreError> {
    let mut sums = sealed::sums(entries)?;
    if sums.is_empty() {
        return Ok(());
    }
    let wanted: Vec<_> =
        sums.keys().map(|(account, currency, seller)| (account.code(), currency.code(), &**seller)).collect();
    let before: Vec<Option<i64>> = sqlx::query_scalar(
        "SELECT balance_minor FROM json_each(?1) AS wanted LEFT JOIN balances
         ON account = wanted.value ->> 0 AND currency = wanted.value ->> 1 AND seller = wanted.value ->> 2
            AND shard = ?2
         ORDER BY wanted.key",
    )
    .bind(json(&wanted))
    .bind(ONLY_SHARD)
    .fetch_all(&mut *conn)
    .await?;
    for (((account, currency, seller), sum), before) in sums.iter_mut().zip(before) {
        *sum = sealed::add(before.unwrap_or(0), *sum, *account, *currency, seller)?;
    }
    let moved: Vec<_> = sums.into_iter().collect();
    let statements = BALANCES.statements(moved, |values, ((account, currency, seller), balance_minor)| {
        values.integer(i64::from(account.code()));
        values.text(currency.code());
        values.text(&seller);
        values.integer(i64::from(ONLY_SHARD));
        values.integer(balance_minor);
    });
    insert::run(conn, statements).await?;
    Ok(())
}

async fn move_head(conn: &mut SqliteConnection, head: &Head) -> Result<(), StoreError> {
    sqlx::query("UPDATE heads SET position = ?1, count = ?2, digest = ?3 WHERE shard = ?4")
        .bind(integer(head.position))
        .bind(integer(head.count))
        .bind(head.digest.to_vec())
        .bind(ONLY_SHARD)
        .execute(conn)
        .await?;
    Ok(())
}
