//! Versions, shards and addresses.

use super::{filled, open, run, sharded, verify};
use crate::chain::ONLY_SHARD;
use crate::contract::sample::{at, commit, committed, event, payment};
use crate::contract::schema::Schema;
use crate::postgres::{PostgresOptions, PostgresStore, address};
use crate::store::{Store, StoreError};

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let schema = Schema::new();
    open(&schema, 1).await.close().await.expect("the store closes");
    let mut raw = schema.raw().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9999, 'from the future', TRUE, '', 0)";
    run(&mut raw, newer).await.expect("the table of migrations is there");
    let options = PostgresOptions::default();
    for opened in [
        PostgresStore::open(&schema.url(), &options).await,
        PostgresStore::open_read_only(&schema.url(), &options).await,
    ] {
        let error = opened.expect_err("the schema is newer");
        assert_eq!(
            error.to_string(),
            "the database has schema version 9999, this program knows versions up to 7"
        );
    }
}

#[tokio::test]
async fn an_empty_schema_is_not_read() {
    let schema = Schema::new();
    let empty = PostgresStore::open_read_only(&schema.url(), &PostgresOptions::default()).await;
    assert!(matches!(empty, Err(StoreError::OlderSchema { found: 0, known: 7 })), "{empty:?}");
}

#[tokio::test]
async fn the_number_of_shards_is_decided_once() {
    let schema = Schema::new();
    let (one, two) = tokio::join!(open(&schema, 3), open(&schema, 3));
    assert_eq!((one.shards(), two.shards()), (3, 3));
    let none = PostgresStore::open(&schema.url(), &sharded(0)).await.expect_err("somebody must write");
    assert_eq!(none.to_string(), "a store has 1 to 1024 shards, not 0");
    let other = PostgresStore::open(&schema.url(), &sharded(4)).await.expect_err("the store has three");
    assert_eq!(other.to_string(), "the store has 3 shards, not 4: the number is fixed when a store is made");
    let reader =
        PostgresStore::open_read_only(&schema.url(), &sharded(4)).await.expect("readers ask the store");
    assert_eq!(reader.shards(), 3);
    assert_eq!(reader.head(9).await.expect("the store answers").position, 0, "there is no such shard");
}

#[tokio::test]
async fn a_reader_sees_commits_and_refuses_to_write() {
    let schema = Schema::new();
    let store = open(&schema, 1).await;
    filled(&store).await;
    let options = PostgresOptions::default();
    let reader = PostgresStore::open_read_only(&schema.url(), &options).await.expect("the schema is current");
    assert_eq!(verify(&reader, ONLY_SHARD).await, Ok(6));
    committed(&store, commit(4).event(event(&payment("1"), 3))).await;
    assert_eq!(reader.head(ONLY_SHARD).await.expect("the store answers").position, 7);
    let refused = reader.commit(commit(5)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    let refused = reader.put_cell("c", None, b"", at(1)).await;
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
}

#[test]
fn servers_elsewhere_are_reached_over_verified_tls_only() {
    let here = ["127.0.0.1:5432", "localhost", "[::1]", "%2Fvar%2Frun%2Fpostgresql"];
    for host in here {
        address::parse(&format!("postgres://ana:secret@{host}/shop")).expect("this machine");
    }
    address::parse("postgres://ana@elsewhere/shop?host=/var/run/postgresql")
        .expect("a socket of this machine");
    for query in ["", "?sslmode=verify-full", "?sslmode=verify-ca&sslrootcert=/etc/ca.pem"] {
        address::parse(&format!("postgres://ana:secret@db.example/shop{query}")).expect("verified");
    }
    for query in ["?sslmode=disable", "?sslmode=allow", "?sslmode=prefer", "?sslmode=require"] {
        let refused = address::parse(&format!("postgres://ana:secret@db.example/shop{query}"));
        let error = refused.expect_err("anybody could be on the other end").to_string();
        assert!(error.contains("write sslmode=verify-full") && !error.contains("secret"), "{query}: {error}");
    }
    let query =
        "?sslmode=verify-full&application_name=a&options=-c%20role%3Db&options[search_path]=c&user=d&port=1";
    address::parse(&format!("postgres://db.example/shop{query}")).expect("all of it is known");
    let misspelt = "postgres://ana@localhost/shop?pasword=secret";
    let error = address::parse(misspelt).expect_err("the driver would print it").to_string();
    assert!(error.contains("something unknown after the `?`") && !error.contains("secret"), "{error}");
    for url in
        ["postgres://db.example/shop", "mysql://ana@localhost/shop", "shop.db", "postgres://ana:se cret@[/"]
    {
        let error = address::parse(url).expect_err("that cannot be used");
        assert!(matches!(error, StoreError::Address { .. }), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn the_password_is_not_printed() {
    let schema = Schema::new();
    let store = open(&schema, 1).await;
    assert_eq!(format!("{store:?}"), "PostgresStore { shards: 1, .. }");
    let url = "postgres://ana:open-sesame@127.0.0.1:1/shop";
    let error =
        PostgresStore::open(url, &PostgresOptions::default()).await.expect_err("nobody listens there");
    assert!(error.is_transient(), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("sesame"));
}
