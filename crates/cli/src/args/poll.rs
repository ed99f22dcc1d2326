//! `conciliar poll`: what is asked for, of whom.

use clap::ValueEnum;
use engine::poll::Crawl;

#[derive(Debug, clap::Args)]
pub struct Poll {
    /// Ask once until nothing more is due, and end.
    #[arg(long)]
    pub once: bool,
    /// Only these crawls.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "CRAWL,…")]
    pub only: Vec<CrawlName>,
    /// Only these sellers (default: all under [sellers]).
    #[arg(long = "seller", value_delimiter = ',', value_name = "ID,…")]
    pub sellers: Vec<String>,
    /// Answers /healthz, /readyz and /metrics here; port 0 takes a free one and tells it.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "once")]
    pub listen: Option<String>,
}

/// A crawl by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum CrawlName {
    /// Payments that changed.
    Payments,
    /// Events of terminals.
    Events,
    /// Charge requests that have not ended.
    Intents,
    /// Subscriptions and their invoices.
    Subscriptions,
    /// Payments past their life or their capture window, and such with an order that stays open.
    Overdue,
    /// Report files of the last days.
    Reports,
}

impl CrawlName {
    /// The crawl.
    pub fn crawl(self) -> Crawl {
        match self {
            Self::Payments => Crawl::Payments,
            Self::Events => Crawl::Events,
            Self::Intents => Crawl::Intents,
            Self::Subscriptions => Crawl::Subscriptions,
            Self::Overdue => Crawl::Overdue,
            Self::Reports => Crawl::Reports,
        }
    }
}
