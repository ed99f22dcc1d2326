//! What `doctor` asks of a database: its version, that of the schema, and what the role that asks may not do.
//!
//! Changes nothing. What a role needs is what `config/postgres-roles.sql` gives to writers.

use sqlx::Row;
use sqlx::postgres::PgConnection;

use super::PostgresStore;
use super::readers::read;
use crate::store::StoreError;

/// Table, privilege and, where that is enough, columns (separated by commas).
const NEEDED: [(&str, &str, &str); 24] = [
    ("_sqlx_migrations", "SELECT", ""),
    ("attempts", "INSERT", ""),
    ("attempts", "SELECT", ""),
    ("balances", "INSERT", ""),
    ("balances", "SELECT", ""),
    ("balances", "UPDATE", "balance_minor"),
    ("bodies", "DELETE", ""),
    ("bodies", "INSERT", ""),
    ("bodies", "SELECT", ""),
    ("cells", "INSERT", ""),
    ("cells", "SELECT", ""),
    ("cells", "UPDATE", "version,value,updated_at"),
    ("entries", "INSERT", ""),
    ("entries", "SELECT", ""),
    ("events", "INSERT", ""),
    ("events", "SELECT", ""),
    ("heads", "SELECT", ""),
    ("heads", "UPDATE", "position,count,arrivals,messages,digest"),
    ("inbox", "INSERT", ""),
    ("inbox", "SELECT", ""),
    ("inbox", "UPDATE", "verdict,reason,detail,attempts"),
    ("outbox", "INSERT", ""),
    ("outbox", "SELECT", ""),
    ("postings", "SELECT", ""),
];

/// A database and the role that asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    /// Version of the server, such as `15.14`.
    pub server: String,
    /// Version of the schema.
    pub schema: i64,
    /// Who owns the store, and can grant.
    pub owner: String,
    /// Who asks, as SQL names it.
    pub role: String,
    /// What a writer needs and the role may not do, as `GRANT` names it: `INSERT ON books.events`.
    pub missing: Vec<String>,
}

impl PostgresStore {
    /// Looks at the database and at what the role may do.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn about(&self) -> Result<About, StoreError> {
        read!(self.readers, conn => about(conn))
    }
}

async fn about(conn: &mut PgConnection) -> Result<About, StoreError> {
    let row = sqlx::query(
        "SELECT current_setting('server_version') AS server, quote_ident(current_user) AS role,
                pg_get_userbyid(relowner)::text AS owner,
                (SELECT max(version) FROM _sqlx_migrations WHERE success) AS schema
         FROM pg_class WHERE oid = 'heads'::regclass",
    )
    .fetch_one(&mut *conn)
    .await?;
    let (tables, rest): (Vec<_>, Vec<_>) =
        NEEDED.iter().map(|(table, what, on)| (*table, (*what, *on))).unzip();
    let (privileges, columns): (Vec<_>, Vec<_>) = rest.into_iter().unzip();
    let missing = sqlx::query_scalar(
        "SELECT format('%s%s ON %I.%I', privilege, CASE columns WHEN '' THEN '' ELSE ' (' || columns || ')' END,
                       nspname, relname)
         FROM unnest($1::text[], $2::text[], $3::text[]) AS needed (name, privilege, columns)
         JOIN pg_class ON pg_class.oid = name::regclass
         JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE NOT CASE columns
             WHEN '' THEN has_table_privilege(pg_class.oid, privilege)
             ELSE (SELECT bool_and(has_column_privilege(pg_class.oid, one, privilege))
                   FROM unnest(string_to_array(columns, ',')) AS one)
         END",
    )
    .bind(tables)
    .bind(privileges)
    .bind(columns)
    .fetch_all(conn)
    .await?;
    Ok(About {
        server: row.try_get("server")?,
        schema: row.try_get("schema")?,
        owner: row.try_get("owner")?,
        role: row.try_get("role")?,
        missing,
    })
}
