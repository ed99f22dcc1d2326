//! What every verb needs: configuration, clock, language, the store and the broker.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex};

use anyhow::Context;
use broker::address::Addresses;
use chrono_tz::Tz;
use clap::ValueEnum;
use domain::machine::Instant;
use engine::clock::Clock;
use engine::config::Config;
use engine::files::Reading;
use ledger::account::Lang;
use store::postgres::about::About;
use store::store::Store;
use tokio_util::sync::CancellationToken;

use crate::args::{self, Format, Global};
use crate::db::{Db, Opened};
use crate::exit::Usage;
use crate::moment;

/// What every verb needs.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub format: Format,
    pub lang: Lang,
    pub quiet: bool,
    db: String,
    broker: Option<String>,
    opened: Mutex<Option<Opened>>,
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
            broker: global.broker.clone(),
            opened: Mutex::new(None),
        })
    }

    /// Opens the store, creating it when it is missing.
    pub async fn open(&self) -> anyhow::Result<Arc<dyn Store>> {
        Ok(self.keep(self.db()?.open(&self.config.store).await?))
    }

    /// The same, unless it is told to stop before the store is open; says so then.
    pub async fn open_unless(&self, stop: &CancellationToken) -> anyhow::Result<Option<Arc<dyn Store>>> {
        tokio::select! {
            opened = self.open() => Ok(Some(opened?)),
            () = stop.cancelled() => {
                self.remark("stopped before the store was open; nothing was begun");
                Ok(None)
            }
        }
    }

    /// Opens the store for reading; it must exist.
    pub async fn read(&self) -> anyhow::Result<Arc<dyn Store>> {
        Ok(self.keep(self.db()?.read(&self.config.store).await?))
    }

    fn keep(&self, opened: Opened) -> Arc<dyn Store> {
        let store = opened.store();
        *self.opened.lock().expect("nothing panics while it holds this lock") = Some(opened);
        store
    }

    /// Closes the store that was opened.
    pub async fn close(&self) -> anyhow::Result<()> {
        let opened = self.opened.lock().expect("nothing panics while it holds this lock").take();
        match opened {
            Some(opened) => Ok(opened.close().await?),
            None => Ok(()),
        }
    }

    /// What the database of the store that was opened says of itself; nothing for a file.
    pub async fn about(&self) -> anyhow::Result<Option<About>> {
        let store = match &*self.opened.lock().expect("nothing panics while it holds this lock") {
            Some(Opened::Postgres(store)) => Arc::clone(store),
            _ => return Ok(None),
        };
        Ok(Some(store.about().await?))
    }

    /// Which store; shows itself without its password.
    pub fn db(&self) -> anyhow::Result<Db> {
        Db::parse(&self.db)
    }

    /// Where the broker is, when one was named; shows itself without its passwords.
    pub fn broker_if_any(&self) -> anyhow::Result<Option<Addresses>> {
        let addresses = self.broker.as_deref().map(Addresses::parse).transpose();
        addresses.map_err(|error| Usage(format!("--broker: {error}")).into())
    }

    /// Where the broker is, for verbs that need one.
    pub fn broker(&self, verb: &str) -> anyhow::Result<Addresses> {
        let missing = || {
            Usage(format!(
                "{verb} needs a broker; write --broker amqps://USER:PASSWORD@HOST/VHOST or set CONCILIAR_BROKER"
            ))
        };
        Ok(self.broker_if_any()?.ok_or_else(missing)?)
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

    /// Something that was asked for, on standard error, whether or not it is quiet there.
    pub fn tell(&self, text: &str) {
        // As with remarks.
        let _told = writeln!(io::stderr().lock(), "{text}");
    }

    /// How many rows of a list are printed: all into a pipe, the first hundred on a terminal.
    pub fn limit(&self) -> usize {
        if io::stdout().is_terminal() { 100 } else { usize::MAX }
    }

    /// A format that a verb does not have.
    pub fn no_such_format<T>(&self, verb: &str, formats: &str) -> anyhow::Result<T> {
        let value = self.format.to_possible_value().expect("no format is hidden");
        Err(Usage(format!("{verb} has no --format {}; it has {formats}", value.get_name())).into())
    }
}
