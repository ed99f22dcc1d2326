//! A PostgreSQL of the bench's own, over its Unix socket, with a fresh database for each run.
//!
//! Durable as in production (`fsync`, `synchronous_commit`); what is shared with other work on the machine is only the
//! machine.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use xtask::services::postgres::Postgres;

/// The server of a bench; it ends with the bench.
pub struct Server(Postgres);

impl Server {
    /// Starts it.
    pub async fn start() -> Self {
        let server = Self(Postgres::start().expect("PostgreSQL is installed"));
        // With the default of 1 GB the runs of one case would pay for the writes of the case before it.
        server.order("ALTER SYSTEM SET max_wal_size = '4GB'").await;
        server.order("SELECT pg_reload_conf()").await;
        server
    }

    /// Makes an empty database, in place of the one of that name, and answers its address.
    pub async fn fresh(&self, name: &str) -> String {
        self.order(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        self.order(&format!("CREATE DATABASE {name}")).await;
        self.settle().await;
        self.url(name)
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        self.0.socket_url().replace("/postgres?", &format!("/{name}?"))
    }

    /// Writes out what earlier runs left in memory, so that no run pays for another.
    pub async fn settle(&self) {
        self.order("CHECKPOINT").await;
    }

    async fn order(&self, sql: &str) {
        let mut connection = PgConnection::connect(&self.0.socket_url()).await.expect("the server answers");
        connection.execute(AssertSqlSafe(sql.to_owned())).await.expect("the order is carried out");
        connection.close().await.expect("the connection can be closed");
    }
}
