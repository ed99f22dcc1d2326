//! A schema of its own in the shared PostgreSQL, for as long as a test runs.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection};

/// A schema that is dropped with this value.
pub(crate) struct Schema {
    server: String,
    name: String,
}

impl Schema {
    /// Makes an empty schema.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var("CONCILIAR_TEST_POSTGRES")
            .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/test".to_owned());
        let name = format!("it_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let schema = Self { server, name };
        schema.execute(format!("CREATE SCHEMA {}", schema.name));
        schema
    }

    /// Where a store can be made in it.
    pub(crate) fn url(&self) -> String {
        format!("{}?options=-c%20search_path%3D{}", self.server, self.name)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements on a connection and a thread of its own: tests have runtimes that cannot be nested.
    pub(crate) fn execute(&self, statement: String) {
        let server = self.server.clone();
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime can be made").block_on(async {
                let mut conn = PgConnection::connect(&server).await.expect("PostgreSQL answers");
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(&mut conn)
                    .await
                    .expect("the schema can be changed");
            });
        };
        std::thread::spawn(run).join().expect("the statement runs");
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        self.execute(format!("DROP SCHEMA {} CASCADE", self.name));
    }
}
