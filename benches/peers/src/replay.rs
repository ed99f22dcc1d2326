//! Every event read back through `QueryReplay`, the framework's own way to rebuild a view.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Result, ensure};
use async_trait::async_trait;
use cqrs_es::persist::QueryReplay;
use cqrs_es::{Aggregate, DomainEvent, EventEnvelope, Query};
use postgres_es::PostgresEventRepository;
use sqlx::{Pool, Postgres};

use crate::life::life;
use crate::measured::Measured;
use crate::payment::{Event, Payment};
use crate::tables;

/// Rows of one statement while the table is filled.
const ROWS: u64 = 5_000;
/// The number of the first payment of a filled table; no other run of a command reaches it.
const FIRST: u64 = 92_000_000_000;

/// Fills the table up to so many events (not measured), then replays them all.
///
/// # Errors
/// When the database fails, or the replay ends early.
pub async fn run(url: &str, events: u64) -> Result<Measured> {
    let pool = tables::open(url, 4).await?;
    let stored = fill(&pool, events).await?;
    let seen = Arc::new(Seen::default());
    let repository = PostgresEventRepository::new(pool).with_streaming_channel_size(1_000);
    let started = Instant::now();
    QueryReplay::new(repository, View(seen.clone())).replay_all().await?;
    let elapsed = started.elapsed();
    let read = seen.events.load(Ordering::Relaxed);
    ensure!(read == stored, "the replay ended after {read} of {stored} events");
    Ok(Measured::new(read, read, elapsed, Vec::new(), seen.amounts.load(Ordering::Relaxed)))
}

/// The cheapest view there is: it counts, and sums amounts.
struct View(Arc<Seen>);

#[derive(Default)]
struct Seen {
    events: AtomicU64,
    amounts: AtomicU64,
}

#[async_trait]
impl Query<Payment> for View {
    async fn dispatch(&self, _id: &str, events: &[EventEnvelope<Payment>]) {
        for event in events {
            self.0.events.fetch_add(1, Ordering::Relaxed);
            self.0.amounts.fetch_add(event.payload.amount_minor().unsigned_abs(), Ordering::Relaxed);
        }
    }
}

/// Appends lives of payments until there are so many events; answers how many there are.
async fn fill(pool: &Pool<Postgres>, events: u64) -> Result<u64> {
    let count = "SELECT count(*) FROM events";
    let mut stored = u64::try_from(sqlx::query_scalar::<_, i64>(count).fetch_one(pool).await?)?;
    // A payment has several events, so no number below this one is left out.
    let mut payment = FIRST + stored;
    while stored < events {
        let mut rows = Rows::default();
        while (rows.ids.len() as u64) < ROWS.min(events - stored) {
            rows.take(payment)?;
            payment += 1;
        }
        stored += rows.ids.len() as u64;
        rows.insert(pool).await?;
    }
    sqlx::query("VACUUM ANALYZE events").execute(pool).await?;
    Ok(stored)
}

#[derive(Default)]
struct Rows {
    ids: Vec<String>,
    sequences: Vec<i64>,
    types: Vec<String>,
    versions: Vec<String>,
    payloads: Vec<String>,
}

impl Rows {
    fn take(&mut self, payment: u64) -> Result<()> {
        let events: Vec<Event> = life(payment).into_iter().flatten().collect();
        for (event, sequence) in events.into_iter().zip(1..) {
            self.ids.push(payment.to_string());
            self.sequences.push(sequence);
            self.types.push(event.event_type());
            self.versions.push(event.event_version());
            self.payloads.push(serde_json::to_string(&event)?);
        }
        Ok(())
    }

    async fn insert(self, pool: &Pool<Postgres>) -> Result<()> {
        sqlx::query(
            "INSERT INTO events SELECT $1, i, s, t, v, p::json, '{}'::json
             FROM UNNEST($2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[]) AS r (i, s, t, v, p)",
        )
        .bind(Payment::TYPE)
        .bind(self.ids)
        .bind(self.sequences)
        .bind(self.types)
        .bind(self.versions)
        .bind(self.payloads)
        .execute(pool)
        .await?;
        Ok(())
    }
}
