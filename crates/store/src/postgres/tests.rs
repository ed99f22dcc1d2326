//! What only the PostgreSQL store promises: its triggers, its roles, its schema, its groups and its shards.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor};

use super::{PostgresOptions, PostgresStore};
use crate::chain::{Broken, Verifier};
use crate::contract::sample::{commit, committed, delivery, event, payment, sale};
use crate::contract::schema::Schema;
use crate::inbox::Verdict;
use crate::store::{Store, StoreError};

mod groups;
mod links;
mod oracle;
mod roles;
mod schema;
mod tampering;

fn sharded(shards: u16) -> PostgresOptions {
    PostgresOptions { shards, ..PostgresOptions::default() }
}

async fn open(schema: &Schema, shards: u16) -> PostgresStore {
    PostgresStore::open(&schema.url(), &sharded(shards)).await.expect("the schema is ours")
}

/// Six events in three commits, with an entry, a delivery and a second attempt.
async fn filled(store: &PostgresStore) {
    let first = commit(1).delivery(delivery("k-1", b"{}", Verdict::NeedsFetch)).event(sale(
        &payment("1"),
        1,
        "e-1",
        100,
    ));
    committed(store, first).await;
    let second = commit(2).attempt("k-1", 2, Verdict::Applied).event(event(&payment("1"), 2));
    committed(store, second.event(event(&payment("2"), 1))).await;
    let mut third = commit(3);
    for sequence in 2..=4 {
        third = third.event(event(&payment("2"), sequence));
    }
    committed(store, third).await;
}

async fn verify(store: &dyn Store, shard: u16) -> Result<u64, Broken> {
    let mut verifier = Verifier::new(shard);
    loop {
        let page = retried(|| store.scan(shard, verifier.position(), 7)).await;
        if page.is_empty() {
            let head = retried(|| store.head(shard)).await;
            return verifier.finish(&head).map(|()| head.position);
        }
        verifier.walk(&page)?;
    }
}

/// Calls again while the database is away, or the connection was killed.
async fn retried<T, F: Future<Output = Result<T, StoreError>>>(mut call: impl FnMut() -> F) -> T {
    let trying = async {
        loop {
            match call().await {
                Ok(answer) => return answer,
                Err(error) => assert!(error.is_transient(), "{error:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), trying).await.expect("the database comes back")
}

async fn run(conn: &mut PgConnection, statements: &str) -> Result<(), sqlx::Error> {
    conn.execute(sqlx::raw_sql(AssertSqlSafe(statements))).await.map(|_| ())
}

/// The code of the server's refusal.
fn code(refused: Result<(), sqlx::Error>) -> String {
    let error = refused.expect_err("the server refuses");
    let refused = error.as_database_error().expect("the server answers");
    refused.code().expect("PostgreSQL sends codes").into_owned()
}
