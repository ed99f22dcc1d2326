//! Configuration: the documented defaults, a file over them, the environment over both.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono_tz::Tz;
use domain::money::MoneyError;
use domain::rules::Rules;
use domain::text::Text;
use ledger::account::Lang;
use ledger::policy::{Policy, PolicyBook};
use serde::Deserialize;
use toml::{Table, Value};

pub mod approval;
pub mod auth;
pub mod billing;
pub mod client;
pub mod dunning;
pub mod fetch;
pub mod guard;
pub mod poll;
pub mod relay;
pub mod serve;
pub mod services;
pub mod windows;

/// The defaults, with the reason of every key: `config/default.toml`.
pub const DEFAULTS: &str = include_str!("../../../config/default.toml");

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Time zone and language of reports.
    pub reporting: Reporting,
    /// How deliveries are taken in.
    pub ingest: Ingest,
    /// How PostgreSQL is written to.
    pub store: services::Store,
    /// Which queues there are.
    pub broker: services::Broker,
    /// How workers take deliveries from the broker.
    pub work: services::Work,
    /// How access to the accounts of sellers is obtained and kept.
    pub auth: auth::Auth,
    /// Where the provider is, and how it is called.
    pub client: client::Client,
    /// How notifications are fetched for.
    pub fetch: fetch::Fetch,
    /// How the provider is asked for what nobody told us.
    pub poll: poll::Poll,
    /// How webhooks are received.
    pub serve: serve::Serve,
    /// What payers are told when a charge fails.
    pub dunning: dunning::Dunning,
    /// How messages are handed to the merchant's own sender.
    pub relay: relay::Relay,
    /// Windows of the provider's rules.
    pub rules: windows::Windows,
    /// When another attempt to be paid may be made.
    pub guard: guard::Guard,
    /// Above what amount an order waits for a second person.
    pub approval: approval::Approval,
    /// How the calendar of subscriptions is read.
    pub billing: billing::Billing,
    /// Whose deliveries are accepted.
    #[serde(default)]
    pub sellers: Sellers,
    /// How facts are posted.
    pub policy: Policy,
}

/// Time zone and language of reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reporting {
    /// Where days begin.
    pub time_zone: Tz,
    /// Language of names and headings.
    pub language: Language,
}

/// A language of reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
}

/// How deliveries are taken in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingest {
    /// Deliveries in one transaction.
    pub batch: usize,
    /// How long a store that is busy or away is tried again, seconds.
    pub patience_seconds: u64,
}

/// The configured sellers; while there is none, every seller is accepted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Sellers(BTreeMap<String, Seller>);

/// One configured seller.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// The provider's site, which tells the currency where a message does not.
    pub site: String,
    /// How its webhooks are proven.
    #[serde(default)]
    pub hooks: serve::Hooks,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not TOML.
    #[error("`{name}` is not valid TOML")]
    Syntax {
        /// Which file.
        name: String,
        /// What the parser said, with line and column.
        source: toml::de::Error,
    },
    /// A key is unknown or has the wrong type.
    #[error("the configuration does not fit; config/default.toml shows every key")]
    Shape {
        /// What does not fit.
        source: toml::de::Error,
    },
    /// An environment variable names no section and key.
    #[error("`{name}` names no key; write CONCILIAR__SECTION__KEY")]
    Variable {
        /// The variable.
        name: String,
    },
    /// A number that must not be zero.
    #[error("{key} must be at least 1")]
    Zero {
        /// Which.
        key: &'static str,
    },
    /// Windows of a site that is none.
    #[error("rules.sites.{site} names no site; sites are MLA, MLB, MLM, MLC, MCO, MLU and MPE")]
    UnknownSite {
        /// As configured.
        site: String,
    },
    /// A limit in a currency that is none.
    #[error("approval.above.{code} names no currency; write one of ISO 4217, such as ARS")]
    UnknownCurrency {
        /// As configured.
        code: String,
    },
    /// A limit that is no amount of its currency.
    #[error("approval.above.{code} is no amount; write it as text, such as \"100000.00\"")]
    ApprovalAmount {
        /// The currency, as configured.
        code: String,
        /// What is wrong with it.
        source: MoneyError,
    },
    /// A limit under which nothing can be.
    #[error("approval.above.{code} must not be below zero; with \"0\" every order waits")]
    ApprovalBelowZero {
        /// The currency, as configured.
        code: String,
    },
    /// The store numbers no more shards.
    #[error("store.shards = {shards} is over {}", services::MOST_STORE_SHARDS)]
    TooManyShards {
        /// As configured.
        shards: u16,
    },
    /// A queue would feed two shards of the store.
    #[error("store.shards = {store} does not divide broker.shards = {broker}")]
    Shards {
        /// Shards of the store.
        store: u16,
        /// Shard queues.
        broker: u16,
    },
    /// The provider would give up before.
    #[error("serve.answer_seconds = {seconds} is not under the {most} that the provider waits")]
    LateAnswer {
        /// As configured.
        seconds: u64,
        /// What the provider waits.
        most: u64,
    },
    /// The broker counts what is under way to a consumer in 16 bits.
    #[error("work.batch = {batch} times work.ahead = {ahead} is over 65535")]
    Prefetch {
        /// Deliveries in a batch.
        batch: usize,
        /// Batches.
        ahead: usize,
    },
    /// The provider takes no larger number.
    #[error("{key} must be at most {most}")]
    TooLarge {
        /// Which.
        key: &'static str,
        /// The largest.
        most: u64,
    },
    /// A step of dunning that nobody wrote the words of.
    #[error(
        "dunning step `{step}` has no template in {language}; write [dunning.templates.{step}.{language}]"
    )]
    NoTemplate {
        /// Which step.
        step: Text,
        /// In which language.
        language: &'static str,
    },
    /// Two steps of dunning would be due at once.
    #[error("dunning step `{step}` has the cue and count of another")]
    SameCue {
        /// The later one.
        step: Text,
    },
    /// A window that is no longer than its overlap never gets on.
    #[error("poll.window_seconds = {window} is not over poll.overlap_seconds = {overlap}")]
    Window {
        /// Its length, seconds.
        window: u32,
        /// What is read again of the one before, seconds.
        overlap: u32,
    },
}

