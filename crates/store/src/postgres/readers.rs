//! The connections that reads share.
//!
//! A read has a limit of its own here: a server that vanished says nothing at all. Connections that broke are thrown
//! away; whoever is given one that the server had closed reads again on another, which a read may always do.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor, Postgres};
use tokio::time::{Instant, timeout_at};

use super::writer::{Site, silent};
use crate::store::StoreError;

/// Connections for reading, opened when they are needed.
pub(super) struct Readers {
    pool: PgPool,
    most: u32,
    limit: Duration,
}

impl Readers {
    /// Opens none yet.
    pub(super) fn new(site: &Site) -> Self {
        let session = site.session.clone();
        let most = site.options.readers.max(1);
        let pool = PgPoolOptions::new()
            .max_connections(most)
            // Asking a connection first whether it broke would double every small read.
            .test_before_acquire(false)
            .after_connect(move |conn, _| {
                let session = session.clone();
                Box::pin(async move { conn.execute(sqlx::raw_sql(AssertSqlSafe(session))).await.map(|_| ()) })
            })
            .connect_lazy_with(site.address.clone());
        Self { pool, most, limit: site.options.read_timeout }
    }

    /// Begins a read.
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { readers: self, until: Instant::now() + self.limit, left: self.most }
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Reads on one of the connections: `read!(readers, conn => statement(conn, …))`. When the connection broke, so may
/// have all the others that wait in the pool: the read is tried on as many, and once more on a new one. When the limit
/// is over the error is transient. No function, because futures that borrow from a closure are not known to be `Send`.
macro_rules! read {
    ($readers:expr, $conn:ident => $reading:expr) => {{
        let mut reading = $readers.reading();
        loop {
            let mut lent = reading.borrow().await?;
            let $conn: &mut sqlx::postgres::PgConnection = &mut lent;
            let ended = reading.wait($reading).await;
            if let Some(answer) = reading.judge(lent, ended) {
                break answer;
            }
        }
    }};
}
pub(super) use read;

/// A read that goes on; see [`read`].
pub(super) struct Reading<'r> {
    readers: &'r Readers,
    until: Instant,
    /// How many more connections may turn out to be broken.
    left: u32,
}

impl Reading<'_> {
    /// A connection, in time.
    pub(super) async fn borrow(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        Ok(timeout_at(self.until, self.readers.pool.acquire()).await.map_err(|_| silent())??)
    }

    /// An answer in time, or none.
    pub(super) async fn wait<T>(&self, reading: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.until, reading).await.ok()
    }

    /// The answer, unless another connection may have a better one. A broken connection does not go back to the pool,
    /// nor does one whose answer is still to come.
    pub(super) fn judge<T>(
        &mut self,
        lent: PoolConnection<Postgres>,
        ended: Option<Result<T, StoreError>>,
    ) -> Option<Result<T, StoreError>> {
        match ended {
            None => {
                drop(lent.detach());
                Some(Err(silent().into()))
            }
            Some(Err(error)) if broke(&error) => {
                drop(lent.detach());
                let Some(left) = self.left.checked_sub(1) else { return Some(Err(error)) };
                self.left = left;
                None
            }
            answer => answer,
        }
    }
}

/// Whether the connection is gone, and not only the statement.
fn broke(error: &StoreError) -> bool {
    let StoreError::Database(error) = error else { return false };
    match &**error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(told) => {
            let code = told.code().unwrap_or_default();
            code.starts_with("08") || code.starts_with("57P") || matches!(&*code, "25P03" | "25P04")
        }
        _ => false,
    }
}
