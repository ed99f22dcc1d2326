//! The store that `--db` names: its URL, how it is opened, and what to do when it cannot be.
//!
//! A URL may hold a password: no message shows it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use engine::config::services;
use store::postgres::{PostgresOptions, PostgresStore};
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::{Store, StoreError};
use url::Url;

/// Stands where a password was.
const HIDDEN: &str = "***";
/// What to write instead of a URL that cannot be read, or that another program would read in another way.
const NO_URL: &str = "--db is no URL of PostgreSQL; write postgres://USER@HOST/DATABASE, with %40, %2F, %3F and %23 \
                      for @, /, ? and # in a password";
/// Parameters of a URL that say where the server is and how it proves itself; `psql` knows them too.
const ROADS: [&str; 6] = ["host", "hostaddr", "port", "dbname", "sslmode", "sslrootcert"];
/// The other parameters that sqlx reads and that hold no secret.
const SETTINGS: [&str; 11] = [
    "user",
    "application_name",
    "options",
    "statement-cache-capacity",
    "ssl-mode",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
];

/// Which store.
#[derive(Clone)]
pub enum Db {
    /// A file.
    Sqlite {
        /// Where it is.
        path: String,
    },
    /// A database of PostgreSQL.
    Postgres {
        /// With its password, if it has one.
        url: Url,
    },
}

/// An open store, by what must be closed in the end.
pub enum Opened {
    /// In a file.
    Sqlite(Arc<SqliteStore>),
    /// In PostgreSQL.
    Postgres(Arc<PostgresStore>),
}

impl Db {
    /// Reads the URL of a store.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite { path: path.to_owned() });
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            // The text is not repeated: what cannot be read may still hold a password.
            let url = Url::parse(text).context(NO_URL)?;
            if url.fragment().is_some() || url.path().contains('@') {
                bail!(NO_URL);
            }
            if !url.query_pairs().all(|(name, _)| is_known(&name)) {
                bail!(
                    "--db is a URL with a parameter that nothing reads; write \
                     postgres://USER@HOST/DATABASE?sslmode=verify-full, or no parameter at all"
                );
            }
            return Ok(Self::Postgres { url });
        }
        let shown = beginning(text).map_or_else(String::new, |scheme| format!(" `{scheme}`…"));
        bail!(
            "--db{shown} names no store that this program knows; \
             write sqlite:PATH or postgres://USER@HOST/DATABASE"
        )
    }

    /// The option that names it, for a shell. A password is left to the variable, which the shell puts in.
    pub fn option(&self) -> String {
        match self {
            Self::Postgres { url } if has_password(url) => "--db \"$CONCILIAR_DB\"".to_owned(),
            _ => format!("--db {}", quoted(&self.to_string())),
        }
    }

    /// How another role reaches the same database, for a shell; nothing for a file.
    pub fn psql(&self, role: &str) -> Option<String> {
        let Self::Postgres { url } = self else { return None };
        let mut theirs = url.clone();
        // Where there is no host there is no place for a user either.
        let in_query = theirs.set_username(role).and_then(|()| theirs.set_password(None)).is_err();
        let kept: Vec<_> = url.query_pairs().filter(|(name, _)| ROADS.contains(&&**name)).collect();
        theirs.query_pairs_mut().clear().extend_pairs(kept);
        if in_query {
            theirs.query_pairs_mut().append_pair("user", role);
        }
        if theirs.query() == Some("") {
            theirs.set_query(None);
        }
        Some(format!("psql {}", quoted(theirs.as_str())))
    }

    /// Opens the store; creates it where it is missing and brings its schema up to date.
    pub async fn open(&self, settings: &services::Store) -> anyhow::Result<Opened> {
        let opened = match self {
            Self::Sqlite { path } => {
                SqliteStore::open(path, &SqliteOptions::default()).await.map(|s| Opened::Sqlite(Arc::new(s)))
            }
            Self::Postgres { url } => PostgresStore::open(url.as_str(), &postgres(settings))
                .await
                .map(|s| Opened::Postgres(Arc::new(s))),
        };
        opened.map_err(|error| self.explain(error))
    }

    /// Opens the store for reading; it must exist.
    pub async fn read(&self, settings: &services::Store) -> anyhow::Result<Opened> {
        self.check_there()?;
        let opened = match self {
            Self::Sqlite { path } => SqliteStore::open_read_only(path, &SqliteOptions::default())
                .await
                .map(|s| Opened::Sqlite(Arc::new(s))),
            Self::Postgres { url } => PostgresStore::open_read_only(url.as_str(), &postgres(settings))
                .await
                .map(|s| Opened::Postgres(Arc::new(s))),
        };
        opened.map_err(|error| match (self, &error) {
            (Self::Postgres { .. }, StoreError::OlderSchema { found: 0, .. }) => self.missing(),
            _ => self.explain(error),
        })
    }

    /// Whether the file is there; of a database nobody knows before it is asked.
    pub fn check_there(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite { path } if !Path::new(path).exists() => Err(self.missing()),
            Self::Sqlite { .. } | Self::Postgres { .. } => Ok(()),
        }
    }

    fn missing(&self) -> anyhow::Error {
        anyhow!("there is no store `{self}`; `conciliar ingest` or `conciliar migrate` creates it")
    }

    /// What went wrong, and what a person can do about it.
    fn explain(&self, error: StoreError) -> anyhow::Error {
        let step = match (self, &error) {
            (Self::Postgres { url }, error) if error.is_transient() => {
                format!("; start PostgreSQL or check the URL (`{}` asks it)", is_ready(url))
            }
            (_, StoreError::OlderSchema { .. }) => format!("; run `conciliar migrate {}`", self.option()),
            (_, StoreError::NewerSchema { .. }) => "; update this program".to_owned(),
            (Self::Postgres { .. }, StoreError::Migration(_)) => {
                "; a role that may create tables must run `conciliar migrate` once".to_owned()
            }
            (_, StoreError::OtherShards { found, .. }) => format!("; set store.shards = {found}"),
            (Self::Postgres { .. }, StoreError::Database(_)) => {
                "; check user, password and database of the URL, and what the user may do".to_owned()
            }
            _ => String::new(),
        };
        anyhow::Error::new(error).context(format!("the store `{self}` cannot be opened{step}"))
    }
}

