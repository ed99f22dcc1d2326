//! The limit of an append: the rows of the event table, inserted again by one `UNNEST` a statement, and nothing else.

use std::time::Instant;

use sqlx::{Connection, PgConnection, query};
use store::read::StoredEvent;
use store::store::Store;
use tokio::task::JoinSet;

use crate::rounds::Run;

/// A table with the columns and the indexes of `events`, without its trigger.
const TABLE: &str = "CREATE TABLE bare (LIKE events INCLUDING ALL)";
const INSERT: &str = "INSERT INTO bare
    SELECT 0, * FROM UNNEST($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::integer[],
                            $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bytea[])";

/// All rows of a store of one shard, as columns, a statement's at a time.
pub struct Rows(Vec<Columns>);

#[derive(Clone, Default)]
struct Columns {
    positions: Vec<i64>,
    kinds: Vec<String>,
    keys: Vec<String>,
    sequences: Vec<i64>,
    names: Vec<String>,
    versions: Vec<i32>,
    payloads: Vec<String>,
    metadata: Vec<String>,
    occurred: Vec<i64>,
    recorded: Vec<i64>,
    digests: Vec<Vec<u8>>,
}

impl Rows {
    /// Reads them.
    pub async fn of(store: &dyn Store, a_statement: usize) -> Self {
        let events = store.scan(0, 0, usize::MAX >> 1).await.expect("the store can be read");
        Self(events.chunks(a_statement).map(Columns::of).collect())
    }

    /// Inserts them over so many connections at a time.
    pub async fn insert(self, url: &str, connections: u64) -> Run {
        let mut first = PgConnection::connect(url).await.expect("the database answers");
        query(TABLE).execute(&mut first).await.expect("there is no such table yet");
        let mut shares: Vec<Vec<Columns>> = (0..connections).map(|_| Vec::new()).collect();
        let rows: u64 = self.0.iter().map(|columns| columns.positions.len() as u64).sum();
        for (columns, share) in self.0.into_iter().zip((0..shares.len()).cycle()) {
            shares[share].push(columns);
        }
        let mut tasks = JoinSet::new();
        let mut open = Vec::new();
        for share in shares {
            open.push((PgConnection::connect(url).await.expect("the database answers"), share));
        }
        let started = Instant::now();
        for (mut connection, share) in open {
            tasks.spawn(async move {
                let mut calls = Vec::with_capacity(share.len());
                for columns in share {
                    let started = Instant::now();
                    columns.insert(&mut connection).await;
                    calls.push(started.elapsed());
                }
                calls
            });
        }
        let calls = tasks.join_all().await.concat();
        Run::new(rows, started.elapsed(), calls)
    }
}

impl Columns {
    fn of(events: &[StoredEvent]) -> Self {
        let mut columns = Self::default();
        let number = |value: u64| i64::try_from(value).expect("a bench has fewer events");
        for event in events {
            columns.positions.push(number(event.position));
            columns.kinds.push(event.stream.kind().name().to_owned());
            columns.keys.push(event.stream.key().to_owned());
            columns.sequences.push(number(event.sequence));
            columns.names.push(event.name.to_string());
            columns.versions.push(event.version.into());
            columns.payloads.push(event.payload.clone());
            columns.metadata.push(event.metadata.clone());
            columns.occurred.push(event.occurred_at.timestamp_micros());
            columns.recorded.push(event.recorded_at.timestamp_micros());
            columns.digests.push(event.digest.to_vec());
        }
        columns
    }

    async fn insert(self, connection: &mut PgConnection) {
        let insert = query(INSERT)
            .bind(self.positions)
            .bind(self.kinds)
            .bind(self.keys)
            .bind(self.sequences)
            .bind(self.names)
            .bind(self.versions)
            .bind(self.payloads)
            .bind(self.metadata)
            .bind(self.occurred)
            .bind(self.recorded)
            .bind(self.digests);
        insert.execute(connection).await.expect("the rows are new");
    }
}
