//! Where the database is, and how a connection to it behaves.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions};
use tokio::time::timeout;
use url::Url;

use super::PostgresOptions;
use super::writer::silent;
use crate::store::StoreError;

/// Begins a transaction whose statements the server plans as it likes: those that read whole tables are better off
/// with joins by hash and with several processes.
pub(super) const ANY_PLAN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan TO DEFAULT; \
     SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT; SET LOCAL jit TO DEFAULT; \
     SET LOCAL plan_cache_mode TO DEFAULT";

/// How long the server may take to let somebody in.
const CONNECTING: Duration = Duration::from_secs(10);

/// What may be asked of the driver in a URL; it prints the value of anything else, which may be a misspelt password.
const KEYS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// Reads a URL; a server elsewhere is reached over TLS that proves who it is.
///
/// # Errors
/// [`StoreError::Address`] when it is no URL of PostgreSQL, names no user, asks for what the driver does not know, or
/// weakens the TLS to a server elsewhere.
pub(super) fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    let parsed = Url::parse(url).map_err(|_| refused("it is no URL: write postgres://USER@HOST/DATABASE"))?;
    if !matches!(parsed.scheme(), "postgres" | "postgresql") {
        return Err(refused("it is no URL of PostgreSQL: write postgres://USER@HOST/DATABASE"));
    }
    let given = |names: &[&str]| parsed.query_pairs().any(|(name, _)| names.contains(&&*name));
    if parsed.username().is_empty() && !given(&["user"]) {
        return Err(refused("it names no user: write postgres://USER@HOST/DATABASE"));
    }
    let is_known = |name: &str| KEYS.contains(&name) || (name.starts_with("options[") && name.ends_with(']'));
    if !parsed.query_pairs().all(|(name, _)| is_known(&name)) {
        return Err(refused(
            "it asks for something unknown after the `?`: sslmode, sslrootcert, sslcert, sslkey, host, port, dbname, \
             user, password, application_name and options are known",
        ));
    }
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    if is_here(&options) {
        return Ok(options);
    }
    if !given(&["sslmode", "ssl-mode"]) {
        return Ok(options.ssl_mode(PgSslMode::VerifyFull));
    }
    match options.get_ssl_mode() {
        PgSslMode::VerifyFull | PgSslMode::VerifyCa => Ok(options),
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer | PgSslMode::Require => Err(refused(
            "the server is on another machine: write sslmode=verify-full, with sslrootcert=FILE when its \
             certificate is your own",
        )),
    }
}

/// Connects, and makes the session behave.
///
/// # Errors
/// [`sqlx::Error`]; after a while without an answer too.
pub(super) async fn connect(address: &PgConnectOptions, session: &str) -> Result<PgConnection, sqlx::Error> {
    let connecting = async {
        let mut conn = address.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(session)).execute(&mut conn).await?;
        Ok(conn)
    };
    timeout(CONNECTING, connecting).await.unwrap_or_else(|_| Err(silent()))
}

/// The settings of every session. All look-ups go by index, whatever the tables held when a statement was planned,
/// so each statement is planned once; a commit that was answered is on disk.
pub(super) fn session(options: &PostgresOptions, read_only: bool) -> String {
    let millis = |duration: Duration| duration.as_millis();
    format!(
        "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
         SET plan_cache_mode = force_generic_plan;
         SET default_transaction_isolation = 'read committed';
         SET default_transaction_read_only = {};
         SET lock_timeout = {}; SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {};
         SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        if read_only { "on" } else { "off" },
        millis(options.lock_timeout),
        millis(options.statement_timeout),
        millis(options.idle_in_transaction_timeout),
    )
}

fn is_here(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn refused(why: &'static str) -> StoreError {
    StoreError::Address { why }
}