/// Without its password.
impl fmt::Display for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => write!(f, "sqlite:{path}"),
            Self::Postgres { url } => f.write_str(&without_password(url)),
        }
    }
}

impl Opened {
    /// The store behind its trait.
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(store) => Arc::clone(store) as Arc<dyn Store>,
            Self::Postgres(store) => Arc::clone(store) as Arc<dyn Store>,
        }
    }

    /// Closes it, unless somebody still reads: then whatever was open ends with the process.
    pub async fn close(self) -> Result<(), StoreError> {
        match self {
            // Folds the log into the file, which alone is the store then.
            Self::Sqlite(store) => match Arc::try_unwrap(store) {
                Ok(store) => store.close().await,
                Err(_) => Ok(()),
            },
            Self::Postgres(store) => match Arc::try_unwrap(store) {
                Ok(store) => store.close().await,
                Err(_) => Ok(()),
            },
        }
    }
}

fn postgres(settings: &services::Store) -> PostgresOptions {
    PostgresOptions {
        shards: settings.shards,
        group_most: settings.group_most,
        group_wait: Duration::from_millis(settings.group_ms),
        ..PostgresOptions::default()
    }
}

/// The beginning of a text that can be the scheme of a URL, with the sign that ends it.
fn beginning(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))?;
    matches!(text.as_bytes()[end], b':' | b'/').then(|| &text[..=end]).filter(|_| end > 0)
}

/// Whether a parameter of a URL is read by somebody. One that is not may be a password in the wrong place.
fn is_known(name: &str) -> bool {
    name == "password" || name.starts_with("options[") || ROADS.contains(&name) || SETTINGS.contains(&name)
}

fn has_password(url: &Url) -> bool {
    url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
}

/// A URL of PostgreSQL as it may be shown: passwords of the authority and of the query are hidden.
fn without_password(url: &Url) -> String {
    let mut shown = url.clone();
    if url.password().is_some() {
        shown.set_password(Some(HIDDEN)).expect("a URL that has a password can have another");
    } else if let Some((user, _)) = url.username().split_once("%40") {
        // Somebody wrote `@` for `:`, as in user@password@host.
        shown.set_username(&format!("{user}@{HIDDEN}")).expect("a URL that has a user can have another");
    }
    if url.query_pairs().any(|(name, _)| name == "password") {
        let pairs = url.query_pairs().map(|(name, value)| {
            let value = if name == "password" { HIDDEN.into() } else { value };
            (name, value)
        });
        shown.query_pairs_mut().clear().extend_pairs(pairs);
    }
    shown.into()
}

/// A word for a shell, in quotes where it needs them.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The command that asks a server whether it takes connections.
fn is_ready(url: &Url) -> String {
    let host = url.host_str().filter(|host| !host.is_empty());
    let (host, port) = (host.map(|host| format!(" -h {host}")), url.port().map(|port| format!(" -p {port}")));
    format!("pg_isready{}{}", host.unwrap_or_default(), port.unwrap_or_default())
}

#[cfg(test)]
mod tests;