impl Config {
    /// Reads the configuration: defaults, then the file (name and text), then variables.
    ///
    /// # Errors
    /// When the file is not TOML, a key is unknown, or a value does not fit.
    pub fn read(
        file: Option<(&str, &str)>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = parse("config/default.toml", DEFAULTS)?;
        if let Some((name, text)) = file {
            merge(&mut table, parse(name, text)?);
        }
        for (name, value) in variables {
            let Some(path) = name.strip_prefix("CONCILIAR__") else { continue };
            let keys: Vec<String> = path.split("__").map(str::to_lowercase).collect();
            if keys.len() < 2 || keys.iter().any(String::is_empty) {
                return Err(ConfigError::Variable { name });
            }
            merge(&mut table, nest(&keys, value));
        }
        let config: Self = table.try_into().map_err(|source| ConfigError::Shape { source })?;
        services::at_least_one("ingest.batch", config.ingest.batch)?;
        config.store.check()?;
        config.broker.check(&config.store)?;
        config.work.check()?;
        config.auth.check()?;
        config.client.check()?;
        config.fetch.check()?;
        config.serve.check()?;
        config.poll.check()?;
        config.billing.check()?;
        config.relay.check()?;
        config.rules.check()?;
        config.guard.check()?;
        config.approval.check()?;
        config.dunning.check(config.reporting.language)?;
        Ok(config)
    }

    /// The rules that decisions consult.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules { approval_above: self.approval.limits(), guard: self.guard.rules(), ..self.rules.rules() }
    }

    /// How the calendar of subscriptions is read, in the time zone of the reports.
    #[must_use]
    pub fn billing(&self) -> ::billing::options::Options {
        self.billing.options(self.reporting.time_zone)
    }

    /// The posting policies; the configured one is in force.
    #[must_use]
    pub fn policies(&self) -> PolicyBook {
        PolicyBook::new(self.policy.clone())
    }
}

impl Ingest {
    /// How long a store that is busy or away is tried again.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds)
    }
}

impl Sellers {
    /// Whether a seller's deliveries are accepted.
    #[must_use]
    pub fn accept(&self, seller: &str) -> bool {
        self.0.is_empty() || self.0.contains_key(seller)
    }

    /// The site of a configured seller.
    #[must_use]
    pub fn site(&self, seller: &str) -> Option<&str> {
        self.0.get(seller).map(|s| s.site.as_str())
    }

    /// The configured sellers, and how their webhooks are proven.
    pub fn hooks(&self) -> impl Iterator<Item = (&str, &serve::Hooks)> {
        self.0.iter().map(|(name, seller)| (name.as_str(), &seller.hooks))
    }

    /// The configured sellers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The only configured seller, when there is exactly one.
    #[must_use]
    pub fn only(&self) -> Option<&str> {
        let mut names = self.0.keys();
        names.next().filter(|_| names.next().is_none()).map(String::as_str)
    }
}

impl Language {
    /// The language of account names.
    #[must_use]
    pub fn of_accounts(self) -> Lang {
        match self {
            Self::En => Lang::En,
            Self::Es => Lang::Es,
            Self::Pt => Lang::Pt,
        }
    }

    /// The two-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Pt => "pt",
        }
    }
}

fn parse(name: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|source| ConfigError::Syntax { name: name.to_owned(), source })
}

fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => merge(inner, value),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// A variable's text under its path: a whole number where it reads as one, else text.
fn nest(keys: &[String], text: String) -> Table {
    let value = text.parse::<i64>().map_or(Value::String(text), Value::Integer);
    let (last, outer) = keys.split_last().expect("a path has at least two keys");
    let innermost = Table::from_iter([(last.clone(), value)]);
    outer.iter().rev().fold(innermost, |inner, key| Table::from_iter([(key.clone(), Value::Table(inner))]))
}

#[cfg(test)]
mod tests;
