//! The roles of `config/postgres-roles.sql` can do their work, and nothing to history.

use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::{code, filled, open, run, verify};
use crate::chain::ONLY_SHARD;
use crate::contract::sample::{at, commit, committed, delivery, payment, sale};
use crate::contract::schema::Schema;
use crate::inbox::Verdict;
use crate::postgres::{PostgresOptions, PostgresStore};
use crate::store::Store;

const SCRIPT: &str = include_str!("../../../../../config/postgres-roles.sql");

#[tokio::test]
async fn a_writer_commits_and_purges_but_cannot_touch_history() {
    let schema = Schema::new();
    filled(&open(&schema, 1).await).await;
    let mut owner = schema.raw().await;
    // Roles belong to the whole server: this test has some of its own.
    let script = SCRIPT.replace("conciliar_", &format!("{}_", schema.name));
    run(&mut owner, &script).await.expect("the owner may");
    run(&mut owner, &script).await.expect("once more changes nothing");
    let (writer, reader) = (format!("{}_writer", schema.name), format!("{}_reader", schema.name));
    let as_role = |role: &str| format!("{}%20-c%20role%3D{role}", schema.url());

    let store = PostgresStore::open(&as_role(&writer), &PostgresOptions::default()).await;
    let store = store.expect("the schema is current, so nothing must be migrated");
    let planned = commit(4)
        .delivery(delivery("k-2", b"new", Verdict::NeedsFetch))
        .attempt("k-1", 5, Verdict::Unchanged)
        .attempt("k-2", 5, Verdict::Applied)
        .event(sale(&payment("1"), 3, "e-3", 50));
    assert_eq!(committed(&store, planned).await, 7);
    assert_eq!(store.purge_bodies(at(100)).await.expect("bodies may be purged"), 2);
    assert_eq!(verify(&store, ONLY_SHARD).await, Ok(7));
    assert!(store.put_cell("c", None, b"1", at(6)).await.expect("cells may be made"));
    assert!(store.put_cell("c", Some(1), b"2", at(7)).await.expect("and replaced"));

    let readable = PostgresStore::open_read_only(&as_role(&reader), &PostgresOptions::default()).await;
    assert_eq!(verify(&readable.expect("readers read"), ONLY_SHARD).await, Ok(7));

    let denied = "42501";
    for (role, statement) in [
        (&writer, "UPDATE events SET payload = ''"),
        (&writer, "DELETE FROM events"),
        (&writer, "TRUNCATE events"),
        (&writer, "ALTER TABLE events DISABLE TRIGGER ALL"),
        (&writer, "SET session_replication_role = replica"),
        (&writer, "UPDATE entries SET policy = 1"),
        (&writer, "UPDATE inbox SET key = ''"),
        (&writer, "DELETE FROM inbox"),
        (&writer, "DELETE FROM cells"),
        (&writer, "DELETE FROM balances"),
        (&writer, "INSERT INTO heads SELECT * FROM heads"),
        (&writer, "DROP TRIGGER events_are_append_only ON events"),
        (&reader, "INSERT INTO attempts VALUES (1, 9, 0, 'applied')"),
        (&reader, "UPDATE heads SET position = 0"),
        (&reader, "DELETE FROM bodies"),
        (&reader, "UPDATE cells SET version = 1"),
    ] {
        let mut conn = PgConnection::connect(&as_role(role)).await.expect("the role can be taken");
        assert_eq!(code(run(&mut conn, statement).await), denied, "{statement}");
    }
    drop(store);
    let farewell = format!("DROP OWNED BY {writer}, {reader}; DROP ROLE {writer}, {reader}");
    run(&mut owner, &farewell).await.expect("the roles are ours");
}
