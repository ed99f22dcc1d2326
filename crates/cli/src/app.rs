//! What every verb needs: configuration, clock, language, and the store.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex};

use anyhow::{Context, bail};
use chrono_tz::Tz;
use clap::ValueEnum;
use domain::machine::Instant;
use engine::clock::Clock;
use engine::config::Config;
use engine::files::Reading;
use ledger::account::Lang;
use store::sqlite::{SqliteOptions, SqliteStore};
use store::store::Store;

use crate::args::{self, Format, Global};
use crate::moment;

/// What every verb needs.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub format: Format,
    pub lang: Lang,
    pub quiet: bool,
    db: String,
    opened: Mutex<Option<Arc<SqliteStore>>>,
}

impl App {
    pub fn new(global: &Global) -> anyhow::Result<Self> {
        let file = match &global.config {
            None => None,
            Some(path) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(path);
                Some((name.clone(), text.with_context(|| format!("`{name}` cannot be read"))?))
            }
        };
        let named = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        let config = Config::read(named, std::env::vars())?;
        let clock = match &global.at {
            None => Clock::System,
            Some(text) => Clock::Fixed(moment::parse(text, config.reporting.time_zone)?),
        };
        let lang = match global.lang {
            None => config.reporting.language.of_accounts(),
            Some(args::Lang::En) => Lang::En,
            Some(args::Lang::Es) => Lang::Es,
            Some(args::Lang::Pt) => Lang::Pt,
        };
        Ok(Self {
            config,
            clock,
            format: global.format,
            lang,
            quiet: global.quiet,
            db: global.db.clone(),
            opened: Mutex::new(None),
        })
    }

    /// Opens the store, creating it when it is missing.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        let path = self.sqlite_path()?;
        let store = SqliteStore::open(path, &SqliteOptions::default()).await;
        let store = Arc::new(store.with_context(|| format!("the store `{}` cannot be opened", self.db))?);
        *self.opened.lock().expect("nothing panics while it holds this lock") = Some(Arc::clone(&store));
        Ok(store)
    }

    /// Closes the store that was opened, which folds its log into its file: the file alone is then the store.
    pub async fn close(&self) -> anyhow::Result<()> {
        let opened = self.opened.lock().expect("nothing panics while it holds this lock").take();
        match opened.map(Arc::try_unwrap) {
            Some(Ok(store)) => Ok(store.close().await?),
            // Somebody still reads; the log beside the file is folded in when it is next opened.
            Some(Err(_)) | None => Ok(()),
        }
    }

    /// Opens the store for reading; it must exist.
    pub async fn read(&self) -> anyhow::Result<Arc<dyn Store>> {
        let path = self.sqlite_path()?;
        if !std::path::Path::new(path).exists() {
            bail!("there is no store `{}`; `conciliar ingest` or `conciliar migrate` creates it", self.db);
        }
        let store = SqliteStore::open_read_only(path, &SqliteOptions::default()).await;
        Ok(Arc::new(store.with_context(|| format!("the store `{}` cannot be opened", self.db))?))
    }

    /// The URL of the store, as it was given.
    pub fn db(&self) -> &str {
        &self.db
    }

    fn sqlite_path(&self) -> anyhow::Result<&str> {
        match self.db.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(path),
            _ => bail!("--db `{}` is not a store that this program knows; write sqlite:PATH", self.db),
        }
    }

    /// The seller's time zone.
    pub fn zone(&self) -> Tz {
        self.config.reporting.time_zone
    }

    /// What readers of files need.
    pub fn reading(&self) -> Reading {
        Reading { sellers: self.config.sellers.clone(), now: self.clock.now() }
    }

    /// Reads an instant or a date in the seller's zone.
    pub fn moment(&self, text: Option<&str>) -> anyhow::Result<Option<Instant>> {
        text.map(|text| moment::parse(text, self.zone())).transpose()
    }

    /// A remark for people, on standard error.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            // A remark that cannot be written is no reason to stop.
            let _told = writeln!(io::stderr().lock(), "{text}");
        }
    }

    /// How many rows of a list are printed: all into a pipe, the first hundred on a terminal.
    pub fn limit(&self) -> usize {
        if io::stdout().is_terminal() { 100 } else { usize::MAX }
    }

    /// A format that a verb does not have.
    pub fn no_such_format<T>(&self, verb: &str, formats: &str) -> anyhow::Result<T> {
        let value = self.format.to_possible_value().expect("no format is hidden");
        bail!("{verb} has no --format {}; it has {formats}", value.get_name())
    }
}
