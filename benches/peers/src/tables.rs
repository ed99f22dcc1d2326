//! The tables that `postgres-es` asks for, as its own `db/init.sql` makes them, and the pool.

use std::str::FromStr;
use std::time::Duration;

use anyhow::Result;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Pool, Postgres};

const EVENTS: &str = "CREATE TABLE IF NOT EXISTS events (
    aggregate_type text                         NOT NULL,
    aggregate_id   text                         NOT NULL,
    sequence       bigint CHECK (sequence >= 0) NOT NULL,
    event_type     text                         NOT NULL,
    event_version  text                         NOT NULL,
    payload        json                         NOT NULL,
    metadata       json                         NOT NULL,
    PRIMARY KEY (aggregate_type, aggregate_id, sequence)
)";

/// Connects, and makes the tables that are not there.
///
/// # Errors
/// When the database does not answer.
pub async fn open(url: &str, connections: u64) -> Result<Pool<Postgres>> {
    let pool = PgPoolOptions::new()
        .max_connections(u32::try_from(connections)?)
        .acquire_timeout(Duration::from_secs(120))
        .connect_with(PgConnectOptions::from_str(url)?)
        .await?;
    sqlx::query(EVENTS).execute(&pool).await?;
    Ok(pool)
}
